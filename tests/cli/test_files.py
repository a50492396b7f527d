"""Files that a command is told to write: whole, or an error that says why not, and nothing else touched."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cmograph import resources
from cmograph.cli import app
from cmograph.errors import InputError

RUN = CliRunner()
EXPORT = ["export", "ris", "--study", "mcleish-2024"]


@pytest.mark.parametrize("missing", [True, False])
def test_where_nothing_can_be_written_is_said(demonstration: Path, tmp_path: Path, missing: bool) -> None:
    """A folder that is not there, and a folder in place of a file."""
    out = tmp_path / "none" / "studies.ris" if missing else tmp_path / "folder"
    (tmp_path / "folder").mkdir()
    done = RUN.invoke(app, [*EXPORT, "--store", str(demonstration), "-o", str(out)])
    assert isinstance(done.exception, InputError)
    assert str(out) in str(done.exception)
    assert [file.name for file in tmp_path.iterdir()] == ["folder"], "no half of a file is left"


def test_a_pipe_is_written_to_and_stays_one(demonstration: Path, tmp_path: Path) -> None:
    """As /dev/stdout and /dev/null are no files: to put a file in their place would harm whoever uses them next."""
    pipe, came = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: came.append(pipe.read_bytes()), daemon=True)
    reader.start()
    done = RUN.invoke(app, [*EXPORT, "--store", str(demonstration), "-o", str(pipe)])
    assert done.exit_code == 0, done.output
    reader.join(10)
    assert pipe.is_fifo()
    assert came and came[0].startswith(b"TY  - JOUR")


def test_a_table_that_cannot_be_read_is_not_written_over(tmp_path: Path) -> None:
    out = tmp_path / "mappings.sssom.tsv"
    out.write_bytes(b"subject_id\tcomment\nx\t\xe9\n")  # in Latin-1
    done = RUN.invoke(app, ["map", str(resources.DATA / "thompson-2023"), "-o", str(out)])
    assert isinstance(done.exception, InputError)
    assert "mappings.sssom.tsv" in str(done.exception) and "UTF-8" in str(done.exception)
    assert out.read_bytes() == b"subject_id\tcomment\nx\t\xe9\n"
