"""Where what a user gives meets SPARQL: any text comes out as it went in, and never changes the query."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import QuerySolutions, Store

from cmograph.engine.guard import check
from cmograph.errors import InputError
from cmograph.questions.binding import bind, needs_names
from cmograph.questions.header import Header
from cmograph.questions.library import PARAMETER_BLOCK, Library, Question

ECHO = Question(
    Header.model_validate(
        {
            "id": "echo",
            "title": "What was asked?",
            "description": "It.",
            "realist": "None.",
            "parameters": {
                "text": {"type": "string", "description": "t"},
                "number": {"type": "integer", "description": "n"},
                "thing": {"type": "iri", "description": "i"},
                "flag": {"type": "boolean", "description": "b"},
            },
            "columns": {},
        }
    ),
    """PREFIX ex: <http://e/>
SELECT ?text ?number ?thing ?flag WHERE {
  VALUES ?text { "by default" }   # param text
  VALUES ?number { UNDEF }   # param number
  VALUES ?thing { UNDEF }   # param thing
  VALUES ?flag { UNDEF }   # param flag
}""",
)
NAMES = {
    "realist:DeliveryMode": {"group": ("http://e/Group",), "one-to-one": ("http://e/OneToOne", "http://f/1")}
}


def ask(values: dict[str, str | int | bool | list[str | int | bool]]) -> list[tuple[str | None, ...]]:
    query = bind(ECHO, values)
    check(query)
    solutions = Store().query(query)
    assert isinstance(solutions, QuerySolutions)
    return [tuple(getattr(term, "value", None) for term in solution) for solution in solutions]


def skeleton(query: str) -> str:
    """The query without the inside of its parameter blocks, found by how the engine writes a string."""
    return re.sub(r'\{ ("(?:[^"\\]|\\.)*" ?)+ \}', "{ }", query)


@given(st.text(st.characters(exclude_categories=["Cs"])))
@example('" } # param number\n} ; DROP ALL #')
@example("' \\ \" \n \r \t \x00 \u2028 {}")
@example("VALUES ?number { 1 }   # param number")
@example("\\u0022 } SERVICE <http://e/> { #")
def test_any_text_comes_out_as_it_went_in_and_changes_nothing_else(text: str) -> None:
    rows = ask({"text": text})
    assert rows == [(text or "by default", None, None, None)]
    assert skeleton(bind(ECHO, {"text": text})) == skeleton(bind(ECHO, {"text": "x"}))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=5))
def test_several_values_mean_any_of_them(texts: list[str]) -> None:
    assert [row[0] for row in ask({"text": list(texts)})] == texts


@given(st.integers())
def test_a_whole_number_is_one(number: int) -> None:
    assert (
        ask({"number": str(number)}) == ask({"number": number}) == [("by default", str(number), None, None)]
    )


@given(st.text(min_size=1))
@example(">")
def test_what_is_no_iri_is_refused_and_what_is_one_is_kept(text: str) -> None:
    try:
        rows = ask({"thing": "http://e/" + text})
    except InputError:
        return
    assert rows[0][2] == ("http://e/" + text).strip()


@pytest.mark.parametrize(
    ("given", "iri"),
    [
        ("http://e/x", "http://e/x"),
        ("<http://e/x>", "http://e/x"),
        ("ex:x", "http://e/x"),
        ("urn:x:y", "urn:x:y"),
    ],
)
def test_an_iri_may_be_written_in_several_ways(given: str, iri: str) -> None:
    assert ask({"thing": given}) == [("by default", None, iri, None)]


@pytest.mark.parametrize("value", ["true", "TRUE", "yes", "1", True])
def test_true_is_written_in_several_ways(value: str | bool) -> None:
    assert ask({"flag": value})[0][3] == "true"


def test_what_is_not_given_or_empty_keeps_its_default() -> None:
    assert ask({}) == ask({"text": "", "number": [], "thing": [""]}) == [("by default", None, None, None)]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"texts": "x"}, "'text'"),
        ({"zzz": "x"}, "There is flag, number, text, thing"),
        ({"number": "many"}, "whole number"),
        ({"number": "1e3"}, "whole number"),
        ({"number": "9" * 5000}, "whole number"),
        ({"flag": "perhaps"}, "true or false"),
        ({"thing": "nothing"}, "whole IRI"),
        ({"thing": "http://e/a> } INSERT"}, "not an IRI"),
        ({"text": "\ud800"}, "not a character"),
    ],
)
def test_what_does_not_fit_says_so(
    values: dict[str, str | int | bool | list[str | int | bool]], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        ask(values)


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(InputError) as wrong:
        ask({"number": "many", "flag": "perhaps", "more": "x"})
    assert len(wrong.value.problems) == 3


def test_a_name_stands_for_an_iri_and_a_wrong_one_suggests_the_nearest(library: Library) -> None:
    question = library["configurations"]
    assert needs_names(question, {"delivery": ["Group"]}) == {"realist:DeliveryMode"}
    assert needs_names(question, {"delivery": "pps:Group", "study": "http://e/s", "named": "x"}) == set()
    assert "{ <http://e/Group> }" in bind(question, {"delivery": "Group"}, NAMES)
    # Several things go by this one: each of them is meant.
    assert "{ <http://e/OneToOne> <http://f/1> }" in bind(question, {"delivery": "One-to-one"}, NAMES)
    with pytest.raises(InputError, match="'group'"):
        bind(question, {"delivery": "groups"}, NAMES)


def test_the_block_of_a_parameter_is_found_however_it_is_spaced() -> None:
    for block in (
        "VALUES ?x { UNDEF } # param x",
        "VALUES  ?x{1 2}#param x",
        'VALUES ?x\n{ "a" }\t#  param x',
    ):
        found = PARAMETER_BLOCK.search(block)
        assert found
        assert found["name"] == "x"
