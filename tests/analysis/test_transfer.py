"""The transfer matrix, worked out by hand on two small studies."""

from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO

import pytest

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.things import Annotation
from cmograph.analysis.transfer import Transfer, TransferParameters, transfer_matrix
from cmograph.sheets import columns_of, flatten, write_rows
from tests.analysis.books import configuration
from tests.analysis.two_studies import ONE, TWO, beside

BASE = configuration("A", ["alone"], ["trust"], ["calm"], of=ONE)


def rows_of(held: Casebook, **asked: object) -> dict[tuple[str, str, str], Transfer]:
    rows = transfer_matrix(held, TransferParameters.model_validate(asked))
    return {(row.mechanism.label, row.outcome.label, row.sign): row for row in rows}


def states(row: Transfer) -> list[str]:
    return [cell.state for cell in row.cells]


def test_a_pattern_is_followed_through_the_studies() -> None:
    held = beside(
        [BASE, configuration("C", ["young"], ["trust"], ["calm"], of=ONE, people=5, against=5)],
        [configuration("B", ["young"], ["trust"], ["worry"], of=TWO, harmful=True)],
    )
    rows = rows_of(held)
    calm, worry = rows["trust", "calm", "good"], rows["trust", "worry", "bad"]
    assert states(calm) == ["contested", "opposite"]
    assert states(worry) == ["opposite", "holds"]
    assert [ref.label for ref in calm.cells[0].contexts] == ["alone", "young"]
    assert (calm.holds_in, calm.opposite_in) == (1, 1)
    assert not rows_of(held, least=2)


def test_what_holds_of_a_narrower_kind_holds() -> None:
    """Deep trust is trust and calm is a mood, so that A has what B has; B's trust need not be deep, nor its mood calm."""
    held = beside(
        [configuration("A", ["alone"], ["deep-trust"], ["calm"], of=ONE)],
        [configuration("B", ["young"], ["trust"], ["mood"], of=TWO)],
    )
    rows = rows_of(held)
    assert {name: states(row) for name, row in rows.items()} == {
        ("trust", "mood", "good"): ["holds", "holds"],
        ("deep-trust", "calm", "good"): ["holds", "not reported"],
    }
    assert next(iter(rows)) == ("trust", "mood", "good"), "what holds most widely comes first"
    assert list(rows_of(held, least=2)) == [("trust", "mood", "good")]
    assert list(rows_of(held, mechanism="deep-trust")) == [("deep-trust", "calm", "good")]


@pytest.mark.parametrize("order", [(ONE, TWO), (TWO, ONE)])
def test_good_and_bad_of_one_kind_are_two_patterns(order: tuple[str, str]) -> None:
    """A's mood is better and B's worse: one holds where the other is opposite, whichever study is named first."""
    held = beside(
        [configuration("A", ["alone"], ["trust"], ["mood"], of=ONE)],
        [configuration("B", ["alone"], ["trust"], ["mood"], of=TWO, harmful=True)],
    )
    rows = rows_of(held, study=order)
    assert {sign: row.states for (_, _, sign), row in rows.items()} == {
        "good": {"one": "holds", "two": "opposite"},
        "bad": {"one": "opposite", "two": "holds"},
    }


def test_a_study_in_which_it_holds_can_have_the_opposite_too() -> None:
    """A does good and C harm, in another context; B has neither the same matter nor, lacking trust, the same mechanism."""
    held = beside(
        [BASE, configuration("C", ["young"], ["trust"], ["worry"], of=ONE, harmful=True)],
        [
            configuration("B", ["young"], ["trust"], ["friends"], of=TWO, harmful=True),
            configuration("D", ["young"], ["trust"], ["worry"], of=TWO, harmful=True, absent=True),
        ],
    )
    calm = rows_of(held)["trust", "calm", "good"]
    assert states(calm) == ["holds", "not reported"]
    assert [ref.label for ref in calm.cells[0].configurations] == ["Title of A"]
    assert [ref.label for ref in calm.cells[0].opposite] == ["Title of C"]
    assert [ref.label for ref in calm.cells[0].contexts] == ["alone"]
    assert (calm.holds_in, calm.opposite_in) == (1, 1)


def test_harm_of_no_kind_may_be_the_opposite_of_anything() -> None:
    """Nobody said of what kind B's harm is: it has no row of its own, and may well be A's mood."""
    held = beside([BASE], [configuration("B", ["young"], ["trust"], ["harm"], of=TWO, harmful=True)])
    assert {name: states(row) for name, row in rows_of(held).items()} == {
        ("trust", "calm", "good"): ["holds", "opposite"]
    }


def test_dissent_stands_in_the_cell() -> None:
    """The pattern holds in ONE, as its analysts say; that a reviewer dissents is told beside it and changes no count."""
    dissent = Annotation(
        "a", BASE.id, "Reviewer A (synthetic)", "Not so.", "", "https://example.org/Dissents", ()
    )
    held = beside([BASE], [configuration("B", ["alone"], ["trust"], ["calm"], of=TWO)])
    (row,) = transfer_matrix(replace(held, annotations={"a": dissent}), TransferParameters())
    assert states(row) == ["holds", "holds"]
    assert [[(note.reviewer, note.stance) for note in cell.notes] for cell in row.cells] == [
        [("Reviewer A (synthetic)", "Dissents")],
        [],
    ]


def test_as_a_table_it_is_a_matrix_with_a_column_a_study() -> None:
    rows = transfer_matrix(beside([BASE], []), TransferParameters())
    out = StringIO()
    write_rows(out, columns_of(Transfer, rows[0]), map(flatten, rows))
    (read,) = csv.DictReader(StringIO(out.getvalue()))
    assert (read["mechanism"], read["states_one"], read["states_two"]) == ("trust", "holds", "not reported")
    assert read["cells"].startswith("One (synthetic) holds Title of A")
    assert "Ref(" not in read["cells"]
