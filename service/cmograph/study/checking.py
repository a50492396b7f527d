"""What a study's files may say, checked a value at a time; what is wrong or odd is collected, never raised."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import quote

from cmograph.errors import Problem, UnknownName, nearest
from cmograph.ntriples import slug
from cmograph.ontology import Kind, Ontology
from cmograph.study.tables import Problems

__all__ = ["Checking", "id_of"]

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.\d{4,9}/\S+)", re.IGNORECASE)

_MORE_THAN_DOI = re.compile(r"[.,;]$|[,;|]\S*\b10\.\d{4,9}/")
"""The stop of the sentence that it was copied from, or a second DOI; both could be of one DOI, and never are."""


def id_of(name: str) -> str:
    """A name as an id: a slug that begins with a letter or a digit, in whatever script the name is."""
    return slug(name).lstrip("_")


class Checking:
    """Checks values, and collects problems."""

    def __init__(self, ontology: Ontology) -> None:
        """Nothing is wrong yet."""
        self.ontology = ontology
        self.problems = Problems()
        self.warnings = Problems()

    def choice(self, file: str, row: int | None, column: str, value: str, known: Sequence[str]) -> str:
        """The value, if it is a known one; else a problem, and ""."""
        if value in known:
            return value
        remedy = nearest(value, known) or f"It is one of {', '.join(known)}."
        self.problem(file, row, f"The {column} {value!r} is not known.", remedy)
        return ""

    def word(self, file: str, row: int | None, column: str, value: str, known: Mapping[str, str]) -> str:
        """The IRI of a word of a short list; "" for an empty cell."""
        return known.get(self.choice(file, row, column, value, list(known)), "") if value else ""

    def names(
        self,
        file: str,
        row: int | None,
        column: str,
        names: list[str] | tuple[str, ...],
        below: str,
        kind: Kind = "individual",
    ) -> tuple[str, ...]:
        """The IRIs of names of the ontology below a class; a problem for each that is none."""
        found = []
        for name in names:
            try:
                found.append(self.ontology.resolve(name, kind, below))
            except UnknownName as error:
                self.problems += [
                    Problem(f"{column}: {one.what}", one.remedy, file, row) for one in error.problems
                ]
        return tuple(dict.fromkeys(found))

    def doi(self, file: str, row: int | None, text: str) -> str:
        """The IRI of a DOI, "" for an empty cell; a problem where it is none.

        A DOI may hold characters that no IRI may, such as the angle brackets of older ones.
        """
        if not text:
            return ""
        match = _DOI.fullmatch(text.strip())
        if match is None:
            self.problem(
                file,
                row,
                f"{text!r} is not a DOI.",
                "A DOI begins with 10. and holds a slash: 10.1234/abc, or https://doi.org/10.1234/abc.",
            )
            return ""
        if _MORE_THAN_DOI.search(match[1]):
            remedy = "Name one publication, by its DOI alone, without the full stop of a reference."
            self.warning(file, row, f"{text!r} looks like more than a DOI.", remedy)
        return "https://doi.org/" + quote(match[1], safe="/:;()-._,+=@!$&'*~%")

    def day(self, file: str, row: int | None, text: str) -> str:
        """A date as ISO 8601 writes one, "" for an empty cell; a problem where it is none."""
        try:
            if _DATE.fullmatch(text):
                return date.fromisoformat(text).isoformat()
        except ValueError:
            pass
        if text:
            self.problem(file, row, f"The date {text!r} is none.", "Write it as 2026-11-25.")
        return ""

    def problem(self, file: str, row: int | None, what: str, remedy: str) -> None:
        """Note a problem."""
        self.problems.add(file, row, what, remedy)

    def warning(self, file: str, row: int | None, what: str, remedy: str) -> None:
        """Note what may be right, and looks as if it were not."""
        self.warnings.add(file, row, what, remedy)
