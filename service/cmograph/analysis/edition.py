"""An edition → a casebook, by SPARQL, some studies at a time.

Answers come as CSV (SPARQL 1.1 Query Results CSV and TSV Formats, section 3): which of its cells are IRIs is known by
the query, and Python reads it five times faster than JSON.
"""

from __future__ import annotations

import asyncio
import csv
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from io import StringIO

from pyoxigraph import NamedNode

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.chapters import Chapter, bind, copy_out
from cmograph.analysis.queries import (
    ASSESSMENTS,
    INTERVIEWED,
    KINDS,
    MECHANISMS,
    MITIGATIONS,
    OF_ANNOTATIONS,
    OF_COMPONENTS,
    OF_CONFIGURATIONS,
    OF_THEORIES,
    PREFIXES,
    ROLES,
    STATEMENTS,
    STUDIES,
    SUBSTANTIVE,
    SUMMARIES,
    TERMS,
    THINGS,
)
from cmograph.analysis.things import (
    Annotation,
    Assessment,
    Component,
    Configuration,
    Kind,
    Study,
    Tally,
    Theory,
)
from cmograph.engine.backend import Backend
from cmograph.engine.editions import Snapshot
from cmograph.engine.formats import CSV
from cmograph.engine.guard import check
from cmograph.errors import Problem, StoreError
from cmograph.naming import local_name
from cmograph.vocabulary import DCTERMS, OA, RDF, RDFS, REALIST, SKOS

__all__ = ["read_casebook", "rows_of"]


_STUDIES_AT_ONCE = 20
"""So many studies' configurations fit well below the most bytes that an answer may have."""
_AT_ONCE = 3
_ATTEMPTS = 3

_STANCES = {
    REALIST.supports: "supports",
    REALIST.refutes: "refutes",
    REALIST.refines: "refines",
}

Row = list[str]


async def read_casebook(
    backend: Backend, known: Casebook | None = None, unchanged: Collection[str] = ()
) -> Casebook:
    """Everything that an edition says of its studies.

    Args:
        backend: of the edition.
        known: a casebook of an earlier release, or of none.
        unchanged: IRIs of the studies that it is to be taken from, instead of being read again.

    Raises:
        QueryError: see `Backend.query`.
        StoreError: releases follow each other faster than one can be read.
    """
    for _ in range(_ATTEMPTS):
        reader = _Reader(backend)
        try:
            return await reader.read(known, unchanged)
        except _Changed:
            continue
    raise StoreError(Problem("The release changed while it was read.", "Ask again."))


class _Changed(Exception):
    """A newer release is served than the one that was begun with."""


