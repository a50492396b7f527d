"""Judgements in the open graph: each its own thing, none a participant's words, none changing what it is about."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from cmograph.errors import StudyError
from cmograph.graph import StudyGraphs, write_study
from cmograph.ontology import Ontology, load_ontology
from cmograph.readers import read_corpus
from cmograph.study import read_study, write_template
from cmograph.vocabulary import DCTERMS, OA, RDF, REALIST, XSD

STUDY = "https://w3id.org/cmograph/id/study/my-study"


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return load_ontology()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_template(tmp_path / "study")
    return tmp_path / "study"


def write(folder: Path, ontology: Ontology) -> StudyGraphs:
    out = folder.parent / "out"
    out.mkdir()
    study = read_study(folder, ontology)
    return write_study(study, [read_corpus(file) for file in study.interviews], ontology, out)


def test_a_rating_is_of_its_configuration(folder: Path, ontology: Ontology) -> None:
    found = {
        quad.triple for quad in parse(path=str(write(folder, ontology).study), format=RdfFormat.N_TRIPLES)
    }
    rating = NamedNode(f"{STUDY}/confidence/C01")
    said = {triple.predicate.value: triple.object for triple in found if triple.subject == rating}
    assert said[REALIST.assesses] == NamedNode(f"{STUDY}/configuration/C01")
    assert said[REALIST.adequacy] == NamedNode(REALIST.SubstantialConcerns)
    assert said[DCTERMS.created] == Literal("2026-11-25", datatype=NamedNode(XSD.date))


def test_a_reviewers_class_is_not_merged_away(folder: Path, ontology: Ontology) -> None:
    """The template's component is a Reasoning; whoever would call it an outcome changes nothing there."""
    table = folder / "annotations.csv"
    table.write_text(
        table.read_text(encoding="utf-8").replace("Reasoning", "Positive outcome"), encoding="utf-8"
    )
    found = {
        quad.triple for quad in parse(path=str(write(folder, ontology).study), format=RdfFormat.N_TRIPLES)
    }
    component = NamedNode(f"{STUDY}/component/not-the-only-one")
    classes = {
        triple.object
        for triple in found
        if triple.subject == component and triple.predicate.value == RDF.type
    }
    assert NamedNode(REALIST.Reasoning) in classes
    assert NamedNode(REALIST.PositiveOutcome) not in classes
    (note,) = {
        triple.subject
        for triple in found
        if triple.predicate.value == OA.hasTarget and triple.object == component
    }
    assert NamedNode(REALIST.PositiveOutcome) in {triple.object for triple in found if triple.subject == note}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("confidence.csv", "two invented interviews are few"),
        ("annotations.csv", "being heard may do without"),
        ("decisions.csv", "the codes meet in both interviews"),
    ],
)
@pytest.mark.parametrize(
    ("said", "what"),
    [("she slept better that week she said it", "repeats six words"), ("P01 says so", "names a source")],
)
def test_words_and_names_of_participants_are_refused(
    folder: Path, ontology: Ontology, file: str, text: str, said: str, what: str
) -> None:
    source = folder / "sources" / "7d7f0001-0000-4000-8000-000000000001.txt"
    source.write_text(
        source.read_text(encoding="utf-8").replace(
            "I slept better that week.", "I slept better that week she said."
        ),
        encoding="utf-8",
    )
    table = folder / file
    before = table.read_text(encoding="utf-8")
    assert text in before
    table.write_text(before.replace(text, said), encoding="utf-8")
    with pytest.raises(StudyError, match=what) as raised:
        write(folder, ontology)
    (problem,) = raised.value.problems
    assert (problem.file, problem.row) == (file, 2)
    assert said not in str(problem)


def test_what_a_mapping_says_is_refused_in_its_own_row(folder: Path, ontology: Ontology) -> None:
    columns = "subject_id\tpredicate_id\tobject_id\tmapping_justification\tauthor_label\tcomment"
    why = "semapv:ManualMappingCuration\tAnalyst A\tP01 says so"
    row = f"component:calmer\tskos:closeMatch\tobo:GO_0000001\t{why}"
    (folder / "own.sssom.tsv").write_text(f"{columns}\n{row}\n", encoding="utf-8")
    settings = folder / "study.toml"
    text = settings.read_text(encoding="utf-8").replace("[files]", '[files]\nmappings = "own.sssom.tsv"')
    settings.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match="names a source") as raised:
        write(folder, ontology)
    assert [(problem.file, problem.row) for problem in raised.value.problems] == [("own.sssom.tsv", 2)]


@pytest.mark.parametrize(
    ("file", "who"),
    [
        ("confidence.csv", "Assessor A"),
        ("annotations.csv", "Reviewer A"),
        ("decisions.csv", "Analyst A"),
    ],
)
def test_who_signs_a_judgement_may_be_a_coder(folder: Path, ontology: Ontology, file: str, who: str) -> None:
    table = folder / file
    signed = table.read_text(encoding="utf-8").replace(who, "Coder A")
    table.write_text(signed, encoding="utf-8")
    assert '"Coder A (synthetic)"' in write(folder, ontology).study.read_text(encoding="utf-8")
