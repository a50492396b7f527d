"""The SPARQL 1.1 Graph Store HTTP Protocol as the W3C tests it (https://www.w3.org/TR/sparql11-http-rdf-update/).

Both ways of naming a graph, directly by the request's URL and indirectly by a parameter.
"""

from __future__ import annotations

import pytest

from tests.w3c.exchanges import Conversation, conversations, converse
from tests.w3c.server import Endpoint
from tests.w3c.turtle import needs_suites

_MANIFEST = "sparql11/graph-store-protocol/manifest.ttl"


@needs_suites
@pytest.mark.parametrize("case", conversations(_MANIFEST, "Graph Store Protocol"), ids=lambda case: case.id)
def test_the_graph_store(case: Conversation, served: Endpoint) -> None:
    served.load(case.data)
    served.forget()
    converse(case, served, served.graphs, "/gsp")
