"""What clients changed, carried on by a build of a study that has changed since."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmograph.build import BuildResult, build
from cmograph.release import lock, open_store, revise, verify
from cmograph.study import write_template
from cmograph.vocabulary import GRAPH, ID
from cmograph.writing.changes import update
from cmograph.writing.judging import Judge

from .studies import edit_row, select, served

pytestmark = pytest.mark.slow

_GRAPH, _STUDY = f"{GRAPH}study/my-study", f"{ID}study/my-study"
_PREFIXES = "PREFIX realist: <https://w3id.org/cmograph/realist#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
_HARMFUL = "?c a realist:HarmfulConfiguration"
_INFERRED = f"GRAPH <{GRAPH}inferred> {{ {_HARMFUL} }}"


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge()


@pytest.fixture
def study(tmp_path: Path) -> Path:
    write_template(tmp_path / "study")
    return tmp_path / "study"


@pytest.fixture
def store(study: Path, tmp_path: Path) -> Path:
    build([study], tmp_path / "store")
    return tmp_path / "store"


def write(store: Path, text: str, judge: Judge, edition: str = "open") -> None:
    folder = open_store(store)
    with lock(folder, "test"):
        assert revise(folder, edition, update(_PREFIXES + text), judge)


def call(store: Path, polarity: str, judge: Judge, edition: str = "open") -> None:
    """A client says which way C01 goes."""
    other = {"Negative": "Positive", "Positive": "Negative"}[polarity]
    thing = f"<{_STUDY}/configuration/C01> realist:polarity realist"
    write(
        store,
        f"DELETE DATA {{ GRAPH <{_GRAPH}> {{ {thing}:{other} }} }} ; "
        f"INSERT DATA {{ GRAPH <{_GRAPH}> {{ {thing}:{polarity} }} }}",
        judge,
        edition,
    )


def found(store: Path, pattern: str, edition: str = "open") -> list[str]:
    rows = select(
        store,
        edition,
        f"PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> SELECT DISTINCT ?c {{ {pattern} }} ORDER BY ?c",
    )
    return [iri.rpartition("/")[2] for (iri,) in rows]


def warnings(result: BuildResult) -> list[str]:
    (study,) = result.studies
    return [one.what for one in study.warnings if "lients changed" in one.what]


def test_what_clients_say_of_a_thing_that_is_no_more_goes_with_it(
    study: Path, store: Path, judge: Judge
) -> None:
    call(store, "Negative", judge)
    write(
        store,
        f"INSERT DATA {{ <{_STUDY}/configuration/C01> rdfs:comment 'In no graph' . "
        f"GRAPH <http://example.org/notes> {{ <{_STUDY}/configuration/C01> rdfs:comment 'Somebody’s own' }} "
        f"GRAPH <{_GRAPH}> {{ <{_STUDY}/component/calmer> rdfs:comment 'Of what stays' }} }}",
        judge,
    )
    assert found(store, _INFERRED) == ["C01"]
    edit_row(study / "configurations.csv", 2, {"id": "C02"})
    edit_row(study / "confidence.csv", 2, {"configuration": "C02"})
    edit_row(study / "annotations.csv", 2, {"about": "C02"})
    edit_row(study / "decisions.csv", 2, {"configuration": "C02"})
    made = build([study], store)
    assert warnings(made) == [
        "Clients changed what is said of things that the study no longer has; that is left out: "
        "my-study/configuration/C01."
    ]
    for edition in ("open", "restricted"):
        assert found(store, "?c realist:polarity ?way", edition) == ["C02"]
        assert found(store, _HARMFUL, edition) == found(store, _INFERRED, edition) == []
        assert found(store, "?c rdfs:comment 'In no graph'", edition) == []
        assert found(store, "?c rdfs:comment 'Somebody’s own'", edition) == ["C01"]
        assert found(store, "?c rdfs:comment 'Of what stays'", edition) == ["calmer"]
    assert verify(open_store(store), served(store)) == ()
    assert warnings(build([study], store)) == []


@pytest.fixture
def two_outcomes(study: Path) -> Path:
    """A study whose only configuration has an outcome more, of which the study does not say whether it is good."""
    _call_no_different(study, "Outcome factor")
    edit_row(study / "configurations.csv", 2, {"outcome": "calmer;no-different", "polarity": ""})
    return study


def _call_no_different(study: Path, kind: str) -> None:
    row = {"class": kind, "component": "no-different", "wording": "Nothing is different", "stance": ""}
    edit_row(study / "codes.csv", 6, row)


@pytest.mark.parametrize("edition", ["open", "restricted"])
def test_what_follows_from_a_change_comes_and_goes_with_what_the_study_says(
    two_outcomes: Path, tmp_path: Path, judge: Judge, edition: str
) -> None:
    study, store = two_outcomes, tmp_path / "store"
    build([study], store)
    bad = f"GRAPH <{_GRAPH}> {{ <{_STUDY}/component/no-different> a realist:NegativeOutcome }}"
    write(store, f"INSERT DATA {{ {bad} }}", judge, edition)
    for outcome, follows in (("calmer", []), ("calmer;no-different", ["C01"])):
        assert found(store, _INFERRED, edition) == ([] if follows else ["C01"])
        edit_row(study / "configurations.csv", 2, {"outcome": outcome})
        assert warnings(build([study], store)) == []
        assert found(store, _INFERRED, edition) == found(store, _HARMFUL, edition) == follows
        assert found(store, bad.replace(f"<{_STUDY}/component/no-different>", "?c"), edition)
        assert verify(open_store(store), served(store)) == ()
    before = served(store)
    write(
        store,
        f"DELETE DATA {{ GRAPH <{GRAPH}inferred> {{ <{_STUDY}/configuration/C01> a realist:HarmfulConfiguration }} }}",
        judge,
        edition,
    )
    edit_row(study / "configurations.csv", 2, {"title": "Another title"})
    build([study], store)
    assert found(store, _HARMFUL, edition) == [], "what a client took away stays away"
    assert served(store).number == before.number + 2


def test_no_change_of_a_client_makes_a_build_fail(two_outcomes: Path, tmp_path: Path, judge: Judge) -> None:
    study, store = two_outcomes, tmp_path / "store"
    build([study], store)
    bad = f"GRAPH <{_GRAPH}> {{ <{_STUDY}/component/no-different> a realist:NegativeOutcome }}"
    write(store, f"INSERT DATA {{ {bad} }}", judge)
    _call_no_different(study, "Positive outcome")
    (said,) = warnings(build([study], store))
    assert (
        "does not go together with what the study says now: my-study/component/no-different is both" in said
    )
    assert found(store, _HARMFUL) == []
    assert found(store, bad.replace(f"<{_STUDY}/component/no-different>", "?c")) == ["no-different"]
    write(store, f"DELETE DATA {{ {bad} }}", judge)
    edit_row(study / "configurations.csv", 2, {"title": "Another title"})
    assert warnings(build([study], store)) == []
