"""What an operator asks: does it live, can it answer, what is it."""

from __future__ import annotations

from importlib.metadata import version
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from cmograph import __version__
from cmograph.api.metrics import CONTENT_TYPE, Metrics
from cmograph.api.problems import ProblemDetails
from cmograph.api.service import ServiceDependency
from cmograph.engine.guard import check

__all__ = ["router"]

router = APIRouter(tags=["operation"])

_PROBE = check("ASK {}")


class Health(BaseModel):
    """The process lives."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """A query was just answered."""

    status: Literal["ready"] = "ready"
    release: str = Field(description="The release that is served; `none` where nothing is released yet.")


class Version(BaseModel):
    """What runs, on what."""

    cmograph: str
    pyoxigraph: str
    release: str
    edition: str


@router.get("/health", summary="Does the process live?")
async def health() -> Health:
    """Says ok, and asks nothing of anything."""
    return Health()


@router.get("/ready", summary="Can it answer?", responses={503: {"model": ProblemDetails}})
async def ready(service: ServiceDependency) -> Ready:
    """Answers a query by a worker before it says so."""
    answer = await service.backend.query(_PROBE)
    return Ready(release=answer.snapshot.release)


@router.get(
    "/metrics",
    summary="How much is asked, and how long does it take?",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}},
)
async def metrics(request: Request) -> Response:
    """Prometheus text: latencies, how queries ended, rejections, cache hits, the release. It names no query."""
    numbers: Metrics = request.app.metrics
    return Response(numbers.text(), media_type=CONTENT_TYPE)


@router.get("/version", summary="What runs, on what?")
async def versions(service: ServiceDependency) -> Version:
    """The versions of the software and the release that is served."""
    snapshot = service.backend.snapshot
    return Version(
        cmograph=__version__,
        pyoxigraph=version("pyoxigraph"),
        release=snapshot.release,
        edition=snapshot.edition,
    )
