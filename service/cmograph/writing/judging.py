"""Is what a change makes of a study as it must be, and what follows from it?

A study's open graph, once changed, is asked what a build asks of it: the shapes and the axioms. What followed
from it and does no more is taken back, what follows now is added, in the graph of what is inferred.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cached_property
from itertools import chain
from typing import TypeGuard

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from cmograph.errors import Inconsistency
from cmograph.naming import nowhere
from cmograph.preparation import Workshop
from cmograph.release import EMPTY, Patch
from cmograph.vocabulary import GRAPH

__all__ = ["Judge"]

_STUDIES = f"{GRAPH}study/"
_INFERRED = NamedNode(f"{GRAPH}inferred")


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
        for graph in sorted(_studies(changed), key=str):
            deleted, added = _of(changed.deleted, graph), _of(changed.added, graph)
            now = _statements(store, graph)
            if now:
                self._workshop.shapes.check(now, nowhere)
            before = (now - added) | deleted
            held, holds = self._inferred(before, judged=False), self._inferred(now, judged=True)
            follows |= Patch(_quads(self._only(store, graph, held - holds)), _quads(holds - held))
        return follows

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
        # The rules' lists hang on names: a client's blank nodes take no part in them.
        plain = [line for line in statements if "_:" not in line]
        try:
            return frozenset(self._workshop.reasoner.close(sorted(plain)).inferred)
        except Inconsistency:
            if judged:
                raise
            return frozenset()


def _studies(changed: Patch) -> set[NamedNode]:
    graphs = {quad.graph_name for quad in (*changed.deleted, *changed.added)}
    return {graph for graph in graphs if _is_study(graph)}


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
