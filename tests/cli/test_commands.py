"""The command line as a person meets it: real processes, real files, exit codes, what goes to which stream."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest

from tests.samples import needs_samples, sample

CONFIGURATIONS = "SELECT ?c WHERE { ?c a <https://w3id.org/cmograph/realist#Configuration> } ORDER BY ?c"


def cmograph(
    *arguments: str | Path, stdin: str | None = None, cache: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process of its own."""
    environment = os.environ | ({"XDG_CACHE_HOME": str(cache)} if cache else {})
    command = [sys.executable, "-m", "cmograph", *map(str, arguments)]
    return subprocess.run(
        command, input=stdin, capture_output=True, text=True, encoding="utf-8", env=environment, timeout=120
    )


@contextmanager
def serving(*arguments: str | Path, cache: Path | None = None) -> Iterator[str]:
    """A service in a process of its own; yields its address, then asks it to stop and expects it to."""
    environment = os.environ | ({"XDG_CACHE_HOME": str(cache)} if cache else {})
    command = [sys.executable, "-m", "cmograph", "serve", "--port", "0", *map(str, arguments)]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environment
    ) as process:
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            found = re.search(r"http://\S+", line)
            if found:
                break
        else:
            process.kill()
            pytest.fail("it did not serve: " + "".join(said))
        try:
            yield found[0]
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        finally:
            process.kill()


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study folder as `init` makes it."""
    folder = tmp_path_factory.mktemp("new") / "study"
    made = cmograph("init", folder)
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture(scope="module")
def store(study: Path) -> Path:
    """A store that `build` made of it."""
    store = study.parent / "store"
    built = cmograph("build", study, "--store", store)
    assert built.returncode == 0, built.stderr
    return store


@pytest.mark.parametrize("command", ["serve", "init", "inspect", "build", "check", "query", "ask"])
def test_every_command_explains_itself(command: str) -> None:
    shown = cmograph(command, "--help")
    assert shown.returncode == 0
    assert "Usage:" in shown.stdout


def test_init_makes_a_study_that_checks_and_builds(study: Path, store: Path) -> None:
    checked = cmograph("check", study)
    assert checked.returncode == 0, checked.stderr
    assert "1 configurations" in checked.stderr
    assert checked.stdout == ""
    found = cmograph("query", CONFIGURATIONS, "--store", store, "--format", "csv")
    assert found.stdout.split() == ["c", "https://w3id.org/cmograph/id/study/my-study/configuration/C01"]


def test_init_never_writes_over(study: Path) -> None:
    again = cmograph("init", study)
    assert again.returncode == 3
    assert "is not empty" in again.stderr


def test_a_problem_names_file_row_and_remedy(study: Path, tmp_path: Path) -> None:
    for file in study.rglob("*"):
        target = tmp_path / file.relative_to(study)
        target.mkdir() if file.is_dir() else target.write_bytes(file.read_bytes())
    codes = tmp_path / "codes.csv"
    codes.write_text(
        codes.read_text(encoding="utf-8").replace("Positive outcome", "Positve outcome", 1), encoding="utf-8"
    )
    refused = cmograph("build", tmp_path, "--store", tmp_path / "store")
    assert refused.returncode == 3
    assert "codes.csv, row 5" in refused.stderr
    assert "'positive outcome'" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_wrong_setting_is_named(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CMOGRAPH_MINIMUM_CELL", "2")
    refused = cmograph("query", CONFIGURATIONS, "--store", store)
    assert refused.returncode == 3
    assert "CMOGRAPH_MINIMUM_CELL" in refused.stderr
    assert "take 3 or more" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_query_reads_text_files_and_standard_input(store: Path, tmp_path: Path) -> None:
    file = tmp_path / "query.rq"
    file.write_text(CONFIGURATIONS, encoding="utf-8")
    answers = [
        cmograph("query", CONFIGURATIONS, "--store", store, "--format", "json"),
        cmograph("query", file, "--store", store, "--format", "json"),
        cmograph("query", "-", "--store", store, "--format", "json", stdin=CONFIGURATIONS),
    ]
    assert {answer.returncode for answer in answers} == {0}
    assert len({answer.stdout for answer in answers}) == 1
    assert len(json.loads(answers[0].stdout)["results"]["bindings"]) == 1


@pytest.mark.parametrize("command", [["query", CONFIGURATIONS], ["export", "csv"]])
def test_a_store_that_is_not_there_is_no_empty_one(command: list[str], tmp_path: Path) -> None:
    """A mistyped name would answer that there is nothing; of a folder that holds no release it is said."""
    refused = cmograph(*command, "--store", tmp_path / "none")
    assert refused.returncode == 4 and refused.stdout == ""
    assert f"There is no store {tmp_path / 'none'}" in refused.stderr.replace("\n", "")
    assert not (tmp_path / "none").exists()
    empty = cmograph(*command, "--store", tmp_path)
    assert empty.returncode == 0
    assert "has no release: it is empty" in empty.stderr


def test_a_file_that_is_not_utf8_is_named(store: Path, tmp_path: Path) -> None:
    file = tmp_path / "query.rq"
    file.write_bytes(f"# Caf\xe9\n{CONFIGURATIONS}".encode("latin-1"))
    refused = cmograph("query", file, "--store", store)
    assert refused.returncode == 3
    assert "query.rq" in refused.stderr and "UTF-8" in refused.stderr and "Traceback" not in refused.stderr


def test_a_query_may_be_longer_than_a_name_of_a_file(store: Path) -> None:
    text = "DESCRIBE " + " ".join(f"<https://example.org/{number}>" for number in range(300))
    assert cmograph("query", text, "--store", store, "--format", "nt").returncode == 0


def test_no_cell_of_an_answer_starts_a_formula(tmp_path: Path) -> None:
    """Words that somebody else wrote, on their way into a spreadsheet; a number stays a number."""
    study = tmp_path / "study"
    assert cmograph("init", study).returncode == 0
    table = study / "configurations.csv"
    said = table.read_text(encoding="utf-8").replace("Being heard calms", "=HYPERLINK(1)")
    table.write_text(said, encoding="utf-8")
    assert cmograph("build", study, "--store", tmp_path / "store").returncode == 0
    answer = cmograph("ask", "configurations", "--store", tmp_path / "store", "--format", "csv")
    (row,) = csv.DictReader(StringIO(answer.stdout))
    assert row["title"] == "'=HYPERLINK(1)"


@pytest.mark.parametrize(
    ("text", "code"),
    [("SELECT", 5), ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", 5), ("SELECT * { ?s ?p }", 5)],
)
def test_a_query_that_is_not_answered_exits_with_5(store: Path, text: str, code: int) -> None:
    refused = cmograph("query", text, "--store", store)
    assert refused.returncode == code
    assert refused.stdout == ""


def test_query_writes_graphs(store: Path) -> None:
    text = "CONSTRUCT { ?c a <https://example.org/C> } WHERE { ?c a <https://w3id.org/cmograph/realist#Configuration> }"
    written = cmograph("query", text, "--store", store, "--format", "nt")
    assert written.stdout.endswith("<https://example.org/C> .\n")


def test_the_restricted_edition_is_asked_for_by_name(store: Path) -> None:
    quotes = "SELECT (COUNT(?q) AS ?n) WHERE { ?s <http://www.w3.org/ns/oa#exact> ?q }"
    closed = cmograph("query", quotes, "--store", store, "--format", "csv")
    opened = cmograph("query", quotes, "--store", store, "--format", "csv", "--edition", "restricted")
    assert closed.stdout.split() == ["n", "0"]
    assert opened.stdout.split() == ["n", "7"]


def test_an_unknown_question_suggests_the_nearest(store: Path) -> None:
    refused = cmograph("ask", "contested-configuration", "--store", store)
    assert refused.returncode == 3
    assert "Did you mean" in refused.stderr


def test_ask_lists_and_answers(store: Path) -> None:
    listed = cmograph("ask", "--list")
    assert "contested-configurations" in listed.stdout
    answer = cmograph("ask", "contested-configurations", "--store", store, "--format", "json")
    assert answer.returncode == 0, answer.stderr
    assert "Synthetic data" in json.loads(answer.stdout)["notices"][0]
    assert "Synthetic data" in answer.stderr


def test_the_ontology_is_checked(study: Path) -> None:
    checked = cmograph("check", "--ontology")
    if "Java" in checked.stderr and checked.returncode:
        pytest.skip("needs Java for HermiT; install a Java runtime (17 or later)")
    assert checked.returncode == 0, checked.stderr
    assert "consistent" in checked.stderr


@needs_samples
def test_inspect_prints_every_coding_of_a_real_project() -> None:
    shown = cmograph("inspect", sample("taguette/interviews.sqlite3"), "--format", "csv")
    rows = list(csv.DictReader(StringIO(shown.stdout)))
    assert len(rows) == 1930
    assert list(rows[0]) == ["source", "code", "start", "end", "quote", "coder", "verification"]
    assert len({row["source"] for row in rows}) == 17
    summary = json.loads(
        cmograph("inspect", sample("taguette/interviews.sqlite3"), "--format", "json").stdout
    )
    assert (summary["sources"], summary["codes"], summary["codings"]) == (17, 22, 1930)


def test_inspect_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    file = tmp_path / "interview.docx"
    file.write_bytes(b"not a project")
    refused = cmograph("inspect", file)
    assert refused.returncode == 3
    assert "interview.docx" in refused.stderr
    assert ".qdpx" in refused.stderr


@pytest.mark.parametrize("option", [("--port", "99999"), ("--port", "-1"), ("--workers", "257")])
def test_serve_takes_what_the_settings_take(store: Path, option: tuple[str, str]) -> None:
    """As CMOGRAPH_PORT does; a port above 65535 would be another: what is left of it in 16 bits."""
    refused = cmograph("serve", "--store", store, *option)
    assert refused.returncode == 2
    assert option[0] in refused.stderr


def test_serve_serves_a_store_and_stops_when_asked(store: Path) -> None:
    with serving("--store", store) as address, urllib.request.urlopen(f"{address}/health") as answer:
        assert answer.status == 200


def test_serve_takes_an_empty_folder_as_an_empty_dataset(tmp_path: Path) -> None:
    with serving("--store", tmp_path / "empty") as address:
        query = "query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D"
        request = urllib.request.Request(f"{address}/sparql?{query}", headers={"Accept": "text/csv"})
        with urllib.request.urlopen(request) as answer:
            assert sorted(answer.read().decode().strip().split(",")) == ["o", "p", "s"]


@pytest.mark.slow
def test_serve_without_a_store_serves_the_demonstration(tmp_path: Path) -> None:
    with serving(cache=tmp_path) as address, urllib.request.urlopen(f"{address}/questions") as answer:
        questions = json.load(answer)
        assert questions["total"] >= 20
    assert (tmp_path / "cmograph" / "demonstration" / "current").exists()


@pytest.mark.parametrize("arguments", [["ask", "--list"], ["studies", "--format", "csv", "--store"]])
def test_whoever_stops_reading_ends_it_well(arguments: list[str], store: Path) -> None:
    """As `cmograph ask --list | head -1` does, which is no failure, whether it is met at once or at the end."""
    given = [*arguments, str(store)] if arguments[-1] == "--store" else arguments
    command = [sys.executable, "-m", "cmograph", *given]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait(30) == 0
        assert b"BrokenPipe" not in said
