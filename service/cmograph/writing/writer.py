"""Writing, seen from the serving side's event loop: one change at a time, each with a deadline."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from cmograph import errors
from cmograph.engine.wire import CHUNK, FAILURE, HEADER, REQUEST, frame
from cmograph.errors import CmographError, Problem, QueryTimeout, StoreError
from cmograph.writing.request import Request, Written

__all__ = ["Writer"]

_PATIENCE = 0.8
"""The share of the deadline that a change may wait for the store's lock, so that it can still say who held it."""

_FEW_HEAPS = {"MALLOC_ARENA_MAX": "2"}
"""Each thread of the store would have glibc set 64 MB of addresses apart for it, up to eight heaps a processor: within
a limit of addresses none are left for the next thread, and its process ends (mallopt(3), M_ARENA_MAX)."""


class Writer:
    """Writes to one store; belongs to the event loop that uses it. Its process starts with the first change."""

    def __init__(self, store: Path, seconds: float, memory: int, keep: int) -> None:
        """Takes no step yet.

        Args:
            store: the store's folder, which may be new.
            seconds: that a change may take, from its turn to its release.
            memory: bytes of address space that it may take.
            keep: how many releases made by changes stay.
        """
        self._store = store
        self._seconds = seconds
        self._arguments = [str(memory), str(seconds * _PATIENCE), str(keep)]
        self._turn = asyncio.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def write(self, request: Request, bodies: Sequence[bytes] = ()) -> Written:
        """Make a change. It is whole or not at all, also when this is cancelled.

        Raises:
            QueryTimeout: it took too long; its process was killed and nothing was written.
            StoreError: somebody else is writing, the disk is full, or the process died.
            CmographError: the change is not right; nothing was written.
        """
        async with self._turn:
            before = self._served()
            try:
                async with asyncio.timeout(self._seconds):
                    return await self._ask(request, bodies)
            except TimeoutError:
                await self._stop()
                raise QueryTimeout(
                    self._stopped(before, f"The change took longer than {self._seconds:g} s")
                ) from None
            except (OSError, EOFError) as error:
                await self._stop()
                raise StoreError(self._stopped(before, "The process that writes ended")) from error
            except asyncio.CancelledError:
                await self._stop()
                raise

    async def close(self) -> None:
        """Let the change that runs end, then end the process."""
        async with self._turn:
            await self._stop()

    def _served(self) -> str:
        """The name of the release that the store has now; "" before its first."""
        try:
            return (self._store / "current").readlink().name
        except OSError:
            return ""

    def _stopped(self, before: str, what: str) -> Problem:
        """What to say of a change that was stopped: it may have been in the moment when all was done."""
        if self._served() == before:
            return Problem(f"{what}; nothing was written.", "Change less at a time.")
        return Problem(
            f"{what}, and meanwhile another release came.",
            "Ask whether your change is in it before you repeat it.",
        )

    async def _ask(self, request: Request, bodies: Sequence[bytes]) -> Written:
        if self._process is not None and self._process.poll() is not None:
            await self._stop()  # killed from outside while it had nothing to do: no fault of this change
        reader, writer = self._streams or await self._start()
        writer.write(frame(REQUEST, json.dumps(asdict(request)).encode()))
        for body in bodies:
            writer.write(frame(CHUNK, body))
        await writer.drain()
        kind, payload = await _reply(reader)
        if kind == FAILURE:
            raise _error(json.loads(payload))
        return Written(**json.loads(payload))

    async def _start(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, our own arguments
                [
                    *(sys.executable, "-P", "-m", "cmograph.writing.process"),
                    *(str(theirs.fileno()), str(os.getpid()), str(self._store), *self._arguments),
                ],
                env=os.environ | _FEW_HEAPS,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self._streams = await asyncio.open_connection(sock=ours)
        await _reply(self._streams[0])
        return self._streams

    async def _stop(self) -> None:
        streams, self._streams = self._streams, None
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            while process.poll() is None:
                await asyncio.sleep(0.005)
        if streams is not None:
            streams[1].transport.abort()


async def _reply(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    kind, length = HEADER.unpack(await reader.readexactly(HEADER.size))
    return kind, await reader.readexactly(length)


def _error(failure: dict[str, object]) -> CmographError:
    known = getattr(errors, str(failure["error"]), CmographError)
    problems = failure["problems"]
    assert isinstance(problems, list)  # noqa: S101 - the process is ours
    error: CmographError = known(*(Problem(**problem) for problem in problems))
    return error
