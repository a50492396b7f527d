"""Help here and harm there: worked out by hand, in the demonstration's tables, and against brute force."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.separators import SeparatorParameters, find_separators
from cmograph.errors import InputError
from cmograph.vocabulary import REALIST
from tests.analysis.books import STUDY, configuration
from tests.analysis.conftest import Asking
from tests.analysis.test_regularities import BASE, made

DEMONSTRATION = "synthetic-demonstration"


@pytest.fixture
def small() -> Casebook:
    """Heard: good with care (A), bad with money (B), and bad with care where it is lacking (C). Offer: only good."""
    return made(
        [
            configuration("A", ["care"], ["heard"], ["calm"]),
            configuration("B", ["money"], ["heard"], ["calm"], harmful=True),
            configuration("C", ["care"], ["heard"], ["calm"], harmful=True, absent=True),
            configuration("D", ["need"], ["offer"], ["calm"]),
        ]
    )


def test_contexts_go_with_good_or_bad(small: Casebook) -> None:
    """Of the two needs each goes one way, and needs as such go both: A and B, and C where it is lacking."""
    found = find_separators(small, SeparatorParameters())
    assert [
        (
            one.mechanism.label,
            one.context.label,
            one.goes_with,
            one.good,
            one.bad,
            one.lacking_good,
            one.lacking_bad,
        )
        for one in found
    ] == [
        ("heard", "care", "good", 1, 0, 0, 1),
        ("heard", "money", "bad", 0, 1, 0, 0),
        ("heard", "need", "both", 1, 1, 0, 1),
    ]
    assert [ref.label for ref in found[0].lacking_in] == ["Title of C"] and not found[0].cut


def test_it_is_lacking_also_where_the_sign_is_unclear(small: Casebook) -> None:
    """As the question `contexts-that-separate` counts it."""
    unclear = frozenset({REALIST.Configuration})
    mixed = replace(
        small.configurations[f"{STUDY}/configuration/C"], id=f"{STUDY}/configuration/E", kinds=unclear
    )
    found = find_separators(made([*small.configurations.values(), mixed]), SeparatorParameters())
    assert (found[0].lacking_good, found[0].lacking_bad, len(found[0].lacking_in)) == (0, 1, 2)


def test_a_mechanism_that_is_named_need_not_go_both_ways(small: Casebook) -> None:
    (only,) = find_separators(small, SeparatorParameters(mechanism=("offer",)))
    assert (only.context.label, only.goes_with, only.good) == ("need", "good", 1)


@pytest.mark.parametrize(
    ("name", "says"), [("hard", "heard"), ("calm", "No configuration has a mechanism of the kind 'calm'")]
)
def test_what_is_no_mechanism_is_refused(small: Casebook, name: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        find_separators(small, SeparatorParameters(mechanism=(name,)))


def test_in_the_demonstration_know_how_for_a_newcomer(ask_open: Asking) -> None:
    """configurations.csv: know-how (non-directive sharing) comes in C12 (good) and C25 (bad), both with newcomer, of
    kind recent migration. "Shared experiential knowledge" holds C21 too, in which it is lacking, and its own story is
    kept back: it is told as well; "background" holds no more than recent migration and is not."""
    found = ask_open("separators", study=DEMONSTRATION).items
    rows = {(one.mechanism.label, one.context.label): one for one in found}
    one = rows["non-directive sharing of experiential knowledge", "recent migration"]
    assert (one.goes_with, one.good, one.bad, one.lacking_bad) == ("both", 1, 1, 0)
    assert [ref.id.rpartition("/")[2] for ref in (*one.good_in, *one.bad_in)] == ["C12", "C25"]
    assert ("non-directive sharing of experiential knowledge", "background") not in rows
    kept = rows["shared experiential knowledge", "experience of being judged"]
    assert (kept.goes_with, kept.lacking_bad) == ("neither", 1)


def test_harm_that_is_called_no_more_than_negative_counts(ask_open: Asking) -> None:
    """mcleish-2024: comparison does good in A2, A3 and A4, and harm in A6; all have one context, of seven kinds. The
    harm of A6 is of the class "negative outcome" alone: which harm it is does not matter here, that it is one does."""
    found = ask_open("separators", study="mcleish-2024").items
    rows = {(one.mechanism.label, one.context.label): one for one in found}
    one = rows["social comparison", "belief"]
    assert (one.goes_with, one.good, one.bad) == ("both", 3, 1)
    assert [ref.id.rpartition("/")[2] for ref in (*one.good_in, *one.bad_in)] == ["A2", "A3", "A4", "A6"]


PARTS = st.tuples(
    st.sets(st.sampled_from(["care", "money", "need"]), min_size=1, max_size=2),
    st.sampled_from(["heard", "offer"]),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(PARTS, max_size=8))
def test_it_counts_what_is_there(parts: list[tuple[set[str], str, bool, bool]]) -> None:
    configurations = [
        configuration(f"C{place}", sorted(contexts), [mechanism], ["calm"], harmful=harmful, absent=absent)
        for place, (contexts, mechanism, harmful, absent) in enumerate(parts)
    ]
    casebook = made(configurations)
    for one in (found := find_separators(casebook, SeparatorParameters())):
        counted = dict.fromkeys([(False, False), (True, False), (False, True), (True, True)], 0)
        for known in casebook.configurations.values():
            contexts = {kind for part in known.contexts for kind in casebook.components[part].kinds}
            if one.context.id in contexts and f"{BASE}{_name(known.reasonings[0])}" == one.mechanism.id:
                counted[known.harmful, known.absent] += 1
        assert counted == {
            (False, False): one.good,
            (True, False): one.bad,
            (False, True): one.lacking_good,
            (True, True): one.lacking_bad,
        }
    assert find_separators(made(configurations[::-1]), SeparatorParameters()) == found


def _name(component: str) -> str:
    return component.rpartition("/")[2].capitalize()
