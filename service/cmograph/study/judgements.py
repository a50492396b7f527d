"""The tables of judgements: confidence in findings, what reviewers say, what was decided about candidates."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from pathlib import Path

from cmograph.errors import nearest
from cmograph.ntriples import digest, slug, slugs
from cmograph.study.checking import Checking
from cmograph.study.model import Annotation, ConfidenceRating, Decision, Place
from cmograph.study.tables import Row, read_table
from cmograph.vocabulary import REALIST

__all__ = ["JudgementTables"]

_COMPONENTS = ("methodological_limitations", "coherence", "adequacy", "relevance")
_CONCERNS = {
    "no": REALIST.NoConcerns,
    "minor": REALIST.MinorConcerns,
    "moderate": REALIST.ModerateConcerns,
    "substantial": REALIST.SubstantialConcerns,
    "serious": REALIST.SubstantialConcerns,  # another name for the same level
}
_LEVELS = {
    "high": REALIST.HighConfidence,
    "moderate": REALIST.ModerateConfidence,
    "low": REALIST.LowConfidence,
    "very low": REALIST.VeryLowConfidence,
}
_STANCES = {"agrees": REALIST.Agrees, "dissents": REALIST.Dissents, "comments": REALIST.Comments}
_DECISIONS = {
    "confirmed": REALIST.Confirmed,
    "rejected": REALIST.Rejected,
    "undecided": REALIST.Undecided,
}
_PARTS = ("context", "mechanism", "outcome")
_OF_CANDIDATES = (
    "study", "study_id", "context_wording", "mechanism_wording", "outcome_wording",
    "presence", "support", "interviews", "confidence", "lift",
)  # fmt: skip
"""What a list of candidates tells beside, to decide by: a table begun from one may keep it, and it is not read."""


class JudgementTables:
    """Reads the tables that judge what the other tables say; it is read after them.

    Attributes:
        places: where each judgement is written, by the end of its IRI.
    """

    def __init__(
        self,
        folder: Path,
        check: Checking,
        configurations: Collection[str],
        components: Collection[str],
        mechanisms: Collection[str],
    ) -> None:
        """Nothing is read yet.

        Args:
            folder: the study's.
            check: collects problems.
            configurations: the ids that a row may name.
            components: likewise.
            mechanisms: those of the components that are resources or reasonings.
        """
        self._folder = folder
        self._check = check
        self._configurations = sorted(configurations)
        self._components = sorted(components)
        self._mechanisms = sorted(mechanisms)
        self._signers: dict[str, dict[str, Place]] = {}
        self.places: dict[str, Place] = {}

    def confidence(self, name: object) -> tuple[ConfidenceRating, ...]:
        """GRADE-CERQual assessments, one a finding."""
        rows = self._rows(name, ("configuration", *_COMPONENTS, "overall", "rationale"), ("assessor", "date"))
        found = []
        for row in rows:
            file, number = row.file, row.number
            if row["configuration"] not in self._configurations:
                what = (
                    f"{row['configuration']!r} is not a configuration: "
                    "GRADE-CERQual is of a finding, never of a study."
                )
                remedy = nearest(row["configuration"], self._configurations)
                self._check.problem(file, number, what, remedy or "Name a configuration of this study.")
            concerns = {column: self._word(row, column, _CONCERNS) for column in _COMPONENTS}
            overall = self._word(row, "overall", _LEVELS)
            self._text(row, "rationale", "Say in your own words why it is rated so.")
            self._signer(row, "assessor")
            self._once(row, f"confidence/{row['configuration']}", f"A rating of {row['configuration']!r}")
            found.append(
                ConfidenceRating(
                    configuration=row["configuration"],
                    **concerns,
                    overall=overall,
                    rationale=row["rationale"],
                    assessor=row["assessor"],
                    date=self._date(row),
                    place=Place(file, number),
                )
            )
        return tuple(found)

    def annotations(self, name: object) -> tuple[Annotation, ...]:
        """What reviewers say, each beside what it is about."""
        found = []
        for row in self._rows(name, ("about", "reviewer", "stance", "text"), ("class", "date")):
            kind, about = "configuration", row["about"]
            if about.lower().startswith("component:"):
                kind, about = "component", about.partition(":")[2].strip()
            known = self._configurations if kind == "configuration" else self._components
            if about not in known:
                remedy = nearest(about, known) or f"Name a {kind} of this study."
                if kind == "configuration" and about in self._components:
                    remedy = f"Write component:{about} for the component."
                self._check.problem(row.file, row.number, f"about: there is no {kind} {about!r}.", remedy)
            self._text(row, "reviewer", "Say who says it; an annotation is somebody's.")
            self._signer(row, "reviewer")
            self._text(row, "text", "Say what the reviewer says, in their own words.")
            stance = self._word(row, "stance", _STANCES)
            if row["class"] and kind == "configuration":
                what = "A class is given, but the annotation is about a configuration."
                self._check.problem(
                    row.file, row.number, what, "Leave the cell empty, or write component: before the id."
                )
            classes = self._check.names(
                row.file, row.number, "class", row.list("class"), REALIST.Component, "class"
            )
            day = self._date(row)
            said = digest(kind, about, row["reviewer"], stance, row["text"], *classes, day)
            id = f"{slug(about)}-{said}"
            self._once(row, f"annotation/{id}", "The same annotation")
            found.append(
                Annotation(
                    id, kind, about, row["reviewer"], stance, row["text"], classes, day,
                    Place(row.file, row.number),
                )
            )  # fmt: skip
        return tuple(found)

    def decisions(self, name: object) -> tuple[Decision, ...]:
        """What analysts decided about candidate configurations."""
        found = []
        settled: dict[tuple[str, ...], tuple[str, int]] = {}
        confirmed: dict[tuple[str, ...], tuple[str, int]] = {}
        rows = self._rows(
            name, (*_PARTS, "decision", "by"), ("reason", "date", "configuration", *_OF_CANDIDATES)
        )
        signers = slugs(row["by"] for row in rows)
        for row in rows:
            file, number = row.file, row.number
            self._parts(row)
            decision = self._word(row, "decision", _DECISIONS)
            self._text(row, "by", "Say who decided.")
            self._signer(row, "by")
            if decision == REALIST.Rejected:
                self._text(row, "reason", "Say why the candidate is rejected, in your own words.")
            made = row["configuration"]
            if made and decision != REALIST.Confirmed:
                what = f"The configuration {made!r} is named, but the candidate is not confirmed."
                self._check.problem(file, number, what, "Leave the cell empty, or confirm the candidate.")
            if made and made not in self._configurations:
                remedy = nearest(made, self._configurations) or "Make it in the table of configurations."
                self._check.problem(file, number, f"There is no configuration {made!r}.", remedy)
            triple = tuple(row[column] for column in _PARTS)
            if decision in (REALIST.Confirmed, REALIST.Rejected):
                first, where = settled.setdefault(triple, (decision, number))
                if first != decision:
                    what = f"Row {where} decides the opposite on the same candidate: " + " + ".join(triple)
                    self._check.problem(
                        file, number, f"{what}.", f"Agree on one, and correct row {where} or this."
                    )
            if made:
                first, where = confirmed.setdefault(triple, (made, number))
                if first != made:
                    what = f"Row {where} confirms the same candidate as {first!r}, this row as {made!r}."
                    self._check.warning(
                        file,
                        number,
                        what,
                        f"If one configuration was made of it, name that in row {where} and here.",
                    )
            id = "/".join((*triple, signers[row["by"]]))  # ids of components are fit for an IRI
            self._once(row, f"decision/{id}", f"A decision of {row['by']!r} on this candidate")
            found.append(
                Decision(
                    id=id,
                    context=row["context"],
                    mechanism=row["mechanism"],
                    outcome=row["outcome"],
                    decision=decision,
                    by=row["by"],
                    reason=row["reason"],
                    date=self._date(row),
                    configuration=made,
                    place=Place(file, number),
                )
            )
        return tuple(found)

    def _parts(self, row: Row) -> None:
        """What a candidate is made of; any component may be a context or an outcome, for configurations follow each other."""
        for column in _PARTS:
            known = self._mechanisms if column == "mechanism" else self._components
            if row[column] in known:
                continue
            what = f"{column}: there is no component {row[column]!r}."
            remedy = "Name a component of this study."
            if row[column] in self._components:
                what = f"{column}: the component {row[column]!r} is neither a resource nor a reasoning."
                remedy = "Name one that is, or correct its role in the code map or in components.csv."
            self._check.problem(row.file, row.number, what, nearest(row[column], known) or remedy)

    def _rows(self, name: object, required: tuple[str, ...], optional: tuple[str, ...]) -> tuple[Row, ...]:
        """A table's rows; none where a column is missing, which is told once and not a row at a time."""
        if not isinstance(name, str):
            return ()
        table = read_table(self._folder / name, required, optional, self._check.problems)
        return table.rows if set(required) <= set(table.columns) else ()

    def _text(self, row: Row, column: str, remedy: str) -> None:
        if not row[column]:
            self._check.problem(row.file, row.number, f"The {column} is missing.", remedy)

    def _signer(self, row: Row, column: str) -> None:
        """Whoever signs is who they say they are; two ways to write what reads as one name are told.

        Compared by canonical caseless matching (Unicode Standard, section 3.13, D145), whatever the white space.
        """
        name = row[column]
        if not name:
            return
        folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())
        spellings = self._signers.setdefault(" ".join(folded.split()), {})
        if spellings and name not in spellings:
            other, place = next(iter(spellings.items()))
            what = (
                f"{column}: {name!r} is {other!r} in {place.file}, row {place.row}: they count as two people."
            )
            self._check.warning(
                row.file, row.number, what, "If it is one person, write the name the same way in both rows."
            )
        spellings.setdefault(name, Place(row.file, row.number))

    def _word(self, row: Row, column: str, known: dict[str, str]) -> str:
        if not row[column]:
            self._text(row, column, f"Write one of {', '.join(known)}.")
            return ""
        return self._check.word(row.file, row.number, column, " ".join(row[column].lower().split()), known)

    def _date(self, row: Row) -> str:
        return self._check.day(row.file, row.number, row["date"])

    def _once(self, row: Row, end: str, what: str) -> None:
        first = self.places.setdefault(end, Place(row.file, row.number))
        if first.row != row.number:
            self._check.problem(
                row.file, row.number, f"{what} is in row {first.row} already.", "Keep one of them."
            )
