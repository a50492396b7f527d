"""Patches: what clients changed in an edition, kept as RDF Patch, so that a later build carries it on.

A patch says which quads are deleted and which are added (https://afs.github.io/rdf-patch/). An edition is
what its parts say, and then its patches, in their order. Blank nodes keep their labels, as RDF Patch asks.

Where an edition is built of parts, its default graph is the union of its named graphs, and a patch keeps it
so: what is added to a named graph is in the default graph too; what is deleted from the default graph is
deleted everywhere; what no graph holds any more is not in the default graph either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from .folder import StoreFolder, write_atomically

__all__ = ["EMPTY", "Patch", "Settle", "Within", "add_patch", "apply", "carry", "read_patch"]

_GRAPH, _DROPPED = "graph", "dropped"
_DEFAULT = DefaultGraph()
_SMALL = 20_000
"""Quads up to which a transaction costs less than the new files that a bulk load always writes."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A change of a dataset.

    Attributes:
        deleted: quads that are there no more.
        added: quads that are there now.
        graphs: named graphs that are there now, be they empty: SPARQL 1.1 Update, section 3.2, lets a store
            remember them.
        dropped: named graphs that are there no more.
    """

    deleted: frozenset[Quad] = frozenset()
    added: frozenset[Quad] = frozenset()
    graphs: frozenset[NamedNode] = frozenset()
    dropped: frozenset[NamedNode] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.deleted or self.added or self.graphs or self.dropped)

    def __or__(self, other: Patch) -> Patch:
        """The one patch that does what this one does, and then the other.

        A patch deletes before it adds: where the default graph is a union, what this one adds to a named graph
        is not deleted by the other's deleting it from the default graph.
        """
        return Patch(
            (self.deleted - other.added) | other.deleted,
            (self.added - other.deleted) | other.added,
            (self.graphs - other.dropped) | other.graphs,
            (self.dropped - other.graphs) | other.dropped,
        )

    def of(self, graph: NamedNode) -> bool:
        """Whether it changes this named graph."""
        return any(quad.graph_name == graph for quads in (self.deleted, self.added) for quad in quads)


EMPTY = Patch()

Within = Callable[[str, str], bool]
"""Whether a graph stays, and in it what is said of a thing. The default graph is ""; so is no thing in particular."""

Settle = Callable[[str, Sequence["Patch"], Sequence["Patch"]], "Patch"]
"""Asked with an edition's name, the patches that it had and those that are carried on: what follows from these now."""


def apply(store: Store, patch: Patch, union: bool) -> tuple[Patch, int]:
    """Changes a store by a patch.

    Args:
        store: of one edition, open for writing.
        patch: what to change. What is so already, stays so.
        union: whether the default graph is the union of the named graphs.

    Returns:
        What it changed in fact, and by how many quads the store grew.
    """
    deleted = {quad for quad in _deletions(store, patch, union) if quad in store}
    for quad in deleted:
        store.remove(quad)
    if union:
        lost = {
            Quad(quad.subject, quad.predicate, quad.object, _DEFAULT)
            for quad in deleted
            if quad.graph_name != _DEFAULT and not _held(store, quad)
        }
        lost = {quad for quad in lost if quad in store}
        for quad in lost:
            store.remove(quad)
        deleted |= lost
    for graph in patch.dropped:
        # What another edition holds of it, unseen by who dropped it, stays, and the graph with it.
        if next(store.quads_for_pattern(None, None, None, graph), None) is None:
            store.remove_graph(graph)
    for graph in patch.graphs:
        store.add_graph(graph)
    added = [quad for quad in _additions(patch, union) if quad not in store]
    (store.extend if len(added) <= _SMALL else store.bulk_extend)(added)
    return Patch(frozenset(deleted), frozenset(added)), len(added) - len(deleted)


def _deletions(store: Store, patch: Patch, union: bool) -> Iterator[Quad]:
    for quad in patch.deleted:
        if union and quad.graph_name == _DEFAULT:
            yield from store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
        else:
            yield quad


def _additions(patch: Patch, union: bool) -> set[Quad]:
    if not union:
        return set(patch.added)
    return {
        Quad(quad.subject, quad.predicate, quad.object, graph)
        for quad in patch.added
        for graph in (quad.graph_name, _DEFAULT)
    }


def _held(store: Store, quad: Quad) -> bool:
    """Whether any named graph holds the triple."""
    found = store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
    return any(other.graph_name != _DEFAULT for other in found)


def add_patch(folder: StoreFolder, patch: Patch) -> str:
    """Keeps a patch among the store's, and returns the name by which a manifest knows it: its sha256.

    Raises:
        OSError: the disk is full or failing.
    """
    text = "".join(_lines(patch))
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    file = folder.patch(sha256)
    if not file.exists():
        write_atomically(file, text)
    return sha256


def _lines(patch: Patch) -> Iterator[str]:
    yield from sorted(f"H {_GRAPH} {graph} .\n" for graph in patch.graphs)
    yield from sorted(f"H {_DROPPED} {graph} .\n" for graph in patch.dropped)
    yield "TX .\n"
    yield from sorted(f"D {quad} .\n" for quad in patch.deleted)
    yield from sorted(f"A {quad} .\n" for quad in patch.added)
    yield "TC .\n"


def read_patch(folder: StoreFolder, sha256: str) -> Patch:
    """A patch, by its name.

    Raises:
        OSError: it is not there.
    """
    lines = folder.patch(sha256).read_text(encoding="utf-8").split("\n")  # only \n ends a line of N-Quads

    def named(header: str) -> frozenset[NamedNode]:
        graphs = (line.split(" ")[2] for line in lines if line.startswith(f"H {header} "))
        return frozenset(NamedNode(graph[1:-1]) for graph in graphs)

    return Patch(
        _quads(line[2:] for line in lines if line.startswith("D ")),
        _quads(line[2:] for line in lines if line.startswith("A ")),
        named(_GRAPH),
        named(_DROPPED),
    )


def carry(folder: StoreFolder, patches: Iterable[str], within: Within) -> tuple[str, ...]:
    """The patches as far as they are about graphs that a new build has; what is left of none is left out.

    Args:
        folder: the store.
        patches: names of patches.
        within: whether a graph stays, and in it what is said of a thing, by their IRIs.
    """
    carried = []
    for name in patches:
        patch = read_patch(folder, name)
        kept = Patch(
            frozenset(quad for quad in patch.deleted if _stays(quad, within)),
            frozenset(quad for quad in patch.added if _stays(quad, within)),
            frozenset(graph for graph in patch.graphs if within(graph.value, "")),
            frozenset(graph for graph in patch.dropped if within(graph.value, "")),
        )
        if kept:
            carried.append(add_patch(folder, kept))
    return tuple(carried)


def _stays(quad: Quad, within: Within) -> bool:
    graph = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
    ends = (quad.subject, quad.object)
    return all(within(graph, end.value if isinstance(end, NamedNode) else "") for end in ends)


def _quads(lines: Iterable[str]) -> frozenset[Quad]:
    found: set[Quad] = set()
    lines = iter(lines)
    while block := list(islice(lines, 100_000)):
        found.update(parse("\n".join(block).encode(), format=RdfFormat.N_QUADS))
    return frozenset(found)
