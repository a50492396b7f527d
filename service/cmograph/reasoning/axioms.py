"""The ontology's axioms, read once into what the rules look up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from cmograph.ntriples import lines_of

__all__ = ["ANONYMOUS", "OWL", "RDF_TYPE", "SUBCLASS", "Axioms", "Restriction"]

OWL = "http://www.w3.org/2002/07/owl#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
RDF_TYPE = f"{_RDF}type"
SUBCLASS = f"{_RDFS}subClassOf"
ANONYMOUS = "https://w3id.org/cmograph/id/ontology/"
"""How the names of class expressions begin: they are skolem IRIs (RDF 1.1 Concepts, section 3.5)."""

_LOGICAL = {f"{_RDFS}{name}" for name in ("subClassOf", "subPropertyOf", "domain", "range")} | {
    f"{_RDF}first"
}
_CHARACTERISTICS = {
    f"{OWL}{kind}Property"
    for kind in ("Transitive", "Symmetric", "Asymmetric", "Irreflexive", "Functional", "InverseFunctional")
}
_SCHEMA = {
    f"{OWL}{kind}"
    for kind in (
        "Class", "Restriction", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "Ontology",
        "AllDisjointClasses", "AllDisjointProperties", "AllDifferent",
    )
} | {f"{_RDFS}Datatype", f"{_RDFS}Class", f"{_RDF}Property"} | _CHARACTERISTICS  # fmt: skip

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Restriction:
    """A class expression that allows no value of a property (of a class, where `filler` is one)."""

    expression: str
    on: str
    filler: str = ""


@dataclass(frozen=True, slots=True)
class Axioms:
    """What the rules need to know of an ontology. Classes and properties are IRIs, expressions node names.

    Attributes:
        text: the ontology as N-Triples.
        statements: its lines.
        names: every name that an axiom is about; what else a statement uses cannot lead to anything.
        schema: every class, property, datatype and ontology: what is said of them is not about things.
        chains: property, and the properties whose composition implies it (owl:propertyChainAxiom).
        implied: what follows from lists by rules that `reasonable` 0.4.4 lacks (cls-oo, scm-int, scm-uni).
        disjoint: pairs of classes with no common member (disjointWith, AllDisjointClasses, disjointUnionOf).
        complements: pairs of class expressions of which one is the other's complement.
        disjoint_properties: pairs of properties with no common pair.
        irreflexive: properties that relate nothing to itself.
        asymmetric: properties that never hold both ways.
        functional: properties with one value at most.
        different: pairs of individuals that are said to differ.
        empty: restrictions that allow no value (maxCardinality 0, maxQualifiedCardinality 0).
        denied: subject, property and object of negative property assertions.
    """

    text: str
    statements: frozenset[str]
    names: frozenset[str]
    schema: frozenset[str]
    chains: tuple[tuple[str, tuple[str, ...]], ...]
    implied: tuple[tuple[str, str, str], ...]
    disjoint: tuple[Pair, ...]
    complements: tuple[Pair, ...]
    disjoint_properties: tuple[Pair, ...]
    irreflexive: tuple[str, ...]
    asymmetric: tuple[str, ...]
    functional: tuple[str, ...]
    different: tuple[Pair, ...]
    empty: tuple[Restriction, ...]
    denied: tuple[tuple[str, str, str], ...]

    @classmethod
    def read(cls, text: str) -> Axioms:
        """The axioms of an ontology given as N-Triples without blank nodes."""
        graph = _Graph(text)

        def having(kind: str) -> tuple[str, ...]:
            return tuple(sorted(graph.subjects(RDF_TYPE, f"{OWL}{kind}")))

        def pairs(predicate: str, *groups: tuple[str, str]) -> tuple[Pair, ...]:
            """Pairs said one by one, and all pairs of the lists that things of a kind carry."""
            found = {_ordered(*pair) for pair in graph.pairs(f"{OWL}{predicate}")}
            for kind, listing in groups:
                for _, head in graph.pairs(f"{OWL}{listing}", kind):
                    found |= {_ordered(*pair) for pair in combinations(graph.list(head), 2)}
            return tuple(sorted(found))

        return cls(
            text=text,
            statements=frozenset(lines_of(text)),
            names=frozenset(graph.names()),
            schema=frozenset(name for kind in _SCHEMA for name in graph.subjects(RDF_TYPE, kind)),
            chains=tuple(
                sorted(
                    (name, tuple(graph.list(head))) for name, head in graph.pairs(f"{OWL}propertyChainAxiom")
                )
            ),
            implied=tuple(
                sorted(
                    [(item, RDF_TYPE, name) for name, item in graph.listed("oneOf")]
                    + [(name, SUBCLASS, item) for name, item in graph.listed("intersectionOf")]
                    + [(item, SUBCLASS, name) for name, item in graph.listed("unionOf")]
                )
            ),
            disjoint=pairs("disjointWith", ("AllDisjointClasses", "members"), ("", "disjointUnionOf")),
            complements=pairs("complementOf"),
            disjoint_properties=pairs("propertyDisjointWith", ("AllDisjointProperties", "members")),
            irreflexive=having("IrreflexiveProperty"),
            asymmetric=having("AsymmetricProperty"),
            functional=having("FunctionalProperty"),
            different=pairs(
                "differentFrom", ("AllDifferent", "members"), ("AllDifferent", "distinctMembers")
            ),
            empty=tuple(graph.empty_restrictions()),
            denied=tuple(graph.denials()),
        )


class _Graph:
    """The ontology's triples by predicate; every term a plain string, a literal its lexical form."""

    def __init__(self, text: str) -> None:
        self._by_predicate: dict[str, list[Pair]] = {}
        self._literal_objects: set[Pair] = set()
        for quad in parse(text, format=RdfFormat.N_TRIPLES):
            subject, value = _name(quad.subject), _name(quad.object)
            self._by_predicate.setdefault(quad.predicate.value, []).append((subject, value))
            if isinstance(quad.object, Literal):
                self._literal_objects.add((subject, value))
        self._rest = dict(self._by_predicate.get(f"{_RDF}rest", ()))
        self._first = dict(self._by_predicate.get(f"{_RDF}first", ()))
        self._kinds = set(self._by_predicate.get(RDF_TYPE, ()))

    def pairs(self, predicate: str, kind: str = "") -> Iterator[Pair]:
        for subject, value in self._by_predicate.get(predicate, ()):
            if not kind or (subject, f"{OWL}{kind}") in self._kinds:
                yield subject, value

    def subjects(self, predicate: str, value: str) -> Iterator[str]:
        return (subject for subject, found in self._by_predicate.get(predicate, ()) if found == value)

    def list(self, head: str) -> Iterator[str]:
        while head in self._first:
            yield self._first[head]
            head = self._rest.get(head, "")

    def listed(self, predicate: str) -> Iterator[Pair]:
        return ((name, item) for name, head in self.pairs(f"{OWL}{predicate}") for item in self.list(head))

    def names(self) -> Iterator[str]:
        """Subjects and objects of every axiom: annotations and mere declarations are none."""
        for predicate, pairs in self._by_predicate.items():
            if predicate in _LOGICAL or predicate.startswith(OWL):
                yield from (name for pair in pairs if pair not in self._literal_objects for name in pair)
        yield from (subject for subject, kind in self._kinds if kind in _CHARACTERISTICS)

    def empty_restrictions(self) -> Iterator[Restriction]:
        on = dict(self.pairs(f"{OWL}onProperty"))
        filler = dict(self.pairs(f"{OWL}onClass"))
        for predicate in ("maxCardinality", "maxQualifiedCardinality"):
            for node, limit in self.pairs(f"{OWL}{predicate}"):
                if limit == "0" and node in on:
                    found = filler.get(node, "") if predicate == "maxQualifiedCardinality" else ""
                    yield Restriction(node, on[node], "" if found == f"{OWL}Thing" else found)

    def denials(self) -> Iterator[tuple[str, str, str]]:
        subject, predicate = (
            dict(self.pairs(f"{OWL}sourceIndividual")),
            dict(self.pairs(f"{OWL}assertionProperty")),
        )
        for node, value in self.pairs(f"{OWL}targetIndividual"):
            yield subject[node], predicate[node], value


def _name(term: NamedNode | BlankNode | Literal | Triple) -> str:
    if isinstance(term, NamedNode | Literal):
        return term.value
    raise ValueError(f"an ontology to reason with has no blank nodes and no triple terms, but here is {term}")


def _ordered(one: str, other: str) -> Pair:
    return (one, other) if one <= other else (other, one)
