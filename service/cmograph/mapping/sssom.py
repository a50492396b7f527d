"""SSSOM tables (https://mapping-commons.github.io/sssom/): read with every problem named by its row, and written."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import TextIO

import yaml
from pyoxigraph import NamedNode

from cmograph.errors import Problem, nearest

__all__ = ["PREDICATES", "PREFIXES", "ConceptMapping", "MappingSet", "read_sssom", "write_sssom"]

_SKOS = "http://www.w3.org/2004/02/skos/core#"
PREDICATES = {
    **{
        f"skos:{name}Match": f"{_SKOS}{name}Match"
        for name in ("exact", "close", "broad", "narrow", "related")
    },
    "owl:equivalentClass": "http://www.w3.org/2002/07/owl#equivalentClass",
    "rdfs:subClassOf": "http://www.w3.org/2000/01/rdf-schema#subClassOf",
}
PREFIXES = {
    "bcio": "http://humanbehaviourchange.org/ontology/",
    "gmho": "https://galenos.org.uk/ontologies/",
    "mesh": "http://id.nlm.nih.gov/mesh/",
    "obo": "http://purl.obolibrary.org/obo/",
    "orcid": "https://orcid.org/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "pps": "https://w3id.org/cmograph/perinatal-peer-support#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "realist": "https://w3id.org/cmograph/realist#",
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": _SKOS,
}
"""Prefixes that every table may use without declaring them."""
_COLUMNS = (
    "subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label",
    "mapping_justification", "author_label", "reviewer_label", "mapping_date", "confidence", "similarity_score",
    "similarity_measure", "comment",
)  # fmt: skip
_BREAK = re.compile(r"[\t\r\n]+")
"""What would end a cell or a row."""


@dataclass(frozen=True, slots=True)
class ConceptMapping:
    """One row: what a subject is to an object, why that is held, and who holds it.

    Attributes:
        subject, predicate, object, justification: IRIs.
        negated: whether it is said not to be so (`predicate_modifier` is `Not`).
        confidence, similarity: 0 to 1, or None where nobody says.
        author, reviewer: who signed it, by name.
        author_ids, reviewer_ids: who signed it, by IRI; with none of these four it is a proposal that nobody has decided on.
        subject_label, object_label, measure, date, comment: texts; "" where nobody says.
        more: what the row says in other columns of SSSOM, by column, as it is written there: nothing of it is lost.
        row: where it is written; 0 where it is not.
        found_in: the file in which the object was looked up and found; "" where none was given that has it.
    """

    subject: str
    predicate: str
    object: str
    justification: str
    negated: bool = False
    confidence: float | None = None
    similarity: float | None = None
    author: str = ""
    reviewer: str = ""
    subject_label: str = ""
    object_label: str = ""
    measure: str = ""
    date: str = ""
    comment: str = ""
    more: tuple[tuple[str, str], ...] = ()
    row: int = 0
    found_in: str = ""
    author_ids: tuple[str, ...] = ()
    reviewer_ids: tuple[str, ...] = ()

    @property
    def decided(self) -> bool:
        """Whether a person stands for it."""
        return bool(self.author or self.reviewer or self.author_ids or self.reviewer_ids)


@dataclass(frozen=True, slots=True)
class MappingSet:
    """A table.

    Attributes:
        metadata: what its header says, without the curie_map.
        prefixes: its curie_map.
        mappings: its rows, those that could be read.
        problems: what is wrong with others, each with its row.
    """

    metadata: Mapping[str, object]
    prefixes: Mapping[str, str]
    mappings: tuple[ConceptMapping, ...]
    problems: tuple[Problem, ...]


def read_sssom(path: Path, prefixes: Mapping[str, str] | None = None) -> MappingSet:
    """Read a table.

    Args:
        path: the file: metadata in lines that begin with `#`, as YAML, then tab-separated values.
        prefixes: further prefixes that it may use without declaring them.
    """
    lines = path.read_text(encoding="utf-8-sig").split("\n")
    head = [line[1:] for line in takewhile(lambda line: line.startswith("#"), lines)]
    try:
        metadata = yaml.load("\n".join(head), yaml.BaseLoader) or {}  # noqa: S506 - texts alone: 1.10 is no number
    except yaml.YAMLError as error:
        problem = Problem(
            f"Its header is not YAML: {str(error).splitlines()[0]}.", "Correct it.", path.name, 1
        )
        return MappingSet({}, {}, (), (problem,))
    own = (metadata.pop("curie_map", None) or {}) if isinstance(metadata, dict) else None
    if not isinstance(own, dict) or not all(
        text and isinstance(text, str) for pair in own.items() for text in pair
    ):
        remedy = (
            "Write `# name: value` in each line, and below `# curie_map:` each prefix as `#   prefix: IRI`."
        )
        problem = Problem("Its header is not the metadata of a table.", remedy, path.name, 1)
        return MappingSet({}, {}, (), (problem,))
    known = {**PREFIXES, **(prefixes or {}), **own}
    rows = csv.DictReader(lines[len(head) :], delimiter="\t", strict=True)
    mappings: list[ConceptMapping] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str, str, bool], int] = {}
    for number, row in _numbered(rows, len(head), path.name, problems):
        reading = _Row(
            {key: (value or "").strip() for key, value in row.items() if key}, known, path.name, number
        )
        mapping = reading.mapping()
        problems += reading.problems
        if mapping is None:
            continue
        same = (mapping.subject, mapping.predicate, mapping.object, mapping.negated)
        opposite = (*same[:3], not mapping.negated)
        if same in seen:
            problems.append(
                Problem(f"The same mapping is in row {seen[same]} already.", "Keep one.", path.name, number)
            )
        elif opposite in seen:
            problems.append(
                Problem(
                    f"It contradicts row {seen[opposite]}: one says that it is so, the other Not.",
                    "Decide.",
                    path.name,
                    number,
                )
            )
        else:
            seen[same] = number
            mappings.append(mapping)
    return MappingSet(metadata, own, tuple(mappings), tuple(problems))


def _numbered(
    rows: csv.DictReader[str], above: int, file: str, problems: list[Problem]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a table, each with its number in the file; what cannot be read is added to `problems`."""
    number = above
    try:
        for row in rows:
            number = above + rows.line_num
            if any(row.pop(None, ())):  # what has no column
                what, remedy = "It has more cells than the header.", "Take them out, or name their columns."
                problems.append(Problem(what, remedy, file, number))
            else:
                yield number, row
    except csv.Error as error:
        remedy = "Put a cell that holds a quote in quotes, and write the quote twice."
        problems.append(Problem(f"It is no table of tabs: {error}.", remedy, file, number + 1))


