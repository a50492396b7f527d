"""One worker process and the wire to it, seen from the serving side's event loop."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import re
import signal
import sys
import time
from typing import cast

from cmograph.engine.guard import Query
from cmograph.engine.spool import Spool
from cmograph.engine.wire import CHUNK, END, HEADER, REQUEST, Failure, frame, request_of
from cmograph.errors import (
    CmographError,
    Problem,
    QueryError,
    QuerySyntaxError,
    QueryTooLarge,
    StoreError,
)

__all__ = ["Channel", "Worker"]

_LAST = 19
"""The nice value of a process that runs when no other wants to."""

_FAILURES: dict[str, type[CmographError]] = {
    "syntax": QuerySyntaxError,
    "memory": QueryTooLarge,
    "store": StoreError,
    "evaluation": QueryError,
}
_PLACE = re.compile(r"error at (\d+):(\d+)")
_REASON = re.compile(r"\b[A-Z][A-Za-z]+(?: [A-Za-z]+)+")


class Channel(asyncio.Protocol):
    """The wire to a process that answers in frames, one answer at a time."""

    def __init__(self, answer_limit: int) -> None:
        self.first: asyncio.Future[Spool] = asyncio.get_running_loop().create_future()
        """Its first word, which it says when it is ready."""
        self.reply: asyncio.Future[Spool] | None = self.first
        self.transport: asyncio.Transport | None = None
        self._answer_limit = answer_limit
        self._received = bytearray()
        self._answer = Spool()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio: the socket is ours."""
        self.transport = cast(asyncio.Transport, transport)  # uvloop's own is no subclass of it

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Asyncio: the worker is gone."""
        self._settle(_died())

    def data_received(self, data: bytes) -> None:
        """Asyncio: a piece of a reply."""
        self._received += data
        position = 0
        while len(self._received) - position >= HEADER.size:
            kind, length = HEADER.unpack_from(self._received, position)
            end = position + HEADER.size + length
            if len(self._received) < end:
                break
            payload = bytes(self._received[position + HEADER.size : end])
            position = end
            self._take(kind, payload)
        del self._received[:position]

    def _take(self, kind: int, payload: bytes) -> None:
        if kind == CHUNK:
            if self._answer.size + len(payload) <= self._answer_limit:
                self._keep(payload)
            else:
                limit = f"{self._answer_limit / 1e6:,.0f} MB"
                self._settle(
                    QueryTooLarge(
                        Problem(f"The answer is longer than {limit}.", "Ask for less: add a LIMIT.")
                    )
                )
        elif kind == END:
            self._keep(payload, whole=True)
            self._settle(self._answer)
        else:
            failure: Failure = json.loads(payload)
            self._settle(_FAILURES[failure["kind"]](_problem(failure)))

    def _keep(self, payload: bytes, whole: bool = False) -> None:
        try:
            self._answer.write(payload)
            if whole:
                self._answer.flush()
        except OSError as error:
            self._settle(
                QueryTooLarge(
                    Problem(f"There is no room for the answer: {error.strerror}.", "Ask for less, or later.")
                )
            )

    def _settle(self, outcome: Spool | CmographError) -> None:
        self._answer = Spool()
        reply, self.reply = self.reply, None
        if reply is None or reply.done():
            return
        if isinstance(outcome, Spool):
            reply.set_result(outcome)
        else:
            reply.set_exception(outcome)


class Worker:
    """A process that is asked one thing at a time; comes from a `Nursery`."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._process: int | None = None
        self._place = 0
        self._thread = 0
        self.pid = 0
        """The id of its process; 0 before it has begun."""

    async def begin(self) -> None:
        """Wait until it has its data.

        Raises:
            StoreError: its snapshot cannot be opened.
            QueryTooLarge: it ended before that.
        """
        self.pid, self._thread = map(int, (await self._channel.first).read().split())
        # A process id may be another's by the time we kill it; a descriptor of the process never is.
        self._process = os.pidfd_open(self.pid) if hasattr(os, "pidfd_open") else None

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        transport = self._channel.transport
        return transport is not None and not transport.is_closing()

    async def query(self, query: Query, media_type: str) -> Spool:
        """The whole answer to a query; see `ask`."""
        return await self.ask(json.dumps(request_of(query, media_type)).encode())

    async def ask(self, request: bytes) -> Spool:
        """The whole answer. When this is cancelled or raises QueryTooLarge, the worker must be killed."""
        transport = self._channel.transport
        if transport is None or not self.alive:
            raise _died()
        reply = self._channel.reply = asyncio.get_running_loop().create_future()
        transport.write(frame(REQUEST, request))
        answer: Spool = await reply
        return answer

    def interrupt(self, reason: BaseException) -> None:
        """Have whoever waits for the answer hear this in its place; the worker must be killed."""
        if self._channel.reply is not None and not self._channel.reply.done():
            self._channel.reply.set_exception(reason)

    def processor_seconds(self) -> float:
        """Seconds of a processor that its process has had so far; infinite where the system doesn't say."""
        if sys.platform != "linux" or not self.pid:
            return math.inf
        try:
            # The clock of a process (Linux, clock_getcpuclockid(3)).
            return time.clock_gettime((~self.pid << 3) | 2)
        except OSError:  # it is gone
            return math.inf

    def step_back(self) -> None:
        """Let everyone else go first: a query that takes long must not slow those that do not."""
        with contextlib.suppress(OSError):
            self._place = os.getpriority(os.PRIO_PROCESS, self._ranked)
            os.setpriority(os.PRIO_PROCESS, self._ranked, _LAST)

    def step_forward(self) -> bool:
        """Take back its place, if the system lets it: by CAP_SYS_NICE or RLIMIT_NICE (setpriority(2))."""
        try:
            os.setpriority(os.PRIO_PROCESS, self._ranked, self._place)
        except OSError:
            return False
        return True

    @property
    def _ranked(self) -> int:
        """What has a place: on Linux each thread has one of its own (setpriority(2), "C library/kernel differences")."""
        return self._thread if sys.platform == "linux" else self.pid

    def kill(self) -> None:
        """Kill the process. Nobody may be waiting for its answer."""
        if self._channel.reply is not None:
            self._channel.reply.cancel()
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, signal.SIGKILL)
            os.close(self._process)
            self._process = None
        elif self.pid and not hasattr(os, "pidfd_open"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self.pid = 0
        if self._channel.transport is not None:
            self._channel.transport.abort()


def _died() -> QueryTooLarge:
    return QueryTooLarge(
        Problem(
            "The query's worker process ended.",
            "It needed more memory than one query may have: ask for less.",
        )
    )


def _problem(failure: Failure) -> Problem:
    message = failure["message"]
    if failure["kind"] == "store":
        return Problem(
            f"The store's release cannot be opened: {message.rstrip('.')}.",
            "Roll back to another release, or build again.",
        )
    if failure["kind"] != "syntax":
        return Problem(message[:1].upper() + message[1:] + ("" if message.endswith(".") else "."))
    # The parser lists whatever token it could have taken next, which misleads more than it helps; where one
    # of these is a sentence, that is the error.
    place = _PLACE.search(message)
    where = f" at line {place[1]}, column {place[2]}" if place else ""
    what = f": {', '.join(reasons).lower()}" if (reasons := _REASON.findall(message)) else ""
    return Problem(
        f"The query is not valid SPARQL{where}{what}.", "Look just before there: is every prefix declared?"
    )
