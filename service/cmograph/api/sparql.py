"""The SPARQL endpoint: a small ASGI application beside FastAPI, whose stack can cost more than a query."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from cmograph.access import Principal, require
from cmograph.access import Scope as Allowed
from cmograph.api.caching import AnswerCache, Kept, entity_tag, is_fresh, validators
from cmograph.api.description import describe_service
from cmograph.api.negotiation import choose
from cmograph.api.problems import describe
from cmograph.api.protocol import METHODS, QUERY_BODY, Asked, read_request, read_type
from cmograph.api.reading import HTML, query_page
from cmograph.api.service import ClientGone, Service, Services, notice_headers, principal_of, unless_gone
from cmograph.api.spooled import SpooledResponse
from cmograph.engine.formats import GRAPHS, formats_of
from cmograph.engine.guard import Query, check
from cmograph.writing.request import Request as Change

__all__ = ["SparqlEndpoint"]

_UPDATE = "application/sparql-update"
_AT_ONCE = 256 * 1024
"""Bytes of an answer that are handed over in one piece."""


class SparqlEndpoint:
    """Answers the query and update operations of the SPARQL 1.1 Protocol."""

    def __init__(self, services: Callable[[], Services], cache: AnswerCache) -> None:
        self._services = services
        self._cache = cache

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        key = self._key(scope)
        if key is not None and (kept := self._cache.get(key)) is not None:
            await _give(kept, scope, send)
            return
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
            if (
                key is not None
                and response.status_code == 200
                and "etag" in response.headers
                and response.body
            ):
                self._cache.put(key, Kept(response.raw_headers, bytes(response.body)))
        except ClientGone:
            return
        except Exception as error:  # whatever it is, the client gets the one shape of error
            response = describe(error)
        await response(scope, receive, send)

    def _key(self, scope: Scope) -> Hashable | None:
        """What an answer to anyone's GET rests on, from the bytes that were sent; None where it is not kept."""
        if scope["method"] != "GET" or not principal_of(scope).anonymous or not scope["query_string"]:
            return None
        snapshot = self._services().snapshot("open")
        accept = host = b""
        for name, value in scope["headers"]:
            if name == b"accept":
                accept = value
            elif name == b"host":
                host = value
        return snapshot.tag, scope["query_string"], accept, scope["scheme"], host, scope["path"]

    async def _respond(self, request: Request) -> Response:
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
    ) -> Response:
        query = await self._checked(request, services, asked, text)
        chosen = choose(request.headers.get("accept"), formats_of(query.form), asked.format)
        tag = entity_tag(service.backend.snapshot, chosen.format)
        if not query.volatile and is_fresh(request, tag):
            return Response(status_code=304, headers=validators(tag))
        # By the type as it was asked for too: the same bytes go by several names, and a client reads by the name.
        by_name = (tag, chosen.media_type, asked, query.base)
        key = by_name if request.method == "POST" and not query.volatile else None
        if key is not None and (kept := self._cache.get(key)) is not None:
            response = Response(kept.body)
            response.raw_headers = kept.headers
            return response
        seconds = services.seconds(principal_of(request.scope), asked.timeout)
        answer = await unless_gone(request.receive, service.backend.query(query, chosen.format, seconds))
        headers = await notice_headers(service)
        if query.volatile:
            headers["Cache-Control"] = "no-store"
        else:
            headers |= validators(entity_tag(answer.snapshot, chosen.format))
        headers["Content-Type"] = chosen.content_type
        if answer.spool.size > _AT_ONCE:
            return SpooledResponse(answer.spool, headers)
        response = Response(answer.body, headers=headers)
        if key is not None and answer.snapshot == service.backend.snapshot:
            self._cache.put(key, Kept(response.raw_headers, answer.body))
        return response

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
        headers = {"X-Cmograph-Release": written.release} if written.release else {}
        return Response(status_code=204, headers=headers)

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


async def _give(kept: Kept, scope: Scope, send: Send) -> None:
    """Gives an answer again, or says that the client has it."""
    fresh = any(
        name == b"if-none-match" and (kept.tag in value or value == b"*") for name, value in scope["headers"]
    )
    status, body = (304, b"") if fresh else (200, kept.body)
    headers = [pair for pair in kept.headers if pair[0] in _VALIDATORS] if fresh else kept.headers
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


_VALIDATORS = (b"etag", b"cache-control", b"vary")


def _address(request: Request) -> str:
    """The endpoint's own address, as the client reached it."""
    host = request.headers.get("host")
    if not host:
        return str(request.url.replace(query="", fragment=""))
    return f"{request.scope['scheme']}://{host}{request.scope['path']}"
