"""SPARQL 1.0, 1.1 and 1.2 as the W3C tests them: what is a query, what it answers, what an update does.

Each test of the suites is sent over HTTP to one endpoint; `pytest tests/w3c -m ""`, in under two minutes, prints how many passed. To test
another endpoint, whose data will be deleted, name it:

    CMOGRAPH_CONFORMANCE=http://127.0.0.1:7878/sparql,http://127.0.0.1:7878/store pytest tests/w3c -m ""

A third part is sent as a bearer token. `known_failures.toml` counts for our own server alone.
"""

from __future__ import annotations

import re

import pytest
from pyoxigraph import Quad

from tests.w3c.conftest import KNOWN
from tests.w3c.manifests import Case, cases, dataset
from tests.w3c.results import CSV, JSON, TSV, XML, Answer, Solutions, difference, read, read_file
from tests.w3c.server import Endpoint
from tests.w3c.turtle import iri_of, needs_suites

_GRAPHS = ("application/n-triples", "text/turtle")
_EVERYTHING = "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
_MANAGES = re.compile(r"\b(?:CREATE|CLEAR|DROP|COPY|MOVE|ADD)\b", re.IGNORECASE)
_DROPPED = re.compile(
    r"\b(?:CLEAR|DROP)\s+GRAPH\s+(<[^>]*>)"
)  # must be there, or the error is none of syntax
_COMMENT_OR_TERM = re.compile(r"""#[^\n]*|"[^"\n]*"|'[^'\n]*'|<[^>\s]*>""")


@pytest.mark.slow
@needs_suites
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_the_suites(case: Case, served: Endpoint) -> None:
    _RUNS[case.kind](case, served)


def _evaluates(case: Case, served: Endpoint) -> None:
    served.load(case.data)
    assert case.result
    expected = read_file(case.result)
    ordered = _orders(case.text)
    for kind in _formats(case, expected):
        reply = served.query(case.text, kind)
        assert reply.status == 200, str(reply)
        assert reply.kind == kind
        wrong = difference(expected, read(reply.body, kind), ordered=ordered, lax=case.lax)
        assert not wrong, f"{kind}\n{case.text}\n{wrong}"


def _orders(text: str) -> bool:
    """Whether a query, and not only one inside it, says in which order its rows come."""
    modifiers = _COMMENT_OR_TERM.sub("", text).rpartition("}")[2]
    return re.search(r"\bORDER\s+BY\b", modifiers, re.IGNORECASE) is not None


def _formats(case: Case, expected: Answer) -> tuple[str, ...]:
    if isinstance(expected, tuple):
        return _GRAPHS
    assert case.result
    own = {".csv": CSV, ".tsv": TSV}.get(case.result.suffix)
    if own == CSV:  # says too little to compare typed answers with
        return (CSV,)
    return (JSON, XML, *filter(None, [own]))


def _updates(case: Case, served: Endpoint) -> None:
    served.load(case.data)
    reply = served.update(case.text)
    assert 200 <= reply.status < 300, str(reply)
    found = served.query(_EVERYTHING, JSON)
    assert found.status == 200, str(found)
    wrong = difference(dataset(case.after), _quads(read(found.body, JSON)))
    assert not wrong, f"{case.text}\n{wrong}"


def _accepts_query(case: Case, served: Endpoint) -> None:
    reply = served.query(case.text, "*/*")
    assert reply.status == 200, f"{case.text}\n{reply}"


def _accepts_update(case: Case, served: Endpoint) -> None:
    if _MANAGES.search(case.text):
        made = [
            f"INSERT DATA {{ GRAPH {graph} {{ <urn:s> <urn:p> <urn:o> }} }}"
            for graph in _DROPPED.findall(case.text)
        ]
        prepared = served.update(" ;\n".join([f"BASE <{iri_of(case.request)}>\nDROP ALL", *made]))
        assert 200 <= prepared.status < 300, str(prepared)
    reply = served.update(case.text)
    assert 200 <= reply.status < 300, f"{case.text}\n{reply}"


def _refuses_query(case: Case, served: Endpoint) -> None:
    reply = served.query(case.text, "*/*")
    assert reply.status == 400, f"{case.text}\n{reply}"


def _refuses_update(case: Case, served: Endpoint) -> None:
    reply = served.update(case.text)
    assert reply.status == 400, f"{case.text}\n{reply}"


def _quads(answer: Answer) -> tuple[Quad, ...]:
    """The dataset that an answer to `_EVERYTHING` lists."""
    assert isinstance(answer, Solutions)
    return tuple(Quad(*(row[name] for name in "spog" if name in row)) for row in answer.rows)  # type: ignore[arg-type]


_RUNS = {
    "QueryEvaluationTest": _evaluates,
    "CSVResultFormatTest": _evaluates,
    "UpdateEvaluationTest": _updates,
    "PositiveSyntaxTest": _accepts_query,
    "PositiveUpdateSyntaxTest": _accepts_update,
    "NegativeSyntaxTest": _refuses_query,
    "NegativeUpdateSyntaxTest": _refuses_update,
}


@needs_suites
def test_every_known_failure_is_a_test() -> None:
    assert KNOWN.keys() <= {case.iri for case in cases()}
