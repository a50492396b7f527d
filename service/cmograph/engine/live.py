"""A backend that follows the store: when `STORE/current` moves, new queries go to the new release at once.

A query that runs ends on the release it began with. The new release's workers stand ready before the first
query reaches them, so no request waits for the switch and none fails by it. They open its snapshot on disk,
which takes milliseconds; where it fits into memory it is read meanwhile, and others, who share that, take over.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from pathlib import Path
from typing import Self

from cmograph.engine.backend import Answer
from cmograph.engine.editions import Snapshot, snapshot_of
from cmograph.engine.formats import Format
from cmograph.engine.guard import Query
from cmograph.engine.pool import Limits, Pool
from cmograph.engine.processes import Nursery
from cmograph.errors import CmographError

__all__ = ["LiveBackend"]

_LOG = logging.getLogger(__name__)
_LOOK_EVERY_SECONDS = 0.25
_SETTLED_SECONDS = 1.0
"""A release that is replaced sooner is not read into memory: updates may come one upon the other."""
_BYTES_A_QUAD = 1024
"""In memory, measured: 0.5 kB where terms repeat, 1 kB where each is new."""


class LiveBackend:
    """A backend on whatever release the store has; belongs to the event loop that started it."""

    def __init__(
        self, store: Path | None, edition: str, limits: Limits, nursery: Nursery, pool: Pool
    ) -> None:
        self._store = store
        self._edition = edition
        self._limits = limits
        self._nursery = nursery
        self._pool = pool
        self._holding: Nursery | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._looking = asyncio.Lock()
        self._following = asyncio.ensure_future(self._follow())
        self._reading = asyncio.ensure_future(self._read_in())

    @classmethod
    async def start(
        cls,
        store: Path | None,
        edition: str,
        limits: Limits | None = None,
        tally: Counter[str] | None = None,
    ) -> Self:
        """Serve an edition of a store, which may be new or empty; None is an empty dataset.

        Args:
            store: the store's folder.
            edition: `open` or `restricted`.
            limits: what a query may cost.
            tally: where to count how queries end; see `Pool`.

        Raises:
            StoreError: the store has a release that cannot be opened.
        """
        limits = limits or Limits()
        nursery = await Nursery.start()
        try:
            pool = await Pool.start(nursery, snapshot_of(store, edition), limits, tally)
        except BaseException:
            await nursery.stop()
            raise
        return cls(store, edition, limits, nursery, pool)

    @property
    def snapshot(self) -> Snapshot:
        """The release that a query sent now is answered from."""
        return self._pool.snapshot

    @property
    def in_memory(self) -> bool:
        """Whether it is answered from memory."""
        return self._holding is not None

    async def query(self, query: Query, format: Format | None = None, timeout: float | None = None) -> Answer:
        """Answer a query; see `Backend.query`."""
        return await self._pool.query(query, format, timeout)

    async def refresh(self) -> None:
        """Look now whether there is a new release; once this returns, queries go to it.

        Raises:
            StoreError: it cannot be opened; what was served is served still.
        """
        async with self._looking:
            snapshot = snapshot_of(self._store, self._edition)
            if snapshot == self._pool.snapshot and self._pool.sound:
                return
            if not self._nursery.alive:
                await self._nursery.stop()
                self._nursery = await Nursery.start()
            fresh = await Pool.start(self._nursery, snapshot, self._limits, self._pool.tally)
            self._replace(fresh, None)
            self._reading.cancel()
            self._reading = asyncio.ensure_future(self._read_in())

    async def close(self) -> None:
        """Let what runs end, then end every process."""
        self._following.cancel()
        self._reading.cancel()
        await asyncio.gather(self._following, self._reading, return_exceptions=True)
        await asyncio.gather(_end(self._pool, self._holding), *self._closing)
        await self._nursery.stop()

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
            try:
                await self.refresh()
            except (CmographError, OSError) as error:
                # What is served stays served: a release that cannot be opened is the builder's trouble.
                _LOG.warning("the store's current release cannot be served: %s", error)

    async def _read_in(self) -> None:
        """Serve the release from memory, if it fits."""
        snapshot = self._pool.snapshot
        if snapshot.path is None or snapshot.quads * _BYTES_A_QUAD > self._limits.in_memory:
            return
        await asyncio.sleep(_SETTLED_SECONDS)
        holding = None
        try:
            holding = await self._nursery.holding(snapshot)
            fresh = await Pool.start(holding, snapshot, self._limits, self._pool.tally)
        except BaseException as error:
            if holding is not None:
                await holding.stop()
            if not isinstance(error, (CmographError, OSError)):
                raise
            _LOG.warning("release %s stays on disk: %s", snapshot.release, error)
        else:
            self._replace(fresh, holding)

    def _replace(self, fresh: Pool, holding: Nursery | None) -> None:
        if fresh.snapshot.release != self._pool.snapshot.release:
            _LOG.info(
                "release %s is served in place of %s", fresh.snapshot.release, self._pool.snapshot.release
            )
        closing = asyncio.ensure_future(_end(self._pool, self._holding))
        self._pool, self._holding = fresh, holding
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)


async def _end(pool: Pool, holding: Nursery | None) -> None:
    await pool.close()
    if holding is not None:
        await holding.stop()
