"""What the README says is so: its commands, its example, its links, its claims in numbers."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from cmograph.analysis.inquiries import INQUIRIES
from cmograph.api.app import create_app
from cmograph.cli import app
from cmograph.exports import EXPORTS
from cmograph.settings import Settings
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
    group = get_command(app)
    assert isinstance(group, TyperGroup) and command in group.commands


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


def test_the_export_that_is_shown_writes_its_file(demonstration: Path, tmp_path: Path) -> None:
    (line,) = [line for line in LINES if "cmograph export" in line]
    _, *words, name = shlex.split(line)
    done = cmograph(*words, tmp_path / name, "--store", demonstration)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / name).read_bytes().startswith(b"PK")


def test_every_format_is_named_once_and_no_other() -> None:
    _, section = README.split("## For other tools\n")
    lists = re.findall(r"\(((?:`[a-z-]+`[,\s]*)+)\)", section.split("\n## ")[0])
    assert sorted(re.findall(r"`([a-z-]+)`", " ".join(lists))) == sorted(EXPORTS)


def test_the_number_of_known_failures_is_the_lists() -> None:
    listed = tomllib.loads((ROOT / "tests" / "w3c" / "known_failures.toml").read_text(encoding="utf-8"))
    known = {test for group in listed.values() for reason in group for test in reason["tests"]}
    assert re.findall(r"(\d+) others are known to fail", README) == [str(len(known))]


def test_the_addresses_are_there() -> None:
    paths = create_app(Settings()).openapi()["paths"]
    rows = re.findall(r"^\| (`/[^|]*) \|", README, re.MULTILINE)
    shown = [path for row in rows for path in re.findall(r"`(/[^`]*)`", row)]
    assert len(shown) > 8
    assert [path for path in shown if path not in paths] == []


def test_every_inquiry_is_in_the_table_and_no_other() -> None:
    table = README.split("| inquiry | answers |", 1)[1].split("\n\n", 1)[0]
    named = {
        name
        for row in table.splitlines()
        for name in re.findall(r"`([a-z-]+)`", row.split("|")[1] if "|" in row else "")
    }
    lists = {"studies", "configurations", "components"}  # they have a paragraph of their own
    assert named | lists == set(INQUIRIES)