def write_sssom(
    out: TextIO,
    mappings: Iterable[ConceptMapping],
    metadata: Mapping[str, object],
    prefixes: Mapping[str, str],
) -> None:
    """Write a table: its header as SSSOM has it, IRIs as CURIEs of these prefixes and of those that are known.

    Prefixes that are given are all declared: also other columns, and the header, may use them.
    """
    known = {**PREFIXES, **prefixes}
    mappings = list(mappings)
    more = list(dict.fromkeys(column for one in mappings for column, _ in one.more))
    rows = []
    for one in mappings:
        beside = dict(one.more)
        cells = (*_cells(one, known), *(beside.get(column, "") for column in more))
        rows.append([_BREAK.sub(" ", cell) for cell in cells])
    used = {cell.partition(":")[0] for row in rows for cell in (row[0], row[2], row[4], row[6])}
    used |= prefixes.keys()
    head = {**metadata, "curie_map": {name: known[name] for name in sorted(used & known.keys())}}
    written = yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=10_000)
    if any(letter in written for letter in "\x85\u2028\u2029"):  # they would be folded as line ends are
        written = yaml.safe_dump(head, sort_keys=False, width=10_000)
    for line in written.rstrip("\n").split("\n"):
        out.write(f"# {line}\n")
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow((*_COLUMNS, *more))
    writer.writerows(rows)


