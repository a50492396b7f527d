"""Calls to other endpoints are answered as the standard says, and no more of them than memory allows."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler

import pytest

from cmograph.engine.federation import Federation, FederationError
from cmograph.errors import QueryRefused
from tests.engine.endpoints import (
    JSON,
    NOTHING,
    Endpoint,
    ask,
    fill,
    reply,
    rows,
)


def test_an_answer_is_joined(endpoint: Endpoint) -> None:
    text = f"""BASE <http://e/>
        PREFIX ex: <http://e/> # a comment
        SELECT ?s ?n ?name {{ ?s ex:p ?n . SERVICE <{endpoint.url}> {{ ?s <name> ?name }} }}"""
    assert ask(text, endpoint.federation()) == [
        ("<http://e/a>", '"1"^^<http://www.w3.org/2001/XMLSchema#integer>', '"Ä"@de'),
        ("<http://e/b>", '"2"^^<http://www.w3.org/2001/XMLSchema#integer>', '"two\\n\\"lines\\""'),
    ]
    assert endpoint.asked == [f"{text[: text.index('SELECT')]}SELECT * WHERE {{ ?s <name> ?name }}"]
    assert endpoint.headers[0]["accept"] == JSON
    assert endpoint.headers[0]["host"] == f"127.0.0.1:{endpoint.port}"


def test_an_optional_call_keeps_what_it_does_not_bind(endpoint: Endpoint) -> None:
    text = f"SELECT ?s ?name {{ ?s <http://e/p> ?n OPTIONAL {{ SERVICE <{endpoint.url}> {{ ?s <http://e/name> ?name }} }} }}"
    assert ask(text, endpoint.federation())[2] == ("<http://e/c>", None)


def test_an_unbound_variable_of_an_answer_joins_with_all(endpoint: Endpoint) -> None:
    text = f"""SELECT ?s ?x {{ VALUES ?x {{ 1 2 }} SERVICE <{endpoint.url}> {{
        ?s <http://e/name> "z" OPTIONAL {{ ?s <http://e/nothing> ?x }} }} }}"""
    assert len(ask(text, endpoint.federation())) == 2


def test_two_calls_are_both_answered(endpoint: Endpoint) -> None:
    text = f"""SELECT ?s ?t {{ SERVICE<{endpoint.url}>{{ ?s <http://e/name> "z" }}
        service #one
        silent <{endpoint.url}> #two
        {{ ?t <http://e/name> ?name FILTER(lang(?name) = "de") }} }}"""
    assert ask(text, endpoint.federation()) == [("<http://e/z>", "<http://e/a>")]
    assert len(endpoint.asked) == 2


@pytest.mark.parametrize(
    ("fact", "count"), [('<http://e/z> <http://e/name> "z"', 3), ("<a:a> <a:b> <a:c>", 0)]
)
def test_a_call_without_variables_is_a_condition(endpoint: Endpoint, fact: str, count: int) -> None:
    text = f"SELECT ?s {{ ?s <http://e/p> ?n SERVICE <{endpoint.url}> {{ {fact} }} }}"
    assert len(ask(text, endpoint.federation())) == count


@pytest.mark.parametrize(
    "pattern",
    [
        '{ ?s <http://e/name> ?name FILTER(?name != "}") }',
        "{ ?s <http://e/name> ?name FILTER(?name != '''}'{''') # } \n }",
        "{ { ?s <http://e/name> ?name } OPTIONAL { ?s <http://e/part> ?part } }",
        "{ SELECT ?s ?name WHERE { ?s <http://e/name> ?name { } } }",
        "{ ?s <http://e/name> ?name MINUS { ?s <http://e/%7D#}> ?name } }".replace("#}>", "#>"),
        "{ ?s <http://e/name> ?name FILTER EXISTS { ?s ?p ?o FILTER(?p<?o || true) } }",
    ],
)
def test_a_call_ends_at_its_own_brace(endpoint: Endpoint, pattern: str) -> None:
    text = f"SELECT ?s ?name ?one {{ SERVICE <{endpoint.url}> {pattern} . BIND(1 AS ?one) }}"
    found = endpoint.federation().find(text)
    assert found.judged == "SELECT ?s ?name ?one { { } . BIND(1 AS ?one) }"
    assert endpoint.federation().find(text).calls[0].query == f"SELECT * WHERE {pattern}"
    assert len(ask(text, endpoint.federation())) == 4


def test_a_blank_node_is_one_new_thing_in_every_answer(endpoint: Endpoint) -> None:
    text = f"SELECT ?b {{ SERVICE <{endpoint.url}> {{ ?s <http://e/part> ?b . ?b <http://e/name> ?name }} }}"
    first, second = (ask(text, endpoint.federation())[0][0] for _ in range(2))
    assert first and second and first != second
    assert first.startswith("<https://w3id.org/cmograph/.well-known/genid/")
    body = rows(
        {"a": {"type": "bnode", "value": "x"}, "b": {"type": "bnode", "value": "x"}}, variables=("a", "b")
    )
    endpoint.answer = reply(body)
    ((one, other),) = ask(
        f"SELECT ?a ?b {{ SERVICE <{endpoint.url}> {{ ?a ?b ?c }} }}", endpoint.federation()
    )
    assert one == other


def test_a_dead_endpoint_is_an_error_unless_silent(endpoint: Endpoint) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    dead = Federation(frozenset([f"http://127.0.0.1:{port}/"]), frozenset(["127.0.0.1"]))
    text = "SELECT ?s ?name {{ ?s <http://e/p> ?n SERVICE {} <http://127.0.0.1:{}/> {{ ?s <http://e/q> ?name }} }}"
    with pytest.raises(FederationError, match="cannot be reached") as failed:
        ask(text.format("", port), dead)
    assert failed.value.status == 502 and failed.value.problems[0].remedy
    assert len(ask(text.format("SILENT", port), dead)) == 3


def test_one_failure_ends_the_other_calls(hostile: Endpoint) -> None:
    def either(handler: BaseHTTPRequestHandler, query: str) -> None:
        if "slow" in query:
            time.sleep(2)
        reply(NOTHING, status=500)(handler, query)

    hostile.answer = either
    started = time.monotonic()
    with pytest.raises(FederationError, match="status 500"):
        fill(
            f"ASK {{ SERVICE <{hostile.url}> {{ <a:slow> ?b ?c }} SERVICE <{hostile.url}> {{ ?a ?b ?c }} }}",
            hostile.federation(),
        )
    assert time.monotonic() - started < 1.5


def test_calls_beyond_the_limit_are_refused_before_any_is_made(endpoint: Endpoint) -> None:
    call = f"SERVICE <{endpoint.url}> {{ ?s ?p ?o }} "
    assert len(endpoint.federation(calls=2).find(f"ASK {{ {call * 2} }}").calls) == 2
    with pytest.raises(QueryRefused, match="more than 2 times"):
        endpoint.federation(calls=2).find(f"ASK {{ {call * 3} }}")
    assert not endpoint.asked


def test_no_more_calls_are_under_way_at_once_than_memory_allows(hostile: Endpoint) -> None:
    lock, now, most = threading.Lock(), 0, 0

    def count(handler: BaseHTTPRequestHandler, query: str) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.05)
        with lock:
            now -= 1
        reply(NOTHING)(handler, query)

    hostile.answer = count
    federation = hostile.federation()
    found = federation.find("ASK { " + f"SERVICE <{hostile.url}> {{ ?s ?p ?o }} " * 5 + "}")

    async def crowd() -> None:
        await asyncio.gather(*(federation.fill(found) for _ in range(6)))

    asyncio.run(crowd())
    assert 1 < most <= 8
