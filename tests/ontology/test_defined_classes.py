"""Each defined class gets exactly its members by OWL 2 RL materialisation, the way a build does it."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from cmograph.ontology import Ontology
from cmograph.reasoning import Reasoner
from cmograph.vocabulary import OWL, RDF, REALIST

from .abox import MEMBERS, THINGS, ntriples


@pytest.fixture(scope="module")
def statements(ontology: Ontology) -> set[tuple[str, str, str]]:
    facts = ntriples().splitlines(keepends=True)
    inferred = Reasoner(ontology.ntriples().decode()).close(facts).inferred
    parsed = parse("".join(inferred), format=RdfFormat.N_TRIPLES)
    return {(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in parsed}


def test_every_defined_class_is_tried(ontology: Ontology) -> None:
    defined = {
        ontology.curie(triple.subject.value)
        for triple in ontology.triples
        if triple.predicate.value == OWL.equivalentClass and isinstance(triple.subject, NamedNode)
    }
    assert defined == set(MEMBERS), "give each defined class a member in tests/ontology/abox.py"


@pytest.mark.parametrize("name", MEMBERS)
def test_a_defined_class_has_its_members_and_no_other(
    ontology: Ontology, statements: set[tuple[str, str, str]], name: str
) -> None:
    found = {
        subject.removeprefix(f"<{THINGS}").removesuffix(">")
        for subject, predicate, value in statements
        if predicate == f"<{RDF.type}>" and value == f"<{ontology.resolve(name)}>"
    }
    assert found == set(MEMBERS[name].split())


def test_a_chain_is_found(statements: set[tuple[str, str, str]]) -> None:
    links = {(s, o) for s, p, o in statements if p == f"<{REALIST.leadsTo}>"}
    assert links == {(f"<{THINGS}{a}>", f"<{THINGS}{b}>") for a, b in (("C1", "C2"), ("H1", "H2"))}


def test_no_class_expression_is_inferred_as_a_type(statements: set[tuple[str, str, str]]) -> None:
    assert not [
        value for _, predicate, value in statements if predicate == f"<{RDF.type}>" and "/id/" in value
    ]
