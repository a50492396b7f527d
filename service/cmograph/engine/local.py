"""A backend for code that is not asynchronous: the command line, scripts, tests."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from cmograph.engine.backend import Answer, Backend
from cmograph.engine.editions import Snapshot, snapshot_of
from cmograph.engine.formats import format_named, formats_of
from cmograph.engine.guard import check
from cmograph.engine.pool import Limits, Pool
from cmograph.engine.processes import Nursery

__all__ = ["LocalBackend", "open_backend"]

_Result = TypeVar("_Result")


class LocalBackend:
    """A backend that blocks: any thread may ask it, and several at once."""

    def __init__(self, backend: Backend, loop: asyncio.AbstractEventLoop) -> None:
        self.backend = backend
        self._loop = loop

    @property
    def snapshot(self) -> Snapshot:
        """The data that answers come from."""
        return self.backend.snapshot

    def query(self, text: str, format: str | None = None, timeout: float | None = None) -> Answer:
        """Answer a query.

        Args:
            text: SPARQL 1.1; the guard sees it first.
            format: the short name of a format (`json`, `csv`, `tsv`, `xml`; `ttl`, `nt`, `rdf`, `jsonld`); by
                default JSON or Turtle, as the query's form asks.
            timeout: seconds; the backend's own by default.

        Raises:
            QueryError: or one of its kinds; see `Backend.query`.
            UnknownName: no such format for a query of this form.
        """
        query = check(text)
        return self.run(self.backend.query(query, format_named(format, formats_of(query.form)), timeout))

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Run a coroutine on the backend's event loop and wait for it."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:  # Ctrl-C while waiting: the query's worker is killed
            future.cancel()
            raise


@contextmanager
def open_backend(
    store: Path | None, edition: str = "open", timeout: float = 30.0, limits: Limits | None = None
) -> Iterator[LocalBackend]:
    """Answer queries over an edition of a store's current release, each in a process that can be killed.

    Args:
        store: the store's directory; new or empty, or None, is an empty dataset.
        edition: `open` or `restricted`.
        timeout: seconds that a query may take.
        limits: all limits at once, in place of `timeout` and the defaults.

    Raises:
        StoreError: the store has a release that cannot be opened.
    """
    limits = limits or Limits(seconds=timeout, workers=1)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="cmograph-engine", daemon=True)
    thread.start()
    try:
        opening = asyncio.run_coroutine_threadsafe(_open(store, edition, limits), loop)
        nursery, pool = opening.result()
        try:
            yield LocalBackend(pool, loop)
        finally:
            asyncio.run_coroutine_threadsafe(_close(nursery, pool), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _open(store: Path | None, edition: str, limits: Limits) -> tuple[Nursery, Pool]:
    snapshot = snapshot_of(store, edition)
    nursery = await Nursery.start()
    try:
        return nursery, await Pool.start(nursery, snapshot, limits)
    except BaseException:
        await nursery.stop()
        raise


async def _close(nursery: Nursery, pool: Pool) -> None:
    await pool.close()
    await nursery.stop()
