"""Truth tables: worked out by hand on a small casebook and in the demonstration's tables, and against brute force."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.interviews import Interview
from cmograph.analysis.truth_table import (
    TruthRow,
    TruthTableParameters,
    cases_of,
    interview_cases,
    tabulate,
)
from cmograph.errors import InputError, QueryRefused
from cmograph.sheets import columns_of, flatten
from tests.analysis.books import configuration
from tests.analysis.conftest import Asking
from tests.analysis.test_regularities import made

DEMONSTRATION = "synthetic-demonstration"


@pytest.fixture
def small() -> Casebook:
    return made(
        [
            configuration("A", ["care"], ["heard"], ["calm"]),
            configuration("B", ["care", "money"], ["heard"], ["mood"]),
            configuration("C", ["money"], ["offer"], ["mood"]),
            configuration("D", ["care"], ["heard"], ["calm"], absent=True),
        ]
    )


def shown(found: list[TruthRow]) -> list[tuple[object, ...]]:
    return [
        (*one.condition.values(), one.outcome, one.cases, one.with_outcome, one.consistency) for one in found
    ]


def test_each_combination_is_a_row(small: Casebook) -> None:
    """Care and heard: A is calm, B is not. C has neither. D has care, and lacks what would be heard."""
    asked = TruthTableParameters(condition=("care", "heard"), outcome="calm")
    found = tabulate(small, cases_of(small, ()), asked)
    assert shown(found) == [
        (1, 1, "contradictory", 2, 1, 0.5),
        (1, 0, "1", 1, 1, 1.0),
        (0, 0, "0", 1, 0, 0.0),
    ]
    assert [ref.label for ref in found[0].members] == ["Title of A", "Title of B"]
    with_rest = tabulate(small, cases_of(small, ()), asked.model_copy(update={"remainders": True}))
    assert shown(with_rest)[2] == (0, 1, "remainder", 0, 0, None) and len(with_rest) == 4


def test_a_kind_takes_in_what_lies_below_it(small: Casebook) -> None:
    found = tabulate(
        small, cases_of(small, ("s",)), TruthTableParameters(condition=("need",), outcome="mood")
    )
    assert shown(found) == [(1, "1", 4, 4, 1.0)]


def test_an_interview_has_what_was_coded_and_not_what_was_missed(small: Casebook) -> None:
    lacking = made([configuration("D", ["care"], ["heard"], ["calm"], absent=True)])
    parts = frozenset(lacking.components["https://example.org/study/s/component/" + name].id
                      for name in ("care", "heard", "calm"))  # fmt: skip
    interview = Interview("https://example.org/i", "I", (), (), {}, frozenset(), parts, frozenset())
    asked = TruthTableParameters(condition=("care", "heard"), outcome="calm")
    assert shown(tabulate(lacking, interview_cases(lacking, [interview]), asked)) == [(1, 0, "1", 1, 1, 1.0)]
    assert shown(tabulate(small, interview_cases(small, [interview]), asked)) == [(1, 1, "1", 1, 1, 1.0)]


def test_its_sheet_has_a_column_for_each_condition(small: Casebook) -> None:
    asked = TruthTableParameters(condition=("care", "heard"), outcome="calm")
    first = tabulate(small, cases_of(small, ()), asked)[0]
    assert columns_of(TruthRow, first)[:3] == ["condition_Care", "condition_Heard", "outcome"]
    assert flatten(first)["condition_Care"] == 1


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"outcome": "calm"}, "from 1 to 12"),
        ({"condition": ["care"] * 13, "outcome": "calm"}, "from 1 to 12"),
        ({"condition": ["care", "Care"], "outcome": "calm"}, "given twice"),
        ({"condition": ["care"]}, "Name the kind of outcome"),
        ({"condition": ["car"], "outcome": "calm"}, "care"),
        ({"condition": ["care"], "outcome": "calmm"}, "calm"),
    ],
)
def test_what_cannot_be_is_refused(small: Casebook, asked: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        tabulate(small, cases_of(small, ()), TruthTableParameters.model_validate(asked))


def test_in_the_demonstration(ask_open: Asking) -> None:
    """configurations.csv: same-boat (reference group) is in C05, C08, C10, C13, C15, C16, C17, C19 (lacking nobody
    like her: not there), C26, C38 and C40. Of those where it is there, negative: C15, C16, C17, C26: four of ten."""
    (there, _) = ask_open(
        "truth-table", condition="reference group", outcome="negative outcome", study=DEMONSTRATION
    ).items
    assert (there.outcome, there.cases, there.with_outcome, there.consistency) == (
        "contradictory",
        10,
        4,
        0.4,
    )


def test_interviews_are_of_one_study_and_restricted(ask_open: Asking, ask_restricted: Asking) -> None:
    asked = {"condition": "normalisation", "outcome": "better mood", "cases": "interviews"}
    found = ask_restricted("truth-table", asked, study=DEMONSTRATION).items
    assert sum(one.cases for one in found) == 56  # participants.csv has so many rows
    with pytest.raises(QueryRefused, match="restricted edition"):
        ask_open("truth-table", asked, study=DEMONSTRATION)
    with pytest.raises(InputError, match="one study at a time"):
        ask_restricted("truth-table", asked)


PARTS = st.tuples(
    st.sets(st.sampled_from(["care", "money"]), min_size=1),
    st.sampled_from(["heard", "offer"]),
    st.sampled_from(["calm", "mood"]),
    st.booleans(),
)


@given(st.lists(PARTS, max_size=10), st.permutations(["care", "money", "heard"]))
def test_it_counts_what_is_there(parts: list[tuple[set[str], str, str, bool]], conditions: list[str]) -> None:
    casebook = made(
        [
            configuration(f"C{place}", sorted(contexts), [mechanism], [outcome], absent=absent)
            for place, (contexts, mechanism, outcome, absent) in enumerate(parts)
        ]
    )
    asked = TruthTableParameters(condition=tuple(conditions), outcome="calm", remainders=True)
    found = tabulate(casebook, cases_of(casebook, ()), asked)
    assert len(found) == 8 and sum(one.cases for one in found) == len(parts)
    for one in found:
        alike = [
            outcome
            for contexts, mechanism, outcome, absent in parts
            if all(
                one.condition[name.capitalize()] == (name in contexts or (name == mechanism and not absent))
                for name in conditions
            )
        ]
        assert (one.cases, one.with_outcome) == (len(alike), alike.count("calm"))
    assert tabulate(casebook, cases_of(casebook, ())[::-1], asked) == found
