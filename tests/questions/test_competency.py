"""The questions that come with cmograph, each with its answer on the bundled studies.

The golden answers were read as a researcher would before they were kept. `CMOGRAPH_REGENERATE=1` writes them anew: read
the difference, and commit it with what made it.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store

from cmograph import resources
from cmograph.engine import LocalBackend, open_backend
from cmograph.errors import InputError
from cmograph.questions import Desk, Library, ask
from cmograph.questions.binding import Value
from cmograph.vocabulary import REALIST

GOLDEN = Path(__file__).parent / "golden"
LIBRARY = Library.load()
IDS = list(LIBRARY)
PARAMETERS = [(id, name) for id in IDS for name in LIBRARY[id].header.parameters]

NOT_A_SUBSET = {
    ("regularities", "study"),
    ("regularities", "times"),
    ("for-whom", "context"),
    ("contexts-that-separate", "study"),
    ("truth-table", "study"),
    ("truth-table", "condition"),
    ("truth-table", "kind"),
}
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


@pytest.fixture(scope="module")
def shuffled(demonstration: Path) -> dict[str, Store]:
    """The editions in memory, with their statements in another order than on disk."""
    stores = {}
    for edition in ("open", "restricted"):
        quads = list(Store.read_only(str(demonstration / "current" / edition)))
        random.Random(edition).shuffle(quads)
        stores[edition] = Store()
        stores[edition].extend(quads)
    return stores


@pytest.mark.parametrize("id", IDS)
def test_the_answer_does_not_depend_on_how_a_store_orders_statements(
    id: str, shuffled: dict[str, Store]
) -> None:
    """Neither ORDER BY nor the sorting before GROUP_CONCAT leaves a tie: memory, disk and peers answer alike."""
    solutions = shuffled[LIBRARY[id].header.edition].query(LIBRARY[id].text)
    assert isinstance(solutions, QuerySolutions)
    answer = solutions.serialize(format=QueryResultsFormat.CSV)
    assert answer is not None
    assert answer.decode().replace("\r\n", "\n") == (GOLDEN / f"{id}.csv").read_text(encoding="utf-8")


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


@pytest.mark.parametrize(("id", "name"), PARAMETERS)
def test_what_is_offered_for_a_parameter_can_be_asked(
    id: str, name: str, backends: dict[str, LocalBackend]
) -> None:
    """A page lists it. Where a kind is asked for no study's wording is offered, which could have no answer."""
    backend, parameter = backend_of(id, backends), LIBRARY[id].header.parameters[name]
    offered = backend.run(Desk(backend.backend, LIBRARY).choices(LIBRARY[id])).get(name, [])
    assert bool(offered) == bool(parameter.names)
    if parameter.kinds_of:
        wordings = "SELECT DISTINCT ?w { ?c a <%s> ; <http://www.w3.org/2000/01/rdf-schema#label> ?w }"
        found = backend.query(wordings % REALIST.Component, "csv").body.decode().splitlines()
        assert len(found) > 50
        assert parameter.example in offered
        assert not set(offered) & {word.strip('"') for word in found}


def test_of_what_has_several_names_one_is_offered(backends: dict[str, LocalBackend]) -> None:
    with pytest.raises(InputError, match="There is background, belief, belief about peer support") as wrong:
        ask(backends["open"], LIBRARY, "contexts", {"kind": "zzz"})
    assert "beliefaboutpeersupport" not in str(wrong.value)


SEVERAL: dict[str, list[Value]] = {
    "mode": ["one-to-one", "group"],
    "who": ["mother", "volunteer"],
    "at": ["micro level", "macro level"],
    "least": [5, 10],
    "toward": ["positive", "negative"],
}


@pytest.mark.parametrize(("id", "name"), [(id, name) for id, name in PARAMETERS if name in SEVERAL])
def test_several_values_of_a_parameter_repeat_no_row(
    id: str, name: str, backends: dict[str, LocalBackend]
) -> None:
    rows = ask(backend_of(id, backends), LIBRARY, id, {name: SEVERAL[name]}).rows
    assert rows
    assert len(rows) == len(set(rows))


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


