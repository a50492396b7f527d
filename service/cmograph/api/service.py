"""What the parts of the application share while it runs, and how the endpoints wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request

from cmograph.engine.backend import Backend
from cmograph.questions.desk import Desk
from cmograph.questions.library import Library

__all__ = ["ClientGone", "Service", "ServiceDependency", "notice_headers", "unless_gone"]

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Service:
    """One edition, open for questions."""

    backend: Backend
    desk: Desk

    @property
    def library(self) -> Library:
        """The questions that can be asked."""
        return self.desk.library


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


ServiceDependency = Annotated[Service, Depends(_service)]


async def notice_headers(service: Service) -> dict[str, str]:
    """The headers that say, with an answer in any format, that the release holds synthetic studies."""
    studies = sorted(await service.desk.synthetic_studies())
    if not studies:
        return {}
    return {
        "X-Cmograph-Notice": "This release holds synthetic studies, invented to show what cmograph does: "
        + ", ".join(studies),
        "Link": ", ".join(f'<{study}>; rel="describedby"' for study in studies),
    }


class ClientGone(Exception):
    """The client closed its connection; nobody waits for the answer."""


async def _departure(receive: Callable[[], Awaitable[Any]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass  # what is left of the request's body, if anything


async def unless_gone(receive: Callable[[], Awaitable[Any]], work: Awaitable[_Result]) -> _Result:
    """Do the work unless the client leaves first; then it is cancelled, and its query's worker killed.

    Args:
        receive: of the request.
        work: what to do.

    Raises:
        ClientGone: it left.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_departure(receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientGone
    finally:
        leaving.cancel()
        if not working.done():
            working.cancel()
