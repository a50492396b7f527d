"""The ontology as it is in this checkout, read once."""

from __future__ import annotations

import shutil

import pytest

from cmograph.ontology import Ontology, load_ontology


@pytest.fixture(scope="session")
def ontology() -> Ontology:
    return load_ontology()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if shutil.which("java") is None:
        for item in items:
            if item.get_closest_marker("java"):
                item.add_marker(pytest.mark.skip(reason="HermiT needs Java, and there is none here"))
