"""What the coding suggests: worked out by hand, against brute force, and in the demonstration."""

from __future__ import annotations

import csv
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmograph.analysis.candidates import Candidate, CandidateParameters, Ruling, find_candidates
from cmograph.analysis.casebook import Casebook
from cmograph.analysis.interviews import Interview
from cmograph.errors import InputError
from cmograph.sheets import columns_of
from cmograph.vocabulary import REALIST
from tests.analysis.books import STUDY, book, component, configuration
from tests.analysis.conftest import Asking

DEMONSTRATION = "synthetic-demonstration"
CLASSES = {"c": REALIST.ContextFactor, "m": REALIST.Reasoning, "o": REALIST.OutcomeFactor}
PARTS = ("c1", "c2", "m1", "m2", "o1", "o2")


def iri(name: str) -> str:
    return f"{STUDY}/component/{name}"


@pytest.fixture
def small() -> Casebook:
    """One configuration is made: c1, m1, o1. m2 is only ever lacking."""
    return made()


def made() -> Casebook:
    return book(
        [
            configuration("A", ["c1"], ["m1"], ["o1"]),
            configuration("B", ["c1"], ["m2"], ["o1"], absent=True),
        ],
        [component(name, [CLASSES[name[0]]]) for name in PARTS],
    )


def interviews(*held: str) -> list[Interview]:
    return [
        Interview(f"https://example.org/{place}", f"I{place}", (), (), {}, frozenset(),
                  frozenset(map(iri, text.split())), frozenset())
        for place, text in enumerate(held)
    ]  # fmt: skip


FOUR = interviews("c1 m1 o1 o2", "c2 m1 o2", "c2 m1 o2", "c2 m2 o1")


def ask(casebook: Casebook, held: list[Interview], **asked: object) -> list[Candidate]:
    parameters = CandidateParameters.model_validate(asked)
    return find_candidates(casebook, casebook.studies[STUDY], held, parameters)


def test_what_meets_is_counted_and_what_is_made_is_left_out(small: Casebook) -> None:
    """c2, m1, o2: in two of four interviews; both with c2 and m1 have o2, which three of four have: 1 / 0.75.
    c2, m2, o1: in one; o1 is in two of four: 1 / 0.5. c1, m1, o2: in one of one: 1 / 0.75. c1, m1, o1 is A."""
    found = ask(small, FOUR, least=1)
    assert [
        (one.context, one.mechanism, one.outcome, one.support, one.confidence, one.lift, one.presence)
        for one in found
    ] == [
        ("c2", "m2", "o1", 1, 1.0, 2.0, "absent"),
        ("c2", "m1", "o2", 2, 1.0, 1.3333, "present"),
        ("c1", "m1", "o2", 1, 1.0, 1.3333, "present"),
    ]
    assert [one.context for one in ask(small, FOUR, least=2)] == ["c2"]
    assert [one.lift for one in ask(small, FOUR, least=1, least_lift=1.5)] == [2.0]


def test_a_decision_is_told_and_what_is_rejected_left_out(small: Casebook) -> None:
    """What settles a candidate counts before what leaves it open, whenever that was."""
    open_, no = (
        Ruling("2026-02-01", "A", "undecided", "", ""),
        Ruling("2026-01-01", "B", "rejected", "Chance.", ""),
    )
    rulings = {
        (iri("c2"), iri("m1"), iri("o2")): [open_, no],
        (iri("c2"), iri("m2"), iri("o1")): [open_],
    }
    study = small.studies[STUDY]
    kept = find_candidates(small, study, FOUR, CandidateParameters(least=1), rulings)
    assert [(one.mechanism, one.decision, one.by) for one in kept] == [
        ("m2", "undecided", "A"),
        ("m1", "", ""),
    ]
    every = find_candidates(small, study, FOUR, CandidateParameters(least=1, all=True), rulings)
    assert [(one.decision, one.reason) for one in every][1] == ("rejected", "Chance.")


