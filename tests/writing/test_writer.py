"""The process that writes: it takes turns with others, and may be killed at any moment."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from pyoxigraph import Store

from cmograph.errors import QueryTimeout, StoreError
from cmograph.release import current, list_releases, open_store, verify
from cmograph.writing.request import Request, Written
from cmograph.writing.writer import Writer
from tests.engine.hazards import CARTESIAN

RUNAWAY = f"INSERT {{ <e:s> <e:n> ?n }} WHERE {{ {{ {CARTESIAN} }} }}"


def with_writers(
    store: Path, count: int, work: Callable[..., Awaitable[None]], seconds: float = 20, keep: int = 100
) -> None:
    async def run() -> None:
        writers = [Writer(store, seconds, 1 << 30, keep) for _ in range(count)]
        try:
            await work(*writers)
        finally:
            for writer in writers:
                await writer.close()

    asyncio.run(run())


async def insert(writer: Writer, text: str) -> Written:
    return await writer.write(Request("update", "open", bodies=1), [f"INSERT DATA {{ {text} }}".encode()])


def held(store: Path) -> set[str]:
    release = current(open_store(store))
    if release is None:
        return set()
    assert verify(open_store(store), release) == ()
    return {str(quad.object) for quad in Store.read_only(str(release.store("open")))}


def test_two_services_of_one_store_take_turns(tmp_path: Path) -> None:
    async def work(one: Writer, other: Writer) -> None:
        await asyncio.gather(
            *(
                insert(writer, f"<e:s> <e:p> '{number} {who}'")
                for number in range(8)
                for who, writer in enumerate((one, other))
            )
        )

    with_writers(tmp_path, 2, work)
    assert len(held(tmp_path)) == 16
    assert [release.number for release in list_releases(open_store(tmp_path))] == list(range(1, 17))


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells how much of its addresses a process has had")
def test_the_stores_threads_take_little_of_what_a_change_may_take(tmp_path: Path) -> None:
    """A heap for each would be 0.7 GB here and more on a machine with more processors, and then no thread begins."""

    async def work(writer: Writer) -> None:
        for number in range(20):
            await insert(writer, f"<e:s> <e:p> {number}")
        assert writer._process is not None
        status = Path(f"/proc/{writer._process.pid}/status").read_text(encoding="ascii")
        (peak,) = (int(line.split()[1]) for line in status.splitlines() if line.startswith("VmPeak:"))
        assert peak < 450_000

    with_writers(tmp_path, 1, work)


@pytest.mark.parametrize("after", [0.0, 0.01, 0.03, 0.05, 0.08, 0.12])
def test_a_kill_leaves_what_is_served_whole(tmp_path: Path, after: float) -> None:
    async def work(writer: Writer) -> None:
        await insert(writer, "<e:s> <e:p> 'first'")
        writing = asyncio.ensure_future(insert(writer, "<e:s> <e:p> 'second'"))
        await asyncio.sleep(after)
        assert writer._process is not None
        os.kill(writer._process.pid, signal.SIGKILL)
        (outcome,) = await asyncio.gather(writing, return_exceptions=True)
        there = '"second"' in held(tmp_path)
        if isinstance(outcome, StoreError):
            assert ("nothing was written" in str(outcome)) is not there
        else:
            assert there
        await insert(writer, "<e:s> <e:p> 'third'")
        assert held(tmp_path) == {'"first"', '"third"'} | ({'"second"'} if there else set())

    with_writers(tmp_path, 1, work)
    assert not list(tmp_path.glob("building-*"))


def test_a_runaway_and_a_writer_that_is_left_are_stopped(tmp_path: Path) -> None:
    async def work(writer: Writer) -> None:
        await insert(writer, "<e:s> <e:p> 'first'")
        with pytest.raises(QueryTimeout, match="nothing was written"):
            await writer.write(Request("update", "open", bodies=1), [RUNAWAY.encode()])
        writing = asyncio.ensure_future(writer.write(Request("update", "open", bodies=1), [RUNAWAY.encode()]))
        await asyncio.sleep(0.5)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        await insert(writer, "<e:s> <e:p> 'second'")

    with_writers(tmp_path, 1, work, seconds=2)
    assert held(tmp_path) == {'"first"', '"second"'}


def test_so_many_releases_are_kept(tmp_path: Path) -> None:
    async def work(writer: Writer) -> None:
        for number in range(21):  # it is looked to at every tenth, once that is told
            await insert(writer, f"<e:s> <e:p> {number}")

    with_writers(tmp_path, 1, work, keep=3)
    assert [release.number for release in list_releases(open_store(tmp_path))] == [18, 19, 20, 21]
    assert len(held(tmp_path)) == 21


_ORPHAN = """
import asyncio, sys
from pathlib import Path
from cmograph.writing.request import Request
from cmograph.writing.writer import Writer

async def run():
    writer = Writer(Path(sys.argv[1]), 60, 1 << 30, 100)
    writing = asyncio.ensure_future(writer.write(Request("update", "open", bodies=1), [sys.argv[2].encode()]))
    while writer._process is None:
        await asyncio.sleep(0.01)
    print(writer._process.pid, flush=True)
    await writing

asyncio.run(run())
"""


def test_a_runaway_does_not_outlive_whoever_served(tmp_path: Path) -> None:
    serving = subprocess.Popen(
        [sys.executable, "-c", _ORPHAN, str(tmp_path), RUNAWAY], stdout=subprocess.PIPE, text=True
    )
    assert serving.stdout
    writing = int(serving.stdout.readline())
    time.sleep(0.8)  # it runs away, under the store's lock
    serving.kill()
    serving.wait()
    serving.stdout.close()
    for _ in range(100):
        if _gone(writing):
            break
        time.sleep(0.02)
    assert _gone(writing)

    async def work(writer: Writer) -> None:
        await insert(writer, "<e:s> <e:p> 'next'")

    with_writers(tmp_path, 1, work)
    assert held(tmp_path) == {'"next"'}


def _gone(pid: int) -> bool:
    """Whether a process has ended, though its number may be there still."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()[2] == "Z"
    except OSError:
        return True
