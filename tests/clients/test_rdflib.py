"""rdflib's SPARQLStore: a graph of ours in someone's notebook, read as if it were their own."""

from __future__ import annotations

import pytest
from rdflib import RDF, RDFS, BNode, Graph, Literal, Namespace, URIRef, Variable
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from cmograph.vocabulary import GRAPH
from tests.api.conftest import Served
from tests.clients.conftest import EVALUATIONS, TYPES, YES

REALIST = Namespace("https://w3id.org/cmograph/realist#")


@pytest.fixture(
    params=[(method, kind) for method in ("GET", "POST", "POST_FORM") for kind in ("xml", "json", "csv")]
)
def store(request: pytest.FixtureRequest, endpoint: str) -> SPARQLStore:
    method, kind = request.param
    return SPARQLStore(endpoint, method=method, returnFormat=kind)


def test_a_query(store: SPARQLStore, expected: list[str]) -> None:
    assert [str(row[Variable("study")]) for row in Graph(store).query(EVALUATIONS).bindings] == expected


@pytest.mark.parametrize("kind", ["xml", "json"])
def test_a_question(endpoint: str, kind: str) -> None:
    assert Graph(SPARQLStore(endpoint, returnFormat=kind)).query(YES).askAnswer is True


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_a_graph_that_is_constructed(endpoint: str, expected: list[str], method: str) -> None:
    found = Graph(SPARQLStore(endpoint, method=method)).query(TYPES).graph
    assert found is not None
    assert sorted(map(str, found.subjects(RDF.type, REALIST.Evaluation))) == expected


def test_the_pattern_of_a_triple(endpoint: str, expected: list[str]) -> None:
    graph = Graph(SPARQLStore(endpoint))
    assert sorted(str(s) for s, _, _ in graph.triples((None, RDF.type, REALIST.Evaluation))) == expected
    study = URIRef(expected[0])
    assert (study, RDF.type, REALIST.Evaluation) in graph
    assert (study, RDF.type, REALIST.Outcome) not in graph
    label = graph.value(REALIST.Configuration, RDFS.label)
    assert isinstance(label, Literal)
    assert label.language == "en"
    assert REALIST.Configuration in set(graph.subjects(RDFS.label, label))


def test_the_length_is_the_number_of_triples(served: Served, endpoint: str) -> None:
    counted = served.client.get(
        "/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"}, headers={"Accept": "text/csv"}
    )
    assert len(Graph(SPARQLStore(endpoint))) == int(counted.text.split()[1]) > 1000


def test_a_named_graph_is_read_by_its_name(endpoint: str) -> None:
    store = SPARQLStore(endpoint)
    ontology, catalogue = (Graph(store, URIRef(GRAPH + name)) for name in ("ontology", "catalogue"))
    assert (REALIST.Configuration, RDF.type, None) in ontology
    assert (REALIST.Configuration, RDF.type, None) not in catalogue
    assert 0 < len(catalogue) < len(Graph(store))
    with pytest.raises(TypeError, match="read only"):
        ontology.add((REALIST.Configuration, RDF.type, REALIST.Configuration))


def test_names_bound_in_the_client_are_bound_in_the_query(endpoint: str, expected: list[str]) -> None:
    graph = Graph(SPARQLStore(endpoint))
    found = graph.query("SELECT ?type { ?study a ?type }", initBindings={"study": URIRef(expected[0])})
    assert REALIST.Evaluation in {row[Variable("type")] for row in found.bindings}


def test_a_blank_node_is_refused_by_the_client(endpoint: str) -> None:
    """SPARQL has no name for a blank node of ours, and rdflib says so; what we build has none to ask for."""
    graph = Graph(SPARQLStore(endpoint))
    with pytest.raises(Exception, match="BNode"):
        list(graph.triples((BNode(), None, None)))
    assert graph.query("ASK { ?s ?p ?o FILTER(ISBLANK(?s) || ISBLANK(?o)) }").askAnswer is False


def test_what_is_wrong_is_an_error_of_the_client(endpoint: str) -> None:
    with pytest.raises(ValueError, match="wrong"):
        Graph(SPARQLStore(endpoint)).query("SELECT ?s { ?s ?p")