SKETCH = """
@prefix realist: <https://w3id.org/cmograph/realist#> . @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix oa: <http://www.w3.org/ns/oa#> .
@prefix : <https://example.org/> .
:study a realist:Evaluation ; dcterms:title "A study" ; realist:synthetic true ; realist:evaluates :programme .
:programme rdfs:label "A programme" .
:bare a realist:Evaluation ; dcterms:title "Nothing yet" ; realist:synthetic true ; realist:evaluates :programme .
:t1 rdfs:label "First" ; realist:inEvaluation :study ; realist:hasConfiguration :stays , :goes .
:t2 rdfs:label "Second" ; realist:inEvaluation :study ; realist:revises :t1 ; realist:hasConfiguration :stays , :comes .
:t0 rdfs:label "Another theory, with all of them" ; realist:hasConfiguration :stays , :goes , :comes .
:stays a realist:BeneficialConfiguration , realist:SupportedConfiguration , realist:Configuration ; rdfs:label "Stays" ; realist:inEvaluation :study ;
  realist:hasContext :both , :only ; realist:triggersMechanism [ realist:offersResource :offer ] .
:goes a realist:Configuration , realist:HarmfulConfiguration ; rdfs:label "Goes" ; realist:inEvaluation :study ;
  realist:hasContext :both ; realist:triggersMechanism [ realist:offersResource :offer ] .
:comes a realist:Configuration ; rdfs:label "Comes" ; realist:inEvaluation :study .
:both rdfs:label "In both" . :only rdfs:label "In one" . :offer rdfs:label "An offer" .
:coding a realist:Coding ; realist:supports :stays ; realist:inSource [ dcterms:title "Nobody described" ] ;
  oa:hasBody [ realist:codePath "A" ] ; oa:hasTarget [ oa:hasSelector [ oa:exact "Invented" ] ] .
"""
"""What the bundled studies lack: a dropped configuration, a shared context, a source without a participant."""


def sketched(id: str, *columns: str) -> list[tuple[str | None, ...]]:
    store = Store()
    store.load(SKETCH, format=RdfFormat.TURTLE)
    solutions = store.query(LIBRARY[id].text)
    assert isinstance(solutions, QuerySolutions)
    return [
        tuple(None if (term := row[column]) is None else term.value for column in columns)
        for row in solutions
    ]


def test_a_theory_drops_keeps_and_adds_whatever_other_theories_have() -> None:
    assert sketched("theory-changes", "change", "title") == [
        ("added", "Comes"),
        ("dropped", "Goes"),
        ("kept", "Stays"),
    ]


def test_a_context_of_both_sets_nothing_apart() -> None:
    assert sketched("same-offer-good-and-bad", "goodContext", "badContext") == [("In one", None)]


def test_a_study_without_configurations_is_listed() -> None:
    assert sketched("studies", "title", "configurations") == [("Nothing yet", "0"), ("A study", "3")]


def test_a_quotation_of_somebody_nobody_described_is_kept() -> None:
    assert sketched("quotations", "source", "role", "quote") == [("Nobody described", None, "Invented")]


def test_nothing_at_all_is_told_from_too_few_people() -> None:
    assert sketched("thin-evidence", "title", "why") == [
        ("Comes", "none"),
        ("Goes", "none"),
        ("Stays", "too few people to show"),
    ]


def test_the_index_lists_every_question() -> None:
    index = (resources.QUERIES / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \[`([a-z-]+)`\]\((cq-\d\d-[a-z-]+\.rq)\) \| (.*?) \|", index, re.MULTILINE)
    files = {path.name for path in resources.QUERIES.glob("*.rq")}
    assert {file for _, file, _ in listed} == files
    assert {id: title for id, _, title in listed} == {id: LIBRARY[id].header.title for id in IDS}
