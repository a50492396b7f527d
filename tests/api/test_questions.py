"""Questions over HTTP: typed, documented, in every format, with the notice that belongs to them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import httpx2
import pytest

from cmograph.analysis.inquiries import INQUIRIES
from cmograph.api import create_app
from cmograph.questions import Library
from cmograph.settings import Settings
from tests.api.conftest import serving
from tests.engine.small import publish


def test_the_list_says_what_can_be_asked(client: httpx2.Client) -> None:
    found = client.get("/questions").json()
    assert found["total"] == 2
    assert [item["id"] for item in found["items"]] == ["configurations", "plain"]
    assert found["items"][0]["parameters"][0] == {
        "name": "delivery",
        "type": "iri",
        "class": "realist:DeliveryMode",
        "description": "How it is delivered.",
        "example": "pps:Group",
    }
    assert found["items"][1]["columns"] == [
        {"name": "configurations", "type": "integer", "description": "Their number."}
    ]


def test_a_bare_question_answers(client: httpx2.Client) -> None:
    response = client.get("/questions/configurations")
    assert response.headers["content-type"] == "application/json"
    found = response.json()
    assert found["total"] == 3
    assert found["items"][1]["name"] == "Seul"
    assert found["items"][1]["weight"] == 5
    assert found["release"] == "0001"
    assert found["edition"] == "open"
    assert "An invented “study”" in found["notices"][0]
    assert "synthetic" in response.headers["x-cmograph-notice"]


def test_values_narrow_it_and_several_mean_any(client: httpx2.Client) -> None:
    some = client.get(
        "/questions/configurations", params={"delivery": "group", "least": "", "study": ""}
    ).json()
    assert [item["name"] for item in some["items"]] == ["Heard & <understood>"]
    both = client.get("/questions/configurations", params={"delivery": ["pps:Group", "one-to-one"]}).json()
    assert both["total"] == 3
    published = client.get("/questions/configurations", params={"study": "published"}).json()
    assert published["notices"] == []


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
    ],
)
def test_an_answer_in_every_format_and_its_etag(
    client: httpx2.Client, accept: str, content_type: str
) -> None:
    response = client.get("/questions/configurations", headers={"Accept": accept})
    assert response.headers["content-type"] == content_type
    assert "X-Cmograph-Notice" in response.headers
    headers = {"Accept": accept, "If-None-Match": response.headers["etag"]}
    assert client.get("/questions/configurations", headers=headers).status_code == 304
    headers = {"Accept": "application/xml", "If-None-Match": response.headers["etag"]}
    if "xml" not in accept:
        assert client.get("/questions/configurations", headers=headers).status_code == 200


@pytest.mark.parametrize("format", ["json", "csv"])
def test_whatever_is_held_a_wrong_question_is_wrong(client: httpx2.Client, format: str) -> None:
    for given, status in (({}, 304), ({"least": "many"}, 422)):
        response = client.get(
            "/questions/configurations", params={"format": format, **given}, headers={"If-None-Match": "*"}
        )
        assert response.status_code == status


def test_a_table_for_a_spreadsheet(client: httpx2.Client) -> None:
    text = client.get("/questions/configurations", params={"format": "csv", "least": 4}).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["name"] for row in rows] == ["Seul", "Published"]


def test_no_cell_for_a_spreadsheet_starts_a_formula_and_results_are_as_they_are(
    queries: Path, tmp_path: Path
) -> None:
    more = (
        "<demo/configuration/C03> a realist:Configuration ; realist:inEvaluation <demo> ;"
        " rdfs:label '=HYPERLINK(1)' ; realist:deliveredThrough pps:Group ; realist:weight -3 ."
    )
    with serving(queries, publish(tmp_path / "store", more=more)) as served:

        def last(path: str, **parameters: str) -> dict[str, str]:
            found = served.client.get(path, params={"format": "csv", **parameters})
            assert found.headers["content-type"] == "text/csv; charset=utf-8"
            return next(
                row for row in csv.DictReader(io.StringIO(found.text, newline="")) if "C03" in str(row)
            )

        shown = last("/questions/configurations")
        assert (shown["name"], shown["weight"], shown["half"]) == ("'=HYPERLINK(1)", "-3", "-1.5")
        label = "SELECT ?s ?name { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?name }"
        assert last("/sparql", query=label)["name"] == "=HYPERLINK(1)"
        results = served.client.get("/questions/configurations?format=srj").json()["results"]["bindings"]
        assert "=HYPERLINK(1)" in [row["name"]["value"] for row in results]


def test_a_page_escapes_whatever_is_in_the_data_and_in_the_url(client: httpx2.Client) -> None:
    response = client.get(
        "/questions/configurations",
        params={"named": 'Heard & <understood>"><script>alert(1)</script>'},
        headers={"Accept": "text/html"},
    )
    assert "<script" not in response.text
    assert "&lt;script&gt;" in response.text
    page = client.get("/questions/configurations?format=html&delivery=group&delivery=one-to-one").text
    assert page.count('name="delivery" value="') == 2
    assert "Heard &amp; &lt;understood&gt;" in page
    assert '<td lang="fr">Seul</td>' in page
    assert 'role="note">Synthetic data' in page
    assert '<option value="group">' in page
    assert 'href="/id/study/demo/configuration/C01"' in page


def test_openapi_types_every_question(library: Library) -> None:
    document = create_app(Settings(), library).openapi()
    asked = document["paths"]["/questions/configurations"]["get"]
    parameters = {parameter["name"]: parameter for parameter in asked["parameters"]}
    assert list(parameters) == ["delivery", "study", "least", "named", "known", "format"]
    assert parameters["least"]["schema"] == {"type": "array", "items": {"type": "integer"}}
    assert parameters["least"]["example"] == [4]
    assert not any(parameter["required"] for parameter in parameters.values())
    row = document["components"]["schemas"]["ConfigurationsRow"]["properties"]
    assert row["weight"]["anyOf"][0] == {"type": "integer"}
    assert row["study"]["description"] == "The evaluation."
    assert "text/csv" in asked["responses"]["200"]["content"]
    known = {
        "/.well-known/sparql-examples",
        "/.well-known/void",
        "/graphs",
        "/health",
        "/metrics",
        "/questions",
        "/questions/configurations",
        "/questions/plain",
        "/ready",
        "/sparql",
        "/version",
    }
    others = {
        "/about/{path}",
        "/components/{study}/{id}",
        "/configurations/{study}/{id}",
        "/context.jsonld",
        "/exports",
        "/exports/{format}",
        "/inquiries",
        "/ontology",
        "/ontology/{module}",
        "/ontology/{module}/{version}",
        "/studies/{study}",
    }
    assert set(document["paths"]) == known | others | {f"/{inquiry}" for inquiry in INQUIRIES}
