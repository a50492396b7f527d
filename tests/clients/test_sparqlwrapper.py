"""SPARQLWrapper, which many notebooks ask with: each form of query in each format that it can have."""

from __future__ import annotations

from typing import Any
from xml.dom.minidom import Document, Text

import pytest
import SPARQLWrapper as wrapper
from rdflib import RDF, Graph, URIRef
from SPARQLWrapper import SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from tests.clients.conftest import EVALUATIONS, TYPES, YES

EVALUATION = URIRef("https://w3id.org/cmograph/realist#Evaluation")
WAYS = [
    (wrapper.GET, wrapper.URLENCODED),
    (wrapper.POST, wrapper.URLENCODED),
    (wrapper.POST, wrapper.POSTDIRECTLY),
]


@pytest.fixture(params=WAYS, ids=lambda way: "-".join(way))
def way(request: pytest.FixtureRequest) -> tuple[str, str]:
    method, encoding = request.param
    return str(method), str(encoding)


def converted(endpoint: str, way: tuple[str, str], query: str, format: str) -> Any:
    client = SPARQLWrapper(endpoint)
    client.setMethod(way[0])
    client.setRequestMethod(way[1])
    client.setQuery(query)
    client.setReturnFormat(format)
    return client.queryAndConvert()


def test_json(endpoint: str, way: tuple[str, str], expected: list[str]) -> None:
    found = converted(endpoint, way, EVALUATIONS, wrapper.JSON)
    assert [row["study"]["value"] for row in found["results"]["bindings"]] == expected
    assert converted(endpoint, way, YES, wrapper.JSON)["boolean"] is True


def test_xml(endpoint: str, way: tuple[str, str], expected: list[str]) -> None:
    found = converted(endpoint, way, EVALUATIONS, wrapper.XML)
    assert isinstance(found, Document)
    texts = [node.firstChild for node in found.getElementsByTagName("uri")]
    assert [text.data for text in texts if isinstance(text, Text)] == expected
    [answer] = converted(endpoint, way, YES, wrapper.XML).getElementsByTagName("boolean")
    assert answer.firstChild.data == "true"


def test_csv_and_tsv(endpoint: str, way: tuple[str, str], expected: list[str]) -> None:
    assert converted(endpoint, way, EVALUATIONS, wrapper.CSV).decode().split() == ["study", *expected]
    told = converted(endpoint, way, EVALUATIONS, wrapper.TSV).decode().split()
    assert told == ["?study", *(f"<{study}>" for study in expected)]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("format", [wrapper.XML, wrapper.RDFXML])
def test_a_graph_in_rdf_xml(endpoint: str, way: tuple[str, str], expected: list[str], format: str) -> None:
    found = converted(endpoint, way, TYPES, format)
    assert sorted(map(str, found.subjects(RDF.type, EVALUATION))) == expected


@pytest.mark.parametrize("format", [wrapper.TURTLE, wrapper.N3])
def test_a_graph_in_turtle(endpoint: str, way: tuple[str, str], expected: list[str], format: str) -> None:
    found = Graph().parse(data=converted(endpoint, way, TYPES, format), format="turtle")
    assert sorted(map(str, found.subjects(RDF.type, EVALUATION))) == expected


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib.*")
@pytest.mark.filterwarnings("ignore::DeprecationWarning:SPARQLWrapper.*")
def test_a_graph_in_json_ld(endpoint: str, way: tuple[str, str], expected: list[str]) -> None:
    found = converted(endpoint, way, TYPES, wrapper.JSONLD)
    assert sorted(map(str, found.subjects(RDF.type, EVALUATION))) == expected


def test_what_is_wrong_is_an_error_of_the_client(endpoint: str, way: tuple[str, str]) -> None:
    with pytest.raises(QueryBadFormed, match="problem"):
        converted(endpoint, way, "SELECT ?s { ?s ?p", wrapper.JSON)
