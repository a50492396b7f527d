"""A disk that is full for a process that runs, and what a store then holds."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

__all__ = ["LARGE", "MANY", "files", "full", "needs_prlimit"]

needs_prlimit = pytest.mark.skipif(
    sys.platform != "linux", reason="needs prlimit(2), to fill the disk of a process that runs"
)

MANY = 400
LARGE = " ".join(f"<e:s> <e:p> '{number:05000}' ." for number in range(MANY))
"""Two megabytes: more than the limits of the tests let one file have, written as a log, a patch or a table."""


@contextmanager
def full(limit: int, *processes: int) -> Iterator[None]:
    """No file of these processes grows beyond so many bytes: the kernel refuses to write on (setrlimit(2))."""
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        _limit(processes, (limit, most))
        yield
    finally:
        _limit(processes, (most, most))


def _limit(processes: tuple[int, ...], limits: tuple[int, int]) -> None:
    for process in processes:
        with suppress(ProcessLookupError):  # those who answer queries come and go
            resource.prlimit(process, resource.RLIMIT_FSIZE, limits)


def files(store: Path) -> set[tuple[str, int]]:
    """Every file of a store and its size, but for what is meant to change: whose turn it is, and the audit."""
    return {
        (str(file.relative_to(store)), file.stat().st_size)
        for file in store.rglob("*")
        if file.is_file() and file.name not in ("lock", "audit.jsonl")
    }
