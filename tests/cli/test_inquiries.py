"""The inquiries as commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cmograph.cli import app
from cmograph.errors import InputError

RUN = CliRunner()


def test_two_values_where_one_is_taken_are_refused_by_name(demonstration: Path) -> None:
    done = RUN.invoke(
        app, ["profile", "--store", str(demonstration), "--delivery", "group", "--delivery", "one-to-one"]
    )
    assert isinstance(done.exception, InputError)
    assert str(done.exception) == "delivery: it takes one value, not 2. Keep one of them."


def test_a_repeated_option_and_one_that_is_not(demonstration: Path) -> None:
    given = ["--context", "lack of social support", "--context", "sociability", "--delivery", "group"]
    done = RUN.invoke(app, ["profile", "--store", str(demonstration), *given, "--format", "json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["items"] and any("ynthetic" in notice for notice in found["notices"])


def test_help_says_which_options_may_be_given_again() -> None:
    text = " ".join(RUN.invoke(app, ["profile", "--help"], env={"COLUMNS": "200"}).output.split())
    assert "A kind of context, or a component, that holds. May be given again." in text
    assert "How support comes, such as group. May" not in text


@pytest.mark.parametrize("command", [["studies"], ["export", "csv"], ["ask", "studies"]])
def test_an_edition_that_there_is_not_is_a_wrong_option(command: list[str]) -> None:
    done = RUN.invoke(app, [*command, "--edition", "opne"])
    assert done.exit_code == 2
    assert "'opne'" in done.output and "restricted" in done.output