def test_in_passages_the_mechanism_touches_both(small: Casebook) -> None:
    """In the first, o2 ends where m1 begins and c2 overlaps it; in the second o2 is far away."""
    held = interviews("c2 m1 o2", "c2 m1 o2")
    passages = {
        held[0].id: {iri("c2"): [(15, 30)], iri("m1"): [(10, 20)], iri("o2"): [(0, 10)]},
        held[1].id: {iri("c2"): [(15, 30)], iri("m1"): [(10, 20)], iri("o2"): [(40, 50)]},
    }
    asked = CandidateParameters(least=1, within="passage")
    (only,) = find_candidates(small, small.studies[STUDY], held, asked, passages=passages)
    assert (only.support, only.confidence, only.lift) == (1, 0.5, 0.5)
    with pytest.raises(InputError, match="has a position"):
        find_candidates(small, small.studies[STUDY], held, asked)


def test_what_the_code_map_gives_no_class_has_its_role(small: Casebook) -> None:
    """Nobody gave x1 to x3 a class of the ontology; the code map says what their codes stand for."""
    casebook = book(small.configurations.values(), [component(name) for name in ("x1", "x2", "x3")])
    roles = {"context": {iri("x1")}, "reasoning": {iri("x2")}, "outcome": {iri("x3")}, "actor": {iri("x1")}}
    held = interviews("x1 x2 x3", "x1 x2 x3")
    asked = CandidateParameters(least=2)
    assert find_candidates(casebook, casebook.studies[STUDY], held, asked) == []
    (only,) = find_candidates(casebook, casebook.studies[STUDY], held, asked, roles=roles)
    assert (only.context, only.mechanism, only.outcome, only.support) == ("x1", "x2", "x3", 2)


@pytest.mark.parametrize("least", [0, 5])
def test_an_impossible_least_is_refused(small: Casebook, least: int) -> None:
    with pytest.raises(InputError, match="from 1 to 4"):
        ask(small, FOUR, least=least)


def test_it_begins_with_the_columns_of_the_table_of_decisions() -> None:
    """All columns of the demonstration's decisions.csv, in its order."""
    table = Path(__file__).parents[2] / "data" / DEMONSTRATION / "decisions.csv"
    with table.open(encoding="utf-8") as file:
        header = next(csv.reader(file))
    assert columns_of(Candidate)[: len(header)] == header


def test_in_the_demonstration(ask_restricted: Asking) -> None:
    """decisions.csv leaves newcomer, feels-safe, tells-how-it-is undecided; no configuration joins them. C01 joins
    what its first row confirms, so that this is no candidate. Two are rejected, and left out unless all are asked for."""
    found = ask_restricted("candidates", study=DEMONSTRATION, least="1").items
    by_triple = {(one.context, one.mechanism, one.outcome): one for one in found}
    waits = by_triple["newcomer", "feels-safe", "tells-how-it-is"]
    assert (waits.decision, waits.by, waits.date) == ("undecided", "Analyst B (synthetic)", "2026-11-19")
    assert ("not-understood-at-home", "feels-understood", "lighter") not in by_triple
    assert not any(one.decision == "rejected" for one in found)
    refused = ask_restricted("candidates", study=DEMONSTRATION, least="1", all="true").items
    assert {
        (one.context, one.mechanism, one.outcome, one.support)
        for one in refused
        if one.decision == "rejected"
    } == {
        ("past-illness", "not-only-me", "tells-how-it-is", 4),
        ("money", "someone-like-me", "stops-coming", 4),
    }
    near = ask_restricted("candidates", study=DEMONSTRATION, least="1", within="passage").items
    assert len(near) < len(found)
    assert {(one.context, one.mechanism, one.outcome) for one in near} <= set(by_triple)


@given(st.lists(st.sets(st.sampled_from(PARTS)), min_size=1, max_size=6))
def test_it_counts_what_is_there(held: list[set[str]]) -> None:
    casebook = made()
    given_ = interviews(*(" ".join(sorted(one)) for one in held))
    found = {(one.context, one.mechanism, one.outcome): one.support for one in ask(casebook, given_, least=1)}
    expected = {
        triple: count
        for triple in product(("c1", "c2"), ("m1", "m2"), ("o1", "o2"))
        if (count := sum(set(triple) <= one for one in held))
        and triple not in {("c1", "m1", "o1"), ("c1", "m2", "o1")}
    }
    assert found == expected
    assert ask(casebook, given_[::-1], least=1) == ask(casebook, given_, least=1)
