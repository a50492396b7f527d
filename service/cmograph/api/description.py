"""The endpoint about itself: SPARQL 1.1 Service Description in RDF, and its part of the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from cmograph.api.negotiation import format_parameter
from cmograph.engine.formats import GRAPHS, RESULTS, Format
from cmograph.questions.examples import PREFIXES
from cmograph.vocabulary import DCAT, DCTERMS, RDF, RDFS, SH, VOID, XSD

__all__ = [
    "BEARER",
    "OPENAPI",
    "declare_prefixes",
    "describe_service",
    "format_iri",
    "service_statements",
    "well_known",
    "write_graph",
]

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
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
_SHOWN = {
    "dcat": DCAT.NS,
    "dcterms": DCTERMS.NS,
    "foaf": "http://xmlns.com/foaf/0.1/",
    "formats": _FORMATS,
    "rdfs": RDFS.NS,
    "schema": "https://schema.org/",
    "sd": _SD,
    "sh": SH.NS,
    "void": VOID.NS,
    "xsd": XSD.NS,
}

_Subject = NamedNode | BlankNode


def describe_service(
    endpoint: str, format: Format, *, updates: bool = True, federated: bool = False
) -> bytes:
    """The service description of an endpoint.

    Args:
        endpoint: its URL, as the client reached it.
        format: one of the formats of graphs.
        updates: whether it takes updates, from whoever may send them.
        federated: whether it calls other endpoints (SERVICE).
    """
    return write_graph(service_statements(endpoint, updates=updates, federated=federated), format)


def service_statements(
    endpoint: str,
    *,
    updates: bool = True,
    federated: bool = False,
    named_graphs: Mapping[str, int] | None = None,
    prefixes: Mapping[str, str] = PREFIXES,
) -> list[Triple]:
    """What an endpoint says of itself.

    `sd:UnionDefaultGraph` is not claimed: a built edition's default graph holds what its named graphs hold, but a
    store that clients write to may have graphs that it does not hold.

    Args:
        endpoint: its URL, as the client reached it.
        updates: whether it takes updates, from whoever may send them.
        federated: whether it calls other endpoints (SERVICE).
        named_graphs: of the default dataset, each with how many triples it has; none are named where none are given.
        prefixes: that queries use, with their namespaces.
    """
    service, dataset = NamedNode(endpoint), NamedNode(endpoint + "#dataset")
    graph, void = NamedNode(endpoint + "#default-graph"), NamedNode(well_known(endpoint, "void"))
    examples = NamedNode(well_known(endpoint, "sparql-examples"))
    statements = [
        Triple(service, NamedNode(RDF.type), _sd("Service")),
        Triple(service, _sd("endpoint"), service),
        Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        Triple(service, _sd("defaultEntailmentRegime"), NamedNode("http://www.w3.org/ns/entailment/Simple")),
        Triple(service, _sd("defaultDataset"), dataset),
        Triple(service, NamedNode(RDFS.seeAlso), void),
        Triple(service, NamedNode(RDFS.seeAlso), examples),
        Triple(dataset, NamedNode(RDF.type), _sd("Dataset")),
        Triple(dataset, NamedNode(RDF.type), NamedNode(VOID.Dataset)),
        Triple(dataset, NamedNode(VOID.sparqlEndpoint), service),
        Triple(dataset, NamedNode(RDFS.seeAlso), void),
        Triple(dataset, _sd("defaultGraph"), graph),
        Triple(graph, NamedNode(RDF.type), _sd("Graph")),
    ]
    if federated:
        statements.append(Triple(service, _sd("feature"), _sd("BasicFederatedQuery")))
    if updates:
        statements.append(Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Update")))
        statements += [Triple(service, _sd("inputFormat"), format_iri(known)) for known in GRAPHS]
    statements += [Triple(service, _sd("resultFormat"), format_iri(known)) for known in (*RESULTS, *GRAPHS)]
    for number, (name, triples) in enumerate(sorted((named_graphs or {}).items())):
        named, its_graph = BlankNode(f"named{number}"), BlankNode(f"graph{number}")
        statements += [
            Triple(dataset, _sd("namedGraph"), named),
            Triple(named, NamedNode(RDF.type), _sd("NamedGraph")),
            Triple(named, _sd("name"), NamedNode(name)),
            Triple(named, _sd("graph"), its_graph),
            Triple(its_graph, NamedNode(RDF.type), _sd("Graph")),
            Triple(its_graph, NamedNode(RDF.type), NamedNode(VOID.Dataset)),
            Triple(its_graph, NamedNode(VOID.triples), Literal(triples)),
        ]
    return [*statements, *declare_prefixes(service, prefixes)]


def well_known(endpoint: str, name: str) -> str:
    """The address of a well-known resource beside an endpoint (RFC 8615), below whatever path it is mounted at."""
    return urljoin(endpoint.rstrip("/"), f".well-known/{name}")


def format_iri(format: Format) -> NamedNode:
    """The W3C's name of a format."""
    return NamedNode(_FORMATS + _FORMAT_NAMES[format.name])


