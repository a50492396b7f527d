"""Studies, configurations and components as they are given out: whole, in words and IRIs, by the API and in tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.things import Component, Configuration, Ref, Study, Tally

__all__ = [
    "ComponentRecord",
    "ConfigurationRecord",
    "Evidence",
    "Part",
    "RolePeople",
    "StudyRecord",
    "component_record",
    "configuration_record",
    "evidence_record",
    "study_record",
]


@dataclass(frozen=True, slots=True)
class RolePeople:
    """People of one role.

    Attributes:
        role: the role.
        people: how many.
    """

    role: Ref
    people: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """How much evidence takes one stance.

    Attributes:
        people: so many participants; at least, unless `exact`; 0 where they are withheld.
        codings: so many codings, likewise.
        statements: published statements.
        withheld: whether there are participants whose number is too small to be told.
        exact: whether the counts are exact, as in the restricted edition.
        roles: participants by role, without those withheld.
    """

    people: int
    codings: int
    statements: int
    withheld: bool
    exact: bool
    roles: tuple[RolePeople, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A component in its place in a configuration.

    Attributes:
        id: the component's IRI.
        label: the study's own words.
        kinds: the most specific classes of the ontology that it is of.
    """

    id: str
    label: str
    kinds: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class StudyRecord:
    """One realist evaluation.

    Attributes:
        id: its IRI, stable across releases.
        identifier: its name within this store.
        title, description, issued, licence, language, creators: as the study says.
        synthetic: whether nobody said any of it: invented to show what cmograph does.
        publication: the DOI of its publication as an IRI, or "".
        detail: how closely its source was seen.
        programme, place: what it evaluates, and where.
        interviewed: its published numbers of people, by role.
        configurations, components, theories: how many it has.
        harmful, contested: how many of its configurations are.
    """

    id: str
    identifier: str
    title: str
    description: str
    issued: str
    licence: str
    language: str
    creators: tuple[str, ...]
    synthetic: bool
    publication: str
    detail: Ref | None
    programme: str
    place: str
    interviewed: tuple[RolePeople, ...]
    configurations: int
    components: int
    theories: int
    harmful: int
    contested: int


@dataclass(frozen=True, slots=True)
class ConfigurationRecord:
    """A context-mechanism-outcome configuration.

    Attributes:
        id: its IRI, stable across releases.
        identifier: its id within its study.
        study: the evaluation.
        title, if_clause, then_clause, because_clause: the analysts' words.
        contexts, resources, reasonings, outcomes: its components, in the study's words, with the ontology's classes.
        presence: `present` or `absent`: whether the mechanism is triggered, or lacking.
        polarity: what the analysts call it, or None.
        harmful, beneficial, contested: what follows from its outcomes, polarity and evidence.
        deliveries: modes in which it was found; `not_reported`: the study's other modes.
        roles: whom it concerns.
        level: micro, meso or macro, or None.
        mitigations: what eases the harm.
        theories: the programme theories that hold it.
        leads_to: configurations that one of its outcomes is a context of.
        confidence: the overall GRADE-CERQual level, or None where nobody rated it.
        supports, refutes, refines: the evidence for it, against it, and that refined it.
        wording: whose words these are.
        detail: how closely the source was seen.
        source, locator, extractor, note: where it comes from.
    """

    id: str
    identifier: str
    study: Ref
    title: str
    if_clause: str
    then_clause: str
    because_clause: str
    contexts: tuple[Part, ...]
    resources: tuple[Part, ...]
    reasonings: tuple[Part, ...]
    presence: str
    outcomes: tuple[Part, ...]
    polarity: Ref | None
    harmful: bool
    beneficial: bool
    contested: bool
    deliveries: tuple[Ref, ...]
    not_reported: tuple[Ref, ...]
    roles: tuple[Ref, ...]
    level: Ref | None
    mitigations: tuple[str, ...]
    theories: tuple[Ref, ...]
    leads_to: tuple[Ref, ...]
    confidence: Ref | None
    supports: Evidence
    refutes: Evidence
    refines: Evidence
    wording: Ref | None
    detail: Ref | None
    source: str
    locator: str
    extractor: str
    note: str


@dataclass(frozen=True, slots=True)
class ComponentRecord:
    """One context, resource, reasoning or outcome, as its study words it.

    Attributes:
        id: its IRI, stable across releases.
        identifier: its id within its study.
        study: the evaluation.
        label: the study's own words.
        kinds: the most specific classes of the ontology that it is of.
        context_of, resource_of, reasoning_of, outcome_of: configurations, by its part in them.
        supports, refutes, refines: the evidence for it, against it, and that refined it.
        contested: whether there is evidence for it and against it.
        wording: whose words these are.
        detail: how closely the source was seen.
        locator: where in the source.
    """

    id: str
    identifier: str
    study: Ref
    label: str
    kinds: tuple[Ref, ...]
    context_of: tuple[Ref, ...]
    resource_of: tuple[Ref, ...]
    reasoning_of: tuple[Ref, ...]
    outcome_of: tuple[Ref, ...]
    supports: Evidence
    refutes: Evidence
    refines: Evidence
    contested: bool
    wording: Ref | None
    detail: Ref | None
    locator: str


