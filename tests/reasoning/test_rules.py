"""Each rule of OWL 2 RL that the ontology leans on, by hand: axioms, facts, exactly what follows."""

from __future__ import annotations

import pytest

from cmograph.reasoning import Reasoner

from .axioms import axioms, facts

RULES = {
    "cax-sco: a member of a class is one of its superclass, all the way up": (
        ":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .",
        ":x a :A .",
        ":x a :B, :C .",
    ),
    "cax-eqc: equivalent classes have the same members": (
        ":A owl:equivalentClass :B .",
        ":x a :A . :y a :B .",
        ":x a :B . :y a :A .",
    ),
    "prp-dom, prp-rng": (
        ":p rdfs:domain :A ; rdfs:range :B .",
        ":x :p :y .",
        ":x a :A . :y a :B .",
    ),
    "prp-dom of a property with a literal": (
        ":p rdfs:domain :A .",
        ':x :p "say \\"so\\"\\n"@en .',
        ":x a :A .",
    ),
    "prp-spo1": (":p rdfs:subPropertyOf :q .", ":x :p :y .", ":x :q :y ."),
    "prp-spo1 of a literal": (":p rdfs:subPropertyOf :q .", ":x :p 7 .", ":x :q 7 ."),
    "prp-eqp": (":p owl:equivalentProperty :q .", ":x :p :y .", ":x :q :y ."),
    "prp-inv1, prp-inv2": (
        ":p owl:inverseOf :q .",
        ":x :p :y . :a :q :b .",
        ":y :q :x . :b :p :a .",
    ),
    "prp-symp": (":p a owl:SymmetricProperty .", ":x :p :y .", ":y :p :x ."),
    "prp-trp": (
        ":p a owl:TransitiveProperty .",
        ":a :p :b . :b :p :c . :c :p :d .",
        ":a :p :c, :d . :b :p :d .",
    ),
    "prp-spo2: a chain of two": (
        ":p owl:propertyChainAxiom ( :q :r ) .",
        ":a :q :b . :b :r :c .",
        ":a :p :c .",
    ),
    "prp-spo2: a chain of three": (
        ":p owl:propertyChainAxiom ( :q :r :q ) .",
        ":a :q :b . :b :r :c . :c :q :d .",
        ":a :p :d .",
    ),
    "prp-spo2: a chain through an inverse, whose closure is transitive": (
        """:leads owl:propertyChainAxiom ( :outcome :contextOf ) ; rdfs:subPropertyOf :ripples .
           :contextOf owl:inverseOf :context . :ripples a owl:TransitiveProperty .""",
        ":c1 :outcome :k1 . :c2 :context :k1 ; :outcome :k2 . :c3 :context :k2 .",
        """:c1 :leads :c2 ; :ripples :c2, :c3 . :c2 :leads :c3 ; :ripples :c3 .
           :k1 :contextOf :c2 . :k2 :contextOf :c3 .""",
    ),
    "prp-spo2: a chain that feeds itself": (
        ":p owl:propertyChainAxiom ( :p :q ) .",
        ":a :p :b . :b :q :c . :c :q :d .",
        ":a :p :c, :d .",
    ),
    "cls-svf1: some value from a class": (
        ":Harmful owl:equivalentClass [ owl:onProperty :outcome ; owl:someValuesFrom :Bad ] . "
        ":Worse rdfs:subClassOf :Bad .",
        ":x :outcome :y . :y a :Worse .",
        ":x a :Harmful . :y a :Bad .",
    ),
    "cls-svf2: some value at all": (
        ":Absent owl:equivalentClass [ owl:onProperty :lacks ; owl:someValuesFrom owl:Thing ] .",
        ":x :lacks :y .",
        ":x a :Absent .",
    ),
    "cls-hv1, cls-hv2": (
        ":GroupOnly owl:equivalentClass [ owl:onProperty :through ; owl:hasValue :Group ] .",
        ":x :through :Group . :y a :GroupOnly .",
        ":x a :GroupOnly . :y :through :Group .",
    ),
    "cls-hv2 of a literal": (
        ":Made owl:equivalentClass [ owl:onProperty :synthetic ; owl:hasValue true ] .",
        ":x :synthetic true . :y :synthetic false .",
        ":x a :Made .",
    ),
    "cls-int1: a member of every part": (
        """:Contested owl:equivalentClass [ owl:intersectionOf (
             [ owl:onProperty :by ; owl:someValuesFrom :E ]
             [ owl:onProperty :against ; owl:someValuesFrom :E ] ) ] .""",
        ":x :by :e ; :against :f . :y :by :e . :e a :E . :f a :E .",
        ":x a :Contested .",
    ),
    "cls-int2: and of each of its parts": (
        ":M owl:equivalentClass [ owl:intersectionOf ( :P :Q ) ] .",
        ":x a :M .",
        ":x a :P, :Q .",
    ),
    "cls-uni": (
        ":U owl:equivalentClass [ owl:unionOf ( :A :B ) ] .",
        ":x a :A . :y a :B .",
        ":x a :U . :y a :U .",
    ),
    "cls-avf": (
        ":A rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :B ] .",
        ":x a :A ; :p :y .",
        ":y a :B .",
    ),
    "cls-oo: what a class lists are its members": (
        ":One owl:equivalentClass [ owl:oneOf ( :i :j ) ] . :One rdfs:subClassOf :Kind .",
        ":i :p :j .",
        "",
    ),
    "prp-fp: two values of a functional property are one thing": (
        ":p a owl:FunctionalProperty .",
        ":x :p :a, :b .",
        ":a owl:sameAs :b . :b owl:sameAs :a .",
    ),
    "nothing follows from annotations and unknown names": (
        ":A a owl:Class ; rdfs:label 'a' . :p a owl:ObjectProperty .",
        ":x a :A ; :p :y ; rdfs:label 'x' .",
        "",
    ),
    "what is stated is not inferred again": (
        ":A rdfs:subClassOf :B . :p rdfs:subPropertyOf :q .",
        ':x a :A, :B ; :p "01"^^xsd:integer ; :q "01"^^xsd:integer .',
        "",
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_exactly_what_a_rule_implies(rule: str) -> None:
    ontology, given, expected = RULES[rule]
    assert Reasoner(axioms(ontology)).close(facts(given)).inferred == tuple(sorted(facts(expected)))


def test_of_the_ontology_itself_only_relations_of_named_classes_and_its_individuals_are_kept() -> None:
    ontology = """:A a owl:Class ; rdfs:subClassOf :B . :B a owl:Class ; rdfs:subClassOf :C .
      :D a owl:Class ; owl:equivalentClass [ owl:intersectionOf ( :A [ owl:onProperty :p ;
        owl:someValuesFrom owl:Thing ] ) ] . :p a owl:ObjectProperty ; rdfs:subPropertyOf :q . :q rdfs:domain
        :A . :One a owl:Class ; owl:equivalentClass [ owl:oneOf ( :i ) ] . :i a :A ."""
    expected = facts(":A rdfs:subClassOf :C . :D rdfs:subClassOf :A, :B, :C . :i a :B, :C, :One .")
    assert Reasoner(axioms(ontology)).ontology == tuple(sorted(expected))


def test_the_same_facts_in_another_order_give_the_same_lines() -> None:
    reasoner = Reasoner(axioms(RULES["cls-int1: a member of every part"][0]))
    given = facts(RULES["cls-int1: a member of every part"][1])
    assert reasoner.close(given).inferred == reasoner.close(reversed(given)).inferred