class _Row:
    def __init__(self, cells: Mapping[str, str], prefixes: Mapping[str, str], file: str, number: int) -> None:
        self._cells, self._prefixes, self._file, self._number = cells, prefixes, file, number
        self.problems: list[Problem] = []

    def mapping(self) -> ConceptMapping | None:
        cells = self._cells
        subject, object, justification = (
            self._iri(column) for column in ("subject_id", "object_id", "mapping_justification")
        )
        said = cells.get("predicate_id", "")
        predicate = PREDICATES.get(said) or self._iri("predicate_id")
        if predicate and predicate not in PREDICATES.values():
            remedy = nearest(said, list(PREDICATES)) or f"Write one of {', '.join(PREDICATES)}."
            self._problem(f"predicate_id: {said!r} maps no concepts.", remedy)
        modifier = cells.get("predicate_modifier", "")
        if modifier not in ("", "Not"):
            self._problem(f"predicate_modifier: {modifier!r} is not known.", "Write Not, or nothing.")
        confidence, similarity = self._share("confidence"), self._share("similarity_score")
        authors, reviewers = self._people("author_id"), self._people("reviewer_id")
        if self.problems:
            return None
        return ConceptMapping(
            subject, predicate, object, justification, modifier == "Not", confidence, similarity,
            cells.get("author_label", ""), cells.get("reviewer_label", ""), cells.get("subject_label", ""),
            cells.get("object_label", ""), cells.get("similarity_measure", ""), cells.get("mapping_date", ""),
            cells.get("comment", ""),
            tuple((column, cell) for column, cell in cells.items() if cell and column not in _COLUMNS), self._number,
            author_ids=authors, reviewer_ids=reviewers,
        )  # fmt: skip

    def _people(self, column: str) -> tuple[str, ...]:
        """Whoever is named by IRI; several are parted by bars (https://mapping-commons.github.io/sssom/spec/#tsv)."""
        named = [part.strip() for part in self._cells.get(column, "").split("|")]
        return tuple(dict.fromkeys(iri for part in named if part and (iri := self._expand(column, part))))

    def _iri(self, column: str) -> str:
        return self._expand(column, self._cells.get(column, ""))

    def _expand(self, column: str, text: str) -> str:
        if text.startswith(("https://", "http://")):
            full = text
        else:
            prefix, _, local = text.partition(":")
            if prefix not in self._prefixes or not local:
                remedy = nearest(prefix, list(self._prefixes)) if prefix and local else ""
                remedy = remedy or "Name the prefix in curie_map, and write prefix:name."
                self._problem(f"{column} is not a CURIE: {text!r}.", remedy)
                return ""
            full = self._prefixes[prefix] + local
        try:
            return NamedNode(full).value
        except ValueError:
            self._problem(f"{column} is not an IRI: {text!r}.", "Write prefix:name.")
            return ""

    def _share(self, column: str) -> float | None:
        text = self._cells.get(column, "")
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            number = -1.0
        if not 0 <= number <= 1:
            self._problem(f"{column}: {text!r} is not between 0 and 1.", "Write 0.8, say, or nothing.")
        return number

    def _problem(self, what: str, remedy: str) -> None:
        self.problems.append(Problem(what, remedy, self._file, self._number))


def _cells(mapping: ConceptMapping, prefixes: Mapping[str, str]) -> Sequence[str]:
    def short(iri: str) -> str:
        for name, space in sorted(prefixes.items(), key=lambda item: -len(item[1])):
            if iri.startswith(space) and len(iri) > len(space):
                return f"{name}:{iri[len(space) :]}"
        return iri

    predicates = {iri: name for name, iri in PREDICATES.items()}
    share = (
        "" if number is None else f"{number:.12g}" for number in (mapping.confidence, mapping.similarity)
    )
    confidence, similarity = share
    return (
        short(mapping.subject), mapping.subject_label, predicates[mapping.predicate], "Not" if mapping.negated else "",
        short(mapping.object), mapping.object_label, short(mapping.justification), mapping.author, mapping.reviewer,
        mapping.date, confidence, similarity, mapping.measure, mapping.comment,
    )  # fmt: skip
