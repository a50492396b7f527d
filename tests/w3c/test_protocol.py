"""The SPARQL 1.1 Protocol as the W3C tests it (https://www.w3.org/TR/sparql11-protocol/)."""

from __future__ import annotations

import pytest

from tests.w3c.exchanges import Conversation, conversations, converse
from tests.w3c.server import Endpoint
from tests.w3c.turtle import needs_suites

_MANIFEST = "sparql11/protocol/manifest.ttl"


@needs_suites
@pytest.mark.parametrize("case", conversations(_MANIFEST, "SPARQL 1.1 Protocol"), ids=lambda case: case.id)
def test_the_protocol(case: Conversation, served: Endpoint) -> None:
    if case.data:
        served.load(case.data)
    served.forget()
    converse(case, served, served.sparql, "/sparql/")
