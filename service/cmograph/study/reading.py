"""A study folder → a `Study`, or every problem of every file at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from cmograph.errors import StudyError, nearest
from cmograph.naming import tidy
from cmograph.ntriples import slug
from cmograph.ontology import Ontology
from cmograph.study.checking import Checking, id_of
from cmograph.study.judgements import JudgementTables
from cmograph.study.mappings import mapping_id, read_mappings
from cmograph.study.model import Place, Study
from cmograph.study.rows import DETAILS, StudyTables
from cmograph.study.tables import NO_TEXT
from cmograph.vocabulary import ID, REALIST

__all__ = ["read_study"]

_DISCLOSURES = {
    "public": REALIST.PublicQuotation,
    "project": REALIST.ProjectQuotation,
    "restricted": REALIST.RestrictedQuotation,
}
_TABLES = (
    "codes", "components", "configurations", "theories", "participants", "confidence", "annotations", "decisions",
    "mappings",
)  # fmt: skip
_LISTS = ("creators", "deliveries", "interviews", "vocabularies", "withdrawn")
_TEXTS = ("description", "language", "licence", "doi", "place", "role_variable")


def read_study(folder: Path, ontology: Ontology) -> Study:
    """Read a study folder.

    Args:
        folder: it holds a study.toml.
        ontology: the names that the study's tables may use.

    Raises:
        StudyError: with every problem of every file, each with its row and its remedy.
    """
    check = Checking(ontology)
    study = _Reading(folder, check).study()
    if check.problems or study is None:
        raise StudyError(*check.problems)
    return replace(study, warnings=tuple(check.warnings))


class _Reading:
    def __init__(self, folder: Path, check: Checking) -> None:
        self._folder = folder
        self._check = check
        self._tables = StudyTables(folder, check)

    def study(self) -> Study | None:
        settings = self._settings()
        if settings is None:
            return None
        if found := NO_TEXT.search(" ".join(_texts(settings))):
            what = f"It holds the character U+{ord(found[0]):04X}, which is not of a text."
            remedy = "In quotes \\b and \\f are such characters: write / in the names of files."
            self._check.problem("study.toml", None, what, remedy)
            return None
        sections = ("study", "programme", "files", "disclosure", "participants")
        for name in settings:
            if name not in sections:
                remedy = nearest(name, sections) or f"Its sections are {', '.join(sections)}."
                self._check.problem("study.toml", None, f"There is no section [{name}].", remedy)
        about = self._section(settings, "study")
        programme = self._section(settings, "programme")
        files = self._section(settings, "files")
        disclosure = self._section(settings, "disclosure")
        people = self._section(settings, "participants")
        self._only(about, "study", (
            "id", "title", "description", "kind", "synthetic", "language", "creators", "licence", "issued", "doi", "detail",
        ))  # fmt: skip
        self._only(files, "files", ("interviews", "vocabularies", *_TABLES))
        for name in _TABLES:
            if name in files and not isinstance(files[name], str):
                what = f"[files] {name} is not the name of a file."
                self._check.problem(
                    "study.toml", None, what, f'Write {name} = "{name}.csv", say; there is one.'
                )
        self._only(disclosure, "disclosure", ("default", "withdrawn", "minimum_cell"))
        self._only(programme, "programme", ("title", "description", "place", "deliveries"))
        self._only(people, "participants", ("cases", "role_variable", "interviewed"))
        kind = self._check.choice(
            "study.toml", None, "kind", str(about.get("kind", "interviews")), ("interviews", "published")
        )
        deliveries = self._check.names(
            "study.toml", None, "deliveries", _strings(programme.get("deliveries")), REALIST.DeliveryMode
        )
        codes = self._tables.codes(files.get("codes"))
        self._tables.read_components(files.get("components"))
        theories = self._tables.theories(files.get("theories"))
        configurations = self._tables.configurations(
            files.get("configurations"), kind, {theory.id for theory in theories}
        )
        judgements = JudgementTables(
            self._folder,
            self._check,
            {one.id for one in configurations},
            self._tables.components,
            self._tables.mechanisms,
        )
        mappings = read_mappings(
            self._folder,
            files.get("mappings"),
            f"{ID}study/{about.get('id', '')}",
            self._tables.components,
            self._check.ontology,
            self._check,
            _strings(files.get("vocabularies")),
        )
        written = {f"mapping/{mapping_id(one)}": Place(str(files["mappings"]), one.row) for one in mappings}
        detail = str(about.get("detail", "primary" if kind == "interviews" else ""))
        study = Study(
            id=self._id(about),
            title=self._text(about, "study", "title"),
            description=str(about.get("description", "")),
            kind=kind,
            synthetic=self._flag(about, "synthetic"),
            language=str(about.get("language", "en")),
            creators=tuple(_strings(about.get("creators"))),
            licence=str(about.get("licence", "")),
            issued=self._check.day("study.toml", None, str(about.get("issued", ""))),
            doi=self._check.doi("study.toml", None, str(about.get("doi", ""))),
            detail=self._check.word("study.toml", None, "detail", detail, DETAILS),
            programme={
                "title": self._text(programme, "programme", "title"),
                "description": str(programme.get("description", "")),
                "place": str(programme.get("place", "")),
            },
            deliveries=deliveries,
            interviewed=self._interviewed(people),
            disclosure=self._check.word(
                "study.toml", None, "default", str(disclosure.get("default", "project")), _DISCLOSURES
            ),
            withdrawn=frozenset(map(tidy, _strings(disclosure.get("withdrawn")))),
            minimum_cell=self._minimum_cell(disclosure),
            cases_are_participants=self._flag(people, "cases"),
            role_variable=tidy(str(people.get("role_variable", ""))),
            interviews=self._interviews(files, kind),
            components=self._tables.components,
            codes=codes,
            configurations=configurations,
            theories=theories,
            participants=self._tables.participants(files.get("participants")),
            confidence=judgements.confidence(files.get("confidence")),
            annotations=judgements.annotations(files.get("annotations")),
            decisions=judgements.decisions(files.get("decisions")),
            mappings=mappings,
            places={**self._tables.places, **judgements.places, **written},
        )
        if kind == "published" and not study.doi:
            self._check.problem(
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
            self._check.problem("study.toml", None, what, "Make a study folder with: cmograph init DIR")
        except OSError as error:
            what = f"It cannot be read: {error.strerror}."
            self._check.problem("study.toml", None, what, "Look at what it is, and at its permissions.")
        except UnicodeDecodeError:
            self._check.problem("study.toml", None, "It is not UTF-8.", "Save it as UTF-8.")
        except tomllib.TOMLDecodeError as error:
            self._check.problem(
                "study.toml", None, f"It is not TOML: {error}.", "Texts stand in quotes, lists in [ ]."
            )
        return None

    def _section(self, settings: dict[str, Any], name: str) -> dict[str, Any]:
        section = settings.get(name, {})
        if name in ("study", "programme", "files") and not section:
            self._check.problem(
                "study.toml", None, f"The section [{name}] is missing.", "See `cmograph init` for an example."
            )
        if section and not isinstance(section, dict):
            self._check.problem(
                "study.toml",
                None,
                f"{name} is not a section.",
                f"Write [{name}], once, above what belongs to it.",
            )
        return section if isinstance(section, dict) else {}

    def _only(self, section: dict[str, Any], name: str, known: tuple[str, ...]) -> None:
        for key in section:
            if key not in known:
                remedy = nearest(key, known) or f"[{name}] knows {', '.join(known)}."
                self._check.problem("study.toml", None, f"[{name}] has no {key!r}.", remedy)
            elif key in _LISTS and _strings(section[key]) != _as_list(section[key]):
                what, remedy = f"{key} is not a list of texts.", f'Write {key} = ["…"].'
                self._check.problem("study.toml", None, what, remedy)
            elif key in _TEXTS and not isinstance(section[key], str):
                self._check.problem("study.toml", None, f"{key} is not a text.", f'Write {key} = "…".')

    def _id(self, about: dict[str, Any]) -> str:
        id = self._text(about, "study", "id")
        if id and slug(id) != id:
            self._check.problem(
                "study.toml", None, f"The id {id!r} cannot stand in an IRI.", f"Write {id_of(id)!r}."
            )
        return id

    def _text(self, section: dict[str, Any], name: str, key: str) -> str:
        value = section.get(key)
        if section and (not isinstance(value, str) or not value.strip()):
            self._check.problem("study.toml", None, f"[{name}] has no {key}.", f'Write {key} = "…" there.')
        return str(value or "").strip()

    def _flag(self, section: dict[str, Any], key: str) -> bool:
        value = section.get(key, False)
        if not isinstance(value, bool):
            self._check.problem(
                "study.toml",
                None,
                f"{key} is neither true nor false.",
                f"Write {key} = true or {key} = false.",
            )
        return value is True

    def _count(self, value: object, key: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self._check.problem("study.toml", None, f"{key} is not a whole number.", f"Write {key} = 5, say.")
            return 0
        return value

    def _minimum_cell(self, disclosure: dict[str, Any]) -> int:
        cell = self._count(disclosure.get("minimum_cell", 0), "minimum_cell")
        if cell == 2:  # what is withheld would always be 1
            self._check.problem(
                "study.toml",
                None,
                "A minimum_cell of 2 would tell every 1 that it withholds.",
                "Write 3 or more.",
            )
        return cell

    def _interviewed(self, people: dict[str, Any]) -> tuple[tuple[str, int], ...]:
        found = []
        entries = people.get("interviewed", [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            self._check.problem(
                "study.toml",
                None,
                "interviewed is not a list of tables.",
                "Write [[participants.interviewed]].",
            )
            return ()
        for entry in entries:
            roles = self._check.names(
                "study.toml", None, "role", [str(entry.get("role", ""))], REALIST.ActorRole
            )
            self._only(entry, "[participants.interviewed]", ("role", "count"))
            found += [(role, self._count(entry.get("count"), "count")) for role in roles]
        if len(dict(found)) < len(found):
            self._check.problem(
                "study.toml", None, "A role is counted twice in interviewed.", "Keep one table a role."
            )
        return tuple(found)

    def _interviews(self, files: dict[str, Any], kind: str) -> tuple[Path, ...]:
        names = _strings(files.get("interviews"))
        if kind == "interviews" and files and not names:
            self._check.problem(
                "study.toml", None, "No coded file is named.", 'Write interviews = ["…"] under [files].'
            )
        paths = []
        for name in names:
            path = self._folder / name
            if not path.resolve().is_relative_to(self._folder.resolve()):
                self._check.problem(
                    "study.toml", None, f"{name!r} lies outside the study folder.", "Put the file inside."
                )
            elif not path.is_file():
                self._check.problem(
                    "study.toml",
                    None,
                    f"There is no coded file {name!r}.",
                    "Put it there, or correct its name.",
                )
            else:
                paths.append(path)
        return tuple(paths)


def _texts(value: object) -> Iterator[str]:
    """Every text in a value of TOML, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [str(one) for one in value] if isinstance(value, list) else []
