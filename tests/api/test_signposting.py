"""A study's forms and signposts: each is what it says it is, the link set has all links, the header those that are few."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS

from cmograph import resources
from tests.api.conftest import Served, serving

STUDY = "https://w3id.org/cmograph/id/study/mcleish-2024"
PAGE = "/about/study/mcleish-2024"
SYNTHETIC = "/about/study/synthetic-demonstration"
DCAT = Namespace("http://www.w3.org/ns/dcat#")  # rdflib knows version 2 of it
SCHEMA_ORG = 'application/ld+json;profile="https://schema.org"'
_LINK = re.compile(r'<([^>]+)>((?:; [a-z]+="[^"]*")+)')


@pytest.fixture(scope="module")
def served(demonstration: Path) -> Iterator[Served]:
    with serving(resources.QUERIES, demonstration) as served:
        yield served


def get(served: Served, path: str, accept: str = "*/*", **headers: str) -> httpx2.Response:
    return served.client.get(path, headers={"Accept": accept, **headers})


def links(text: str) -> list[dict[str, str]]:
    """The links of a header, or of a link set's text format: the target as `href`, and each attribute."""
    found = []
    for target, attributes in _LINK.findall(text):
        found.append({"href": target, **dict(re.findall(r'; ([a-z]+)="([^"]*)"', attributes))})
    return found


def link_set(served: Served, path: str) -> dict[str, dict[str, Any]]:
    """A link set in JSON, by anchor; our own address left out."""
    answer = get(served, f"{path}?format=linkset")
    assert answer.headers["content-type"] == "application/linkset+json"
    contexts = answer.json()["linkset"]
    assert all(context["anchor"].startswith(served.address) for context in contexts)
    return {context.pop("anchor").removeprefix(served.address): context for context in contexts}


def test_the_header_has_the_signposts_of_the_first_level(served: Served) -> None:
    """https://signposting.org/FAIR/; nobody's ORCID is in the study, so that nobody is its `author`."""
    found = links(get(served, PAGE).headers["link"])
    assert {one["rel"] for one in found} == {
        *("cite-as", "type", "license", "describedby", "item", "linkset"),
        *("latest-version", "version-history"),
    }
    assert [one["href"] for one in found if one["rel"] == "cite-as"] == [STUDY]
    assert {one["href"] for one in found if one["rel"] == "type"} == {
        "https://schema.org/AboutPage",
        "https://schema.org/Dataset",
    }
    assert len(get(served, SYNTHETIC).headers["link"]) < 4096, "a proxy would refuse it"


def test_signposts_lead_to_what_they_say(served: Served) -> None:
    found = [one for one in links(get(served, PAGE).headers["link"]) if one["href"].startswith("/")]
    assert len(found) > 10
    for one in found:
        there = get(served, one["href"])
        assert there.status_code == 200 and there.headers["content-type"].startswith(one["type"]), one
        if "profile" in one and one["type"] == "application/ld+json":
            assert there.headers["content-type"] == f'{one["type"]}; profile="{one["profile"]}"'
        if one["rel"] == "describedby":
            (back,) = [sign for sign in links(there.headers["link"]) if sign["rel"] == "describes"]
            assert back["href"] == PAGE


def test_the_link_set_has_all_that_the_study_has_and_each_leads_back(served: Served) -> None:
    found = link_set(served, PAGE)
    items = [item["href"].removeprefix(served.address) for item in found[PAGE]["item"]]
    # The published change model: 16 exports that the open edition gives out, 7 configurations, 11 components.
    assert len(items) == 16 + 7 + 11 and len(set(items)) == len(items)
    assert f"{PAGE}/configuration/A1" in items and f"{PAGE}/component/wellbeing" in items
    for item in items:
        assert found[item]["collection"] == [{"href": f"{served.address}{PAGE}", "type": "text/html"}]
    for metadata in found[PAGE]["describedby"]:
        described = found[metadata["href"].removeprefix(served.address)]["describes"]
        assert described == [{"href": f"{served.address}{PAGE}", "type": "text/html"}]


def test_every_item_is_there_as_what_it_is_said_to_be(served: Served) -> None:
    for item in link_set(served, PAGE)[PAGE]["item"]:
        there = get(served, item["href"].removeprefix(served.address))
        assert there.status_code == 200 and there.headers["content-type"].startswith(item["type"]), item


def test_the_link_set_as_text_has_the_same_links(served: Served) -> None:
    text = get(served, PAGE, "application/linkset")
    assert text.headers["content-type"] == "application/linkset"
    as_text = {
        (one["anchor"].removeprefix(served.address), one["rel"], one["href"], one.get("type"))
        for one in links(text.text)
    }
    as_json = {
        (anchor, relation, target["href"], target.get("type"))
        for anchor, relations in link_set(served, PAGE).items()
        for relation, targets in relations.items()
        for target in targets
    }
    assert as_text == as_json


