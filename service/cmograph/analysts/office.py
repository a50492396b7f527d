"""The analysts of an edition, seen from the serving side's event loop.

A task waits for its turn, runs against a deadline, and its analyst is killed beyond it, or when whoever asked
has left. A new release gets a new keeper as soon as somebody asks; what runs ends on the release it began with.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cmograph.analysts.keeper import describe
from cmograph.analysts.task import Reply, Task, pack_task, unpack
from cmograph.engine.backend import Backend
from cmograph.engine.channel import Worker
from cmograph.engine.deadline import Deadline
from cmograph.engine.editions import Snapshot
from cmograph.engine.pool import Limits
from cmograph.engine.processes import Nursery
from cmograph.errors import CmographError, Problem, StoreError

__all__ = ["Analysts", "Done"]

_LOG = logging.getLogger(__name__)
_KEEPER = "cmograph.analysts.keeper"
_LOOK_EVERY_SECONDS = 1.0
_AT_ONCE = 2
"""Tasks of one edition that run at once: one that is long does not hold up one that is not. Each analyst takes
memory of its own for what it touches of the casebook."""


@dataclass(frozen=True, slots=True)
class Done:
    """A task that was done.

    Attributes:
        about: what is to be known of the body; see the task.
        body: what was made.
        snapshot: the release and the edition that it was made from.
    """

    about: Mapping[str, Any]
    body: bytes
    snapshot: Snapshot


class Analysts:
    """Does tasks over whatever release a backend answers from; belongs to the event loop that made it."""

    def __init__(
        self, backend: Backend, limits: Limits | None = None, tally: Counter[str] | None = None
    ) -> None:
        """Nothing is read before the first task.

        Args:
            backend: whose release it is; nothing is asked of it.
            limits: what a task may cost: seconds, waiting included; memory; bytes of its reply.
            tally: where to count how tasks end: `done`, `failed`, `deadline`, `memory`, `left`.
        """
        self._backend = backend
        self._limits = limits or Limits()
        self._tally: Counter[str] = Counter() if tally is None else tally
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._opening: asyncio.Task[_Office] | None = None
        self._opens: Snapshot | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._following: asyncio.Task[None] | None = None

    async def ask(self, task: Task, seconds: float | None = None) -> Done:
        """Have a task done.

        Args:
            task: what is to be done.
            seconds: fewer than it may usually take.

        Raises:
            QueryTimeout: the deadline passed; whatever ran was killed.
            QueryTooLarge: it needed too much memory, or its reply is too long.
            StoreError: the casebook cannot be read.
            CmographError: whatever the task raises.
        """
        usual = self._limits.seconds
        async with Deadline(usual if seconds is None else min(seconds, usual), self._tally, "done"):
            reply, snapshot = await self._ask(task)
        return Done(reply.about, reply.body, snapshot)

    async def _ask(self, task: Task) -> tuple[Reply, Snapshot]:
        while True:
            office = await self._current()
            if not office.enter():
                continue  # it was closed while we were told of it
            try:
                async with self._turns:
                    return await office.ask(task, self._limits), office.snapshot
            except StoreError:
                if office.alive:
                    raise  # else its keeper has ended, and another will be found
            finally:
                office.leave()

    async def close(self) -> None:
        """End every process. Nobody may be waiting for a reply."""
        if self._following is not None:
            self._following.cancel()
        opening, self._opening = self._opening, None
        if opening is not None:
            opening.cancel()
        self._retire(opening)
        await asyncio.gather(*self._closing)

    async def _current(self) -> _Office:
        """The office of the release that is served; it is opened where there is none."""
        snapshot = self._backend.snapshot
        if self._opening is None or self._opens != snapshot or _is_broken(self._opening):
            before = self._opening
            self._opening, self._opens = asyncio.ensure_future(_Office.open(snapshot, before)), snapshot
            self._retire(before)
        if self._following is None:
            self._following = asyncio.ensure_future(self._follow())
        # Whoever waits may leave; others wait for the same.
        return await asyncio.shield(self._opening)

    async def _follow(self) -> None:
        """Once it has been asked, keep up with what is served: the next who asks need not wait for it."""
        pause = _LOOK_EVERY_SECONDS
        while True:
            await asyncio.sleep(pause)
            try:
                await self._current()
                pause = _LOOK_EVERY_SECONDS
            except CmographError:  # whoever asks is told
                pause = 10 * _LOOK_EVERY_SECONDS

    def _retire(self, opening: asyncio.Task[_Office] | None) -> None:
        if opening is not None:
            closing = asyncio.ensure_future(_end(opening, self._opening))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)


class _Office:
    """A keeper, and the analysts that come from it."""

    def __init__(self, snapshot: Snapshot, keeper: Nursery) -> None:
        self.snapshot = snapshot
        self.keeper = keeper
        self._idle: list[Worker] = []
        self._within = 0
        self._closing = False
        self._quiet = asyncio.Event()
        self._quiet.set()

    @classmethod
    async def open(cls, snapshot: Snapshot, before: asyncio.Task[_Office] | None) -> _Office:
        """An office on a snapshot, once its casebook is read: only what differs, where there was one before."""
        if before is not None:
            await asyncio.wait([before])
        if before is not None and not _is_broken(before):
            with contextlib.suppress(StoreError):  # it has ended, or can't: begin anew
                return cls(snapshot, await before.result().keeper.holding(snapshot, "keeper"))
        return cls(snapshot, await Nursery.start(_KEEPER, describe(snapshot)))

    @property
    def alive(self) -> bool:
        """Whether analysts can come from it."""
        return self.keeper.alive

    def enter(self) -> bool:
        """Keep it open until `leave`; False where it closes already."""
        if not self._closing:
            self._within += 1
            self._quiet.clear()
        return not self._closing

    def leave(self) -> None:
        """It may close as far as this one is concerned."""
        self._within -= 1
        if not self._within:
            self._quiet.set()

    async def ask(self, task: Task, limits: Limits) -> Reply:
        """Have a task done by an analyst of this office."""
        analyst = await self._analyst(limits)
        fit = False
        try:
            reply = (await analyst.ask(pack_task(task))).read()
            fit = True
        finally:
            if fit:
                self._idle.append(analyst)
            else:
                analyst.kill()
        try:
            return unpack(reply)
        except CmographError as error:
            if type(error) is CmographError:
                _LOG.error("an analysis failed: %s", error)
                raise CmographError(Problem("The analysis failed.", "It is on record: tell us.")) from None
            raise

    async def _analyst(self, limits: Limits) -> Worker:
        while self._idle:
            analyst = self._idle.pop()
            if analyst.alive:
                return analyst
            analyst.kill()
        return await self.keeper.worker(self.snapshot, limits.memory, limits.answer, "analyst")

    async def close(self) -> None:
        """Let whoever is within leave, then end every process."""
        self._closing = True
        await self._quiet.wait()
        while self._idle:
            self._idle.pop().kill()
        await self.keeper.stop()


def _is_broken(opening: asyncio.Task[_Office]) -> bool:
    if not opening.done():
        return False
    return opening.cancelled() or opening.exception() is not None or not opening.result().alive


async def _end(opening: asyncio.Task[_Office], successor: asyncio.Task[_Office] | None) -> None:
    await asyncio.wait([opening, successor] if successor else [opening])  # the successor comes from it
    if not opening.cancelled() and opening.exception() is None:
        await opening.result().close()
