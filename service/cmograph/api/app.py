"""The application: its parts, what it opens and closes, and the headers that every response carries."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from math import ceil
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

from cmograph import __version__
from cmograph.api import asking, operating, starting
from cmograph.api.description import OPENAPI
from cmograph.api.limits import RateLimit
from cmograph.api.problems import ProblemDetails, describe, handle_errors
from cmograph.api.reading import STATIC
from cmograph.api.service import Service
from cmograph.api.sparql import SparqlEndpoint
from cmograph.engine.live import LiveBackend
from cmograph.engine.pool import Limits
from cmograph.questions.desk import Desk
from cmograph.questions.library import Library
from cmograph.settings import Settings

__all__ = ["Application", "create_app"]

_DESCRIPTION = (
    "A knowledge graph of realist evaluation: what works, for whom, in what circumstances, and why. "
    "What is open is served to anyone. Synthetic studies are named with every answer about them."
)

# No script, nothing from elsewhere: a page can neither run nor fetch what an attacker put into the data.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_UNLIMITED = ("/health", "/ready")
_SPARQL = ("/sparql", "/sparql/")


class Application(FastAPI):
    """FastAPI, with `/sparql` beside it and the same headers on both."""

    def __init__(self, settings: Settings, library: Library, **options: Any) -> None:
        super().__init__(**options)
        self.settings = settings
        self.library = library
        self._rate = RateLimit(settings.rate_limit)
        self._sparql = SparqlEndpoint(lambda: self.state.service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        client = scope["client"][0] if scope.get("client") else ""
        wait = 0.0 if scope["path"] in _UNLIMITED else self._rate.wait(client)
        if wait:
            too_many = HTTPException(429, "That is too many requests.", {"Retry-After": str(ceil(wait))})
            await describe(too_many)(scope, receive, send_with_headers)
        elif scope["path"] in _SPARQL:
            await self._sparql(scope, receive, send_with_headers)
        else:
            # FastAPI knows GET only; the server leaves out the body of what was HEAD.
            known = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
            await super().__call__(known, receive, send_with_headers)

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, `/sparql` included."""
        if self.openapi_schema is None:
            schema = super().openapi()
            schema["paths"]["/sparql"] = OPENAPI
            schemas = schema.setdefault("components", {}).setdefault("schemas", {})
            for name in ("HTTPValidationError", "ValidationError"):  # ours are problem details
                schemas.pop(name, None)
            schemas.setdefault("ProblemDetails", ProblemDetails.model_json_schema())
        return self.openapi_schema or schema


def create_app(settings: Settings, library: Library | None = None) -> FastAPI:
    """The application that serves the open edition of a store.

    Args:
        settings: where the store is and what a query may cost.
        library: the questions; by default those that come with cmograph.

    Raises:
        InputError: a question file is not right.
    """
    library = Library.load() if library is None else library

    @asynccontextmanager
    async def open_service(app: FastAPI) -> AsyncIterator[None]:
        limits = Limits(
            seconds=settings.query_timeout,
            memory=settings.memory_limit << 20,
            answer=settings.answer_limit << 20,
            workers=settings.workers,
        )
        # Whoever has no token is anonymous, and the anonymous see the open edition: no other is opened here.
        backend = await LiveBackend.start(settings.store, "open", limits)
        app.state.service = Service(backend, Desk(backend, library))
        try:
            yield
        finally:
            await backend.close()

    app = Application(
        settings,
        library,
        title="cmograph",
        version=__version__,
        description=_DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        lifespan=open_service,
        docs_url=None,  # FastAPI's page is fetched from a CDN; ours is in `starting`
        redoc_url=None,
        generate_unique_id_function=_operation_id,
    )
    handle_errors(app)
    app.include_router(starting.router)
    app.include_router(operating.router)
    app.include_router(asking.router_for(library))
    app.mount("/static", StaticFiles(directory=STATIC))
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name
