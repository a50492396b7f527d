"""What a person sees in a terminal: progress, tables, errors. All of it on standard error but answers.

And the files that a person asks for in place of standard output.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from cmograph.errors import CmographError, InputError, Problem
from cmograph.progress import SILENT, Progress
from cmograph.release import write_atomically

__all__ = ["notes", "print_error", "print_table", "show_progress", "write_file"]

_UNSEEN = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"}
_UNSEEN |= {0x7F: 0x2421, **dict.fromkeys(range(0x80, 0xA0), 0xFFFD)}
"""Control characters (ECMA-48), and the pictures of them; of the upper ones Unicode has none."""


class _Terminal(Console):
    """A console to which no words that somebody else wrote are an order: an escape sequence is shown, and not sent."""

    def render_str(self, text: str, *arguments: Any, **options: Any) -> Text:
        return super().render_str(text.translate(_UNSEEN), *arguments, **options)


notes = _Terminal(stderr=True, highlight=False, emoji=False, markup=False)
"""Where all that is not an answer goes, as it is worded: names and titles hold brackets, and mean no style by them."""


class _Progress:
    """One line a stage, that becomes a tick when the stage is done."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._stage: TaskID | None = None

    def begin(self, stage: str, total: int | None = None) -> None:
        self.end()
        self._stage = self._bars.add_task(escape(stage), total=total)

    def advance(self, steps: int = 1) -> None:
        if self._stage is not None:
            self._bars.advance(self._stage, steps)

    def end(self) -> None:
        if self._stage is not None:
            done = self._bars.tasks[self._bars.task_ids.index(self._stage)].completed or 1
            self._bars.update(self._stage, total=done, completed=done)
            self._bars.stop_task(self._stage)
            self._stage = None


@contextmanager
def show_progress() -> Iterator[Progress]:
    """Progress bars on a terminal, silence elsewhere."""
    if not notes.is_terminal:
        yield SILENT
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=notes) as bars:
        progress = _Progress(bars)
        yield progress
        progress.end()


def print_table(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    """A table for people, on standard output; as wide as its content where output is not a terminal."""
    out = _Terminal(highlight=False, emoji=False, markup=False)
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    if not out.is_terminal:
        out.width = sys.maxsize
        out.width = max(1, out.measure(table).maximum)
    out.print(table, soft_wrap=False)


def print_error(error: CmographError) -> None:
    """The error's title, then each problem with its place and its remedy."""
    notes.print(error.title, style="bold red")
    for problem in error.problems:
        notes.print(f"  {problem}", soft_wrap=True)


def write_file(path: Path, content: str | bytes) -> None:
    """Write a file that a person named, whole or not at all; into a pipe or a device, as it is.

    Raises:
        InputError: it cannot be written there.
    """
    try:
        if path.is_dir():
            raise InputError(Problem(f"{path} is a folder.", "Name a file in it."))
        if path.exists() and not path.is_file():  # /dev/stdout, say: to replace it would be to delete it
            path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        else:
            write_atomically(path, content)
    except OSError as error:
        what = f"{path} cannot be written: {error.strerror}."
        raise InputError(
            Problem(what, "Name a file in a folder that is there and that you may write to.")
        ) from error
