"""Names that a file gives to more than one thing, told apart."""

from __future__ import annotations

__all__ = ["UniqueNames"]


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
