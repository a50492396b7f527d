"""Whether two bags of rows are the same up to the names of their blank nodes.

Solutions are rows of terms, graphs rows of three and datasets rows of four: one comparison serves them all
(SPARQL 1.1 Query, section 18.1; RDF 1.1 Concepts, section 3.6). It finds the one-to-one mapping of blank
nodes by colour refinement, and tries each candidate where refinement cannot tell nodes apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import count

from pyoxigraph import BlankNode

__all__ = ["Row", "same_bag"]

Row = tuple[Hashable, ...]
"""Values, among them blank nodes, and tuples of such."""

_Colours = Mapping[BlankNode, int]


def same_bag(left: Sequence[Row], right: Sequence[Row]) -> bool:
    """Whether some one-to-one mapping of blank nodes makes two bags equal."""
    return len(left) == len(right) and _match(left, right, {}, {}, count())


def _match(
    left: Sequence[Row],
    right: Sequence[Row],
    fixed_left: _Colours,
    fixed_right: _Colours,
    fresh: Iterator[int],
) -> bool:
    colours, others = _refine(left, fixed_left), _refine(right, fixed_right)
    sizes = Counter(colours.values())
    if sizes != Counter(others.values()):
        return False
    node = next((node for node, colour in colours.items() if sizes[colour] > 1), None)
    if node is None:
        return _painted(left, colours) == _painted(right, others)
    mark = next(fresh)
    return any(
        _match(left, right, {**fixed_left, node: mark}, {**fixed_right, other: mark}, fresh)
        for other, colour in others.items()
        if colour == colours[node]
    )


def _refine(rows: Sequence[Row], fixed: _Colours) -> dict[BlankNode, int]:
    """Colour blank nodes by the rows they are in, until no more of them can be told apart."""
    nodes = {node: hash(("node", fixed.get(node))) for row in rows for node in _blank_nodes(row)}
    places = {node: [row for row in rows if node in set(_blank_nodes(row))] for node in nodes}
    while True:
        finer = {node: hash((nodes[node], _seen(node, places[node], nodes))) for node in nodes}
        if len(set(finer.values())) == len(set(nodes.values())):
            return finer
        nodes = finer


def _seen(node: BlankNode, rows: Sequence[Row], colours: _Colours) -> Hashable:
    return frozenset(
        Counter(_renamed(row, lambda other: (other == node, colours[other])) for row in rows).items()
    )


def _painted(rows: Sequence[Row], colours: _Colours) -> Counter[Hashable]:
    return Counter(_renamed(row, lambda node: ("blank node", colours[node])) for row in rows)


def _renamed(value: Hashable, name: Callable[[BlankNode], Hashable]) -> Hashable:
    if isinstance(value, BlankNode):
        return name(value)
    return tuple(_renamed(part, name) for part in value) if isinstance(value, tuple) else value


def _blank_nodes(value: Hashable) -> Iterator[BlankNode]:
    if isinstance(value, BlankNode):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _blank_nodes(part)
