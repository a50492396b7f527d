"""The SPARQL endpoint: a small ASGI application beside FastAPI, whose stack can cost more than a query."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from cmograph.api.caching import entity_tag, is_fresh, validators
from cmograph.api.description import describe_service
from cmograph.api.negotiation import choose
from cmograph.api.problems import describe
from cmograph.api.protocol import METHODS, Asked, read_request
from cmograph.api.reading import HTML, query_page
from cmograph.api.service import ClientGone, Service, notice_headers, unless_gone
from cmograph.engine.formats import GRAPHS, formats_of
from cmograph.engine.guard import check

__all__ = ["SparqlEndpoint"]


class SparqlEndpoint:
    """Answers SPARQL 1.1 Protocol query operations."""

    def __init__(self, service: Callable[[], Service]) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except ClientGone:
            return
        except Exception as error:  # whatever it is, the client gets the one shape of error
            response = describe(error)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": ", ".join(METHODS)})
        asked = await read_request(request)
        if asked.query is None:
            return self._about(request, asked)
        return await self._answer(request, asked, asked.query)

    async def _answer(self, request: Request, asked: Asked, text: str) -> Response:
        service = self._service()
        query = check(text, default_graphs=asked.default_graphs, named_graphs=asked.named_graphs)
        chosen = choose(request.headers.get("accept"), formats_of(query.form), asked.format)
        tag = entity_tag(service.backend.snapshot, chosen.format)
        if not query.volatile and is_fresh(request, tag):
            return Response(status_code=304, headers=validators(tag))
        answer = await unless_gone(
            request.receive, service.backend.query(query, chosen.format, asked.timeout)
        )
        headers = await notice_headers(service)
        if query.volatile:
            headers["Cache-Control"] = "no-store"
        else:
            headers |= validators(entity_tag(answer.snapshot, chosen.format))
        headers["Content-Type"] = chosen.content_type
        return Response(answer.body, headers=headers)

    def _about(self, request: Request, asked: Asked) -> Response:
        chosen = choose(request.headers.get("accept"), (*GRAPHS, HTML), asked.format)
        if chosen.format == HTML:
            return query_page()
        endpoint = str(request.url.replace(query="", fragment=""))
        body = describe_service(endpoint, chosen.format)
        return Response(body, headers={"Content-Type": chosen.content_type, "Vary": "Accept"})
