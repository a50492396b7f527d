"""Why a statement follows: its shortest proof from what was said, by the rules of OWL 2 RL that our axioms use.

Rules and their names: https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules, Tables 4 to 9.
The closure is made anew here, a round at a time, and each statement keeps how it was first found: in the earliest round
there is no shorter proof.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from cmograph.naming import local_name
from cmograph.vocabulary import OWL, RDF, RDFS

__all__ = ["Fact", "Proof", "Rules", "prove"]

Fact = tuple[str, str, str]
"""Subject, predicate and object, each an IRI."""

_FIRST, _REST = f"{RDF.NS}first", f"{RDF.NS}rest"


@dataclass(frozen=True, slots=True)
class Proof:
    """How one statement was found.

    Attributes:
        rule: the rule's name in the specification.
        axiom: the axiom in words.
        premises: the statements that it was found from.
    """

    rule: str
    axiom: str
    premises: tuple[Fact, ...]


class Rules:
    """An ontology's axioms as rules, and what to call its classes and properties."""

    def __init__(self, ontology: str) -> None:
        """Reads the ontology, as N-Triples without blank nodes."""
        self._said: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        self.labels: dict[str, str] = {}
        for one in parse(ontology, format=RdfFormat.N_TRIPLES):
            if isinstance(one.subject, NamedNode) and isinstance(one.object, NamedNode):
                self._said[one.predicate.value].append((one.subject.value, one.object.value))
            elif (
                isinstance(one.object, Literal)
                and one.predicate.value == RDFS.label
                and isinstance(one.subject, NamedNode)
            ):
                self.labels.setdefault(one.subject.value, one.object.value)
        self._first, self._rest = dict(self._said[_FIRST]), dict(self._said[_REST])
        self._on = dict(self._said[f"{OWL.NS}onProperty"])
        self._some = dict(self._said[f"{OWL.NS}someValuesFrom"])
        self._value = dict(self._said[f"{OWL.NS}hasValue"])
        self._all = {name: self._list(head) for name, head in self._said[f"{OWL.NS}intersectionOf"]}
        self._any = {name: self._list(head) for name, head in self._said[f"{OWL.NS}unionOf"]}
        self.above: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
        """By a class: what it is below, the rule, and the axiom in words."""
        self._read_classes()
        self.wholes: defaultdict[str, list[str]] = defaultdict(list)
        """By a class: the intersections that it is part of."""
        for whole, parts in self._all.items():
            for part in parts:
                self.wholes[part].append(whole)
        self.parts = self._all
        self.some_of = self._by_property(self._some)
        self.value_of = self._by_property(self._value)
        self.domains = self._grouped(RDFS.domain)
        self.ranges = self._grouped(RDFS.range)
        self.above_property = self._grouped(RDFS.subPropertyOf)
        inverses = self._said[f"{OWL.NS}inverseOf"]
        self.inverses: defaultdict[str, list[str]] = defaultdict(list)
        for one, other in inverses:
            self.inverses[one].append(other)
            self.inverses[other].append(one)
        self.chains = [(name, self._list(head)) for name, head in self._said[f"{OWL.NS}propertyChainAxiom"]]
        kinds = self._said[RDF.type]
        self.transitive = {name for name, kind in kinds if kind == f"{OWL.NS}TransitiveProperty"}
        self.symmetric = {name for name, kind in kinds if kind == f"{OWL.NS}SymmetricProperty"}

    def words(self, name: str) -> str:
        """What a class, a property or a class expression is called."""
        if name in self._all:
            return " and ".join(self.words(part) for part in self._all[name])
        if name in self._any:
            return f"({' or '.join(self.words(part) for part in self._any[name])})"
        if name in self._on:
            on = self.words(self._on[name])
            if name in self._some:
                return f"something with “{on}” some {self.words(self._some[name])}"
            if name in self._value:
                return f"something with “{on}” {self.words(self._value[name])}"
        return self.labels.get(name) or local_name(name)

    def is_expression(self, name: str) -> bool:
        """Whether this is a class that has no name."""
        return name in self._all or name in self._any or name in self._on

    def _read_classes(self) -> None:
        for lower, higher in self._said[RDFS.subClassOf]:
            if lower != higher:
                self.above[lower].append(
                    (higher, "cax-sco", f"Every {self.words(lower)} is a {self.words(higher)}.")
                )
        for one, other in self._said[f"{OWL.NS}equivalentClass"]:
            axiom = f"A {self.words(one)} is the same as: {self.words(other)}."
            self.above[one].append((other, "cax-eqc1", axiom))
            self.above[other].append((one, "cax-eqc2", axiom))
        for whole, parts in self._all.items():
            for part in parts:
                self.above[whole].append(
                    (part, "cls-int2", f"{self.words(whole)}: that includes {self.words(part)}.")
                )
        for whole, parts in self._any.items():
            for part in parts:
                self.above[part].append((whole, "cls-uni", f"{self.words(whole)}: one of them is enough."))

    def _by_property(self, fillers: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
        """By property: the restrictions on it, each with its filler."""
        found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for expression, filler in sorted(fillers.items()):
            if expression in self._on:
                found[self._on[expression]].append((expression, filler))
        return found

    def _grouped(self, predicate: str) -> dict[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in sorted(self._said[predicate]):
            found[name].append(value)
        return found

    def _list(self, head: str) -> tuple[str, ...]:
        items = []
        while head in self._first:
            items.append(self._first[head])
            head = self._rest.get(head, "")
        return tuple(items)


def prove(rules: Rules, said: Iterable[Fact]) -> dict[Fact, Proof | None]:
    """All that follows from what was said, each statement with its proof; None for what was said itself.

    Args:
        rules: of the ontology.
        said: statements about things, with IRIs as objects.
    """
    known: dict[Fact, Proof | None] = dict.fromkeys(said)
    index = _Index()
    fresh = sorted(known)
    while fresh:
        for fact in fresh:
            index.add(fact)
        found: dict[Fact, Proof] = {}
        for fact in fresh:
            for conclusion, proof in _consequences(rules, index, fact):
                if conclusion not in known and conclusion not in found:
                    found[conclusion] = proof
        known |= found
        fresh = sorted(found)
    return known


class _Index:
    def __init__(self) -> None:
        self.types: defaultdict[str, set[str]] = defaultdict(set)
        self.forward: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self.backward: defaultdict[tuple[str, str], list[str]] = defaultdict(list)

    def add(self, fact: Fact) -> None:
        subject, predicate, value = fact
        if predicate == RDF.type:
            self.types[subject].add(value)
        else:
            self.forward[subject, predicate].append(value)
            self.backward[value, predicate].append(subject)


def _consequences(rules: Rules, index: _Index, fact: Fact) -> Iterator[tuple[Fact, Proof]]:
    """What follows from a statement, with others that are known already."""
    if fact[1] == RDF.type:
        yield from _of_type(rules, index, fact)
    else:
        yield from _of_link(rules, index, fact)


def _of_type(rules: Rules, index: _Index, fact: Fact) -> Iterator[tuple[Fact, Proof]]:
    thing, _, kind = fact
    for higher, rule, axiom in rules.above.get(kind, ()):
        yield (thing, RDF.type, higher), Proof(rule, axiom, (fact,))
    for whole in rules.wholes.get(kind, ()):
        parts = rules.parts[whole]
        if index.types[thing].issuperset(parts):
            premises = tuple((thing, RDF.type, part) for part in parts)
            yield (thing, RDF.type, whole), Proof("cls-int1", f"Together: {rules.words(whole)}.", premises)
    for on, restrictions in rules.some_of.items():
        for expression, filler in restrictions:
            if filler == kind:
                for subject in index.backward.get((thing, on), ()):
                    premises = ((subject, on, thing), fact)
                    yield (
                        (subject, RDF.type, expression),
                        Proof("cls-svf1", _means(rules, expression), premises),
                    )
    for on, restrictions in rules.value_of.items():
        for expression, value in restrictions:
            if expression == kind:
                yield (thing, on, value), Proof("cls-hv1", _means(rules, expression), (fact,))


def _of_link(rules: Rules, index: _Index, fact: Fact) -> Iterator[tuple[Fact, Proof]]:
    subject, on, value = fact
    name = rules.words(on)
    for kind in rules.domains.get(on, ()):
        axiom = f"What has “{name}” is a {rules.words(kind)}."
        yield (subject, RDF.type, kind), Proof("prp-dom", axiom, (fact,))
    for kind in rules.ranges.get(on, ()):
        axiom = f"What “{name}” leads to is a {rules.words(kind)}."
        yield (value, RDF.type, kind), Proof("prp-rng", axiom, (fact,))
    for higher in rules.above_property.get(on, ()):
        axiom = f"“{name}” is a kind of “{rules.words(higher)}”."
        yield (subject, higher, value), Proof("prp-spo1", axiom, (fact,))
    for inverse in rules.inverses.get(on, ()):
        axiom = f"“{rules.words(inverse)}” is “{name}” the other way round."
        yield (value, inverse, subject), Proof("prp-inv", axiom, (fact,))
    if on in rules.symmetric:
        yield (value, on, subject), Proof("prp-symp", f"“{name}” holds both ways.", (fact,))
    if on in rules.transitive:
        axiom = f"“{name}” carries on: what it leads to leads on."
        for further in index.forward.get((value, on), ()):
            yield (subject, on, further), Proof("prp-trp", axiom, (fact, (value, on, further)))
        for before in index.backward.get((subject, on), ()):
            yield (before, on, value), Proof("prp-trp", axiom, ((before, on, subject), fact))
    for expression, filler in rules.some_of.get(on, ()):
        if filler in index.types[value]:
            premises = (fact, (value, RDF.type, filler))
            yield (subject, RDF.type, expression), Proof("cls-svf1", _means(rules, expression), premises)
    for expression, wanted in rules.value_of.get(on, ()):
        if wanted == value:
            yield (subject, RDF.type, expression), Proof("cls-hv2", _means(rules, expression), (fact,))
    for implied, steps in rules.chains:
        for place, step in enumerate(steps):
            if step == on:
                yield from _chained(rules, index, fact, implied, steps, place)


def _chained(
    rules: Rules, index: _Index, fact: Fact, implied: str, steps: tuple[str, ...], place: int
) -> Iterator[tuple[Fact, Proof]]:
    """Every chain of links in which this one is at this place."""
    ways: list[tuple[Fact, ...]] = [(fact,)]
    for step in steps[place + 1 :]:
        ways = [
            (*way, (way[-1][2], step, end))
            for way in ways
            for end in index.forward.get((way[-1][2], step), ())
        ]
    for step in reversed(steps[:place]):
        ways = [
            ((start, step, way[0][0]), *way)
            for way in ways
            for start in index.backward.get((way[0][0], step), ())
        ]
    axiom = f"{' and then '.join(f'“{rules.words(step)}”' for step in steps)} make “{rules.words(implied)}”."
    for way in ways:
        yield (way[0][0], implied, way[-1][2]), Proof("prp-spo2", axiom, way)


def _means(rules: Rules, expression: str) -> str:
    return f"That is what is meant by: {rules.words(expression)}."
