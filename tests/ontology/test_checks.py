"""Each check returns nothing on good data, and the one thing that is wrong on bad data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from pyoxigraph import RdfFormat, parse, serialize

from cmograph import resources
from cmograph.ontology import Ontology
from cmograph.release import open_trial

CHECKS = {file.name.removesuffix("-violation.rq"): file for file in resources.ONTOLOGY.glob("checks/*.rq")}

PREFIXES = """
@prefix : <http://example.org/> . @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix realist: <https://w3id.org/cmograph/realist#> . @prefix oa: <http://www.w3.org/ns/oa#> .
@prefix new: <https://w3id.org/cmograph/new#> .
"""
OPEN = """
:s a realist:Evaluation ; dcterms:title "A study" ; realist:interviewed :n . :n realist:participantCount 20 .
:c a realist:Configuration ; rdfs:label "C" ; realist:ifClause "If" ; realist:inEvaluation :s ;
  realist:hasContext :x ;
  realist:polarity realist:Positive ; realist:hasOutcome :good , :bad .
:x a realist:Component ; rdfs:label "x" ; realist:inEvaluation :s .
:good a realist:Component , realist:PositiveOutcome ; rdfs:label "good" ; realist:inEvaluation :s .
:bad a realist:Component , realist:NegativeOutcome ; rdfs:label "bad" ; realist:inEvaluation :s .
:sum a realist:EvidenceSummary ; realist:supports :c ; realist:participantsAtLeast 5 ;
  realist:participantsWithheld false .
:t2 a realist:ProgrammeTheory ; rdfs:label "T" ; realist:revises :t1 .
:code realist:codesFor :x ; realist:codePath "X" .
:sure realist:assesses :c .
"""
RESTRICTED = """
:k a realist:Coding ; oa:hasBody :code ; realist:inSource :talk ; realist:supports :c ; oa:hasTarget :target ;
  realist:verification realist:Exact ; realist:disclosureClass realist:ProjectQuotation .
:target oa:hasSource :talk ; oa:hasSelector :position , :quote . :position oa:start 3 ; oa:end 9 .
:quote oa:exact "words" .
:far a realist:Coding ; oa:hasBody :code ; realist:inSource :film ; oa:hasTarget :scene ;
  realist:verification realist:Unverifiable .
"""

BAD: dict[str, tuple[str, str]] = {
    "blank-node": (":s dcterms:creator [] .", "s"),
    "claim-without-study": (":sum realist:refines :nothing .", "sum"),
    "code-for-nothing": (":code2 realist:codesFor :nothing .", "code2"),
    "coding-without-code": (":k2 a realist:Coding ; realist:inSource :talk .", "k2"),
    "coding-without-target": (":k2 a realist:Coding ; oa:hasBody :code .", "k2"),
    "confidence-of-study": (":unsure realist:assesses :s .", "unsure"),
    "configuration-across-studies": (
        ":c2 a realist:Configuration ; rdfs:label 'C2' ; realist:inEvaluation :s2 ; realist:hasContext :x .",
        "c2",
    ),
    "configuration-polarity": (
        ":c2 a realist:Configuration ; rdfs:label 'C2' . "
        ":c2 realist:polarity realist:Positive ; realist:hasOutcome :bad .",
        "c2",
    ),
    "open-exact-count": (":sum realist:participantCount 7 .", "sum"),
    "open-person": (":someone a realist:Participant .", "someone"),
    "open-quotation": (":quote2 oa:exact 'words' .", "quote2"),
    "position-order": (":position2 oa:start 9 ; oa:end 3 .", "position2"),
    "summary-contradiction": (":sum realist:participantsWithheld true .", "sum"),
    "target-without-position": (
        ":k oa:hasTarget :target2 . :target2 oa:hasSource :talk .",
        "target2",
    ),
    "term-metadata": ("new:Term a owl:Class ; rdfs:label 'new' .", "https://w3id.org/cmograph/new#Term"),
    "theory-revises-itself": (":t1 realist:revises :t2 .", "t1 t2"),
    "thing-without-name": (":c3 a realist:Configuration .", "c3"),
    "withdrawn-quotation": (":k realist:disclosureClass realist:WithdrawnQuotation .", "k"),
}


def found(check: Path, folder: Path, ontology: Ontology, text: str) -> set[str]:
    triples = (quad.triple for quad in parse(PREFIXES + text, format=RdfFormat.TURTLE))
    file = folder / "data.nt"
    file.write_bytes((serialize(triples, format=RdfFormat.N_TRIPLES) or b"") + ontology.ntriples())
    with open_trial(folder) as trial:
        trial.load(file)
        rows = list(trial.select(check.read_text(encoding="utf-8")))
    return {next(iter(row.values())).removeprefix("http://example.org/") for row in rows}


def test_every_check_is_tried() -> None:
    assert set(CHECKS) == set(BAD)


@pytest.mark.parametrize("name", BAD)
def test_a_check_finds_what_is_bad_and_nothing_that_is_good(
    name: str, tmp_path: Path, ontology: Ontology
) -> None:
    good = OPEN if name.startswith("open-") else OPEN + RESTRICTED
    assert found(CHECKS[name], tmp_path, ontology, good) == set()
    text, things = BAD[name]
    assert found(CHECKS[name], tmp_path, ontology, good + text) == set(things.split())


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_says_what_it_finds_and_what_to_do(name: str, ontology: Ontology) -> None:
    text = CHECKS[name].read_text(encoding="utf-8")
    header = yaml.safe_load("\n".join(line[3:] for line in text.splitlines() if line.startswith("#+ ")))
    assert set(header) == {"title", "remedy"}
    assert all(header.values())
    namespace = "https://w3id.org/cmograph/realist#"
    used = {namespace + local for local in re.findall(r"realist:(?!\s)(\w+)", text)}
    assert used <= set(ontology.terms), f"{name} asks for terms that the ontology has not"
