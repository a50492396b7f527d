"""SPARQL 1.1 Protocol, section 2: three ways to send a query, two to send an update, one thing that is asked."""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from pyoxigraph import NamedNode
from starlette.exceptions import HTTPException
from starlette.requests import Request

__all__ = ["METHODS", "QUERY_BODY", "Asked", "read_body", "read_request", "read_type"]

METHODS = ("GET", "HEAD", "OPTIONS", "POST")
QUERY_BODY = 256 * 1024
"""Bytes that a request for a query may have: the guard lets 64 kB through, three times as much when encoded."""
_MAXIMUM_GRAPHS = 100
_MAXIMUM_PARAMETERS = 1000
_NO_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_FORM, _QUERY, _UPDATE = (
    "application/x-www-form-urlencoded",
    "application/sparql-query",
    "application/sparql-update",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks.

    Attributes:
        query: the query, or None.
        update: the update, or None. With neither, the service itself is asked about.
        default_graphs: the default-graph-uri values, or an update's using-graph-uri values.
        named_graphs: the named-graph-uri values, or an update's using-named-graph-uri values.
        format: the `format` in the URL or form, or None.
        timeout: the seconds after which the client would rather have an error, or None.
    """

    query: str | None
    update: str | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str | None = None
    timeout: float | None = None


async def read_request(request: Request, limit: int = QUERY_BODY) -> Asked:
    """What a request to the endpoint asks.

    Args:
        request: to the endpoint.
        limit: bytes that its body may have.

    Raises:
        HTTPException: 400, 405, 413 or 415, with what is wrong.
    """
    in_url = _pairs(request.scope["query_string"])
    if request.method in ("GET", "HEAD"):
        if any(name == "update" for name, _ in in_url):
            raise HTTPException(400, "An update is sent by POST.")
        return _asked(in_url)
    if request.method != "POST":
        raise HTTPException(405, f"{request.method} means nothing here.", {"Allow": ", ".join(METHODS)})
    kind, charset = read_type(request)
    if kind not in (_FORM, _QUERY, _UPDATE):
        raise HTTPException(
            415,
            f"Send it as {_FORM}, {_QUERY} or {_UPDATE}, not as {kind or 'something unnamed'}.",
            {"Accept-Post": f"{_FORM}, {_QUERY}, {_UPDATE}"},
        )
    if charset not in ("utf-8", "us-ascii"):
        raise HTTPException(415, f"Send UTF-8, not {charset}.")
    body = await read_body(request, limit)
    if kind == _FORM:
        asked = _asked([*in_url, *_pairs(body)])
        if asked.query is None and asked.update is None:
            raise HTTPException(400, "The form has no query and no update.")
        return asked
    if any(name in ("query", "update") for name, _ in in_url):
        raise HTTPException(400, "There is one query or update in the URL, and another in the body.")
    return _asked([*in_url, ("query" if kind == _QUERY else "update", _utf8(body))])


def _asked(pairs: list[tuple[str, str]]) -> Asked:
    given: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in pairs:
        given[name].append(value)
    queries, updates = given["query"], given["update"]
    if len(queries) + len(updates) > 1:
        raise HTTPException(400, f"There are {len(queries) + len(updates)} queries or updates; send one.")
    using = given["using-graph-uri"], given["using-named-graph-uri"]
    dataset = given["default-graph-uri"], given["named-graph-uri"]
    if any(dataset if updates else using):
        known = (
            "using-graph-uri and using-named-graph-uri"
            if updates
            else "default-graph-uri and named-graph-uri"
        )
        raise HTTPException(400, f"{'An update' if updates else 'A query'} names its dataset by {known}.")
    default_graphs, named_graphs = using if updates else dataset
    return Asked(
        queries[0] if queries else None,
        updates[0] if updates else None,
        _graphs(default_graphs),
        _graphs(named_graphs),
        next(filter(None, given["format"] + given["output"]), None),
        _timeout(given["timeout"]),
    )


def _graphs(iris: list[str]) -> tuple[str, ...]:
    if len(iris) > _MAXIMUM_GRAPHS:
        raise HTTPException(400, f"A dataset of more than {_MAXIMUM_GRAPHS} graphs is refused.")
    for iri in iris:
        try:
            NamedNode(iri)
        except ValueError as error:
            raise HTTPException(400, f"A graph's IRI is not one: {error}.") from None
    return tuple(iris)


def _timeout(values: list[str]) -> float | None:
    if not values:
        return None
    try:
        seconds = float(values[0])
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e6:
        raise HTTPException(400, "The timeout is a number of seconds, more than 0.")
    return seconds


def read_type(request: Request) -> tuple[str, str]:
    """The media type of a request's body, and the encoding of its characters."""
    header = request.headers.get("content-type", "")
    return (_FORM, "utf-8") if header == _FORM else _read_type(header)


def _read_type(header: str) -> tuple[str, str]:
    kind, *parameters = (piece.strip().lower() for piece in header.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset":
            return kind, value.strip().strip('"').replace("utf8", "utf-8")
    return kind, "utf-8"


async def read_body(request: Request, limit: int) -> bytes:
    """A request's body.

    Raises:
        HTTPException: 413, it has more bytes than the limit.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > limit:
            raise HTTPException(413, f"The request is longer than {limit // 1024} kB.")
    return bytes(body)


def _utf8(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise HTTPException(400, "The request is not UTF-8.") from None


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    """The pairs of a form or of a URL (URL Standard, section 5.1), in their order."""
    sequences = [sequence for sequence in encoded.split(b"&") if sequence]
    if len(sequences) > _MAXIMUM_PARAMETERS:
        raise HTTPException(400, f"The request has more than {_MAXIMUM_PARAMETERS:,} parameters.")
    halves = (sequence.partition(b"=") for sequence in sequences)
    return [(_utf8(_decoded(name)), _utf8(_decoded(value))) for name, _, value in halves]


def _decoded(encoded: bytes) -> bytes:
    """Percent-decoding. Quoted-printable is the same with another sign, and the standard library has it in C."""
    if _NO_ESCAPE.search(encoded):
        return unquote_to_bytes(encoded.replace(b"+", b" "))
    return a2b_qp(encoded.replace(b"=", b"%3D").replace(b"%", b"=").replace(b"+", b" "))
