"""HermiT: the ontology is consistent, each class can have a member, and what clashes is named."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from cmograph import hermit, resources
from cmograph.errors import Inconsistency, InputError, StoreError
from cmograph.ontology import Ontology, check_consistency, classify, load_ontology
from cmograph.vocabulary import OWL, PPS, RDF, RDFS, REALIST

from .abox import MEMBERS, THINGS, ntriples


def changed(folder: Path, turtle: str) -> Ontology:
    shutil.copytree(resources.ONTOLOGY, folder / "ontology")
    with (folder / "ontology" / "perinatal-peer-support.ttl").open("a", encoding="utf-8") as file:
        file.write("\n" + turtle)
    return load_ontology(folder / "ontology")


@pytest.mark.java
def test_the_ontology_is_consistent_and_every_class_can_have_a_member(ontology: Ontology) -> None:
    found = classify(ontology)
    assert found.consistent
    assert found.unsatisfiable == ()
    assert found.problems == ()


@pytest.mark.java
def test_no_class_falls_below_another_by_accident(ontology: Ontology) -> None:
    """A defined class may be found below another; a class that is only described is where we put it."""
    defined = {
        triple.subject.value
        for triple in ontology.triples
        if triple.predicate.value == OWL.equivalentClass and isinstance(triple.subject, NamedNode)
    }
    found = {
        f"{ontology.curie(child)} is found below {ontology.curie(parent)}: say so, or mend the axiom"
        for child, parent in classify(ontology).parents
        if child in ontology.terms and child not in defined and parent not in ontology.ancestors(child)
        if parent in ontology.terms and parent not in defined
    }
    assert not found, "\n".join(found)


@pytest.mark.java
def test_a_study_that_uses_every_defined_class_is_consistent(ontology: Ontology) -> None:
    assert len(MEMBERS) > 20
    check_consistency(ontology, ntriples())


CLASHES: list[tuple[str, str]] = [
    (":heard a pps:PracticalHelp .", "a resource is no reasoning"),
    (":mixed a pps:Relief , pps:Withdrawal .", "a positive outcome is not negative"),
    (":m realist:offersResource :heard .", "what is offered is a resource"),
    (":sure realist:assesses :E . :E a realist:Evaluation .", "confidence is of a finding, never of a study"),
    (":H3 realist:polarity realist:Positive .", "a configuration goes one way"),
    (":for realist:refutes :H1 .", "evidence is not for and against one claim"),
    (":T1 realist:revises :T2 .", "two theories do not revise each other"),
    (":C1 a realist:Component .", "a configuration is no component"),
    (":for a realist:EvidenceSummary .", "a coding is no summary"),
    (":C2 realist:deliveredThrough pps:OneToOne .", "it is not both reported and not reported of a mode"),
    (":worse-than-they a pps:Normalisation .", "negative comparison does no good"),
    (":trusted a pps:Mistrust .", "trust is no mistrust"),
]


@pytest.mark.java
@pytest.mark.parametrize(("more", "rule"), CLASHES, ids=[rule for _, rule in CLASHES])
def test_what_must_not_be_is_caught(ontology: Ontology, more: str, rule: str) -> None:
    assert not hermit.is_consistent([*ontology.axioms, *ntriples(more).splitlines(keepends=True)]), rule


@pytest.mark.java
@pytest.mark.parametrize(
    ("study", "named"),
    [
        (
            ":T a realist:Evaluation . :S realist:assesses :T .",
            ("T a realist:Evaluation", "S realist:assesses T"),
        ),
        (
            ":E realist:supports :K ; realist:refutes :K . :F realist:supports :K .",
            ("E realist:supports K", "E realist:refutes K"),
        ),
    ],
)
def test_what_clashes_is_named_and_nothing_else(
    ontology: Ontology, study: str, named: tuple[str, str]
) -> None:
    with pytest.raises(Inconsistency) as caught:
        check_consistency(ontology, ntriples(study, alone=True))
    (problem,) = caught.value.problems
    assert set(problem.what.partition(": ")[2].rstrip(".").split("; ")) == set(named)
    assert problem.remedy


@pytest.mark.java
def test_the_words_of_a_literal_are_never_told(ontology: Ontology) -> None:
    bad = (
        f'<{THINGS}T> <{REALIST.synthetic}> "what she said" .\n<{THINGS}T> <{RDF.type}> <{REALIST.Code}> .\n'
    )
    with pytest.raises(Inconsistency) as caught:
        check_consistency(ontology, bad)
    assert "she said" not in str(caught.value)


@pytest.mark.java
def test_a_class_that_can_have_no_member_is_named(tmp_path: Path) -> None:
    found = classify(
        changed(tmp_path, "pps:Impossible a owl:Class ; rdfs:subClassOf pps:Trust , pps:Mistrust .")
    )
    assert found.consistent
    assert found.unsatisfiable == (PPS.NS + "Impossible",)
    assert "can have no member" in found.problems[0].what


@pytest.mark.slow
@pytest.mark.java
def test_an_ontology_that_contradicts_itself_says_where(tmp_path: Path) -> None:
    found = classify(changed(tmp_path, "pps:Group a realist:ActorRole ."))
    assert not found.consistent
    assert "pps:Group" in found.problems[0].what


@pytest.mark.java
def test_what_is_not_owl_2_dl_is_refused(tmp_path: Path) -> None:
    bad = changed(tmp_path, "realist:ripplesTo a owl:AsymmetricProperty .")
    with pytest.raises(InputError, match="HermiT refuses the statements"):
        classify(bad)


@pytest.mark.java
def test_an_import_is_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = (
        f"<urn:o> <{RDF.type}> <{OWL.Ontology}> .\n<urn:o> <{OWL.imports}> <http://127.0.0.1:9/none> .\n"
    )
    assert hermit.is_consistent([missing.splitlines(keepends=True)[0], missing.splitlines(keepends=True)[1]])


@pytest.mark.java
def test_a_date_does_not_stop_it(ontology: Ontology) -> None:
    date = '"2026-11-25"^^<http://www.w3.org/2001/XMLSchema#date>'
    check_consistency(
        ontology, f"<{THINGS}C1> <{REALIST.locator}x> {date} .\n<{THINGS}C1> <{RDFS.label}> {date} .\n"
    )


def test_without_java_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, ontology: Ontology) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(StoreError, match=r"There is no Java, which HermiT needs\. Install"):
        classify(ontology)


@given(st.sets(st.integers(0, 63), min_size=1, max_size=5), st.integers(1, 64))
def test_the_smallest_conflict_is_found(conflict: set[int], extra: int) -> None:
    suspects = [str(number) for number in range(max(max(conflict) + 1, extra))]

    def consistent(statements: Iterable[str]) -> bool:
        return not {str(number) for number in conflict} <= set(statements)

    found, minimal = hermit.minimal_conflict(["rule"], suspects, consistent=consistent)
    assert minimal
    assert set(found) == {str(number) for number in conflict}


def test_when_time_runs_out_the_conflict_is_still_among_what_is_named() -> None:
    found, minimal = hermit.minimal_conflict([], ["a", "b"], seconds=-1, consistent=lambda _: False)
    assert (found, minimal) == (["a", "b"], False)
