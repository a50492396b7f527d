"""The door: every request passes it, is counted, limited, and told apart by who sends it."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from functools import lru_cache, partial
from math import ceil

from pyoxigraph import NamedNode
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cmograph.access import ANONYMOUS
from cmograph.analysis.inquiries import INQUIRIES
from cmograph.api.cors import with_cors
from cmograph.api.journal import REQUEST_ID, Journal, request_id
from cmograph.api.limits import Concurrency, RateLimit
from cmograph.api.metrics import Metrics
from cmograph.api.problems import describe
from cmograph.api.service import Services, admit
from cmograph.settings import Settings

__all__ = ["Door"]

_LOG = logging.getLogger(__name__)

# No script, nothing from elsewhere: a page can neither run nor fetch what an attacker put into the data.
_HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        b"frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]
_ALWAYS_OPEN = ("/health", "/ready")
_ROUTES = frozenset(
    (
        ".well-known",
        "about",
        "context.jsonld",
        "docs",
        "exports",
        "graphs",
        "health",
        "id",
        "inquiries",
        "metrics",
        "ontology",
        "openapi.json",
        "questions",
        "ready",
        "sparql",
        "static",
        "version",
        *INQUIRIES,
    )
)
_SECONDS_TO_WAIT = 1
_HOST = re.compile(r"(?:[\w.~!$&'()*+,;=%-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?", re.ASCII)
"""The host and the port of a URI (RFC 3986, sections 3.2.2 and 3.2.3)."""


class Door:
    """ASGI around the application."""

    def __init__(
        self, inside: ASGIApp, settings: Settings, services: Callable[[], Services], metrics: Metrics
    ) -> None:
        # What the door itself refuses is for the pages of those origins to read, too.
        self._shown = partial(with_cors, origins=settings.cors_origins)
        self._inside = self._shown(inside)
        self._services = services
        self._metrics = metrics
        self._rate = RateLimit(settings.rate_limit)
        self._concurrency = Concurrency(settings.concurrency_limit)
        self._journal = Journal(settings.log_requests)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._inside(scope, receive, send)
            return
        started, status = time.perf_counter(), 0
        authorization = sent_id = host = None
        for name, value in scope["headers"]:
            if name == b"authorization":  # of two, neither counts: together they are no token
                authorization = value if authorization is None else authorization + b", " + value
            elif name == REQUEST_ID:
                sent_id = value
            elif name == b"host":
                host = value if host is None else host + b", " + value
        id = request_id(sent_id)

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message["headers"], *_HEADERS, (REQUEST_ID, id)]
                message = {**message, "headers": _private(headers) if authorization else headers}
            await send(message)

        client = scope["client"][0] if scope.get("client") else ""
        path, principal = scope["path"], ANONYMOUS
        try:
            limited = path not in _ALWAYS_OPEN
            if limited and (refusal := self._refusal(client, host)) is not None:
                await self._shown(describe(refusal))(scope, receive, answer)
                return
            try:
                if authorization is not None:
                    principal = await self._services().gate.admit(authorization.decode("latin-1"))
                    admit(scope, principal)
            except Exception as error:
                self._metrics.reject("token")
                await self._shown(describe(error))(scope, receive, answer)
            else:
                await self._inside(scope, receive, answer)
            finally:
                if limited:
                    self._concurrency.leave(client)
        except Exception as error:  # the server would write down its words, which may be a person's
            if status:  # an answer has begun: the server ends the connection, by which the client can tell
                _LOG.error({"id": id.decode(), "message": "an answer was cut"}, exc_info=error)
            else:
                await self._shown(describe(error))(scope, receive, answer)
        finally:
            seconds, route = time.perf_counter() - started, _route(path)
            self._metrics.observe(route, status, seconds)
            self._journal.note(id, principal.name, scope["method"], route, status, seconds)

    def _refusal(self, client: str, host: bytes | None) -> HTTPException | None:
        """Why this client may not come in, or must wait; where neither, it has entered, and must leave."""
        if wait := self._rate.wait(client):
            self._metrics.reject("rate")
            return HTTPException(429, "That is too many requests.", {"Retry-After": str(ceil(wait))})
        # RFC 9112, section 3.2: refused, as two are; our addresses are made of it.
        if host and not _is_host(host):
            self._metrics.reject("host")
            return HTTPException(400, "The request's Host header names no host.")
        if not self._concurrency.enter(client):
            self._metrics.reject("concurrency")
            return HTTPException(
                429, "That is too many requests at once.", {"Retry-After": str(_SECONDS_TO_WAIT)}
            )
        return None


@lru_cache(256)
def _is_host(sent: bytes) -> bool:
    host = sent.decode("latin-1")
    try:
        NamedNode(f"http://{host}/")
    except ValueError:
        return False
    return _HOST.fullmatch(host) is not None


def _private(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Headers that keep what was shown to one out of a cache that serves many (RFC 9111, section 5.2.2.7)."""
    kept = [(name, value) for name, value in headers if name not in (b"cache-control", b"vary")]
    stored = any(name == b"cache-control" and b"no-store" in value for name, value in headers)
    origin = any(name == b"vary" and b"Origin" in value for name, value in headers)
    return [
        *kept,
        (b"cache-control", b"no-store" if stored else b"private, no-cache"),
        (b"vary", b"Accept, Authorization, Origin" if origin else b"Accept, Authorization"),
    ]


def _route(path: str) -> str:
    """What a metric and the journal call a path: its first step, if it is one of ours."""
    first = path.split("/", 2)[1] if "/" in path else ""
    return first if first in _ROUTES else ("start" if not first else "other")