class _Reader:
    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._snapshot: Snapshot = backend.snapshot
        self._sets: dict[frozenset[str], frozenset[str]] = {}
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def read(self, known: Casebook | None, unchanged: Collection[str]) -> Casebook:
        kinds = _kinds(await self._rows(KINDS))
        terms, members = _terms(await self._rows(TERMS))
        studies = _studies(await self._rows(STUDIES), await self._rows(INTERVIEWED))
        kept = studies.keys() & unchanged if known else set()
        fresh = [iri for iri in studies if iri not in kept]
        starts = range(0, len(fresh), _STUDIES_AT_ONCE)
        chapters = await asyncio.gather(
            *(self._chapter(fresh[start : start + _STUDIES_AT_ONCE]) for start in starts)
        )
        if known:
            chapters.append(copy_out(known, kept))
        return bind(self._snapshot, studies, chapters, kinds, terms, members)

    async def _chapter(self, studies: Sequence[str]) -> Chapter:
        async with self._turns:  # the engine goes on while what it has answered is taken in
            tallies = await self._tallies(studies)
            components = await self._components(studies, tallies)
            configurations = await self._configurations(studies, tallies, components)
            return Chapter(
                components,
                configurations,
                await self._theories(studies),
                await self._assessments(studies, configurations),
                await self._annotations(studies),
            )

    async def _components(
        self, studies: Sequence[str], tallies: Mapping[str, Mapping[str, Tally]]
    ) -> dict[str, Component]:
        found = await self._things(studies, "Component", OF_COMPONENTS)
        made = (
            Component(
                id=iri,
                name=said.one(DCTERMS.identifier) or local_name(iri),
                study=said.one(REALIST.inEvaluation),
                wording=said.one(RDFS.label),
                kinds=self._shared(said.all(RDF.type)),
                wording_status=said.one(REALIST.wordingStatus),
                detail=said.one(REALIST.detailLevel),
                locator=said.one(REALIST.locator),
                evidence=tallies.get(iri, {}),
            )
            for iri, said in found
        )
        return {one.id: one for one in made}

    async def _configurations(
        self,
        studies: Sequence[str],
        tallies: Mapping[str, Mapping[str, Tally]],
        components: Mapping[str, Component],
    ) -> dict[str, Configuration]:
        absent: set[str] = set()
        mechanisms: dict[str, str] = {}
        parts: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for configuration, how, mechanism, part, component in await self._rows(MECHANISMS, studies):
            if component not in components:
                continue
            mechanisms[configuration] = min(mechanism, mechanisms.get(configuration, mechanism))
            parts[sys.intern(configuration), part].add(sys.intern(component))
            if how == REALIST.lacksMechanism:
                absent.add(configuration)
        mitigations = _grouped(await self._rows(MITIGATIONS, studies))
        configurations = {}
        for iri, said in await self._things(studies, "Configuration", OF_CONFIGURATIONS):
            configurations[iri] = Configuration(
                id=iri,
                name=said.one(DCTERMS.identifier) or local_name(iri),
                study=said.one(REALIST.inEvaluation),
                title=said.one(RDFS.label),
                if_clause=said.one(REALIST.ifClause),
                then_clause=said.one(REALIST.thenClause),
                because_clause=said.one(REALIST.becauseClause),
                contexts=tuple(one for one in said.all(REALIST.hasContext) if one in components),
                resources=tuple(sorted(parts[iri, REALIST.offersResource])),
                reasonings=tuple(sorted(parts[iri, REALIST.changesReasoning])),
                outcomes=tuple(one for one in said.all(REALIST.hasOutcome) if one in components),
                mechanism=mechanisms.get(iri, ""),
                absent=iri in absent,
                polarity=said.one(REALIST.polarity),
                level=said.one(REALIST.level),
                kinds=self._shared(said.all(RDF.type)),
                deliveries=said.all(REALIST.deliveredThrough),
                not_reported=said.all(REALIST.notReportedThrough),
                roles=said.all(REALIST.concernsRole),
                mitigations=mitigations.get(iri, ()),
                theories=(),
                evidence=tallies.get(iri, {}),
                wording_status=said.one(REALIST.wordingStatus),
                detail=said.one(REALIST.detailLevel),
                source=said.one(DCTERMS.source),
                locator=said.one(REALIST.locator),
                extractor=said.one(REALIST.extractedBy),
                note=said.one(SKOS.note),
            )
        return configurations

    async def _theories(self, studies: Sequence[str]) -> dict[str, Theory]:
        substantive = _grouped(await self._rows(SUBSTANTIVE, studies))
        found = await self._things(studies, "ProgrammeTheory", OF_THEORIES)
        made = (
            Theory(
                id=iri,
                name=said.one(DCTERMS.identifier) or local_name(iri),
                study=said.one(REALIST.inEvaluation),
                title=said.one(RDFS.label),
                description=said.one(DCTERMS.description),
                version=said.one(REALIST.version),
                stage=said.one(REALIST.stage),
                revises=said.one(REALIST.revises),
                rationale=said.one(REALIST.rationale),
                substantive=substantive.get(iri, ()),
                configurations=said.all(REALIST.hasConfiguration),
            )
            for iri, said in found
        )
        return {one.id: one for one in made}

    async def _assessments(
        self, studies: Sequence[str], configurations: Mapping[str, Configuration]
    ) -> dict[str, Assessment]:
        rows = await self._rows(ASSESSMENTS, studies)
        made = (
            Assessment(
                id=iri,
                study=configurations[said.one(REALIST.assesses)].study,
                configuration=said.one(REALIST.assesses),
                overall=said.one(REALIST.overallConfidence),
                methodological_limitations=said.one(REALIST.methodologicalLimitations),
                coherence=said.one(REALIST.coherence),
                adequacy=said.one(REALIST.adequacy),
                relevance=said.one(REALIST.relevance),
                rationale=said.one(REALIST.rationale),
                assessor=said.one(DCTERMS.creator),
                date=said.one(DCTERMS.created),
            )
            for iri, said in _collected(rows)
            if said.one(REALIST.assesses) in configurations
        )
        return {one.id: one for one in made}

    async def _annotations(self, studies: Sequence[str]) -> dict[str, Annotation]:
        found = await self._things(studies, "ReviewerAnnotation", OF_ANNOTATIONS)
        made = (
            Annotation(
                id=iri,
                about=said.one(OA.hasTarget),
                reviewer=said.one(DCTERMS.creator),
                text=said.one(OA.bodyValue),
                date=said.one(DCTERMS.created),
                stance=said.one(REALIST.reviewStance),
                suggested=said.all(REALIST.suggestsClass),
            )
            for iri, said in found
        )
        return {one.id: one for one in made}

    async def _tallies(self, studies: Sequence[str]) -> dict[str, dict[str, Tally]]:
        roles: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        for claim, stance, role, people, exact in sorted(await self._rows(ROLES, studies)):
            roles[claim, stance][sys.intern(role)] = _number(exact or people)
        statements = {
            (claim, stance): _number(count) for claim, stance, count in await self._rows(STATEMENTS, studies)
        }
        summaries = {(row[0], row[1]): row[2:] for row in await self._rows(SUMMARIES, studies)}
        tallies: defaultdict[str, dict[str, Tally]] = defaultdict(dict)
        for claim, stance in sorted({*summaries, *statements}):
            people, exact, codings, exact_codings, withheld = summaries.get((claim, stance), [""] * 5)
            tallies[sys.intern(claim)][_STANCES[stance]] = Tally(
                people=_number(exact or people),
                codings=_number(exact_codings or codings),
                roles=roles.get((claim, stance), {}),
                statements=statements.get((claim, stance), 0),
                withheld=withheld == "true" and not exact,
                exact=bool(exact),
            )
        return tallies

    async def _things(
        self, studies: Sequence[str], kind: str, properties: str
    ) -> Iterable[tuple[str, _Said]]:
        return _collected(await self._rows(THINGS, studies, {"class": kind, "properties": properties}))

    async def _rows(
        self, text: str, studies: Sequence[str] | None = None, parts: Mapping[str, str] | None = None
    ) -> list[Row]:
        if studies is not None:
            bound = f"VALUES ?study {{ {' '.join(str(NamedNode(iri)) for iri in studies)} }}"
            text = text % {"studies": bound, **(parts or {})}
        answer = await self._backend.query(check(PREFIXES + text), CSV)
        if answer.snapshot.tag != self._snapshot.tag:
            raise _Changed
        return await asyncio.to_thread(rows_of, answer.body)

    def _shared(self, iris: Iterable[str]) -> frozenset[str]:
        """The set of these IRIs, kept once: thousands of components have the same classes."""
        made = frozenset(iris)
        return self._sets.setdefault(made, made)


