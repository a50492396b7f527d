"""A study as its researcher wrote it: names resolved, rows remembered, nothing interpreted yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from cmograph.errors import Problem
from cmograph.mapping.sssom import ConceptMapping
from cmograph.vocabulary import ID

__all__ = [
    "Annotation",
    "CodeMapping",
    "Component",
    "ConfidenceRating",
    "Configuration",
    "Decision",
    "EvidenceReference",
    "Participant",
    "Stance",
    "Study",
    "Theory",
]


class Stance(StrEnum):
    """What a piece of evidence does to what it is about."""

    supports = "supports"
    refutes = "refutes"
    refines = "refines"


@dataclass(frozen=True, slots=True)
class Place:
    """The file and the row where something is written."""

    file: str
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """One context, resource, reasoning or outcome as this study words it.

    Attributes:
        id: its name within the study.
        wording: the study's own words, never replaced.
        classes: IRIs of ontology classes.
        wording_status: IRI: whose words these are.
        detail: IRI of the level of detail of the source, or "".
        locator: page or table, or "".
        place: where it is written first.
    """

    id: str
    wording: str
    classes: tuple[str, ...]
    wording_status: str
    detail: str
    locator: str
    place: Place


@dataclass(frozen=True, slots=True)
class CodeMapping:
    """One row of the code map: what a code stands for."""

    path: tuple[str, ...]
    role: str
    component: str
    """The component's id; "" for roles that make none."""
    stance: Stance
    place: Place


@dataclass(frozen=True, slots=True)
class EvidenceReference:
    """Evidence that the analysts name: codings of a code, in one source or all, or a published statement."""

    stance: Stance
    code: tuple[str, ...] = ()
    source: str = ""
    statement: str = ""


@dataclass(frozen=True, slots=True)
class Configuration:
    """A context-mechanism-outcome configuration: the analysts' own, one row of the table.

    Attributes are the table's columns; IRIs stand for names of the ontology, ids for components and theories.
    """

    id: str
    title: str
    if_clause: str
    then_clause: str
    because_clause: str
    contexts: tuple[str, ...]
    resources: tuple[str, ...]
    reasonings: tuple[str, ...]
    absent: bool
    outcomes: tuple[str, ...]
    polarity: str
    deliveries: tuple[str, ...]
    roles: tuple[str, ...]
    level: str
    theories: tuple[str, ...]
    evidence: tuple[EvidenceReference, ...]
    mitigations: tuple[str, ...]
    wording_status: str
    detail: str
    source: str
    """The IRI of the publication, or ""."""
    locator: str
    extractor: str
    note: str
    place: Place


@dataclass(frozen=True, slots=True)
class Theory:
    """A programme theory, or a version of one."""

    id: str
    title: str
    version: str
    stage: str
    revises: str
    description: str
    rationale: str
    substantive: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Participant:
    """Who speaks in a source. All of it is restricted."""

    source: str
    id: str
    role: str
    deliveries: tuple[str, ...]
    attributes: Mapping[str, str]
    place: Place


@dataclass(frozen=True, slots=True)
class ConfidenceRating:
    """A GRADE-CERQual assessment of one configuration; levels are IRIs, the date ISO or ""."""

    configuration: str
    methodological_limitations: str
    coherence: str
    adequacy: str
    relevance: str
    overall: str
    rationale: str
    assessor: str
    date: str
    place: Place


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a named reviewer says about a configuration or a component; it changes nothing there."""

    id: str
    """Made of what is said, so that it stays the same wherever the row stands."""
    kind: str
    """`configuration` or `component`."""
    about: str
    reviewer: str
    stance: str
    """IRI."""
    text: str
    classes: tuple[str, ...]
    """IRIs of classes that the reviewer would give the component instead."""
    date: str
    place: Place


@dataclass(frozen=True, slots=True)
class Decision:
    """What an analyst decided about a candidate: three components that the coding suggests belong together."""

    id: str
    context: str
    mechanism: str
    outcome: str
    decision: str
    """IRI."""
    by: str
    reason: str
    date: str
    configuration: str
    """The configuration that was made of it, or ""."""
    place: Place


@dataclass(frozen=True, slots=True)
class Study:
    """One realist evaluation in its own folder."""

    id: str
    title: str
    description: str
    kind: str
    """`interviews` or `published`."""
    synthetic: bool
    language: str
    creators: tuple[str, ...]
    licence: str
    issued: str
    doi: str
    """The publication's IRI, https://doi.org/…, or ""."""
    detail: str
    """IRI of the level of detail that was seen."""
    programme: Mapping[str, str]
    """`title`, `description`, `place`."""
    deliveries: tuple[str, ...]
    interviewed: tuple[tuple[str, int], ...]
    """The study's own published totals: role IRI, number of people."""
    disclosure: str
    """IRI of the disclosure class of its quotations."""
    withdrawn: frozenset[str]
    minimum_cell: int
    """0 where the study asks for none of its own."""
    cases_are_participants: bool
    role_variable: str
    interviews: tuple[Path, ...]
    components: Mapping[str, Component]
    codes: tuple[CodeMapping, ...]
    configurations: tuple[Configuration, ...]
    theories: tuple[Theory, ...]
    participants: tuple[Participant, ...]
    confidence: tuple[ConfidenceRating, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    decisions: tuple[Decision, ...] = ()
    mappings: tuple[ConceptMapping, ...] = ()
    """What its components are to other vocabularies; proposals that nobody has signed included."""
    places: Mapping[str, Place] = field(default_factory=dict)
    """Where each thing is written, by the end of its IRI: `configuration/C01`."""
    warnings: tuple[Problem, ...] = ()
    """What is odd in its tables, but refuses nothing."""

    @property
    def iri(self) -> str:
        """The evaluation's IRI; everything of the study hangs below it."""
        return f"{ID}study/{self.id}"

    def locate(self, iri: str) -> tuple[str, int | None]:
        """The file and row where a thing of this study is written; the nearest thing above it that is."""
        below = iri.removeprefix(self.iri).strip("/")
        if below.startswith("statement/"):  # numbered by the configuration in whose row it stands
            below = "configuration/" + below.removeprefix("statement/").rpartition("-")[0]
        while below:
            if below in self.places:
                place = self.places[below]
                return place.file, place.row
            below = below.rpartition("/")[0]
        return "study.toml", None
