"""Positions in a text: from what a tool counted to code points of the text as we keep it, and how sure that is.

REFI-QDA 1.5, section 10.2, counts Unicode code points; NVivo and editors built on UTF-16 count code units,
Taguette counts UTF-8 bytes, and newlines count one or two. What a number counts is decided a text at a time:
the writer's habit is the prior, and only clear evidence of the text overrules it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from cmograph.corpus import Original, Span, Verification

__all__ = [
    "CODE_POINT",
    "UTF_8",
    "UTF_16",
    "Decision",
    "KeptText",
    "Position",
    "Rule",
    "Selection",
    "decide",
    "decode_text",
    "locate",
    "prior_of",
]

_NEWLINE = re.compile(r"\r\n|\r|\n")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(r"\w")
_SPACE = re.compile(r"\s+")

_GOOD = 0.8
"""The least share of edges at word boundaries that a rule needs to overrule the habit, and by how much."""
_MARGIN = 0.2

CODE_POINT = "code point"
UTF_16 = "UTF-16 code unit"
UTF_8 = "UTF-8 byte"


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
class Position:
    """Where a selection is, how sure that is, and what is wrong where it is not."""

    span: Span | None
    verification: Verification
    original: Original | None
    trouble: str = ""


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


class _Scale:
    """The positions of one rule laid beside the indexes of the kept text.

    Only characters wider than one unit are held, so that a long text with few of them costs little.
    """

    def __init__(self, kept: KeptText, rule: Rule) -> None:
        self.rule = rule
        wide = dict(_widths(kept, rule))
        self._indexes = sorted(wide)
        self._starts: list[int] = []
        shift = {UTF_8: 3}.get(rule.unit, 1) if rule.bom and kept.bom else 0
        extra = shift
        self._widths = [wide[index] for index in self._indexes]
        for index, width in zip(self._indexes, self._widths, strict=True):
            self._starts.append(index + extra)
            extra += width - 1
        self._shift = shift
        self.length = len(kept.text) + extra

    def index(self, offset: int) -> int | None:
        """The index in the kept text; None inside a character or outside the text."""
        if offset < self._shift or offset > self.length:
            return None
        place = bisect_right(self._starts, offset) - 1
        if place < 0:
            return offset - self._shift
        inside = offset - self._starts[place]
        if inside == 0:
            return self._indexes[place]
        if inside < self._widths[place]:
            return None
        return self._indexes[place] + 1 + inside - self._widths[place]

    def span(self, selection: Selection) -> Span | None:
        """The stretch of the kept text; None where an edge is inside a character or outside the text."""
        start = self.index(selection.start)
        end = self.index(selection.end + self.rule.inclusive)
        return None if start is None or end is None or end < start else Span(start, end)


def _widths(kept: KeptText, rule: Rule) -> Iterable[tuple[int, int]]:
    """The index and the width of each character wider than one unit."""
    if rule.unit == UTF_16:
        yield from ((match.start(), 2) for match in _ASTRAL.finditer(kept.text))
    elif rule.unit == UTF_8:
        yield from ((match.start(), len(match[0].encode())) for match in _NON_ASCII.finditer(kept.text))
    if rule.newline == "as written":
        yield from ((index, 2) for index in kept.crlf)
    elif rule.newline == "LF counts 2":
        yield from ((match.start(), 2) for match in re.finditer("\n", kept.text))


@dataclass(frozen=True, slots=True)
class Decision:
    """Which rule a text's positions follow, and why."""

    rule: Rule
    why: str


def decide(kept: KeptText, selections: Sequence[Selection], prior: Rule) -> Decision:
    """Choose the rule of one text: the prior, unless quotes or word boundaries clearly speak against it."""
    if not selections or (kept.plain and not any(selection.quote for selection in selections)):
        return Decision(prior, "every rule agrees" if kept.plain else "the writer's habit")
    others = [rule for rule in _candidates(kept) if rule != prior]
    quoted = [selection for selection in selections if _comparable(selection.quote)]
    if quoted:
        return _decide_by_quotes(kept, quoted, prior, others)
    # Without quotes only exclusive ends are weighed: edges at word boundaries say nothing about the last one.
    habit = _boundary_rate(kept.text, _Scale(kept, prior), selections)
    if len(selections) >= 10 and habit + _MARGIN < 1:
        scales = [_Scale(kept, rule) for rule in others if not rule.inclusive]
        rates = [_boundary_rate(kept.text, scale, selections) for scale in scales]
        best = max(rates, default=0.0)
        if best >= _GOOD and best > habit + _MARGIN:
            return Decision(
                scales[rates.index(best)].rule, f"{best:.0%} of edges at word boundaries, {habit:.0%} before"
            )
    return Decision(prior, f"the writer's habit; {habit:.0%} of edges at word boundaries")


