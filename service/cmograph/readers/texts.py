"""A text as we keep it, and scales: what a tool's offsets count, laid beside the code points that we count.

REFI-QDA 1.5, section 10.2, counts Unicode code points; NVivo and editors built on UTF-16 count code units,
Taguette counts UTF-8 bytes, and newlines count one or two.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from cmograph.corpus import Span

__all__ = ["CODE_POINT", "UTF_8", "UTF_16", "KeptText", "Rule", "Scale", "Scales", "Selection", "decode_text"]

CODE_POINT = "code point"
UTF_16 = "UTF-16 code unit"
UTF_8 = "UTF-8 byte"

_NEWLINE = re.compile(r"\r\n|\r|\n")
_WIDE = {
    CODE_POINT: (),
    UTF_16: ((re.compile("[\U00010000-\U0010ffff]+"), 2),),
    UTF_8: (
        (re.compile("[\x80-\u07ff]+"), 2),
        (re.compile("[\u0800-\uffff]+"), 3),
        (re.compile("[\U00010000-\U0010ffff]+"), 4),
    ),
}
"""Runs of characters wider than one unit, and their width."""
_NEWLINES = re.compile("\n+")


@dataclass(frozen=True, slots=True)
class Rule:
    """What an offset counts.

    Attributes:
        unit: `code point`, `UTF-16 code unit` or `UTF-8 byte`.
        newline: `as written`, `CRLF counts 1` or `LF counts 2`.
        bom: whether the byte order mark counts.
        inclusive: whether the end is the last character's position, not the one after it.
    """

    unit: str = CODE_POINT
    newline: str = "as written"
    bom: bool = False
    inclusive: bool = False

    def __str__(self) -> str:
        extras = (", byte order mark counted" if self.bom else "") + (
            ", end included" if self.inclusive else ""
        )
        return f"{self.unit}, newlines {self.newline}{extras}"


@dataclass(frozen=True, slots=True)
class Selection:
    """Two offsets as a file wrote them, and the quote it stored with them, "" where it stored none."""

    start: int
    end: int
    quote: str = ""


@dataclass(frozen=True, slots=True)
class KeptText:
    """A text as we keep it, and what is lost by keeping it so.

    Attributes:
        text: LF newlines, no byte order mark.
        crlf: where in `text` a newline was two characters in the file.
        bom: whether the file began with a byte order mark.
        encoding: `utf-8`, or what the text had to be read as because it was not.
    """

    text: str
    crlf: tuple[int, ...] = ()
    bom: bool = False
    encoding: str = "utf-8"

    @property
    def plain(self) -> bool:
        """Whether every unit and every rule for newlines gives the same positions."""
        return self.text.isascii() and not self.crlf and not self.bom


def decode_text(data: bytes | str) -> KeptText:
    """Keep a text: strict UTF-8, else UTF-16 by its byte order mark, else Windows-1252, and say which."""
    encoding = "utf-8"
    if isinstance(data, str):
        written = data
    else:
        try:
            written = data.decode("utf-8")
        except UnicodeDecodeError:
            encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "cp1252"
            written = data.decode(encoding, errors="replace")
    bom = written.startswith("\ufeff")
    written = written[1:] if bom else written
    if "\r" not in written:
        return KeptText(written, (), bom, encoding)
    crlf: list[int] = []
    for newline in _NEWLINE.finditer(written):
        if len(newline[0]) == 2:
            crlf.append(newline.start() - len(crlf))
    return KeptText(_NEWLINE.sub("\n", written), tuple(crlf), bom, encoding)


@dataclass(frozen=True, slots=True, eq=False)
class _Stretches:
    """A text as a row of stretches of characters of one width: where each begins, by offset and by index."""

    offsets: list[int]
    indexes: list[int]
    widths: list[int]
    length: int


class Scales:
    """All the ways to count in one text. What differs by the byte order mark or the end only is laid out once.

    Only stretches of one width are held, so that a long text, of whatever script, costs little, and a position
    is found by halving.
    """

    def __init__(self, kept: KeptText) -> None:
        self._kept = kept
        self._by_rule: dict[tuple[str, str], _Stretches] = {}
        self._by_shape: dict[int, _Stretches] = {}

    def of(self, rule: Rule) -> Scale:
        """The scale of one rule."""
        key = rule.unit, rule.newline
        if key not in self._by_rule:
            stretches = _lay_out(self._kept, rule)
            shape = hash((*stretches.offsets, *stretches.widths))
            self._by_rule[key] = self._by_shape.setdefault(shape, stretches)
        mark = (3 if rule.unit == UTF_8 else 1) if rule.bom and self._kept.bom else 0
        return Scale(rule, self._by_rule[key], mark)


class Scale:
    """The positions of one rule laid beside the indexes of the kept text."""

    def __init__(self, rule: Rule, stretches: _Stretches, mark: int) -> None:
        self.rule = rule
        self.length = stretches.length + mark
        """The offset of the text's end."""
        self.shape = id(stretches), mark, rule.inclusive
        """What it comes to: two rules with one shape give every position alike."""
        self._offsets, self._indexes, self._widths = stretches.offsets, stretches.indexes, stretches.widths
        self._mark = mark

    def index(self, offset: int) -> int | None:
        """The index in the kept text; None inside a character or outside the text."""
        offset -= self._mark
        if offset < 0 or offset > self.length - self._mark:
            return None
        stretch = bisect_right(self._offsets, offset) - 1
        characters, inside = divmod(offset - self._offsets[stretch], self._widths[stretch])
        return None if inside else self._indexes[stretch] + characters

    def span(self, selection: Selection) -> Span | None:
        """The stretch of the kept text; None where an edge is inside a character or outside the text."""
        start = self.index(selection.start)
        end = self.index(selection.end + self.rule.inclusive)
        return None if start is None or end is None or end < start else Span(start, end)


def _lay_out(kept: KeptText, rule: Rule) -> _Stretches:
    offsets, indexes, widths = [0], [0], [1]
    offset = index = 0
    for start, end, width in sorted(_wide_runs(kept, rule)):
        offset += start - index
        if start == indexes[-1]:  # one wide run touches another, or the text's start
            widths[-1] = width
        else:
            offsets.append(offset)
            indexes.append(start)
            widths.append(width)
        offset += (end - start) * width
        index = end
        offsets.append(offset)
        indexes.append(end)
        widths.append(1)
    return _Stretches(offsets, indexes, widths, offset + len(kept.text) - index)


def _wide_runs(kept: KeptText, rule: Rule) -> Iterator[tuple[int, int, int]]:
    """The stretches of characters wider than one unit: where each begins and ends, and the width."""
    if not kept.text.isascii():
        for pattern, width in _WIDE[rule.unit]:
            for run in pattern.finditer(kept.text):
                yield run.start(), run.end(), width
    if rule.newline == "as written":
        yield from ((index, index + 1, 2) for index in kept.crlf)
    elif rule.newline == "LF counts 2":
        for run in _NEWLINES.finditer(kept.text):
            yield run.start(), run.end(), 2
