"""The bytes of an answer: in memory while they are few, beyond that in a file without a name.

An answer is whole before its first byte goes out, so that its status can be trusted; and it is given out at
the pace of whoever takes it, while its worker answers others. Neither may cost memory.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from typing import IO

__all__ = ["Spool"]

_IN_MEMORY = 1 << 20
_PIECE = 256 * 1024


class Spool:
    """Takes bytes, then gives them."""

    def __init__(self) -> None:
        self.size = 0
        """How many bytes it holds."""
        self._memory = bytearray()
        self._file: IO[bytes] | None = None

    def write(self, data: bytes) -> int:
        """Take more.

        Raises:
            OSError: there is no room on the disk for temporary files.
        """
        self.size += len(data)
        if self._file is None and self.size > _IN_MEMORY:
            self._file = tempfile.TemporaryFile(prefix="cmograph-answer-")  # noqa: SIM115 - closed by `close`
            self._file.write(self._memory)
            self._memory = bytearray()
        if self._file is None:
            self._memory += data
        else:
            self._file.write(data)
        return len(data)

    def flush(self) -> None:
        """Have all of it where it belongs.

        Raises:
            OSError: there is no room on the disk for temporary files.
        """
        if self._file is not None:
            self._file.flush()

    def read(self) -> bytes:
        """All of it."""
        return b"".join(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        """All of it, piece by piece."""
        if self._file is None:
            yield bytes(self._memory)
            return
        self._file.seek(0)
        while piece := self._file.read(_PIECE):
            yield piece

    def close(self) -> None:
        """Give back what it takes on the disk."""
        if self._file is not None:
            with contextlib.suppress(OSError):  # what found no room is needed no more
                self._file.close()

    def __del__(self) -> None:
        self.close()
