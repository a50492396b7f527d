"""How long work shows that it moves: a protocol, and the silent default.

The command line passes a `rich` implementation; everything below it knows only this protocol.
"""

from __future__ import annotations

from typing import Protocol

__all__ = ["SILENT", "Progress"]


class Progress(Protocol):
    """Told by long work what it is doing."""

    def begin(self, stage: str, total: int | None = None) -> None:
        """A stage begins; `total` is its number of steps where that is known."""

    def advance(self, steps: int = 1) -> None:
        """The current stage moved on by so many steps."""

    def end(self) -> None:
        """The current stage is done."""


class _Silent:
    def begin(self, stage: str, total: int | None = None) -> None: ...

    def advance(self, steps: int = 1) -> None: ...

    def end(self) -> None: ...


SILENT: Progress = _Silent()
