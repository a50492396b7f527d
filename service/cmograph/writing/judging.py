"""Is what a change makes of a study as it must be, and what follows from it?

A study's open graph, once changed, is asked what a build asks of it: the shapes and the axioms. What followed
from it and does no more is taken back, what follows now is added, in the graph of what is inferred.

What the default graph, or a graph of the client's own, says of a study's things is asked the same, together with
the study's open graph, whichever of them changed; what is written of them where a build keeps what is inferred, or
its catalogue, is held against the axioms. Nothing follows from any of it. What a client writes into a study's evidence
is not judged: the shapes are of what is open, and evidence may be of any size.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from itertools import chain
from typing import TypeGuard

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from cmograph.errors import Inconsistency, InputError
from cmograph.naming import nowhere
from cmograph.preparation import Workshop
from cmograph.release import EMPTY, Patch
from cmograph.vocabulary import GRAPH, ID

__all__ = ["Judge", "implied"]

_STUDIES = f"{GRAPH}study/"
_THINGS = f"{ID}study/"
_DEFAULT = DefaultGraph()
_INFERRED = NamedNode(f"{GRAPH}inferred")
_SHARED = {_INFERRED, NamedNode(f"{GRAPH}catalogue"), NamedNode(f"{GRAPH}ontology")}
"""What a build makes for all studies."""


class Judge:
    """Judges one change after the other; reads the ontology when the first touches a study."""

    @cached_property
    def _workshop(self) -> Workshop:
        return Workshop()

    def __call__(self, store: Store, changed: Patch) -> Patch:
        """What follows from a change of a store that it was made to.

        Raises:
            ShapeViolation: a study it touches is not what the shapes ask.
            Inconsistency: a study it touches contradicts the axioms.
        """
        follows = EMPTY
        for graph, things in sorted(_touched(changed).items(), key=str):
            deleted, added = _of(changed.deleted, graph), _of(changed.added, graph)
            now = _statements(store, graph)
            if deleted or added:
                if now:
                    self._workshop.shapes.check(now, nowhere)
                before = (now - added) | deleted
                held, holds = self._inferred(before, judged=False), self._inferred(now, judged=True)
                follows |= Patch(_quads(self._only(store, graph, held - holds)), _quads(holds - held))
            if now:
                self._judge(now, _elsewhere(store, graph, things), _claimed(changed, graph))
        return follows

    def _judge(self, study: frozenset[str], elsewhere: frozenset[str], claimed: frozenset[str]) -> None:
        """Is a study as it must be, together with what is said and what is claimed of it elsewhere?"""
        try:
            if elsewhere:
                self._workshop.shapes.check(study | elsewhere, nowhere)
            if elsewhere or claimed:
                self._inferred(study | elsewhere | claimed, judged=True)
        except InputError as error:
            where = "Together with what other graphs than the study's say of its things"
            raise type(error)(
                *(replace(one, what=f"{where}: {one.what}") for one in error.problems)
            ) from None

    def _only(self, store: Store, graph: NamedNode, inferred: frozenset[str]) -> frozenset[str]:
        """What is inferred from no other study's graph either: two may speak of the same thing."""
        things = {NamedNode(line[1 : line.index(">")]) for line in inferred}
        for other in store.named_graphs():
            if other == graph or not _is_study(other):
                continue
            if any(_speaks_of(store, other, thing) for thing in things):
                inferred -= self._inferred(_statements(store, other), judged=False)
        return inferred

    def _inferred(self, statements: Iterable[str], judged: bool) -> frozenset[str]:
        try:
            return implied(self._workshop, statements)
        except Inconsistency:
            if judged:
                raise
            return frozenset()


def implied(workshop: Workshop, statements: Iterable[str]) -> frozenset[str]:
    """What follows from a study's open graph, as lines of N-Triples like those given.

    Raises:
        Inconsistency: it contradicts the axioms.
    """
    # The rules' lists hang on names: a client's blank nodes take no part in them.
    plain = [line for line in statements if "_:" not in line]
    return frozenset(workshop.reasoner.close(sorted(plain)).inferred)


