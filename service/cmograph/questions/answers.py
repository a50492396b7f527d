"""SPARQL results → typed rows, with the notices that belong to them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from cmograph.engine.editions import Snapshot
from cmograph.questions.library import Question
from cmograph.sheets import safe

__all__ = ["Answer", "Cell", "notices_for", "read_rows"]

_XSD = "http://www.w3.org/2001/XMLSchema#"
_INTEGERS = {_XSD + name for name in ("integer", "int", "long", "short", "nonNegativeInteger")}
_DECIMALS = {_XSD + name for name in ("decimal", "double", "float")}


@dataclass(frozen=True, slots=True)
class Cell:
    """One term of an answer, nothing of it lost.

    Attributes:
        kind: `uri`, `literal`, `bnode` or `triple`, as SPARQL 1.1 Query Results JSON says it.
        text: the IRI, or the literal's lexical form.
        datatype: the IRI of a literal's datatype; empty for a plain string.
        language: a literal's language tag; empty where it has none.
    """

    kind: str
    text: str
    datatype: str = ""
    language: str = ""

    @property
    def value(self) -> str | int | float | bool:
        """The nearest value of Python and JSON."""
        try:
            if self.datatype in _INTEGERS:
                return int(self.text)
            if self.datatype in _DECIMALS:
                number = float(self.text)
                return number if number - number == 0 else self.text  # JSON has no infinity
        except ValueError:
            return self.text
        if self.datatype == _XSD + "boolean":
            return self.text in ("true", "1")
        return self.text


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question.

    Attributes:
        question: what was asked.
        columns: the names of its columns, in order.
        rows: one cell a column; None where a row has nothing there.
        notices: sentences that must be shown with it, above all which studies are synthetic.
        snapshot: the release and the edition that it is drawn from.
    """

    question: Question
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    notices: tuple[str, ...]
    snapshot: Snapshot

    def records(self) -> list[dict[str, str | int | float | bool | None]]:
        """The rows as mappings from a column's name to its value."""
        return [
            {name: cell.value if cell else None for name, cell in zip(self.columns, row, strict=True)}
            for row in self.rows
        ]

    def as_csv(self) -> str:
        """A table (RFC 4180) for a spreadsheet, which starts a formula from no cell; a number keeps its digits.

        Not the SPARQL 1.1 Query Results CSV Format, which has every cell as it is.
        """
        out = StringIO()
        csv.writer(out).writerows([self.columns, *(map(_in_csv, row) for row in self.rows)])
        return out.getvalue()


def read_rows(body: bytes) -> tuple[tuple[str, ...], tuple[tuple[Cell | None, ...], ...]]:
    """The columns and the rows of SPARQL 1.1 Query Results JSON."""
    results = json.loads(body)
    columns = tuple(results["head"]["vars"])
    rows = tuple(
        tuple(_cell(binding[name]) if name in binding else None for name in columns)
        for binding in results["results"]["bindings"]
    )
    return columns, rows


def _cell(term: Mapping[str, object]) -> Cell:
    value = term["value"]
    text = value if isinstance(value, str) else json.dumps(value)  # a triple term of RDF 1.2
    return Cell(str(term["type"]), text, str(term.get("datatype", "")), str(term.get("xml:lang", "")))


def _in_csv(cell: Cell | None) -> str:
    if cell is None:
        return ""
    return cell.text if isinstance(cell.value, (int, float)) else safe(cell.text)


def notices_for(
    columns: Sequence[str], rows: Iterable[Sequence[Cell | None]], synthetic: Mapping[str, str]
) -> tuple[str, ...]:
    """Which synthetic studies an answer concerns.

    Args:
        columns: the answer's columns. With a column `study` only studies that some cell lies in are named;
            without one, what the answer rests on cannot be told, so all are.
        rows: the answer's rows.
        synthetic: the IRI and the title of each synthetic study of the release.
    """
    concerned = set(synthetic)
    if "study" in columns:
        iris = {cell.text for row in rows for cell in row if cell and cell.kind == "uri"}
        concerned = {
            study for study in synthetic if any(iri == study or iri.startswith(study + "/") for iri in iris)
        }
    return tuple(
        f"Synthetic data: the interviews of “{title}” were invented to show what cmograph does. "
        "No conclusion about people can be drawn from them."
        for study, title in sorted(synthetic.items())
        if study in concerned
    )
