"""Positions in a text: from what a tool counted to code points of the text as we keep it, and how sure that is.

What a number counts is decided a text at a time: the writer's habit is the prior, and only clear evidence of
the text overrules it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from cmograph.corpus import Original, Span, Verification
from cmograph.readers.texts import CODE_POINT, UTF_8, UTF_16, KeptText, Rule, Scale, Scales, Selection

__all__ = ["Decision", "Position", "decide", "find_quote", "locate", "prior_of"]

_SPACE = re.compile(r"\s+")
_ENDS_CUT = ("…", "...")

_LEAST_WINS = 4
"""How many more edges of selections than the habit a rule must put between words to overrule it, and
_WINS_A_LOSS times as many as it takes from there. Where the habit is right nearly all its edges lie there, so
that no other rule can win four; where it is wrong less than half do."""
_WINS_A_LOSS = 4
_MOST_WEIGHED = 500
"""How many selections, spread over the text, are weighed at most: more cost time and say nothing new."""
_SHORTEST_FOUND = 8
"""The least characters of a quote that moves a coding to where it stands: a word may stand anywhere."""

_LONGEST_PATTERN = 10_000


@dataclass(frozen=True, slots=True)
class Position:
    """Where a selection is, how sure that is, and what is wrong where it is not."""

    span: Span | None
    verification: Verification
    original: Original | None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Which rule a text's positions follow, and why."""

    rule: Rule
    why: str


def prior_of(origin: str) -> tuple[Rule, bool]:
    """The habit of a writer by what it calls itself: its rule, and whether a selection's name is always its quote.

    ATLAS.ti names a selection by its quote too, but lets people rename it.
    """
    name = origin.lower()
    if "nvivo" in name:
        return Rule(UTF_16), False
    if "qualcoder" in name:
        return Rule(CODE_POINT, "CRLF counts 1"), True
    if "atlas" in name or "maxqda" in name:
        return Rule(CODE_POINT, "CRLF counts 1"), False
    return Rule(CODE_POINT), "cmograph" in name


def decide(kept: KeptText, selections: Sequence[Selection], prior: Rule) -> Decision:
    """Choose the rule of one text: the prior, unless quotes or word boundaries clearly speak against it."""
    quoted = [selection for selection in selections if _comparable(selection.quote)]
    if not selections or (kept.plain and not quoted):
        return Decision(prior, "every rule agrees" if kept.plain else "the writer's habit")
    scales = Scales(kept)
    decision = _by_quotes(kept, scales, quoted, prior) if quoted else None
    return decision or _by_words(kept, scales, selections, prior)


