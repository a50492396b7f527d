"""What contradicts an axiom is refused, and the message names the things and the axiom."""

from __future__ import annotations

import pytest

from cmograph.errors import Inconsistency
from cmograph.reasoning import Reasoner

from .axioms import E, axioms, facts

CLASHES = {
    "cax-dw": (":A owl:disjointWith :B .", ":x a :A, :B .", ["x", "A disjoint with B"]),
    "cax-dw by inheritance": (
        ":A owl:disjointWith :B . :A1 rdfs:subClassOf :A . :p rdfs:range :B .",
        ":x a :A1 . :y :p :x .",
        ["x", "A disjoint with B"],
    ),
    "cax-adc": (
        "[] a owl:AllDisjointClasses ; owl:members ( :A :B :C ) .",
        ":x a :A, :C .",
        ["x", "A disjoint with C"],
    ),
    "disjoint union": (":U owl:disjointUnionOf ( :A :B ) .", ":x a :A, :B .", ["x", "A disjoint with B"]),
    "cls-com": (":A owl:complementOf :B .", ":x a :A, :B .", ["x", "A complement of B"]),
    "cls-nothing2": (":A rdfs:subClassOf owl:Nothing .", ":x a :A .", ["x", "owl:Nothing"]),
    "cls-maxc1": (
        ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; "
        "owl:maxCardinality '0'^^xsd:nonNegativeInteger ] .",
        ":x a :A ; :p :y .",
        ["x has p y", "p at most 0)"],
    ),
    "cls-maxqc1": (
        ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:onClass :B ; "
        "owl:maxQualifiedCardinality '0'^^xsd:nonNegativeInteger ] .",
        ":x a :A ; :p :y . :y a :B .",
        ["x has p y", "p at most 0 B"],
    ),
    "prp-irp": (":p a owl:IrreflexiveProperty .", ":x :p :x .", ["x", "p is irreflexive"]),
    "prp-irp round about": (
        ":p a owl:IrreflexiveProperty, owl:TransitiveProperty .",
        ":x :p :y . :y :p :x .",
        ["x", "p is irreflexive"],
    ),
    "prp-asyp": (":p a owl:AsymmetricProperty .", ":x :p :y . :y :p :x .", ["x", "y", "p is asymmetric"]),
    "prp-pdw": (":p owl:propertyDisjointWith :q .", ":x :p :y ; :q :y .", ["x", "y", "p disjoint with q"]),
    "prp-adp": (
        "[] a owl:AllDisjointProperties ; owl:members ( :p :q :r ) .",
        ":x :p :y ; :r :y .",
        ["x", "y", "p disjoint with r"],
    ),
    "eq-diff1": (":a owl:differentFrom :b .", ":a owl:sameAs :b .", ["a different from b"]),
    "eq-diff2, by a functional property": (
        "[] a owl:AllDifferent ; owl:distinctMembers ( :plus :minus :mixed ) . :p a owl:FunctionalProperty .",
        ":x :p :plus, :minus .",
        ["both are p of x", "minus different from plus"],
    ),
    "dt-diff": (":p a owl:FunctionalProperty .", ":x :p 1, 2 .", ["x has 2 different values of p"]),
    "prp-npa1": (
        "[] a owl:NegativePropertyAssertion ; owl:sourceIndividual :x ; owl:assertionProperty :p ; "
        "owl:targetIndividual :y .",
        ":x :p :y .",
        ["x has p y"],
    ),
}


@pytest.mark.parametrize("name", CLASHES)
def test_a_clash_names_the_things_and_the_axiom(name: str) -> None:
    ontology, given, words = CLASHES[name]
    with pytest.raises(Inconsistency) as refused:
        Reasoner(axioms(ontology)).close(facts(given))
    assert all(word in str(refused.value) for word in words), str(refused.value)
    assert all(problem.remedy for problem in refused.value.problems)


@pytest.mark.parametrize("name", CLASHES)
def test_half_of_a_clash_is_none(name: str) -> None:
    """Each statement by itself is fine, but where one alone clashes."""
    ontology, given, _ = CLASHES[name]
    lines = facts(given)
    if len(lines) > 1:
        for line in lines:
            Reasoner(axioms(ontology)).close([line])


def test_a_clash_says_where_the_thing_is_written() -> None:
    reasoner = Reasoner(axioms(":A owl:disjointWith :B ."))
    with pytest.raises(Inconsistency) as refused:
        reasoner.close(
            facts(":x a :A, :B ."), lambda iri: ("components.csv", 7) if iri == f"{E}x" else ("", None)
        )
    assert (refused.value.problems[0].file, refused.value.problems[0].row) == ("components.csv", 7)
