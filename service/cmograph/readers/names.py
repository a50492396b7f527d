"""Names that a file gives to more than one thing, told apart."""

from __future__ import annotations

from array import array

__all__ = ["Guids", "UniqueNames"]


class Guids:
    """Counts GUIDs by the million, eight bytes each, to tell how many are given to more than one thing."""

    def __init__(self) -> None:
        self._shelves = [array("q") for _ in range(256)]

    def add(self, guid: str) -> None:
        """Take one; none is no GUID."""
        if guid:
            mark = hash(guid)
            self._shelves[mark & 255].append(mark)

    def doubled(self) -> int:
        """How many were taken more than once."""
        return sum(self._doubled(shelf) for shelf in self._shelves)

    @staticmethod
    def _doubled(shelf: array[int]) -> int:
        once: set[int] = set()
        again: set[int] = set()
        for mark in shelf:
            (again if mark in once else once).add(mark)
        return len(again)


class UniqueNames:
    """Hands out names once: the second thing called `Interview` becomes `Interview (2)`."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._counts: dict[str, int] = {}

    def take(self, wanted: str) -> str:
        """The name itself, or the name with the first number that nobody has."""
        name, count = wanted, self._counts.get(wanted, 1)
        while name in self._taken:
            count += 1
            name = f"{wanted} ({count})"
        self._counts[wanted] = count
        self._taken.add(name)
        return name
