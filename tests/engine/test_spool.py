"""An answer's bytes: few in memory, many in a file, the same bytes either way."""

from __future__ import annotations

import os
import resource
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmograph.engine import spool as module
from cmograph.engine.spool import Spool


@given(st.lists(st.binary(max_size=50), max_size=30), st.integers(min_value=0, max_value=300))
def test_what_goes_in_comes_out(pieces: list[bytes], in_memory: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_IN_MEMORY", in_memory)
        spool = Spool()
        for piece in pieces:
            spool.write(piece)
        whole = b"".join(pieces)
        assert spool.size == len(whole)
        assert spool.read() == whole
        assert b"".join(spool.pieces()) == whole
        spool.close()


def test_a_long_answer_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spool = Spool()
    for _ in range(5):
        spool.write(os.urandom(1 << 20))
    assert len(spool.read()) == 5 << 20
    assert list(tmp_path.iterdir()) == []  # it never has a name
    spool.close()


def test_a_disk_without_room_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere/at/all")
    spool = Spool()
    with pytest.raises(OSError):
        spool.write(bytes(2 << 20))


def test_room_that_is_missing_for_the_last_bytes_is_told_before_they_are_read() -> None:
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    spool = Spool()
    spool.write(bytes(2 << 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 20, usual[1]))
    try:
        with pytest.raises(OSError):
            spool.write(b"more")
            spool.flush()
        spool.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