def _by_quotes(kept: KeptText, scales: Scales, quoted: Sequence[Selection], prior: Rule) -> Decision | None:
    """What stored quotes say; None where none of them stands where any rule would have it."""

    def hits(scale: Scale) -> int:
        return sum(_agrees(kept.text, scale.span(one), one.quote) for one in quoted)

    total = len(quoted)
    habit = hits(scales.of(prior))
    if habit == total:
        return Decision(prior, f"all {total} stored quotes agree with the writer's habit")
    best, rule = max(
        ((hits(scale), scale.rule) for scale in _others(kept, scales, prior, (False, True))),
        key=lambda found: found[0],
        default=(0, prior),
    )
    if best >= habit + max(1, total // 10):
        return Decision(rule, f"{best} of {total} stored quotes agree, {habit} by the writer's habit")
    return (
        Decision(prior, f"{habit} of {total} stored quotes agree with the writer's habit") if habit else None
    )


def _by_words(kept: KeptText, scales: Scales, selections: Sequence[Selection], prior: Rule) -> Decision:
    """What words say, as people mark whole ones: a rule wins an edge that it alone puts between two words."""
    spans = sorted({(one.start, one.end) for one in selections})
    spans = spans[:: len(spans) // _MOST_WEIGHED + 1]
    usual = scales.of(prior)
    habits = [_edges(kept.text, usual, *span) for span in spans]
    good = sum(map(sum, habits))
    share = f"{good / (2 * len(spans)):.0%} of edges between words"
    best = 0
    chosen = Decision(prior, f"the writer's habit; {share}")
    if 2 * len(spans) - good >= _LEAST_WINS:
        # That an end lies between words does not say whether it is included: only the prior's way is weighed.
        for scale in _others(kept, scales, prior, (prior.inclusive,)):
            won = lost = 0
            for span, habit in zip(spans, habits, strict=True):
                for mine, theirs in zip(_edges(kept.text, scale, *span), habit, strict=True):
                    won += mine > theirs
                    lost += mine < theirs
            if won - lost > best and won - lost >= _LEAST_WINS and won >= _WINS_A_LOSS * lost:
                best = won - lost
                why = f"{good + best} of {2 * len(spans)} edges between words, {good} by the writer's habit"
                chosen = Decision(scale.rule, why)
    return chosen


def locate(
    kept: KeptText, selections: Sequence[Selection], decision: Decision, *, quotes_are_sure: bool
) -> list[Position]:
    """Where each selection is.

    Args:
        kept: the text.
        selections: as the file wrote them.
        decision: from `decide`.
        quotes_are_sure: whether this writer's names are always quotes; else one that stands nowhere is a label.
    """
    scales = Scales(kept)
    scale = scales.of(decision.rule)
    plausible = [scales.of(rule) for rule in _plausible(kept)]
    others = list({other.shape: other for other in plausible}.values())
    named = [one for one in selections if _comparable(one.quote)]
    agreeing = sum(_agrees(kept.text, scale.span(one), one.quote) for one in named)
    # Where most names are quotes, one that stands elsewhere is no label that stands there by chance.
    may_move = quotes_are_sure or 2 * agreeing > len(named)
    return [_locate(kept.text, one, scale, others, may_move, quotes_are_sure) for one in selections]


def _locate(
    text: str, one: Selection, scale: Scale, others: Sequence[Scale], may_move: bool, sure: bool
) -> Position:
    rule = scale.rule
    original = Original(one.start, one.end, rule.unit, rule.newline, rule.bom, rule.inclusive)
    span = scale.span(one)
    renamed = False
    if _comparable(one.quote):
        if span is not None and _agrees(text, span, one.quote):
            return Position(span, _how_exact(text, span, one.quote), original)
        if may_move:
            found = find_quote(text, one.quote, span)
            if found:
                return Position(found, Verification.RELOCATED, original, "its quote stands elsewhere, once")
            if sure:
                trouble = "its quote stands nowhere, or more than once"
                return Position(None, Verification.FAILED, original, trouble)
            renamed = True
    if span is None:
        return Position(None, Verification.FAILED, original, _why_nowhere(one, scale))
    if span.start == span.end:
        return Position(span, Verification.FAILED, original, "it is empty")
    agree = not renamed and all(other.span(one) == span for other in others)
    state = Verification.EXACT_BY_CONSTRUCTION if agree else Verification.INFERRED
    if renamed:
        return Position(span, state, original, "its name is not what stands there")
    blank = not text[span.start : span.end].strip()
    return Position(span, state, original, "it holds nothing but white space" if blank else "")


def _how_exact(text: str, span: Span, quote: str) -> Verification:
    """Exact where the whole quote is stored; where it was cut short, only if no rule could move the end."""
    slice_ = text[span.start : span.end]
    if len(_folded(slice_)) <= len(_folded(quote)):
        return Verification.EXACT
    rest = slice_[len(_uncut(quote)) :]
    return Verification.EXACT if rest.isascii() and "\n" not in rest else Verification.INFERRED


def _why_nowhere(one: Selection, scale: Scale) -> str:
    if one.end < one.start:
        return "its end is before its start"
    if one.start < 0:
        return "its start is before the text"
    if max(one.start, one.end) > scale.length:
        return f"its end is past the text's, which has {scale.length} of {scale.rule.unit}"
    return "an edge lies inside a character"


def _others(kept: KeptText, scales: Scales, prior: Rule, ends: Sequence[bool]) -> Iterator[Scale]:
    """Every other way to count in this text; two rules that come to one count once."""
    newlines = ["as written", *(["CRLF counts 1"] if kept.crlf else [])]
    if kept.text.count("\n") > len(kept.crlf):
        newlines.append("LF counts 2")
    units = (CODE_POINT,) if kept.text.isascii() else (CODE_POINT, UTF_16, UTF_8)
    seen = {scales.of(prior).shape}
    for inclusive, bom, newline, unit in product(ends, sorted({False, kept.bom}), newlines, units):
        scale = scales.of(Rule(unit, newline, bom, inclusive))
        if scale.shape not in seen:
            seen.add(scale.shape)
            yield scale


def _plausible(kept: KeptText) -> list[Rule]:
    """The rules that some tool is known to write, where nothing but the text itself could tell them apart."""
    newlines = ("as written", "CRLF counts 1") if kept.crlf else ("as written",)
    boms = (False, True) if kept.bom else (False,)
    return [
        Rule(unit, newline, bom)
        for unit, newline, bom in product((CODE_POINT, UTF_16, UTF_8), newlines, boms)
    ]


def _folded(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _uncut(quote: str) -> str:
    """A stored quote without the ellipsis that says that it was cut short."""
    return quote.removesuffix("…").removesuffix("...").rstrip()


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
    cut = _uncut(quote)
    return cut != quote and len(cut) >= _SHORTEST_FOUND and slice_.startswith(cut)


def find_quote(text: str, quote: str, span: Span | None = None) -> Span | None:
    """The one place where a stored quote stands; None where there is none, or more than one.

    White space may differ. A quote that was cut short ("…") is as long as `span`, which the offsets gave.
    """
    cut = quote.strip()
    found = _places(text, cut)
    if not found and quote.endswith(_ENDS_CUT) and span is not None:
        cut = _uncut(quote).strip()
        found = [
            Span(place.start, min(len(text), max(place.end, place.start + span.end - span.start)))
            for place in _places(text, cut)
        ]
    return found[0] if len(found) == 1 and len(cut) >= _SHORTEST_FOUND else None


def _places(text: str, quote: str) -> list[Span]:
    """Where a quote stands, to the letter or else with other white space; two places at most."""
    if quote in text:
        start = text.index(quote)
        places = [start] if text.find(quote, start + 1) < 0 else [start, text.index(quote, start + 1)]
        return [Span(place, place + len(quote)) for place in places]
    words = quote.split()
    if len(words) < 2 or len(quote) > _LONGEST_PATTERN:
        return []
    pattern = re.compile(r"\s+".join(map(re.escape, words)))
    first = pattern.search(text)
    if first is None:
        return []
    second = pattern.search(text, first.start() + 1)
    return [Span(*place.span()) for place in (first, second) if place is not None]


def _edges(text: str, scale: Scale, start: int, end: int) -> tuple[bool, bool]:
    """Whether a selection's edges lie beside a word, not inside one nor beside white space."""
    span = scale.span(Selection(start, end))
    if span is None or span.start == span.end:
        return False, False
    first = not text[span.start].isspace() and not _in_word(text, span.start)
    last = not text[span.end - 1].isspace() and not _in_word(text, span.end)
    return first, last


def _in_word(text: str, index: int) -> bool:
    return 0 < index < len(text) and text[index - 1].isalnum() and text[index].isalnum()