class _Said:
    """What is said of one thing: values by property, sorted, so that nothing hangs on the store's order."""

    def __init__(self) -> None:
        self._values: dict[str, list[str]] = {}

    def add(self, predicate: str, value: str) -> None:
        self._values.setdefault(predicate, []).append(value)

    def one(self, predicate: str) -> str:
        return min(self._values.get(predicate, [""]))

    def numbered(self) -> tuple[str, ...]:
        """The members of a container, in its order (RDF Schema, section 5.1)."""
        members = {name.removeprefix(f"{RDF.NS}_"): values for name, values in self._values.items()}
        places = sorted(int(name) for name in members if name.isdecimal())
        return tuple(min(members[str(place)]) for place in places)

    def all(self, predicate: str) -> tuple[str, ...]:
        return tuple(sorted(set(map(sys.intern, self._values.get(predicate, ())))))


def _collected(rows: Iterable[Row]) -> Iterator[tuple[str, _Said]]:
    found: dict[str, _Said] = {}
    for thing, predicate, value in rows:
        if (said := found.get(thing)) is None:
            said = found[sys.intern(thing)] = _Said()
        said.add(predicate, value)
    yield from sorted(found.items(), key=lambda item: item[0])


def rows_of(body: bytes) -> list[Row]:
    """The rows of an answer in CSV, each cell as text; "" where there is nothing."""
    rows = csv.reader(StringIO(body.decode("utf-8"), newline=""))
    next(rows, None)
    return list(rows)


def _grouped(rows: Iterable[Row]) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for thing, value in rows:
        found[thing].add(value)
    return {thing: tuple(sorted(values)) for thing, values in found.items()}


def _kinds(rows: Iterable[Row]) -> dict[str, Kind]:
    above: defaultdict[str, set[str]] = defaultdict(set)
    named: dict[str, tuple[str, str]] = {}
    for kind, label, definition, higher in sorted(rows):
        named.setdefault(kind, (label, definition))
        if higher and higher != kind:
            above[kind].add(higher)
    return {kind: Kind(kind, *said, frozenset(above[kind])) for kind, said in named.items()}


def _terms(rows: Iterable[Row]) -> tuple[dict[str, str], dict[str, frozenset[str]]]:
    labels: dict[str, str] = {}
    members: defaultdict[str, set[str]] = defaultdict(set)
    for term, label, of in sorted(rows):
        labels.setdefault(sys.intern(term), label)
        members[of].add(term)
    return labels, {of: frozenset(several) for of, several in members.items()}


def _studies(rows: Iterable[Row], interviewed: Iterable[Row]) -> dict[str, Study]:
    people: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for study, role, count in sorted(interviewed):
        people[study][role] = _number(count)
    return {
        iri: Study(
            id=iri,
            name=said.one(DCTERMS.identifier) or local_name(iri),
            title=said.one(DCTERMS.title) or local_name(iri),
            description=said.one(DCTERMS.description),
            issued=said.one(DCTERMS.issued),
            licence=said.one(DCTERMS.license),
            language=said.one(DCTERMS.language),
            creators=said.numbered() or said.all(DCTERMS.creator),
            synthetic=said.one(REALIST.synthetic) == "true",
            doi=said.one(DCTERMS.source),
            detail=said.one(REALIST.detailLevel),
            programme=said.one(REALIST.evaluates),
            place=said.one(DCTERMS.spatial),
            interviewed=people.get(iri, {}),
        )
        for iri, said in _collected(rows)
    }


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