def test_what_a_study_has_leads_to_the_study(served: Served) -> None:
    here = f"{PAGE}/configuration/A1"
    found = {one["rel"]: one for one in links(get(served, here).headers["link"])}
    assert found["collection"]["href"] == PAGE and found["cite-as"]["href"] == f"{STUDY}/configuration/A1"
    assert found["license"]["href"] == "https://creativecommons.org/licenses/by/4.0/"
    assert link_set(served, here)[here]["collection"][0]["href"] == f"{served.address}{PAGE}"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (SCHEMA_ORG, SCHEMA_ORG),
        ('application/ld+json; profile="http://schema.org/"', SCHEMA_ORG),
        ("application/ld+json;profile=https://schema.org;q=0.9, text/html;q=0.5", SCHEMA_ORG),
        (f"text/html, {SCHEMA_ORG};q=0.5", "text/html;charset=utf-8"),
        ('application/ld+json;profile="https://example.org/a,b https://schema.org"', SCHEMA_ORG),
        ('application/ld+json;profile="https://example.org/a,b"', "application/ld+json"),
        ("application/ld+json", "application/ld+json"),
        ('text/turtle;profile="http://www.w3.org/ns/dcat#"', "text/turtle;charset=utf-8"),
    ],
)
def test_a_profile_is_negotiated(served: Served, accept: str, kind: str) -> None:
    answer = get(served, PAGE, accept)
    assert answer.status_code == 200 and answer.headers["content-type"].replace(" ", "") == kind
    assert "accept" in answer.headers["vary"].lower()
    held = get(served, PAGE, accept, **{"If-None-Match": answer.headers["etag"]})
    assert held.status_code == 304


def test_each_form_has_an_etag_of_its_own(served: Served) -> None:
    forms = ["html", "ttl", "nt", "rdf", "jsonld", "datacite", "cff", "schema-org", "dcat", "dcat-jsonld"]
    forms += ["linkset", "linkset-text"]
    assert len({get(served, f"{PAGE}?format={form}").headers["etag"] for form in forms}) == len(forms)


def test_schema_org_says_what_a_data_search_looks_for(served: Served) -> None:
    said = get(served, f"{PAGE}?format=schema-org").json()
    assert said["@type"] == "Dataset" and said["@id"] == said["url"] == STUDY
    assert [one["name"] for one in said["creator"]] == ["McLeish J", "McCourt C", "Ayers S"]
    assert said["license"] == "https://creativecommons.org/licenses/by/4.0/" and said["inLanguage"] == "en"
    assert said["isBasedOn"]["url"] == "https://doi.org/10.1080/02646838.2024.2416448"
    assert said["datePublished"] == "2026-11-25" and said["isAccessibleForFree"] is True
    crate = next(one for one in said["distribution"] if one["encodingFormat"] == "application/zip")
    assert crate["contentUrl"] == f"{served.address}/exports/ro-crate?study=mcleish-2024"
    assert (
        get(served, f"{SYNTHETIC}?format=schema-org")
        .json()["description"]
        .startswith("Synthetic: nobody said")
    )


@pytest.mark.parametrize("accept", ["*/*", "text/html,*/*;q=0.8", "text/turtle", "image/png"])
def test_dcat_is_turtle_unless_json_ld_is_wanted(served: Served, accept: str) -> None:
    answer = get(served, f"{PAGE}?format=dcat", accept)
    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
    graph = Graph().parse(data=answer.text, format="turtle")
    this = URIRef(STUDY)
    assert (this, RDF.type, DCAT.Dataset) in graph
    assert graph.value(this, DCTERMS.language) == URIRef("http://id.loc.gov/vocabulary/iso639-1/en")
    assert graph.value(this, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert graph.value(this, DCAT.landingPage) == URIRef(served.address + PAGE)
    assert graph.value(predicate=DCAT.dataset, object=this) == URIRef(
        "https://w3id.org/cmograph/id/catalogue"
    )
    agents = {
        str(graph.value(one, URIRef("http://xmlns.com/foaf/0.1/name")))
        for one in graph.objects(this, DCTERMS.creator)
    }
    assert agents == {"McLeish J", "McCourt C", "Ayers S"}
    forms = list(graph.objects(this, DCAT.distribution))
    assert len(forms) == 16
    for form in forms:
        assert str(graph.value(form, DCAT.mediaType)).startswith(
            "https://www.iana.org/assignments/media-types/"
        )
        assert graph.value(form, DCTERMS.license) and graph.value(form, DCTERMS.title)
    assert graph.value(this, URIRef("https://w3id.org/cmograph/realist#synthetic")) == Literal(False)


def test_dcat_as_json_ld_says_the_same(served: Served) -> None:
    json_ld = get(served, f"{PAGE}?format=dcat", "application/ld+json")
    assert json_ld.headers["content-type"] == 'application/ld+json; profile="http://www.w3.org/ns/dcat#"'
    assert json_ld.content == get(served, f"{PAGE}?format=dcat-jsonld").content
    nodes = {node["@id"]: node for node in json_ld.json()}
    assert len(nodes[STUDY][str(DCAT.distribution)]) == 16


@pytest.mark.parametrize("form", ["datacite", "cff", "schema-org", "dcat", "dcat-jsonld"])
def test_only_a_study_is_cited_and_catalogued(served: Served, form: str) -> None:
    answer = get(served, f"{PAGE}/configuration/A1?format={form}")
    assert answer.status_code == 406 and answer.headers["content-type"] == "application/problem+json"
