"""From the outside, of everything that is served, not a word of what is restricted can be had, nor whether it is there.

Requests are generated; every byte of every answer is searched. And what is asked about a thing that the restricted
edition holds is asked about one that nobody ever heard of: the two answers must be the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest

from cmograph.analysis.inquiries import INQUIRIES
from cmograph.exports import EXPORTS
from cmograph.questions import Library
from tests.disclosure.outside import Names, Outside, Request
from tests.disclosure.sides import (
    DEMONSTRATION,
    SEED,
    Side,
    ask_all,
    made_up_names,
    of_questions,
)


def test_there_is_something_to_keep(side: Side, names: list[tuple[Names, Names]]) -> None:
    """The searches below have something to find, and what they ask about is there, or is not."""
    restricted = " ".join((*side.withheld.iris(), *side.withheld.literals()))
    assert len(side.withheld) > 10_000
    assert len({real.thing for real, _ in names}) > 30
    for real, made_up in names:
        assert real.thing in restricted and real.other in restricted and real.text in restricted
        assert made_up.thing not in restricted and made_up.text not in restricted
        assert side.withheld.found_in(f'{{"value": "{real.thing}"}}'.encode())
    quoted = max(side.withheld.literals(), key=len)
    for spelt in (json.dumps(quoted), json.dumps(quoted, ensure_ascii=True), quote(quoted), quoted.upper()):
        assert side.withheld.found_in(spelt.encode())
        assert not side.withheld.found_in(spelt.encode(), quoted)


def test_no_query_tells_what_is_restricted_or_that_it_is_there(
    side: Side, names: list[tuple[Names, Names]]
) -> None:
    ask_all(side, names, SEED, 700)


@pytest.mark.slow
def test_nor_does_any_of_many(side: Side) -> None:
    ask_all(side, made_up_names(side.withheld, DEMONSTRATION, 400), SEED + 1, 12_000)


def _routes(side: Side, name: str) -> Iterator[Request]:
    """Everything that has an address: what the description names, what it does not, and what may hide beside it."""
    described = json.loads(side.outside.ask(Request("/openapi.json")).body.split(b"\n", 1)[1])
    filled = quote(name, safe="")
    paths = {re.sub(r"\{[^}]*\}", filled, path) for path in described["paths"]}
    assert {"/sparql", "/questions"} <= paths
    paths |= {re.sub(r"\{[^}]*\}", DEMONSTRATION, path) for path in described["paths"]}
    paths |= {
        *("/", "/docs", "/redoc", "/editor", "/openapi.json", "/health", "/ready", "/version", "/metrics"),
        *(
            "/favicon.ico",
            "/robots.txt",
            "/.well-known/void",
            "/.well-known/sparql-examples",
            "/.well-known/x",
        ),
        *("/static/style.css", "/static/", "/static/../../../restricted/CURRENT", "/static/%2e%2e/app.py"),
        *("/static/..%2f..%2fsettings.py", "/graphs", "/graphs/", "/exports", "/studies", "/configurations"),
        *(f"/id/study/{DEMONSTRATION}", f"/id/study/{DEMONSTRATION}/{filled}", f"/id/{filled}", "/id/"),
        *(
            "/components",
            "/evidence",
            "/ontology",
            "/ontology/realist",
            "/releases/0001/manifest.json",
            "/current",
        ),
        *(
            f"/{part}/{filled}"
            for part in ("questions", "graphs", "studies", "evidence", "exports", "static")
        ),
    }
    for format in EXPORTS:
        yield Request(f"/exports/{format}?study={DEMONSTRATION}")
    for inquiry in INQUIRIES.values():
        yield Request(f"/{inquiry.id}?{urlencode(inquiry.example, doseq=True)}")
        yield Request(f"/{inquiry.id}?study={DEMONSTRATION}&limit=1000&format=csv")
    odd = ("", f"?format={filled}", f"?graph={filled}", "?default", f"?{filled}={filled}", f"?query={filled}")
    for path in sorted(paths):
        if path[1:] in INQUIRIES:  # they are one program: what differs between them was asked above
            yield from (Request(path, method, body=b"") for method in ("HEAD", "POST"))
            yield Request(f"{path}?{filled}={filled}")
            continue
        for method in ("GET", "HEAD", "OPTIONS"):
            yield Request(path, method)
        for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "QUERY"):
            yield Request(path, method, {"Content-Type": "text/turtle"}, f"# {name}".encode())
        yield from (Request(path + parameters) for parameters in odd[1:])
        for accept in ("text/html", "text/turtle", "application/ld+json", "text/csv", name):
            yield Request(path, "GET", {"Accept": accept})
        yield Request(path, "GET", {"Authorization": "Bearer nonsense"})
        yield Request(path, "GET", {"Host": filled, "X-Forwarded-Host": name, "If-None-Match": "*"})


@pytest.mark.slow
def test_no_route_tells_more_than_where_nothing_is_restricted(
    side: Side, bare: Outside, names: list[tuple[Names, Names]]
) -> None:
    """Whatever is asked, and however: the answer is that of a service that holds nothing but the open edition."""
    real, _ = names[0]
    asked = 0
    for request in _routes(side, real.thing.rpartition("/")[2]):
        seen = side.see(request)
        if not request.target.startswith("/metrics"):  # counts what was asked, and tells of its own time
            other = bare.ask(request)
            assert other.same_as(seen, {bare.address: side.outside.address}), (request, seen, other)
        asked += 1
    assert asked > 500


@pytest.mark.slow
def test_no_question_tells_more_than_where_nothing_is_restricted(
    side: Side, bare: Outside, names: list[tuple[Names, Names]]
) -> None:
    refused = set()
    for about, _ in names[:2]:
        for request in of_questions(about):
            seen = side.see(request)
            assert bare.ask(request).same_as(seen, {bare.address: side.outside.address}), request.target
            if request.target.endswith("?format=json") and seen.status != 200:
                refused.add(request.target.partition("?")[0].rpartition("/")[2])
    restricted = {question.id for question in Library.load().values() if question.header.edition != "open"}
    assert refused == restricted, "a question is refused that is open, or the other way round"
