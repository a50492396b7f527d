"""The study API over a real socket: filters, pages, sparse fields, sorting, CSV and JSON-LD, and what is wrong named."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from rdflib import Graph, URIRef

from cmograph import resources
from cmograph.analysis.inquiries import INQUIRIES
from cmograph.analysis.inquiry import Inquiry
from tests.api.conftest import Served, serving

STUDY = "synthetic-demonstration"


@pytest.fixture(scope="module")
def served(demonstration: Path) -> Iterator[Served]:
    with serving(resources.QUERIES, demonstration) as served:
        yield served


def get(served: Served, path: str, **parameters: object) -> httpx2.Response:
    return served.client.get(path, params={name: str(value) for name, value in parameters.items()})


def test_pages_lead_on_until_all_is_read(served: Served) -> None:
    every = get(served, "/configurations", study=STUDY, limit=1000).json()
    assert every["total"] == len(every["items"]) == 40
    read, url = [], f"/configurations?study={STUDY}&limit=7"
    while url:
        page = served.client.get(url)
        assert page.json()["total"] == 40 and len(page.json()["items"]) <= 7
        read += page.json()["items"]
        url = page.links.get("next", {}).get("url", "")
    assert read == every["items"]


def test_beyond_the_end_the_page_before_is_the_last(served: Served) -> None:
    page = get(served, "/configurations", study=STUDY, limit=7, offset=1000)
    assert (page.json()["items"], page.json()["total"]) == ([], 40)
    assert page.links["prev"]["url"] == page.links["last"]["url"] and "next" not in page.links
    assert served.client.get(page.links["prev"]["url"]).json()["items"]
    nothing = get(served, "/configurations", study=STUDY, q="xyzzy", offset=1000)
    assert nothing.json()["total"] == 0 and nothing.links["prev"]["url"] == nothing.links["first"]["url"]


def test_filters_hold_together_and_kinds_take_in_what_lies_below(served: Served) -> None:
    """C15 and C17 are the demonstration's negative comparisons in groups; C18 frightens one to one too."""
    found = get(
        served, "/configurations", study=STUDY, mechanism="negative comparison", delivery="group"
    ).json()
    assert {item["identifier"] for item in found["items"]} == {"C15", "C17", "C18"}
    one = get(
        served, "/configurations", study=STUDY, mechanism="negative comparison", delivery="one-to-one"
    ).json()
    assert {item["identifier"] for item in one["items"]} == {"C18"}


def test_fields_are_sparse_and_always_say_which(served: Served) -> None:
    found = get(served, "/configurations", fields="title,outcomes", limit=3).json()["items"]
    assert all(set(item) == {"id", "title", "outcomes"} for item in found)


def test_items_are_sorted_up_and_down(served: Served) -> None:
    titles = [
        item["title"] for item in get(served, "/configurations", sort="-title", limit=1000).json()["items"]
    ]
    assert titles == sorted(titles, key=str.casefold, reverse=True)
    by_study = get(served, "/configurations", sort="study,-title", limit=1000).json()["items"]
    keys = [item["study"]["label"].casefold() for item in by_study]
    assert keys == sorted(keys)


def test_csv_has_the_same_rows(served: Served) -> None:
    found = served.client.get(f"/components?study={STUDY}", headers={"Accept": "text/csv"})
    assert found.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(found.text, newline="")))
    items = get(served, "/components", study=STUDY).json()["items"]
    assert [row["id"] for row in rows] == [item["id"] for item in items]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own JSON-LD parser uses it
def test_json_ld_says_it_in_the_published_context(served: Served) -> None:
    found = served.client.get(
        f"/configurations?study={STUDY}&limit=3", headers={"Accept": "application/ld+json"}
    )
    content = found.json()
    assert content["@context"] == f"{served.address}/context.jsonld"
    held = served.client.get(
        content["@context"]
    ).json()  # put in, for a parser that fetches is none for a test
    graph = Graph().parse(data=json.dumps({**held, "@graph": content["@graph"]}), format="json-ld")
    first = get(served, "/configurations", study=STUDY, limit=1).json()["items"][0]
    outcomes = {
        str(o)
        for o in graph.objects(URIRef(first["id"]), URIRef("https://w3id.org/cmograph/realist#hasOutcome"))
    }
    assert outcomes == {part["id"] for part in first["outcomes"]}


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/configurations?mechanism=trst", "trust"),
        ("/configurations?fields=titel", "title"),
        ("/configurations?sort=titel", "title"),
        ("/configurations?limit=0", "1 to 1000"),
        ("/configurations?offset=x", "0 to"),
        (f"/configurations?limit={'%20' * 12}0", "1 to 1000"),
        (f"/configurations?offset={'0' * 5000}1", "0 to"),
        ("/configurations?harmfull=true", "harmful"),
        ("/configurations?harmful=perhaps", "Only harmful ones"),
        ("/chains?which=longest", "all"),
    ],
)
def test_what_is_wrong_is_named_with_its_remedy(served: Served, path: str, says: str) -> None:
    found = served.client.get(path)
    assert found.status_code == 422
    assert found.headers["content-type"] == "application/problem+json"
    assert says in found.json()["problems"][0]["remedy"] + found.json()["problems"][0]["what"]


@pytest.mark.parametrize(
    "inquiry", [one for one in INQUIRIES.values() if one.edition == "open"], ids=lambda one: one.id
)
def test_every_inquirys_example_is_answered_and_not_sent_twice(served: Served, inquiry: Inquiry) -> None:
    found = served.client.get(
        f"/{inquiry.id}",
        params={
            name: list(value) if not isinstance(value, str) else value
            for name, value in inquiry.example.items()
        },
    )
    assert found.status_code == 200 and found.json()["items"]
    again = served.client.get(str(found.url), headers={"If-None-Match": found.headers["etag"]})
    assert again.status_code == 304
    assert served.client.get(str(found.url), headers={"If-None-Match": "*"}).status_code == 304


def test_whatever_is_held_a_wrong_inquiry_is_wrong(served: Served) -> None:
    wrong = served.client.get("/chains", params={"study": "nowhere"}, headers={"If-None-Match": "*"})
    assert wrong.status_code == served.client.get("/chains", params={"study": "nowhere"}).status_code >= 400


def test_what_only_the_restricted_edition_holds_is_refused(served: Served) -> None:
    found = get(served, "/saturation", study=STUDY)
    assert found.status_code == 400 and "restricted" in found.text
