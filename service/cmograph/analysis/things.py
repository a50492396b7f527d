"""What a casebook holds: studies, configurations, components, evidence and what people say of them, none of it changing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cmograph.vocabulary import GRAPH, ID, REALIST

__all__ = [
    "Annotation",
    "Assessment",
    "Component",
    "Configuration",
    "Kind",
    "Ref",
    "Study",
    "Tally",
    "Theory",
]


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """A thing, and the words by which a person knows it.

    Attributes:
        id: its IRI.
        label: its label, or wording, or title.
    """

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A class of the ontology that components can be of.

    Attributes:
        id: its IRI.
        label: its name.
        definition: what it means.
        above: the IRIs of every class above it, itself left out.
    """

    id: str
    label: str
    definition: str
    above: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tally:
    """How much evidence takes one stance on one claim.

    Attributes:
        people: so many participants; "at least" unless the tally is exact, 0 where they are withheld.
        codings: so many codings, likewise.
        roles: people by the IRI of their role; what is withheld is left out.
        statements: published statements.
        withheld: whether there are participants whose number is not told.
        exact: whether the counts are exact, as in the restricted edition.
    """

    people: int = 0
    codings: int = 0
    roles: Mapping[str, int] = field(default_factory=dict)
    statements: int = 0
    withheld: bool = False
    exact: bool = False

    def __bool__(self) -> bool:
        return bool(self.people or self.statements or self.withheld)


NOTHING = Tally()


@dataclass(frozen=True, slots=True)
class Component:
    """One context, resource, reasoning or outcome as its study words it.

    Attributes:
        id: its IRI.
        name: its id within the study.
        study: the IRI of the study.
        wording: the study's words.
        kinds: the IRIs of all its classes, those that follow included.
        wording_status, detail, locator: whose words these are, how closely their source was seen, and where.
        evidence: a tally by stance: `supports`, `refutes`, `refines`.
    """

    id: str
    name: str
    study: str
    wording: str
    kinds: frozenset[str]
    wording_status: str
    detail: str
    locator: str
    evidence: Mapping[str, Tally]

    @property
    def contested(self) -> bool:
        """Whether there is evidence for it and against it."""
        return bool(self.evidence.get("supports") and self.evidence.get("refutes"))


@dataclass(frozen=True, slots=True)
class Configuration:
    """A context-mechanism-outcome configuration.

    Attributes:
        id: its IRI.
        name: its id within the study.
        study: the IRI of the study.
        title, if_clause, then_clause, because_clause: the analysts' words; "" where they say nothing.
        contexts, resources, reasonings, outcomes: IRIs of components, in a fixed order.
        mechanism: the IRI of the mechanism that they are parts of, or "".
        absent: whether the mechanism is lacking.
        polarity, level: the IRI that the analysts gave, or "".
        kinds: the IRIs of all its classes, those that follow included: harmful, contested, ….
        deliveries: IRIs of modes in which it was found; empty where nobody says.
        not_reported: IRIs of the study's other modes, in which it was not.
        roles: IRIs of the roles that it concerns.
        mitigations: what eases it, in words.
        theories: IRIs of the programme theories that hold it.
        evidence: a tally by stance: `supports`, `refutes`, `refines`.
        wording_status, detail, source, locator, extractor, note: where it comes from.
    """

    id: str
    name: str
    study: str
    title: str
    if_clause: str
    then_clause: str
    because_clause: str
    contexts: tuple[str, ...]
    resources: tuple[str, ...]
    reasonings: tuple[str, ...]
    outcomes: tuple[str, ...]
    mechanism: str
    absent: bool
    polarity: str
    level: str
    kinds: frozenset[str]
    deliveries: tuple[str, ...]
    not_reported: tuple[str, ...]
    roles: tuple[str, ...]
    mitigations: tuple[str, ...]
    theories: tuple[str, ...]
    evidence: Mapping[str, Tally]
    wording_status: str
    detail: str
    source: str
    locator: str
    extractor: str
    note: str

    @property
    def harmful(self) -> bool:
        """Whether it has a negative outcome, or its analysts call it negative."""
        return REALIST.HarmfulConfiguration in self.kinds

    @property
    def beneficial(self) -> bool:
        """Whether it has a positive outcome, or its analysts call it positive."""
        return REALIST.BeneficialConfiguration in self.kinds

    @property
    def contested(self) -> bool:
        """Whether there is evidence for it and against it."""
        return bool(self.tally("supports") and self.tally("refutes"))

    @property
    def components(self) -> tuple[str, ...]:
        """The IRIs of all its components: contexts, resources, reasonings, outcomes."""
        return (*self.contexts, *self.resources, *self.reasonings, *self.outcomes)

    @property
    def mechanism_parts(self) -> tuple[str, ...]:
        """The IRIs of what is offered and of the reasoning that it changes."""
        return (*self.resources, *self.reasonings)

    def tally(self, stance: str) -> Tally:
        """The evidence of one stance; an empty tally where there is none."""
        return self.evidence.get(stance, NOTHING)


@dataclass(frozen=True, slots=True)
class Theory:
    """A programme theory, or a version of one.

    Attributes:
        id: its IRI.
        name: its id within the study.
        study: the IRI of the study.
        title, description, version, rationale: in the analysts' words; "" where they say nothing.
        stage: the IRI of its stage, or "".
        revises: the IRI of the version whose place it takes, or "".
        substantive: labels of the substantive theories that it draws on.
        configurations: IRIs, in a fixed order.
    """

    id: str
    name: str
    study: str
    title: str
    description: str
    version: str
    stage: str
    revises: str
    rationale: str
    substantive: tuple[str, ...]
    configurations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """A GRADE-CERQual assessment of one finding.

    Attributes:
        id: its IRI.
        study: the IRI of the study.
        configuration: the IRI of the finding.
        overall: the IRI of the level of confidence.
        methodological_limitations, coherence, adequacy, relevance: the IRI of the concern about each.
        rationale, assessor, date: why, by whom and when; "" where nobody says.
    """

    id: str
    study: str
    configuration: str
    overall: str
    methodological_limitations: str
    coherence: str
    adequacy: str
    relevance: str
    rationale: str
    assessor: str
    date: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a named reviewer says of a configuration or a component.

    Attributes:
        id: its IRI.
        about: the IRI of what it is said of.
        reviewer, text, date: who, what and when; "" where nobody says.
        stance: the IRI of the stance: agrees, dissents, comments.
        suggested: IRIs of classes that the reviewer would give instead.
    """

    id: str
    about: str
    reviewer: str
    text: str
    date: str
    stance: str
    suggested: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """One realist evaluation.

    Attributes:
        id: its IRI.
        name: its identifier.
        title, description, issued, licence, language: as the study says; "" where it does not.
        creators: names.
        synthetic: whether nobody said any of it.
        doi: the IRI of its publication, or "".
        detail: the IRI of the level of detail that was seen.
        programme: the title of what it evaluates; `place`: where.
        interviewed: published numbers of people by the IRI of their role.
    """

    id: str
    name: str
    title: str
    description: str
    issued: str
    licence: str
    language: str
    creators: tuple[str, ...]
    synthetic: bool
    doi: str
    detail: str
    programme: str
    place: str
    interviewed: Mapping[str, int]

    @property
    def graph(self) -> str:
        """The IRI of its named graph, which goes by its own IRI: what it is called by can be written anew."""
        return GRAPH + self.id.removeprefix(ID)
