"""The processes of a running server, as the kernel tells of them (proc(5))."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

__all__ = ["descendants", "memory_of", "processor_seconds", "runs", "started_at", "wait_for", "workers"]


def descendants(pid: int) -> set[int]:
    """The processes that this one started, and those that they did."""
    found: set[int] = set()
    threads: list[Path] = []
    with contextlib.suppress(OSError):  # it has just ended
        threads += Path(f"/proc/{pid}/task").iterdir()
    for thread in threads:
        with contextlib.suppress(OSError):  # this one has just ended; the others are there still
            for child in (thread / "children").read_text(encoding="ascii").split():
                found |= {int(child)} | descendants(int(child))
    return found


def workers(pid: int) -> set[int]:
    """Those that answer: they start nobody."""
    return {child for child in descendants(pid) if not descendants(child) and runs(child)}


def processor_seconds(processes: Iterable[int]) -> float:
    """How long these processes have had a processor; those that are gone do not count."""
    return sum(_ticks(process) for process in processes) / os.sysconf("SC_CLK_TCK")


def _ticks(process: int) -> int:
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:  # it is gone
        return 0
    return int(fields[11]) + int(fields[12])


def memory_of(pid: int) -> int:
    """Bytes of a process's memory that are in use."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def started_at(pid: int) -> str:
    """What tells a process from a later one of the same id."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[19]


def runs(pid: int) -> bool:
    """Whether a process is there and has not ended: its number is taken away later, by whoever inherits it."""
    with contextlib.suppress(OSError):
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
        return stat.rpartition(")")[2].split()[0] not in "ZX"
    return False


def wait_for(what: Callable[[], bool], seconds: float) -> bool:
    """Whether it came true in time."""
    until = time.monotonic() + seconds
    while not (true := what()) and time.monotonic() < until:
        time.sleep(0.02)
    return true
