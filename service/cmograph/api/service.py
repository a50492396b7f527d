"""What the parts of the application share while it runs, and how the endpoints wait for it."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Annotated, Any, Self, TypeVar
from urllib.parse import quote

from fastapi import Depends, Request

from cmograph.access import ANONYMOUS, Audit, Gate, Issuer, Principal, Scope, TokenBook, digest_of, require
from cmograph.analysts.office import Analysts
from cmograph.api.excerpts import Excerpts
from cmograph.engine.backend import Backend
from cmograph.engine.editions import Snapshot
from cmograph.engine.federation import Federation
from cmograph.engine.live import LiveBackend
from cmograph.engine.pool import Limits
from cmograph.errors import CmographError, Problem, StoreError
from cmograph.questions.desk import Desk
from cmograph.questions.library import Library
from cmograph.settings import Settings
from cmograph.writing.request import Request as Change
from cmograph.writing.request import Written
from cmograph.writing.writer import Writer

__all__ = [
    "ClientGone",
    "Service",
    "ServiceDependency",
    "Services",
    "admit",
    "notice_headers",
    "principal_of",
    "release_header",
    "unless_gone",
]

_Result = TypeVar("_Result")
_LOG = logging.getLogger(__name__)
_PRINCIPAL = "cmograph.principal"
_LOOK_AFTER_SECONDS = 0.02
_IN_IRIS = "/:@!$&'()*+,;=-._~%?#[]"
_NAMED = 3
"""Studies that a header names: it comes with every answer, and a client may refuse one whose headers are long."""


@dataclass(frozen=True, slots=True)
class Service:
    """One edition, open for questions."""

    backend: Backend
    desk: Desk
    analysts: Analysts
    excerpts: Excerpts

    @property
    def library(self) -> Library:
        """The questions that can be asked."""
        return self.desk.library


class Services:
    """The editions that are open, who is let in to them, and the one who writes."""

    def __init__(self, settings: Settings, library: Library, gate: Gate) -> None:
        self.settings = settings
        self.library = library
        self.gate = gate
        self.tally: Counter[str] = Counter()
        """How many queries ended how: see `Pool`."""
        self.analyses: Counter[str] = Counter()
        """How many analyses ended how: see `Analysts`."""
        self.federation = Federation(frozenset(settings.federation), frozenset(settings.federation_private))
        self._audit = Audit(settings.store)
        self._backends: dict[str, LiveBackend] = {}
        self._services: dict[str, Service] = {}
        self._opening = asyncio.Lock()
        self._writer: Writer | None = None

    @classmethod
    async def open(cls, settings: Settings, library: Library) -> Self:
        """Open the edition that anyone may see. Another is opened when the first who may see it asks.

        Raises:
            StoreError: the store has a release that cannot be opened.
        """
        issuer = None
        if settings.oidc_issuer:
            issuer = Issuer(
                settings.oidc_issuer,
                settings.oidc_audience,
                settings.oidc_jwks,
                settings.oidc_claim,
                settings.oidc_scopes,
            )
        book = TokenBook(settings.store) if settings.store else None
        services = cls(settings, library, Gate(book, issuer))
        await services.of(ANONYMOUS)
        return services

    async def of(self, principal: Principal) -> Service:
        """The edition that someone sees, which is another directory and other workers than anyone else's."""
        edition = principal.edition
        if (known := self._services.get(edition)) is not None:
            return known
        async with self._opening:
            if edition not in self._services:
                backend = await LiveBackend.start(self.settings.store, edition, self._limits, self.tally)
                self._backends[edition] = backend
                analysts = Analysts(backend, self._limits, self.analyses)
                excerpts = Excerpts(backend, analysts)
                self._services[edition] = Service(backend, Desk(backend, self.library), analysts, excerpts)
        return self._services[edition]

    def snapshot(self, edition: str) -> Snapshot:
        """What is served of an edition that is open."""
        return self._backends[edition].snapshot

    def editions(self) -> list[tuple[Snapshot, bool]]:
        """What is served now, and whether from memory."""
        return [(backend.snapshot, backend.in_memory) for backend in self._backends.values()]

    @property
    def _limits(self) -> Limits:
        settings = self.settings
        return Limits(
            seconds=settings.query_timeout,
            memory=settings.memory_limit << 20,
            answer=settings.answer_limit << 20,
            workers=settings.workers,
            cap=settings.query_timeout_cap,
            in_memory=settings.memory_edition << 20,
        )

    def seconds(self, principal: Principal, asked: float | None) -> float:
        """How long a query may take: anyone may ask for less, who has a token for more, up to a cap."""
        usual = self.settings.query_timeout
        if asked is None:
            return usual
        return min(asked, usual if principal.anonymous else max(usual, self.settings.query_timeout_cap))

    def record(self, principal: Principal, action: str, text: str) -> None:
        """Put on record what someone with a token is about to be answered.

        Raises:
            StoreError: it can't be recorded, and so must not be done.
        """
        if not principal.anonymous:
            self._audit.record(principal, action, digest_of(text), "asked")

    async def write(
        self, principal: Principal, change: Change, bodies: list[bytes], action: str, text: str
    ) -> Written:
        """Make a change, and serve it before this returns, or, where that cannot be, as soon as it can.

        Raises:
            Unauthorised, Forbidden: who asks may not write.
            StoreError: there is no store to write to, it is in use, or it is full.
            CmographError: the change is not right; nothing was written.
        """
        require(principal, Scope.WRITE)
        store = self.settings.store
        if store is None:
            raise StoreError(
                Problem("There is no store to write to.", "Serve one: cmograph serve --store DIR.")
            )
        self.record(principal, action, text)
        if self._writer is None:
            settings = self.settings
            memory = settings.memory_limit << 20
            self._writer = Writer(store, settings.update_timeout, memory, settings.keep_releases)
        written = await self._writer.write(change, bodies)
        try:
            if written.release:
                await self.refresh()
        except (CmographError, OSError):  # as below; whoever follows the store goes on to try
            _LOG.exception("a change was made, and its release could not be served yet")
        try:
            self._audit.record(principal, action, digest_of(text), "done")
        except StoreError:
            # That it was asked is on record; an error would have the client make the change again.
            _LOG.exception("a change was made, and how it ended could not be put on record")
        return written

    async def refresh(self) -> None:
        """Serve what the store holds now."""
        await asyncio.gather(*(backend.refresh() for backend in self._backends.values()))

    async def close(self) -> None:
        """Let what runs end, then let everything go."""
        if self._writer is not None:
            await self._writer.close()
        await asyncio.gather(*(service.analysts.close() for service in self._services.values()))
        await asyncio.gather(*(backend.close() for backend in self._backends.values()))


