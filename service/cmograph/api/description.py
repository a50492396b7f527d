"""The endpoint about itself: SPARQL 1.1 Service Description in RDF, and its part of the OpenAPI document."""

from __future__ import annotations

from typing import Any

from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from cmograph.engine.formats import GRAPHS, RESULTS, Format

__all__ = ["OPENAPI", "describe_service"]

_SD = "http://www.w3.org/ns/sparql-service-description#"
_RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

# https://www.w3.org/ns/formats/ names each format.
_FORMAT_NAMES = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "ttl": "Turtle",
    "nt": "N-Triples",
    "rdf": "RDF_XML",
    "jsonld": "JSON-LD",
}


def describe_service(endpoint: str, format: Format) -> bytes:
    """The service description of an endpoint.

    Args:
        endpoint: its URL, as the client reached it.
        format: one of the formats of graphs.
    """
    service = NamedNode(endpoint)
    dataset, graph = NamedNode(endpoint + "#dataset"), NamedNode(endpoint + "#default-graph")
    statements = [
        (service, _RDF_TYPE, _sd("Service")),
        (service, _sd("endpoint"), service),
        (service, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        (service, _sd("defaultDataset"), dataset),
        (dataset, _RDF_TYPE, _sd("Dataset")),
        (dataset, _sd("defaultGraph"), graph),
        (graph, _RDF_TYPE, _sd("Graph")),
    ]
    statements += [
        (service, _sd("resultFormat"), NamedNode("http://www.w3.org/ns/formats/" + _FORMAT_NAMES[known.name]))
        for known in (*RESULTS, *GRAPHS)
    ]
    rdf_format = RdfFormat.from_media_type(format.media_type)
    body = serialize(
        (Triple(*statement) for statement in statements), format=rdf_format, prefixes={"sd": _SD}
    )
    assert body is not None  # noqa: S101 - pyoxigraph returns the bytes where no file is given
    return body


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


_TEXT: dict[str, Any] = {"type": "string"}
_IRIS: dict[str, Any] = {"type": "array", "items": {"type": "string", "format": "iri"}}
_PARAMETERS = [
    _parameter("query", "A SPARQL 1.1 query; without one, the service describes itself.", _TEXT),
    _parameter("default-graph-uri", "A graph of the query's default graph.", _IRIS),
    _parameter("named-graph-uri", "A named graph of the query.", _IRIS),
    _parameter(
        "format",
        "The format, in place of `Accept`.",
        {"type": "string", "enum": [format.name for format in (*RESULTS, *GRAPHS)]},
    ),
    _parameter("timeout", "Seconds after which an error is better than an answer.", {"type": "number"}),
]
_RESPONSES = {
    "200": {
        "description": "The whole answer.",
        "content": {format.media_type: {} for format in (*RESULTS, *GRAPHS)},
    },
    "default": {
        "description": "An error.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
    },
}
_FORM = {
    "type": "object",
    "required": ["query"],
    "properties": {parameter["name"]: parameter["schema"] for parameter in _PARAMETERS},
}

OPENAPI: dict[str, Any] = {
    "get": {
        "tags": ["sparql"],
        "summary": "SPARQL query",
        "operationId": "query_by_get",
        "parameters": _PARAMETERS,
        "responses": _RESPONSES,
    },
    "post": {
        "tags": ["sparql"],
        "summary": "SPARQL query",
        "operationId": "query_by_post",
        "parameters": _PARAMETERS[1:],
        "requestBody": {
            "required": True,
            "content": {
                "application/sparql-query": {"schema": _TEXT},
                "application/x-www-form-urlencoded": {"schema": _FORM},
            },
        },
        "responses": _RESPONSES,
    },
}
"""The endpoint's item under `paths` of the OpenAPI document."""
