"""The manifests of the SPARQL 1.0, 1.1 and 1.2 suites as test cases (https://w3c.github.io/rdf-tests/)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol, runtime_checkable
from urllib.parse import urljoin

from pyoxigraph import BlankNode, NamedNode, Quad

from tests.w3c.turtle import MF, QT, RDF, RDFS, SUITES, UT, Graph, Term, file_of, iri_of, read_quads

__all__ = ["Case", "Sources", "Tested", "cases", "dataset", "entries", "sources"]

Sources = tuple[tuple[str, Path], ...]
"""What a dataset is loaded from: the graph's IRI, "" for the default one, and a file."""

_ROOTS = ("sparql10/manifest.ttl", "sparql11/manifest-all.ttl", "sparql12/manifest.ttl")
_OUT_OF_SCOPE = {
    "sparql11/entailment": "out of scope: the service answers under simple entailment",
    "sparql11/service": "out of scope: a federated query needs endpoints that the suite does not bring",
}
_OTHER_PROTOCOLS = {"ProtocolTest", "GraphStoreProtocolTest", "ServiceDescriptionTest"}
_FROM = re.compile(r"\bFROM\s+(?:NAMED\s+)?<([^>]*)>", re.IGNORECASE)
_RELATIVE = re.compile(r"<(?![a-z][a-z0-9+.-]*:)[^<>\"{}|^`\\\s]*>|\b[IU]RI\s*\(", re.IGNORECASE)


@runtime_checkable
class Tested(Protocol):
    """What every test of the suites has, and the table of counts wants to know."""

    @property
    def iri(self) -> str:
        """Its IRI."""

    @property
    def suite(self) -> str:
        """What it counts under."""

    @property
    def out_of_scope(self) -> str:
        """Why it is not run; "" where it is."""


@dataclass(frozen=True)
class Case:
    """One test of a query or an update.

    Attributes:
        iri: its IRI.
        kind: its class in the manifest, without the version, such as `PositiveSyntaxTest`.
        request: the file of the query or the update.
        data: the dataset before.
        result: the file of the expected answer, of a query's evaluation.
        after: the dataset afterwards, of an update's evaluation.
        lax: whether rows may be missing as often as REDUCED lets them.
    """

    iri: str
    kind: str
    request: Path
    data: Sources = ()
    result: Path | None = None
    after: Sources = ()
    lax: bool = False

    @property
    def folder(self) -> str:
        """Where it lies, such as `sparql11/bind`."""
        return self.request.parent.relative_to(SUITES).as_posix()

    @property
    def id(self) -> str:
        """A short name, such as `sparql11/bind/bind01`."""
        return f"{self.folder}/{self.iri.rpartition('#')[2]}"

    @property
    def out_of_scope(self) -> str:
        """Why it is not run; "" where it is."""
        return _OUT_OF_SCOPE.get(self.folder, "")

    @property
    def updates(self) -> bool:
        """Whether it changes the dataset."""
        return "Update" in self.kind

    @property
    def suite(self) -> str:
        """What it counts under."""
        version = f"SPARQL 1.{self.folder[7]}"
        if self.folder in _OUT_OF_SCOPE:
            return f"{version} {'federation' if self.folder.endswith('service') else 'entailment'}"
        if self.kind == "CSVResultFormatTest" or self.folder.endswith(("csv-tsv-res", "json-res")):
            return f"{version} result formats"
        return f"{version} {'update' if self.updates else 'query'} {'syntax' if 'Syntax' in self.kind else 'evaluation'}"

    @property
    def text(self) -> str:
        """The query or update, which reads relative IRIs against its file's as the suites assume."""
        text = self.request.read_text(encoding="utf-8")
        return f"BASE <{iri_of(self.request)}>\n{text}" if _RELATIVE.search(text) else text


def dataset(data: Sources) -> tuple[Quad, ...]:
    """What files say in the graphs that they are loaded into; no two of them share a blank node."""
    quads = []
    for graph, file in data:
        for quad in read_quads(file):
            name = NamedNode(graph) if graph else quad.graph_name
            quads.append(Quad(quad.subject, quad.predicate, quad.object, name))
    return tuple(quads)


@cache
def cases() -> tuple[Case, ...]:
    """Every query and update test; those with the same data beside each other, what changes it last."""
    found = [
        _case(graph, entry, kind)
        for root in _ROOTS
        for graph, entry, kind in entries(root)
        if kind not in _OTHER_PROTOCOLS
    ]
    return tuple(sorted(found, key=lambda case: (bool(case.out_of_scope), case.updates, case.data, case.id)))


def entries(manifest: str) -> Iterator[tuple[Graph, NamedNode, str]]:
    """The tests of a manifest and of those it includes: the graph that describes it, its IRI, its class.

    None where the suites are not there.
    """
    if not SUITES.is_dir():
        return
    graph = Graph.of(SUITES / manifest)
    for head in graph.subjects(MF + "entries"):
        for entry in graph.members(graph.value(head, MF + "entries")):
            (kind,) = graph.objects(entry, RDF + "type")
            assert isinstance(entry, NamedNode)
            assert isinstance(kind, NamedNode)
            yield graph, entry, kind.value.removeprefix(MF).removesuffix("11")
    for head in graph.subjects(MF + "include"):
        for included in graph.members(graph.value(head, MF + "include")):
            assert isinstance(included, NamedNode)
            yield from entries(file_of(included.value).relative_to(SUITES).as_posix())


def _case(graph: Graph, entry: NamedNode, kind: str) -> Case:
    action, result = graph.value(entry, MF + "action"), graph.value(entry, MF + "result")
    assert action is not None
    lax = bool(graph.objects(entry, MF + "resultCardinality"))
    if isinstance(action, NamedNode):
        return Case(entry.value, kind, file_of(action.value))
    if "Update" in kind:
        assert result is not None
        request = file_of(graph.text(action, UT + "request"))
        return Case(entry.value, kind, request, sources(graph, action, UT), after=sources(graph, result, UT))
    assert isinstance(result, NamedNode)
    request = file_of(graph.text(action, QT + "query"))
    data = sources(graph, action, QT) or _sources_of_query(request)
    return Case(entry.value, kind, request, data, file_of(result.value), lax=lax)


def sources(graph: Graph, node: Term, vocabulary: str) -> Sources:
    """What a node of a manifest says that a dataset is loaded from, in the vocabulary of queries or updates."""
    found = []
    for file in graph.objects(node, vocabulary + "data"):
        assert isinstance(file, NamedNode)
        found.append(("", file_of(file.value)))
    for named in graph.objects(node, vocabulary + "graphData"):
        if isinstance(named, BlankNode):
            found.append((graph.text(named, RDFS + "label"), file_of(graph.text(named, UT + "graph"))))
        else:
            assert isinstance(named, NamedNode)
            found.append((named.value, file_of(named.value)))
    return tuple(sorted(found))


def _sources_of_query(request: Path) -> Sources:
    """The files that a query names by FROM, as graphs of that name: how the suites give those no other data."""
    iris = {urljoin(iri_of(request), iri) for iri in _FROM.findall(request.read_text(encoding="utf-8"))}
    return tuple((iri, file_of(iri)) for iri in sorted(iris))
