"""Temporary folders with stores in them go, though RocksDB may still be tidying up inside."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from cmograph.release import open_trial, scratch


def test_a_folder_that_is_added_to_while_it_is_removed_goes_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove, refusals = os.rmdir, iter([True, True])

    def rmdir(path: str, *given: Any, **named: Any) -> None:
        if next(refusals, False):
            raise OSError(errno.ENOTEMPTY, "Directory not empty", path)
        remove(path, *given, **named)

    monkeypatch.setattr(os, "rmdir", rmdir)
    with pytest.raises(KeyError, match="its own"), scratch(tmp_path, "trial-") as folder:
        (folder / "000001.log").touch()
        raise KeyError("its own")
    assert next(refusals, None) is None, "the removal was never refused"
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_removed_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def rmdir(path: str, *given: Any, **named: Any) -> None:
        raise OSError(errno.ENOTEMPTY, "Directory not empty", path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "rmdir", rmdir)
        with scratch(tmp_path, "trial-") as folder:
            pass
    assert folder.exists() and f"{folder} could not be removed" in caplog.text


def test_a_trial_is_let_go_of_before_its_folder_is_removed(tmp_path: Path) -> None:
    file = tmp_path / "study.nt"
    file.write_text("<http://example.org/a> <http://example.org/b> <http://example.org/c> .\n")
    with open_trial(tmp_path) as trial:
        trial.load(file)
        assert list(trial.select("SELECT ?s { ?s ?p ?o }")) == [{"s": "http://example.org/a"}]
    assert list(tmp_path.iterdir()) == [file]
    with pytest.raises(AttributeError):
        list(trial.select("SELECT ?s { ?s ?p ?o }"))


def test_what_an_error_left_is_let_go_before_the_folder_goes(tmp_path: Path) -> None:
    """Else a store would be closed without its files, for which RocksDB waits a second."""
    there: list[bool] = []

    class Opened:
        def __init__(self, folder: Path) -> None:
            self.folder = folder

        def __del__(self) -> None:
            there.append(self.folder.exists())

    def fail(folder: Path) -> None:
        opened = Opened(folder)
        raise KeyError(opened.folder.name)

    with pytest.raises(KeyError, match="building-"), scratch(tmp_path, "building-") as folder:
        fail(folder)
    assert there == [True]
