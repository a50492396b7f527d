"""A prepared study's key names all that it rests on, and nothing else: what is kept is neither stale nor made twice."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import cmograph
from cmograph import resources
from cmograph.build import build
from cmograph.errors import StudyError
from cmograph.ontology import Ontology, load_ontology
from cmograph.preparation import key_of
from cmograph.release import open_store
from cmograph.study import read_study, write_template
from cmograph.vocabulary import RDFS

from .studies import edit_row, make_study, select

SOURCES = tuple(f"sources/7d7f0001-0000-4000-8000-00000000000{number}.txt" for number in (1, 2))
TABLES = (
    "codes.csv", "components.csv", "configurations.csv", "theories.csv", "participants.csv", "confidence.csv",
    "annotations.csv", "decisions.csv", "mappings.sssom.tsv",
)  # fmt: skip
INPUTS = ("study.toml", "interviews.qde", *SOURCES, *TABLES)


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return load_ontology()


@pytest.fixture
def study(tmp_path: Path, ontology: Ontology) -> Path:
    """The template, with the two tables that it leaves out: a study that has one of each."""
    folder = tmp_path / "study"
    write_template(folder)
    (folder / "components.csv").write_text(
        "component,role,class,wording\nfar,context,Context factor,Far from town\n", encoding="utf-8"
    )
    (folder / "mappings.sssom.tsv").write_text(
        "# curie_map:\n#   pps: https://w3id.org/cmograph/perinatal-peer-support#\n"
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
        "component:calmer\tskos:relatedMatch\tpps:Relief\tsemapv:ManualMappingCuration\n",
        encoding="utf-8",
    )
    settings = folder / "study.toml"
    more = '[files]\ncomponents = "components.csv"\nmappings = "mappings.sssom.tsv"\n'
    settings.write_text(settings.read_text(encoding="utf-8").replace("[files]\n", more), encoding="utf-8")
    return folder


def test_a_study_that_has_one_of_each_rests_on_each(study: Path, ontology: Ontology) -> None:
    read = read_study(study, ontology)
    assert all((read.confidence, read.annotations, read.decisions, read.mappings, read.theories))
    _, inputs = key_of(study, ontology, 5)
    assert set(inputs) == set(INPUTS)


@pytest.mark.parametrize("name", INPUTS)
def test_a_change_in_any_of_its_files_changes_the_key(study: Path, ontology: Ontology, name: str) -> None:
    before, inputs = key_of(study, ontology, 5)
    file = study / name
    content = file.read_bytes()
    file.write_bytes(content + b"\n")
    after, changed = key_of(study, ontology, 5)
    assert after != before
    assert {one for one in inputs if changed[one] != inputs[one]} == {name}
    file.unlink()
    assert key_of(study, ontology, 5)[0] not in (before, after)
    file.write_bytes(content)
    assert key_of(study, ontology, 5) == (before, inputs)


@pytest.mark.parametrize("minimum_cell", [3, 4, 6])
def test_the_minimum_cell_changes_the_key(study: Path, ontology: Ontology, minimum_cell: int) -> None:
    assert key_of(study, ontology, minimum_cell)[0] != key_of(study, ontology, 5)[0]


def test_every_file_of_the_ontology_changes_the_key(study: Path, ontology: Ontology, tmp_path: Path) -> None:
    """One of each kind; its README and its change log are not of it."""
    before = key_of(study, ontology, 5)
    folder = Path(shutil.copytree(resources.ONTOLOGY, tmp_path / "ontology"))
    for pattern in ("*.ttl", "shapes/*.ttl", "checks/*-violation.rq", "mappings/*.sssom.tsv"):
        file = min(folder.glob(pattern))
        content = file.read_bytes()
        file.write_bytes(content + (b"\n" if file.suffix == ".tsv" else b"\n# a remark\n"))
        assert key_of(study, load_ontology(folder), 5)[0] != before[0], pattern
        file.write_bytes(content)
    (folder / "README.md").write_text("Something else.", encoding="utf-8")
    (folder / "CHANGELOG.md").write_text("Something else.", encoding="utf-8")
    assert key_of(study, load_ontology(folder), 5) == before


_KEY = """
import sys
from pathlib import Path
from cmograph.ontology import load_ontology
from cmograph.preparation import key_of
print(key_of(Path(sys.argv[1]), load_ontology(Path(sys.argv[2])), 5)[0])
"""


def key_by(program: Path, study: Path, seed: str = "0") -> str:
    """The key that a program in a folder of its own gives, in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(program), "PYTHONHASHSEED": seed}
    command = [sys.executable, "-c", _KEY, str(study), str(resources.ONTOLOGY)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=program)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_programs_own_text_changes_the_key(study: Path, ontology: Ontology, tmp_path: Path) -> None:
    package = Path(cmograph.__file__).parent
    program = tmp_path / "program"
    shutil.copytree(package, program / "cmograph", ignore=shutil.ignore_patterns("__pycache__", "static"))
    before = key_of(study, ontology, 5)[0]
    assert key_by(program, study, "1") == key_by(program, study, "2") == before
    for module in ("analysis/why.py", "preparation.py"):
        file = program / "cmograph" / module
        file.write_text(file.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
        assert key_by(program, study) != before
        shutil.copyfile(package / module, file)
    assert key_by(program, study) == before


def later(study: Path) -> Path:
    for file in study.rglob("*"):
        os.utime(file, (1, 1))
    return study


def elsewhere(study: Path) -> Path:
    """Written anew, last file first, in a folder of another name: a listing gives them in another order."""
    other = study.parent / "moved" / "here"
    for file in sorted(study.rglob("*"), reverse=True):
        if file.is_file():
            target = other / file.relative_to(study)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    return other


def unnamed(study: Path) -> Path:
    (study / "README.md").write_text("Something else.", encoding="utf-8")
    (study / "drafts.csv").write_text("id\n", encoding="utf-8")
    (study / "passages").mkdir()
    (study / "passages" / "1.md").write_text("Synthetic.", encoding="utf-8")
    return study


def by_a_relative_path(study: Path) -> Path:
    return Path(os.path.relpath(study))


@pytest.mark.parametrize("change", [later, elsewhere, unnamed, by_a_relative_path])
def test_nothing_else_changes_the_key(
    study: Path, ontology: Ontology, change: Callable[[Path], Path]
) -> None:
    before = key_of(study, ontology, 5)
    assert key_of(change(study), ontology, 5) == before


def test_sources_beside_an_archive_are_not_of_it(tmp_path: Path, ontology: Ontology) -> None:
    """A `.qdpx` holds its sources; a bare project has them beside it, whatever its name."""
    study = make_study(tmp_path)
    before = key_of(study, ontology, 5)
    (study / "sources").mkdir()
    (study / "sources" / "notes.txt").write_text("Synthetic.", encoding="utf-8")
    assert key_of(study, ontology, 5) == before


def test_a_bare_project_of_another_name_rests_on_its_sources(study: Path, ontology: Ontology) -> None:
    """Its reader knows it by its content."""
    (study / "interviews.qde").rename(study / "interviews.xml")
    settings = study / "study.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("interviews.qde", "interviews.xml"), encoding="utf-8")
    before, inputs = key_of(study, ontology, 5)
    assert set(SOURCES) < set(inputs)
    (study / SOURCES[0]).write_text("Synthetic: other words.", encoding="utf-8")
    assert key_of(study, ontology, 5)[0] != before


@pytest.mark.skipif(
    sys.platform != "linux", reason="needs a file that no one can read from its start: /proc/self/mem"
)
def test_what_cannot_be_read_is_left_to_who_reads_the_study(study: Path, ontology: Ontology) -> None:
    (study / "theories.csv").unlink()
    (study / "theories.csv").symlink_to("/proc/self/mem")
    assert "theories.csv" not in key_of(study, ontology, 5)[1]
    with pytest.raises(StudyError, match=r"theories\.csv: There is no such file, or it cannot be read"):
        read_study(study, ontology)


class Editing:
    """Whoever watches a build and changes a table when its sources are read, after the tables."""

    def __init__(self, table: Path) -> None:
        self._table = table

    def begin(self, stage: str, total: int | None = None) -> None:
        if stage == "my-study: sources":
            edit_row(self._table, 2, {"title": "Another title"})

    def advance(self, steps: int = 1) -> None: ...

    def end(self) -> None: ...


def test_a_study_that_changes_while_it_is_read_is_not_kept(study: Path, tmp_path: Path) -> None:
    """What was made is of the old title; kept by either key it would be taken for the wrong one."""
    store = tmp_path / "store"
    title = f"SELECT ?title {{ ?c a realist:Configuration ; <{RDFS.label}> ?title }}"
    with pytest.raises(StudyError, match="were changed while they were read"):
        build([study], store, Editing(study / "configurations.csv"))
    assert not list(open_store(store).studies.glob("*.json"))
    assert not build([study], store).studies[0].cached
    assert select(store, "open", title) == [("Another title",)]


def test_what_is_kept_is_taken_only_by_its_key(study: Path, tmp_path: Path) -> None:
    """Each table that is changed is read anew, and what was before is known still when it is changed back."""
    store = tmp_path / "store"
    assert not build([study], store).studies[0].cached
    rating = (study / "confidence.csv").read_text(encoding="utf-8")
    edit_row(study / "confidence.csv", 2, {"overall": "low"})
    assert not build([study], store).studies[0].cached
    (study / "confidence.csv").write_text(rating, encoding="utf-8")
    assert build([study], store).studies[0].cached
