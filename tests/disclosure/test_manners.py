"""How an answer is given tells nothing either: not its error, its tag, its time, nor what was kept of another's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

from cmograph.access import Scope, TokenBook
from tests.disclosure.outside import PREFIXES, Names, Request
from tests.disclosure.sides import (
    DEMONSTRATION,
    GRAPH,
    Side,
)


def _wrong(names: Names) -> Iterator[Request]:
    for text in (
        f"SELECT * {{ <{names.thing}> ?p }}",
        f"SELECT * {{ ?s ?p '{names.text} }}",
        f"SELECT (<{names.thing}>(1) AS ?x) {{}}",
        f"SELECT ('{names.text}' + 1 AS ?x) {{ FILTER(BOUND(?x)) }}",
        f"SELECT * {{ SERVICE <{names.thing}> {{ ?s ?p ?o }} }}",
        f"LOAD <{names.graph}>",
        f"DROP GRAPH <{names.graph}>",
        f"INSERT {{ ?s <a:a> ?o }} WHERE {{ GRAPH <{names.graph}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ GRAPH <{names.graph}> {{ <{names.thing}> {'(' * 60} }} }}",
        f"SELECT (xsd:integer('{names.text}') AS ?n) {{}}",
        names.text,
        f"DESCRIBE {names.text}",
    ):
        yield Request("/sparql?" + urlencode({"query": text}))
        yield Request("/sparql", "POST", {"Content-Type": "application/sparql-query"}, text.encode())
        yield Request("/sparql", "POST", {"Content-Type": "application/sparql-update"}, text.encode())
        yield Request("/sparql", "POST", {"Content-Type": names.graph}, text.encode())
    ask = "ASK { ?s ?p ?o }"
    for wrong in (
        {"default-graph-uri": names.text},
        {"named-graph-uri": f"{names.graph} x"},
        {"format": names.text},
        {"timeout": names.text},
        {"using-graph-uri": names.graph, "update": f"DROP GRAPH <{names.graph}>"},
    ):
        yield Request("/sparql?" + urlencode({"query": ask, **wrong}))
    for graph in (names.graph, names.thing, names.text):
        for method in ("GET", "HEAD", "PUT", "POST", "DELETE"):
            yield Request("/graphs?" + urlencode({"graph": graph}), method, {"Content-Type": "text/turtle"})
    yield Request(names.thing.replace("https://w3id.org/cmograph", ""))


def test_an_error_tells_not_whether_it_is_there(side: Side, names: list[tuple[Names, Names]]) -> None:
    statuses = set()
    for real, made_up in names[:12]:
        for of_real, of_made_up in zip(_wrong(real), _wrong(made_up), strict=True):
            seen, other = side.see(of_real), side.see(of_made_up)
            assert other.same_as(seen, made_up.renamed(real)), of_real.said
            statuses.add(seen.status)
    assert 400 in statuses


def test_an_answer_that_was_given_to_one_with_a_token_is_not_given_to_one_without(side: Side) -> None:
    """Whatever the service keeps of an answer, it keeps apart."""
    token = TokenBook(side.store).add({Scope.RESTRICTED}, None)
    query = PREFIXES + "SELECT ?o { ?s oa:exact|dcterms:identifier ?o } ORDER BY ?o"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    requests = [
        Request("/sparql?" + urlencode({"query": query})),
        Request("/sparql", "POST", form, urlencode({"query": query}).encode()),
        Request("/graphs?" + urlencode({"graph": f"{GRAPH}{DEMONSTRATION}/evidence"})),
        *(
            Request(f"/questions/{question}")
            for question in ("quotations", "coders-by-code", "configurations")
        ),
    ]
    for request in requests:
        for _ in range(3):
            trusted = replace(request, headers={**request.headers, "Authorization": f"Bearer {token}"})
            told = side.outside.ask(trusted)
            assert told.status == 200, told
            seen = side.see(request)
            assert dict(seen.headers).get("etag") != dict(told.headers).get("etag") or seen.status != 200
            stale = replace(request, headers={**request.headers, "If-None-Match": dict(told.headers)["etag"]})
            assert side.see(stale).status != 304
        assert side.withheld.found_in(told.everything, request.said) or "configurations" in request.target


def test_304_takes_as_long_for_what_is_there(side: Side, names: list[tuple[Names, Names]]) -> None:
    """A 304 is decided from the tag of the release alone, before anything is looked up.

    Coarsely: of answers about what is there, and of as many about what is not, taken in turn, neither come sooner.
    """

    def ask(names: Names) -> Request:
        query = f"SELECT * {{ GRAPH <{names.graph}> {{ <{names.thing}> ?p ?o }} }}"
        return Request("/sparql?" + urlencode({"query": query}), "GET", {"If-None-Match": tag})

    tag = dict(side.see(Request("/sparql?" + urlencode({"query": "SELECT * {} "}))).headers)["etag"]
    took: tuple[list[float], list[float]] = ([], [])
    for number in range(300):
        pair = names[number % len(names)]
        for place in (0, 1) if number % 2 else (1, 0):
            request = ask(pair[place])
            started = time.perf_counter()
            response = side.outside.ask(request)
            took[place].append(time.perf_counter() - started)
            assert response.status == 304
            assert response.body.split(b"\n", 1)[1] == b""
    sooner = sum(there < not_there for there in took[0] for not_there in took[1]) / 300**2
    assert 0.4 < sooner < 0.6
