"""Programme theories and their changes: worked out by hand from the demonstration's theories.csv, configurations.csv."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.theories import (
    TheoryChangesParameters,
    TheoryParameters,
    Weight,
    change_theories,
    list_theories,
)
from cmograph.analysis.things import Ref, Theory
from cmograph.errors import InputError
from tests.analysis.books import STUDY, book, configuration

DEMONSTRATION = "synthetic-demonstration"


def theory(name: str, *held: str, revises: str = "") -> Theory:
    iri = f"{STUDY}/theory/{name}"
    earlier = f"{STUDY}/theory/{revises}" if revises else ""
    configurations = tuple(f"{STUDY}/configuration/{one}" for one in held)
    return Theory(iri, name, STUDY, f"Theory {name}", "", "", "", earlier, "", (), configurations)


@pytest.fixture
def small() -> Casebook:
    """Three versions: A; A, B; B, C."""
    made = book([configuration(name, [f"c{name}"]) for name in "ABC"])
    theories = [theory("1", "A"), theory("2", "A", "B", revises="1"), theory("3", "B", "C", revises="2")]
    return replace(made, theories={one.id: one for one in theories})


def names(refs: Iterable[Ref]) -> list[str]:
    return [one.id.rpartition("/")[2] for one in refs]


def test_each_version_stands_in_its_line(casebook: Casebook) -> None:
    """theories.csv: T2 revises T1; T3 stands alone; T1 draws on no substantive theory."""
    first, second, third = list_theories(casebook, TheoryParameters(study=(DEMONSTRATION,)))
    assert [one.identifier for one in (first, second, third)] == ["T1", "T2", "T3"]
    assert names(first.revised_by) == ["T2"] and first.revises is None and names(first.line) == ["T1"]
    assert second.revises and second.revises.label == "Peers help by being alike"
    assert names(second.line) == ["T1", "T2"] and names(third.line) == ["T3"]
    assert first.stage and "initial" in first.stage.label.lower()
    assert first.substantive == () and second.substantive == third.substantive == (
        "Social comparison theory",
    )
    assert second.rationale.startswith("Being alike turned out not to be enough")


def test_how_each_stands_against_the_evidence(casebook: Casebook) -> None:
    """By configurations.csv: T1 holds C01 (for and against) and C40 (nothing). T2 holds 23, all supported; against
    C01 C05 C06 C07 C12 C24; refining C02 C03 C07 C12. T3 holds 16; against C15 C23 C25 C26 C30 C31; refining C18 C25.
    """
    found = list_theories(casebook, TheoryParameters(study=(DEMONSTRATION,)))
    assert [one.evidence for one in found] == [
        Weight(2, 1, 1, 0, 1, 0),
        Weight(23, 23, 6, 4, 0, 0),
        Weight(16, 16, 6, 2, 0, 0),
    ]
    assert all(one.challenged for one in found)
    assert not list_theories(casebook, TheoryParameters(study=(DEMONSTRATION,), challenged=False))


def test_what_the_refined_theory_added_dropped_and_kept(casebook: Casebook) -> None:
    """T1 → T2: C01 stays, C40 goes, and of T2's 23 the other 22 are new; of these C05 C06 C07 C12 C24 are contested."""
    (one,) = change_theories(casebook, TheoryChangesParameters(study=(DEMONSTRATION,)))
    assert names((one.before, one.after)) == ["T1", "T2"]
    assert names(one.kept) == ["C01"] and names(one.dropped) == ["C40"] and len(one.added) == 22
    assert one.evidence_added == Weight(22, 22, 5, 4, 0, 0)
    assert one.evidence_dropped == Weight(1, 0, 0, 0, 1, 0)
    # C40 was the only one that rested on likeness: its reasoning is of the class perceived similarity
    assert [(gone.part, gone.kind.label) for gone in one.went] == [("reasoning", "perceived similarity")]
    assert ("context", "motherhood norm") in {(new.part, new.kind.label) for new in one.came}
    assert one.rationale.startswith("Being alike")


def test_two_versions_further_apart_can_be_compared(small: Casebook) -> None:
    assert len(change_theories(small, TheoryChangesParameters())) == 2
    (one,) = change_theories(small, TheoryChangesParameters(before="1", after="s/3"))
    assert (names(one.added), names(one.dropped), names(one.kept)) == (["B", "C"], ["A"], [])
    assert [(gone.part, gone.kind.label) for gone in one.went] == [("context", "cA")]
    (last,) = change_theories(small, TheoryChangesParameters(before="2"))
    assert names((last.after,)) == ["3"]


def test_versions_that_go_round_in_a_circle_end(small: Casebook) -> None:
    round_about = {**small.theories, f"{STUDY}/theory/1": theory("1", "A", revises="3")}
    third = list_theories(replace(small, theories=round_about), TheoryParameters(theory=("3",)))
    assert names(third[0].line) == ["1", "2", "3"]


def test_an_unknown_theory_is_named(casebook: Casebook) -> None:
    with pytest.raises(InputError, match="no programme theory 'T9'"):
        list_theories(casebook, TheoryParameters(theory=("T9",)))
    with pytest.raises(InputError, match="no programme theory"):
        change_theories(casebook, TheoryChangesParameters(before="nothing"))
