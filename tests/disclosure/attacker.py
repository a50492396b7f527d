"""Whoever wants to know how many people said a thing, and has nothing but what is published.

The attacker knows the rule by which counts are shown, the minimum cell, the roles, and how many of each role the
study says it interviewed. From these follow bounds on every count (propagated until nothing moves), and within
the bounds every table that the rule would have shown just so. What is the same in all of them is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod

from cmograph.disclosure import show

__all__ = ["Found", "Published", "attack", "possible", "propagate"]

Bounds = dict[str, tuple[int, int]]
_MOST_TABLES = 200_000
_MANY = 1 << 30
_ALL = "everyone"


@dataclass(frozen=True, slots=True)
class Published:
    """What is told of the people behind one claim.

    Attributes:
        claim: what they speak for or against.
        total: at least so many; 0 where nothing is told.
        parts: at least so many, by role.
        codings: at least so many codings; 0 where nothing is told.
        interviewed: how many of each role there are, where the study says it.
        roles: every role that anyone has, as far as it is known beyond these.
    """

    claim: str
    total: int
    parts: Mapping[str, int]
    codings: int = 0
    interviewed: Mapping[str, int] = field(default_factory=dict)
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """A count of people that is too small to be told, and that is known nevertheless."""

    claim: str
    who: str
    count: int


def attack(everything: Iterable[Published], cell: int) -> list[Found]:
    """Every small count that is told outright, or that follows."""
    return [found for published in everything for found in _small_counts(published, cell)]


def _small_counts(published: Published, cell: int) -> Iterator[Found]:
    told = {_ALL: published.total, **published.parts}
    outright = [Found(published.claim, who, count) for who, count in told.items() if 0 < count < cell]
    yield from outright
    if outright:  # the rule was not kept: there is nothing to work out by it
        return
    for who, counts in possible(published, cell).items():
        if len(counts) == 1 and 0 < (count := min(counts)) < cell:
            yield Found(published.claim, who, count)


def possible(published: Published, cell: int) -> dict[str, set[int]]:
    """What each count can be: of each role, of everyone, and of those who did not say it."""
    known = published.interviewed
    roles = sorted({*known, *published.parts, *published.roles}) or ["anyone"]
    bounds = _bounds(published, roles, cell)
    tables: list[dict[str, int]] = []
    if prod(high - low + 1 for role, (low, high) in bounds.items() if role != _ALL) <= _MOST_TABLES:
        ranges = [range(bounds[role][0], bounds[role][1] + 1) for role in roles]
        for counts in product(*ranges):
            table = dict(zip(roles, counts, strict=True))
            low, high = bounds[_ALL]
            if low <= sum(counts) <= high and _told(table, published, cell):
                tables.append(table)
        assert tables, f"nothing could have been shown as {published}"
    found: dict[str, set[int]] = {}
    for who in (*roles, _ALL):
        low, high = bounds[who]
        counts_of = {table[who] if who != _ALL else sum(table.values()) for table in tables}
        found[who] = counts_of or {low, high}
        of = sum(known.values()) if who == _ALL else known.get(who)
        if of is not None and (who != _ALL or set(roles) <= set(known)):
            found[f"not {who}"] = {of - count for count in found[who]}
    return found


def _told(table: Mapping[str, int], published: Published, cell: int) -> bool:
    shown = show(table, cell, published.interviewed)
    return (shown.total, dict(shown.parts)) == (published.total, dict(published.parts))


def _bounds(published: Published, roles: list[str], cell: int) -> Bounds:
    """What follows by adding and subtracting alone."""
    bounds: Bounds = {}
    for role in roles:
        least = published.parts.get(role, 0)
        bounds[role] = (least, min(least + cell - 1, published.interviewed.get(role, _MANY)))
    # Somebody said it, or nothing would be told of it; and nobody says a thing without one coding at least.
    codings = published.codings + cell - 1 if published.codings else _MANY
    bounds[_ALL] = (max(1, published.total), codings)
    return propagate(bounds, {_ALL: roles})


def propagate(bounds: Bounds, sums: Mapping[str, Iterable[str]]) -> Bounds:
    """Narrow the bounds of wholes by their parts, and of parts by their whole, until nothing moves.

    Args:
        bounds: the least and the most of every count.
        sums: for each whole, its parts.
    """
    bounds = dict(bounds)
    moved = True
    while moved:
        before = dict(bounds)
        for whole, parts in sums.items():
            lows = sum(bounds[part][0] for part in parts)
            highs = sum(bounds[part][1] for part in parts)
            low, high = max(bounds[whole][0], lows), min(bounds[whole][1], highs)
            bounds[whole] = (low, high)
            for part in parts:
                least, most = bounds[part]
                bounds[part] = (max(least, low - (highs - most)), min(most, high - (lows - least)))
        moved = bounds != before
    return bounds
