"""The names in the code and the terms in the ontology are the same, both ways."""

from __future__ import annotations

import pytest

from cmograph import vocabulary
from cmograph.ontology import Ontology
from cmograph.vocabulary import REALIST


def names(namespace: type) -> dict[str, str]:
    return {
        name: value for name, value in vars(namespace).items() if not name.startswith("_") and name != "NS"
    }


def test_the_core_and_the_code_have_the_same_terms(ontology: Ontology) -> None:
    in_code = set(names(REALIST).values())
    in_core = {iri for iri in ontology.terms if iri.startswith(REALIST.NS)}
    assert in_code - in_core == set(), (
        "declare these in ontology/realist.ttl, or take them out of vocabulary/realist.py"
    )
    assert in_core - in_code == set(), "name these in class REALIST of vocabulary/realist.py"


@pytest.mark.parametrize(
    "name", [name for name in vocabulary.__all__ if name.isupper() and name not in {"GRAPH", "ID"}]
)
def test_every_name_is_its_own_local_name(name: str) -> None:
    namespace = getattr(vocabulary, name)
    assert {local: namespace.NS + local for local in names(namespace)} == names(namespace)
