"""Positions: whatever a number counts, the span that was meant comes back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmograph.corpus import Span, Verification
from cmograph.readers.positions import decide, locate, prior_of
from cmograph.readers.texts import CODE_POINT, UTF_8, UTF_16, KeptText, Rule, Selection, decode_text

ALPHABET = st.sampled_from(
    [*"ab z.", "\n", "é", "e\u0301", "ß", "汉", "🙂", "👩\u200d🍼", "\u200b", "\u00a0"]
)
TEXTS = st.lists(ALPHABET, min_size=1, max_size=60).map("".join)
WIDTHS = {CODE_POINT: None, UTF_16: "utf-16-le", UTF_8: "utf-8"}
RULES = st.builds(
    Rule,
    st.sampled_from(list(WIDTHS)),
    st.sampled_from(["as written", "CRLF counts 1", "LF counts 2"]),
    st.booleans(),
)


def count(text: str, rule: Rule, *, crlf: bool, bom: bool) -> int:
    """How many units a stretch from the text's start has: written anew, to check the reader against."""
    two = rule.newline == "LF counts 2" or (crlf and rule.newline == "as written")
    counted = ("\ufeff" if bom and rule.bom else "") + (text.replace("\n", "\r\n") if two else text)
    encoding = WIDTHS[rule.unit]
    return (
        len(counted)
        if encoding is None
        else len(counted.encode(encoding)) // (2 if rule.unit == UTF_16 else 1)
    )


@given(text=TEXTS, rule=RULES, crlf=st.booleans(), bom=st.booleans(), data=st.data())
def test_a_span_comes_back(text: str, rule: Rule, crlf: bool, bom: bool, data: st.DataObject) -> None:
    written = ("\ufeff" if bom else "") + (text.replace("\n", "\r\n") if crlf else text)
    kept = decode_text(written.encode())
    assert kept.text == text
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    first, last = (count(text[:edge], rule, crlf=crlf, bom=bom) for edge in (start, end))
    one = Selection(first, last)
    decision = decide(kept, [one], rule)
    assert decision.rule == rule, "one selection without a quote decides nothing"
    (position,) = locate(kept, [one], decision, quotes_are_sure=False)
    assert position.span == Span(start, end)
    assert position.original is not None
    assert (position.original.start, position.original.end) == (one.start, one.end)
    assert position.verification in (Verification.INFERRED, Verification.EXACT_BY_CONSTRUCTION)


@given(text=TEXTS, rule=RULES, crlf=st.booleans(), bom=st.booleans(), prior=RULES, data=st.data())
def test_stored_quotes_overrule_a_wrong_habit(
    text: str, rule: Rule, crlf: bool, bom: bool, prior: Rule, data: st.DataObject
) -> None:
    """With quotes stored, the span found holds the quote, or the position is not called exact."""
    written = ("\ufeff" if bom else "") + (text.replace("\n", "\r\n") if crlf else text)
    kept = decode_text(written.encode())
    ones = []
    for _ in range(3):
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
        first, last = (count(text[:edge], rule, crlf=crlf, bom=bom) for edge in (start, end))
        ones.append(Selection(first, last, text[start:end]))
    decision = decide(kept, ones, prior)
    for one, position in zip(ones, locate(kept, ones, decision, quotes_are_sure=True), strict=True):
        if position.verification in (Verification.EXACT, Verification.RELOCATED):
            assert position.span is not None
            found = kept.text[position.span.start : position.span.end]
            assert " ".join(found.split()) == " ".join(one.quote.split())


@given(data=st.binary(max_size=80))
def test_any_bytes_are_a_text_without_cr(data: bytes) -> None:
    kept = decode_text(data)
    assert "\r" not in kept.text
    assert all(kept.text[index] == "\n" for index in kept.crlf)
    assert list(kept.crlf) == sorted(set(kept.crlf))


@given(text=TEXTS, start=st.integers(-10, 300), end=st.integers(-10, 300), rule=RULES, quote=TEXTS)
def test_any_numbers_are_located_or_failed(text: str, start: int, end: int, rule: Rule, quote: str) -> None:
    kept = decode_text(text.replace("\n", "\r\n").encode())
    ones = [Selection(start, end), Selection(start, end, quote)]
    for sure in (True, False):
        for position in locate(kept, ones, decide(kept, ones, rule), quotes_are_sure=sure):
            if position.span is None:
                assert position.verification is Verification.FAILED
                assert position.trouble
            else:
                assert 0 <= position.span.start <= position.span.end <= len(kept.text)


