"""What an operator, a person and a monitor get; and the settings."""

from __future__ import annotations

import re
from pathlib import Path

import httpx2
import pytest

from cmograph import __version__
from cmograph.api.door import _route
from cmograph.api.limits import RateLimit
from cmograph.settings import Settings
from tests.api.conftest import serving
from tests.engine.small import publish


def test_health_ready_and_version(client: httpx2.Client) -> None:
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/ready").json() == {"status": "ready", "release": "0001"}
    version = client.get("/version").json()
    assert version["cmograph"] == __version__
    assert version["release"] == "0001"
    assert version["edition"] == "open"


@pytest.mark.parametrize("path", ["/", "/docs", "/questions", "/sparql", "/questions/plain"])
def test_every_page_is_plain_and_fetches_nothing_from_elsewhere(client: httpx2.Client, path: str) -> None:
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == 200
    assert response.text.startswith("<!doctype html>")
    assert '<html lang="en">' in response.text
    assert len(re.findall("<h1>", response.text)) == 1
    assert "<script" not in response.text
    assert "style=" not in response.text
    for address in re.findall(r'<(?:link|img|script)[^>]*(?:href|src)="([^"]*)"', response.text):
        assert address.startswith("/")
        assert client.get(address).status_code == 200
    assert "default-src 'none'" in response.headers["content-security-policy"]


def test_head_is_get_without_a_body(client: httpx2.Client) -> None:
    for path in ("/", "/health", "/questions", "/questions/plain"):
        response = client.head(path)
        assert response.status_code == 200
        assert not response.content


def test_a_metric_and_the_journal_know_every_address_that_is_described(client: httpx2.Client) -> None:
    paths = [
        *client.get("/openapi.json").json()["paths"],
        "/",
        "/docs",
        "/openapi.json",
        "/id/x",
        "/static/x",
    ]
    assert [path for path in paths if _route(path) == "other"] == []
    assert _route("/nobody/knows") == _route("/studies2") == "other" and _route("/") == "start"


@pytest.mark.parametrize("path", ["/", "/questions/plain", "/exports", "/static/style.css"])
def test_a_method_that_is_not_allowed_is_told_which_are(client: httpx2.Client, path: str) -> None:
    response = client.post(path)
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert response.headers["content-type"] == "application/problem+json"
    assert client.options(path).headers["allow"] == response.headers["allow"]


def test_the_first_page_says_which_study_is_synthetic(client: httpx2.Client) -> None:
    page = client.get("/").text
    demo, published = page.index("An invented “study”"), page.index("A published study")
    assert demo < page.index("Synthetic data") < published
    assert page.count('role="note"') == 1
    assert "Which configurations are there?" in page


def test_the_first_page_leads_to_no_script_and_to_nothing_that_is_no_address(
    queries: Path, tmp_path: Path
) -> None:
    """Whoever may write says what a study is called, and where it is from."""
    more = """
    <e:study> a realist:Evaluation ; dcterms:title "Elsewhere" ; dcterms:source <javascript:alert(1)> .
    <javascript:alert(2)> a realist:Evaluation ; dcterms:title "A script" ; dcterms:source "Smith 2020" .
    [] a realist:Evaluation ; dcterms:title "Without an IRI" .
    <https://example.org/s> a realist:Evaluation ; dcterms:title "On the web" .
    """
    with serving(queries, publish(tmp_path / "store", more=more)) as running:
        page = running.client.get("/").text
    links = dict(re.findall(r'<a href="([^"]*)">([^<]*)</a>', page))
    assert links["/id/study/published"] == "A published study"
    assert links["https://example.org/s"] == "On the web"
    assert {"Elsewhere", "A script", "Without an IRI", "Smith 2020"}.isdisjoint(links.values())
    assert all(words in page for words in ("Elsewhere", "A script", "Without an IRI", "Smith 2020"))
    assert 'href="javascript' not in page


def test_a_new_store_is_served_as_an_empty_dataset(queries: Path, tmp_path: Path) -> None:
    with serving(queries, tmp_path / "new") as running:
        assert running.client.get("/ready").json()["release"] == "none"
        assert running.client.get("/questions/configurations").json()["items"] == []
        assert "Nothing is released yet" in running.client.get("/").text
        assert "x-cmograph-notice" not in running.client.get("/sparql", params={"query": "ASK {}"}).headers


def test_settings_come_from_the_environment_and_each_says_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CMOGRAPH_QUERY_TIMEOUT", "5")
    monkeypatch.setenv("CMOGRAPH_STORE", "/somewhere")
    monkeypatch.setenv("CMOGRAPH_WORKERS", "")
    settings = Settings(port=0)
    assert settings.query_timeout == 5
    assert settings.store == Path("/somewhere")
    assert settings.workers == Settings.model_fields["workers"].default
    for name, field in Settings.model_fields.items():
        assert field.description, f"{name} has no help text"


def test_the_rate_limit_saves_up_ten_seconds_and_counts_each_client() -> None:
    now = 0.0
    limit = RateLimit(1.0, lambda: now)
    assert [limit.wait("a") for _ in range(10)] == [0.0] * 10
    assert limit.wait("a") == pytest.approx(1.0)
    assert limit.wait("b") == 0.0
    now = 1.5
    assert limit.wait("a") == 0.0
    assert limit.wait("a") == pytest.approx(0.5)
    assert [RateLimit(0).wait("a") for _ in range(1000)] == [0.0] * 1000
