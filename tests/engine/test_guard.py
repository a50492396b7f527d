"""The guard refuses what brings the engine down or out, passes what people ask, and never crashes."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import QuerySolutions, Store

from cmograph.engine.guard import (
    MAXIMUM_BYTES,
    MAXIMUM_NESTING,
    MAXIMUM_OPERATORS,
    MAXIMUM_PARENTHESES,
    MAXIMUM_PATTERNS,
    check,
)
from cmograph.errors import QueryError, QueryRefused, QuerySyntaxError
from tests.engine.hazards import BOMBS

# Every one of these made Oxigraph 0.5.13 call out, or stands for a way to spell what does.
CALLS_OUT = [
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { service silent <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { SeRvIcE?e { ?s ?p ?o } }",
    "SELECT * { SERVICE#comment\n<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p trueSERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p 1SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p 1.5e0SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o.SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p true.SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1:9/> SELECT * { SERVICE:x{ ?s ?p ?o } }",
    "PREFIX ex: <http://127.0.0.1:9/> SELECT * { SERVICEex:x{ ?s ?p ?o } }",
    "PREFIX ex: <http://127.0.0.1:9/> SELECT * { SERVICESILENTex:x{ ?s ?p ?o } }",
    "PREFIX ex: <http://127.0.0.1:9/> SELECT * { ?s ?p ex:.SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "PREFIX ex: <http://127.0.0.1:9/> SELECT * { ?s ?p ex:a.b.SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "PREFIX ex: <http://127.0.0.1:9/> SELECT * { ?s ?p ex:a.%41‿:1.service ex:x { ?s ?p ?o } }",
    'SELECT * { ?s ?p "x"@enSERVICE . SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }',
    'SELECT * { ?s ?p "x"@en--ltrSERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }',
    "SELECT * { \\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { \\U00000053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    'SELECT * { ?s ?p "\\u0022 . SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } #" }',
    "SELECT * { #\rSERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { FILTER(?a<?b) SERVICE ?s { FILTER(?a>?b) } }",
    "SELECT * { ?s ?p 'it\\'s' . SERVICE <http://127.0.0.1:9/> { } }",
    'SELECT * { ?s ?p """a""b"c""" SERVICE <http://127.0.0.1:9/> { } }',
    "ASK { GRAPH ?g { OPTIONAL { SERVICE <http://127.0.0.1:9/> { } } } }",
    "LOAD <http://127.0.0.1:9/>",
    "lOaD SILENT <http://127.0.0.1:9/> INTO GRAPH <http://e/>",
    "#c\nLOAD<http://127.0.0.1:9/>",
    "SELECT * {} ; LOAD <http://127.0.0.1:9/>",
    "INSERT DATA { <a:a> <a:b> <a:c> }",
    "PREFIX ex: <http://e/> DELETE WHERE { ?s ?p ?o }",
    "DROP ALL",
    "WITH <a:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
]


GOOD = {
    "SELECT": [
        "SELECT * { ?s ?p ?o }",
        "select distinct ?s where { ?s a <http://e/Service> }",
        "PREFIX ex: <http://e/service#> SELECT ?s { ?s a ex:Service ; ex:load 'LOAD SERVICE' }",
        'PREFIX ex: <http://e/>\n#SERVICE\nSELECT ?service { ?service ex:p """SERVICE " \\" { """ }',
        "PREFIX ex.org: <http://e/> SELECT * { _:a.b.c a ex.org:x.service ; ?p ex.org:a\\.b }",
        "SELECT * { VALUES (?a ?b) { " + "(1 2) " * 400 + "} }",
        "SELECT * { FILTER(?s IN (" + ", ".join(["<a:a>"] * 1000) + ")) }",
        "SELECT (COUNT(?s) AS ?n) { ?s ?p 'it\\'s' FILTER(?a < 3 && ?b > 2) } GROUP BY ?p",
        "SELECT * { ?s ?p 'x'@en-GB, 1.5, -2e7, true, _:b1 . FILTER(?a<?b) }",
        "SELECT " + "".join(f"(1 AS ?x{i})" for i in range(200)) + " {}",
        "SELECT * { " + " . ".join(f"?v{i} <a:p> ?v{i + 1}" for i in range(100)) + " }",
    ],
    "ASK": ["ASK {}", "BASE <http://e/> ASK{?s?p?o}"],
    "CONSTRUCT": ["CONSTRUCT WHERE { ?s ?p ?o }"],
    "DESCRIBE": ["DESCRIBE <http://e/>", "DESCRIBE * { ?s ?p ?o }"],
}


