"""What a build refuses names file, row and remedy, and what was served is served still."""

from __future__ import annotations

import fcntl
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cmograph import resources
from cmograph.build import build, check
from cmograph.errors import CmographError, Inconsistency, InputError, ShapeViolation, StoreError, StudyError
from cmograph.ontology import load_ontology
from cmograph.readers import read_corpus
from cmograph.study import read_study, write_template

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


def test_evidence_that_names_no_coding(tmp_path: Path) -> None:
    """The code is there, the source is there; but nobody gave the one in the other."""
    study = make_study(tmp_path)
    (file,) = read_study(study, load_ontology()).interviews
    corpus = read_corpus(file)
    given = {(coding.code, source.name) for source in corpus.sources() for coding in source.codings}
    code, name = next(
        (code.path, name)
        for code in corpus.codes
        for name in corpus.source_names
        if (code.path, name) not in given
    )
    entry = f"{' > '.join(code)} @ {name}"
    found = refusal(study, lambda study: edit_row(study / "configurations.csv", 3, {"evidence_for": entry}))
    assert isinstance(found, StudyError)
    (problem,) = found.problems
    assert (problem.file, problem.row) == ("configurations.csv", 3)
    assert "given nowhere in the source" in problem.what and problem.remedy
    assert name not in str(problem)


def edit_codebook(study: Path, old: str, new: str) -> None:
    """Changes the codebook of a synthetic study's coded file."""
    file = study / "interviews.qdpx"
    with zipfile.ZipFile(file) as archive:
        parts = {info: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(file, "w") as archive:
        for info, content in parts.items():
            if info.filename == "project.qde":
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode(), 1)
            archive.writestr(info, content)


def test_evidence_that_names_a_folder_of_codes(tmp_path: Path) -> None:
    """In the synthetic studies each kind of code lies in a code of its own, `context`: here that can't be given."""

    def edit(study: Path) -> None:
        edit_codebook(study, 'name="context" isCodable="true"', 'name="context" isCodable="false"')
        edit_row(study / "configurations.csv", 3, {"evidence_for": "context"})

    found = refusal(make_study(tmp_path), edit)
    assert isinstance(found, StudyError)
    (problem,) = found.problems
    assert (problem.file, problem.row) == ("configurations.csv", 3)
    assert "'context' is a folder of codes" in problem.what and "Name the codes in it" in problem.remedy


def test_a_code_that_nobody_gave_is_a_warning(tmp_path: Path) -> None:
    """Its row in the code map is the 22nd: a header, four kinds and four codes of each come before."""
    study, name = make_study(tmp_path), "Waits for somebody"
    code = f'<Code guid="7d7f0002-0000-4000-8000-000000000001" name="{name}" isCodable="true"/>'
    edit_codebook(study, "</Codes>", f"{code}</Codes>")
    with (study / "codes.csv").open("a", encoding="utf-8") as table:
        table.write(f"{name},outcome,OutcomeFactor\n")
    edit_row(study / "configurations.csv", 3, {"evidence_against": name})
    (checked,) = check([study])
    found = [warning for warning in checked.warnings if "given nowhere" in warning.what]
    assert [(warning.file, warning.row) for warning in found] == [
        ("configurations.csv", 3),
        ("codes.csv", 22),
    ]
    assert all(repr(name) in warning.what and warning.remedy for warning in found)
    for _ in range(2):  # they are kept with the study
        assert build([study], tmp_path / "store").studies[0].warnings == checked.warnings


def test_what_only_a_withdrawn_source_speaks_for_is_as_it_was(tmp_path: Path) -> None:
    """The analysts named evidence that there was; that somebody withdrew is no fault of their tables."""
    study = make_study(tmp_path)
    (file,) = read_study(study, load_ontology()).interviews
    given: dict[tuple[str, ...], set[str]] = {}
    for source in read_corpus(file).sources():
        for coding in source.codings:
            given.setdefault(coding.code, set()).add(source.name)
    code, names = min(given.items(), key=lambda one: (len(one[1]), one[0]))
    entry = " > ".join(code)
    edit_row(study / "configurations.csv", 3, {"evidence_for": entry, "evidence_against": ""})
    settings = study / "study.toml"
    listed = ", ".join(f'"{name}"' for name in sorted(names))
    text = settings.read_text(encoding="utf-8").replace(
        "[disclosure]\n", f"[disclosure]\nwithdrawn = [{listed}]\n"
    )
    settings.write_text(text, encoding="utf-8")
    assert not [warning for warning in check([study])[0].warnings if "given nowhere" in warning.what]


def test_no_study_of_ours_rests_on_a_code_that_nobody_gave(tmp_path: Path) -> None:
    write_template(tmp_path / "new")
    for checked in check([resources.DATA / "synthetic-demonstration", tmp_path / "new"]):
        assert not [warning for warning in checked.warnings if "given nowhere" in warning.what]
