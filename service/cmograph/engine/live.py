"""A backend that follows the store: when `STORE/current` moves, new queries go to the new release at once.

A query that runs ends on the release it began with. The new release's workers stand ready before the first
query reaches them, so no request waits for the switch and none fails by it.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Self

from cmograph.engine.backend import Answer
from cmograph.engine.editions import Snapshot, snapshot_of
from cmograph.engine.formats import Format
from cmograph.engine.guard import Query
from cmograph.engine.pool import Limits, Pool
from cmograph.errors import CmographError

__all__ = ["LiveBackend"]

_LOG = logging.getLogger(__name__)
_LOOK_EVERY_SECONDS = 0.25


class LiveBackend:
    """A backend on whatever release the store has; belongs to the event loop that started it."""

    def __init__(self, store: Path | None, edition: str, limits: Limits, pool: Pool) -> None:
        self._store = store
        self._edition = edition
        self._limits = limits
        self._pool = pool
        self._closing: set[asyncio.Task[None]] = set()
        self._following = asyncio.ensure_future(self._follow())

    @classmethod
    async def start(cls, store: Path | None, edition: str, limits: Limits | None = None) -> Self:
        """Serve an edition of a store, which may be new or empty; None is an empty dataset.

        Raises:
            StoreError: the store has a release that cannot be opened.
        """
        limits = limits or Limits()
        pool = await Pool.start(snapshot_of(store, edition), limits)
        return cls(store, edition, limits, pool)

    @property
    def snapshot(self) -> Snapshot:
        """The release that a query sent now is answered from."""
        return self._pool.snapshot

    async def query(self, query: Query, format: Format | None = None, timeout: float | None = None) -> Answer:
        """Answer a query; see `Backend.query`."""
        return await self._pool.query(query, format, timeout)

    async def close(self) -> None:
        """Let what runs end, then end every worker."""
        self._following.cancel()
        await asyncio.gather(self._following, return_exceptions=True)
        await asyncio.gather(self._pool.close(), *self._closing)

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
            try:
                snapshot = snapshot_of(self._store, self._edition)
                if snapshot != self._pool.snapshot:
                    await self._switch(snapshot)
            except (CmographError, OSError) as error:
                # What is served stays served: a release that cannot be opened is the builder's trouble.
                _LOG.warning("the store's current release cannot be served: %s", error)

    async def _switch(self, snapshot: Snapshot) -> None:
        fresh = await Pool.start(snapshot, self._limits)
        stale, self._pool = self._pool, fresh
        _LOG.info("release %s is served in place of %s", fresh.snapshot.release, stale.snapshot.release)
        closing = asyncio.ensure_future(stale.close())
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