def test_word_boundaries_overrule_a_wrong_habit() -> None:
    """Ten selections of whole words after emoji: only UTF-16 puts every edge at a word's."""
    words = ["🙂 lovely" if place % 2 else "helpful" for place in range(40)]
    text = " ".join(words)
    ones, offset = [], 0
    for word in words:
        length = len(word.encode("utf-16-le")) // 2
        ones.append(Selection(offset, offset + length))
        offset += length + 1
    decision = decide(KeptText(text), ones, Rule(CODE_POINT))
    assert decision.rule == Rule(UTF_16)
    assert "between words" in decision.why
    few = decide(KeptText(text), ones[:3], Rule(CODE_POINT))
    assert few.rule == Rule(CODE_POINT), "three selections are too few to overrule a habit"
    again = decide(KeptText(text), ones[:3] * 20, Rule(CODE_POINT))
    assert again.rule == Rule(CODE_POINT), "the same span again is no further evidence"


def test_edges_that_every_rule_puts_between_words_do_not_hide_those_that_differ() -> None:
    """Sixty selections before the first emoji, where all rules agree, and eight after it, where they do not."""
    text = "plain words " * 30 + "🙂🙂🙂 " + "lovely helpful " * 4
    ones, offset = [], 0
    for word in text.split(" "):
        length = len(word.encode("utf-16-le")) // 2
        if length:
            ones.append(Selection(offset, offset + length))
        offset += length + 1
    assert decide(KeptText(text), ones, Rule(CODE_POINT)).rule == Rule(UTF_16)
    assert decide(KeptText(text), ones, Rule(UTF_16)).rule == Rule(UTF_16)


def test_a_quote_cut_short_proves_where_it_begins_only() -> None:
    """ATLAS.ti stores some hundred characters: an emoji after them leaves open where the passage ends."""
    kept = decode_text("She was kind to me and then 🙂 we talked of other things.")
    cut, plain = Selection(0, 40, "She was kind to me…"), Selection(0, 27, "She was kind to me…")
    decision = decide(kept, [cut, plain], Rule())
    first, second = locate(kept, [cut, plain], decision, quotes_are_sure=False)
    assert first.verification is Verification.INFERRED
    assert second.verification is Verification.EXACT


def test_a_passage_that_was_renamed_stays_where_it_is() -> None:
    kept = decode_text("She was kind to me. He came later.")
    ones = [
        Selection(0, 19, "She was kind to me."),
        Selection(20, 34, "about visits"),
        Selection(20, 34, "He came later."),
    ]
    kind, renamed, _ = locate(kept, ones, decide(kept, ones, Rule()), quotes_are_sure=False)
    assert kind.verification is Verification.EXACT
    assert (renamed.span, renamed.verification) == (Span(20, 34), Verification.INFERRED)
    assert renamed.trouble


def test_a_quote_that_moved_is_found_where_it_stands_once() -> None:
    kept = decode_text("Before. She was kind to me. After, after.")
    names = [
        Selection(0, 6, "Before"),
        Selection(10, 30, "She was kind to me."),
        Selection(0, 6, "nowhere at all"),
    ]
    decision = decide(kept, names, Rule())
    first, moved, lost = locate(kept, names, decision, quotes_are_sure=True)
    assert first.verification is Verification.EXACT
    assert (moved.verification, moved.span) == (Verification.RELOCATED, Span(8, 27))
    assert (lost.verification, lost.span) == (Verification.FAILED, None)


def test_a_name_that_is_no_quote_moves_nothing() -> None:
    """A label may stand elsewhere in the text by chance: the position is believed, not the label."""
    kept = decode_text("It was peer support. She came on Mondays.")
    (position,) = locate(
        kept, [Selection(21, 41, "peer support")], decide(kept, [], Rule()), quotes_are_sure=False
    )
    assert position.span == Span(21, 41)
    assert position.verification is Verification.EXACT_BY_CONSTRUCTION


@pytest.mark.parametrize(
    ("origin", "rule", "quotes"),
    [
        ("NVivo 12.6 for Windows", Rule(UTF_16), False),
        ("ATLAS.ti 23.2", Rule(CODE_POINT, "CRLF counts 1"), False),
        ("QualCoder 3.6", Rule(CODE_POINT, "CRLF counts 1"), True),
        ("MAXQDA 24.7", Rule(CODE_POINT, "CRLF counts 1"), False),
        ("some other tool", Rule(), False),
    ],
)
def test_the_habits_of_writers(origin: str, rule: Rule, quotes: bool) -> None:
    assert prior_of(origin) == (rule, quotes)


def test_a_plain_text_whose_quotes_overrule_the_habit_is_not_exact_by_construction() -> None:
    """The offsets count a CR that the file has no more: no writer's rule gives this passage."""
    text = "First line\nSecond line\nThird line\nFourth line\n"
    counted = text.replace("\n", "\r\n")
    words = ["Second line", "Third line", "Fourth"]
    selections = [Selection(counted.index(word), counted.index(word) + len(word), word) for word in words]
    selections[2] = Selection(selections[2].start, selections[2].end)
    kept = decode_text(text)
    decision = decide(kept, selections, Rule(CODE_POINT))
    assert decision.rule == Rule(CODE_POINT, "LF counts 2")
    positions = locate(kept, selections, decision, quotes_are_sure=False)
    assert [text[one.span.start : one.span.end] for one in positions if one.span] == words
    assert positions[2].verification == Verification.INFERRED
