"""Tasks that no analyst should get: what one does when it gets them all the same."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from cmograph.analysis.reading import Reading
from cmograph.analysts.task import Reply
from cmograph.errors import InputError, Problem


@dataclass(frozen=True)
class Spin:
    """Never ends; writes its process id into a file first."""

    file: str

    async def run(self, reading: Reading) -> Reply:
        _announce(self.file)
        while True:
            pass


@dataclass(frozen=True)
class Sleep:
    """Holds the interpreter for some seconds, then says of which edition its casebook is."""

    seconds: float
    file: str

    async def run(self, reading: Reading) -> Reply:
        _announce(self.file)
        time.sleep(self.seconds)
        return Reply({"edition": (await reading.casebook()).snapshot.edition}, b"")


@dataclass(frozen=True)
class Hoard:
    """Takes all the memory that it can get, a piece at a time or all at once."""

    piece: int

    async def run(self, reading: Reading) -> Reply:
        held = []
        while True:
            held.append(b"x" * self.piece)


@dataclass(frozen=True)
class Call:
    """Opens a socket to the world."""

    async def run(self, reading: Reading) -> Reply:
        try:
            socket.socket(socket.AF_INET)
        except PermissionError:
            return Reply({"refused": True}, b"")
        return Reply({"refused": False}, b"")


@dataclass(frozen=True)
class Refuse:
    """Is told that what it was given is wrong."""

    what: str

    async def run(self, reading: Reading) -> Reply:
        raise InputError(Problem(self.what, "Do otherwise.", "table.csv", 3), Problem("And more."))


@dataclass(frozen=True)
class Stumble:
    """Has a mistake in it."""

    async def run(self, reading: Reading) -> Reply:
        raise ZeroDivisionError("of our own making")


@dataclass(frozen=True)
class Talk:
    """Replies with so many bytes."""

    size: int

    async def run(self, reading: Reading) -> Reply:
        return Reply({"size": self.size}, b"x" * self.size)


def _announce(file: str) -> None:
    part = Path(f"{file}.part")
    part.write_text(str(os.getpid()), encoding="ascii")
    part.rename(file)
