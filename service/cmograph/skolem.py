"""Blank nodes to IRIs, the same ones every time (RDF 1.1 Concepts, section 3.5).

https://www.w3.org/TR/rdf11-concepts/#section-skolemization
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

__all__ = ["skolemise"]


def skolemise(statements: Sequence[Triple], base: str) -> list[Triple]:
    """Gives each blank node an IRI below `base`, made from what it says and where it stands; sorts.

    An edit elsewhere does not rename it, and no two lists share an end, at which `reasonable` misses members.
    OWL 2 class expressions and lists are trees (https://www.w3.org/TR/owl2-mapping-to-rdf/), so this ends.
    """
    says: dict[BlankNode, list[Triple]] = defaultdict(list)
    for triple in statements:
        if isinstance(triple.subject, BlankNode):
            says[triple.subject].append(triple)
    inner = {triple.object for triple in statements}
    made: set[Triple] = set()

    def content(term: NamedNode | BlankNode | Literal | Triple) -> str:
        if not isinstance(term, BlankNode):
            return str(term)
        return "[" + "; ".join(sorted(f"{t.predicate} {content(t.object)}" for t in says[term])) + "]"

    def write(subject: NamedNode, triple: Triple) -> None:
        value = triple.object
        if isinstance(value, BlankNode):
            value = name(value, f"{subject} {triple.predicate} ")
        made.add(Triple(subject, triple.predicate, value))

    def name(node: BlankNode, place: str) -> NamedNode:
        named = NamedNode(base + hashlib.sha256((place + content(node)).encode()).hexdigest()[:16])
        for triple in says[node]:
            write(named, triple)
        return named

    for triple in statements:
        if isinstance(triple.subject, NamedNode):
            write(triple.subject, triple)
    for node in says:
        if node not in inner:
            name(node, "")
    return sorted(made, key=str)
