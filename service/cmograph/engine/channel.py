"""One worker process and the wire to it, seen from the serving side's event loop."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
import sys
from typing import Self

from cmograph.engine.editions import Snapshot
from cmograph.engine.guard import Query
from cmograph.engine.wire import CHUNK, END, HEADER, REQUEST, Failure, Request, frame
from cmograph.errors import (
    CmographError,
    Problem,
    QueryError,
    QuerySyntaxError,
    QueryTooLarge,
    StoreError,
)

__all__ = ["Worker"]

_FAILURES: dict[str, type[CmographError]] = {
    "syntax": QuerySyntaxError,
    "memory": QueryTooLarge,
    "store": StoreError,
    "evaluation": QueryError,
}
_PLACE = re.compile(r"error at (\d+):(\d+)")
_REASON = re.compile(r"\b[A-Z][A-Za-z]+(?: [A-Za-z]+)+")


class Worker(asyncio.Protocol):
    """A worker process that answers one query at a time.

    Make one with `await Worker.start(…)`, from the thread whose event loop uses it: the kernel kills a
    worker when the thread that started it ends.
    """

    def __init__(self, process: subprocess.Popen[bytes], answer_limit: int) -> None:
        self._process = process
        self._answer_limit = answer_limit
        self._received = bytearray()
        self._answer = bytearray()
        self._reply: asyncio.Future[bytes] | None = None
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def start(cls, snapshot: Snapshot, memory_limit: int, answer_limit: int) -> Self:
        """Start a worker and wait until it has opened its snapshot.

        Raises:
            StoreError: the snapshot cannot be opened.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            arguments = [str(theirs.fileno()), str(memory_limit)]
            arguments += [] if snapshot.path is None else [str(snapshot.path)]
            process = subprocess.Popen(  # noqa: S603 - our own module, our own arguments
                [sys.executable, "-P", "-m", "cmograph.engine.worker", *arguments],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        loop = asyncio.get_running_loop()
        worker = cls(process, answer_limit)
        worker._reply = loop.create_future()
        try:
            await loop.create_connection(lambda: worker, sock=ours)
            await worker._reply
        except QueryTooLarge as error:
            await worker.stop()
            raise StoreError(Problem("A worker process died before it had opened the store.")) from error
        except BaseException:
            await worker.stop()
            raise
        return worker

    @property
    def pid(self) -> int:
        """The id of the worker's process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self._transport is not None and not self._transport.is_closing()

    async def query(self, query: Query, media_type: str) -> bytes:
        """The whole answer. When this is cancelled or raises QueryTooLarge, the worker must be stopped."""
        if self._transport is None or not self.alive:
            raise _died()
        scoped = bool(query.default_graphs or query.named_graphs)
        request: Request = {
            "query": query.text,
            "media_type": media_type,
            "default_graphs": list(query.default_graphs) if scoped else None,
            "named_graphs": list(query.named_graphs) if scoped else None,
        }
        self._reply = asyncio.get_running_loop().create_future()
        self._transport.write(frame(REQUEST, json.dumps(request).encode()))
        return await self._reply

    async def stop(self) -> None:
        """Kill the process and wait until it is gone."""
        if self._process.poll() is None:
            self._process.kill()
        if self._transport is not None:
            self._transport.abort()
        while self._process.poll() is None:  # milliseconds; a thread to wait in would cost as much
            await asyncio.sleep(0.005)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio: the socket is ours."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - narrows the type
        self._transport = transport

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
            self._answer += payload
            if len(self._answer) > self._answer_limit:
                limit = f"{self._answer_limit / 1e6:,.0f} MB"
                self._settle(
                    QueryTooLarge(
                        Problem(f"The answer is longer than {limit}.", "Ask for less: add a LIMIT.")
                    )
                )
        elif kind == END:
            self._settle(bytes(self._answer))
        else:
            failure: Failure = json.loads(payload)
            self._settle(_FAILURES[failure["kind"]](_problem(failure)))

    def _settle(self, outcome: bytes | CmographError) -> None:
        self._answer.clear()
        reply, self._reply = self._reply, None
        if reply is None or reply.done():
            return
        if isinstance(outcome, bytes):
            reply.set_result(outcome)
        else:
            reply.set_exception(outcome)


def _died() -> QueryTooLarge:
    return QueryTooLarge(
        Problem(
            "The query's worker process ended.",
            "It needed more memory than one query may have: ask for less.",
        )
    )


def _problem(failure: Failure) -> Problem:
    message = failure["message"]
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
