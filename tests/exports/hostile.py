"""The demonstration as somebody would word it who means harm: its structure as it is, its words replaced."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from typing import Any

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.reading import Reading
from cmograph.exports.material import Material

__all__ = ["hostile"]

_WORDED = ("studies", "components", "configurations", "assessments", "kinds", "terms")


async def hostile(reading: Reading, study: str, texts: Sequence[str]) -> Material:
    """A study and what is read of it, each of its words one of these texts, in turn."""
    words = cycle(texts)
    book = await reading.casebook()
    reworded = dataclasses.replace(book, **{part: _reworded(getattr(book, part), words) for part in _WORDED})
    return Material(_Hostile(reading, reworded, words), reworded, (reworded.studies[study],))


class _Hostile(Reading):
    """What the edition says, in other words."""

    def __init__(self, reading: Reading, book: Casebook, words: Iterator[str]) -> None:
        super().__init__(reading.backend)
        self._reading, self._book, self._words = reading, book, words

    async def casebook(self) -> Casebook:
        return self._book

    async def rows(self, text: str, parts: Mapping[str, str] | None = None) -> list[list[str]]:
        rows = await self._reading.rows(text, parts)
        return [[_reworded(cell, self._words) for cell in row] for row in rows]


def _reworded(value: Any, words: Iterator[str]) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {one.name: _reworded(getattr(value, one.name), words) for one in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    if isinstance(value, Mapping):
        return {key: _reworded(inner, words) for key, inner in value.items()}
    if isinstance(value, tuple):
        return tuple(_reworded(inner, words) for inner in value)
    if isinstance(value, str) and value and not value.isdecimal() and not value.startswith("http"):
        return next(words)
    return value
