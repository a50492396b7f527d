"""Each shape lets a good study through, and says of a bad one what is wrong and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, parse, serialize

from cmograph import resources
from cmograph.errors import Problem, ShapeViolation
from cmograph.naming import nowhere
from cmograph.ontology import Ontology
from cmograph.reasoning import Reasoner
from cmograph.validation import Shapes
from cmograph.vocabulary import OWL, RDF, SH

PREFIXES = """
@prefix : <http://example.org/> . @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix realist: <https://w3id.org/cmograph/realist#> .
@prefix pps: <https://w3id.org/cmograph/perinatal-peer-support#> . @prefix oa: <http://www.w3.org/ns/oa#> .
"""
_GOOD = """
:s a realist:Evaluation ; dcterms:title "A study" ; dcterms:identifier "s" ; realist:synthetic true ;
  realist:detailLevel realist:PrimaryData ; realist:evaluates :p ; dcterms:license "CC BY 4.0" ;
  realist:interviewed :n .
:p a realist:Programme ; rdfs:label "A programme" .
:n a realist:InterviewCount ; realist:ofRole pps:MotherRole ; realist:participantCount 20 .
:t1 a realist:ProgrammeTheory ; rdfs:label "Early" ; dcterms:description "How." ; realist:version "1" ;
  realist:stage realist:InitialTheory ; realist:hasConfiguration :c .
:t2 a realist:ProgrammeTheory ; rdfs:label "Late" ; dcterms:description "How." ; realist:version "2" ;
  realist:stage realist:RefinedTheory ; realist:hasConfiguration :c ; realist:revises :t1 ;
  realist:rationale "Why." .
:c a realist:Configuration ; dcterms:identifier "C01" ; rdfs:label "Listening" ; realist:inEvaluation :s ;
  realist:ifClause "If" ; realist:thenClause "then" ; realist:becauseClause "because" ;
  realist:hasContext :alone ;
  realist:triggersMechanism :m ; realist:hasOutcome :relief ; realist:polarity realist:Positive ;
  realist:deliveredThrough pps:Group ; realist:notReportedThrough pps:OneToOne ;
  realist:concernsRole pps:MotherRole ;
  realist:level realist:MicroLevel ; realist:mitigatedBy :w ; realist:wordingStatus realist:AnalystsWording ;
  realist:detailLevel realist:PrimaryData .
:w a realist:Mitigation ; rdfs:label "Training" .
:m a realist:Mechanism ; realist:inEvaluation :s ; realist:offersResource :listening ;
  realist:changesReasoning :heard .
:alone a realist:Component , pps:LackOfSocialSupport ; rdfs:label "alone" ; dcterms:identifier "alone" ;
  realist:inEvaluation :s .
:listening a realist:Component , pps:EmpatheticListening ; rdfs:label "ear" ; dcterms:identifier "ear" ;
  realist:inEvaluation :s .
:heard a realist:Component , pps:FeelingHeard ; rdfs:label "heard" ; dcterms:identifier "heard" ;
  realist:inEvaluation :s .
:relief a realist:Component , pps:Relief ; rdfs:label "relief" ; dcterms:identifier "relief" ;
  realist:inEvaluation :s .
:e a realist:EvidenceSummary ; realist:supports :c ; realist:participantsAtLeast 5 ;
  realist:participantsWithheld false ;
  realist:codingsAtLeast 10 ; realist:hasRoleCount :r .
:r a realist:RoleCount ; realist:ofRole pps:MotherRole ; realist:participantsAtLeast 5 .
:said a realist:PublishedStatement ; realist:refines :c ; dcterms:source <https://doi.org/10.1234/x> ;
  realist:locator "Table 1" ; realist:detailLevel realist:TableLevel .
:code a realist:Code ; skos:prefLabel "Heard" ; realist:codePath "Heard" ; skos:inScheme :book ;
  realist:codesFor :heard .
