"""The nursery, seen from the serving side's event loop, and the processes that come from it."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from typing import Self

from cmograph.engine.channel import Channel, Worker
from cmograph.engine.editions import Snapshot
from cmograph.engine.wire import Order
from cmograph.errors import Problem, QueryTooLarge, StoreError

__all__ = ["Nursery"]


class Nursery:
    """A process that workers, or others, are forked from. Make one with `await Nursery.start()`.

    It, and all that came from it, ends when the thread that started it does: the kernel sees to that.
    """

    def __init__(self, control: socket.socket, process: subprocess.Popen[bytes] | None) -> None:
        self._control = control
        self._process = process
        self._broken = False

    @classmethod
    async def start(cls, module: str = "cmograph.engine.nursery", *arguments: str) -> Self:
        """A new one.

        Args:
            module: what it runs, which attends to its control socket (see `forking`).
            arguments: what it is told beside the number of that socket and who its parent is.

        Raises:
            StoreError: it could not be started, or says why it can't begin.
        """
        ours, theirs = _pair()
        with theirs:
            try:
                process = subprocess.Popen(  # noqa: S603 - our own module, our own arguments
                    [
                        *(sys.executable, "-P", "-m", module),
                        *(str(theirs.fileno()), str(os.getpid()), *arguments),
                    ],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            except OSError as error:
                ours.close()
                raise _no_room(error) from error
        nursery = cls(ours, process)
        try:
            await nursery._ready()
        except BaseException:
            await nursery.stop()
            raise
        return nursery

    @property
    def alive(self) -> bool:
        """Whether it can be asked for a process."""
        return not self._broken and (self._process is None or self._process.poll() is None)

    async def worker(
        self, snapshot: Snapshot, memory: int, answer_limit: int, kind: str = "worker"
    ) -> Worker:
        """A worker on a snapshot; of a nursery that holds one in memory, a worker on that.

        Args:
            snapshot: what it opens.
            memory: bytes of address space that it may take beyond what it has when it is ready.
            answer_limit: bytes that one of its answers may have.
            kind: see `Order`.

        Raises:
            StoreError: the snapshot cannot be opened, the nursery has ended, or no more files can be opened.
        """
        ours = self._order(kind, snapshot, memory)
        loop = asyncio.get_running_loop()
        _, channel = await loop.create_connection(lambda: Channel(answer_limit), sock=ours)
        worker = Worker(channel)
        try:
            await worker.begin()
        except QueryTooLarge as error:  # its socket closed before a word
            self._broken = True
            raise StoreError(Problem("A worker process died before it had opened the store.")) from error
        except OSError as error:
            worker.kill()
            raise _no_room(error) from error
        except BaseException:
            worker.kill()
            raise
        return worker

    async def holding(self, snapshot: Snapshot, kind: str = "nursery") -> Nursery:
        """Another nursery, whose workers share a snapshot that it has read into memory.

        Args:
            snapshot: what it reads.
            kind: see `Order`.

        Raises:
            StoreError: the snapshot cannot be opened, or there is not enough memory.
        """
        nursery = Nursery(self._order(kind, snapshot, 0), None)
        try:
            await nursery._ready()
        except BaseException:
            await nursery.stop()
            raise
        return nursery

    async def stop(self) -> None:
        """End it and all that came from it."""
        self._broken = True
        self._control.close()
        if self._process is not None:
            self._process.kill()
            while self._process.poll() is None:  # milliseconds; a thread to wait in would cost as much
                await asyncio.sleep(0.002)

    def _order(self, kind: str, snapshot: Snapshot, memory: int) -> socket.socket:
        ours, theirs = _pair()
        path = None if snapshot.path is None else str(snapshot.path)
        described = (snapshot.release, snapshot.edition, snapshot.digest, snapshot.quads)
        order: Order = {"kind": kind, "snapshot": path, "described": described, "memory": memory}
        with theirs:
            try:
                socket.send_fds(self._control, [json.dumps(order).encode()], [theirs.fileno()])
            except OSError as error:
                ours.close()
                self._broken = True
                raise StoreError(Problem("The process that workers come from has ended.")) from error
        return ours

    async def _ready(self) -> None:
        """Waits for its first word, which says that it is ready."""
        self._control.setblocking(False)
        channel, loop = Channel(0), asyncio.get_running_loop()
        while not channel.first.done():
            data = await loop.sock_recv(self._control, 64 * 1024)
            if not data:
                raise StoreError(Problem("The process that workers come from ended before it was ready."))
            channel.data_received(data)
        channel.first.result()


def _pair() -> tuple[socket.socket, socket.socket]:
    try:
        return socket.socketpair()
    except OSError as error:
        raise _no_room(error) from error


def _no_room(error: OSError) -> StoreError:
    return StoreError(
        Problem(f"A worker process could not be started: {error.strerror}.", "Ask again in a moment.")
    )
