"""A thing's IRI leads to what is said of it: to a page for people, to RDF for programs, and to nothing restricted."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import yaml
from rdflib import Graph, URIRef

from cmograph import resources
from cmograph.access import Scope, TokenBook
from tests.api.conftest import Served, serving

ID = "https://w3id.org/cmograph/id/"
STUDY = "study/synthetic-demonstration"
PUBLISHED = "study/mcleish-2024"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
RDFLIB = "text/turtle,application/rdf+xml;q=0.9,application/n-triples;q=0.8,*/*;q=0.1"


@pytest.fixture(scope="module")
def served(demonstration: Path) -> Iterator[Served]:
    with serving(resources.QUERIES, demonstration) as served:
        yield served


def get(served: Served, path: str, accept: str = "*/*", **headers: str) -> httpx2.Response:
    return served.client.get(path, headers={"Accept": accept, **headers})


@pytest.mark.parametrize(
    ("accept", "where", "media_type"),
    [
        (BROWSER, f"/about/{STUDY}/configuration/C12", "text/html"),
        ("*/*", f"/about/{STUDY}/configuration/C12", "text/html"),
        (RDFLIB, f"/about/{STUDY}/configuration/C12?format=ttl", "text/turtle"),
        ("application/ld+json", f"/about/{STUDY}/configuration/C12?format=jsonld", "application/ld+json"),
    ],
)
def test_an_iri_sends_on_to_what_is_said_of_it(
    served: Served, accept: str, where: str, media_type: str
) -> None:
    sent = get(served, f"/id/{STUDY}/configuration/C12", accept)
    assert (sent.status_code, sent.headers["location"], sent.headers["vary"]) == (303, where, "Accept")
    about = get(served, where, accept)
    assert about.status_code == 200 and about.headers["content-type"].startswith(media_type)
    held = get(served, where, accept, **{"If-None-Match": about.headers["etag"]})
    assert held.status_code == 304
    assert served.client.head(where, headers={"Accept": accept}).status_code == 200


def test_the_rdf_has_the_thing_its_parts_and_the_words_of_what_it_names(served: Served) -> None:
    text = get(served, f"/about/{STUDY}/configuration/C12?format=nt").text
    graph = Graph().parse(data=text, format="nt")
    this = URIRef(f"{ID}{STUDY}/configuration/C12")
    realist = "https://w3id.org/cmograph/realist#"
    (mechanism,) = graph.objects(this, URIRef(f"{realist}triggersMechanism"))
    assert mechanism == URIRef(f"{this}/mechanism")
    offered = list(graph.objects(mechanism, URIRef(f"{realist}offersResource")))
    assert [
        str(graph.value(one, URIRef("http://www.w3.org/2000/01/rdf-schema#label"))) for one in offered
    ] == ["Practical ideas that worked for others"]
    assert (URIRef(f"{this}/evidence/supports"), URIRef(f"{realist}supports"), this) in graph


def test_a_page_shows_a_study_with_its_configurations_and_that_it_is_synthetic(served: Served) -> None:
    shown = get(served, f"/about/{STUDY}", BROWSER).text
    assert "Synthetic data" in shown and f'href="/id/{STUDY}/configuration/C12"' in shown
    assert re.findall("<script[^>]*>", shown) == ['<script type="application/ld+json">'], (
        "data, and no program"
    )
    other = get(served, f"/about/{PUBLISHED}", BROWSER)
    assert "Synthetic data" not in other.text and "X-Cmograph-Notice" not in other.headers
    assert "https://doi.org/10.1080/02646838.2024.2416448" in other.text


def test_a_page_of_a_study_lists_all_that_it_has(served: Served) -> None:
    shown = get(served, f"/about/{STUDY}", BROWSER).text
    asked = {"study": "synthetic-demonstration", "limit": "1000"}
    held = [
        item["id"]
        for path in ("/configurations", "/components")
        for item in served.client.get(path, params=asked).json()["items"]
    ]
    theories = (
        "SELECT ?theory { ?theory a <https://w3id.org/cmograph/realist#ProgrammeTheory> ;"
        f" <https://w3id.org/cmograph/realist#inEvaluation> <{ID}{STUDY}> }}"
    )
    rows = served.client.get("/sparql", params={"query": theories, "format": "json"}).json()["results"][
        "bindings"
    ]
    held += [row["theory"]["value"] for row in rows]
    assert len(held) > 100 and rows
    assert [iri for iri in held if f'href="{iri.replace(ID, "/id/")}"' not in shown] == []


def test_every_link_of_a_page_to_a_thing_leads_somewhere(served: Served) -> None:
    shown = get(served, f"/about/{STUDY}/configuration/C12", BROWSER).text
    links = sorted(set(re.findall(r'href="(/id/[^"]+)"', shown)))
    assert len(links) > 5
    for link in links:
        assert get(served, link.replace("/id/", "/about/", 1)).status_code == 200, link


def test_a_study_says_how_it_is_cited(served: Served) -> None:
    metadata = get(served, f"/about/{PUBLISHED}", "application/vnd.datacite.datacite+json").json()
    assert metadata["creators"] == [{"name": "McLeish J"}, {"name": "McCourt C"}, {"name": "Ayers S"}]
    assert metadata["relatedIdentifiers"][0]["relatedIdentifier"] == "10.1080/02646838.2024.2416448"
    mandatory = {"identifiers", "creators", "titles", "publisher", "publicationYear", "types"}
    assert mandatory <= set(metadata) and all(metadata[name] for name in mandatory)
    cff = yaml.safe_load(get(served, f"/about/{STUDY}?format=cff").text)
    assert {"cff-version", "message", "title", "authors"} <= set(cff)
    assert cff["cff-version"] == "1.2.0" and cff["license"] == "CC-BY-4.0" and "Synthetic" in cff["abstract"]
    assert get(served, f"/about/{STUDY}/configuration/C12?format=cff").status_code == 406


@pytest.mark.parametrize("path", ["study/nobody", f"{STUDY}/configuration/C99", "study/", "nonsense"])
@pytest.mark.parametrize("start", ["/about/", "/id/"])
@pytest.mark.parametrize("accept", [BROWSER, RDFLIB])
def test_what_nothing_is_said_of_is_not_found_at_once(
    served: Served, path: str, start: str, accept: str
) -> None:
    answer = get(served, f"{start}{path}", accept)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json" and "location" not in answer.headers
    assert answer.json()["problems"][0]["remedy"]


@pytest.mark.parametrize(
    ("accept", "format"),
    [
        ("application/vnd.datacite.datacite+json", "datacite"),
        ('application/ld+json;profile="https://schema.org"', "schema-org"),
        ("application/linkset+json", "linkset"),
    ],
)
def test_an_iri_of_a_study_leads_to_its_metadata(served: Served, accept: str, format: str) -> None:
    sent = get(served, f"/id/{STUDY}", accept)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/about/{STUDY}?format={format}")


def test_what_is_restricted_is_found_only_by_those_who_may(demonstration: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(demonstration, store, symlinks=True)
    token = TokenBook(store).add([Scope.RESTRICTED], None)
    with serving(resources.QUERIES, store) as served:
        asked = (
            "SELECT ?s { ?s a ?kind FILTER(?kind IN (<https://w3id.org/cmograph/realist#Source>,"
            " <https://w3id.org/cmograph/realist#Participant>, <https://w3id.org/cmograph/realist#Coding>)) } LIMIT 40"
        )
        may = {"Authorization": f"Bearer {token}"}
        rows = served.client.get("/sparql", params={"query": asked, "format": "json"}, headers=may).json()
        things = [row["s"]["value"].removeprefix(ID) for row in rows["results"]["bindings"]]
        assert things
        for thing in things[:12]:
            assert served.client.get(f"/about/{thing}").status_code == 404
            assert served.client.get(f"/id/{thing}").status_code == 404
            assert served.client.get(f"/id/{thing}", headers=may).status_code == 303
            assert served.client.get(f"/about/{thing}", headers=may).status_code == 200


def test_one_record_is_what_the_list_says(served: Served) -> None:
    listed = get(served, "/configurations?study=synthetic-demonstration&limit=1&offset=11").json()["items"][0]
    one = get(served, "/configurations/synthetic-demonstration/C12")
    assert one.json() == listed
    assert f'<{listed["id"]}>; rel="cite-as"' in one.headers["link"]
    tag = one.headers["etag"]
    held = get(served, "/configurations/synthetic-demonstration/C12", **{"If-None-Match": tag})
    assert (held.status_code, held.headers["etag"], held.content) == (304, tag, b"")
    assert get(served, "/configurations/mcleish-2024/A9", **{"If-None-Match": tag}).status_code == 404
    study = get(served, "/studies/mcleish-2024").json()
    assert study == next(
        item for item in get(served, "/studies").json()["items"] if item["id"] == study["id"]
    )
    component = get(served, "/components/synthetic-demonstration/feels-understood").json()
    assert component["label"] == "Being understood without explaining"
    wrong = get(served, "/configurations/synthetic-demonstration/C4o")
    assert wrong.status_code == 404 and "C40" in wrong.json()["problems"][0]["remedy"]


def test_the_context_is_there_for_whoever_follows_it(served: Served) -> None:
    found = get(served, "/context.jsonld")
    assert found.headers["content-type"] == "application/ld+json"
    assert found.json() == json.loads((resources.ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))
