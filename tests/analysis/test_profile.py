"""For whom: worked out by hand on a small casebook."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.profile import (
    CounterfactualParameters,
    Fitting,
    ProfileParameters,
    compare_profiles,
    fit_profile,
)
from cmograph.analysis.things import Kind, Ref
from cmograph.errors import InputError
from tests.analysis.books import STUDY, book, component, configuration

NEED, CARE = "https://example.org/kind/Need", "https://example.org/kind/NeedForCare"
DELAY, UNSEEN = "https://example.org/kind/Delay", "https://example.org/kind/Unseen"
MOTHER, VOLUNTEER = "https://example.org/role/mother", "https://example.org/role/volunteer"
GROUP, ONE = "https://example.org/mode/group", "https://example.org/mode/one"


@pytest.fixture
def small() -> Casebook:
    """Two needs, one of them of care; what is offered to whom, and how."""
    return book(
        [
            configuration(
                "A", ["alone"], ["heard"], ["lighter"], people=5, roles=[MOTHER], deliveries=[ONE, GROUP]
            ),
            configuration("B", ["alone", "waiting"], ["heard"], ["lighter"], people=20, roles=[MOTHER]),
            configuration(
                "C", ["waiting"], ["hopeful"], ["lighter"], people=10, deliveries=[ONE], not_reported=[GROUP]
            ),
            configuration("D", ["alone"], ["heard"], ["worse"], absent=True, harmful=True),
            configuration("E", ["tired"], ["useful"], ["proud"], roles=[VOLUNTEER]),
        ],
        [component("alone", [NEED]), component("waiting", [NEED, CARE, DELAY])],
        [
            Kind(NEED, "need", "", frozenset()),
            Kind(CARE, "need for care", "", frozenset({NEED})),
            Kind(DELAY, "delay", "", frozenset()),
            Kind(UNSEEN, "unseen", "", frozenset()),
            Kind(f"{UNSEEN}Narrower", "unseen narrower", "", frozenset({UNSEEN})),
        ],
    )


def fits(found: Sequence[Fitting]) -> dict[str, str]:
    return {one.configuration.id.rpartition("/")[2]: one.fit for one in found}


def test_what_is_named_applies_and_what_is_unknown_is_possible(small: Casebook) -> None:
    """A needs being alone, which holds; B also needs waiting, which nobody says; C needs waiting alone."""
    found = fit_profile(small, ProfileParameters(context=("s/alone",), role="mother"))
    assert [(one.configuration.label, one.fit) for one in found] == [
        ("Title of A", "applies"),  # 5 people; D has none
        ("Title of D", "applies"),
        ("Title of B", "possible"),  # half of its contexts match
        ("Title of C", "possible"),
    ]
    assert "Whether “waiting” holds is not known." in found[2].why
    assert found[0].why == ("“alone” holds.", "At least 5 people speak for it.")
    assert found[1].why == (
        "“alone” holds.",
        "It is so where “heard” is lacking, which is not known.",
        "Whom it concerns nobody says.",
    )


def test_a_kind_takes_in_what_lies_below_it_and_not_what_lies_above(small: Casebook) -> None:
    assert fits(fit_profile(small, ProfileParameters(context=("need",))))["B"] == "applies"
    assert fits(fit_profile(small, ProfileParameters(context=("need for care",))))["B"] == "possible"


def test_what_does_not_hold_excludes_and_the_narrower_wins(small: Casebook) -> None:
    found = fits(
        fit_profile(small, ProfileParameters(context=("need",), without=("need for care",), excluded=True))
    )
    assert found == {"A": "applies", "D": "applies", "B": "excluded", "C": "excluded", "E": "possible"}


def test_an_absence_needs_what_is_lacking(small: Casebook) -> None:
    """D has a context of which nothing is known, so that it stays possible; on its mechanism it is met."""
    lacking = fit_profile(small, ProfileParameters(lacking=("s/heard",), excluded=True))
    assert fits(lacking) == {
        "D": "possible",
        "C": "possible",
        "E": "possible",
        "A": "excluded",
        "B": "excluded",
    }
    assert lacking[0].configuration.label == "Title of D"  # nobody speaks for it, and ten do for C
    assert (lacking[0].score.met, lacking[0].score.unknown, lacking[0].score.mechanism) == (0, 1, 1)
    assert lacking[0].lacking == (Ref(f"{STUDY}/component/heard", "heard"),)
    assert lacking[0].why == ("Whether “alone” holds is not known.", "“heard” is lacking, as it says.")
    there = fits(fit_profile(small, ProfileParameters(offered=("s/heard",), excluded=True)))
    assert there["D"] == "excluded" and there["A"] == "possible"


def test_a_mechanism_is_lacking_where_one_part_is_and_there_where_all_are() -> None:
    """P and Q rest on listening and being heard; P says that it is there, Q that it is lacking; R says no context."""
    both = ["listening", "heard"]
    held = book(
        [
            configuration("P", ["alone"], both, ["lighter"], people=5),
            configuration("Q", ["alone"], both, ["worse"], absent=True, harmful=True, people=10),
            configuration("R", [], both, ["worse"], absent=True, harmful=True),
            configuration("S", ["tired"], ["rest"], ["lighter"]),
        ]
    )

    def asked(**values: tuple[str, ...]) -> list[tuple[str, str, float]]:
        asked = ProfileParameters.model_validate({"context": ("s/alone",), "excluded": True, **values})
        found = fit_profile(held, asked)
        return [(one.configuration.label[-1], one.fit, one.score.mechanism) for one in found]

    assert asked() == [
        ("Q", "applies", 0),
        ("P", "applies", 0),
        ("R", "possible", 0),
        ("S", "possible", 0),
    ]
    # Half of it is there: P is nearer, Q and R may still come of the other half, and R falls behind what is not known.
    assert asked(offered=("s/listening",)) == [
        ("P", "applies", 0.5),
        ("Q", "possible", -0.5),
        ("S", "possible", 0),
        ("R", "possible", -0.5),
    ]
    assert asked(offered=("s/listening", "s/heard")) == [
        ("P", "applies", 1),
        ("S", "possible", 0),
        ("Q", "excluded", -1),
        ("R", "excluded", -1),
    ]
    # Without the one, nothing comes of the other.
    assert asked(offered=("s/listening",), lacking=("s/heard",)) == [
        ("Q", "applies", 1),
        ("R", "applies", 1),
        ("S", "possible", 0),
        ("P", "excluded", -1),
    ]
    half = fit_profile(held, ProfileParameters(context=("s/alone",), offered=("s/listening",)))[1]
    assert (
        half.why[1]
        == "Of what it says is lacking, “listening” is there; whether “heard” is too is not known."
    )


def test_delivery_excludes_only_where_it_is_said_not_to_work_so(small: Casebook) -> None:
    found = fits(fit_profile(small, ProfileParameters(delivery="group", excluded=True)))
    assert found["C"] == "excluded" and found["B"] == "possible"


def test_if_it_were_a_group(small: Casebook) -> None:
    """Only C was found one to one and not in groups."""
    (lost,) = compare_profiles(
        small, CounterfactualParameters(context=("need for care",), to_delivery="group")
    )
    assert (lost.configuration.label, lost.change, lost.before) == ("Title of C", "lost", "applies")
    assert lost.why == ("It was not reported in the mode group.",)


def test_if_nobody_listened(small: Casebook) -> None:
    """Being heard is there: A and B may come about, D may not. Without it, the other way round."""
    found = compare_profiles(
        small, CounterfactualParameters(context=("s/alone",), offered=("s/heard",), remove_offer=("s/heard",))
    )
    assert [(one.configuration.label, one.change) for one in found] == [
        ("Title of D", "gained"),
        ("Title of A", "lost"),
        ("Title of B", "lost"),
    ]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"context": ("ned",)}, "need"),
        ({"role": "mothr"}, "mother"),
        # Said and denied: the same, and what lies within what is denied. Nothing is of the kind “unseen”, nor below it.
        ({"context": ("need",), "without": ("need",)}, "context 'need' is also without 'need'. Take one"),
        (
            {"context": ("unseen",), "without": ("Unseen",)},
            "context 'unseen' is also without 'Unseen'. Take one",
        ),
        (
            {"context": ("need for care",), "without": ("need",)},
            "within without 'need'. Take one of them out, or deny",
        ),
        (
            {"context": ("unseen narrower",), "without": ("unseen",)},
            "'unseen narrower' lies within without 'unseen'",
        ),
        ({"context": ("s/waiting",), "without": ("need",)}, "context 's/waiting' lies within without 'need'"),
        ({"offered": ("s/heard",), "lacking": ("s/heard",)}, "offered 's/heard' is also lacking 's/heard'"),
        ({"context": ("s/heard",), "lacking": ("s/heard",)}, "context 's/heard' is also lacking 's/heard'"),
        # All that is a need for care is also delay, of which neither is the narrower.
        (
            {"context": ("need for care",), "without": ("delay",)},
            "has nothing but what is also without 'delay'",
        ),
    ],
)
def test_what_cannot_be_is_refused(small: Casebook, asked: dict[str, object], says: str) -> None:
    with pytest.raises(InputError) as refused:
        fit_profile(small, ProfileParameters.model_validate(asked))
    assert says in str(refused.value)


def test_all_that_contradicts_itself_is_said_at_once(small: Casebook) -> None:
    asked = ProfileParameters(context=("need", "unseen"), without=("need", "unseen"))
    with pytest.raises(InputError) as refused:
        fit_profile(small, asked)
    assert len(refused.value.problems) == 2


def test_to_deny_what_is_narrower_is_no_contradiction(small: Casebook) -> None:
    """Of waiting alone is a study known to say delay: without it, delay of another sort may hold."""
    found = fits(fit_profile(small, ProfileParameters(context=("delay",), without=("s/waiting",))))
    assert found == {"A": "possible", "D": "possible", "E": "possible"}


def test_what_comes_nearer_and_goes_further_is_told_too(small: Casebook) -> None:
    """B needs to be alone and waiting: waiting alone makes it nearer. C needs it alone. D says that being heard is lacking."""
    added = compare_profiles(small, CounterfactualParameters(add=("s/waiting",)))
    assert [(one.configuration.label, one.change, one.after) for one in added] == [
        ("Title of C", "more likely", "applies"),
        ("Title of B", "nearer", "possible"),
    ]
    assert (added[1].score_before.met, added[1].score_after.met) == (0, 0.5)
    (gone,) = compare_profiles(
        small, CounterfactualParameters(context=("s/alone",), role="volunteer", remove_offer=("s/heard",))
    )
    assert (gone.configuration.label, gone.change, gone.before, gone.after) == (
        "Title of D",
        "nearer",
        "applies",
        "applies",
    )


def test_what_is_added_holds_whatever_was_denied(small: Casebook) -> None:
    """Without any need; but then with one for care: waiting holds, being alone still does not."""
    found = compare_profiles(small, CounterfactualParameters(without=("need",), add=("need for care",)))
    assert [(one.configuration.label, one.change, one.after) for one in found] == [
        ("Title of C", "gained", "applies")
    ]


def test_what_is_to_be_added_and_removed_is_refused(small: Casebook) -> None:
    asked = CounterfactualParameters(add=("need for care",), remove=("need",))
    with pytest.raises(InputError, match="add 'need for care' lies within remove 'need'"):
        compare_profiles(small, asked)


def test_a_counterfactual_needs_a_change(small: Casebook) -> None:
    with pytest.raises(InputError, match="Nothing is to change"):
        compare_profiles(small, CounterfactualParameters(role="mother"))
