"""Comunica, which asks from a browser or from Node and plans for itself: it must find what the endpoint finds."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cmograph.questions import Library
from tests.clients.conftest import EVALUATIONS, TYPES, YES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("node") is None or shutil.which("npm") is None,
        reason="needs Node.js with npm for Comunica",
    ),
]

HERE = Path(__file__).parent / "comunica"
GOLDEN = Path(__file__).parents[1] / "questions" / "golden"
LIBRARY = Library.load()


@pytest.fixture(scope="module")
def comunica(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with Comunica in it, as the lock file says; COMUNICA_HOME keeps it from one run to the next."""
    kept = os.environ.get("COMUNICA_HOME")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("comunica")
    folder.mkdir(parents=True, exist_ok=True)
    lock = (HERE / "package-lock.json").read_bytes()
    installed = folder / "package-lock.json"
    current = installed.is_file() and installed.read_bytes() == lock and (folder / "node_modules").is_dir()
    for name in ("package.json", "package-lock.json", "ask.mjs"):
        shutil.copy(HERE / name, folder / name)
    if not current:
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=400)
        assert done.returncode == 0, done.stderr
    return folder


def ask(comunica: Path, endpoint: str, *queries: str) -> list[Any]:
    done = subprocess.run(
        ["node", "ask.mjs", endpoint],
        cwd=comunica,
        input=json.dumps(queries),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_form_of_query(comunica: Path, endpoint: str, expected: list[str]) -> None:
    rows, yes, graph = ask(comunica, endpoint, EVALUATIONS, YES, TYPES)
    assert [row["study"] for row in rows] == expected
    assert yes == [True]
    assert {subject for subject, _, _ in graph} == set(expected)


def test_it_joins_what_it_asks_in_parts(comunica: Path, endpoint: str, expected: list[str]) -> None:
    """A query of several patterns, which it may send whole or take apart."""
    query = """
        PREFIX realist: <https://w3id.org/cmograph/realist#>
        PREFIX dcterms: <http://purl.org/dc/terms/>
        SELECT ?study ?title (COUNT(?c) AS ?n) WHERE {
          ?study a realist:Evaluation ; dcterms:title ?title .
          OPTIONAL { ?c a realist:Configuration ; realist:inEvaluation ?study }
        } GROUP BY ?study ?title ORDER BY ?study
    """
    [rows] = ask(comunica, endpoint, query)
    assert [row["study"] for row in rows] == expected
    assert all(row["title"] for row in rows)
    assert any(int(row["n"]) > 0 for row in rows)


def test_the_questions_of_the_library(comunica: Path, endpoint: str) -> None:
    """As many rows as the golden answer has, for every question of the open edition."""
    questions = [question for question in LIBRARY.values() if question.header.edition == "open"]
    answers = ask(comunica, endpoint, *(question.text for question in questions))
    wrong = {
        question.id: (len(rows), golden)
        for question, rows in zip(questions, answers, strict=True)
        if len(rows) != (golden := _rows(question.id))
    }
    assert wrong == {}


def _rows(id: str) -> int:
    with (GOLDEN / f"{id}.csv").open(newline="", encoding="utf-8") as file:
        return sum(1 for _ in csv.reader(file)) - 1