:sure a realist:ConfidenceAssessment ; realist:assesses :c ;
  realist:overallConfidence realist:HighConfidence ;
  realist:methodologicalLimitations realist:NoConcerns ; realist:coherence realist:NoConcerns ;
  realist:adequacy realist:MinorConcerns ; realist:relevance realist:NoConcerns ;
  realist:rationale "Why rated." .
:note a realist:ReviewerAnnotation ; oa:hasTarget :c ; realist:reviewStance realist:Dissents ;
  oa:bodyValue "Otherwise." ; dcterms:creator "Reviewer A" .
:verdict a realist:CandidateDecision ; realist:candidateContext :alone ; realist:candidateMechanism :heard ;
  realist:candidateOutcome :relief ; realist:candidateStatus realist:Confirmed ; realist:confirmedAs :c ;
  dcterms:creator "Analyst A" .
"""
GOOD = " ".join(_GOOD.split())


@pytest.fixture(scope="module")
def shapes(ontology: Ontology) -> Shapes:
    reasoner = Reasoner(ontology.ntriples().decode())
    return Shapes(
        ontology.shapes, [*ontology.ntriples().decode().splitlines(keepends=True), *reasoner.ontology]
    )


def lines(text: str) -> list[str]:
    triples = (quad.triple for quad in parse(PREFIXES + text, format=RdfFormat.TURTLE))
    return (serialize(triples, format=RdfFormat.N_TRIPLES) or b"").decode().splitlines(keepends=True)


def problems(shapes: Shapes, text: str) -> tuple[Problem, ...]:
    with pytest.raises(ShapeViolation) as refused:
        shapes.check(lines(text), nowhere)
    return refused.value.problems


def test_a_good_study_passes_without_a_warning(shapes: Shapes) -> None:
    assert shapes.check(lines(GOOD), nowhere) == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('dcterms:title "A study" ; ', "", "s: An evaluation has one title."),
        (
            "realist:synthetic true",
            'realist:synthetic "yes"',
            "s: An evaluation says whether it was made up.",
        ),
        ("realist:hasContext :alone", "realist:locator '1'", "c: A configuration has at least one context."),
        ("realist:triggersMechanism :m ;", "", "c: A configuration has at least one mechanism"),
        ("realist:hasOutcome :relief", "realist:locator '1'", "c: A configuration has at least one outcome."),
        (
            'realist:rationale "Why rated."',
            "a realist:ConfidenceAssessment",
            "sure: A confidence assessment says why.",
        ),
        ("realist:reviewStance realist:Dissents ;", "", "note: A reviewer's annotation has one stance."),
        ("oa:hasTarget :c ;", "oa:hasTarget :s ;", "note: A reviewer's annotation is about one"),
        ("realist:candidateOutcome :relief ;", "", "verdict: A decision on a candidate names one outcome."),
        ("realist:confirmedAs :c", "realist:confirmedAs :nowhere", "verdict: A candidate becomes one"),
        ("realist:hasOutcome :relief", "realist:hasOutcome :nowhere", "is not a component of the study"),
        ('realist:ifClause "If" ; ', "", "c: A configuration has one if clause."),
        (
            "realist:polarity realist:Positive",
            "realist:polarity realist:Positive , realist:Mixed",
            "goes one way",
        ),
        (
            "realist:deliveredThrough pps:Group",
            "realist:deliveredThrough pps:OneToOne",
            "both reported and not",
        ),
        (
            "realist:concernsRole pps:MotherRole",
            "realist:concernsRole pps:Group",
            "something that is not a role",
        ),
        ('rdfs:label "alone"', 'rdfs:label "alone" , "lonely"', "alone: A component has one wording"),
        (
            "realist:offersResource :listening ; realist:changesReasoning :heard",
            "realist:locator '1'",
            "neither",
        ),
        (
            "realist:stage realist:InitialTheory",
            "realist:stage realist:Mixed",
            "t1: A programme theory is at one stage",
        ),
        ("realist:codingsAtLeast 10", "realist:codingCount 13", "e: An exact count may not be shown here"),
        (
            "realist:codingsAtLeast 10",
            "realist:participantCount 7",
            "e: An exact count may not be shown here",
        ),
        (
            ":r a realist:RoleCount",
            ":r realist:participantCount 7 ; a realist:RoleCount",
            "r: An exact count may not",
        ),
        ("realist:supports :c", "realist:supports :nobody", "not a claim of the study"),
        (
            "realist:supports :c ; realist:p",
            "realist:supports :c ; realist:refutes :heard ; realist:p",
            "one stance on one",
        ),
        (
            "dcterms:source <https://doi.org/10.1234/x> ;",
            "",
            "said: A published statement has no publication.",
        ),
        ("realist:assesses :c", "realist:assesses :s", "GRADE-CERQual is of a finding, never of a study"),
        ("realist:adequacy realist:MinorConcerns ; ", "", "the concern about adequacy"),
        ('realist:codePath "Heard" ;', "", "code: A code has one path."),
        (":w a", ":x a realist:Participant .\n:w a", "x: A participant stands in the open graph"),
        (":w a", ":x a realist:Coding ; realist:supports :c .\n:w a", "x: A coding stands in the open graph"),
        ("realist:participantCount 20", "realist:participantCount -1", "n: An interview count is one number"),
    ],
)
def test_what_is_wrong_is_refused_with_a_remedy(shapes: Shapes, old: str, new: str, message: str) -> None:
    assert old in GOOD
    found = problems(shapes, GOOD.replace(old, new))
    assert any(message in problem.what for problem in found), [problem.what for problem in found]
    assert all(problem.remedy for problem in found)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('realist:becauseClause "because" ; ', "", "c: A configuration does not say why."),
        (
            "realist:Component , pps:Relief",
            "realist:Component",
            "relief: A component has no class of the ontology",
        ),
        (
            "realist:offersResource :listening ; ",
            "",
            "m: A mechanism does not say which resource is offered.",
        ),
        (
            'realist:rationale "Why." ',
            'realist:locator "1" ',
            "t2: A theory that revises another does not say why.",
        ),
        ("realist:polarity realist:Positive ;", "", "c: A configuration does not say which way it goes."),
        ('dcterms:license "CC BY 4.0" ;', "", "s: The study does not say under which licence"),
        ('realist:locator "Table 1" ;', "", "said: A published statement does not say where it stands."),
    ],
)
def test_what_is_only_odd_is_told(shapes: Shapes, old: str, new: str, message: str) -> None:
    assert old in GOOD
    warnings = shapes.check(lines(GOOD.replace(old, new)), nowhere)
    assert any(message in problem.what for problem in warnings), [problem.what for problem in warnings]


@pytest.mark.parametrize("file", sorted(resources.ONTOLOGY.glob("shapes/*.ttl")), ids=lambda file: file.name)
def test_every_property_shape_has_message_and_remedy_and_only_known_names(
    file: Path, ontology: Ontology
) -> None:
    said: dict[object, set[str]] = {}
    names = set()
    for quad in parse(path=str(file), format=RdfFormat.TURTLE):
        said.setdefault(quad.subject, set()).add(quad.predicate.value)
        names |= {term.value for term in (quad.subject, quad.object) if isinstance(term, NamedNode)}
        if quad.predicate.value in (SH.message, SH.NS + "description"):
            assert isinstance(quad.object, Literal)
            assert quad.object.value.endswith("."), f"{file.name}: end with a full stop: {quad.object.value}"
    for predicates in said.values():
        if SH.NS + "path" in predicates:
            assert {SH.message, SH.NS + "description"} <= predicates, f"{file.name}: a shape says no remedy"
    unknown = {
        name for name in names if name.startswith("https://w3id.org/cmograph/") and "/shapes#" not in name
    }
    assert unknown - set(ontology.terms) == set(), f"{file.name} asks for terms that the ontology has not"
    assert OWL.imports not in {predicate for predicates in said.values() for predicate in predicates}
    assert RDF.type in {predicate for predicates in said.values() for predicate in predicates}
