"""A study folder → a `Study`, or every problem of every file at once."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from cmograph.errors import Problem, StudyError, UnknownName, nearest
from cmograph.ntriples import slug
from cmograph.ontology import Kind, Ontology
from cmograph.study.model import (
    CodeMapping,
    Component,
    Configuration,
    EvidenceReference,
    Participant,
    Place,
    Stance,
    Study,
    Theory,
)
from cmograph.study.tables import Problems, Row, read_table
from cmograph.vocabulary import REALIST

__all__ = ["read_study"]

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.\d{4,9}/\S+)", re.IGNORECASE)

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
_DETAILS = {
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
_DISCLOSURES = {
    "public": REALIST.PublicQuotation,
    "project": REALIST.ProjectQuotation,
    "restricted": REALIST.RestrictedQuotation,
}
_CONFIGURATION_COLUMNS = (
    "title", "because", "context", "resource", "reasoning", "presence", "polarity", "delivery", "role", "level",
    "theory", "evidence_for", "evidence_against", "evidence_refining", "mitigation", "wording_status", "detail",
    "source", "locator", "extractor", "note",
)  # fmt: skip


def read_study(folder: Path, ontology: Ontology) -> Study:
    """Read a study folder.

    Args:
        folder: it holds a study.toml.
        ontology: the names that the study's tables may use.

    Raises:
        StudyError: with every problem of every file, each with its row and its remedy.
    """
    problems = Problems()
    study = _Reading(folder, ontology, problems).study()
    if problems or study is None:
        raise StudyError(*problems)
    return study


class _Reading:
    def __init__(self, folder: Path, ontology: Ontology, problems: Problems) -> None:
        self._folder = folder
        self._ontology = ontology
        self._problems = problems
        self._components: dict[str, Component] = {}
        self._places: dict[str, Place] = {}

    def study(self) -> Study | None:
        settings = self._settings()
        if settings is None:
            return None
        about = self._section(settings, "study")
        programme = self._section(settings, "programme")
        files = self._section(settings, "files")
        disclosure = self._section(settings, "disclosure")
        people = self._section(settings, "participants")
        self._only(about, "study", (
            "id", "title", "description", "kind", "synthetic", "language", "creators", "licence", "issued", "doi", "detail",
        ))  # fmt: skip
        self._only(
            files,
            "files",
            ("interviews", "codes", "components", "configurations", "theories", "participants"),
        )
        self._only(disclosure, "disclosure", ("default", "withdrawn", "minimum_cell"))
        self._only(programme, "programme", ("title", "description", "place", "deliveries"))
        self._only(people, "participants", ("cases", "role_variable", "interviewed"))
        kind = self._choice(
            "study.toml", None, "kind", str(about.get("kind", "interviews")), ("interviews", "published")
        )
        deliveries = self._names(
            "study.toml", None, "deliveries", _strings(programme.get("deliveries")), REALIST.DeliveryMode
        )
        codes = self._codes(files.get("codes"))
        self._read_components(files.get("components"))
        theories = self._theories(files.get("theories"))
        detail = str(about.get("detail", "primary" if kind == "interviews" else ""))
        study = Study(
            id=self._id(about),
            title=self._text(about, "study", "title"),
            description=str(about.get("description", "")),
            kind=kind,
            synthetic=bool(about.get("synthetic", False)),
            language=str(about.get("language", "en")),
            creators=tuple(_strings(about.get("creators"))),
            licence=str(about.get("licence", "")),
            issued=str(about.get("issued", "")),
            doi=self._doi("study.toml", None, str(about.get("doi", ""))),
            detail=self._of("study.toml", None, "detail", detail, _DETAILS),
            programme={
                "title": self._text(programme, "programme", "title"),
                "description": str(programme.get("description", "")),
                "place": str(programme.get("place", "")),
            },
            deliveries=deliveries,
            interviewed=self._interviewed(people),
            disclosure=self._of(
                "study.toml", None, "default", str(disclosure.get("default", "project")), _DISCLOSURES
            ),
            withdrawn=frozenset(_strings(disclosure.get("withdrawn"))),
            minimum_cell=self._count(disclosure.get("minimum_cell", 0), "minimum_cell"),
            cases_are_participants=bool(people.get("cases", False)),
            role_variable=str(people.get("role_variable", "")),
            interviews=self._interviews(files, kind),
            components=self._components,
            codes=codes,
            configurations=self._configurations(
                files.get("configurations"), kind, {theory.id for theory in theories}
            ),
            theories=theories,
            participants=self._participants(files.get("participants")),
            places=self._places,
        )
        if kind == "published" and not study.doi:
            self._problem(
                "study.toml", None, "A published study has no doi.", 'Write doi = "10.…" under [study].'
            )
        return study

    # study.toml

    def _settings(self) -> dict[str, Any] | None:
        path = self._folder / "study.toml"
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            what = f"There is no study.toml in {self._folder.name!r}."
            self._problem("study.toml", None, what, "Make a study folder with: cmograph init DIR")
        except UnicodeDecodeError:
            self._problem("study.toml", None, "It is not UTF-8.", "Save it as UTF-8.")
        except tomllib.TOMLDecodeError as error:
            self._problem(
                "study.toml", None, f"It is not TOML: {error}.", "Texts stand in quotes, lists in [ ]."
            )
        return None

    def _section(self, settings: dict[str, Any], name: str) -> dict[str, Any]:
        section = settings.get(name, {})
        if name in ("study", "programme", "files") and not section:
            self._problem(
                "study.toml", None, f"The section [{name}] is missing.", "See `cmograph init` for an example."
            )
        return section if isinstance(section, dict) else {}

    def _only(self, section: dict[str, Any], name: str, known: tuple[str, ...]) -> None:
        for key in section:
            if key not in known:
                remedy = nearest(key, known) or f"[{name}] knows {', '.join(known)}."
                self._problem("study.toml", None, f"[{name}] has no {key!r}.", remedy)

    def _id(self, about: dict[str, Any]) -> str:
        id = self._text(about, "study", "id")
        if id and slug(id) != id:
            self._problem(
                "study.toml", None, f"The id {id!r} cannot stand in an IRI.", f"Write {slug(id)!r}."
            )
        return id

    def _text(self, section: dict[str, Any], name: str, key: str) -> str:
        value = section.get(key)
        if section and (not isinstance(value, str) or not value.strip()):
            self._problem("study.toml", None, f"[{name}] has no {key}.", f'Write {key} = "…" there.')
        return str(value or "").strip()

    def _count(self, value: object, key: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self._problem("study.toml", None, f"{key} is not a whole number.", f"Write {key} = 5, say.")
            return 0
        return value

    def _interviewed(self, people: dict[str, Any]) -> tuple[tuple[str, int], ...]:
        found = []
        for entry in people.get("interviewed", []):
            roles = self._names("study.toml", None, "role", [str(entry.get("role", ""))], REALIST.ActorRole)
            found += [(role, self._count(entry.get("count"), "count")) for role in roles]
        return tuple(found)

    def _interviews(self, files: dict[str, Any], kind: str) -> tuple[Path, ...]:
        names = _strings(files.get("interviews"))
        if kind == "interviews" and files and not names:
            self._problem(
                "study.toml", None, "No coded file is named.", 'Write interviews = ["…"] under [files].'
            )
        paths = []
        for name in names:
            path = self._folder / name
            if not path.resolve().is_relative_to(self._folder.resolve()):
                self._problem(
                    "study.toml", None, f"{name!r} lies outside the study folder.", "Put the file inside."
                )
            elif not path.is_file():
                self._problem(
                    "study.toml",
                    None,
                    f"There is no coded file {name!r}.",
                    "Put it there, or correct its name.",
                )
            else:
                paths.append(path)
        return tuple(paths)

    # tables

    def _codes(self, name: object) -> tuple[CodeMapping, ...]:
        if not isinstance(name, str):
            return ()
        table = read_table(
            self._folder / name,
            ("code", "role"),
            ("class", "component", "wording", "stance", "note"),
            self._problems,
        )
        mappings = []
        seen: set[tuple[str, ...]] = set()
        for row in table.rows:
            path = tuple(part.strip() for part in row["code"].split(" > "))
            role = self._choice(row.file, row.number, "role", row["role"].lower(), (*_BELOW, *_OTHER_ROLES))
            stance = self._choice(
                row.file, row.number, "stance", row["stance"].lower() or "supports", tuple(Stance)
            )
            if path in seen:
                self._problem(
                    row.file, row.number, f"The code {row['code']!r} has a row already.", "Keep one of them."
                )
            seen.add(path)
            component = ""
            if role in _BELOW:
                component = row["component"] or slug(path[-1])
                self._component(row, component, role, row["wording"] or path[-1])
            mappings.append(
                CodeMapping(path, role, component, Stance(stance or "supports"), Place(row.file, row.number))
            )
        return tuple(mappings)

    def _read_components(self, name: object) -> None:
        if not isinstance(name, str):
            return
        optional = ("wording_status", "detail", "locator", "note")
        table = read_table(
            self._folder / name, ("component", "role", "class", "wording"), optional, self._problems
        )
        for row in table.rows:
            role = self._choice(row.file, row.number, "role", row["role"].lower(), tuple(_BELOW))
            if row["component"] in self._components:
                what = f"There is a component {row['component']!r} already."
                self._problem(row.file, row.number, what, "Give it another id, or take the row out.")
            elif role:
                self._component(row, row["component"], role, row["wording"])

    def _component(self, row: Row, id: str, role: str, wording: str) -> None:
        classes = self._names(row.file, row.number, "class", row.list("class"), _BELOW[role], "class")
        if not _ID.fullmatch(id):
            self._problem(
                row.file,
                row.number,
                f"The component id {id!r} cannot stand in an IRI.",
                f"Write {slug(id)!r}.",
            )
        if not wording:
            self._problem(
                row.file,
                row.number,
                f"The component {id!r} has no wording.",
                "Say it in the study's own words.",
            )
        known = self._components.get(id)
        if known is None:
            self._components[id] = Component(
                id,
                wording,
                classes,
                self._of(
                    row.file, row.number, "wording_status", row["wording_status"] or "analysts", _WORDINGS
                ),
                self._of(row.file, row.number, "detail", row["detail"], _DETAILS),
                row["locator"],
                Place(row.file, row.number),
            )
            self._places[f"component/{id}"] = Place(row.file, row.number)
            return
        # Several codes may stand for one component: they may not contradict each other about it.
        if row["wording"] and row["wording"] != known.wording:
            what = f"The component {id!r} is worded otherwise in row {known.place.row}."
            self._problem(row.file, row.number, what, "Word it once, and leave the other cells empty.")
        more = tuple(dict.fromkeys((*known.classes, *classes)))
        self._components[id] = Component(
            id, known.wording, more, known.wording_status, known.detail, known.locator, known.place
        )

    def _theories(self, name: object) -> tuple[Theory, ...]:
        if not isinstance(name, str):
            return ()
        optional = ("version", "stage", "revises", "description", "rationale", "substantive_theory")
        table = read_table(self._folder / name, ("id", "title"), optional, self._problems)
        ids = {row["id"] for row in table.rows}
        theories = []
        for row in table.rows:
            self._own_id(row, "theory")
            if row["revises"] and row["revises"] not in ids:
                remedy = nearest(row["revises"], sorted(ids)) or "Name a theory of this table."
                self._problem(
                    row.file, row.number, f"There is no theory {row['revises']!r} to revise.", remedy
                )
            stage = self._of(row.file, row.number, "stage", row["stage"], _STAGES)
            theories.append(
                Theory(
                    row["id"], row["title"], row["version"], stage, row["revises"], row["description"], row["rationale"],
                    row.list("substantive_theory"), Place(row.file, row.number),
                )
            )  # fmt: skip
        self._once(table.rows, "theory")
        return tuple(theories)

    def _configurations(self, name: object, kind: str, theories: set[str]) -> tuple[Configuration, ...]:
        if not isinstance(name, str):
            self._problem(
                "study.toml",
                None,
                "No table of configurations is named.",
                'Write configurations = "…" under [files].',
            )
            return ()
        table = read_table(
            self._folder / name, ("id", "if", "then", "outcome"), _CONFIGURATION_COLUMNS, self._problems
        )
        self._once(table.rows, "configuration")
        return tuple(self._configuration(row, kind, theories) for row in table.rows)

    def _configuration(self, row: Row, kind: str, theories: set[str]) -> Configuration:
        file, number = row.file, row.number
        self._own_id(row, "configuration")
        for column in ("if", "then"):
            if not row[column]:
                self._problem(
                    file, number, f"{row['id']} has no {column!r}.", "Say it in the analysts' words."
                )
        if not row.list("outcome"):
            what = f"The configuration {row['id']} has no outcome."
            self._problem(
                file, number, what, "Name a component in the column outcome; a configuration explains one."
            )
        if not row.list("resource") and not row.list("reasoning"):
            what = f"The configuration {row['id']} has no mechanism."
            self._problem(file, number, what, "Name a component in the column resource or reasoning.")
        components = {column: row.list(column) for column in ("context", "resource", "reasoning", "outcome")}
        for column, ids in components.items():
            for id in ids:
                if id not in self._components:
                    remedy = (
                        nearest(id, list(self._components)) or "Make it in the code map or in components.csv."
                    )
                    self._problem(
                        file, number, f"{row['id']}, {column}: there is no component {id!r}.", remedy
                    )
        for theory in row.list("theory"):
            if theory not in theories:
                remedy = nearest(theory, sorted(theories)) or "Make it in theories.csv."
                self._problem(file, number, f"{row['id']}: there is no theory {theory!r}.", remedy)
        presence = self._choice(
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
            polarity=self._of(file, number, "polarity", row["polarity"].lower(), _POLARITIES),
            deliveries=self._names(file, number, "delivery", row.list("delivery"), REALIST.DeliveryMode),
            roles=self._names(file, number, "role", row.list("role"), REALIST.ActorRole),
            level=self._of(file, number, "level", row["level"].lower(), _LEVELS),
            theories=row.list("theory"),
            evidence=(
                *self._evidence(row, "evidence_for", Stance.supports),
                *self._evidence(row, "evidence_against", Stance.refutes),
                *self._evidence(row, "evidence_refining", Stance.refines),
            ),
            mitigations=row.list("mitigation"),
            wording_status=self._of(
                file, number, "wording_status", row["wording_status"] or default_wording, _WORDINGS
            ),
            detail=self._of(file, number, "detail", row["detail"], _DETAILS),
            source=self._doi(file, number, row["source"]),
            locator=row["locator"],
            extractor=row["extractor"],
            note=row["note"],
            place=Place(file, number),
        )

    def _evidence(self, row: Row, column: str, stance: Stance) -> list[EvidenceReference]:
        found = []
        for entry in row.list(column):
            if entry.lower().startswith("statement:"):
                found.append(EvidenceReference(stance, statement=entry.partition(":")[2].strip()))
                continue
            code, at, source = entry.partition(" @ ")
            path = tuple(part.strip() for part in code.split(" > "))
            found.append(EvidenceReference(stance, path, source.strip() if at else ""))
        return found

    def _participants(self, name: object) -> tuple[Participant, ...]:
        if not isinstance(name, str):
            return ()
        fixed = ("source", "participant", "role", "delivery")
        table = read_table(
            self._folder / name, ("source", "participant"), fixed[2:], self._problems, open_ended=True
        )
        found = []
        for row in table.rows:
            roles = self._names(row.file, row.number, "role", row.list("role"), REALIST.ActorRole)
            deliveries = self._names(
                row.file, row.number, "delivery", row.list("delivery"), REALIST.DeliveryMode
            )
            attributes = {key: value for key, value in row.cells.items() if key not in fixed and value}
            place = Place(row.file, row.number)
            found.append(
                Participant(
                    row["source"],
                    row["participant"],
                    roles[0] if roles else "",
                    deliveries,
                    attributes,
                    place,
                )
            )
        for source, count in Counter(one.source for one in found).items():
            if count > 1:
                self._problem(
                    name,
                    None,
                    f"The source {source!r} has {count} rows.",
                    "Keep one: a source has one participant.",
                )
        return tuple(found)

    # names and problems

    def _own_id(self, row: Row, kind: str) -> None:
        if not _ID.fullmatch(row["id"]):
            remedy = f"Write {slug(row['id'])!r}." if row["id"] else "Give it one, such as C01."
            self._problem(
                row.file, row.number, f"The {kind}'s id {row['id']!r} cannot stand in an IRI.", remedy
            )
        self._places[f"{kind}/{row['id']}"] = Place(row.file, row.number)

    def _once(self, rows: tuple[Row, ...], kind: str) -> None:
        first: dict[str, int] = {}
        for row in rows:
            if row["id"] in first:
                what = f"The {kind} {row['id']!r} is in row {first[row['id']]} already."
                self._problem(row.file, row.number, what, "Give it an id of its own.")
            first.setdefault(row["id"], row.number)

    def _choice(self, file: str, row: int | None, column: str, value: str, known: tuple[str, ...]) -> str:
        if value in known:
            return value
        remedy = nearest(value, known) or f"It is one of {', '.join(known)}."
        self._problem(file, row, f"The {column} {value!r} is not known.", remedy)
        return ""

    def _of(self, file: str, row: int | None, column: str, value: str, known: dict[str, str]) -> str:
        """The IRI of a word of a short list; "" for an empty cell."""
        return known.get(self._choice(file, row, column, value, tuple(known)), "") if value else ""

    def _names(
        self,
        file: str,
        row: int | None,
        column: str,
        names: list[str] | tuple[str, ...],
        below: str,
        kind: Kind = "individual",
    ) -> tuple[str, ...]:
        found = []
        for name in names:
            try:
                found.append(self._ontology.resolve(name, kind, below))
            except UnknownName as error:
                self._problems += [
                    Problem(f"{column}: {one.what}", one.remedy, file, row) for one in error.problems
                ]
        return tuple(dict.fromkeys(found))

    def _doi(self, file: str, row: int | None, text: str) -> str:
        if not text:
            return ""
        match = _DOI.fullmatch(text.strip())
        if match is None:
            self._problem(file, row, f"{text!r} is not a DOI.", "A DOI begins with 10. and holds a slash.")
            return ""
        return f"https://doi.org/{match[1]}"

    def _problem(self, file: str, row: int | None, what: str, remedy: str) -> None:
        self._problems.add(file, row, what, remedy)


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [str(one) for one in value] if isinstance(value, list) else []
