"""Paths: every search held against looking at each path of small graphs drawn at random, and against graphs that trap one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmograph.analysis.paths import Allowance, Path, Wanted, Ways
from cmograph.errors import InputError

NODES = "abcdef"
Graph = Mapping[str, Sequence[str]]

GRAPHS = st.integers(1, len(NODES)).flatmap(
    lambda many: st.fixed_dictionaries(
        {one: st.sets(st.sampled_from(NODES[:many])).map(sorted) for one in NODES[:many]}
    )
)
"""Up to six nodes, each leading to any, itself included: circles, and circles within circles."""
SOME = st.frozensets(st.sampled_from(NODES))
WANTED = st.builds(Wanted, SOME, st.none() | SOME, st.lists(SOME, max_size=2), st.integers(2, len(NODES) + 1))


def every_path(graph: Graph, longest: int) -> Iterator[Path]:
    """Every path of two nodes or more that passes nothing twice, or nothing but its last node."""
    for length in range(2, min(longest, len(graph) + 1) + 1):
        for apart in itertools.permutations(sorted(graph), length - 1):
            for last in graph:
                path = (*apart, last)
                if all(after in graph[one] for one, after in itertools.pairwise(path)):
                    yield path


def wanted_of(graph: Graph, wanted: Wanted) -> list[Path]:
    """What is wanted of every path there is, in order."""

    def stops(path: Path) -> bool:
        return len(path) == wanted.longest or path[-1] in path[:-1] or not graph[path[-1]]

    return sorted(
        path
        for path in every_path(graph, wanted.longest)
        if path[0] in wanted.begins
        and (stops(path) if wanted.ends is None else path[-1] in wanted.ends)
        and all(goal & set(path) for goal in wanted.through)
    )


def held_to(graph: Graph, wanted: Wanted) -> Wanted:
    """The same, beginning at nodes of the graph alone."""
    return Wanted(wanted.begins & graph.keys(), wanted.ends, wanted.through, wanted.longest)


@given(GRAPHS, WANTED)
def test_paths_are_all_that_are_wanted_and_in_order(graph: Graph, wanted: Wanted) -> None:
    wanted = held_to(graph, wanted)
    assert list(Ways(graph).paths(wanted, Allowance(10_000))) == wanted_of(graph, wanted)


@given(GRAPHS, WANTED)
def test_nothing_is_looked_at_that_is_not_part_of_an_answer(graph: Graph, wanted: Wanted) -> None:
    """Where nothing need be passed: of what is looked at, only a node to begin with may turn out to lead nowhere."""
    for begin in graph:
        wanted = Wanted({begin}, wanted.ends, (), wanted.longest)
        parts = {path[:length] for path in wanted_of(graph, wanted) for length in range(2, len(path) + 1)}
        allowance = Allowance(10_000)
        list(Ways(graph).paths(wanted, allowance))
        assert 10_000 - allowance.left <= len(parts) + 1


@given(
    GRAPHS,
    WANTED,
    st.fixed_dictionaries({one: st.integers(0, 3) for one in NODES}),
    st.sampled_from((True, False)),
)
def test_the_best_is_what_looking_at_every_path_finds(
    graph: Graph, wanted: Wanted, strength: Mapping[str, int], fewest: bool
) -> None:
    ends = frozenset(graph) if wanted.ends is None else wanted.ends
    wanted = Wanted(wanted.begins & graph.keys(), ends, wanted.through, wanted.longest)

    def rank(path: Path) -> tuple[int, int, Path]:
        weakest = min(strength[one] for one in path)
        return (len(path), -weakest, path) if fewest else (-weakest, len(path), path)

    found = Ways(graph).best(wanted, strength.__getitem__, Allowance(10_000), fewest=fewest)
    assert found == min(wanted_of(graph, wanted), key=rank, default=None)


@given(GRAPHS, st.integers(2, len(NODES) + 1))
def test_from_the_beginnings_every_way_is_seen_and_everything_arrived_at(graph: Graph, longest: int) -> None:
    ways = Ways(graph)
    begins = ways.beginnings(longest)
    walked: set[tuple[str, str]] = set()
    for path in ways.paths(Wanted(begins, None, (), longest), Allowance(100_000)):
        walked.update(itertools.pairwise(path))
    assert walked == {(one, after) for one in graph for after in graph[one]}
    arrived = {path[-1] for path in ways.paths(Wanted(begins, graph.keys(), (), longest), Allowance(100_000))}
    assert arrived == set().union(*graph.values())


@given(GRAPHS)
def test_what_could_begin_earlier_does(graph: Graph) -> None:
    """Where nothing is cut, a beginning is reached by nothing but what it reaches: a circle of its own, and named once."""
    reaches = {one: {one, *several} for one, several in graph.items()}
    for between, one in itertools.product(graph, repeat=2):  # Warshall: https://doi.org/10.1145/321105.321107
        if between in reaches[one]:
            reaches[one] |= reaches[between]
    wanted = {
        min(other for other in graph if one in reaches[other])
        for one in graph
        if graph[one] and all(other in reaches[one] for other in graph if one in reaches[other])
    }
    assert Ways(graph).beginnings(len(NODES) + 2) == wanted


CROWD = [f"n{number:02}" for number in range(12)]
TRAP: Graph = {
    "start": ["hub"],
    "hub": [*CROWD, "harm"],
    **{one: ["hub", *(other for other in CROWD if other != one)] for one in CROWD},
    "harm": [],
}
"""Twelve that all lead to each other and back to the hub, and a harm that only the hub leads to. Past the hub, every one of
more than a thousand million ways among the twelve leads nowhere: the hub was passed."""


def test_a_search_does_not_go_where_what_it_passed_is_in_the_way() -> None:
    """Three steps are looked at; and that nothing else arrives is reckoned once, of 15 nodes: 1 more."""
    allowance = Allowance(4)
    found = list(Ways(TRAP).paths(Wanted({"start"}, {"harm"}, (), 14), allowance))
    assert found == [("start", "hub", "harm")]
    assert allowance.left == 0


@pytest.mark.parametrize("fewest", (True, False))
def test_what_cannot_be_passed_on_the_way_is_found_out_early(fewest: bool) -> None:
    """To the harm by way of one of the twelve: the hub would be passed twice."""
    wanted = Wanted({"start"}, {"harm"}, [{"n05"}], 14)
    assert Ways(TRAP).best(wanted, len, Allowance(60), fewest=fewest) is None


def test_a_search_that_is_too_long_is_refused_with_a_remedy() -> None:
    """From one of the twelve to another there are far more ways than may be looked at."""
    with pytest.raises(InputError, match=r"can be looked at\. Name a study"):
        list(Ways(TRAP).paths(Wanted({"n00"}, {"n01"}, (), 14), Allowance(2_000)))
