"""The tables of a study folder, each row as what it stands for."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from cmograph.errors import nearest
from cmograph.naming import code_path, tidy
from cmograph.study.checking import Checking, id_of
from cmograph.study.model import (
    CodeMapping,
    Component,
    Configuration,
    EvidenceReference,
    Participant,
    Place,
    Stance,
    Theory,
)
from cmograph.study.tables import Row, read_table
from cmograph.vocabulary import REALIST

__all__ = ["DETAILS", "StudyTables"]

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")

_BELOW = {
    "context": REALIST.Component,
    "resource": REALIST.Resource,
    "reasoning": REALIST.Reasoning,
    "outcome": REALIST.OutcomeFactor,
    "mechanism": REALIST.Component,
}
"""The roles that make a component, and what its classes lie below; a context may be an earlier outcome."""
_OTHER_ROLES = ("actor", "intervention", "theory", "configuration", "ignore")

_POLARITIES = {"positive": REALIST.Positive, "negative": REALIST.Negative, "mixed": REALIST.Mixed}
_LEVELS = {"micro": REALIST.MicroLevel, "meso": REALIST.MesoLevel, "macro": REALIST.MacroLevel}
_STAGES = {"initial": REALIST.InitialTheory, "refined": REALIST.RefinedTheory}
DETAILS = {
    "abstract": REALIST.AbstractLevel,
    "table": REALIST.TableLevel,
    "full-text": REALIST.FullTextLevel,
    "primary": REALIST.PrimaryData,
}
_WORDINGS = {
    "authors": REALIST.AuthorsWording,
    "own": REALIST.OwnWords,
    "analysts": REALIST.AnalystsWording,
}
_CONFIGURATION_COLUMNS = (
    "title", "because", "context", "resource", "reasoning", "presence", "polarity", "delivery", "role", "level",
    "theory", "evidence_for", "evidence_against", "evidence_refining", "mitigation", "wording_status", "detail",
    "source", "locator", "extractor", "note",
)  # fmt: skip


class StudyTables:
    """Reads the tables one after the other: components are made by the first two, and used by the others.

    Attributes:
        components: what the tables read so far make, by id.
        mechanisms: those that are resources or reasonings: by role, by class, or because a configuration says so.
        places: where each thing is written, by the end of its IRI.
    """

    def __init__(self, folder: Path, check: Checking) -> None:
        """Nothing is read yet."""
        self._folder = folder
        self._check = check
        self.components: dict[str, Component] = {}
        self.mechanisms: set[str] = set()
        self.places: dict[str, Place] = {}
        self._worded: dict[str, int] = {}
        """The row that words a component; none where it is worded by the name of its first code alone."""

    def codes(self, name: object) -> tuple[CodeMapping, ...]:
        """The code map; makes components."""
        if not isinstance(name, str):
            return ()
        table = read_table(
            self._folder / name,
            ("code", "role"),
            ("class", "component", "wording", "stance", "note"),
            self._check.problems,
        )
        mappings = []
        seen: set[tuple[str, ...]] = set()
        implied: dict[str, tuple[str, int]] = {}
        for row in table.rows:
            path = code_path(row["code"])
            role = self._check.choice(
                row.file, row.number, "role", row["role"].lower(), (*_BELOW, *_OTHER_ROLES)
            )
            stance = self._check.choice(
                row.file, row.number, "stance", row["stance"].lower() or "supports", tuple(Stance)
            )
            if path in seen:
                self._check.problem(
                    row.file, row.number, f"The code {row['code']!r} has a row already.", "Keep one of them."
                )
            seen.add(path)
            component = ""
            if role in _BELOW:
                component = row["component"] or id_of(path[-1])
                name, first = path[-1], row.number
                if not row["component"]:
                    name, first = implied.setdefault(component, (name, first))
                if name.casefold() != path[-1].casefold():
                    what = f"The codes {name!r} (row {first}) and {path[-1]!r} come to one component, {component!r}."
                    remedy = "Give each an id in the column component: one id if they stand for the same, else two."
                    self._check.problem(row.file, row.number, what, remedy)
                self._component(row, component, role, row["wording"] or path[-1])
            mappings.append(
                CodeMapping(path, role, component, Stance(stance or "supports"), Place(row.file, row.number))
            )
        return tuple(mappings)

    def read_components(self, name: object) -> None:
        """Components that no code stands for."""
        if not isinstance(name, str):
            return
        optional = ("wording_status", "detail", "locator", "note")
        table = read_table(
            self._folder / name, ("component", "role", "class", "wording"), optional, self._check.problems
        )
        for row in table.rows:
            role = self._check.choice(row.file, row.number, "role", row["role"].lower(), tuple(_BELOW))
            if row["component"] in self.components:
                what = f"There is a component {row['component']!r} already."
                self._check.problem(row.file, row.number, what, "Give it another id, or take the row out.")
            elif role:
                self._component(row, row["component"], role, row["wording"])

    def _component(self, row: Row, id: str, role: str, wording: str) -> None:
        classes = self._check.names(row.file, row.number, "class", row.list("class"), _BELOW[role], "class")
        if not _ID.fullmatch(id):
            self._check.problem(
                row.file,
                row.number,
                f"The component id {id!r} cannot stand in an IRI.",
                f"Write {id_of(id)!r}." if id else "Give it one, such as alone-at-home.",
            )
        if not wording:
            self._check.problem(
                row.file,
                row.number,
                f"The component {id!r} has no wording.",
                "Say it in the study's own words.",
            )
        above = {parent for name in classes for parent in (name, *self._check.ontology.ancestors(name))}
        if role in ("resource", "reasoning", "mechanism") or above & {REALIST.Resource, REALIST.Reasoning}:
            self.mechanisms.add(id)
        known = self.components.get(id)
        if known is None:
            self.components[id] = Component(
                id,
                wording,
                classes,
                self._check.word(
                    row.file, row.number, "wording_status", row["wording_status"] or "analysts", _WORDINGS
                ),
                self._check.word(row.file, row.number, "detail", row["detail"], DETAILS),
                row["locator"],
                Place(row.file, row.number),
            )
            self.places[f"component/{id}"] = Place(row.file, row.number)
            if row["wording"]:
                self._worded[id] = row.number
            return
        # Several codes may stand for one component: they may not contradict each other about it.
        worded = self._worded.get(id)
        if row["wording"] and worded is not None and row["wording"] != known.wording:
            what = f"The component {id!r} is worded otherwise in row {worded}."
            self._check.problem(row.file, row.number, what, "Word it once, and leave the other cells empty.")
        if row["wording"] and worded is None:
            self._worded[id], known = row.number, replace(known, wording=row["wording"])
        more = tuple(dict.fromkeys((*known.classes, *classes)))
        self.components[id] = Component(
            id, known.wording, more, known.wording_status, known.detail, known.locator, known.place
        )

    def theories(self, name: object) -> tuple[Theory, ...]:
        """Programme theories."""
        if not isinstance(name, str):
            return ()
        optional = ("version", "stage", "revises", "description", "rationale", "substantive_theory")
        table = read_table(self._folder / name, ("id", "title"), optional, self._check.problems)
        ids = {row["id"] for row in table.rows}
        theories = []
        for row in table.rows:
            self._own_id(row, "theory")
            if not row["title"]:
                what = f"The theory {row['id']!r} has no title."
                self._check.problem(row.file, row.number, what, "Give it one, by which people know it.")
            if row["revises"] and row["revises"] not in ids:
                remedy = nearest(row["revises"], sorted(ids)) or "Name a theory of this table."
                self._check.problem(
                    row.file, row.number, f"There is no theory {row['revises']!r} to revise.", remedy
                )
            stage = self._check.word(row.file, row.number, "stage", row["stage"], _STAGES)
            theories.append(
                Theory(
                    row["id"], row["title"], row["version"], stage, row["revises"], row["description"], row["rationale"],
                    row.list("substantive_theory"), Place(row.file, row.number),
                )
            )  # fmt: skip
        self._once(table.rows, "theory")
        return tuple(theories)

    def configurations(self, name: object, kind: str, theories: set[str]) -> tuple[Configuration, ...]:
        """The analysts' configurations."""
        if not isinstance(name, str):
            self._check.problem(
                "study.toml",
                None,
                "No table of configurations is named.",
                'Write configurations = "…" under [files].',
            )
            return ()
        table = read_table(
            self._folder / name, ("id", "if", "then", "outcome"), _CONFIGURATION_COLUMNS, self._check.problems
        )
        self._once(table.rows, "configuration")
        return tuple(self._configuration(row, kind, theories) for row in table.rows)

    def _configuration(self, row: Row, kind: str, theories: set[str]) -> Configuration:
        file, number = row.file, row.number
        self._own_id(row, "configuration")
        for column in ("if", "then"):
            if not row[column]:
                self._check.problem(
                    file, number, f"{row['id']} has no {column!r}.", "Say it in the analysts' words."
                )
        if not row.list("outcome"):
            what = f"The configuration {row['id']} has no outcome."
            self._check.problem(
                file, number, what, "Name a component in the column outcome; a configuration explains one."
            )
        if not row.list("resource") and not row.list("reasoning"):
            what = f"The configuration {row['id']} has no mechanism."
            self._check.problem(file, number, what, "Name a component in the column resource or reasoning.")
        components = {column: row.list(column) for column in ("context", "resource", "reasoning", "outcome")}
        for column, ids in components.items():
            for id in ids:
                if id not in self.components:
                    remedy = (
                        nearest(id, list(self.components)) or "Make it in the code map or in components.csv."
                    )
                    self._check.problem(
                        file, number, f"{row['id']}, {column}: there is no component {id!r}.", remedy
                    )
        self.mechanisms.update(components["resource"], components["reasoning"])
        for theory in row.list("theory"):
            if theory not in theories:
                remedy = nearest(theory, sorted(theories)) or "Make it in theories.csv."
                self._check.problem(file, number, f"{row['id']}: there is no theory {theory!r}.", remedy)
        presence = self._check.choice(
            file, number, "presence", row["presence"].lower() or "present", ("present", "absent")
        )
        default_wording = "analysts" if kind == "interviews" else "own"
        return Configuration(
            id=row["id"],
            title=row["title"] or row["id"],
            if_clause=row["if"],
            then_clause=row["then"],
            because_clause=row["because"],
            contexts=components["context"],
            resources=components["resource"],
            reasonings=components["reasoning"],
            absent=presence == "absent",
            outcomes=components["outcome"],
            polarity=self._check.word(file, number, "polarity", row["polarity"].lower(), _POLARITIES),
            deliveries=self._check.names(
                file, number, "delivery", row.list("delivery"), REALIST.DeliveryMode
            ),
            roles=self._check.names(file, number, "role", row.list("role"), REALIST.ActorRole),
            level=self._check.word(file, number, "level", row["level"].lower(), _LEVELS),
            theories=row.list("theory"),
            evidence=(
                *self._evidence(row, "evidence_for", Stance.supports),
                *self._evidence(row, "evidence_against", Stance.refutes),
                *self._evidence(row, "evidence_refining", Stance.refines),
            ),
            mitigations=row.list("mitigation"),
            wording_status=self._check.word(
                file, number, "wording_status", row["wording_status"] or default_wording, _WORDINGS
            ),
            detail=self._check.word(file, number, "detail", row["detail"], DETAILS),
            source=self._check.doi(file, number, row["source"]),
            locator=row["locator"],
            extractor=row["extractor"],
            note=row["note"],
            place=Place(file, number),
        )

    def _evidence(self, row: Row, column: str, stance: Stance) -> list[EvidenceReference]:
        found = []
        for entry in row.list(column):
            if entry.lower().startswith("statement:"):
                statement = entry.partition(":")[2].strip()
                if not statement:
                    self._check.problem(
                        row.file, row.number, f"{row['id']}, {column}: a statement says nothing.",
                        "Say after statement: what the publication says, in your own words.",
                    )  # fmt: skip
                found.append(EvidenceReference(stance, statement=statement))
                continue
            code, at, source = entry.partition(" @ ")
            found.append(EvidenceReference(stance, code_path(code), tidy(source) if at else ""))
        return found

    def participants(self, name: object) -> tuple[Participant, ...]:
        """Who speaks in which source."""
        if not isinstance(name, str):
            return ()
        fixed = ("source", "participant", "role", "delivery")
        table = read_table(
            self._folder / name, ("source", "participant"), fixed[2:], self._check.problems, open_ended=True
        )
        found = []
        for row in table.rows:
            roles = self._check.names(row.file, row.number, "role", row.list("role"), REALIST.ActorRole)
            deliveries = self._check.names(
                row.file, row.number, "delivery", row.list("delivery"), REALIST.DeliveryMode
            )
            if not row["participant"]:
                what = "The participant has no id, and would be one person with all who have none."
                self._check.problem(row.file, row.number, what, "Give everybody an id, such as P01.")
            if len(roles) > 1:
                what = f"The participant {row['participant']!r} has more than one role."
                self._check.problem(row.file, row.number, what, "Give one person one role.")
            attributes = {key: value for key, value in row.cells.items() if key not in fixed and value}
            place = Place(row.file, row.number)
            found.append(
                Participant(
                    tidy(row["source"]),
                    row["participant"],
                    roles[0] if roles else "",
                    deliveries,
                    attributes,
                    place,
                )
            )
        first: dict[str, Participant] = {}
        for one in found:
            known = first.setdefault(one.id, one)
            if one.role != known.role:
                what = f"The participant {one.id!r} has another role in row {known.place.row}."
                self._check.problem(name, one.place.row, what, "Give one person one role.")
        of_source: dict[str, int | None] = {}
        for one in found:
            before = of_source.setdefault(one.source, one.place.row)
            if before != one.place.row:
                what = f"The source of this row has row {before} already."
                self._check.problem(name, one.place.row, what, "Keep one: a source has one participant.")
        return tuple(found)

    def _own_id(self, row: Row, kind: str) -> None:
        if not _ID.fullmatch(row["id"]):
            remedy = f"Write {id_of(row['id'])!r}." if row["id"] else "Give it one, such as C01."
            self._check.problem(
                row.file, row.number, f"The {kind}'s id {row['id']!r} cannot stand in an IRI.", remedy
            )
        self.places[f"{kind}/{row['id']}"] = Place(row.file, row.number)

    def _once(self, rows: tuple[Row, ...], kind: str) -> None:
        first: dict[str, int] = {}
        for row in rows:
            if row["id"] in first:
                what = f"The {kind} {row['id']!r} is in row {first[row['id']]} already."
                self._check.problem(row.file, row.number, what, "Give it an id of its own.")
            first.setdefault(row["id"], row.number)
