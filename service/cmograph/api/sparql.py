"""The SPARQL endpoint: a small ASGI application beside FastAPI, whose stack can cost more than a query."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cmograph.access import Principal, require
from cmograph.access import Scope as Allowed
from cmograph.api.caching import AnswerCache, Given, Key, as_sent, entity_tag, is_fresh, validators
from cmograph.api.description import describe_service
from cmograph.api.negotiation import Chosen, choose
from cmograph.api.problems import describe
from cmograph.api.protocol import METHODS, QUERY_BODY, Asked, read_request, read_type
from cmograph.api.reading import HTML, query_page
from cmograph.api.service import (
    ClientGone,
    Service,
    Services,
    notice_headers,
    principal_of,
    release_header,
    unless_gone,
)
from cmograph.api.spooled import SpooledResponse
from cmograph.engine.editions import Snapshot
from cmograph.engine.formats import GRAPHS, formats_of
from cmograph.engine.guard import Query, check
from cmograph.writing.request import Request as Change

__all__ = ["SparqlEndpoint"]

_UPDATE = "application/sparql-update"
_AT_ONCE = 256 * 1024
"""Bytes of an answer that are handed over in one piece."""
_FORMATS = 64
"""Releases and formats whose headers are kept."""


class SparqlEndpoint:
    """Answers the query and update operations of the SPARQL 1.1 Protocol."""

    def __init__(self, services: Callable[[], Services], cache: AnswerCache) -> None:
        self._services = services
        self._cache = cache
        self._headers_of: dict[tuple[str, str, bool], list[tuple[bytes, bytes]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        key = self._key(scope)
        if key is not None and (kept := self._cache.get(key)) is not None:
            await kept(scope, receive, send)
            return
        request = Request(scope, receive)
        response: ASGIApp
        try:
            response = await self._respond(request)
            if key is not None and isinstance(response, Given) and response.is_of(str(key[0])):
                self._cache.put(key, response)
        except (ClientGone, ClientDisconnect):
            return
        except Exception as error:  # whatever it is, the client gets the one shape of error
            response = describe(error)
        await response(scope, receive, send)

    def _key(self, scope: Scope) -> Key | None:
        """What an answer to anyone's GET rests on, from the bytes that were sent; None where it is not kept."""
        if scope["method"] != "GET" or not principal_of(scope).anonymous or not scope["query_string"]:
            return None
        snapshot = self._services().snapshot("open")
        accept = host = None
        for name, value in scope["headers"]:  # of several the first counts, as for whoever answers
            if name == b"accept" and accept is None:
                accept = value
            elif name == b"host" and host is None:
                host = value
        if not host:
            return None
        return snapshot.tag, scope["query_string"], accept or b"", scope["scheme"], host, scope["path"]

    async def _respond(self, request: Request) -> Response | Given:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": ", ".join(METHODS)})
        services, principal = self._services(), principal_of(request.scope)
        if request.method == "POST" and read_type(request)[0] == _UPDATE:
            require(principal, Allowed.WRITE)
        limit = services.settings.body_limit << 20 if principal.may_write else QUERY_BODY
        asked = await read_request(request, limit)
        if asked.update is not None:
            return await self._update(request, services, principal, asked, asked.update)
        if asked.query is None:
            return self._about(request, services, asked)
        services.record(principal, "query", asked.query)
        service = await services.of(principal)
        return await self._answer(request, services, service, asked, asked.query)

    async def _answer(
        self, request: Request, services: Services, service: Service, asked: Asked, text: str
    ) -> Response | Given:
        query = await self._checked(request, services, asked, text)
        chosen = choose(request.headers.get("accept"), formats_of(query.form), asked.format)
        tag = entity_tag(service.backend.snapshot, chosen.format)
        if not query.volatile and is_fresh(request, tag, answered=False):
            return Response(status_code=304, headers=validators(tag))
        # By the type as it was asked for too: the same bytes go by several names, and a client reads by the name.
        graphs = (*asked.default_graphs, "", *asked.named_graphs)  # no graph has an empty name
        key = (tag, chosen.media_type, text, query.base, *graphs)
        may_keep = request.method == "POST" and not query.volatile
        if may_keep and (kept := self._cache.get(key)) is not None:
            return kept
        seconds = services.seconds(principal_of(request.scope), asked.timeout)
        answer = await unless_gone(request.receive, service.backend.query(query, chosen.format, seconds))
        headers = await self._headers(service, answer.snapshot, chosen, query.volatile)
        if answer.spool.size > _AT_ONCE:
            tag = entity_tag(answer.snapshot, chosen.format)
            if not query.volatile and is_fresh(request, tag):
                return Response(status_code=304, headers=validators(tag))
            return SpooledResponse(answer.spool, headers)
        body = answer.body
        given = Given([*headers, (b"content-length", b"%d" % len(body))], body)
        if may_keep and entity_tag(answer.snapshot, chosen.format) == tag:  # else a release came in between
            self._cache.put(key, given)
        return given

    async def _headers(
        self, service: Service, snapshot: Snapshot, chosen: Chosen, volatile: bool
    ) -> list[tuple[bytes, bytes]]:
        """What all answers from a snapshot in one format say: they are made once."""
        key = snapshot.tag, chosen.media_type, volatile
        if (known := self._headers_of.get(key)) is not None:
            return known
        headers = await notice_headers(service)
        headers |= (
            {"Cache-Control": "no-store"} if volatile else validators(entity_tag(snapshot, chosen.format))
        )
        headers["Content-Type"] = chosen.content_type
        sent = as_sent(headers)
        if snapshot == service.backend.snapshot:  # else the notice may be of the next release
            if len(self._headers_of) >= _FORMATS:
                self._headers_of.clear()  # most are of releases that are served no more
            self._headers_of[key] = sent
        return sent

    async def _checked(self, request: Request, services: Services, asked: Asked, text: str) -> Query:
        """The query, passed by the guard, with the calls answered that the settings allow."""
        found = services.federation.find(text)
        query = check(
            found.judged,
            default_graphs=asked.default_graphs,
            named_graphs=asked.named_graphs,
            base=_address(request),
        )
        if not found.calls:
            return query
        filled = await unless_gone(request.receive, services.federation.fill(found))
        return replace(query, text=filled, volatile=True)  # the others' data may change at any time

    async def _update(
        self, request: Request, services: Services, principal: Principal, asked: Asked, text: str
    ) -> Response:
        change = Change(
            "update",
            principal.edition,
            base=_address(request),
            default_graphs=asked.default_graphs,
            named_graphs=asked.named_graphs,
            bodies=1,
        )
        written = await services.write(principal, change, [text.encode()], "update", text)
        return Response(status_code=204, headers=release_header(written))

    def _about(self, request: Request, services: Services, asked: Asked) -> Response:
        chosen = choose(request.headers.get("accept"), (*GRAPHS, HTML), asked.format)
        if chosen.format == HTML:
            return query_page()
        settings = services.settings
        body = describe_service(
            _address(request),
            chosen.format,
            updates=settings.store is not None,
            federated=bool(settings.federation),
        )
        return Response(body, headers={"Content-Type": chosen.content_type, "Vary": "Accept"})


def _address(request: Request) -> str:
    """The endpoint's own address, as the client reached it."""
    host = request.headers.get("host")
    if not host:
        return str(request.url.replace(query="", fragment=""))
    return f"{request.scope['scheme']}://{host}{request.scope['path']}"
