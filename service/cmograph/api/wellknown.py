"""`/.well-known`: what is served, in VoID and DCAT, and the questions as examples, for editors and crawlers.

VoID: https://www.w3.org/TR/void/, section 7.2 for its place. DCAT: https://www.w3.org/TR/vocab-dcat-3/. Examples:
the form of the SIB's endpoints (https://github.com/sib-swiss/sparql-examples), which is SHACL's `sh:SPARQLExecutable`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse
from starlette.responses import Response

from cmograph.api.caching import entity_tag, is_fresh, validators
from cmograph.api.description import declare_prefixes, format_iri, service_statements, well_known, write_graph
from cmograph.api.negotiation import choose, format_parameter
from cmograph.api.problems import ProblemDetails
from cmograph.api.service import Service, ServiceDependency, notice_headers, unless_gone
from cmograph.engine.editions import Snapshot
from cmograph.engine.formats import GRAPHS, JSON, N_TRIPLES
from cmograph.engine.guard import check
from cmograph.errors import Problem, StoreError
from cmograph.questions.answers import read_rows
from cmograph.questions.examples import Example, examples_of, prefixes_of
from cmograph.release.catalogue import CATALOGUE
from cmograph.settings import Settings
from cmograph.vocabulary import DCAT, DCTERMS, GRAPH, ID, OWL, PPS, RDF, RDFS, REALIST, SH, VOID

__all__ = ["Counter", "Counts", "router"]

_FOAF = "http://xmlns.com/foaf/0.1/"
_SCHEMA = "https://schema.org/"
_ACCESS = "http://publications.europa.eu/resource/authority/access-right/"
_CC_BY = NamedNode("https://creativecommons.org/licenses/by/4.0/")
_EXAMPLES = 3
_ATTEMPTS = 3

_CATALOGUE = check(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{GRAPH}catalogue> {{ ?s ?p ?o }} }}")
# The edition that whoever asks may see is all that is counted. Of the open one every quad is public, so that a count
# of them tells no more than the quads do: a small cell is not there to be counted (`disclosure`, when it was built).
_CLASSES = check("SELECT ?name (COUNT(*) AS ?n) WHERE { ?s a ?name } GROUP BY ?name ORDER BY ?name")
_PROPERTIES = check("SELECT ?name (COUNT(*) AS ?n) WHERE { ?s ?name ?o } GROUP BY ?name ORDER BY ?name")
_GRAPHS = check("SELECT ?name (COUNT(*) AS ?n) { GRAPH ?name { ?s ?p ?o } } GROUP BY ?name ORDER BY ?name")


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted of a snapshot, in statements; what a plain query sees, and each named graph.

    Attributes:
        snapshot: that was counted.
        catalogue: its catalogue.
        classes: how many things each class has.
        properties: how many statements each property has.
        graphs: how many statements each named graph has.
    """

    snapshot: Snapshot
    catalogue: tuple[Triple, ...]
    classes: dict[str, int]
    properties: dict[str, int]
    graphs: dict[str, int]

    @property
    def studies(self) -> list[str]:
        """The studies of the catalogue."""
        listed = NamedNode(DCAT.dataset)
        named = (said.object for said in self.catalogue if said.predicate == listed)
        return sorted(thing.value for thing in named if isinstance(thing, NamedNode))


class Counter:
    """Counts each snapshot once: on a million quads it takes seconds. Keeps the last of each edition."""

    def __init__(self) -> None:
        self._counts: dict[str, Counts] = {}
        self._counting = asyncio.Lock()

    async def count(self, service: Service) -> Counts:
        """What is served now; who asks while it is counted waits for it.

        Raises:
            StoreError: releases follow each other too fast.
            QueryError: see `Backend.query`.
        """
        async with self._counting:
            for _ in range(_ATTEMPTS):
                now = service.backend.snapshot
                known = self._counts.get(now.edition)
                if known is not None and known.snapshot == now:
                    return known
                counts = await _count(service, now)
                # If a release came in between, some of it was counted in one and some in the other.
                if service.backend.snapshot == now:
                    self._counts[now.edition] = counts
                    return counts
            raise StoreError(
                Problem("The data changes faster than it can be counted.", "Ask again in a moment.")
            )


