"""Paths through a directed graph that pass nothing twice, save that they may end where they have been: a circle.

A search only goes where it can still arrive: how much the rest takes at least is reckoned backward from where a path may
end, and again without what the path has passed where that is in the way. So every step that is looked at is part of an
answer (the restricted backtracking of Read and Tarjan, https://doi.org/10.1002/net.1975.5.3.237). Where a path must pass
through something as well, what is reckoned is the least it can be and no more: to find such a path is hard in general,
and an `Allowance` bounds the search.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

from cmograph.errors import InputError, Problem

__all__ = ["Allowance", "Path", "Wanted", "Ways"]

Path = tuple[str, ...]
"""Nodes in order; of a circle the last is one that came before."""

_NODES_A_STEP = 8
"""To reckon again without what was passed looks at every node; so many take as long as a step does."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which paths are looked for.

    Attributes:
        begins: where they begin.
        ends: where they end; None for wherever they cannot go on.
        through: each passes some member of every one of these, its first and last node included.
        longest: how many nodes a path has at most; at least 2.
    """

    begins: Set[str]
    ends: Set[str] | None
    through: Sequence[Set[str]]
    longest: int


class Allowance:
    """How many steps may yet be looked at, by all searches that share it: many may not cost many times as much."""

    def __init__(self, steps: int) -> None:
        """All of them are left."""
        self.left = steps

    def take(self, steps: int = 1) -> None:
        """Use some up; raises InputError where none is left."""
        self.left -= steps
        if self.left < 0:
            raise InputError(
                Problem(
                    "There are more chains than can be looked at.",
                    "Name a study, a start or an end; or ask for the shortest, the strongest, or shorter ones.",
                )
            )


@dataclass(frozen=True, slots=True)
class _Way:
    """The way with fewest nodes to a goal, from wherever there is one.

    Attributes:
        fewest: how many nodes follow at least.
        next: the first of them; nothing of a goal.
        then: the way from the goal on, if that is not the end.
    """

    fewest: Mapping[str, int]
    next: Mapping[str, str]
    then: _Way | None = None

    def is_free(self, here: str, passed: Path) -> bool:
        """Whether the way passes nothing that was passed; it may end there."""
        while here in self.next:
            if here in passed:
                return False
            here = self.next[here]
        return self.then is None or self.then.is_free(here, passed)


class Ways:
    """A graph: which node leads to which."""

    def __init__(self, onward: Mapping[str, Sequence[str]]) -> None:
        """Keep the graph: every node is a key; what it leads to is in the order in which it is to be tried."""
        self.onward = onward

    @cached_property
    def _back(self) -> Mapping[str, Sequence[str]]:
        back: dict[str, list[str]] = {one: [] for one in self.onward}
        for one, several in self.onward.items():
            for after in several:
                back[after].append(one)
        return back

    def paths(self, wanted: Wanted, allowance: Allowance) -> Iterator[Path]:
        """Every path of two nodes or more that is wanted, in the order of its nodes' names.

        Raises:
            InputError: the search is longer than is allowed.
        """
        goals = range(len(wanted.through))
        to_end, *by_way = self._ways(wanted, goals)
        waiting: list[Path] = []
        for one in sorted(wanted.begins, reverse=True):
            if all(_fits(way, one, wanted.longest - 1) for way in by_way or [to_end]):
                waiting.append((one,))
        while waiting:
            path = waiting.pop()
            allowance.take()
            here = path[-1]
            unmet = [goal for goal in goals if wanted.through[goal].isdisjoint(path)]
            stops = len(path) >= wanted.longest or here in path[:-1] or not self.onward[here]
            if len(path) > 1 and not unmet and (stops if wanted.ends is None else here in wanted.ends):
                yield path
            if stops:
                continue
            room = wanted.longest - len(path) - 1
            ways = [by_way[goal] for goal in unmet] or [to_end]
            again: list[_Way | None] = []
            for after in reversed(self.onward[here]):
                if after in path:  # it closes a circle, and ends there
                    if not unmet and (wanted.ends is None or after in wanted.ends):
                        waiting.append((*path, after))
                    continue
                if not all(_fits(way, after, room) for way in ways):
                    continue
                if not all(way is None or way.is_free(after, path) for way in ways):
                    if not again:
                        allowance.take(len(self.onward) // _NODES_A_STEP)
                        ended, *others = self._ways(wanted, unmet, path)
                        again = others or [ended]
                    if not all(_fits(way, after, room) for way in again):
                        continue
                waiting.append((*path, after))

    def best(
        self, wanted: Wanted, strength: Callable[[str], int], allowance: Allowance, *, fewest: bool
    ) -> Path | None:
        """The one path with fewest nodes, or the one whose weakest node is strongest; None where there is no path.

        Of equals it is the one that does best by the other measure, and of those the first by its nodes' names.

        Args:
            wanted: which paths.
            strength: of a node.
            allowance: how much may be looked at.
            fewest: whether the number of nodes comes first, and strength second.

        Raises:
            InputError: the search is longer than is allowed.
        """
        found = self._shortest(wanted, allowance)
        if found is None:
            return None
        if fewest:
            wanted = replace(wanted, longest=len(found))
        strengths = {one: strength(one) for one in self.onward}
        levels = sorted(set(strengths.values()))
        while levels := [level for level in levels if level > min(map(strengths.__getitem__, found))]:
            half = len(levels) // 2  # where there is a path at one level there is one at every lower
            kept = {one for one, strong in strengths.items() if strong >= levels[half]}
            stronger = self._within(kept)._shortest(replace(wanted, begins=wanted.begins & kept), allowance)
            if stronger is None:
                levels = levels[:half]
            else:
                found = stronger
        return found

    def beginnings(self, longest: int) -> Set[str]:
        """From where to walk to see every way in the graph in paths of at most `longest` nodes.

        Where nothing leads; of a circle that nothing else leads into, its first by name; and, where the way is longer
        than `longest`, where a piece ends, so that the next begins there.
        """
        entered = {after for one, several in self.onward.items() for after in several if after != one}
        begins = {one for one, several in self.onward.items() if several and one not in entered}
        away = _distances(self.onward, begins)
        for one, several in self.onward.items():
            if several and one not in away:
                first = self._first_of_circle_above(one)
                begins.add(first)
                away |= _distances(self.onward, {first})
        away = _distances(self.onward, begins)
        return {one for one, far in away.items() if far % (longest - 1) == 0 and self.onward[one]}

    def _first_of_circle_above(self, one: str) -> str:
        """Of a circle that leads to a node, and into which nothing leads from without, the first by name."""
        while True:
            before = _distances(self._back, {one}).keys()
            higher = before - _distances(self.onward, {one}).keys()
            if not higher:
                return min(before)
            one = min(higher)

    def _shortest(self, wanted: Wanted, allowance: Allowance) -> Path | None:
        """Of the paths with fewest nodes, the first by name."""
        if wanted.ends is not None and not wanted.through:
            return self._nearest(wanted.begins, wanted.ends, wanted.longest)
        for longest in range(2, wanted.longest + 1):
            for path in self.paths(replace(wanted, longest=longest), allowance):
                return path
        return None

    def _nearest(self, begins: Set[str], ends: Set[str], longest: int) -> Path | None:
        """The same where nothing need be passed: the first way to reach a node is the best one."""
        waiting: deque[Path] = deque((one,) for one in sorted(begins))
        reached = set(begins)
        while waiting and len(waiting[0]) < longest:
            path = waiting.popleft()
            for after in self.onward[path[-1]]:
                if after in ends:
                    return (*path, after)
                if after not in reached:
                    reached.add(after)
                    waiting.append((*path, after))
        return None

    def _within(self, kept: Set[str]) -> Ways:
        return Ways({one: [after for after in self.onward[one] if after in kept] for one in kept})

    def _ways(self, wanted: Wanted, goals: Sequence[int], passed: Path = ()) -> list[_Way | None]:
        """The way to an end, None where any will do; then by way of each of these goals to an end."""
        to_end = None
        if wanted.ends is not None:
            to_end = self._way({one: 0 for one in wanted.ends if one in self.onward}, passed)
        ways = [to_end]
        for goal in goals:
            known = self.onward if to_end is None else to_end.fewest
            met = [one for one in wanted.through[goal] if one in known]
            more = {one: 0 if to_end is None else to_end.fewest[one] for one in met}
            ways.append(self._way(more, passed, to_end))
        return ways

    def _way(self, goals: Mapping[str, int], passed: Path, then: _Way | None = None) -> _Way:
        """To a goal, and then so many nodes more. One that was passed can be arrived at, but not gone through."""
        fewest: dict[str, int] = {}
        next: dict[str, str] = {}
        farther = deque(sorted((more, goal, goal) for goal, more in goals.items()))
        waiting: deque[tuple[int, str, str]] = deque()
        while farther or waiting:
            nearer = farther if not waiting or (farther and farther[0][0] <= waiting[0][0]) else waiting
            more, here, after = nearer.popleft()
            if here not in fewest:
                fewest[here] = more
                if after != here:
                    next[here] = after
                for before in self._back[here]:
                    if before not in fewest and before not in passed:
                        waiting.append((more + 1, before, here))
        return _Way(fewest, next, then)


def _fits(way: _Way | None, here: str, room: int) -> bool:
    """Whether so many nodes are enough to go on from here."""
    return way is None or way.fewest.get(here, room + 1) <= room


def _distances(ways: Mapping[str, Sequence[str]], begins: Set[str]) -> dict[str, int]:
    """How many steps each node is away from the nearest of these; what cannot be reached is left out."""
    away = dict.fromkeys(begins, 0)
    waiting = deque(begins)
    while waiting:
        here = waiting.popleft()
        for after in ways[here]:
            if after not in away:
                away[after] = away[here] + 1
                waiting.append(after)
    return away
