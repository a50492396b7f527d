"""What the open edition may say of people: no small cell, nothing from which one follows, nobody's words.

Counts are rounded down to a multiple of the minimum cell, and one below it is withheld. A total is told no higher
than it could be if any one withheld part were nobody: otherwise a small cell could be worked out by taking the
parts from the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Quotations", "Shown", "round_down", "show"]

Name = TypeVar("Name")

_WORD = re.compile(r"\w+(?:['’]\w+)?")
RUN = 6
"""So many words in a row, the same as in a transcript, are a quotation."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be shown of a count of people.

    Attributes:
        total: "at least so many"; 0 where it is withheld.
        parts: the same by role, without those that are withheld.
    """

    total: int
    parts: Mapping[str, int]


def round_down(count: int, cell: int) -> int:
    """The greatest multiple of the minimum cell that is not above the count; 0 where it is withheld."""
    return count - count % cell


def show(parts: Mapping[str, int], cell: int) -> Shown:
    """What may be shown of people counted by role.

    Args:
        parts: people by role, each person in one; every role that anyone could have is there, with 0 if nobody.
        cell: the minimum cell; 1 withholds nothing.
    """
    shown = {role: least for role, count in sorted(parts.items()) if (least := round_down(count, cell))}
    total = round_down(sum(parts.values()), cell)
    withheld = len(parts) - len(shown)
    if withheld:
        # Each shown part lies in [least, least + cell), each withheld one below the cell: so much they can make
        # up with one withheld part left out. That this part could also be cell - 1 needs no care: a total is told
        # as "at least", and is never below the sum of what is shown.
        without_one = sum(least + cell - 1 for least in shown.values()) + (withheld - 1) * (cell - 1)
        total = min(total, round_down(without_one, cell))
    return Shown(total, shown)


class Quotations(Generic[Name]):
    """Texts that will be open, and the transcripts whose words they must not repeat."""

    def __init__(self, texts: Iterable[tuple[Name, str]]) -> None:
        """Takes texts, each with something to know it by."""
        self._runs: dict[str, dict[tuple[str, ...], list[Name]]] = {}
        for name, text in texts:
            words = _words(text)
            for run in _runs(words):
                self._runs.setdefault(run[0], {}).setdefault(run, []).append(name)

    def found_in(self, transcript: str) -> Iterator[Name]:
        """The names of the texts that repeat so many of the transcript's words in a row; some more than once."""
        if not self._runs:
            return
        words = _words(transcript)
        for place, word in enumerate(words):
            runs = self._runs.get(word)
            if runs:
                yield from runs.get(tuple(words[place : place + RUN]), ())


def _words(text: str) -> list[str]:
    return [word.replace("’", "'") for word in _WORD.findall(text.casefold())]


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for place in range(len(words) - RUN + 1):
        yield tuple(words[place : place + RUN])
