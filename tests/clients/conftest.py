"""The service as any client meets it: the bundled studies and questions, on a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cmograph import resources
from tests.api.conftest import Served, serving


@pytest.fixture(scope="package")
def served(demonstration: Path) -> Iterator[Served]:
    with serving(resources.QUERIES, demonstration) as running:
        yield running


@pytest.fixture(scope="package")
def endpoint(served: Served) -> str:
    return f"{served.address}/sparql"


@pytest.fixture(scope="package")
def expected(served: Served) -> list[str]:
    """The evaluations, asked for as plainly as can be: every client must find the same."""
    reply = served.client.get("/sparql", params={"query": EVALUATIONS}, headers={"Accept": "text/csv"})
    studies = reply.text.split()[1:]
    assert len(studies) > 1
    return studies


EVALUATIONS = (
    "SELECT ?study WHERE { ?study a <https://w3id.org/cmograph/realist#Evaluation> } ORDER BY ?study"
)
TYPES = (
    "CONSTRUCT { ?study a ?type } WHERE { ?study a <https://w3id.org/cmograph/realist#Evaluation> ; a ?type }"
)
YES = "ASK { ?study a <https://w3id.org/cmograph/realist#Evaluation> }"
