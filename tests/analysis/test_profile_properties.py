"""For whom: what is true of every profile and every casebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.profile import (
    CounterfactualParameters,
    Fitting,
    ProfileParameters,
    compare_profiles,
    fit_profile,
)
from cmograph.analysis.things import Configuration
from tests.analysis.books import book, configuration

MOTHER, VOLUNTEER = "https://example.org/role/mother", "https://example.org/role/volunteer"
GROUP, ONE = "https://example.org/mode/group", "https://example.org/mode/one"
STUDIES = ("https://example.org/study/s", "https://example.org/study/t")
CONTEXTS, PARTS = ("alone", "waiting", "tired", "young"), ("heard", "hopeful", "useful")

Made = list[dict[str, Any]]

MADE: st.SearchStrategy[Made] = st.lists(
    st.fixed_dictionaries(
        {
            "of": st.sampled_from(STUDIES),
            "contexts": st.lists(st.sampled_from(CONTEXTS), max_size=3, unique=True),
            "mechanism": st.lists(st.sampled_from(PARTS), max_size=3, unique=True),
            "absent": st.booleans(),
            "people": st.sampled_from((0, 5, 10)),
            "against": st.sampled_from((0, 5)),
            "roles": st.sampled_from(([], [MOTHER], [VOLUNTEER], [MOTHER, VOLUNTEER])),
            "not_reported": st.sampled_from(([], [GROUP], [ONE])),
        }
    ),
    min_size=1,
    max_size=6,
)


@st.composite
def profiles(draw: st.DrawFn) -> ProfileParameters:
    """A profile that says and denies components, none of them both; the studies share none."""

    def parted(names: Sequence[str]) -> tuple[list[str], list[str]]:
        every = [f"{study[-1]}/{name}" for study in STUDIES for name in names]
        said = draw(st.lists(st.sampled_from(every), max_size=4, unique=True))
        denied = draw(st.lists(st.sampled_from(every), max_size=2, unique=True))
        return said, [one for one in denied if one not in said]

    (context, without), (offered, lacking) = parted(CONTEXTS), parted(PARTS)
    return ProfileParameters(
        context=tuple(context),
        without=tuple(without),
        offered=tuple(offered),
        lacking=tuple(lacking),
        role=draw(st.sampled_from(("", "mother", "volunteer"))),
        delivery=draw(st.sampled_from(("", "group", "one-to-one"))),
        excluded=True,
    )


def held(made: Made, more: Sequence[str] = ()) -> Casebook:
    """A casebook of the configurations made, each of which needs `more` contexts too; every component is in each study."""
    every = [configuration("Z", CONTEXTS, PARTS, ["o"], of=study) for study in STUDIES]
    for number, one in enumerate(made):
        one = {**one, "contexts": [*one["contexts"], *more], "outcomes": ["o"]}
        every.append(configuration(f"C{number}", **one))
    return book(every)


def fits(found: Sequence[Fitting]) -> dict[str, str]:
    return {one.configuration.id: one.fit for one in found}


def place(one: Fitting) -> tuple[object, ...]:
    """The order as it is documented: part by part of the score, then by IRI."""
    its = one.score
    better = (its.fit, its.met, its.specific, its.mechanism, its.support)
    return (*(-part for part in better), its.contested, its.against, one.configuration.id)


@given(MADE, profiles())
def test_a_further_unknown_excludes_nothing_and_brings_nothing_back(
    made: Made, asked: ProfileParameters
) -> None:
    before, after = fits(fit_profile(held(made), asked)), fits(fit_profile(held(made, ["unknown"]), asked))
    for one, fit in before.items():
        if not one.endswith("Z"):
            assert (after[one] == "excluded") == (fit == "excluded")
            assert after[one] != "applies"


@given(MADE, profiles(), st.data())
def test_to_say_less_excludes_nothing(made: Made, asked: ProfileParameters, data: st.DataObject) -> None:
    casebook = held(made)
    less = data.draw(st.sampled_from(("context", "without", "offered", "lacking", "role", "delivery")))
    nothing = "" if less in ("role", "delivery") else ()
    known = fits(fit_profile(casebook, asked))
    unknown = fits(fit_profile(casebook, asked.model_copy(update={less: nothing})))
    assert all(fit != "excluded" or known[one] == "excluded" for one, fit in unknown.items())


@given(MADE, profiles(), st.data())
def test_to_deny_what_one_requires_excludes_it(
    made: Made, asked: ProfileParameters, data: st.DataObject
) -> None:
    casebook = held(made)
    one = data.draw(st.sampled_from(list(casebook.configurations.values())))
    for against in _requirements_denied(one):
        taken = {name: set(getattr(asked, name)) for name in ("context", "without", "offered", "lacking")}
        opposite = {"without": "context", "lacking": "offered", "offered": "lacking"}
        for parameter, names in against.items():
            if parameter in opposite:
                taken[parameter] |= names
                taken[opposite[parameter]] -= names
        said: dict[str, object] = {name: tuple(sorted(names)) for name, names in taken.items()}
        said |= {name: next(iter(names)) for name, names in against.items() if name not in opposite}
        found = fit_profile(casebook, asked.model_copy(update=said))
        assert fits(found)[one.id] == "excluded"


def _requirements_denied(one: Configuration) -> list[dict[str, set[str]]]:
    """Every way in which a profile can speak against a configuration: what to say, by parameter."""

    def named(part: str) -> str:
        return f"{one.study[-1]}/{part.rpartition('/')[2]}"

    ways = [{"without": {named(part)}} for part in one.contexts]
    parts = [named(part) for part in one.mechanism_parts]
    if one.absent and parts:
        ways.append({"offered": set(parts)})
    elif not one.absent:
        ways += [{"lacking": {part}} for part in parts]
    ways += [{"delivery": {"group" if mode == GROUP else "one-to-one"}} for mode in one.not_reported]
    if one.roles in ((MOTHER,), (VOLUNTEER,)):
        ways.append({"role": {"volunteer" if one.roles == (MOTHER,) else "mother"}})
    return ways


@given(MADE, profiles(), st.randoms(use_true_random=False))
def test_the_order_is_total_and_stable(made: Made, asked: ProfileParameters, draw: Any) -> None:
    """It is that of the scores, whatever the order of names; and of some studies the same as of them among all."""
    casebook = held(made)
    found = list(fit_profile(casebook, asked))
    assert len(found) == len(casebook.configurations)
    places = [place(one) for one in found]
    assert places == sorted(places) and len(set(places)) == len(places)
    shuffled = {}
    for name in ("context", "without", "offered", "lacking"):
        names = list(getattr(asked, name))
        draw.shuffle(names)
        shuffled[name] = tuple(names)
    assert list(fit_profile(casebook, asked.model_copy(update=shuffled))) == found
    for study in STUDIES:
        only = fit_profile(casebook, asked.model_copy(update={"study": (study,)}))
        assert list(only) == [one for one in found if one.study.id == study]
    kept = fit_profile(casebook, asked.model_copy(update={"excluded": False}))
    assert list(kept) == [one for one in found if one.fit != "excluded"]


@given(MADE, profiles())
def test_what_is_excluded_is_what_has_a_reason(made: Made, asked: ProfileParameters) -> None:
    """The index that excludes and the sentences that say why are two programs: they must agree."""
    for one in fit_profile(held(made), asked):
        against = ("It needs", "It is about", "It was not", "It concerns")
        assert (one.fit == "excluded") == any(why.startswith(against) for why in one.why)


@given(MADE, profiles(), profiles())
def test_a_counterfactual_is_the_difference_of_two_profiles(
    made: Made, asked: ProfileParameters, changed: ProfileParameters
) -> None:
    """What it finds by index is what asking twice and looking at all finds."""
    casebook = held(made)
    change = CounterfactualParameters(
        **asked.model_dump(),
        to_delivery=changed.delivery or "group",
        to_role=changed.role,
        add=changed.context,
        remove=changed.without,
        add_offer=changed.offered,
        remove_offer=changed.lacking,
    )

    def other(said: str, denied: str) -> dict[str, tuple[str, ...]]:
        adds, removes = set(getattr(changed, said)), set(getattr(changed, denied))
        return {
            said: tuple((set(getattr(asked, said)) | adds) - removes),
            denied: tuple((set(getattr(asked, denied)) - adds) | removes),
        }

    after = asked.model_copy(
        update={
            **other("context", "without"),
            **other("offered", "lacking"),
            "role": changed.role or asked.role,
            "delivery": changed.delivery or "group",
        }
    )
    was = {one.configuration.id: one.score for one in fit_profile(casebook, asked)}
    now = {one.configuration.id: one.score for one in fit_profile(casebook, after)}
    found = {one.configuration.id: one for one in compare_profiles(casebook, change)}
    differ = {id for id in was if was[id] != now[id] and (was[id].fit or now[id].fit)}
    assert set(found) == differ
    for id, one in found.items():
        assert (one.score_before, one.score_after) == (was[id], now[id])
        rises = one.change in ("gained", "more likely", "nearer")
        place_before = (was[id].fit, was[id].met, was[id].specific, was[id].mechanism)
        place_after = (now[id].fit, now[id].met, now[id].specific, now[id].mechanism)
        assert rises == (place_after > place_before)
