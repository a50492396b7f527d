"""The process that writes: one change after the other, each under the store's lock, until its socket closes.

    python -m cmograph.writing.process SOCKET_FD PARENT STORE MEMORY_LIMIT PATIENCE KEEP

It parses what clients send and runs their updates, so it has no network and a limit of memory, and whoever
serves may kill it at any moment: a release is there whole or not at all.
"""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from cmograph.engine.confine import confine, end_with
from cmograph.engine.wire import END, FAILURE, HEADER, frame
from cmograph.errors import CmographError, Problem, StoreInUse
from cmograph.release import Change, Draft, Patch, StoreFolder, lock, open_store, prune, revise
from cmograph.writing import changes
from cmograph.writing.judging import Judge
from cmograph.writing.request import Request, Written

__all__ = ["main"]

_AGAIN_SECONDS = 0.02
_PRUNE_EVERY = 10
"""Releases from one pruning to the next: it reads every manifest."""


def main(arguments: list[str]) -> None:
    """Write what is asked, until the other side closes."""
    descriptor, parent, store, memory_limit, patience, keep = arguments
    end_with(int(parent))  # else a runaway would hold the store's lock after whoever served is gone
    channel = socket.socket(fileno=int(descriptor))
    confine(int(memory_limit))
    folder, judge = open_store(Path(store)), Judge()
    channel.sendall(frame(END, b""))
    while (received := _receive(channel)) is not None:
        written = None
        try:
            written = _write(folder, received, judge, float(patience))
            reply = frame(END, json.dumps(asdict(written)).encode())
        except CmographError as error:
            reply = _failure(error)
        except MemoryError:
            raise  # nothing is sure any more: this process ends, and whoever asked is told why
        except (
            Exception
        ) as error:  # a mistake of ours, told by its kind alone: its words may be a participant's
            reply = _failure(CmographError(Problem(f"The change was not made: {type(error).__name__}.")))
        channel.sendall(reply)
        if written is not None and written.release and int(written.release) % _PRUNE_EVERY == 0:
            with contextlib.suppress(CmographError):  # the change is made and told: the next pruning will do
                _prune(folder, int(keep))


def _failure(error: CmographError) -> bytes:
    told = {"error": type(error).__name__, "problems": [asdict(one) for one in error.problems]}
    return frame(FAILURE, json.dumps(told).encode())


def _prune(folder: StoreFolder, keep: int) -> None:
    with lock(folder, "prune"):
        prune(folder, keep, made_by="update")


def _write(
    folder: StoreFolder, received: tuple[Request, list[bytes]], judge: Judge, patience: float
) -> Written:
    request, bodies = received
    asked, created = _change(request, bodies), False

    def change(draft: Draft) -> Patch:
        nonlocal created
        patch = asked(draft)
        created = bool(patch.graphs)
        return patch

    with _turn(folder, patience):
        release = revise(folder, request.edition, change, judge)
        return Written(release.folder.name if release else None, created)


def _change(request: Request, bodies: list[bytes]) -> Change:
    documents = [
        (body, media_type, request.base)
        for body, media_type in zip(bodies, request.media_types, strict=False)
    ]
    match request.kind:
        case "update":
            return changes.update(
                bodies[0].decode(), request.default_graphs, request.named_graphs, request.base
            )
        case "put":
            return changes.put(request.graph, documents)
        case "merge":
            return changes.merge(request.graph, documents)
        case _:
            return changes.remove(request.graph)


def _turn(folder: StoreFolder, patience: float) -> ExitStack:
    """The store's lock, waited for: a build, or another service's writer, may hold it."""
    until = time.monotonic() + patience
    while True:
        with ExitStack() as stack:
            try:
                stack.enter_context(lock(folder, "update"))
            except StoreInUse:
                if time.monotonic() > until:
                    raise
            else:
                return stack.pop_all()
        time.sleep(_AGAIN_SECONDS)


def _receive(channel: socket.socket) -> tuple[Request, list[bytes]] | None:
    header = _frame(channel)
    if header is None:
        return None
    request = Request(**json.loads(header))
    bodies = [body for _ in range(request.bodies) if (body := _frame(channel)) is not None]
    return request, bodies


def _frame(channel: socket.socket) -> bytes | None:
    header = _exactly(channel, HEADER.size)
    return None if header is None else _exactly(channel, HEADER.unpack(header)[1])


def _exactly(channel: socket.socket, count: int) -> bytes | None:
    data = bytearray(count)
    view, at = memoryview(data), 0
    while at < count:
        got = channel.recv_into(view[at:])
        if not got:
            return None
        at += got
    return bytes(data)


if __name__ == "__main__":
    main(sys.argv[1:])
