"""What a build refuses names file, row and remedy, and what was served is served still."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest

from cmograph.build import build, check
from cmograph.errors import CmographError, Inconsistency, InputError, ShapeViolation, StoreError, StudyError

from .studies import edit_row, make_study, served


def refusal(study: Path, edit: Callable[[Path], None]) -> InputError:
    """What a study is refused for after an edit; the store it was built into before must not change."""
    store = study.parent / "store"
    before = build([study], store).release
    edit(study)
    with pytest.raises(InputError) as refused:
        build([study], store)
    assert served(store) == before
    assert not list(store.glob("building-*"))
    with pytest.raises(type(refused.value)):
        check([study])
    return refused.value


def test_a_configuration_without_an_outcome(tmp_path: Path) -> None:
    found = refusal(
        make_study(tmp_path), lambda study: edit_row(study / "configurations.csv", 4, {"outcome": ""})
    )
    (problem,) = found.problems
    assert (problem.file, problem.row) == ("configurations.csv", 4)
    assert "outcome" in problem.what
    assert problem.remedy


def test_a_shape_that_is_not_met(tmp_path: Path) -> None:
    """Reading the tables has no quarrel with a published statement in a study of interviews."""
    found = refusal(
        make_study(tmp_path),
        lambda study: edit_row(study / "configurations.csv", 3, {"evidence_for": "statement: it helps"}),
    )
    assert isinstance(found, ShapeViolation)
    (problem,) = found.problems
    assert (problem.file, problem.row) == ("configurations.csv", 3)
    assert "A published statement has no publication." in problem.what
    assert problem.remedy.startswith("In study.toml give [study] a doi, or fill the column source")


def test_an_inconsistent_study_names_the_thing_the_axiom_and_the_row(tmp_path: Path) -> None:
    """A component can't be a good and a harm at once: realist:PositiveOutcome and NegativeOutcome are disjoint."""
    found = refusal(
        make_study(tmp_path),
        lambda study: edit_row(study / "codes.csv", 18, {"class": "Positive outcome;Negative outcome"}),
    )
    assert isinstance(found, Inconsistency)
    assert any(
        problem.file == "codes.csv" and problem.row == 18 and "PositiveOutcome" in problem.what
        for problem in found.problems
    ), found
    assert "NegativeOutcome disjoint with PositiveOutcome" in str(found)
    assert all(problem.remedy for problem in found.problems)


def test_a_check_that_finds_something(tmp_path: Path) -> None:
    def edit(study: Path) -> None:
        edit_row(study / "codes.csv", 18, {"class": "Negative outcome"})
        outcome = (study / "codes.csv").read_text().splitlines()[17].split(",")[0].split(" > ")[1]
        edit_row(
            study / "configurations.csv", 2, {"polarity": "positive", "outcome": outcome.replace(" ", "-")}
        )

    found = refusal(make_study(tmp_path), edit)
    assert isinstance(found, ShapeViolation)
    assert (found.problems[0].file, found.problems[0].row) == ("configurations.csv", 2)
    assert "called positive and all its outcomes are negative" in found.problems[0].what


def test_every_problem_of_every_study_is_named_with_its_folder(tmp_path: Path) -> None:
    one, two = make_study(tmp_path, "one"), make_study(tmp_path, "two")
    edit_row(one / "configurations.csv", 2, {"outcome": ""})
    edit_row(two / "configurations.csv", 3, {"outcome": ""})
    with pytest.raises(InputError) as refused:
        build([one, two], tmp_path / "store")
    places = [(problem.file, problem.row) for problem in refused.value.problems]
    assert places == [("one/configurations.csv", 2), ("two/configurations.csv", 3)]


def test_two_studies_of_one_name(tmp_path: Path) -> None:
    one = make_study(tmp_path / "here", "same")
    other = make_study(tmp_path / "there", "same", seed=2)
    with pytest.raises(StudyError, match=r"2 studies have the id 'same'"):
        build([one, other], tmp_path / "store")


def test_a_folder_that_is_no_study(tmp_path: Path) -> None:
    with pytest.raises(StudyError):
        build([tmp_path / "nowhere"], tmp_path / "store")


def test_a_store_in_use(tmp_path: Path) -> None:
    study = make_study(tmp_path)
    build([study], tmp_path / "store")
    with (tmp_path / "store" / "lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        build([study], tmp_path / "store")  # nothing to write, so nothing to wait for
        edit_row(study / "configurations.csv", 2, {"title": "Another title"})
        with pytest.raises(StoreError, match="is being written by"):
            build([study], tmp_path / "store")


def test_a_store_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises(CmographError, match="is a file, not a store"):
        build([make_study(tmp_path)], tmp_path / "store")
