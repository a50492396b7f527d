"""What a client's request changes in an edition: SPARQL 1.1 Update, and the Graph Store Protocol's writes.

Each function returns a change for `release.revise`: asked with an edition, it answers with quads deleted and
added. Data is parsed and compared; an operation with a pattern is tried out on a copy, and the graphs that
it could have changed are compared, before and after.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from cmograph.engine.updates import Operation, read_update, using
from cmograph.errors import Problem, QueryError, QuerySyntaxError, UnknownName
from cmograph.release import EMPTY, Change, Draft, Patch

__all__ = ["Document", "merge", "put", "remove", "update"]

_DEFAULT = DefaultGraph()

Document = tuple[bytes, str, str | None]
"""An RDF document: its bytes, its media type, and the IRI against which its relative IRIs are read."""


def update(
    text: str,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
    base: str | None = None,
) -> Change:
    """What a SPARQL 1.1 update changes, all its operations in one.

    Args:
        text: the update.
        default_graphs: the protocol's using-graph-uri values (SPARQL 1.1 Protocol, section 2.2.3).
        named_graphs: its using-named-graph-uri values.
        base: the IRI against which relative ones are read.

    Raises:
        QueryRefused: it calls out, or is a known bomb.
        QuerySyntaxError: it is not SPARQL.
        QueryError: the engine could not do it.
    """

    def change(draft: Draft) -> Patch:
        operations = read_update(text)
        if operations and all(operation.data for operation in operations):
            _run(Store(), text, base)  # as a whole: its operations may not share a blank node
            return _stated(operations, base, draft.store)
        if not default_graphs and not named_graphs:
            return _tried(operations, [text], base, draft)
        over = using(operations, default_graphs, named_graphs)
        return _tried(over, [str(operation) for operation in over], base, draft)

    return change


def put(graph: str | None, documents: Sequence[Document]) -> Change:
    """A graph, or the default one, holds just these documents (Graph Store Protocol, section 5.3)."""

    def change(draft: Draft) -> Patch:
        name = _name(graph)
        held = frozenset(draft.store.quads_for_pattern(None, None, None, name))
        wanted = _read(documents, name)
        return Patch(held - wanted, wanted - held, _new(draft.store, graph))

    return change


def merge(graph: str | None, documents: Sequence[Document]) -> Change:
    """A graph, or the default one, holds these documents as well (section 5.5)."""

    def change(draft: Draft) -> Patch:
        wanted = _read(documents, _name(graph))
        added = frozenset(quad for quad in wanted if quad not in draft.store)
        return Patch(added=added, graphs=_new(draft.store, graph))

    return change


def remove(graph: str | None) -> Change:
    """A graph is there no more, or the default one is empty (section 5.4).

    Raises:
        UnknownName: there is no such graph.
    """

    def change(draft: Draft) -> Patch:
        name = _name(graph)
        dropped: frozenset[NamedNode] = frozenset()
        if isinstance(name, NamedNode):
            if not draft.store.contains_named_graph(name):
                raise UnknownName(
                    Problem("There is no such graph.", "Look at `SELECT DISTINCT ?g { GRAPH ?g {} }`.")
                )
            dropped = frozenset([name])
        return Patch(frozenset(draft.store.quads_for_pattern(None, None, None, name)), dropped=dropped)

    return change


def _name(graph: str | None) -> NamedNode | DefaultGraph:
    return _DEFAULT if graph is None else NamedNode(graph)


def _new(store: Store, graph: str | None) -> frozenset[NamedNode]:
    """The graph, if it has to be made."""
    if graph is None or store.contains_named_graph(NamedNode(graph)):
        return frozenset()
    return frozenset([NamedNode(graph)])


def _read(documents: Iterable[Document], name: NamedNode | DefaultGraph) -> frozenset[Quad]:
    found: set[Quad] = set()
    for body, media_type, base in documents:
        format = RdfFormat.from_media_type(media_type)
        try:
            # Each document's blank nodes are its own (RDF 1.1 Concepts, section 3.4).
            for quad in parse(
                body, format=format, base_iri=base, without_named_graphs=True, rename_blank_nodes=True
            ):
                found.add(Quad(quad.subject, quad.predicate, quad.object, name))
        except (SyntaxError, ValueError) as error:
            raise QuerySyntaxError(
                Problem(
                    f"The document is not valid {format.name if format else media_type}: {error}.",
                    "Nothing was written.",
                )
            ) from None
    return frozenset(found)


def _stated(operations: Sequence[Operation], base: str | None, store: Store) -> Patch:
    """What INSERT DATA and DELETE DATA say. The engine reads them: an empty store takes them all in."""
    patch = EMPTY
    for operation in operations:
        scratch = Store()
        if operation.data == "DELETE":
            _run(Store(), str(operation), base)  # what may stand there is less than in INSERT DATA
            _run(scratch, f"{operation.prologue}INSERT{operation.text[len('DELETE') :]}", base)
            patch |= Patch(deleted=frozenset(scratch))
        else:
            _run(scratch, str(operation), base)
            patch |= Patch(added=frozenset(scratch))
    return Patch(
        frozenset(quad for quad in patch.deleted if quad in store),
        frozenset(quad for quad in patch.added if quad not in store),
    )


def _tried(operations: Sequence[Operation], texts: Iterable[str], base: str | None, draft: Draft) -> Patch:
    """What an update does to a copy: the graphs that it may change are compared."""
    with draft.copy() as trial:
        named = frozenset(_named(trial))
        graphs: set[NamedNode] = set()
        for operation in operations:
            graphs |= named if operation.graphs is None else {NamedNode(iri) for iri in operation.graphs}
        before = {graph: _lines(trial, graph) for graph in _with_default(graphs)}
        for text in texts:
            _run(trial, text, base)
        now = frozenset(_named(trial))
        patch = Patch(graphs=now - named, dropped=named - now)
        for graph in _with_default(graphs | patch.graphs):
            was, has = before.get(graph, frozenset()), _lines(trial, graph)
            patch |= Patch(_quads(was - has, graph), _quads(has - was, graph))
        del trial  # RocksDB gives its files back when the last reference goes
    return patch


def _with_default(graphs: Iterable[NamedNode]) -> list[NamedNode | DefaultGraph]:
    return [_DEFAULT, *graphs]


def _named(store: Store) -> Iterable[NamedNode]:
    return (graph for graph in store.named_graphs() if isinstance(graph, NamedNode))


def _lines(store: Store, graph: NamedNode | DefaultGraph) -> frozenset[bytes]:
    out = io.BytesIO()
    store.dump(out, RdfFormat.N_TRIPLES, from_graph=graph)
    return frozenset(out.getvalue().split(b"\n"))


def _quads(lines: Iterable[bytes], graph: NamedNode | DefaultGraph) -> frozenset[Quad]:
    found = parse(b"\n".join(lines), format=RdfFormat.N_TRIPLES)
    return frozenset(Quad(quad.subject, quad.predicate, quad.object, graph) for quad in found)


def _run(store: Store, text: str, base: str | None) -> None:
    try:
        store.update(text, base_iri=base)
    except SyntaxError as error:
        raise QuerySyntaxError(Problem(f"The update is not valid SPARQL: {error}.")) from None
    except (RuntimeError, ValueError, OSError) as error:
        raise QueryError(Problem(f"The update could not be done: {error}.")) from None
