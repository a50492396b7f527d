"""What the open edition may say of people: no small cell, nothing from which one follows, nobody's words.

Counts are rounded down to a multiple of the minimum cell, and one below it is withheld. A total is told no higher
than it could be if any one withheld part were nobody: otherwise a small cell could be worked out by taking the
parts from the whole. Who would work it out also knows how many people of each role the study says it interviewed,
and so how many did not say a thing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Quotations", "Shown", "find_mentions", "round_down", "show"]

Name = TypeVar("Name")

_WORD = re.compile(r"\w+")
_INSIDE_WORDS = str.maketrans("", "", "'’ʼ‘\u00ad")
"""Apostrophes, however they are typed, and soft hyphens."""
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


def show(parts: Mapping[str, int], cell: int, published: Mapping[str, int] | None = None) -> Shown:
    """What may be shown of people counted by role.

    Args:
        parts: people by role, each person in one; every role that anyone could have is there, with 0 if nobody.
        cell: the minimum cell; 1 withholds nothing.
        published: how many people of a role there are, for the roles of which the study tells it.
    """
    known = published or {}
    shown = {role: least for role, count in sorted(parts.items()) if (least := round_down(count, cell))}
    total = round_down(sum(parts.values()), cell)
    # Each shown part lies in [least, least + cell), each withheld one below the cell, and none is above what is
    # published: so much they can make up with one part at its least. A part that is withheld, or that leaves less
    # than a cell of those who were interviewed, must seem able to be at its least, for otherwise it, or how many did
    # not say so, could be worked out. That it can also be at its most needs no care: a total is told as "at least",
    # and is never below the sum of what is shown.
    most = {}
    for role in parts:
        least = shown.get(role, 0)
        most[role] = max(least, min(least + cell - 1, known.get(role, least + cell - 1)))
    whole = sum(most.values())
    for role, high in most.items():
        if role not in shown or (role in known and known[role] - high < cell):
            total = min(total, round_down(whole - high + shown.get(role, 0), cell))
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


def find_mentions(texts: Iterable[tuple[Name, str]], private: Iterable[str]) -> Iterator[Name]:
    """The names of the texts that mention a source, a participant or a coder by name.

    Only names that cannot well be anything else are looked for: of two words or more, or of letters and digits, as
    `P07`. A single word, as a pseudonym is, may also be a word of the language.
    """
    wanted = {words for words in map(tuple, map(_words, private)) if _tells_apart(words)}
    lengths = {len(words) for words in wanted}
    for name, text in texts:
        words = _words(text)
        if any(
            tuple(words[place : place + length]) in wanted
            for place in range(len(words))
            for length in lengths
        ):
            yield name


def _tells_apart(words: Sequence[str]) -> bool:
    return len(words) > 1 or any(
        word.isalnum() and not word.isalpha() and not word.isdigit() for word in words
    )


def _words(text: str) -> list[str]:
    """The words of a text, whatever their case, punctuation, apostrophes or Unicode form."""
    return _WORD.findall(unicodedata.normalize("NFKC", text.casefold()).translate(_INSIDE_WORDS))


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for place in range(len(words) - RUN + 1):
        yield tuple(words[place : place + RUN])
