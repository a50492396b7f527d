"""A disk that is full in the middle of a change: nothing of it stays, what was served is served, and the next is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmograph.errors import StoreError
from cmograph.writing.writer import Writer
from tests.writing.disks import LARGE, MANY, files, full, needs_prlimit
from tests.writing.test_writer import held, insert, with_writers


@needs_prlimit
@pytest.mark.parametrize("limit", [500, 5_000, 50_000, 500_000, 1_000_000])
def test_a_change_that_finds_the_disk_full_leaves_nothing(tmp_path: Path, limit: int) -> None:
    async def work(writer: Writer) -> None:
        await insert(writer, "<e:s> <e:p> 'first'")
        before = files(tmp_path)
        assert writer._process is not None
        with full(limit, writer._process.pid):
            for _ in range(2):
                with pytest.raises(StoreError) as told:
                    await insert(writer, LARGE)
                (problem,) = told.value.problems
                assert "is full; nothing was released" in problem.what, problem
                assert "served before is untouched" in problem.what and "Make room" in problem.remedy
                assert held(tmp_path) == {'"first"'}
                assert files(tmp_path) == before
        assert (await insert(writer, LARGE)).release == "0002"
        assert len(held(tmp_path)) == MANY + 1

    with_writers(tmp_path, 1, work)
    assert not list(tmp_path.glob("building-*"))