def _touched(changed: Patch) -> dict[NamedNode, set[NamedNode]]:
    """The open graph of each study that a change is about, and the study's things of which it says anything.

    What it says of them in the study's evidence does not count, nor that this changes in the default graph, where
    that is the union.
    """
    found: dict[NamedNode, set[NamedNode]] = {}
    for quad in chain(changed.deleted, changed.added):
        graph, thing = quad.graph_name, quad.subject
        if _is_study(graph):
            found.setdefault(graph, set())
        if not isinstance(thing, NamedNode) or (study := _study_of(thing)) is None:
            continue
        evidence = _evidence(study)
        if graph == _DEFAULT:
            twin = Quad(thing, quad.predicate, quad.object, evidence)
            if twin in changed.deleted or twin in changed.added:
                continue
        if graph != evidence:
            found.setdefault(study, set()).add(thing)
    return found


def _evidence(study: NamedNode) -> NamedNode:
    return NamedNode(f"{study.value}/evidence")


def _study_of(thing: NamedNode) -> NamedNode | None:
    """The open graph of the study whose thing it is."""
    name = thing.value.removeprefix(_THINGS).split("/")[0] if thing.value.startswith(_THINGS) else ""
    return NamedNode(f"{_STUDIES}{name}") if name else None


def _elsewhere(store: Store, study: NamedNode, things: Iterable[NamedNode]) -> frozenset[str]:
    """What no graph of a build says of these things of a study, and of those which that relates to them.

    What the shapes and axioms cannot be asked about is left out: triple terms, and texts with a direction.
    """
    built = {study, _evidence(study), *_SHARED}
    found: set[Triple] = set()
    waiting, seen = list(things), set(things)
    while waiting:
        thing = waiting.pop()
        graphs: dict[Triple, set[object]] = {}
        for quad in chain(
            store.quads_for_pattern(thing, None, None, None), store.quads_for_pattern(None, None, thing, None)
        ):
            graphs.setdefault(quad.triple, set()).add(quad.graph_name)
        for triple, where in graphs.items():
            about = triple.subject
            if where & built or not isinstance(about, NamedNode) or _study_of(about) != study:
                continue
            value = triple.object
            if not (isinstance(value, Triple) or (isinstance(value, Literal) and value.direction)):
                found.add(triple)
            for end in (about, value):
                if isinstance(end, NamedNode) and _study_of(end) == study and end not in seen:
                    seen.add(end)
                    waiting.append(end)
    return frozenset(f"{triple} .\n" for triple in found)


def _claimed(changed: Patch, study: NamedNode) -> frozenset[str]:
    """What a client writes of a study's things where a build writes what is of all studies, as what is inferred."""
    return frozenset(
        f"{quad.triple} .\n"
        for quad in changed.added
        if quad.graph_name in _SHARED
        and isinstance(quad.subject, NamedNode)
        and _study_of(quad.subject) == study
    )


def _is_study(graph: object) -> TypeGuard[NamedNode]:
    return (
        isinstance(graph, NamedNode)
        and graph.value.startswith(_STUDIES)
        and "/" not in graph.value[len(_STUDIES) :]
    )


def _speaks_of(store: Store, graph: NamedNode, thing: NamedNode) -> bool:
    found = chain(
        store.quads_for_pattern(thing, None, None, graph), store.quads_for_pattern(None, None, thing, graph)
    )
    return next(found, None) is not None


def _statements(store: Store, graph: NamedNode) -> frozenset[str]:
    out = io.BytesIO()
    store.dump(out, RdfFormat.N_TRIPLES, from_graph=graph)
    return frozenset(f"{line}\n" for line in out.getvalue().decode().split("\n") if line)


def _of(quads: Iterable[Quad], graph: NamedNode) -> frozenset[str]:
    return frozenset(f"{quad.triple} .\n" for quad in quads if quad.graph_name == graph)


def _quads(lines: Iterable[str]) -> frozenset[Quad]:
    found = parse("".join(lines).encode(), format=RdfFormat.N_TRIPLES)
    return frozenset(Quad(quad.subject, quad.predicate, quad.object, _INFERRED) for quad in found)
