"""Small ontologies for the tests, written in Turtle and read into N-Triples."""

from __future__ import annotations

import re

from pyoxigraph import RdfFormat, parse, serialize

__all__ = ["E", "axioms", "facts"]

E = "http://example.org/"
PREFIXES = f"""
@prefix : <{E}> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def axioms(turtle: str) -> str:
    """Turtle as N-Triples, blank nodes named as the ontology's are."""
    triples = (quad.triple for quad in parse(PREFIXES + turtle, format=RdfFormat.TURTLE))
    text = serialize(triples, format=RdfFormat.N_TRIPLES)
    assert text is not None
    return re.sub(r"_:(\w+)", r"<https://w3id.org/cmograph/id/ontology/\1>", text.decode())


def facts(turtle: str) -> list[str]:
    """Turtle as lines of N-Triples."""
    return axioms(turtle).splitlines(keepends=True)
