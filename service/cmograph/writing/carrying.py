"""What becomes of clients' changes when a build carries them on, and the studies that they are about have changed.

What they say of a thing that its study had and has no more goes with it. What followed from them is worked out anew
from what the study says now. What no longer goes together with it is told: no client makes a build fail.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, parse

from cmograph.errors import Inconsistency, InputError, Problem
from cmograph.naming import nowhere, readable
from cmograph.preparation import Prepared, Workshop
from cmograph.release import EMPTY, Part, Patch, Release, StoreFolder, lines
from cmograph.vocabulary import GRAPH, ID
from cmograph.writing.judging import implied

__all__ = ["Carrying"]

_STUDIES = f"{GRAPH}study/"
_INFERRED = f"{GRAPH}inferred"
_DEFAULT = DefaultGraph()
_NAMED = 10
"""Things that a warning names; of more, how many."""


class Carrying:
    """Carries clients' changes from the release that is served to the next build."""

    def __init__(
        self,
        folder: StoreFolder,
        served: Release | None,
        editions: Mapping[str, Sequence[Part]],
        studies: Sequence[Prepared],
        workshop: Workshop,
    ) -> None:
        """Looks at which studies, and which of their things, there are no more.

        Args:
            folder: the store.
            served: its release, if it has one.
            editions: the parts that the build makes of each.
            studies: what the build is made of.
            workshop: the ontology, to judge and to reason with.
        """
        self._folder, self._workshop, self._editions = folder, workshop, editions
        self._served = served
        self._left: dict[str, set[str]] = {}
        self._clashes: dict[str, list[Problem]] = {}
        self._implications: dict[frozenset[str], frozenset[str] | None] = {}
        self._asked: set[frozenset[str]] = set()
        there = {study.id for study in studies}
        gone = {study["id"] for study in served.studies} - there if served else set()
        self._no_graphs, self._no_studies = ({f"{base}study/{id}" for id in gone} for base in (GRAPH, ID))
        self._no_things = self._gone(served, there) if served else {}

    def stays(self, graph: str, thing: str) -> bool:
        """Whether clients' changes of a graph are carried on, and in it those of what is said of a thing."""
        if _within(graph, self._no_graphs):
            return False
        if graph in ("", _INFERRED) and _within(thing, self._no_studies):
            return False
        id = self._no_things.get(thing)
        if id is None or graph not in ("", _INFERRED, f"{_STUDIES}{id}", f"{_STUDIES}{id}/evidence"):
            return True
        self._left.setdefault(id, set()).add(thing)
        return False

    def settle(self, edition: str, had: Sequence[Patch], carried: Sequence[Patch]) -> Patch:
        """What follows from the changes that are carried on and was not there, and what followed and does no more.

        What a client took away of what followed stays away, and what one claimed to follow stays.
        """
        graphs = _graphs((*had, *carried))
        if self._served is None or not graphs:
            return EMPTY
        before, parts = self._served.editions[edition], self._editions["open"]
        owners = {"", *(part.owner for part in parts if part.graph in graphs)}

        def concerned(part: Part) -> bool:
            return part.graph in graphs or (part.graph == _INFERRED and part.owner in owners)

        if set(filter(concerned, self._served.editions["open"].parts)) == set(filter(concerned, parts)):
            return EMPTY
        held: frozenset[str] = frozenset()
        holds: frozenset[str] = frozenset()
        for graph in sorted(graphs):
            was = _replayed(self._statements(before.parts, graph), had, graph, before.union)
            now = _replayed(self._statements(parts, graph), carried, graph, union=True)
            held |= self._implied(was) or frozenset()
            holds |= self._judged(graph, now, parts)

        def own(parts: Iterable[Part]) -> list[Part]:
            return [part for part in parts if part.graph == _INFERRED and part.owner in owners - {""}]

        built = self._of_parts(own(parts))
        shown = _replayed(built, carried, _INFERRED, union=True)
        told = self._of_parts(own(self._served.editions["open"].parts))
        taken = held - _replayed(told, had, _INFERRED, before.union)
        lost = (shown - holds) & (held | built)
        if lost:
            others = (
                part for part in self._editions[edition] if part.graph == _INFERRED and part not in own(parts)
            )
            lost -= {
                line
                for part in others
                for told in lines(self._folder, part)
                if (line := told.decode()) in lost
            }
        return Patch(_quads(lost), _quads(holds - shown - taken))

    def told(self, study: Prepared) -> Prepared:
        """A study, with a warning of what became of clients' changes of it."""
        warnings = list(self._clashes.get(study.id, ()))
        if left := sorted(map(readable, self._left.get(study.id, ()))):
            names = ", ".join(left[:_NAMED]) + (f" and {len(left) - _NAMED} more" if left[_NAMED:] else "")
            warnings.append(
                Problem(
                    f"Clients changed what is said of things that the study no longer has; that is left out: {names}.",
                    "If it is still to hold, say it in the study, or write it again of what is there now.",
                )
            )
        return replace(study, warnings=(*study.warnings, *warnings)) if warnings else study

    def _gone(self, served: Release, there: set[str]) -> dict[str, str]:
        """Things that a study's open graph told of, and tells of no more, and the study's id."""
        found: dict[str, str] = {}
        if not any(edition.patches for edition in served.editions.values()):
            return found  # nobody changed anything
        old, new = served.editions["open"].parts, self._editions["open"]
        for id in there:
            graph = f"{_STUDIES}{id}"
            had, has = ({part for part in parts if part.graph == graph} for parts in (old, new))
            if had != has:
                things = self._things(had) - self._things(has)
                found |= {thing: id for thing in things if thing.startswith(f"{ID}study/{id}/")}
        return found

    def _things(self, parts: Iterable[Part]) -> set[str]:
        told = (line for part in parts for line in lines(self._folder, part))
        return {line[1 : line.index(b">")].decode() for line in told}

    def _judged(self, graph: str, now: frozenset[str], parts: Sequence[Part]) -> frozenset[str]:
        """What follows from a study's open graph with clients' changes; where that cannot be, without what they added."""
        if now and now not in self._asked:
            self._asked.add(now)
            try:
                self._workshop.shapes.check(now, nowhere)
                if self._implied(now) is None:
                    implied(self._workshop, now)
            except InputError as error:
                self._clashes.setdefault(graph.removeprefix(_STUDIES), []).extend(
                    Problem(
                        f"What clients changed does not go together with what the study says now: {one.what}",
                        "Change the study, or by an update what clients wrote.",
                    )
                    for one in error.problems
                )
        found = self._implied(now)
        return (
            found if found is not None else self._implied(now & self._statements(parts, graph))
        ) or frozenset()

    def _implied(self, statements: frozenset[str]) -> frozenset[str] | None:
        """What follows; None where it contradicts the axioms. Both editions of a study often say the same."""
        if statements not in self._implications:
            try:
                found: frozenset[str] | None = _canonical(
                    "".join(implied(self._workshop, statements)).encode()
                )
            except Inconsistency:
                found = None
            self._implications[statements] = found
        return self._implications[statements]

    def _statements(self, parts: Iterable[Part], graph: str) -> frozenset[str]:
        return self._of_parts(part for part in parts if part.graph == graph)

    def _of_parts(self, parts: Iterable[Part]) -> frozenset[str]:
        return frozenset().union(*(_canonical(b"".join(lines(self._folder, part))) for part in parts))