def study_record(casebook: Casebook, study: Study) -> StudyRecord:
    """A study as it is given out."""
    configurations = casebook.by_study.get(study.id, ())
    return StudyRecord(
        id=study.id,
        identifier=study.name,
        title=study.title,
        description=study.description,
        issued=study.issued,
        licence=study.licence,
        language=study.language,
        creators=study.creators,
        synthetic=study.synthetic,
        publication=study.doi,
        detail=_ref(casebook, study.detail),
        programme=study.programme,
        place=study.place,
        interviewed=_people(casebook, study.interviewed.items()),
        configurations=len(configurations),
        components=casebook.components_of.get(study.id, 0),
        theories=sum(theory.study == study.id for theory in casebook.theories.values()),
        harmful=sum(one.harmful for one in configurations),
        contested=sum(one.contested for one in configurations),
    )


def configuration_record(casebook: Casebook, one: Configuration) -> ConfigurationRecord:
    """A configuration as it is given out."""
    assessment = casebook.assessment_of.get(one.id)
    onward = (after for outcome in one.outcomes for after in casebook.opened_by.get(outcome, ()))
    return ConfigurationRecord(
        id=one.id,
        identifier=one.name,
        study=casebook.ref(one.study),
        title=one.title,
        if_clause=one.if_clause,
        then_clause=one.then_clause,
        because_clause=one.because_clause,
        contexts=_parts(casebook, one.contexts),
        resources=_parts(casebook, one.resources),
        reasonings=_parts(casebook, one.reasonings),
        presence="absent" if one.absent else "present",
        outcomes=_parts(casebook, one.outcomes),
        polarity=_ref(casebook, one.polarity),
        harmful=one.harmful,
        beneficial=one.beneficial,
        contested=one.contested,
        deliveries=casebook.refs(one.deliveries),
        not_reported=casebook.refs(one.not_reported),
        roles=casebook.refs(one.roles),
        level=_ref(casebook, one.level),
        mitigations=one.mitigations,
        theories=casebook.refs(one.theories),
        leads_to=casebook.refs(dict.fromkeys(onward)),
        confidence=_ref(casebook, assessment.overall) if assessment else None,
        supports=evidence_record(casebook, one.tally("supports")),
        refutes=evidence_record(casebook, one.tally("refutes")),
        refines=evidence_record(casebook, one.tally("refines")),
        wording=_ref(casebook, one.wording_status),
        detail=_ref(casebook, one.detail),
        source=one.source,
        locator=one.locator,
        extractor=one.extractor,
        note=one.note,
    )


def component_record(casebook: Casebook, one: Component) -> ComponentRecord:
    """A component as it is given out."""
    used = {part: casebook.refs(casebook.used_as[part].get(one.id, ())) for part in casebook.used_as}
    tallies = {stance: one.evidence.get(stance, Tally()) for stance in ("supports", "refutes", "refines")}
    return ComponentRecord(
        id=one.id,
        identifier=one.name,
        study=casebook.ref(one.study),
        label=one.wording,
        kinds=casebook.refs(casebook.most_specific(one.kinds)),
        context_of=used["context"],
        resource_of=used["resource"],
        reasoning_of=used["reasoning"],
        outcome_of=used["outcome"],
        supports=evidence_record(casebook, tallies["supports"]),
        refutes=evidence_record(casebook, tallies["refutes"]),
        refines=evidence_record(casebook, tallies["refines"]),
        contested=one.contested,
        wording=_ref(casebook, one.wording_status),
        detail=_ref(casebook, one.detail),
        locator=one.locator,
    )


def _parts(casebook: Casebook, iris: Iterable[str]) -> tuple[Part, ...]:
    return tuple(
        Part(
            iri,
            casebook.components[iri].wording,
            casebook.refs(casebook.most_specific(casebook.components[iri].kinds)),
        )
        for iri in iris
    )


def _ref(casebook: Casebook, iri: str) -> Ref | None:
    return casebook.ref(iri) if iri else None


def _people(casebook: Casebook, counts: Iterable[tuple[str, int]]) -> tuple[RolePeople, ...]:
    return tuple(RolePeople(casebook.ref(role), people) for role, people in counts)


def evidence_record(casebook: Casebook, tally: Tally) -> Evidence:
    """A tally with its roles by name."""
    return Evidence(
        people=tally.people,
        codings=tally.codings,
        statements=tally.statements,
        withheld=tally.withheld,
        exact=tally.exact,
        roles=_people(casebook, tally.roles.items()),
    )
