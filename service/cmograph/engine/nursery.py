"""The process that workers are forked from: a worker is there in milliseconds, its data already in memory.

    python -m cmograph.engine.nursery SOCKET_FD PARENT

A message asks for a worker, on a snapshot or on what this nursery holds in memory; or for another nursery,
which reads a snapshot into memory and then forks workers that share it. The first frame on a socket says that
it is ready, or why not; the rest is between the new process and whoever asked.
"""

from __future__ import annotations

import os
import socket
import sys
from functools import partial
from pathlib import Path
from threading import Thread

from pyoxigraph import Store

from cmograph.engine.confine import confine, end_with
from cmograph.engine.forking import attend, fail, ready
from cmograph.engine.wire import Order
from cmograph.engine.worker import answer, open_snapshot

__all__ = ["main"]

_BEHIND = 5
"""How far a worker stands behind the process that serves, which has little to do for each query but must do it."""


def main(arguments: list[str]) -> None:
    """Fork workers until the control socket closes."""
    descriptor, parent = arguments
    end_with(int(parent))
    attend(socket.socket(fileno=int(descriptor)), partial(_begin, None))


def _begin(held: Store | None, order: Order, channel: socket.socket) -> None:
    """What a child does, for the rest of its life."""
    try:
        if order["kind"] == "nursery":
            attend(channel, partial(_begin, _in_memory(order["snapshot"])))
        store = held if held is not None else open_snapshot(order["snapshot"])
    except (OSError, RuntimeError) as error:
        fail(channel, "store", str(error))
        return
    confine(order["memory"])
    os.nice(_BEHIND)
    # A thread has a heap of its own: that of the main one is full of what lies between an edition's terms, and
    # glibc's malloc looks through it each time, for up to a fifth of a look-up.
    answering = Thread(target=_answer, args=(channel, store), daemon=True)
    answering.start()
    answering.join()


def _answer(channel: socket.socket, store: Store) -> None:
    ready(channel)
    answer(channel, store)


def _in_memory(snapshot: str | None) -> Store:
    from cmograph.release import load_edition  # only here: a worker on disk starts without it

    return Store() if snapshot is None else load_edition(Path(snapshot))


if __name__ == "__main__":
    main(sys.argv[1:])
