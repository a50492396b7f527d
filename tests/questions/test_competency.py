"""The questions that come with cmograph, each with its answer on the bundled studies.

The golden answers were read as a researcher would before they were kept. `CMOGRAPH_REGENERATE=1` writes them anew: read
the difference, and commit it with what made it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import QuerySolutions, Store

from cmograph import resources
from cmograph.engine import LocalBackend, open_backend
from cmograph.questions import Library, ask

GOLDEN = Path(__file__).parent / "golden"
LIBRARY = Library.load()
IDS = list(LIBRARY)
PARAMETERS = [(id, name) for id in IDS for name in LIBRARY[id].header.parameters]

NOT_A_SUBSET = {("regularities", "study"), ("regularities", "times")}
"""Counts over what is left, so that narrowing changes the rows themselves."""


@pytest.fixture(scope="module", params=["open", "restricted"])
def edition(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def backends(demonstration: Path) -> Iterator[dict[str, LocalBackend]]:
    with open_backend(demonstration, "open") as shown, open_backend(demonstration, "restricted") as all_of_it:
        yield {"open": shown, "restricted": all_of_it}


def backend_of(id: str, backends: dict[str, LocalBackend]) -> LocalBackend:
    return backends[LIBRARY[id].header.edition]


@pytest.mark.parametrize("id", IDS)
def test_the_answer_is_the_one_that_was_read(id: str, backends: dict[str, LocalBackend]) -> None:
    answer = backend_of(id, backends).query(LIBRARY[id].text, "csv").body.decode().replace("\r\n", "\n")
    file = GOLDEN / f"{id}.csv"
    if os.environ.get("CMOGRAPH_REGENERATE"):
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(answer, encoding="utf-8")
    assert file.exists(), f"{file.name} is missing: run with CMOGRAPH_REGENERATE=1, and read what it writes"
    assert answer == file.read_text(encoding="utf-8")
    assert len(answer.splitlines()) > 1, "a question that nothing answers teaches nothing"


@pytest.mark.parametrize("id", IDS)
def test_an_empty_store_has_no_answer(id: str) -> None:
    assert not list(Store().query(LIBRARY[id].text))  # type: ignore[arg-type]


@pytest.mark.parametrize("id", IDS)
def test_the_columns_are_the_ones_that_are_documented(id: str) -> None:
    solutions = Store().query(LIBRARY[id].text)
    assert isinstance(solutions, QuerySolutions)
    assert [variable.value for variable in solutions.variables] == list(LIBRARY[id].header.columns)


@pytest.mark.parametrize(("id", "name"), PARAMETERS)
def test_the_example_of_a_parameter_narrows_the_answer(
    id: str, name: str, backends: dict[str, LocalBackend]
) -> None:
    backend, parameter = backend_of(id, backends), LIBRARY[id].header.parameters[name]
    assert parameter.example is not None, f"{id}: give {name} an example"
    whole, narrowed = ask(backend, LIBRARY, id), ask(backend, LIBRARY, id, {name: parameter.example})
    assert narrowed.rows, f"{id}: nothing answers {name} = {parameter.example}"
    if (id, name) not in NOT_A_SUBSET:
        assert set(narrowed.rows) <= set(whole.rows)


@pytest.mark.parametrize("id", [id for id in IDS if "study" in LIBRARY[id].header.parameters])
def test_a_question_about_the_published_study_says_nothing_of_synthetic_data(
    id: str, backends: dict[str, LocalBackend]
) -> None:
    backend = backend_of(id, backends)
    answer = ask(backend, LIBRARY, id, {"study": "mcleish-2024"})
    if "study" in answer.columns:
        assert answer.notices == ()
        assert {row[answer.columns.index("study")].text for row in answer.rows if row[0]} <= {  # type: ignore[union-attr]
            "https://w3id.org/cmograph/id/study/mcleish-2024"
        }


def test_there_are_questions_enough_that_the_open_edition_answers() -> None:
    assert sum(question.header.edition == "open" for question in LIBRARY.values()) >= 20


def test_the_open_edition_answers_alike_in_both(backends: dict[str, LocalBackend]) -> None:
    """What the open edition says is not contradicted by the restricted one."""
    for id in IDS:
        if LIBRARY[id].header.edition == "open":
            shown, known = (
                backends[name].query(LIBRARY[id].text, "csv").body for name in ("open", "restricted")
            )
            assert shown == known, id


def test_the_index_lists_every_question() -> None:
    index = (resources.QUERIES / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \[`([a-z-]+)`\]\((cq-\d\d-[a-z-]+\.rq)\) \| (.*?) \|", index, re.MULTILINE)
    files = {path.name for path in resources.QUERIES.glob("*.rq")}
    assert {file for _, file, _ in listed} == files
    assert {id: title for id, _, title in listed} == {id: LIBRARY[id].header.title for id in IDS}
