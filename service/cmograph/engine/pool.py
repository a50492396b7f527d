"""Several workers on one snapshot: queries wait for one, run against a deadline, and are killed beyond it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from typing import Self

from cmograph.engine.backend import Answer
from cmograph.engine.channel import Worker
from cmograph.engine.editions import Snapshot
from cmograph.engine.formats import Format, formats_of
from cmograph.engine.guard import Query
from cmograph.errors import CmographError, Problem, QueryError, QueryTimeout, QueryTooLarge, StoreError

__all__ = ["Limits", "Pool"]

_LOG = logging.getLogger(__name__)
_RETRY_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may cost.

    Attributes:
        seconds: from its arrival to the last byte of its answer, waiting for a worker included.
        memory: bytes of a worker's address space, the engine's own few hundred megabytes included.
        answer: bytes of its answer.
        workers: how many queries run at once.
    """

    seconds: float = 30.0
    memory: int = 2 << 30
    answer: int = 64 << 20
    workers: int = 2


class Pool:
    """A backend on one snapshot; belongs to the event loop that started it."""

    def __init__(self, snapshot: Snapshot, limits: Limits) -> None:
        self.snapshot = snapshot
        self.limits = limits
        self._idle: list[Worker] = []
        self._waiting: deque[asyncio.Future[Worker]] = deque()
        self._running = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._closed = False
        self._replacements: set[asyncio.Task[None]] = set()

    @classmethod
    async def start(cls, snapshot: Snapshot, limits: Limits | None = None) -> Self:
        """A pool whose workers all stand ready.

        Raises:
            StoreError: the snapshot cannot be opened.
        """
        pool = cls(snapshot, limits or Limits())
        starts = [pool._new_worker() for _ in range(pool.limits.workers)]
        started = await asyncio.gather(*starts, return_exceptions=True)
        for worker in started:
            if isinstance(worker, Worker):
                pool._release(worker)
        failures = [failure for failure in started if isinstance(failure, BaseException)]
        if failures:
            await pool.close()
            raise failures[0]
        return pool

    async def query(self, query: Query, format: Format | None = None, timeout: float | None = None) -> Answer:
        """Answer a query; see `Backend.query`."""
        if self._closed:
            raise StoreError(Problem("The service is closing.", "Ask again in a moment."))
        offered = formats_of(query.form)
        format = format or offered[0]
        if format not in offered:
            raise QueryError(Problem(f"{query.form} cannot be answered as {format.name}."))
        seconds = self.limits.seconds if timeout is None else min(timeout, self.limits.seconds)
        self._running += 1
        self._quiet.clear()
        try:
            async with asyncio.timeout(seconds):
                worker = await self._acquire()
                while not worker.alive:  # killed from outside while it was idle: no fault of this query
                    self._replace(worker)
                    worker = await self._acquire()
                body = await self._run(worker, query, format)
        except TimeoutError:
            raise QueryTimeout(
                Problem(f"There was no answer within {seconds:g} s.", "Ask for less, or ask again later.")
            ) from None
        finally:
            self._running -= 1
            if not self._running:
                self._quiet.set()
        return Answer(body, format, query.form, self.snapshot)

    async def close(self) -> None:
        """Let the queries that run end, then end the workers."""
        self._closed = True
        await self._quiet.wait()
        await asyncio.gather(*self._replacements)
        while self._idle:
            await self._idle.pop().stop()

    async def _acquire(self) -> Worker:
        if self._idle:  # then nobody waits; the last one back has the warmest caches
            return self._idle.pop()
        turn: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it was our turn in the moment we left
                self._release(turn.result())
            raise

    def _release(self, worker: Worker) -> None:
        # A worker is handed to whoever waits longest, so that a busy client cannot keep it from the others.
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(worker)
                return
        self._idle.append(worker)

    async def _run(self, worker: Worker, query: Query, format: Format) -> bytes:
        try:
            body = await worker.query(query, format.media_type)
        except (
            asyncio.CancelledError,
            QueryTooLarge,
        ):  # the deadline, a client that left, or a worker that died
            self._replace(worker)
            raise
        except CmographError:
            self._release(worker)
            raise
        self._release(worker)
        return body

    def _new_worker(self) -> asyncio.Task[Worker]:
        return asyncio.ensure_future(Worker.start(self.snapshot, self.limits.memory, self.limits.answer))

    def _replace(self, worker: Worker) -> None:
        replacement = asyncio.ensure_future(self._put_another(worker))
        self._replacements.add(replacement)
        replacement.add_done_callback(self._replacements.discard)

    async def _put_another(self, worker: Worker) -> None:
        await worker.stop()
        while not self._closed:
            try:
                self._release(await self._new_worker())
            except (StoreError, OSError) as error:
                _LOG.warning("a worker could not be started: %s", error)
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return
