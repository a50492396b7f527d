"""Every IRI that the code writes or asks for, once.

A test holds `REALIST` against `ontology/realist.ttl` both ways. A domain module's terms have no place here:
the code works with any domain, so it meets their IRIs only in studies and in `ontology.Ontology`.
"""

from __future__ import annotations

from cmograph.vocabulary.description import BIBO, DCAT, DCTERMS, OA, PROV, SSSOM, VOID
from cmograph.vocabulary.logic import OWL, RDF, RDFS, SH, SKOS, XSD
from cmograph.vocabulary.realist import PPS, REALIST

__all__ = [
    "BIBO",
    "DCAT",
    "DCTERMS",
    "GRAPH",
    "ID",
    "OA",
    "OWL",
    "PPS",
    "PROV",
    "RDF",
    "RDFS",
    "REALIST",
    "SH",
    "SKOS",
    "SSSOM",
    "VOID",
    "XSD",
]

BASE = "https://w3id.org/cmograph/"

ID = BASE + "id/"
"""Everything we name hangs below this."""

GRAPH = BASE + "graph/"
"""Every named graph hangs below this."""
