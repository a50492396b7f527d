"""The SPARQL 1.1 Service Description as the W3C tests it (https://www.w3.org/TR/sparql11-service-description/).

The suite names three tests and leaves to each implementer how they are run; the schema that the third one means
is the vocabulary of section 3, written as shapes in `service_description.ttl`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyshacl
import pytest
from pyoxigraph import RdfFormat
from rdflib import RDF, Namespace, URIRef
from rdflib import Graph as RdflibGraph

from tests.w3c.manifests import entries
from tests.w3c.server import Endpoint, Reply
from tests.w3c.turtle import needs_suites

_SHAPES = Path(__file__).with_name("service_description.ttl")
_SD = Namespace("http://www.w3.org/ns/sparql-service-description#")


@dataclass(frozen=True)
class Named:
    """A test that is only a name."""

    iri: str
    suite: str = "Service Description"
    out_of_scope: str = ""

    @property
    def id(self) -> str:
        """Its name."""
        return self.iri.rpartition("#")[2]


_CASES = [Named(entry.value) for _, entry, _ in entries("sparql11/service-description/manifest.ttl")]


@needs_suites
@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.id)
def test_the_service_description(case: Named, served: Endpoint) -> None:
    _TESTS[case.id](served)


def _returns_rdf(served: Endpoint) -> None:
    for kind in ("text/turtle", "application/rdf+xml", "application/n-triples"):
        reply = _ask(served, kind)
        assert reply.kind == kind
        assert len(_read(served, reply))
    anything = served.send("GET", served.sparql)
    assert anything.status == 200, str(anything)
    assert RdfFormat.from_media_type(anything.kind), str(anything)


def _has_endpoint_triple(served: Endpoint) -> None:
    description = _read(served, _ask(served, "text/turtle"))
    (service,) = description.subjects(_SD.endpoint, URIRef(served.sparql))
    assert (service, RDF.type, _SD.Service) in description


def _conforms_to_schema(served: Endpoint) -> None:
    description = _read(served, _ask(served, "text/turtle"))
    conforms, _, report = pyshacl.validate(description, shacl_graph=RdflibGraph().parse(_SHAPES))
    assert conforms, report


def _ask(served: Endpoint, accept: str) -> Reply:
    reply = served.send("GET", served.sparql, {"Accept": accept})
    assert reply.status == 200, str(reply)
    return reply


def _read(served: Endpoint, reply: Reply) -> RdflibGraph:
    return RdflibGraph().parse(reply.body, format=reply.kind, publicID=served.sparql)


_TESTS = {
    "returns-rdf": _returns_rdf,
    "has-endpoint-triple": _has_endpoint_triple,
    "conforms-to-schema": _conforms_to_schema,
}
