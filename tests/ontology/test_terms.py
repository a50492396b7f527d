"""Every term is complete, and says so in a way that tells the reader what to mend."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from cmograph.ontology import Ontology, Term
from cmograph.vocabulary import DCTERMS, OWL, RDF, RDFS, SKOS

IDENTIFIER = re.compile(r"https://doi\.org/10\.\d{4,9}/\S+|https://www\.(w3|qdasoftware)\.org/\S+")
FAMILIES = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.NamedIndividual}


def module(term: Term) -> str:
    return f"ontology/{term.module.rsplit('/', 1)[-1]}.ttl"


def values(ontology: Ontology, predicate: str) -> dict[str, list[Literal | NamedNode]]:
    found: dict[str, list[Literal | NamedNode]] = defaultdict(list)
    for triple in ontology.triples:
        if triple.predicate.value == predicate and isinstance(triple.subject, NamedNode):
            assert isinstance(triple.object, Literal | NamedNode)
            found[triple.subject.value].append(triple.object)
    return found


def test_there_are_terms_enough_and_defined_classes_enough(ontology: Ontology) -> None:
    assert len(ontology.terms) >= 150
    assert len([iri for iri in values(ontology, OWL.equivalentClass) if iri in ontology.terms]) >= 20


@pytest.mark.parametrize(
    ("predicate", "what"),
    [(RDFS.label, "rdfs:label"), (SKOS.definition, "skos:definition"), (SKOS.example, "skos:example")],
)
def test_every_term_says_one_thing_in_english(ontology: Ontology, predicate: str, what: str) -> None:
    said = values(ontology, predicate)
    wrong = [
        f'{term.curie} has {len(said[iri])} {what}: in {module(term)} write {what} "…"@en once'
        for iri, term in ontology.terms.items()
        if [isinstance(one, Literal) and one.language for one in said[iri]] != ["en"]
    ]
    assert not wrong, "\n".join(wrong)


def test_every_term_names_its_source(ontology: Ontology) -> None:
    wrong = [
        f"{term.curie}: {term.source!r} is neither DOI nor specification: in {module(term)} write "
        "dcterms:source <https://doi.org/…> (for our own design: what motivated it, and a skos:editorialNote)"
        for term in ontology.terms.values()
        if not IDENTIFIER.fullmatch(term.source)
    ]
    assert not wrong, "\n".join(wrong)


def test_every_term_says_which_module_defines_it(ontology: Ontology) -> None:
    said = values(ontology, RDFS.isDefinedBy)
    wrong = [
        f"{term.curie}: in {module(term)} write rdfs:isDefinedBy <{term.module}>"
        for iri, term in ontology.terms.items()
        if [value.value for value in said[iri]] != [term.module]
    ]
    assert not wrong, "\n".join(wrong)


def test_a_definition_is_a_sentence_and_no_copy_of_another(ontology: Ontology) -> None:
    wrong = [
        f"{t.curie}: end the definition with a full stop"
        for t in ontology.terms.values()
        if t.definition[-1] != "."
    ]
    often = Counter(term.definition for term in ontology.terms.values())
    wrong += [
        f"{t.curie} has another's definition" for t in ontology.terms.values() if often[t.definition] > 1
    ]
    assert not wrong, "\n".join(wrong)


def test_no_two_terms_of_a_kind_have_one_name(ontology: Ontology) -> None:
    often = Counter(
        (term.kind, name.casefold())
        for term in ontology.terms.values()
        for name in {term.label, *term.synonyms}
    )
    assert [name for name, count in often.items() if count > 1] == []


def test_names_have_the_form_of_their_kind(ontology: Ontology) -> None:
    for term in ontology.terms.values():
        pattern = r"[a-z][A-Za-z0-9]*" if "property" in term.kind else r"[A-Z][A-Za-z0-9]*"
        assert re.fullmatch(pattern, term.curie.partition(":")[2]), f"{term.curie} is not {pattern}"


def test_every_class_but_the_roots_has_a_parent_that_is_declared(ontology: Ontology) -> None:
    domain = [term for term in ontology.terms.values() if term.curie.startswith("pps:")]
    lost = [
        t.curie
        for t in domain
        if not any(p.startswith("https://w3id.org/cmograph/realist#") for p in ontology.ancestors(t.iri))
    ]
    assert not lost, f"{lost} hang below nothing of the core: give each a class of realist: above it"


def test_everything_named_is_declared_once_and_as_one_kind(ontology: Ontology) -> None:
    """OWL 2 DL, section 5.8: https://www.w3.org/TR/owl2-syntax/#Entity_Declarations_and_Typing."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for triple in ontology.triples:
        if (
            triple.predicate.value == RDF.type
            and isinstance(triple.object, NamedNode)
            and triple.object.value in FAMILIES
        ):
            kinds[str(triple.subject)].add(triple.object.value)
    punned = {subject: found for subject, found in kinds.items() if len(found) > 1}
    assert not punned, f"declared as two kinds: {punned}"
    used = {str(triple.predicate) for triple in ontology.triples} - {
        f"<{p}>" for p in (RDF.type, RDF.first, RDF.rest)
    }
    builtin = ("<http://www.w3.org/2002/07/owl#", "<http://www.w3.org/2000/01/rdf-schema#")
    undeclared = [name for name in used if name not in kinds and not name.startswith(builtin)]
    assert not undeclared, (
        f"{undeclared}: declare each as owl:AnnotationProperty (or what it is) in realist.ttl"
    )
    operands = {
        str(t.object)
        for t in ontology.triples
        if t.predicate.value in (RDFS.subClassOf, RDFS.domain, OWL.disjointWith)
    }
    assert not [name for name in operands if "/id/ontology/" not in name and name not in kinds]


