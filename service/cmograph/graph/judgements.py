"""The open file's part on judgements: confidence in findings, reviewers' annotations, decisions on candidates."""

from __future__ import annotations

from collections.abc import Iterator

from cmograph.graph.names import Names
from cmograph.ntriples import iri, literal, moment, triple
from cmograph.study import Annotation, ConfidenceRating, Decision, Study
from cmograph.vocabulary import DCTERMS, OA, RDF, REALIST

__all__ = ["judgement_lines"]


def judgement_lines(study: Study, names: Names) -> Iterator[str]:
    """Every judgement, in the order of its table; none changes what it is about."""
    for rating in study.confidence:
        yield from _rating(rating, names)
    for annotation in study.annotations:
        yield from _annotation(annotation, names)
    for decision in study.decisions:
        yield from _decision(decision, names)


def _rating(one: ConfidenceRating, names: Names) -> Iterator[str]:
    this = names.below("confidence", one.configuration)
    yield from _begin(this, REALIST.ConfidenceAssessment, names)
    yield triple(this, f"<{REALIST.assesses}>", names.configuration(one.configuration))
    yield triple(this, f"<{REALIST.overallConfidence}>", iri(one.overall))
    yield triple(this, f"<{REALIST.methodologicalLimitations}>", iri(one.methodological_limitations))
    yield triple(this, f"<{REALIST.coherence}>", iri(one.coherence))
    yield triple(this, f"<{REALIST.adequacy}>", iri(one.adequacy))
    yield triple(this, f"<{REALIST.relevance}>", iri(one.relevance))
    yield triple(this, f"<{REALIST.rationale}>", literal(one.rationale))
    yield from _signed(this, one.assessor, one.date)


def _annotation(one: Annotation, names: Names) -> Iterator[str]:
    this = names.below("annotation", one.id)
    yield from _begin(this, REALIST.ReviewerAnnotation, names)
    yield triple(this, f"<{OA.hasTarget}>", names.below(one.kind, one.about))
    yield triple(this, f"<{REALIST.reviewStance}>", iri(one.stance))
    motive = OA.commenting if one.stance == REALIST.Comments else OA.assessing
    yield triple(this, f"<{OA.motivatedBy}>", iri(motive))
    yield triple(this, f"<{OA.bodyValue}>", literal(one.text))
    for suggested in one.classes:
        yield triple(this, f"<{REALIST.suggestsClass}>", iri(suggested))
    yield from _signed(this, one.reviewer, one.date)


def _decision(one: Decision, names: Names) -> Iterator[str]:
    this = names.below("decision", one.id)
    yield from _begin(this, REALIST.CandidateDecision, names)
    yield triple(this, f"<{REALIST.candidateContext}>", names.component(one.context))
    yield triple(this, f"<{REALIST.candidateMechanism}>", names.component(one.mechanism))
    yield triple(this, f"<{REALIST.candidateOutcome}>", names.component(one.outcome))
    yield triple(this, f"<{REALIST.candidateStatus}>", iri(one.decision))
    if one.configuration:
        yield triple(this, f"<{REALIST.confirmedAs}>", names.configuration(one.configuration))
    if one.reason:
        yield triple(this, f"<{REALIST.rationale}>", literal(one.reason))
    yield from _signed(this, one.by, one.date)


def _begin(this: str, kind: str, names: Names) -> Iterator[str]:
    yield triple(this, f"<{RDF.type}>", f"<{kind}>")
    yield triple(this, f"<{REALIST.inEvaluation}>", names.study)


def _signed(this: str, who: str, when: str) -> Iterator[str]:
    if who:
        yield triple(this, f"<{DCTERMS.creator}>", literal(who))
    if when:
        yield triple(this, f"<{DCTERMS.created}>", moment(when))
