"""Whatever an endpoint answers: what is no answer is an error, and no value changes the query around it."""

from __future__ import annotations

import gzip
import threading
import time
from http.server import BaseHTTPRequestHandler

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from cmograph.engine.federation import FederationError
from tests.engine.endpoints import (
    JSON,
    LISTED,
    NOTHING,
    Endpoint,
    ask,
    fill,
    reply,
    rows,
)

_NESTED = b'{"type":"triple","value":{"subject":{"type":"uri","value":"a:a"},"predicate":{"type":"uri","value":"a:a"},"object":'


_HOSTILE = {
    "a redirect": (reply(b"", status=307, Location=LISTED), "status 307"),
    "an error": (reply(NOTHING, status=500), "status 500"),
    "a partial answer": (reply(NOTHING, status=206), "status 206"),
    "HTML": (reply(b"<p>", "text/html"), "did not answer in"),
    "no type": (reply(NOTHING, ""), "did not answer in"),
    "compressed": (reply(gzip.compress(NOTHING), Content_Encoding="gzip"), "answered compressed"),
    "too long": (reply(b" " * 20_000), "more than 10,000 bytes"),
    "too long, without a length": (reply(b" " * 20_000, Content_Length="1000000"), "more than 10,000 bytes"),
    "cut short": (reply(NOTHING, Content_Length="1000"), "cannot be reached"),
    "long only as text": (
        reply(rows(*[{}] * 1000, variables=("a", "b", "c"))),
        "more than 10,000 bytes",
    ),
    "no JSON": (reply(b"solutions"), "not answer in valid"),
    "half of JSON": (reply(NOTHING[:-1]), "not whole"),
    "not solutions": (reply(b'{"head":{},"boolean":true}'), "not answer with solutions"),
    "a variable not asked for": (reply(rows({}, variables=("z",))), "not asked for"),
    "no variable": (reply(rows({}, variables=("a) { } SERVICE <a:a> { #",))), "not answer in valid"),
    "no IRI": (reply(rows({"a": {"type": "uri", "value": "http://e/> ?a"}})), "not answer in valid"),
    "no language": (
        reply(rows({"a": {"type": "literal", "value": "x", "xml:lang": "en } }"}})),
        "not answer in valid",
    ),
    "no datatype": (
        reply(rows({"a": {"type": "literal", "value": "x", "datatype": "a:a> } }"}})),
        "not answer in valid",
    ),
    "half a surrogate pair": (
        reply(rows({"a": {"type": "literal", "value": "\ud800"}})),
        "not answer in valid",
    ),
    "not UTF-8": (
        reply(rows({"a": {"type": "literal", "value": "x"}}).replace(b"x", b"\xff")),
        "not answer in",
    ),
}


@pytest.mark.parametrize("name", _HOSTILE)
def test_what_is_no_answer_is_an_error_unless_silent(hostile: Endpoint, name: str) -> None:
    hostile.answer, why = _HOSTILE[name]
    federation = hostile.federation(answer=10_000)
    with pytest.raises(FederationError, match=why):
        ask(f"SELECT ?a {{ SERVICE <{hostile.url}> {{ ?a ?b ?c }} }}", federation)
    assert len(ask(f"SELECT ?a {{ SERVICE SILENT <{hostile.url}> {{ ?a ?b ?c }} }}", federation)) == 1


def test_an_answer_nested_without_end_is_an_error(hostile: Endpoint) -> None:
    """Ten thousand triple terms inside each other end the process that parses them."""
    deep = _NESTED * 10_000 + b'{"type":"uri","value":"a:a"}' + b"}}" * 10_000
    hostile.answer = reply(b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":' + deep + b"}]}}")
    with pytest.raises(FederationError, match="nested too deeply"):
        fill(f"SELECT ?a {{ SERVICE <{hostile.url}> {{ ?a ?b ?c }} }}", hostile.federation())


def test_a_slow_endpoint_ends_with_the_deadline(hostile: Endpoint) -> None:
    gone = threading.Event()

    def trickle(handler: BaseHTTPRequestHandler, query: str) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", JSON)
        handler.end_headers()
        try:
            for _ in range(200):
                handler.wfile.write(b" ")
                time.sleep(0.05)
        except OSError:
            gone.set()

    hostile.answer = trickle
    started = time.monotonic()
    with pytest.raises(FederationError, match=r"in 0\.5 seconds"):
        fill(f"ASK {{ SERVICE <{hostile.url}> {{ ?a ?b ?c }} }}", hostile.federation(seconds=0.5))
    assert time.monotonic() - started < 3
    assert gone.wait(5), "the connection stays open after the deadline"


_TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.lists(
    st.sampled_from(
        [
            *(
                "'''",
                '"""',
                '"',
                "'",
                "\\",
                "\\u0022",
                "\n",
                "\r",
                "}",
                "{",
                ")",
                "#",
                "@en",
                "^^",
                "SERVICE",
                "x",
            )
        ]
    )
).map("".join)
_TERMS = st.one_of(
    st.builds(Literal, _TEXTS),
    st.builds(lambda text: Literal(text, language="en-gb"), _TEXTS),
    st.builds(lambda text: Literal(text, datatype=NamedNode("http://e/d")), _TEXTS),
    st.text("abé%20'()!$&*+,;=:@/?#-._~", max_size=9)
    .filter(lambda tail: tail.count("#") < 2 and "%" not in tail)
    .map(lambda tail: NamedNode(f"http://e/{tail}")),
)


def _json(term: Literal | NamedNode) -> dict[str, object]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if term.language:
        return {"type": "literal", "value": term.value, "xml:lang": term.language}
    return {"type": "literal", "value": term.value, "datatype": term.datatype.value}


@given(st.lists(_TERMS, max_size=5))
def test_terms_come_through_as_they_are(hostile: Endpoint, terms: list[Literal | NamedNode]) -> None:
    """No value changes the query around it: the constant beside it stays, and so do all rows and no more."""
    hostile.answer = reply(rows(*({"a": _json(term)} for term in terms)))
    text = f"SELECT ?a ?end {{ SERVICE <{hostile.url}> {{ ?a ?b ?c }} BIND('end' AS ?end) }}"
    solutions = Store().query(fill(text, hostile.federation()))
    assert isinstance(solutions, QuerySolutions)
    assert [tuple(solution) for solution in solutions] == [(term, Literal("end")) for term in terms]


def test_a_triple_term_comes_through(hostile: Endpoint) -> None:
    triple = _NESTED + b'{"type":"literal","value":"}"}}}'
    hostile.answer = reply(b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":' + triple + b"}]}}")
    text = f"SELECT (OBJECT(?a) AS ?o) {{ SERVICE <{hostile.url}> {{ ?a ?b ?c }} }}"
    assert ask(text, hostile.federation()) == [('"}"',)]
