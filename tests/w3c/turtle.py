"""An RDF file of the suites, read with the IRI that it has on the web as its base."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Dataset, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from tests.samples import SHARED

__all__ = [
    "MF",
    "QT",
    "RDF",
    "RDFS",
    "SUITES",
    "UT",
    "Graph",
    "Term",
    "file_of",
    "iri_of",
    "needs_suites",
    "read_quads",
]

Term = NamedNode | BlankNode | Literal | Triple

SUITES = SHARED / "w3c-rdf-tests" / "sparql"
needs_suites = pytest.mark.skipif(
    not SUITES.is_dir(), reason="needs shared/w3c-rdf-tests beside the checkout: the W3C's suites"
)
_WEB = "https://w3c.github.io/rdf-tests/sparql/"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"


def iri_of(file: Path) -> str:
    """The IRI of a file of the suites."""
    return _WEB + file.relative_to(SUITES).as_posix()


def file_of(iri: str) -> Path:
    """The file of the suites that has an IRI."""
    assert iri.startswith(_WEB), f"{iri} is no file of the suites"
    return SUITES / iri.removeprefix(_WEB)


def read_quads(file: Path) -> list[Quad]:
    """What a file says; no two files share a blank node.

    The graph of a quad of a format without graphs is the default one.
    """
    form = RdfFormat.from_extension(file.suffix.removeprefix("."))
    return list(parse(path=file, format=form, base_iri=iri_of(file), rename_blank_nodes=True))


class Graph:
    """A file's statements, by subject and predicate."""

    def __init__(self, quads: list[Quad]) -> None:
        self._quads = Dataset(quads)

    @classmethod
    def of(cls, file: Path) -> Graph:
        """The statements of a file."""
        return cls(read_quads(file))

    def objects(self, subject: Term, predicate: str) -> list[Term]:
        """The objects of a subject's property, in no order."""
        assert isinstance(subject, NamedNode | BlankNode)
        return [
            quad.object
            for quad in self._quads.quads_for_subject(subject)
            if quad.predicate.value == predicate
        ]

    def value(self, subject: Term, predicate: str) -> Term | None:
        """The one object of a subject's property, or None."""
        found = self.objects(subject, predicate)
        assert len(found) < 2, f"{subject} has {len(found)} values of {predicate}"
        return found[0] if found else None

    def text(self, subject: Term, predicate: str) -> str:
        """The lexical form or IRI of a subject's one property; "" where it has none."""
        found = self.value(subject, predicate)
        return found.value if isinstance(found, NamedNode | Literal) else ""

    def subjects(self, predicate: str, value: Term | None = None) -> list[Term]:
        """What has a property, with any value or the one given."""
        quads = self._quads.quads_for_predicate(NamedNode(predicate))
        return [quad.subject for quad in quads if value is None or quad.object == value]

    def members(self, head: Term | None) -> Iterator[Term]:
        """The members of an RDF list, in order."""
        while isinstance(head, BlankNode):
            (first,) = self.objects(head, RDF + "first")
            yield first
            head = self.value(head, RDF + "rest")
