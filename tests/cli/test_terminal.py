"""What is printed is what is said: brackets, colons and backslashes of names are no markup."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cmograph import resources
from cmograph.cli import app
from cmograph.errors import CmographError, Problem
from cmograph.terminal import print_error, print_table

RUN = CliRunner()
ODD = ["[bold]mood[/]", "[/x]", "Blocks :a: and :heart:", "C:\\mood\\", "\\[x]", "fe80::1 [fe80::1]"]
"""Words that would be a style, a mistake, pictures or escapes if they were read as markup."""


@pytest.mark.parametrize("said", ODD)
def test_a_table_and_an_error_show_words_as_they_are(said: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_table([said], [[said]])
    assert [line.strip() for line in capsys.readouterr().out.splitlines()] == [said, said]
    print_error(CmographError(Problem(said)))
    assert capsys.readouterr().err.splitlines()[1:] == [f"  {said}"]


@pytest.mark.parametrize("title", ["Peer support [a review]", "What works [/and why]"])
def test_a_title_with_brackets_is_shown_whole(tmp_path: Path, title: str) -> None:
    study = tmp_path / "[study]"
    shutil.copytree(resources.DATA / "thompson-2023", study)
    lines = (study / "study.toml").read_text(encoding="utf-8").splitlines()
    changed = [f'title = "{title}"' if line.startswith("title = ") else line for line in lines]
    (study / "study.toml").write_text("\n".join(changed), encoding="utf-8")
    done = RUN.invoke(app, ["check", str(study)])
    assert done.exit_code == 0, done.exception
    assert title in " ".join(done.stderr.split())


def test_the_file_that_was_written_is_named(demonstration: Path, tmp_path: Path) -> None:
    out = tmp_path / "[mcleish].ris"
    command = ["export", "ris", "--study", "mcleish-2024", "--store", str(demonstration), "-o", str(out)]
    assert "[mcleish].ris" in "".join(RUN.invoke(app, command).stderr.split())
