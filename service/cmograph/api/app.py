"""The application: its parts, and what it opens and closes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from cmograph import __version__
from cmograph.analysis.inquiries import INQUIRIES
from cmograph.api import asking, exporting, inquiring, operating, starting, terms, things, wellknown
from cmograph.api.caching import AnswerCache
from cmograph.api.description import BEARER, OPENAPI
from cmograph.api.door import Door
from cmograph.api.graphs import PATH as GRAPHS
from cmograph.api.graphs import GraphStore
from cmograph.api.metrics import Metrics
from cmograph.api.problems import ProblemDetails, describe, handle_errors
from cmograph.api.reading import STATIC
from cmograph.api.service import Services
from cmograph.api.sparql import SparqlEndpoint
from cmograph.questions.library import Library
from cmograph.settings import Settings

__all__ = ["Application", "create_app"]

_DESCRIPTION = (
    "A knowledge graph of realist evaluation: what works, for whom, in what circumstances, and why. "
    "What is open is served to anyone. Synthetic studies are named with every answer about them."
)

_SPARQL = ("/sparql", "/sparql/")
_ALLOWED = {"Allow": "GET, HEAD, OPTIONS"}
"""Of whatever is neither `/sparql` nor `/graphs`; FastAPI would name GET alone."""


class Application(FastAPI):
    """FastAPI, with `/sparql` and `/graphs` beside it and one door before them all."""

    def __init__(self, settings: Settings, library: Library, **options: Any) -> None:
        super().__init__(**options)
        self.settings = settings
        self.library = library
        cache = AnswerCache(settings.cache << 20)
        self.metrics = Metrics(cache)
        self._sparql = SparqlEndpoint(self._services, cache)
        self._graphs = GraphStore(self._services)
        self._door = Door(self._inside, settings, self._services, self.metrics)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        await self._door(scope, receive, send)

    def _services(self) -> Services:
        services: Services = self.state.services
        return services

    async def _inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path in _SPARQL:
            await self._sparql(scope, receive, send)
        elif path == GRAPHS or path.startswith(f"{GRAPHS}/"):
            await self._graphs(scope, receive, send)
        elif scope.get("method") == "OPTIONS":
            await Response(status_code=204, headers=_ALLOWED)(scope, receive, send)
        else:
            # FastAPI knows GET only; the server leaves out the body of what was HEAD.
            known = {**scope, "method": "GET"} if scope.get("method") == "HEAD" else scope
            await super().__call__(known, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, `/sparql` included."""
        if self.openapi_schema is None:
            schema = super().openapi()
            schema["paths"] |= OPENAPI
            components = schema.setdefault("components", {})
            components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
            schema["security"] = BEARER  # whatever says nothing else: anyone may ask, a token shows more
            schemas = components.setdefault("schemas", {})
            for name in ("HTTPValidationError", "ValidationError"):  # ours are problem details
                schemas.pop(name, None)
            schemas.setdefault("ProblemDetails", ProblemDetails.model_json_schema())
        return self.openapi_schema or schema


def create_app(settings: Settings, library: Library | None = None) -> FastAPI:
    """The application that serves a store: the open edition to anyone, the restricted one by token.

    Args:
        settings: where the store is and what a query may cost.
        library: the questions; by default those that come with cmograph.

    Raises:
        InputError: a question file is not right.
    """
    library = Library.load() if library is None else library

    @asynccontextmanager
    async def open_services(app: FastAPI) -> AsyncIterator[None]:
        services = app.state.services = await Services.open(settings, library)
        application.metrics.follow(services.editions, services.tally, services.analyses)
        try:
            yield
        finally:
            await services.close()

    application = Application(
        settings,
        library,
        title="cmograph",
        version=__version__,
        description=_DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        lifespan=open_services,
        docs_url=None,  # FastAPI's page is fetched from a CDN; ours is in `starting`
        redoc_url=None,
        generate_unique_id_function=_operation_id,
    )
    handle_errors(application)
    application.add_exception_handler(405, _not_allowed)
    application.include_router(starting.router)
    application.include_router(operating.router)
    application.include_router(asking.router_for(library))
    application.include_router(inquiring.router_for(INQUIRIES))
    application.include_router(exporting.router)
    application.include_router(things.router)
    application.include_router(terms.router)
    application.include_router(wellknown.router())
    application.mount("/static", StaticFiles(directory=STATIC))
    return application


async def _not_allowed(request: Request, _error: Exception) -> Response:
    return describe(HTTPException(405, f"{request.method} means nothing here.", _ALLOWED))


def _operation_id(route: APIRoute) -> str:
    return route.name
