"""Whoever has no token: requests as they would send them, and every byte of what comes back."""

from __future__ import annotations

import http.client
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from urllib.parse import quote, urlencode, urlsplit

__all__ = ["PREFIXES", "Asked", "Names", "Outside", "Request", "Response", "queries"]

PREFIXES = """
PREFIX realist: <https://w3id.org/cmograph/realist#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX prov: <http://www.w3.org/ns/prov#>
"""
_VARIES = {"date", "x-request-id"}


@dataclass(frozen=True, slots=True)
class Request:
    """A request: the target as it goes over the wire."""

    target: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def said(self) -> str:
        """Everything that whoever asks has said, and so knows."""
        return " ".join((self.target, *self.headers.values(), self.body.decode("utf-8", "replace"))).replace(
            "+", " "
        )


@dataclass(frozen=True, slots=True)
class Response:
    """A response, whole."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def everything(self) -> bytes:
        """Every byte that could tell something."""
        lines = [f"{name}: {value}" for name, value in self.headers]
        return "\n".join((str(self.status), *lines, "")).encode() + self.body

    def same_as(self, other: Response, renamed: Mapping[str, str]) -> bool:
        """Whether this is what the other is, once names of this one are replaced."""
        return self._without(renamed) == other._without({})

    def _without(self, renamed: Mapping[str, str]) -> tuple[int, list[str], list[str]]:
        def rename(text: str) -> str:
            for name, other in renamed.items():
                text = text.replace(name, other).replace(quote(name, ""), quote(other, ""))
            return text

        headers = [
            # What is allowed comes in any order, that of a set.
            f"{name}: {', '.join(sorted(value.split(', '))) if name == 'allow' else rename(value)}"
            for name, value in self.headers
            if name.lower() not in _VARIES
        ]
        # Rows without ORDER BY come in any order: that of the engine's hashes.
        return self.status, sorted(headers), sorted(rename(self.body.decode("utf-8", "replace")).split("\n"))


class Outside:
    """One connection to a server, kept open, without a token."""

    def __init__(self, address: str) -> None:
        self.address = urlsplit(address).netloc
        self._connection = http.client.HTTPConnection(self.address, timeout=30)

    def ask(self, request: Request) -> Response:
        """Send a request; the answer is read to its end."""
        try:
            return self._ask(request)
        except (http.client.RemoteDisconnected, ConnectionError, http.client.CannotSendRequest):
            self._connection.close()  # the server may close after an error: a new connection is as good
            return self._ask(request)

    def _ask(self, request: Request) -> Response:
        self._connection.request(request.method, request.target, request.body or None, dict(request.headers))
        response = self._connection.getresponse()
        body = response.read()
        headers = tuple(response.getheaders())
        return Response(response.status, headers, f"{response.reason}\n".encode() + body)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@dataclass(frozen=True, slots=True)
class Names:
    """What a query is about: things of the restricted edition, or made-up ones of the same shape."""

    graph: str
    thing: str
    other: str
    text: str

    def renamed(self, others: Names) -> dict[str, str]:
        """Each of these names, and what it is in the others."""
        return {
            self.graph: others.graph,
            self.thing: others.thing,
            self.other: others.other,
            self.text: others.text,
            _path(self.thing): _path(others.thing),
            _path(self.other): _path(others.other),
        }


def _path(thing: str) -> str:
    """The end of an IRI, which an address that is about it ends in too."""
    return thing.removeprefix("https://w3id.org/cmograph/id")


@dataclass(frozen=True, slots=True)
class Asked:
    """The same request about what there is and about what there is not, and what each name of the second stands for."""

    real: Request
    made_up: Request
    renamed: Mapping[str, str]


_PATTERNS = (
    "<{thing}> ?p ?o",
    "?s ?p <{thing}>",
    "<{thing}> ?p <{other}>",
    "?s a realist:Participant ; ?p ?o",
    "?s a realist:Coding ; realist:codedBy ?o",
    "?s oa:exact ?o",
    "?s dcterms:identifier|dcterms:title|rdfs:label ?o FILTER(?o = '{text}')",
    "?s ?p ?o FILTER(CONTAINS(STR(?o), '{text}'))",
    "?s ?p ?o FILTER(REGEX(STR(?o), '{text}', 'i'))",
    "?s ?p ?o FILTER(STRSTARTS(STR(?o), '{text}'))",
    "?s ?p ?o FILTER(STRSTARTS(STR(?s), '{thing}'))",
    "VALUES ?s {{ <{thing}> <{other}> }} ?s ?p ?o",
    "VALUES ?o {{ '{text}' }} ?s ?p ?o",
    "<{thing}> (realist:inSource|realist:contributedBy|oa:hasTarget)* ?o",
    "?s (oa:hasTarget/oa:hasSelector/oa:exact) ?o",
    "?s (!rdf:type)+ <{thing}>",
    "<{thing}> !(rdf:type|^rdf:type)* ?o",
    "?s ^oa:hasTarget/realist:supports ?o",
    "<< <{thing}> ?p ?o >> ?q ?r",
    "?s rdf:reifies <<( <{thing}> ?p ?o )>>",
    "?s a realist:Configuration LATERAL {{ SELECT ?o {{ ?o realist:supports ?s ; realist:codedBy ?c }} LIMIT 1 }}",
    "BIND(<{thing}> AS ?s) ?s ?p ?o",
    "?s realist:contributedBy <{thing}> ; dcterms:title ?o",
    "?s realist:participantCount ?o",
)
_AROUND = (
    "{pattern}",
    "GRAPH <{graph}> {{ {pattern} }}",
    "GRAPH ?g {{ {pattern} }}",
    "GRAPH ?g {{ }} GRAPH ?g {{ {pattern} }}",
    "?c a realist:Configuration OPTIONAL {{ {pattern} }}",
    "?c a realist:Configuration FILTER EXISTS {{ {pattern} }}",
    "?c a realist:Configuration FILTER NOT EXISTS {{ GRAPH <{graph}> {{ {pattern} }} }}",
    "?c a realist:Evaluation MINUS {{ ?c ^realist:inEvaluation ?x . {pattern} }}",
    "{{ SELECT * {{ {pattern} }} LIMIT 40 }}",
    "{{ ?c a realist:Evaluation }} UNION {{ {pattern} }}",
)
_FORMS = (
    "SELECT * {dataset} WHERE {{ {where} }} LIMIT 40",
    "SELECT (COUNT(*) AS ?n) {dataset} WHERE {{ {where} }}",
    "SELECT (GROUP_CONCAT(STR(?o)) AS ?all) (COUNT(DISTINCT ?s) AS ?n) {dataset} WHERE {{ {where} }}",
    "SELECT (SAMPLE(?o) AS ?one) (MIN(STR(?o)) AS ?first) (MAX(STR(?s)) AS ?last) {dataset} WHERE {{ {where} }}",
    "SELECT ?g (COUNT(*) AS ?n) {dataset} WHERE {{ {where} }} GROUP BY ?g",
    "ASK {dataset} {{ {where} }}",
    "CONSTRUCT {{ ?s <http://e/is> ?o . <{thing}> <http://e/p> ?p }} {dataset} WHERE {{ {where} }} LIMIT 40",
    "DESCRIBE ?s {dataset} WHERE {{ {where} }} LIMIT 3",
    "DESCRIBE <{thing}> {dataset} WHERE {{ {where} }} LIMIT 3",
    "DESCRIBE <{thing}> <{other}> {dataset}",
    "SELECT ?n {dataset} WHERE {{ {{ SELECT (COUNT(*) AS ?n) {{ {where} }} }} FILTER(?n > 0) }}",
)
_DATASETS = (
    ("", ()),
    ("FROM <{graph}>", ()),
    ("FROM NAMED <{graph}>", ()),
    ("FROM <{graph}> FROM NAMED <{graph}>", ()),
    ("", (("default-graph-uri", "{graph}"),)),
    ("", (("named-graph-uri", "{graph}"),)),
    ("", (("default-graph-uri", "{graph}"), ("named-graph-uri", "{graph}"))),
    ("FROM <{graph}>", (("named-graph-uri", "{graph}"),)),
)
_RESULTS = ("json", "xml", "csv", "tsv")
_GRAPHS = ("ttl", "nt", "rdf", "jsonld")


def queries(seed: int, names: Sequence[tuple[Names, Names]], count: int) -> Iterator[Asked]:
    """The same query twice: about what there is, and about what there is not.

    Every pattern and every form comes up with everything around it; which dataset, format and method goes with
    them is drawn.
    """
    draw = random.Random(seed)
    shapes = list(product(_PATTERNS, _AROUND, _FORMS))
    draw.shuffle(shapes)
    for number in range(count):
        pattern, around, form = shapes[number % len(shapes)]
        dataset, parameters = draw.choice(_DATASETS)
        format = draw.choice(_RESULTS if form.startswith(("SELECT", "ASK")) else _GRAPHS)
        method = draw.choice(("GET", "GET", "POST"))
        real, made_up = names[number % len(names)]
        yield Asked(
            _request(real, pattern, around, form, dataset, parameters, format, method),
            _request(made_up, pattern, around, form, dataset, parameters, format, method),
            made_up.renamed(real),
        )


def _request(
    names: Names,
    pattern: str,
    around: str,
    form: str,
    dataset: str,
    parameters: tuple[tuple[str, str], ...],
    format: str,
    method: str,
) -> Request:
    values = {"graph": names.graph, "thing": names.thing, "other": names.other, "text": names.text}
    where = around.format(pattern=pattern.format(**values), **values)
    query = PREFIXES + form.format(where=where, dataset=dataset.format(**values), **values)
    asked = [
        ("query", query),
        ("format", format),
        *((name, value.format(**values)) for name, value in parameters),
    ]
    if method == "POST":
        return Request(
            "/sparql",
            "POST",
            {"Content-Type": "application/x-www-form-urlencoded"},
            urlencode(asked).encode(),
        )
    return Request("/sparql?" + urlencode(asked))