def _graphs(patches: Iterable[Patch]) -> set[str]:
    """The open graphs of studies that patches change, or that have things of which they change what is inferred."""
    found: set[str] = set()
    for patch in patches:
        for quad in (*patch.deleted, *patch.added):
            graph, thing = quad.graph_name, quad.subject
            name = ""
            if isinstance(graph, NamedNode) and graph.value.startswith(_STUDIES):
                name = graph.value.removeprefix(_STUDIES)
            elif graph in (_DEFAULT, NamedNode(_INFERRED)) and isinstance(thing, NamedNode):
                name = thing.value.removeprefix(f"{ID}study/").split("/")[0]
                name = name if thing.value.startswith(f"{ID}study/") else ""
            if name and "/" not in name:
                found.add(f"{_STUDIES}{name}")
    return found


def _replayed(stated: frozenset[str], patches: Iterable[Patch], graph: str, union: bool) -> frozenset[str]:
    """What a graph says after changes; what is deleted from a default graph that is the union is deleted there too."""
    name = NamedNode(graph)
    for patch in patches:
        stated = (stated - _of(patch.deleted, {name, _DEFAULT} if union else {name})) | _of(
            patch.added, {name}
        )
    return stated


def _of(quads: Iterable[Quad], graphs: Container[object]) -> frozenset[str]:
    return frozenset(f"{quad.triple} .\n" for quad in quads if quad.graph_name in graphs)


def _canonical(text: bytes) -> frozenset[str]:
    return frozenset(f"{quad.triple} .\n" for quad in parse(text, format=RdfFormat.N_TRIPLES))


def _quads(statements: Iterable[str]) -> frozenset[Quad]:
    found = parse("".join(statements).encode(), format=RdfFormat.N_TRIPLES)
    return frozenset(Quad(quad.subject, quad.predicate, quad.object, NamedNode(_INFERRED)) for quad in found)


def _within(iri: str, tops: Iterable[str]) -> bool:
    return any(iri == top or iri.startswith(f"{top}/") for top in tops)