def test_only_simple_properties_are_asymmetric_functional_or_disjoint(ontology: Ontology) -> None:
    """OWL 2 DL, section 11.2: https://www.w3.org/TR/owl2-syntax/#Global_Restrictions_on_Axioms_in_OWL_2_DL."""
    owl = OWL.NS

    def of_type(name: str) -> set[str]:
        wanted = Triple(NamedNode("urn:x"), NamedNode(RDF.type), NamedNode(owl + name)).object
        return {
            str(t.subject) for t in ontology.triples if t.predicate.value == RDF.type and t.object == wanted
        }

    composite = of_type("TransitiveProperty") | {
        str(t.subject) for t in ontology.triples if t.predicate.value == OWL.propertyChainAxiom
    }
    above = {
        (str(t.subject), str(t.object)) for t in ontology.triples if t.predicate.value == RDFS.subPropertyOf
    }
    for _ in above:
        composite |= {parent for child, parent in above if child in composite}
    for name in (
        "AsymmetricProperty",
        "IrreflexiveProperty",
        "FunctionalProperty",
        "InverseFunctionalProperty",
    ):
        assert not composite & of_type(name), (
            f"{composite & of_type(name)} is not simple and may not be {name}"
        )
    disjoint = {str(t.subject) for t in ontology.triples if t.predicate.value == OWL.propertyDisjointWith}
    assert not composite & disjoint


def test_defined_classes_use_only_what_owl_2_rl_can_find_members_by(ontology: Ontology) -> None:
    """OWL 2 RL, table 2, subClassExpression: https://www.w3.org/TR/owl2-profiles/#Class_Expressions_3."""
    foreign = {"allValuesFrom", "complementOf", "minCardinality", "maxCardinality", "cardinality", "hasSelf",
               "minQualifiedCardinality", "maxQualifiedCardinality", "qualifiedCardinality"}  # fmt: skip
    found = {t.predicate.value.removeprefix(OWL.NS) for t in ontology.triples} & foreign
    assert not found, f"{found} finds no member in OWL 2 RL: say it by some, value, and, or"


def test_each_ontology_says_what_it_is(ontology: Ontology) -> None:
    for one in ontology.modules:
        said = {t.predicate.value: t.object for t in ontology.triples if t.subject == NamedNode(one.iri)}
        dated = said[OWL.versionInfo]
        assert isinstance(dated, Literal)
        assert one.version == f"{one.iri}/{dated.value}"
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", dated.value)
        assert said[DCTERMS.license] == NamedNode("https://creativecommons.org/licenses/by/4.0/")
        assert {DCTERMS.title, DCTERMS.creator, DCTERMS.description} <= set(said)
        assert not isinstance(said[DCTERMS.title], BlankNode)
