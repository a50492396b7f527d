"""The Graph Store Protocol (SPARQL 1.1 Graph Store HTTP Protocol): whole graphs, read and written.

A graph is named by `/graphs?graph=IRI`, or is the one at the address that was asked (`/graphs/…`); the
default graph is `/graphs?default`. A POST to `/graphs` itself makes a new graph and says where it is.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from pyoxigraph import NamedNode
from python_multipart.multipart import parse_options_header
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from cmograph.access import Principal, require
from cmograph.access import Scope as Allowed
from cmograph.api.caching import as_sent, entity_tag, is_fresh, validators
from cmograph.api.negotiation import choose
from cmograph.api.problems import describe
from cmograph.api.protocol import read_body, read_type
from cmograph.api.service import (
    ClientGone,
    Services,
    notice_headers,
    principal_of,
    release_header,
    unless_gone,
)
from cmograph.api.spooled import SpooledResponse
from cmograph.engine.formats import CSV, GRAPHS
from cmograph.engine.guard import check
from cmograph.errors import Problem, UnknownName
from cmograph.writing.request import Request as Change
from cmograph.writing.request import Written

__all__ = ["PATH", "GraphStore"]

PATH = "/graphs"
_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT")
_MULTIPART = "multipart/form-data"
_MAXIMUM_FILES = 100


@dataclass(frozen=True, slots=True)
class _Graph:
    """A graph that a request is about.

    Attributes:
        iri: its name; None for the default graph.
    """

    iri: str | None

    def pattern(self) -> str:
        """The triples of it, as a SPARQL group."""
        return "{ ?s ?p ?o }" if self.iri is None else f"{{ GRAPH {NamedNode(self.iri)} {{ ?s ?p ?o }} }}"


class GraphStore:
    """Answers the operations of the Graph Store Protocol."""

    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except (ClientGone, ClientDisconnect):
            return
        except Exception as error:  # whatever it is, the client gets the one shape of error
            response = describe(error)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": ", ".join(_METHODS)})
        if request.method not in _METHODS:
            raise HTTPException(405, f"{request.method} means nothing here.", {"Allow": ", ".join(_METHODS)})
        services, principal = self._services(), principal_of(request.scope)
        graph = _graph(request)
        if request.method in ("GET", "HEAD"):
            if graph is None:
                raise HTTPException(400, "Which graph? Say ?graph=IRI or ?default.")
            return await self._read(request, services, principal, graph)
        require(principal, Allowed.WRITE)
        if request.method == "DELETE":
            if graph is None:
                raise HTTPException(400, "Which graph? Say ?graph=IRI or ?default.")
            removed = await self._write(
                services, principal, Change("remove", principal.edition, graph.iri), []
            )
            return Response(status_code=204, headers=release_header(removed))
        return await self._take(request, services, principal, graph)

    async def _read(
        self, request: Request, services: Services, principal: Principal, graph: _Graph
    ) -> Response:
        services.record(principal, "graph", graph.iri or "")
        service = await services.of(principal)
        chosen = choose(request.headers.get("accept"), GRAPHS, request.query_params.get("format"))
        if graph.iri is not None:
            exists = check(f"ASK {{ GRAPH {NamedNode(graph.iri)} {{}} }}")
            if (await service.backend.query(exists, CSV)).body != b"true":
                raise _no_such_graph()
        tag = entity_tag(service.backend.snapshot, chosen.format)
        if is_fresh(request, tag):
            return Response(status_code=304, headers=validators(tag))
        everything = check(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {graph.pattern()}")
        answer = await unless_gone(request.receive, service.backend.query(everything, chosen.format))
        headers = await notice_headers(service) | validators(entity_tag(answer.snapshot, chosen.format))
        return SpooledResponse(answer.spool, as_sent({**headers, "Content-Type": chosen.content_type}))

    async def _take(
        self, request: Request, services: Services, principal: Principal, graph: _Graph | None
    ) -> Response:
        if request.method == "PUT" and "content-range" in request.headers:  # RFC 9110, section 14.5
            raise HTTPException(400, "A graph is put as a whole, and this is a part of one (Content-Range).")
        documents = await _documents(request, services.settings.body_limit << 20)
        new = graph is None
        if graph is None:
            if request.method == "PUT":
                raise HTTPException(400, "Which graph? Say ?graph=IRI or ?default.")
            graph = _Graph(f"{str(request.url.replace(query='', fragment='')).rstrip('/')}/{uuid.uuid4()}")
        change = Change(
            "put" if request.method == "PUT" else "merge",
            principal.edition,
            graph.iri,
            base=graph.iri or str(request.url.replace(fragment="")),
            media_types=tuple(media_type for _, media_type in documents),
            bodies=len(documents),
        )
        written = await self._write(services, principal, change, [body for body, _ in documents])
        headers = release_header(written) | ({"Location": graph.iri} if new and graph.iri else {})
        return Response(status_code=201 if written.created or new else 204, headers=headers)

    async def _write(
        self, services: Services, principal: Principal, change: Change, bodies: list[bytes]
    ) -> Written:
        return await services.write(principal, change, bodies, f"graph-{change.kind}", change.graph or "")


def _graph(request: Request) -> _Graph | None:
    """The graph that a request names; None where it names none."""
    if request.url.path.rstrip("/") != PATH:
        # The address as it was sent: decoding its path would name another graph (RFC 3986, section 6.2.2).
        path = request.scope.get("raw_path", b"").decode("ascii") or request.url.path
        return _named(f"{request.url.scheme}://{request.url.netloc}{path}")
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    named = [value for name, value in pairs if name == "graph"]
    default = any(name == "default" for name, _ in pairs)
    if len(named) + default > 1:
        raise HTTPException(400, "Name one graph: either ?graph=IRI or ?default.")
    if not named:
        return _Graph(None) if default else None
    return _named(named[0])


def _named(iri: str) -> _Graph:
    try:
        NamedNode(iri)
    except ValueError as error:
        raise HTTPException(400, f"The graph's IRI is not one: {error}.") from None
    return _Graph(iri)


async def _documents(request: Request, limit: int) -> list[tuple[bytes, str]]:
    """The documents of a request, each with its media type."""
    kind, _ = read_type(request)
    if kind != _MULTIPART:
        return [(await read_body(request, limit), _media_type(kind))]
    body = await read_body(request, limit)

    async def replay() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    boundary = parse_options_header(request.headers["content-type"])[1].get(b"boundary", b"")
    if boundary and b"--%s--" % boundary not in body:
        raise HTTPException(400, "The form is cut: its last boundary is missing.")
    try:
        async with Request(request.scope, replay).form(max_files=_MAXIMUM_FILES, max_part_size=limit) as form:
            parts = form.multi_items()
            files = [
                (await part.read(), part.content_type or "") for _, part in parts if not isinstance(part, str)
            ]
    except (MultiPartException, HTTPException) as error:
        raise HTTPException(400, f"The form can't be read: {getattr(error, 'message', error)}.") from None
    if not files or len(files) < len(parts):  # what has no filename comes without its media type
        raise HTTPException(400, "Each part of the form is a graph as a file: give it a filename.")
    return [(document, _media_type(kind.partition(";")[0].strip().lower())) for document, kind in files]


def _media_type(kind: str) -> str:
    for format in GRAPHS:
        if kind in (format.media_type, *format.aliases):
            return format.media_type
    offered = ", ".join(format.media_type for format in GRAPHS)
    raise HTTPException(
        415, f"Send a graph as {offered}, or several as {_MULTIPART}, not as {kind or 'something unnamed'}."
    )


def _no_such_graph() -> UnknownName:
    return UnknownName(
        Problem("There is no such graph.", "SELECT DISTINCT ?g { GRAPH ?g {} } lists those there are.")
    )
