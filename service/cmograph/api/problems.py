"""Every error that a client sees: RFC 9457 problem details, one shape, made here."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cmograph.api.service import ClientGone
from cmograph.errors import AccessError, CmographError, Problem

__all__ = ["MEDIA_TYPE", "ProblemDetails", "describe", "handle_errors"]

_LOG = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_TYPES = "https://w3id.org/cmograph/problem/"
_RETRY_SECONDS = "5"


class Fault(BaseModel):
    """One thing that is wrong."""

    what: str = Field(description="What is wrong.")
    remedy: str = Field(description="What can be done about it; empty where nothing can.")


class ProblemDetails(BaseModel):
    """An error (RFC 9457)."""

    type: str = Field(
        description="An IRI for this kind of error, or about:blank for one that HTTP itself names."
    )
    title: str = Field(description="The kind of error, in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What is wrong with this request.")
    problems: list[Fault] = Field(description="The same, one by one, each with its remedy.")


def describe(error: Exception) -> Response:
    """The response that tells a client of an error; what we did not foresee is logged and not told."""
    if isinstance(error, CmographError):
        headers = {"Retry-After": _RETRY_SECONDS} if error.status == 503 else {}
        if isinstance(error, AccessError):
            headers["WWW-Authenticate"] = error.challenge
        kind = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()
        return _respond(error.status, error.title, error.problems, _TYPES + kind, headers)
    if isinstance(error, RequestValidationError):
        faults = [
            Problem(f"{'.'.join(str(part) for part in wrong['loc'][1:]) or 'request'}: {wrong['msg']}.")
            for wrong in error.errors()
        ]
        return _respond(422, "The request does not fit", faults, _TYPES + "request")
    if isinstance(error, HTTPException):
        title = HTTPStatus(error.status_code).phrase
        problem = Problem("" if error.detail == title else str(error.detail))
        return _respond(error.status_code, title, [problem], "about:blank", error.headers)
    _LOG.error("a request failed", exc_info=error)
    return _respond(500, "Internal Server Error", [Problem("Something here is broken; it has been logged.")])


def _respond(
    status: int,
    title: str,
    problems: Sequence[Problem],
    type: str = "about:blank",
    headers: Mapping[str, str] | None = None,
) -> Response:
    body = ProblemDetails(
        type=type,
        title=title,
        status=status,
        detail=" ".join(str(problem) for problem in problems) or title,
        problems=[Fault(what=problem.what or title, remedy=problem.remedy) for problem in problems],
    )
    content = json.dumps(body.model_dump(), ensure_ascii=False, indent=1).encode()
    return Response(content, status, {"Cache-Control": "no-store", **(headers or {})}, MEDIA_TYPE)


def handle_errors(app: FastAPI) -> None:
    """Have every error of the application told by `describe`."""

    async def handle(_request: Request, error: Exception) -> Response:
        return describe(error)

    kinds: tuple[Any, ...] = (CmographError, RequestValidationError, HTTPException)
    for kind in kinds:
        app.add_exception_handler(kind, handle)
    app.add_middleware(_Last)


class _Last:
    """ASGI: tells of what nothing within has told of; where an answer has begun, the door ends it.

    A handler for `Exception` would not do: Starlette raises the error again after it, and the server then writes
    its words, which may be a person's, to standard error.
    """

    def __init__(self, inside: ASGIApp) -> None:
        self._inside = inside

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inside(scope, receive, send)
            return
        begun = False

        async def note(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._inside(scope, receive, note)
        except (ClientGone, ClientDisconnect):
            return
        except Exception as error:
            if begun:
                raise
            await describe(error)(scope, receive, send)
