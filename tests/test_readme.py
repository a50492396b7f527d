"""What the README says is so: its commands, its example, its links, its claims in numbers."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from cmograph.cli import app
from tests.cli.test_commands import cmograph

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINES = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]


def test_the_gate_runs_exactly_the_readmes_test_command() -> None:
    (tests,) = [line for line in LINES if line.endswith("pytest")]
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "grep -m1 -F '.venv/bin/pytest' README.md" in gate
    assert next(line for line in README.splitlines() if ".venv/bin/pytest" in line) == tests


@pytest.mark.parametrize("line", [line for line in LINES if "cmograph " in line])
def test_every_command_that_is_shown_exists(line: str) -> None:
    words = shlex.split(line)
    command = words[[Path(word).name for word in words].index("cmograph") + 1]
    assert command in get_command(app).commands  # type: ignore[attr-defined]


def test_every_link_to_a_file_leads_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if not link.startswith("http")]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_question_gives_the_answer_that_is_shown(demonstration: Path) -> None:
    block = re.search(r"```console\n\$ \.venv/bin/cmograph (ask [^\n]*)\n(.*?)```", README, re.DOTALL)
    assert block is not None, "the README shows no question with its answer"
    answer = cmograph(*shlex.split(block[1]), "--store", demonstration)
    assert answer.returncode == 0, answer.stderr
    said = [line.rstrip() for line in (answer.stderr + answer.stdout).splitlines()]
    assert said == [line.rstrip() for line in block[2].splitlines()]