def declare_prefixes(subject: _Subject, prefixes: Mapping[str, str]) -> Iterator[Triple]:
    """Prefixes as `sh:declare` (SHACL, section 5.2.1).

    Args:
        subject: what declares them.
        prefixes: with their namespaces.
    """
    for prefix, namespace in sorted(prefixes.items()):
        declaration = BlankNode(f"prefix-{prefix}")
        value = Literal(namespace, datatype=NamedNode(XSD.NS + "anyURI"))
        yield Triple(subject, NamedNode(SH.NS + "declare"), declaration)
        yield Triple(declaration, NamedNode(RDF.type), NamedNode(SH.NS + "PrefixDeclaration"))
        yield Triple(declaration, NamedNode(SH.NS + "prefix"), Literal(prefix))
        yield Triple(declaration, NamedNode(SH.NS + "namespace"), value)


def write_graph(statements: Iterable[Triple], format: Format) -> bytes:
    """Statements as a document, those of one subject together, each once.

    Args:
        statements: in any order.
        format: one of the formats of graphs.
    """
    subjects: dict[_Subject | Triple, dict[Triple, None]] = {}
    for statement in statements:
        subjects.setdefault(statement.subject, {})[statement] = None
    body = serialize(
        (statement for group in subjects.values() for statement in group),
        format=RdfFormat.from_media_type(format.media_type),
        prefixes=_SHOWN,
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
    format_parameter((*RESULTS, *GRAPHS)),
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
_UPDATE_PARAMETERS = {
    "update": {**_TEXT, "description": "A SPARQL 1.1 update; needs a token with the scope write."},
    "using-graph-uri": _IRIS,
    "using-named-graph-uri": _IRIS,
}
_FORM = {
    "type": "object",
    "description": "Either a query or an update.",
    "properties": {parameter["name"]: parameter["schema"] for parameter in _PARAMETERS} | _UPDATE_PARAMETERS,
}
_DONE = {"description": "Done; `X-Cmograph-Release` names the release that it made, if anything changed."}
BEARER: list[dict[str, list[str]]] = [{}, {"bearer": []}]
"""Who may ask, as OpenAPI says it: anyone, and whoever has a token."""

_NEEDED: list[dict[str, list[str]]] = [{"bearer": []}]
_GRAPH = [
    _parameter("graph", "The graph's IRI.", {"type": "string", "format": "iri"}),
    _parameter("default", "The default graph, in place of a named one.", {"type": "string", "maxLength": 0}),
]
_GRAPH_BODY = {
    "required": True,
    "content": {format.media_type: {"schema": _TEXT} for format in GRAPHS}
    | {"multipart/form-data": {"schema": {"type": "object"}}},
}
_ERROR = {"default": _RESPONSES["default"]}
_WRITTEN = {"201": {"description": "Made; `X-Cmograph-Release` as with 204."}, "204": _DONE, **_ERROR}


def _operation(id: str, summary: str, responses: dict[str, Any], **more: Any) -> dict[str, Any]:
    tag = "graphs" if "graph" in id else "sparql"
    return {"tags": [tag], "summary": summary, "operationId": id, **more, "responses": responses}


OPENAPI: dict[str, Any] = {
    "/sparql": {
        "get": _operation(
            "query_by_get", "SPARQL query", _RESPONSES, parameters=_PARAMETERS, security=BEARER
        ),
        "post": _operation(
            "query_or_update_by_post",
            "SPARQL query or update",
            {**_RESPONSES, "204": _DONE},
            parameters=_PARAMETERS[1:],
            requestBody={
                "required": True,
                "content": {
                    "application/sparql-query": {"schema": _TEXT},
                    "application/sparql-update": {"schema": _TEXT},
                    "application/x-www-form-urlencoded": {"schema": _FORM},
                },
            },
            security=BEARER,
        ),
    },
    "/graphs": {
        "get": _operation(
            "read_graph",
            "Read a graph",
            {
                "200": {
                    "description": "The graph.",
                    "content": {format.media_type: {} for format in GRAPHS},
                },
                **_ERROR,
            },
            parameters=[*_GRAPH, format_parameter(GRAPHS)],
            security=BEARER,
        ),
        "put": _operation(
            "replace_graph",
            "Have a graph hold just this",
            _WRITTEN,
            parameters=_GRAPH,
            requestBody=_GRAPH_BODY,
            security=_NEEDED,
        ),
        "post": _operation(
            "add_to_graph",
            "Have a graph hold this as well; without a graph, make a new one",
            _WRITTEN,
            parameters=_GRAPH,
            requestBody=_GRAPH_BODY,
            security=_NEEDED,
        ),
        "delete": _operation(
            "remove_graph", "Remove a graph", {"204": _DONE, **_ERROR}, parameters=_GRAPH, security=_NEEDED
        ),
    },
}
"""The items under `paths` of the OpenAPI document that FastAPI does not know of."""
