"""Shapes and checks: what is wrong is named by file, row and remedy; what is only odd is a warning."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmograph.errors import ShapeViolation
from cmograph.release import open_trial
from cmograph.validation import Shapes, run_checks

PREFIXES = """
@prefix : <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SHAPES = """
:ConfigurationShape a sh:NodeShape ; sh:targetClass :Configuration ;
  sh:property [ sh:path :hasOutcome ; sh:minCount 1 ; sh:message "A configuration has an outcome." ;
                sh:description "Fill the outcome column." ] ;
  sh:property [ sh:path :hasOutcome ; sh:class :Component ; sh:message "It is a component." ] ;
  sh:property [ sh:path :because ; sh:minCount 1 ; sh:severity sh:Warning ;
                sh:message "It has no because." ] .
"""
STUDY = "https://w3id.org/cmograph/id/study/s"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
E = "http://example.org/"


def locate(iri: str) -> tuple[str, int | None]:
    return ("configurations.csv", int(iri[-1]) + 1) if "/configuration/C" in iri else ("", None)


def shapes(folder: Path, text: str = SHAPES, ontology: tuple[str, ...] = ()) -> Shapes:
    file = folder / "shapes.ttl"
    file.write_text(PREFIXES + text, encoding="utf-8")
    return Shapes([file], ontology)


def configuration(number: int, outcome: str = "", because: bool = True) -> list[str]:
    this = f"<{STUDY}/configuration/C{number}>"
    lines = [f"{this} {TYPE} <{E}Configuration> .\n"]
    if because:
        lines.append(f'{this} <{E}because> "so" .\n')
    if outcome:
        lines.append(f"{this} <{E}hasOutcome> <{STUDY}/component/{outcome}> .\n")
    return lines


COMPONENT = f"<{STUDY}/component/ok> {TYPE} <{E}Component> .\n"


def test_what_is_right_passes(tmp_path: Path) -> None:
    assert shapes(tmp_path).check([*configuration(1, "ok"), COMPONENT], locate) == ()


def test_a_violation_names_file_row_and_remedy(tmp_path: Path) -> None:
    with pytest.raises(ShapeViolation) as refused:
        shapes(tmp_path).check([*configuration(1, "ok"), *configuration(2), COMPONENT], locate)
    (problem,) = refused.value.problems
    assert (problem.file, problem.row) == ("configurations.csv", 3)
    assert problem.what == "s/configuration/C2: A configuration has an outcome. (property: hasOutcome)"
    assert problem.remedy == "Fill the outcome column."


def test_a_shape_without_a_description_has_a_remedy_too(tmp_path: Path) -> None:
    with pytest.raises(ShapeViolation) as refused:
        shapes(tmp_path).check(configuration(1, "unknown"), locate)
    assert refused.value.problems[0].remedy


def test_problems_come_in_the_order_of_the_table_and_no_more_than_can_be_read(tmp_path: Path) -> None:
    with pytest.raises(ShapeViolation) as refused:
        shapes(tmp_path).check([line for n in range(9, 0, -1) for line in configuration(n)], locate)
    assert [problem.row for problem in refused.value.problems] == list(range(2, 11))
    many = [line.replace("/C1", f"/C{n}1") for n in range(30) for line in configuration(1)]
    with pytest.raises(ShapeViolation, match="There are more problems"):
        shapes(tmp_path).check(many, locate)


def test_a_warning_is_returned_and_refuses_nothing(tmp_path: Path) -> None:
    (warning,) = shapes(tmp_path).check([*configuration(1, "ok", because=False), COMPONENT], locate)
    assert "It has no because." in warning.what
    assert warning.row == 2


def test_a_class_counts_by_the_ontology_s_superclasses(tmp_path: Path) -> None:
    typed = f"<{STUDY}/component/ok> {TYPE} <{E}Mood> .\n"
    subclass = f"<{E}Mood> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <{E}Component> .\n"
    assert shapes(tmp_path, ontology=(subclass,)).check([*configuration(1, "ok"), typed], locate) == ()
    with pytest.raises(ShapeViolation):
        shapes(tmp_path).check([*configuration(1, "ok"), typed], locate)


def test_an_import_is_never_fetched(tmp_path: Path) -> None:
    """The network is shut in tests, so a fetch would fail."""
    text = SHAPES + "<http://example.org/> <http://www.w3.org/2002/07/owl#imports> <http://example.com/x> ."
    assert shapes(tmp_path, text).check([*configuration(1, "ok"), COMPONENT], locate) == ()


def test_a_check_that_returns_something_is_a_violation(tmp_path: Path) -> None:
    check = tmp_path / "no-outcome-violation.rq"
    check.write_text(
        '#+ title: "A configuration has no outcome"\n#+ remedy: "Give it one."\n'
        f"SELECT ?this {{ ?this a <{E}Configuration> FILTER NOT EXISTS {{ ?this <{E}hasOutcome> [] }} }}"
    )
    file = tmp_path / "study.nt"
    file.write_text("".join([*configuration(1, "ok"), *configuration(2)]))
    with open_trial(tmp_path) as store, pytest.raises(ShapeViolation) as refused:
        store.load(file)
        run_checks(store.select, [check], locate)
    (problem,) = refused.value.problems
    assert (problem.file, problem.row) == ("configurations.csv", 3)
    assert problem.what == "A configuration has no outcome: s/configuration/C2."
    assert problem.remedy == "Give it one."
    file.write_text("".join(configuration(1, "ok")))
    with open_trial(tmp_path) as store:
        store.load(file)
        run_checks(store.select, [check], locate)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["no-outcome-violation.rq", "study.nt"]
