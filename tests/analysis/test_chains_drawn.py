"""Chains against every path of small studies drawn at random."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.chains import ChainParameters, find_chains
from tests.analysis.books import STUDY, book, configuration
from tests.analysis.chain_names import ask, names

GRAPHS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 4)), min_size=1, max_size=7)


def drawn(edges: list[tuple[int, int, int]]) -> Casebook:
    """A study in which each configuration leads from a state to a state, with so much support."""
    return book(
        configuration(f"C{number}", [f"s{begin}"], ["m"], [f"s{end}"], people=people)
        for number, (begin, end, people) in enumerate(edges)
    )


def every_path(edges: list[tuple[int, int, int]], longest: int = 12) -> Iterator[tuple[int, ...]]:
    """Every path of two or more that passes nothing twice but at its end."""

    def walk(path: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if len(path) > 1:
            yield path
        if path[-1] in path[:-1] or len(path) >= longest:
            return
        for number, (begin, _, _) in enumerate(edges):
            if edges[path[-1]][1] == begin:
                yield from walk((*path, number))

    for start in range(len(edges)):
        yield from walk((start,))


@given(GRAPHS)
def test_shortest_and_strongest_are_what_looking_at_every_path_finds(
    edges: list[tuple[int, int, int]],
) -> None:
    held = drawn(edges)
    for begin, end in itertools.product(range(len(edges)), repeat=2):
        paths = [path for path in every_path(edges) if path[0] == begin and path[-1] == end]
        asked = {"start": (f"s/C{begin}",), "end": (f"s/C{end}",)}
        shortest = find_chains(held, ChainParameters.model_validate({**asked, "which": "shortest"}))
        assert [chain.length for chain in shortest] == sorted(map(len, paths))[:1]
        strongest = find_chains(held, ChainParameters.model_validate({**asked, "which": "strongest"}))
        best = max((min(edges[one][2] for one in path) for path in paths), default=None)
        assert [chain.strength for chain in strongest] == ([] if best is None else [best])


@given(GRAPHS)
def test_all_are_all_that_begin_there_and_cannot_go_on(edges: list[tuple[int, int, int]]) -> None:
    held = drawn(edges)
    for begin in range(len(edges)):
        leads_on = {
            one for one, (_, end, _) in enumerate(edges) if any(end == other for other, _, _ in edges)
        }
        wanted = {
            path
            for path in every_path(edges)
            if path[0] == begin and (path[-1] in path[:-1] or path[-1] not in leads_on)
        }
        found = find_chains(held, ChainParameters(start=(f"s/C{begin}",), most=5000))
        assert sorted(tuple(int(name[1:]) for name in names(chain)) for chain in found) == sorted(wanted)


@given(GRAPHS, st.sets(st.integers(0, 6)), st.integers(0, 6), st.integers(2, 8))
def test_the_harmful_through_something_are_what_looking_at_every_path_finds(
    edges: list[tuple[int, int, int]], harmful: set[int], by: int, longest: int
) -> None:
    """By way of a configuration, and by way of a state that is some configuration's context or outcome."""
    held = book(
        configuration(f"C{number}", [f"s{begin}"], ["m"], [f"s{end}"], harmful=number in harmful)
        for number, (begin, end, _) in enumerate(edges)
    )
    start = 0
    paths = [path for path in every_path(edges, longest) if path[0] == start and path[-1] in harmful]
    ways = {f"s/C{by % len(edges)}": {by % len(edges)}}
    if states := {state for begin, end, _ in edges for state in (begin, end)} & {by}:
        ways[f"s/s{by}"] = {number for number, (begin, end, _) in enumerate(edges) if {begin, end} & states}
    for name, several in ways.items():
        found = ask(
            held, start=(f"s/C{start}",), through=(name,), which="harmful", longest=longest, most=5000
        )
        wanted = [path for path in paths if several & set(path)]
        assert sorted(found) == sorted([f"C{one}" for one in path] for path in wanted)


@given(GRAPHS)
def test_without_a_start_every_link_is_walked(edges: list[tuple[int, int, int]]) -> None:
    found = find_chains(drawn(edges), ChainParameters(study=(STUDY,), most=5000))
    walked = {step for chain in found for step in itertools.pairwise(names(chain))}
    assert walked == {
        (f"C{one}", f"C{other}")
        for one, other in itertools.product(range(len(edges)), repeat=2)
        if edges[one][1] == edges[other][0]
    }
