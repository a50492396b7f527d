"""Content negotiation, by the headers that real clients send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

from cmograph.api.negotiation import choose
from cmograph.api.reading import HTML
from cmograph.engine.formats import GRAPHS, RESULTS
from cmograph.errors import UnknownName

CURL = "*/*"
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
YASGUI = "application/sparql-results+json,*/*;q=0.9"
YASGUI_GRAPH = "application/n-triples,*/*;q=0.9"
SPARQLWRAPPER_JSON = "application/sparql-results+json,application/json,text/javascript,application/javascript"
SPARQLWRAPPER_XML = "application/sparql-results+xml"
SPARQLWRAPPER_RDF = "application/rdf+xml,text/turtle,text/n3,application/n-triples,application/x-turtle"
RDFLIB = "application/sparql-results+xml, application/rdf+xml"
R_SPARQL = "application/sparql-results+xml,text/xml;q=0.9,*/*;q=0.1"
COMUNICA = (
    "application/sparql-results+json;q=1.0,application/sparql-results+xml;q=0.7,application/n-quads,"
    "text/turtle;q=0.95,application/ld+json;q=0.9,*/*;q=0.1"
)
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
READR = "text/csv, */*"


@pytest.mark.parametrize(
    ("accept", "results", "graph"),
    [
        (None, "json", "ttl"),
        ("", "json", "ttl"),
        (CURL, "json", "ttl"),
        (CHROME, "xml", "rdf"),
        (FIREFOX, "xml", "rdf"),
        (YASGUI, "json", "ttl"),
        (YASGUI_GRAPH, "json", "nt"),
        (SPARQLWRAPPER_JSON, "json", "jsonld"),
        (SPARQLWRAPPER_XML, "xml", None),
        (SPARQLWRAPPER_RDF, None, "ttl"),
        (RDFLIB, "xml", "rdf"),
        (R_SPARQL, "xml", "rdf"),
        (COMUNICA, "json", "ttl"),
        (JAVA, "json", "ttl"),
        (READR, "csv", "ttl"),
        ("text/tab-separated-values", "tsv", None),
        ("text/*", "csv", "ttl"),
        ("application/*;q=0.5, text/csv;q=0.4", "json", "nt"),
        ("text/turtle;q=0.5, application/ld+json", None, "jsonld"),
        ("TEXT/CSV;Q=1.0;charset=utf-8", "csv", None),
        ("application/json;q=0, */*", "json", "ttl"),
        ("application/sparql-results+json;q=0, */*", "xml", "ttl"),
        ("text/plain", None, "nt"),
        ("image/png", None, None),
        ("text/csv;q=nonsense", None, None),
        ("application/sparql-results+json;q=0", None, None),
        (";;;,,,/", None, None),
    ],
)
def test_a_client_gets_what_it_would_have(accept: str | None, results: str | None, graph: str | None) -> None:
    for offered, name in ((RESULTS, results), (GRAPHS, graph)):
        if name is None:
            with pytest.raises(HTTPException) as refused:
                choose(accept, offered)
            assert refused.value.status_code == 406
            assert offered[0].media_type in refused.value.detail
        else:
            assert choose(accept, offered).format.name == name


@pytest.mark.parametrize("accept", [CHROME, FIREFOX])
def test_a_browser_gets_a_page_where_there_is_one(accept: str) -> None:
    assert choose(accept, (*GRAPHS, HTML)).format == HTML


def test_an_alias_is_answered_by_its_own_name() -> None:
    assert choose("application/json", RESULTS).content_type == "application/json"
    assert choose("text/xml", RESULTS).content_type == "text/xml; charset=utf-8"


def test_the_url_wins_over_the_header() -> None:
    assert choose("image/png", RESULTS, "csv").format.name == "csv"
    assert choose(None, RESULTS, "srj").format.name == "json"
    with pytest.raises(UnknownName, match="json"):
        choose(None, RESULTS, "jsn")


@given(
    st.text()
    | st.lists(st.sampled_from(["text/csv", "*/*", ";q=", "0.5", ",", ";", "/", "application/json"])).map(
        "".join
    )
)
def test_no_header_crashes_it(accept: str) -> None:
    try:
        assert choose(accept, RESULTS).format in RESULTS
    except HTTPException as error:
        assert error.status_code == 406
