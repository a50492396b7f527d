"""The tests of the two HTTP protocols: requests as they go over the wire, and what must come back.

Their manifests say it in the W3C's HTTP vocabulary (https://www.w3.org/TR/HTTP-in-RDF10/); the comments of
`graph-store-protocol/manifest.ttl` and `protocol/manifest.ttl` say how they are to be read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from urllib.parse import quote, urljoin

from pyoxigraph import NamedNode, RdfFormat

from tests.w3c.manifests import Sources, entries, sources
from tests.w3c.results import CSV, JSON, TSV, XML, difference, read
from tests.w3c.server import Endpoint, Reply
from tests.w3c.turtle import MF, UT, Graph, Term

__all__ = ["Conversation", "Exchange", "conversations", "converse"]

_HT = "http://www.w3.org/2011/http#"
_HTS = "http://www.w3.org/2011/http-statusCodes#"
_CNT = "http://www.w3.org/2011/content#"
_STATUSES = {status.phrase.replace(" ", ""): str(status.value) for status in HTTPStatus}
_RESULTS = {"boolean": {JSON, XML}, "tabular": {JSON, XML, CSV, TSV}}


@dataclass(frozen=True)
class Exchange:
    """A request, and what the response must be.

    Attributes:
        method: the request's method.
        path: its path and query, under the manifest's own prefix.
        headers: its headers.
        body: its body.
        statuses: the statuses or classes of statuses, one of which the response must have: `201`, `2xx`.
        format: `boolean`, `tabular` or `RDF`, or "".
        boolean: the answer to an ASK query, or None.
        location: what stands for the response's Location in later requests, or "".
        kind: the media type that the response must have, or "".
        graph: the Turtle whose graph the response must hold, or "".
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None
    statuses: frozenset[str]
    format: str
    boolean: bool | None
    location: str
    kind: str
    graph: str


@dataclass(frozen=True)
class Conversation:
    """A test of several exchanges, and the data that must be there before the first."""

    iri: str
    suite: str
    data: Sources
    exchanges: tuple[Exchange, ...]

    @property
    def id(self) -> str:
        """A short name, such as `query_post_form`."""
        return self.iri.rpartition("#")[2]

    @property
    def out_of_scope(self) -> str:
        """Nothing of the protocols is."""
        return ""


@cache
def conversations(manifest: str, suite: str) -> tuple[Conversation, ...]:
    """The tests of a manifest."""
    return tuple(
        Conversation(entry.value, suite, sources(graph, entry, UT), _exchanges(graph, entry))
        for graph, entry, _ in entries(manifest)
    )


def _exchanges(graph: Graph, entry: Term) -> tuple[Exchange, ...]:
    (action,) = graph.objects(entry, MF + "action")
    requests = graph.members(graph.value(action, _HT + "requests"))
    return tuple(_exchange(graph, request) for request in requests)


def _exchange(graph: Graph, request: Term) -> Exchange:
    (response,) = graph.objects(request, _HT + "resp")
    boolean = graph.text(response, MF + "expectedBoolean")
    return Exchange(
        method=graph.text(request, _HT + "methodName"),
        path=graph.text(request, _HT + "absolutePath"),
        headers=_headers(graph, request),
        body=_body(graph, request),
        statuses=frozenset(_status(each) for each in graph.objects(response, MF + "expectedStatus")),
        format=graph.text(response, MF + "expectedFormat"),
        boolean=boolean == "true" if boolean else None,
        location=graph.text(response, MF + "expectedLocation"),
        kind=_headers(graph, response).get("content-type", "").partition(";")[0],
        graph=(_body(graph, response) or b"").decode("utf-8"),
    )


def _headers(graph: Graph, message: Term) -> dict[str, str]:
    fields = graph.members(graph.value(message, _HT + "headers"))
    return {graph.text(each, _HT + "fieldName"): graph.text(each, _HT + "fieldValue") for each in fields}


def _body(graph: Graph, message: Term) -> bytes | None:
    body = graph.value(message, _HT + "body")
    if body is None:
        return None
    return graph.text(body, _CNT + "chars").encode(graph.text(body, _CNT + "characterEncoding"))


def _status(term: Term) -> str:
    assert isinstance(term, NamedNode)
    name = term.value.removeprefix(_HTS)
    return name.removeprefix("StatusCode") if name.startswith("StatusCode") else _STATUSES[name]


def converse(conversation: Conversation, served: Endpoint, url: str, prefix: str) -> None:
    """Send the requests of a test, and fail where a response is not as it must be.

    Args:
        conversation: the test.
        served: the endpoint.
        url: the URL that stands for the prefix.
        prefix: how the paths of the manifest begin, such as `/gsp`.
    """
    places: dict[str, str] = {}
    for number, exchange in enumerate(conversation.exchanges, 1):
        target = url + _replaced(
            exchange.path, {name: quote(iri, "") for name, iri in places.items()}
        ).removeprefix(prefix)
        body = (
            exchange.body and _replaced(exchange.body.decode("utf-8"), places).encode("utf-8")
            if places
            else exchange.body
        )
        reply = served.send(exchange.method, target, exchange.headers, body)
        wrong = _fault(exchange, reply)
        assert not wrong, (
            f"request {number}: {exchange.method} {target} {exchange.headers}\n{body!r}\n{wrong}\n{reply}"
        )
        if exchange.location:
            places[exchange.location] = urljoin(target, reply.headers["location"])


def _replaced(text: str, places: Mapping[str, str]) -> str:
    for name, iri in places.items():
        text = text.replace(name, iri)
    return text


def _fault(exchange: Exchange, reply: Reply) -> str:
    status = str(reply.status)
    if not {status, status[0] + "xx"} & exchange.statuses:
        return f"the status must be one of {sorted(exchange.statuses)}"
    if exchange.format == "RDF" and RdfFormat.from_media_type(reply.kind) is None:
        return "the type must be one of RDF"
    if exchange.format in _RESULTS and reply.kind not in _RESULTS[exchange.format]:
        return f"the type must be one of {sorted(_RESULTS[exchange.format])}"
    if exchange.kind and reply.kind != exchange.kind and (reply.kind or exchange.graph):
        return f"the type must be {exchange.kind}"  # HEAD may leave it out (RFC 9110, section 9.3.2)
    if not re.fullmatch(
        r"|.*charset=\"?utf-8\"?.*", reply.headers.get("content-type", "").partition(";")[2], re.IGNORECASE
    ):
        return "the characters must be UTF-8"
    if exchange.boolean is not None and read(reply.body, reply.kind) is not exchange.boolean:
        return f"the answer must be {exchange.boolean}"
    if exchange.graph:
        return difference(read(exchange.graph.encode("utf-8"), exchange.kind), read(reply.body, reply.kind))
    if exchange.location and "location" not in reply.headers:
        return "there must be a Location"
    return ""