async def _count(service: Service, snapshot: Snapshot) -> Counts:
    """Count what is served, one query after the other: nobody's look-up waits for more than one of them."""
    catalogue = await service.backend.query(_CATALOGUE, N_TRIPLES)
    counts = []
    for query in (_CLASSES, _PROPERTIES, _GRAPHS):
        _, rows = read_rows((await service.backend.query(query, JSON)).body)
        # What has no IRI is left out here: a filter in the query would look at every statement, for ten times as long.
        named = (row for row in rows if row[0] and row[0].kind == "uri")
        counts.append({name.text: int(number.text) for name, number in named if name and number})
    statements = await asyncio.to_thread(_read, catalogue.body)
    return Counts(snapshot, statements, *counts)


def _read(body: bytes) -> tuple[Triple, ...]:
    return tuple(sorted((quad.triple for quad in parse(body, format=RdfFormat.N_TRIPLES)), key=str))


def router() -> APIRouter:
    """The well-known resources."""
    routes = APIRouter(prefix="/.well-known", tags=["description"])
    counter = Counter()
    responses: dict[int | str, dict[str, Any]] = {
        200: {"content": {format.media_type: {} for format in GRAPHS}},
        "default": {"model": ProblemDetails, "description": "An error."},
    }

    asked = {"parameters": [format_parameter(GRAPHS)]}

    @routes.get(
        "/void",
        summary="What is served?",
        response_class=Response,
        responses=responses,
        openapi_extra=asked,
    )
    async def describe_dataset(request: Request, service: ServiceDependency) -> Response:
        """The catalogue of studies, and what the edition that you see holds: VoID and DCAT."""
        chosen = choose(request.headers.get("accept"), GRAPHS, request.query_params.get("format"))
        tag = entity_tag(service.backend.snapshot, chosen.format)
        if is_fresh(request, tag):
            return Response(status_code=304, headers=validators(tag))
        counts = await unless_gone(request.receive, counter.count(service))
        settings: Settings = request.app.settings
        offered = service_statements(
            _endpoint(request),
            updates=settings.store is not None,
            federated=bool(settings.federation),
            named_graphs=counts.graphs,
        )
        statements = [*offered, *_dataset(counts, _endpoint(request)), *counts.catalogue]
        body = await asyncio.to_thread(write_graph, statements, chosen.format)
        headers = await notice_headers(service) | validators(entity_tag(counts.snapshot, chosen.format))
        return Response(body, headers=headers | {"Content-Type": chosen.content_type})

    @routes.get(
        "/sparql-examples",
        summary="What can be asked?",
        response_class=Response,
        responses=responses,
        openapi_extra=asked,
    )
    async def list_examples(request: Request, service: ServiceDependency) -> Response:
        """Every question as a query that runs as it is: `sh:SPARQLExecutable`, with its prefixes."""
        chosen = choose(request.headers.get("accept"), GRAPHS, request.query_params.get("format"))
        snapshot = service.backend.snapshot
        tag = entity_tag(snapshot, chosen.format)
        if is_fresh(request, tag):
            return Response(status_code=304, headers=validators(tag))
        questions = list(service.library.values())
        examples = list(examples_of(questions, snapshot.edition))
        statements = _examples(examples, prefixes_of(questions), _endpoint(request))
        body = write_graph(statements, chosen.format)
        return Response(body, headers=validators(tag) | {"Content-Type": chosen.content_type})

    return routes


def _endpoint(request: Request) -> str:
    """The SPARQL endpoint's address, as the client reached us."""
    return str(request.base_url) + "sparql"


