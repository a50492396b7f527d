"""Several workers on one snapshot: queries wait for one, run against a deadline, and are killed beyond it.

Most queries take a few milliseconds and a few take forever, and nobody can tell them apart beforehand. So
every query begins in the quick lane, which has a place for each of the pool's workers. One that takes longer
than a moment gives up its place and runs on beside the lane; one that is long gives up its claim on the
processor too, if there is anyone to give it to (while there are long ones, any that takes a moment does); and of the long ones only so many run
at once, the others wait for their turn and begin again. A worker that is killed or has stepped back is replaced by another, which stands ready before it is needed.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from dataclasses import dataclass
from typing import Self

from cmograph.engine.backend import Answer
from cmograph.engine.channel import Worker
from cmograph.engine.deadline import Deadline
from cmograph.engine.editions import Snapshot
from cmograph.engine.formats import Format, formats_of
from cmograph.engine.guard import Query
from cmograph.engine.processes import Nursery
from cmograph.engine.spool import Spool
from cmograph.errors import CmographError, Problem, QueryError, QueryTooLarge, StoreError

__all__ = ["Limits", "Pool"]

_LOG = logging.getLogger(__name__)
_RETRY_SECONDS = 0.5
_MOMENT = 0.005
"""Seconds after which a query gives up its place in the quick lane."""
_LONG = 0.03
"""Seconds of a processor after which a query is long. By the clock it may be more: a busy machine makes a
look-up wait for a processor, and it must not wait behind the long ones for that."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may cost.

    Attributes:
        seconds: from its arrival to the last byte of its answer, waiting for a worker included.
        memory: bytes of address space that it may take beyond what holds the data.
        answer: bytes of its answer.
        workers: how many queries run at once in the quick lane; twice as many may be long.
        cap: seconds to which a caller may raise the first, where that is more.
        in_memory: bytes up to which an edition is served from memory.
    """

    seconds: float = 30.0
    memory: int = 2 << 30
    answer: int = 64 << 20
    workers: int = 2
    cap: float = 0.0
    in_memory: int = 0

    @property
    def most(self) -> float:
        """The most seconds that a caller may ask for."""
        return max(self.seconds, self.cap)


class _Moved(Exception):
    """A long query found no place among the long ones: it waits for one and begins again."""


@dataclass(slots=True, eq=False)
class _Run:
    """A query that runs."""

    worker: Worker
    quick: bool = True
    long: bool = False
    before: float | None = None
    """Seconds of a processor that its worker had had when it was first looked at."""
    behind: bool = False
    """Whether its worker has stepped back, which cannot be undone."""
    look: asyncio.TimerHandle | None = None


class Pool:
    """A backend on one snapshot; belongs to the event loop that started it."""

    def __init__(
        self, snapshot: Snapshot, limits: Limits, nursery: Nursery, tally: Counter[str] | None = None
    ) -> None:
        self.snapshot = snapshot
        self.limits = limits
        self.tally: Counter[str] = Counter() if tally is None else tally
        """How many queries ended how: `answered`, `failed`, `deadline`, `memory`, `left`; and were `moved`."""
        self._nursery = nursery
        self._idle: list[Worker] = []
        self._starting = 0
        self._quick = 0
        self._busy = 0
        self._long = 0
        self._waiting: deque[asyncio.Future[Worker]] = deque()
        self._waiting_long: deque[asyncio.Future[None]] = deque()
        self._running = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._closed = False
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    async def start(
        cls,
        nursery: Nursery,
        snapshot: Snapshot,
        limits: Limits | None = None,
        tally: Counter[str] | None = None,
    ) -> Self:
        """A pool whose workers all stand ready.

        Args:
            nursery: where its workers come from; the pool does not end it.
            snapshot: what they answer from.
            limits: what a query may cost.
            tally: where to count how queries end.

        Raises:
            StoreError: the snapshot cannot be opened.
        """
        pool = cls(snapshot, limits or Limits(), nursery, tally)
        started = await asyncio.gather(
            *(pool._new_worker() for _ in range(pool.limits.workers)), return_exceptions=True
        )
        pool._idle += [worker for worker in started if isinstance(worker, Worker)]
        failures = [failure for failure in started if isinstance(failure, BaseException)]
        if failures:
            await pool.close()
            raise failures[0]
        return pool

    @property
    def sound(self) -> bool:
        """Whether a worker that is lost can be replaced."""
        return self._nursery.alive

    async def query(self, query: Query, format: Format | None = None, timeout: float | None = None) -> Answer:
        """Answer a query; see `Backend.query`."""
        if self._closed:
            raise StoreError(Problem("The service is closing.", "Ask again in a moment."))
        offered = formats_of(query.form)
        format = format or offered[0]
        if format not in offered:
            raise QueryError(Problem(f"{query.form} cannot be answered as {format.name}."))
        seconds = self.limits.seconds if timeout is None else min(timeout, self.limits.most)
        self._running += 1
        self._quiet.clear()
        try:
            async with Deadline(seconds, self.tally, "answered"):
                spool = await self._answer(query, format)
        finally:
            self._running -= 1
            if not self._running:
                self._quiet.set()
        return Answer(spool, format, query.form, self.snapshot)

    async def close(self) -> None:
        """Let the queries that run end, then end the workers."""
        self._closed = True
        await self._quiet.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        while self._idle:
            self._idle.pop().kill()

    async def _answer(self, query: Query, format: Format) -> Spool:
        worker = await self._acquire()
        while not worker.alive:  # killed from outside while it was idle: no fault of this query
            self._quick -= 1
            worker.kill()
            self._replenish()
            worker = await self._acquire()
        run = _Run(worker)
        run.look = asyncio.get_running_loop().call_later(_MOMENT, self._look, run)
        try:
            return await self._run(run, query, format)
        except _Moved:
            self.tally["moved"] += 1
        finally:
            run.look.cancel()
        return await self._answer_in_turn(query, format)

    async def _answer_in_turn(self, query: Query, format: Format) -> Spool:
        """Answer a query that is known to be long, once there is a place for it."""
        if self._long >= self._most_long:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting_long.append(turn)
            try:
                await turn  # whoever leaves the place hands it on
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._leave_long()
                raise
        else:
            self._long += 1
        try:
            worker = await self._new_worker()
        except BaseException:
            self._leave_long()
            raise
        self._busy += 1
        run = _Run(worker, quick=False, long=True)
        self._step_back(run)
        return await self._run(run, query, format, counted=True)

    async def _run(self, run: _Run, query: Query, format: Format, counted: bool = False) -> Spool:
        if not counted:
            self._busy += 1
        fit = False
        try:
            body = await run.worker.query(query, format.media_type)
            fit = True
            return body
        except (QueryTooLarge, _Moved):
            raise
        except CmographError:
            fit = True  # the engine said no; the worker is as good as before
            raise
        finally:
            self._busy -= 1
            if run.quick:
                self._quick -= 1
            if run.long:
                self._leave_long()
            fit = fit and len(self._idle) < self._most_idle
            if fit and (not run.behind or run.worker.step_forward()):
                self._idle.append(run.worker)  # the last one back has the warmest caches
            else:
                run.worker.kill()
            self._replenish()
            self._dispatch()

    @property
    def _most_long(self) -> int:
        return 2 * self.limits.workers

    @property
    def _most_idle(self) -> int:
        # As many as can be needed at once but for the long ones: one too many costs less than one too few.
        return 3 * self.limits.workers + 1

    def _make_room(self, run: _Run) -> None:
        """A query that takes longer than a moment gives up its place, if there are not too many such."""
        if run.quick and self._busy - self._long - self._quick < 2 * self.limits.workers:
            self._leave_quick(run)

    def _leave_quick(self, run: _Run) -> None:
        run.quick = False
        self._quick -= 1
        self._replenish()
        self._dispatch()

    def _look(self, run: _Run) -> None:
        """Every moment: what has become of a query that is not done yet?"""
        self._make_room(run)
        had = run.worker.processor_seconds()
        if run.before is None:
            run.before = had
        used = had - run.before
        if not used < _LONG and not run.long:  # where the system doesn't say, it is no number
            if self._long >= self._most_long:
                run.worker.interrupt(_Moved())
                return
            self._long += 1
            run.long = True
            if run.quick:
                self._leave_quick(run)
        alone = self._busy == 1
        if not alone and used >= (_MOMENT if self._long else _LONG):
            self._step_back(run)
        if not (run.long and run.behind):
            run.look = asyncio.get_running_loop().call_later(_MOMENT, self._look, run)

    def _step_back(self, run: _Run) -> None:
        if not run.behind:
            run.behind = True
            run.worker.step_back()

    def _leave_long(self) -> None:
        while self._waiting_long:
            turn = self._waiting_long.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._long -= 1

    async def _acquire(self) -> Worker:
        if self._idle and self._quick < self.limits.workers and not self._waiting:
            self._quick += 1
            worker = self._idle.pop()
            if not self._idle:
                self._replenish()
            return worker
        turn: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._replenish()
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it was our turn in the moment we left
                self._quick -= 1
                self._idle.append(turn.result())
                self._dispatch()
            raise

    def _dispatch(self) -> None:
        # A place is given to whoever waits longest, so that a busy client cannot keep it from the others.
        while self._waiting and self._idle and self._quick < self.limits.workers:
            turn = self._waiting.popleft()
            if not turn.done():
                self._quick += 1
                turn.set_result(self._idle.pop())

    @property
    def _serves(self) -> bool:
        """Whether workers are needed: whoever waited when it began to close is answered, too."""
        return not self._closed or bool(self._waiting)

    def _replenish(self) -> None:
        """Start what is missing: a worker for each free place in the quick lane, and one to spare."""
        wanted = self.limits.workers - self._quick + 1
        while self._serves and len(self._idle) + self._starting < wanted:
            self._starting += 1
            task = asyncio.ensure_future(self._put_another())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _put_another(self) -> None:
        try:
            while self._serves:
                try:
                    # Below those that have answered, whose pages and caches are warm.
                    self._idle.insert(0, await self._new_worker())
                except StoreError as error:
                    _LOG.warning("a worker could not be started: %s", error)
                    await asyncio.sleep(_RETRY_SECONDS)
                else:
                    return
        finally:
            self._starting -= 1
            self._dispatch()

    async def _new_worker(self) -> Worker:
        return await self._nursery.worker(self.snapshot, self.limits.memory, self.limits.answer)