def _decide_by_quotes(
    kept: KeptText, quoted: Sequence[Selection], prior: Rule, others: Sequence[Rule]
) -> Decision:
    def hits(rule: Rule) -> int:
        scale = _Scale(kept, rule)
        return sum(_agrees(kept.text, scale.span(one), one.quote) for one in quoted)

    habit = hits(prior)
    if habit < len(quoted):
        counts = [hits(rule) for rule in others]
        best = max(counts, default=0)
        if best >= habit + max(1, len(quoted) // 10):
            rule = others[counts.index(best)]
            return Decision(rule, f"{best} of {len(quoted)} stored quotes agree, {habit} before")
        if best > habit:
            return Decision(prior, "the writer's habit: stored quotes do not decide")
    return Decision(prior, f"{habit} of {len(quoted)} stored quotes agree with the writer's habit")


def locate(
    kept: KeptText, selections: Sequence[Selection], decision: Decision, *, quotes_are_sure: bool
) -> list[Position]:
    """Where each selection is.

    Args:
        kept: the text.
        selections: as the file wrote them.
        decision: from `decide`.
        quotes_are_sure: whether this writer stores the quote; else a name that agrees with nothing is a name.
    """
    scale = _Scale(kept, decision.rule)
    others = [] if kept.plain else [_Scale(kept, rule) for rule in _plausible(kept)]
    named = [one for one in selections if _comparable(one.quote)]
    # Where most names are the quotes, a name that is not what stands at its place is a quote too.
    agreeing = sum(_agrees(kept.text, scale.span(one), one.quote) for one in named)
    names_are_quotes = quotes_are_sure or 2 * agreeing > len(named)
    return [_locate(kept, one, scale, others, names_are_quotes) for one in selections]


def _locate(
    kept: KeptText, one: Selection, scale: _Scale, others: Sequence[_Scale], names_are_quotes: bool
) -> Position:
    rule = scale.rule
    original = Original(one.start, one.end, rule.unit, rule.newline)
    span = scale.span(one)
    if _comparable(one.quote):
        if _agrees(kept.text, span, one.quote):
            return Position(span, Verification.EXACT, original)
        if names_are_quotes:
            found = _find(kept.text, one.quote, span)
            if found:
                return Position(found, Verification.RELOCATED, original, "its quote stands elsewhere, once")
            trouble = "its quote stands nowhere, or more than once"
            return Position(None, Verification.FAILED, original, trouble)
    if span is None:
        return Position(None, Verification.FAILED, original, _trouble(one, scale))
    if span.start == span.end:
        return Position(span, Verification.FAILED, original, "it is empty")
    trouble = "" if kept.text[span.start : span.end].strip() else "it holds nothing but white space"
    agree = all(other.span(one) == span for other in others)
    state = Verification.EXACT_BY_CONSTRUCTION if agree else Verification.INFERRED
    return Position(span, state, original, trouble)


def _trouble(one: Selection, scale: _Scale) -> str:
    if one.end < one.start:
        return "its end is before its start"
    if one.start < 0:
        return "its start is before the text"
    if max(one.start, one.end) > scale.length:
        return f"its end is past the text's, which has {scale.length} of {scale.rule.unit}"
    return "an edge lies inside a character"


def _candidates(kept: KeptText) -> Iterable[Rule]:
    newlines = ("as written", "CRLF counts 1") if kept.crlf else ("as written", "LF counts 2")
    units = (CODE_POINT,) if kept.text.isascii() else (CODE_POINT, UTF_16, UTF_8)
    for unit, newline, bom, inclusive in product(units, newlines, {False, kept.bom}, (False, True)):
        yield Rule(unit, newline, bom, inclusive)


def _plausible(kept: KeptText) -> list[Rule]:
    """The rules that some tool is known to write, where nothing but the text itself could tell them apart."""
    newlines = ("as written", "CRLF counts 1") if kept.crlf else ("as written",)
    return [Rule(unit, newline) for unit, newline in product((CODE_POINT, UTF_16, UTF_8), newlines)]


def _folded(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _comparable(quote: str) -> bool:
    return len(quote.strip(" ….")) > 0


def _agrees(text: str, span: Span | None, quote: str) -> bool:
    if span is None:
        return False
    slice_ = text[span.start : span.end]
    if slice_ == quote:
        return True
    slice_, quote = _folded(slice_), _folded(quote)
    if slice_ == quote:
        return True
    cut = quote.removesuffix("…").removesuffix("...").rstrip()
    return cut != quote and len(cut) >= 8 and slice_.startswith(cut)


def _find(text: str, quote: str, span: Span | None) -> Span | None:
    """The one other place where the stored quote stands; None where there is none, or more than one.

    A quote that was cut short ("…") is as long as the span that the offsets gave.
    """
    quote = _NEWLINE.sub("\n", quote)
    length = len(quote)
    if quote not in text:
        cut = quote.removesuffix("…").removesuffix("...").rstrip()
        if cut == quote or span is None:
            return None
        quote, length = cut, max(len(cut), span.end - span.start)
    start = text.find(quote)
    if len(quote) < 8 or start < 0 or text.find(quote, start + 1) >= 0:
        return None
    return Span(start, min(len(text), start + length))


def _boundary_rate(text: str, scale: _Scale, selections: Sequence[Selection]) -> float:
    """How many edges lie between a word's character and another, or beside none; 0 to 1."""
    good = 0
    for one in selections:
        span = scale.span(one)
        if span is not None:
            good += _is_boundary(text, span.start) + _is_boundary(text, span.end)
    return good / (2 * len(selections))


def _is_boundary(text: str, index: int) -> bool:
    before = index > 0 and _WORD.match(text[index - 1]) is not None
    after = index < len(text) and _WORD.match(text[index]) is not None
    return not (before and after)


def prior_of(origin: str) -> tuple[Rule, bool]:
    """The habit of a writer by what it calls itself: its rule, and whether it stores quotes as names."""
    name = origin.lower()
    if "nvivo" in name:
        return Rule(UTF_16), False
    if "atlas" in name:
        return Rule(CODE_POINT, "CRLF counts 1"), True
    if "qualcoder" in name:
        return Rule(CODE_POINT, "CRLF counts 1"), True
    if "maxqda" in name:
        return replace(Rule(CODE_POINT), newline="CRLF counts 1"), False
    return Rule(CODE_POINT), "cmograph" in name
