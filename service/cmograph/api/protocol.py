"""SPARQL 1.1 Protocol, section 2.1: three ways to send a query, one thing that is asked."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from pyoxigraph import NamedNode
from starlette.exceptions import HTTPException
from starlette.requests import Request

__all__ = ["METHODS", "Asked", "read_request"]

METHODS = ("GET", "HEAD", "OPTIONS", "POST")
_MAXIMUM_BODY = (
    256 * 1024
)  # the guard lets 64 kB of query through; percent-encoded that is three times as much
_MAXIMUM_GRAPHS = 100
_FORM, _QUERY, _UPDATE = (
    "application/x-www-form-urlencoded",
    "application/sparql-query",
    "application/sparql-update",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks.

    Attributes:
        query: the query; None where the service itself is asked about.
        default_graphs: the default-graph-uri values.
        named_graphs: the named-graph-uri values.
        format: the `format` in the URL or form, or None.
        timeout: the seconds after which the client would rather have an error, or None.
    """

    query: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str | None = None
    timeout: float | None = None


async def read_request(request: Request) -> Asked:
    """What a request to the endpoint asks.

    Raises:
        HTTPException: 400, 403, 405, 413 or 415, with what is wrong.
    """
    in_url = _pairs(request.scope["query_string"])
    if request.method in ("GET", "HEAD"):
        return _asked(in_url)
    if request.method != "POST":
        raise HTTPException(405, f"{request.method} means nothing here.", {"Allow": ", ".join(METHODS)})
    kind, charset = _content_type(request.headers.get("content-type", ""))
    if kind == _UPDATE:
        raise HTTPException(403, "This endpoint takes no updates.")
    if kind not in (_FORM, _QUERY):
        raise HTTPException(
            415,
            f"Send a query as {_FORM} or {_QUERY}, not as {kind or 'something unnamed'}.",
            {"Accept-Post": f"{_FORM}, {_QUERY}"},
        )
    if charset not in ("utf-8", "us-ascii"):
        raise HTTPException(415, f"Send UTF-8, not {charset}.")
    body = await _body(request)
    if kind == _QUERY:
        if any(name == "query" for name, _ in in_url):
            raise HTTPException(400, "There are two queries: one in the URL, one in the body.")
        return _asked([*in_url, ("query", _utf8(body))])
    asked = _asked([*in_url, *_pairs(body)])
    if asked.query is None:
        raise HTTPException(400, "The form has no query.")
    return asked


def _asked(pairs: list[tuple[str, str]]) -> Asked:
    def values(name: str) -> tuple[str, ...]:
        return tuple(value for key, value in pairs if key == name)

    if values("update"):
        raise HTTPException(403, "This endpoint takes no updates.")
    queries = values("query")
    if len(queries) > 1:
        raise HTTPException(400, f"There are {len(queries)} queries; send one.")
    formats = [name for name in (*values("format"), *values("output")) if name]
    return Asked(
        queries[0] if queries else None,
        _graphs(values("default-graph-uri")),
        _graphs(values("named-graph-uri")),
        formats[0] if formats else None,
        _timeout(values("timeout")),
    )


def _graphs(iris: tuple[str, ...]) -> tuple[str, ...]:
    if len(iris) > _MAXIMUM_GRAPHS:
        raise HTTPException(400, f"A dataset of more than {_MAXIMUM_GRAPHS} graphs is refused.")
    for iri in iris:
        try:
            NamedNode(iri)
        except ValueError as error:
            raise HTTPException(400, f"A graph's IRI is not one: {error}.") from None
    return iris


def _timeout(values: tuple[str, ...]) -> float | None:
    if not values:
        return None
    try:
        seconds = float(values[0])
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e6:
        raise HTTPException(400, "The timeout is a number of seconds, more than 0.")
    return seconds


def _content_type(header: str) -> tuple[str, str]:
    kind, *parameters = (piece.strip().lower() for piece in header.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset":
            return kind, value.strip().strip('"').replace("utf8", "utf-8")
    return kind, "utf-8"


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MAXIMUM_BODY:
            raise HTTPException(413, f"The request is longer than {_MAXIMUM_BODY // 1024} kB.")
    return bytes(body)


def _utf8(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise HTTPException(400, "The request is not UTF-8.") from None


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    try:
        text = encoded.decode("utf-8")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except UnicodeDecodeError:
        raise HTTPException(400, "The request is not UTF-8.") from None
    except ValueError:
        raise HTTPException(400, "The request has more than 1,000 parameters.") from None
