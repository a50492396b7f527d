"""The engine: SPARQL answered in processes that can be killed, never in the one that serves.

    guard      text → Query, or a refusal: nothing reaches a parser without passing it
    tokens     the tokens of SPARQL
    updates    an update, taken apart into its operations
    federation SERVICE, asked for by us of listed endpoints before the engine runs
    formats    the formats of an answer
    backend    what answers a Query: the one protocol, and the Answer
    editions   which snapshot of which release is served
    forking    a process that others are forked from
    nursery    the process that workers are forked from, some with their data in memory
    worker     what a worker does: one query at a time
    confine    what it gives up first: memory, the network, outliving its parent
    processes  a nursery, seen from the serving side
    channel    the wire to one worker, seen from the serving side
    pool       several workers on one snapshot, with a deadline, a memory limit and SIGKILL
    direct     a backend in this very process, for one that may be killed as a whole
    live       a pool that follows the store's current release
    local      the same for code that is not asynchronous

The names below are loaded on first use, so that a worker, whose module lies in this package, starts in
milliseconds.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cmograph.engine.backend import Answer, Backend
    from cmograph.engine.guard import Query, check
    from cmograph.engine.live import LiveBackend
    from cmograph.engine.local import LocalBackend, open_backend

__all__ = ["Answer", "Backend", "LiveBackend", "LocalBackend", "Query", "check", "open_backend"]

_HOMES = {
    "Answer": "backend",
    "Backend": "backend",
    "LiveBackend": "live",
    "LocalBackend": "local",
    "Query": "guard",
    "check": "guard",
    "open_backend": "local",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
