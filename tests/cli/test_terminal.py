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


@pytest.mark.parametrize("order", ["\x1b[2J", "\x1b]0;title\x07", "\x9b2J", "\x7f", "\r", "\x00"])
def test_what_somebody_wrote_gives_a_terminal_no_orders(
    order: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = f"before{order}after"
    print_table([said], [[said]])
    print_error(CmographError(Problem(said)))
    seen = "".join(capsys.readouterr())
    assert seen.count("before") == seen.count("after") == 3
    assert not {letter for letter in seen if not letter.isprintable()} - {"\n"}


def test_a_cell_is_whole_where_no_terminal_is(capsys: pytest.CaptureFixture[str]) -> None:
    """However long it is: a pipe has no width."""
    said = "word" * 5_000
    print_table(["a", "b"], [[said, "end"]])
    assert capsys.readouterr().out.splitlines()[1].split() == [said, "end"]
    print_table([], [])


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