@pytest.mark.parametrize("text", CALLS_OUT)
def test_what_calls_out_or_writes_is_refused(text: str) -> None:
    with pytest.raises(QueryRefused) as refused:
        check(text)
    assert refused.value.problems[0].remedy


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_quickly(name: str) -> None:
    started = time.perf_counter()
    with pytest.raises(QueryRefused):
        check(BOMBS[name])
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("end", ["1.ex:s", "ex:.ex:s", "ex:a.b.ex:s", "true.ex:s"])
def test_a_triple_ends_where_the_engine_ends_it(end: str) -> None:
    text = f"PREFIX ex: <http://e/> SELECT * {{ ex:s ?p {f'{end} ?p ' * MAXIMUM_PATTERNS} 1 }}"
    with pytest.raises(QueryRefused, match="patterns"):
        check(text)


@pytest.mark.parametrize(("form", "text"), [(form, text) for form, texts in GOOD.items() for text in texts])
def test_what_people_ask_passes_and_is_valid(form: str, text: str) -> None:
    assert check(text).form == form
    Store().query(text)


def test_the_limits_themselves_are_passable() -> None:
    """A query at each limit is answered by the engine in this very process, which would else be gone."""
    inside = MAXIMUM_NESTING - 1
    for text in (
        "SELECT * " + "{" * inside + "}" * inside,
        "SELECT * { FILTER" + "(" * MAXIMUM_PARENTHESES + "1" + ")" * MAXIMUM_PARENTHESES + "}",
        "SELECT * { FILTER(" + "+".join(["1"] * (MAXIMUM_OPERATORS // 2)) + ") }",
        "SELECT * { FILTER(" + "!" * (MAXIMUM_OPERATORS - 2) + "1) }",
        "SELECT * { " + "{ ?s ?p ?o } UNION " * (MAXIMUM_PATTERNS - 5) + "{} }",
    ):
        check(text)
        assert Store().query(text)


@pytest.mark.parametrize(
    "text", ["", "  # nothing", "hello", "SELECT * { ?s ?p 'open }", "SELECT * { } }", "SELECT ( }"]
)
def test_what_is_no_query_is_a_syntax_error(text: str) -> None:
    with pytest.raises(QuerySyntaxError):
        check(text)


def test_half_a_surrogate_pair_is_a_syntax_error() -> None:
    with pytest.raises(QuerySyntaxError):
        check("SELECT * { ?s ?p '\ud800' }")


@pytest.mark.parametrize(
    ("text", "volatile"),
    [
        ("SELECT (NOW() AS ?t) {}", True),
        ("SELECT (STRUUID()AS?t){}", True),
        ("SELECT ?x { VALUES ?x { 1 2 3 } } ORDER BYRAND()", True),
        ("SELECT (1-RAND() AS ?x) {}", True),
        ("SELECT ?now {}", False),
    ],
)
def test_it_knows_what_is_never_the_same_twice(text: str, volatile: bool) -> None:
    assert check(text).volatile is volatile


_PIECES = st.sampled_from(
    [
        *("SELECT", "*", "{", "}", "(", ")", "[", "]", "?s", "<a:b>", "<", ">", '"', '"""', "'", "\\"),
        *("\\u0022", "#", "SERVICE", "service", "LOAD", "ex:", ":", ".", ";", ",", "@en", "^^", "VALUES"),
        *("true", "1", "%41", "-", "é", "\n", "\r", " ", "?p", "a", "b"),
    ]
)


@given(st.text() | st.lists(_PIECES, max_size=60).map("".join) | st.lists(_PIECES, max_size=60).map(" ".join))
def test_it_never_crashes(text: str) -> None:
    try:
        check(text)
    except QueryError as error:
        assert error.problems


@given(st.lists(_PIECES, max_size=30).map("".join))
def test_nothing_that_the_engine_takes_as_a_service_passes(text: str) -> None:
    """Whatever surrounds it: if the engine would call the service, the guard has refused the query."""
    query = f"PREFIX ex: <http://127.0.0.1:9/> SELECT * {{ {text} SERVICE <nowhere:x> {{ ?s ?p ?o }} }}"
    try:
        check(query)
    except QueryError:
        return
    try:
        solutions = Store().query(query)
    except SyntaxError:
        return
    assert isinstance(solutions, QuerySolutions)
    list(solutions)  # a call would raise OSError: nowhere: is no scheme that it knows


@pytest.mark.parametrize(
    "piece",
    [
        *('"\\', "'''", "<a", "a.", "ex:a.", "\\u0022", "?", "@en-", '"a"', "#", "{ } ", "%4"),
        *("\\u0027\\u005c", "\\u005c\\u0022\\u0022\\u0022", "\\u0022\\u000a"),
    ],
)
def test_it_is_linear(piece: str) -> None:
    text = "SELECT * { " + (piece * MAXIMUM_BYTES)[: MAXIMUM_BYTES - 20]
    started = time.perf_counter()
    with contextlib.suppress(QueryError):
        check(text)
    assert time.perf_counter() - started < 1.0
