"""The process that holds an edition's casebook: it reads it once, and every analyst forked from it shares it.

    python -m cmograph.analysts.keeper SOCKET_FD PARENT SNAPSHOT

The keeper of the next release is forked from it, and reads only of those studies that differ.

An analyst does one task at a time. It has no network and a limit of memory, and whoever serves may kill it at
any moment: another is there in milliseconds, for the casebook is not read again.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.edition import read_casebook
from cmograph.analysis.reading import Reading
from cmograph.analysts.task import pack, pack_error, unpack_task
from cmograph.analysts.tasks import prepare
from cmograph.engine.confine import confine, end_with, outlive_parent
from cmograph.engine.direct import DirectBackend
from cmograph.engine.editions import Snapshot
from cmograph.engine.forking import attend, fail, ready
from cmograph.engine.pool import Limits, Pool
from cmograph.engine.processes import Nursery
from cmograph.engine.wire import Order
from cmograph.engine.worker import FrameWriter, receive
from cmograph.errors import CmographError, Problem
from cmograph.release import unchanged_studies

__all__ = ["describe", "main"]

_BEHIND = 10
"""How far an analyst stands behind whoever serves, and behind the workers that answer SPARQL."""
_LIMITS = Limits(seconds=3600.0, memory=8 << 30, answer=4 << 30, workers=2)
"""Of the queries that a casebook is read with: they are ours."""


def describe(snapshot: Snapshot) -> str:
    """A snapshot, as this process is told of it."""
    path = None if snapshot.path is None else str(snapshot.path)
    return json.dumps([path, snapshot.release, snapshot.edition, snapshot.digest, snapshot.quads])


def main(arguments: list[str]) -> None:
    """Read the casebook, then fork analysts until the control socket closes."""
    descriptor, parent, described = arguments
    end_with(int(parent))
    path, *others = json.loads(described)
    _keep(socket.socket(fileno=int(descriptor)), _snapshot(path, others), None)


def _keep(control: socket.socket, snapshot: Snapshot, before: Casebook | None) -> None:
    """What a keeper does, for the rest of its life."""
    try:
        casebook = asyncio.run(_read(snapshot, before))
    except CmographError as error:
        fail(control, "store", str(error))
        return
    del before
    casebook.prepare()
    prepare()
    attend(control, partial(_begin, casebook))


def _snapshot(path: str | None, others: Sequence[Any]) -> Snapshot:
    return Snapshot(None if path is None else Path(path), *others)


async def _read(snapshot: Snapshot, before: Casebook | None) -> Casebook:
    unchanged = frozenset[str]()
    if before is not None and before.snapshot.path is not None and snapshot.path is not None:
        then, now = before.snapshot.path.parent, snapshot.path.parent
        unchanged = unchanged_studies(then, now, snapshot.edition)
    # By workers: RocksDB must not be opened here, its threads are not there any more after a fork.
    nursery = await Nursery.start()
    try:
        pool = await Pool.start(nursery, snapshot, _LIMITS)
        try:
            return await read_casebook(pool, before, unchanged)
        finally:
            await pool.close()
    finally:
        await nursery.stop()


def _begin(casebook: Casebook, order: Order, channel: socket.socket) -> None:
    """What a process does that came from a keeper: an analyst, or the keeper of another release."""
    if order["kind"] == "keeper":
        outlive_parent()  # it takes its parent's place
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _keep(channel, _snapshot(order["snapshot"], order["described"]), casebook)
        return
    try:
        reading = Reading(DirectBackend(casebook.snapshot), casebook)
    except CmographError as error:
        fail(channel, "store", str(error))
        return
    confine(order["memory"])
    os.nice(_BEHIND)
    ready(channel)
    with asyncio.Runner() as runner:
        while (received := receive(channel)) is not None:
            writer = FrameWriter(channel)
            for piece in runner.run(_done(received, reading)):
                writer.write(piece)
            writer.end()


async def _done(received: bytes, reading: Reading) -> tuple[bytes, bytes]:
    try:
        return pack(await unpack_task(received).run(reading))
    except CmographError as error:
        return pack_error(error)
    except MemoryError:
        raise  # nothing is sure any more: this process ends, and whoever asked is told why
    except Exception as error:  # a mistake of ours: whoever serves puts it on record
        return pack_error(CmographError(Problem("The analysis failed.", _where(error))))


def _where(error: Exception) -> str:
    """An error's kind, and the places that led to it; not its words, which may be a participant's."""
    frames = traceback.extract_tb(error.__traceback__)[-5:]
    places = (f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in frames)
    return f"{type(error).__name__}: {', '.join(places)}"


if __name__ == "__main__":
    main(sys.argv[1:])
