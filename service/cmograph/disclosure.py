"""What the open edition may say of people: no small cell, nothing from which one follows, nobody's words.

Counts are rounded down to a multiple of the minimum cell, and one below it is withheld. A breakdown by role is
shown only where it and the total together leave each withheld cell anywhere between none and just below the
minimum: otherwise a small cell could be worked out by taking the parts from the whole.
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
        parts: the same by role, only those that may be shown.
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
    total = round_down(sum(parts.values()), cell)
    shown = {role: least for role, count in sorted(parts.items()) if (least := round_down(count, cell))}
    withheld = len(parts) - len(shown)
    # Each shown part lies in [least, least + cell), and so does the total. A withheld part could be none only if
    # the shown parts and the other withheld ones, each at most cell - 1, can make up the total without it. That it
    # could be cell - 1 needs no test: the total is never below the sum of what is shown.
    most_without_one = sum(least + cell - 1 for least in shown.values()) + (withheld - 1) * (cell - 1)
    free = withheld == 0 or total <= most_without_one
    return Shown(total, shown if free else {})


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
