"""Where the text of a query calls a listed endpoint, and where it only looks like it: what is left is for the guard."""

from __future__ import annotations

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import QuerySolutions, Store

from cmograph.engine.federation import Federation, Found
from cmograph.engine.guard import MAXIMUM_BYTES, check
from cmograph.errors import QueryError, QueryRefused
from tests.engine.endpoints import (
    LISTED,
)

CALL = f"SERVICE <{LISTED}> {{ ?s ?p ?o }}"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { SERVICE <http://127.0.0.1:9/sparql?> { ?s ?p ?o } }",
        "SELECT * { SERVICE <http://127.0.0.1:9/sparql#> { ?s ?p ?o } }",
        "SELECT * { SERVICE <HTTP://127.0.0.1:9/sparql> { ?s ?p ?o } }",
        "SELECT * { SERVICE <http://127.0.0.1:9//sparql> { ?s ?p ?o } }",
        "SELECT * { SERVICE <http://user@127.0.0.1:9/sparql> { ?s ?p ?o } }",
        "SELECT * { SERVICE <http://127.0.0.1:9/sparq\\u006C> { ?s ?p ?o } }",
        "BASE <http://127.0.0.1:9/> SELECT * { SERVICE <sparql> { ?s ?p ?o } }",
        "PREFIX ex: <http://127.0.0.1:9/> SELECT * { SERVICE ex:sparql { ?s ?p ?o } }",
        "PREFIX : <http://127.0.0.1:9/sparql> SELECT * { SERVICE : { ?s ?p ?o } }",
        f"SELECT * {{ SERVICE ?e {{ ?s ?p ?o }} VALUES ?e {{ <{LISTED}> }} }}",
        f"SELECT * {{ SERVICE SILENT SILENT <{LISTED}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ SERVICESILENT <{LISTED}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ ?s ?p trueSERVICE<{LISTED}>{{ ?s ?p ?o }} }}",
        f"SELECT * {{ ?s ?p 1SERVICE<{LISTED}>{{ ?s ?p ?o }} }}",
        f"SELECT * {{ \\u0053ERVICE <{LISTED}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ \\U00000053ERVICE <{LISTED}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ ?s ?p '\\u0027' . {CALL} }}",
        f"SELECT * {{ ?s ?p '\\U0000005c' . {CALL} }}",
        f"SELECT * {{ SERVICE <{LISTED}> {{ SERVICE <{LISTED}> {{ ?s ?p ?o }} }} }}",
        f"SELECT * {{ SERVICE <{LISTED}> {{ SERVICE <http://127.0.0.1:1/> {{ ?s ?p ?o }} }} }}",
        f"SELECT * {{ SERVICE <{LISTED}> {{ {{ ?s ?p trueservice?e{{ }} }} }} }}",
        f"SELECT * {{ SERVICE <{LISTED}> {{ ?s ?p ?o",
        f"SELECT * {{ SERVICE <{LISTED}> ?s ?p ?o }}",
        f"SELECT * {{ SERVICE <{LISTED}> }} {{ }}",
        f"SELECT * {{ \u017fERVICE <{LISTED}> {{ ?s ?p ?o }} }}",
        f"PREFIX ex: <a:> {CALL} SELECT * {{ }}",
        f"SELECT * {{ SERVICE '{LISTED}' {{ ?s ?p ?o }} }}",
        "SELECT * { SERVICE",
    ],
)
def test_what_is_not_plainly_a_listed_call_stays_for_the_guard(text: str) -> None:
    assert Federation(frozenset([LISTED])).find(text) == Found(text)
    with pytest.raises(QueryRefused):
        check(text)


def test_a_query_with_both_kinds_is_refused() -> None:
    judged = (
        Federation(frozenset([LISTED])).find(f"ASK {{ {CALL} SERVICE <http://127.0.0.1:1/> {{ }} }}").judged
    )
    assert judged == "ASK { { } SERVICE <http://127.0.0.1:1/> { } }"
    with pytest.raises(QueryRefused):
        check(judged)


@pytest.mark.parametrize(
    "text",
    [
        f"ASK {{ ?s ?p '{CALL}' }} # {CALL}",
        f'ASK {{ ?s ?p """ " {CALL}""" }}',
        f"PREFIX ex: <http://e/> ASK {{ ?SERVICE ex:SERVICE <{LISTED}> }}",
        f"ASK {{ ?s ?p '\\\\\\'{CALL}' }}",
    ],
)
def test_what_only_looks_like_a_call_is_none(text: str) -> None:
    assert Federation(frozenset([LISTED])).find(text) == Found(text)
    assert check(text).form == "ASK"


@pytest.mark.parametrize(
    "pattern",
    [
        "{" * 5000 + "}" * 5000,
        "{ ?s ?p " + "(" * 200 + "1" + ")" * 200 + " }",
        "{ INSERT DATA { <a:a> <a:b> <a:c> } }",
        "{ ?s ?p '\ud800' }",
    ],
)
def test_an_endpoint_is_asked_only_what_the_guard_would_let_through(pattern: str) -> None:
    with pytest.raises(QueryError):
        Federation(frozenset([LISTED])).find(f"ASK {{ SERVICE <{LISTED}> {pattern} }}")


def test_a_query_too_long_for_the_guard_is_not_read() -> None:
    text = f"ASK {{ {CALL} }} #" + "a" * MAXIMUM_BYTES
    assert Federation(frozenset([LISTED])).find(text) == Found(text)


@pytest.mark.parametrize("piece", ["SERVICE ", CALL, f"SERVICE <{LISTED}> {{", "'", "{", "<", "service\\u"])
def test_it_is_linear(piece: str) -> None:
    text = "SELECT * { " + (piece * MAXIMUM_BYTES)[: MAXIMUM_BYTES - 20]
    started = time.perf_counter()
    try:
        Federation(frozenset([LISTED])).find(text)
    except QueryError as error:
        assert error.problems
    assert time.perf_counter() - started < 2.0


_PIECES = st.sampled_from(
    [
        *("SELECT", "*", "{", "}", "(", ")", "?s", "<a:b>", "<", ">", '"', '"""', "'", "\\", "\\u0053", "#"),
        *(
            "SERVICE",
            "service",
            "SILENT",
            "ERVICE",
            "<http://127.0.0.1:9/>",
            "ex:",
            "ex:sparql",
            ".",
            "\n",
            " ",
        ),
    ]
)


@given(st.text() | st.lists(_PIECES, max_size=40).map(" ".join) | st.lists(_PIECES, max_size=40).map("".join))
def test_a_text_without_a_listed_call_is_unchanged(text: str) -> None:
    federation = Federation(frozenset([LISTED]))
    found = federation.find(text)
    assert found == Found(text) and found.judged == text
    assert asyncio.run(federation.fill(found)) == text


@given(st.lists(_PIECES, max_size=30).map("".join), st.lists(_PIECES, max_size=10).map(" ".join))
def test_nothing_is_left_that_the_engine_takes_as_a_call(before: str, after: str) -> None:
    """Whatever surrounds a listed call: what the guard then passes makes the engine call nothing."""
    text = f"PREFIX ex: <http://127.0.0.1:9/> SELECT * {{ {before} {CALL} {after} }}"
    try:
        found = Federation(frozenset([LISTED])).find(text)
        check(found.judged)
    except QueryError:
        return
    try:
        solutions = Store().query(found.filled(["{ VALUES (?s) { (1) } }"] * len(found.calls)))
    except SyntaxError:
        return
    assert isinstance(solutions, QuerySolutions)
    list(solutions)  # a call would raise OSError: nothing listens there