def principal_of(scope: MutableMapping[str, Any]) -> Principal:
    """Who sends a request: the door has written it into the request's scope."""
    principal: Principal = scope.get(_PRINCIPAL, ANONYMOUS)
    return principal


def admit(scope: MutableMapping[str, Any], principal: Principal) -> None:
    """Write into a request's scope who sends it."""
    scope[_PRINCIPAL] = principal


async def _service(request: Request) -> Service:
    services: Services = request.app.state.services
    principal = principal_of(request.scope)
    services.record(principal, "read", f"{request.url.path}?{request.url.query}")
    return await services.of(principal)


ServiceDependency = Annotated[Service, Depends(_service)]


async def notice_headers(service: Service) -> dict[str, str]:
    """The headers that say, with an answer in any format, that the release holds synthetic studies."""
    studies = sorted(await service.desk.synthetic_studies())
    if not studies:
        return {}
    named = [quote(study, safe=_IN_IRIS) for study in studies[:_NAMED]]  # a header holds no more than Latin-1
    others = f" and {len(studies) - len(named)} more" if len(studies) > len(named) else ""
    return {
        "X-Cmograph-Notice": "This release holds synthetic studies, invented to show what cmograph does: "
        + ", ".join(named)
        + others,
        "Link": ", ".join(f'<{study}>; rel="describedby"' for study in named),
    }


def release_header(written: Written) -> dict[str, str]:
    """The header that names the release that a change made, if anything changed."""
    return {"X-Cmograph-Release": written.release} if written.release else {}


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
    loop, task, left = asyncio.get_running_loop(), asyncio.current_task(), False
    watching: list[asyncio.Task[None]] = []

    async def watch() -> None:
        nonlocal left
        await _departure(receive)
        left = True
        if task is not None:
            task.cancel()

    # Most work is done before a look at whether its client left would pay.
    timer = loop.call_later(_LOOK_AFTER_SECONDS, lambda: watching.append(asyncio.ensure_future(watch())))
    try:
        return await work
    except asyncio.CancelledError:
        if left and task is not None:
            task.uncancel()
            raise ClientGone from None
        raise
    finally:
        timer.cancel()
        for one in watching:
            one.cancel()