def _dataset(counts: Counts, endpoint: str) -> Iterator[Triple]:
    """What is said of the served edition beside what the service offers, and the catalogue, the same in both."""
    service, dataset = NamedNode(endpoint), NamedNode(endpoint + "#dataset")
    document = NamedNode(well_known(endpoint, "void"))
    access = NamedNode(_ACCESS + ("PUBLIC" if counts.snapshot.edition == "open" else "RESTRICTED"))
    yield _is_a(document, VOID.NS + "DatasetDescription")
    yield Triple(document, NamedNode(_FOAF + "primaryTopic"), dataset)
    if counts.catalogue:
        yield Triple(NamedNode(CATALOGUE), NamedNode(DCAT.service), service)
    yield _is_a(service, DCAT.DataService)
    yield Triple(service, NamedNode(DCTERMS.title), Literal("cmograph SPARQL endpoint", language="en"))
    yield Triple(service, NamedNode(DCAT.endpointURL), service)
    yield Triple(service, NamedNode(DCAT.endpointDescription), service)
    yield Triple(service, NamedNode(DCAT.servesDataset), dataset)
    yield Triple(service, NamedNode(DCTERMS.NS + "accessRights"), access)
    yield _is_a(dataset, DCAT.Dataset)
    title = f"What the {counts.snapshot.edition} edition of this store holds"
    yield Triple(dataset, NamedNode(DCTERMS.title), Literal(title, language="en"))
    yield Triple(dataset, NamedNode(DCAT.version), Literal(counts.snapshot.release))
    yield Triple(dataset, NamedNode(DCTERMS.NS + "accessRights"), access)
    yield Triple(dataset, NamedNode(VOID.uriSpace), Literal(ID))
    for study in counts.studies[:_EXAMPLES]:
        yield Triple(dataset, NamedNode(VOID.exampleResource), NamedNode(study))
    for format in GRAPHS:
        yield Triple(dataset, NamedNode(VOID.feature), format_iri(format))
    for vocabulary in (REALIST.NS, PPS.NS):
        ontology = NamedNode(vocabulary.removesuffix("#"))
        yield Triple(dataset, NamedNode(VOID.vocabulary), ontology)
        yield _is_a(ontology, OWL.NS + "Ontology")
        # Ours; a study's licence is in the catalogue.
        yield Triple(ontology, NamedNode(DCTERMS.license), _CC_BY)
    yield from _statistics(counts, dataset)


def _statistics(counts: Counts, dataset: NamedNode) -> Iterator[Triple]:
    """VoID, sections 4.2 to 4.5: of the default graph, which is what a query that names no graph sees."""
    yield Triple(dataset, NamedNode(VOID.triples), Literal(sum(counts.properties.values())))
    yield Triple(dataset, NamedNode(VOID.classes), Literal(len(counts.classes)))
    yield Triple(dataset, NamedNode(VOID.properties), Literal(len(counts.properties)))
    for order, (name, count) in enumerate(counts.classes.items()):
        part = BlankNode(f"class{order}")
        yield Triple(dataset, NamedNode(VOID.classPartition), part)
        yield Triple(part, NamedNode(VOID.NS + "class"), NamedNode(name))
        yield Triple(part, NamedNode(VOID.entities), Literal(count))
    for order, (name, count) in enumerate(counts.properties.items()):
        part = BlankNode(f"property{order}")
        yield Triple(dataset, NamedNode(VOID.propertyPartition), part)
        yield Triple(part, NamedNode(VOID.property), NamedNode(name))
        yield Triple(part, NamedNode(VOID.triples), Literal(count))


def _examples(examples: Sequence[Example], prefixes: dict[str, str], endpoint: str) -> Iterator[Triple]:
    here, service = well_known(endpoint, "sparql-examples"), NamedNode(endpoint)
    declared = NamedNode(f"{here}#prefixes")
    yield _is_a(declared, OWL.NS + "Ontology")  # what SHACL (section 5.2.1) lets declare prefixes
    yield from declare_prefixes(declared, prefixes)
    for example in examples:
        this = NamedNode(f"{here}#{example.id}")
        # One comment each: editors show an example once for every comment it has.
        comment = Literal(f"{example.title} {example.description}", language="en")
        for kind in ("SPARQLExecutable", "SPARQLSelectExecutable"):
            yield _is_a(this, SH.NS + kind)
        yield Triple(this, NamedNode(DCTERMS.identifier), Literal(example.id))
        yield Triple(this, NamedNode(DCTERMS.title), Literal(example.title, language="en"))
        yield Triple(this, NamedNode(RDFS.comment), comment)
        yield Triple(this, NamedNode(SH.NS + "prefixes"), declared)
        yield Triple(this, NamedNode(SH.NS + "select"), Literal(example.text))
        yield Triple(this, NamedNode(_SCHEMA + "target"), service)
        question = NamedNode(endpoint.removesuffix("sparql") + f"questions/{example.id}")
        yield Triple(this, NamedNode(RDFS.seeAlso), question)
        for keyword in example.keywords:
            yield Triple(this, NamedNode(_SCHEMA + "keywords"), Literal(keyword))


def _is_a(subject: NamedNode | BlankNode, kind: str) -> Triple:
    return Triple(subject, NamedNode(RDF.type), NamedNode(kind))
