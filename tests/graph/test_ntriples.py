"""What we write as N-Triples is what pyoxigraph reads back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from cmograph import ntriples

_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def _read_back(term: str) -> Literal | NamedNode:
    line = ntriples.triple("<urn:s>", "<urn:p>", term)
    (quad,) = parse(line, RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, Literal | NamedNode)
    return quad.object


@given(_TEXT)
def test_any_text_comes_back_as_a_literal(text: str) -> None:
    assert _read_back(ntriples.literal(text)) == Literal(text)
    assert _read_back(ntriples.literal(text, "en")) == Literal(text, language="en")


@given(_TEXT)
def test_a_literal_is_one_line(text: str) -> None:
    assert len(ntriples.triple("<urn:s>", "<urn:p>", ntriples.literal(text)).split("\n")) == 2


@given(_TEXT)
def test_any_text_is_an_iri(text: str) -> None:
    written = _read_back(ntriples.iri("https://example.org/" + text))
    assert isinstance(written, NamedNode)
    assert written.value.startswith("https://example.org/")


@pytest.mark.parametrize("text", ["a#b#c", "#", "##", "a%2", "a%zz", "[x]", "1<1::aid>3.0", "å%C3%A5"])
def test_what_no_iri_may_hold_is_encoded(text: str) -> None:
    assert isinstance(_read_back(ntriples.iri("https://example.org/" + text)), NamedNode)


@given(st.integers())
def test_numbers_and_booleans_come_back(number: int) -> None:
    assert _read_back(ntriples.integer(number)) == Literal(
        str(number), datatype=NamedNode(ntriples.XSD + "integer")
    )
    assert _read_back(ntriples.boolean(number > 0)) == Literal(number > 0)


@given(st.floats(0, 1))
def test_a_decimal_has_no_exponent(number: float) -> None:
    written = _read_back(ntriples.decimal(number))
    assert isinstance(written, Literal) and written.datatype == NamedNode(ntriples.XSD + "decimal")
    assert re.fullmatch(r"\d+(\.\d+)?", written.value) and float(written.value) == number


def test_a_lone_surrogate_is_replaced() -> None:
    assert _read_back(ntriples.literal("a\ud83d b")) == Literal("a\ufffd b")


@pytest.mark.parametrize(
    ("text", "datatype"),
    [
        ("2026-11-25T10:00:00Z", "dateTime"),
        ("2026-11-25T10:00:00.25+01:00", "dateTime"),
        ("2026-11-25T10:00:00", "dateTime"),
        ("2026-11-25", "date"),
        ("2026-13-25", "string"),
        ("25 November", "string"),
    ],
)
def test_a_moment_is_typed_only_where_it_is_one(text: str, datatype: str) -> None:
    term = _read_back(ntriples.moment(text))
    assert isinstance(term, Literal)
    assert term.datatype.value == ntriples.XSD + datatype


@given(st.lists(_TEXT, unique=True))
def test_slugs_never_collide_and_need_no_percent_encoding(names: list[str]) -> None:
    found = ntriples.slugs(names)
    assert set(found) == set(names)
    assert len(set(found.values())) == len(names)
    assert all(re.fullmatch(r"[a-z0-9_-]{1,100}", value) for value in found.values())


@given(st.lists(_TEXT, unique=True))
def test_slugs_do_not_depend_on_the_order(names: list[str]) -> None:
    assert ntriples.slugs(names) == ntriples.slugs(reversed(names))


def test_slugs_read_like_their_names() -> None:
    assert ntriples.slug("Féeling understood & accepted ") == "feeling-understood-accepted"
    assert ntriples.slugs(["a > b", "a b", "c"])["c"] == "c"
    assert ntriples.slugs(["a > b", "a b"])["a b"].startswith("a-b_")


@given(st.lists(_TEXT), st.lists(_TEXT))
def test_a_digest_tells_apart_how_its_parts_are_cut(some: list[str], others: list[str]) -> None:
    without = [[part.replace("\x1f", "") for part in parts] for parts in (some, others)]
    assert (ntriples.digest(*without[0]) == ntriples.digest(*without[1])) == (without[0] == without[1])
