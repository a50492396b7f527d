"""The ontology on the web: a page with every term, RDF as it is, and the version that there is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from cmograph import resources
from cmograph.ontology import load_ontology
from tests.api.conftest import Served, serving

ONTOLOGY = load_ontology()
MODULES = {module.iri.rpartition("/")[2]: module for module in ONTOLOGY.modules}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving(resources.QUERIES, None) as served:
        yield served


def test_every_module_is_listed(served: Served) -> None:
    shown = served.client.get("/ontology").text
    assert all(f'href="/ontology/{name}"' in shown for name in MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_a_page_has_an_anchor_for_every_term(served: Served, name: str) -> None:
    shown = served.client.get(f"/ontology/{name}", headers={"Accept": "text/html"})
    assert shown.status_code == 200
    for term in ONTOLOGY.terms.values():
        if term.module == MODULES[name].iri:
            assert f'id="{term.iri.rpartition("#")[2]}"' in shown.text


@pytest.mark.parametrize("name", MODULES)
def test_turtle_is_the_file_and_the_other_formats_say_the_same(served: Served, name: str) -> None:
    turtle = served.client.get(f"/ontology/{name}", headers={"Accept": "text/turtle"})
    assert turtle.content == MODULES[name].file.read_bytes()
    triples = len(list(parse(turtle.content, format=RdfFormat.TURTLE)))
    for format, kind in (
        ("nt", RdfFormat.N_TRIPLES),
        ("jsonld", RdfFormat.JSON_LD),
        ("rdf", RdfFormat.RDF_XML),
    ):
        other = served.client.get(f"/ontology/{name}?format={format}")
        assert len(list(parse(other.content, format=kind))) == triples
        assert served.client.get(f"/ontology/{name}?format={format}").content == other.content, (
            "one ETag, one content"
        )
    held = served.client.get(
        f"/ontology/{name}", headers={"Accept": "text/turtle", "If-None-Match": turtle.headers["etag"]}
    )
    assert held.status_code == 304


def test_the_version_that_there_is_dereferences_and_another_is_told(served: Served) -> None:
    current = MODULES["realist"].version.rpartition("/")[2]
    assert served.client.get(f"/ontology/realist/{current}").status_code == 200
    wrong = served.client.get("/ontology/realist/1999-01-01")
    assert wrong.status_code == 404 and current in wrong.text
    assert "realist" in served.client.get("/ontology/realst").json()["problems"][0]["remedy"]


def test_the_file_is_where_the_wheel_has_it() -> None:
    assert all(Path(module.file).is_relative_to(resources.ONTOLOGY) for module in ONTOLOGY.modules)
