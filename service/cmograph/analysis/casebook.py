"""What an edition says of its studies, as objects: what every analysis reads, and none changes.

A casebook holds no quotation and no participant. Its counts of people are the edition's own: "at least so many" in
the open one, exact in the restricted one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from cmograph.analysis.patterns import LEVELS, Lattices, Pattern, find_patterns
from cmograph.analysis.things import (
    Annotation,
    Assessment,
    Component,
    Configuration,
    Kind,
    Ref,
    Study,
    Theory,
)
from cmograph.engine.editions import Snapshot
from cmograph.errors import InputError, Problem, nearest
from cmograph.naming import local_name
from cmograph.vocabulary import REALIST

__all__ = ["Casebook"]


_PLAYED = {REALIST.Context, REALIST.Outcome, REALIST.IntermediateOutcome, REALIST.ContestedComponent}
"""Classes that follow from the configurations and the evidence a component has, and not from what it is."""


@dataclass(frozen=True)
class Casebook:
    """Everything that an edition says of its studies, by IRI, in a fixed order: by study, then by name.

    Attributes:
        snapshot: the release and the edition.
        studies, components, configurations, theories, assessments, annotations: by IRI.
        kinds: the ontology's classes of components, by IRI.
        terms: labels of the ontology's other names, by IRI: roles, modes, levels, polarities, stages, ….
    """

    snapshot: Snapshot
    studies: Mapping[str, Study]
    components: Mapping[str, Component]
    configurations: Mapping[str, Configuration]
    theories: Mapping[str, Theory]
    assessments: Mapping[str, Assessment]
    annotations: Mapping[str, Annotation]
    kinds: Mapping[str, Kind]
    terms: Mapping[str, str]
    terms_of: Mapping[str, frozenset[str]]
    """The members of each class of `terms`: of realist:ActorRole, realist:DeliveryMode, …."""

    def prepare(self) -> None:
        """Make every index now: whoever shares this casebook then need not."""
        for name, value in vars(Casebook).items():
            if isinstance(value, cached_property):
                getattr(self, name)
        for level in LEVELS:
            self.lattices.of(level)

    @cached_property
    def by_study(self) -> Mapping[str, tuple[Configuration, ...]]:
        """Each study's configurations, in order."""
        found: dict[str, list[Configuration]] = {study: [] for study in self.studies}
        for one in self.configurations.values():
            found.setdefault(one.study, []).append(one)
        return {study: tuple(several) for study, several in found.items()}

    @cached_property
    def opened_by(self) -> Mapping[str, tuple[str, ...]]:
        """By a component: the configurations that have it as a context."""
        return self._used("contexts")

    @cached_property
    def ending_in(self) -> Mapping[str, tuple[str, ...]]:
        """By a component: the configurations that have it as an outcome."""
        return self._used("outcomes")

    @cached_property
    def leads_to(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """By a configuration: those that an outcome of it opens, each with that outcome; by IRI."""
        found = {}
        for one in self.configurations.values():
            onward: dict[str, str] = {}
            for outcome in one.outcomes:
                for after in self.opened_by.get(outcome, ()):
                    onward.setdefault(after, outcome)
            found[one.id] = tuple(sorted(onward.items()))
        return found

    @cached_property
    def onward(self) -> Mapping[str, tuple[str, ...]]:
        """By a configuration: those that it leads to; by IRI."""
        return {one: tuple(after for after, _ in several) for one, several in self.leads_to.items()}

    @cached_property
    def voices_for(self) -> Mapping[str, int]:
        """By a configuration: how many people and statements speak for it."""
        tallies = ((one.id, one.tally("supports")) for one in self.configurations.values())
        return {one: tally.people + tally.statements for one, tally in tallies}

    @cached_property
    def by_support(self) -> tuple[Configuration, ...]:
        """All configurations, those for which most people and statements speak first.

        Of equals the uncontested come first, then those against which fewest speak; then by IRI.
        """

        def rank(one: Configuration) -> tuple[int, bool, int, str]:
            against = one.tally("refutes")
            return -self.voices_for[one.id], one.contested, against.people + against.statements, one.id

        return tuple(sorted(self.configurations.values(), key=rank))

    @cached_property
    def not_reported_through(self) -> Mapping[str, frozenset[str]]:
        """By a mode of delivery: the configurations that were not found in it."""
        return self._grouped("not_reported")

    @cached_property
    def concerning(self) -> Mapping[str, frozenset[str]]:
        """By a role: the configurations that say they concern it."""
        return self._grouped("roles")

    def _grouped(self, part: str) -> Mapping[str, frozenset[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for one in self.configurations.values():
            for value in getattr(one, part):
                found[value].add(one.id)
        return {value: frozenset(several) for value, several in found.items()}

    @cached_property
    def used_as(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """By part (`context`, `resource`, `reasoning`, `outcome`) and component: the configurations that use it so."""
        used = {"context": self.opened_by, "outcome": self.ending_in}
        return {**used, "resource": self._used("resources"), "reasoning": self._used("reasonings")}

    @cached_property
    def components_of(self) -> Mapping[str, int]:
        """How many components each study has."""
        return Counter(one.study for one in self.components.values())

    @cached_property
    def assessment_of(self) -> Mapping[str, Assessment]:
        """The assessment of each configuration that has one; the last by IRI where there are several."""
        return {one.configuration: one for one in self.assessments.values()}

    @cached_property
    def revised_by(self) -> Mapping[str, tuple[str, ...]]:
        """By a programme theory: the versions that take its place, in order."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for one in self.theories.values():
            if one.revises:
                found[one.revises].append(one.id)
        return {earlier: tuple(later) for earlier, later in found.items()}

    @cached_property
    def annotations_on(self) -> Mapping[str, tuple[Annotation, ...]]:
        """What reviewers say of each thing."""
        found: defaultdict[str, list[Annotation]] = defaultdict(list)
        for one in self.annotations.values():
            found[one.about].append(one)
        return {about: tuple(several) for about, several in found.items()}

    @cached_property
    def of_kind(self) -> Mapping[str, frozenset[str]]:
        """The components of each class, those of a class below it included."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for one in self.components.values():
            for kind in one.kinds:
                found[kind].add(one.id)
        return {kind: frozenset(several) for kind, several in found.items()}

    @cached_property
    def only_lacking(self) -> frozenset[str]:
        """The components that are mechanisms of configurations, and lacking in all of them."""
        parts: dict[bool, set[str]] = {True: set(), False: set()}
        for one in self.configurations.values():
            parts[one.absent].update(one.resources, one.reasonings)
        return frozenset(parts[True] - parts[False])

    @cached_property
    def patterns(self) -> Mapping[str, Mapping[Pattern, tuple[str, ...]]]:
        """By study: the configurations that join these kinds of context, mechanism and outcome."""
        return find_patterns(self)

    @cached_property
    def lattices(self) -> Lattices:
        """The patterns with every broader one, for what asks which of them recur."""
        return Lattices(self)

    def _used(self, part: str) -> Mapping[str, tuple[str, ...]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for one in self.configurations.values():
            for component in getattr(one, part):
                found[component].append(one.id)
        return {component: tuple(several) for component, several in found.items()}

    def ref(self, iri: str) -> Ref:
        """A thing with its words; the end of the IRI where the edition has none."""
        label = self.terms.get(iri)
        if label is None:
            if iri in self.components:
                label = self.components[iri].wording
            elif iri in self.configurations or iri in self.studies or iri in self.theories:
                known = self.configurations.get(iri) or self.studies.get(iri) or self.theories[iri]
                label = known.title
            else:
                label = self.kinds[iri].label if iri in self.kinds else local_name(iri)
        return Ref(iri, label)

    def refs(self, iris: Iterable[str]) -> tuple[Ref, ...]:
        """`ref` of each."""
        return tuple(self.ref(iri) for iri in iris)

    def most_specific(self, kinds: Iterable[str]) -> tuple[str, ...]:
        """Of these classes, those that say what a component is, and of those the ones that no other lies below; sorted."""
        known = {kind for kind in kinds if kind in self.kinds} - _PLAYED
        above = {higher for kind in known for higher in self.kinds[kind].above}
        return tuple(sorted(known - above))

    def find_study(self, name: str) -> Study:
        """A study by its IRI, identifier or title; raises InputError with the nearest."""
        return self.studies[_find("study", name, self._study_names)]

    def find_configuration(self, name: str) -> Configuration:
        """A configuration by its IRI, by `STUDY/ID`, or by its id where only one study has it; else InputError."""
        return self.configurations[_find("configuration", name, self._configuration_names)]

    def is_configuration(self, name: str) -> bool:
        """Whether a configuration goes by this name, and no kind of component does."""
        key = name.strip().lower()
        return key in self._configuration_names and key not in self._kind_names

    def is_study(self, name: str) -> bool:
        """Whether a study goes by this name, and no configuration does."""
        key = name.strip().lower()
        return key in self._study_names and key not in self._configuration_names

    def find_component(self, name: str) -> Component:
        """A component by its IRI, by `STUDY/ID`, or by its id where only one study has it; else InputError."""
        return self.components[_find("component", name, self._component_names)]

    def find_kind(self, name: str) -> Kind:
        """A class of components by its IRI or label; raises InputError with the nearest."""
        return self.kinds[_find("kind of component", name, self._kind_names)]

    def is_kind(self, name: str) -> bool:
        """Whether a kind of component goes by this name."""
        return name.strip().lower() in self._kind_names

    def components_like(self, name: str) -> frozenset[str]:
        """The components of a kind, or the one component, of this name; raises InputError with the nearest."""
        key = name.strip().lower()
        if key not in self._kind_names and key in self._component_names:
            return frozenset({self.find_component(name).id})
        return self.of_kind.get(self.find_kind(name).id, frozenset())

    def find_theories(self, name: str) -> tuple[Theory, ...]:
        """Programme theories by IRI, `STUDY/ID`, or id, which several studies may have; raises InputError."""
        key = name.strip().lower()
        found = tuple(self.theories[iri] for iri in sorted(self._theory_names.get(key, ())))
        if not found:
            _find("programme theory", name, self._theory_names)
        return found

    def find_term(self, name: str, of: str) -> str:
        """A member of a class of terms (realist:ActorRole, …) by IRI, label or end of the IRI; else InputError."""
        names = _Names()
        for iri in sorted(self.terms_of.get(of, ())):
            for known in (iri, self.terms[iri], local_name(iri), local_name(iri).removesuffix("Role")):
                names.put(known, iri)
        return _find(_spaced(local_name(of)), name, names)

    @cached_property
    def _study_names(self) -> _Names:
        return _names((one.id, one.id, one.name, one.title) for one in self.studies.values())

    @cached_property
    def _configuration_names(self) -> _Names:
        return _names(
            (one.id, one.id, f"{self.studies[one.study].name}/{one.name}", one.name)
            for one in self.configurations.values()
            if one.study in self.studies
        )

    @cached_property
    def _component_names(self) -> _Names:
        return _names(
            (one.id, one.id, f"{self.studies[one.study].name}/{one.name}", one.name)
            for one in self.components.values()
            if one.study in self.studies
        )

    @cached_property
    def _theory_names(self) -> _Names:
        return _names(
            (one.id, one.id, f"{self.studies[one.study].name}/{one.name}", one.name)
            for one in self.theories.values()
            if one.study in self.studies
        )

    @cached_property
    def _kind_names(self) -> _Names:
        return _names((one.id, one.id, one.label, local_name(one.id)) for one in self.kinds.values())


class _Names(dict[str, set[str]]):
    """IRIs by name in lower case, and the names as they are written, to suggest."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []

    def put(self, name: str, iri: str) -> None:
        key = name.lower()
        if key not in self and "://" not in name:
            self.written.append(name)
        self.setdefault(key, set()).add(iri)


def _names(named: Iterable[Sequence[str]]) -> _Names:
    names = _Names()
    for iri, *several in named:
        for name in several:
            names.put(name, iri)
    return names


def _find(what: str, name: str, names: _Names) -> str:
    found = names.get(name.strip().lower(), set())
    if len(found) == 1:
        return next(iter(found))
    if name.strip() in found:
        return name.strip()  # an IRI, of two that differ in case alone
    if found:
        remedy = f"Say which: {' or '.join(sorted(found)[:5])}."
        raise InputError(Problem(f"Several things are the {what} {name!r}.", remedy))
    remedy = nearest(name, names.written)
    if not remedy and len(names.written) <= 12:
        remedy = f"There is {', '.join(sorted(names.written))}." if names.written else "There is none."
    raise InputError(Problem(f"There is no {what} {name!r}.", remedy))


def _spaced(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
