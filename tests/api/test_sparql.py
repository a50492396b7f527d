"""The SPARQL 1.1 Protocol over a real socket, and what the endpoint says of itself."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from tests.api.conftest import Served
from tests.api.pressing import connect, read_all
from tests.engine.small import SECRET

STUDIES = "SELECT ?s { ?s a <https://w3id.org/cmograph/realist#Evaluation> } ORDER BY ?s"
GRAPH = "CONSTRUCT { ?s a ?t } WHERE { ?s a ?t }"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}


def studies(response: httpx2.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [row["s"]["value"].rsplit("/", 1)[1] for row in response.json()["results"]["bindings"]]


def test_the_three_ways_to_ask_answer_the_same(client: httpx2.Client) -> None:
    for response in (
        client.get("/sparql", params={"query": STUDIES}),
        client.post("/sparql", data={"query": STUDIES}),
        client.post("/sparql", content=STUDIES, headers=DIRECT),
        client.post(
            "/sparql/", content=STUDIES, headers={"Content-Type": "application/sparql-query; charset=UTF-8"}
        ),
    ):
        assert studies(response) == ["demo", "published"]
        assert response.headers["content-type"] == "application/sparql-results+json"


@pytest.mark.parametrize(
    ("accept", "content_type", "inside"),
    [
        ("application/sparql-results+json", "application/sparql-results+json", b'"bindings"'),
        ("application/json", "application/json", b'"bindings"'),
        ("application/sparql-results+xml", "application/sparql-results+xml", b"<sparql"),
        ("text/csv", "text/csv; charset=utf-8", b"s\r\nhttps://"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8", b"?s\n<https://"),
    ],
)
def test_a_select_in_every_format(
    client: httpx2.Client, accept: str, content_type: str, inside: bytes
) -> None:
    response = client.get("/sparql", params={"query": STUDIES}, headers={"Accept": accept})
    assert response.headers["content-type"] == content_type
    assert inside in response.content
    assert "Accept" in response.headers["vary"]


@pytest.mark.parametrize(
    ("accept", "format"),
    [
        ("text/turtle", RdfFormat.TURTLE),
        ("application/n-triples", RdfFormat.N_TRIPLES),
        ("application/rdf+xml", RdfFormat.RDF_XML),
        ("application/ld+json", RdfFormat.JSON_LD),
    ],
)
def test_a_construct_in_every_format(client: httpx2.Client, accept: str, format: RdfFormat) -> None:
    response = client.get("/sparql", params={"query": GRAPH}, headers={"Accept": accept})
    assert response.headers["content-type"].split(";")[0] == accept
    assert len(list(parse(response.content, format=format))) == 7


def test_the_format_can_stand_in_the_url(client: httpx2.Client) -> None:
    assert client.get("/sparql", params={"query": "ASK {}", "format": "csv"}).text == "true"
    assert client.get("/sparql", params={"query": "ASK {}", "output": "json"}).json()["boolean"] is True


def test_head_and_options(client: httpx2.Client) -> None:
    head = client.head("/sparql", params={"query": STUDIES})
    assert head.status_code == 200
    assert not head.content
    assert int(head.headers["content-length"]) > 0
    options = client.options("/sparql")
    assert options.status_code == 204
    assert options.headers["allow"] == "GET, HEAD, OPTIONS, POST"


def test_percent_signs_and_any_character_arrive_as_sent(client: httpx2.Client) -> None:
    text = "100 % – é \U0001f600 \"quoted\" 'so' \\ + & = # %41"
    query = f"SELECT ({json.dumps(text, ensure_ascii=False)} AS ?x) {{}}"
    for response in (
        client.get("/sparql", params={"query": query}),
        client.post("/sparql", data={"query": query}),
        client.post("/sparql", content=query.encode(), headers=DIRECT),
    ):
        assert response.json()["results"]["bindings"][0]["x"]["value"] == text


def test_the_dataset_of_the_protocol(client: httpx2.Client) -> None:
    query = {"query": STUDIES}
    assert studies(client.get("/sparql", params=query | {"default-graph-uri": "http://e/g"})) == []
    assert studies(client.get("/sparql", params=query | {"named-graph-uri": "http://e/g"})) == []
    assert studies(client.post("/sparql?default-graph-uri=http://e/g", content=STUDIES, headers=DIRECT)) == []


def test_the_restricted_edition_is_not_there(client: httpx2.Client) -> None:
    everything = {"query": "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"}
    for headers, status in (({}, 200), ({"Authorization": "Bearer anything"}, 401)):
        response = client.get("/sparql", params=everything, headers=headers)
        assert response.status_code == status
        assert SECRET not in response.text


def test_synthetic_data_is_named_with_every_answer(client: httpx2.Client) -> None:
    for format in ("csv", "json"):
        headers = client.get("/sparql", params={"query": STUDIES, "format": format}).headers
        assert "synthetic" in headers["x-cmograph-notice"]
        assert headers["link"] == '<https://w3id.org/cmograph/id/study/demo>; rel="describedby"'


def test_an_etag_is_the_release_the_edition_and_the_format(client: httpx2.Client) -> None:
    first = client.get("/sparql", params={"query": STUDIES})
    tag = first.headers["etag"]
    assert tag.startswith('"0001-open-')
    again = client.get("/sparql", params={"query": STUDIES}, headers={"If-None-Match": f'"other", W/{tag}'})
    assert again.status_code == 304
    assert not again.content
    assert again.headers["etag"] == tag
    csv = client.get("/sparql", params={"query": STUDIES, "format": "csv"}, headers={"If-None-Match": tag})
    assert csv.status_code == 200
    posted = client.post("/sparql", data={"query": STUDIES}, headers={"If-None-Match": tag})
    assert posted.status_code == 200


def test_whatever_is_held_a_wrong_query_is_wrong(client: httpx2.Client) -> None:
    long = "SELECT ?a ?b { VALUES ?a {" + "1 " * 60 + "} VALUES ?b {" + "1 " * 60 + "} }"
    for query, status in ((STUDIES, 304), (long, 304), ("SELECT * { ?s ?p }", 400)):
        held = client.get("/sparql", params={"query": query}, headers={"If-None-Match": "*"})
        assert held.status_code == status


def test_a_header_sent_twice_decides_no_answer_to_others(served: Served) -> None:
    """The first of several counts, for the answer and for what it is kept by."""
    csv, json_ = "Accept: text/csv", "Accept: application/sparql-results+json"
    for headers, of_it in (
        ([csv, json_], b"text/csv"),
        ([json_], b"application/sparql-results+json"),
        ([csv], b"text/csv"),
    ):
        asked = "GET /sparql?query=SELECT(%22twice%22AS%3Fx)%7B%7D HTTP/1.1", "Host: x", "Connection: close"
        with connect(served) as connection:
            connection.sendall("\r\n".join([*asked, *headers, "", ""]).encode())
            answer = read_all(connection)
        assert b"content-type: " + of_it in answer


def test_what_is_never_the_same_twice_is_not_kept(client: httpx2.Client) -> None:
    response = client.get("/sparql", params={"query": "SELECT (NOW() AS ?now) {}"})
    assert "etag" not in response.headers
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("accept", ["*/*", "text/turtle", "application/rdf+xml", "application/ld+json"])
def test_without_a_query_the_service_describes_itself(client: httpx2.Client, accept: str) -> None:
    response = client.get("/sparql", headers={"Accept": accept})
    format = RdfFormat.from_media_type(response.headers["content-type"].split(";")[0])
    assert format
    triples = [quad.triple for quad in parse(response.content, format=format)]
    endpoint = NamedNode("http://www.w3.org/ns/sparql-service-description#endpoint")
    (described,) = [triple for triple in triples if triple.predicate == endpoint]
    assert described.object == NamedNode(str(client.base_url).rstrip("/") + "/sparql")


def test_a_browser_gets_a_box_to_write_a_query_in(client: httpx2.Client) -> None:
    response = client.get("/sparql", headers={"Accept": "text/html"})
    assert "<textarea" in response.text
    assert response.headers["content-security-policy"].startswith("default-src 'none'")


def test_the_deadline_of_a_request_can_be_lowered(client: httpx2.Client) -> None:
    response = client.get("/sparql", params={"query": STUDIES, "timeout": "0.5"})
    assert response.status_code == 200


REFUSED: list[tuple[str, dict[str, object], int]] = [
    ("GET", {"params": {"query": "SELECT * {"}}, 400),
    ("GET", {"params": {"query": ""}}, 400),
    ("GET", {"params": {"query": "SELECT * { SERVICE <http://127.0.0.1:1/> { } }"}}, 400),
    ("GET", {"params": {"query": "INSERT DATA { <a:a> <a:b> <a:c> }"}}, 400),
    ("GET", {"params": [("query", "ASK {}"), ("query", "ASK {}")]}, 400),
    ("GET", {"params": {"query": "ASK {}", "default-graph-uri": "no iri"}}, 400),
    ("GET", {"params": {"query": "ASK {}", "timeout": "-1"}}, 400),
    ("GET", {"params": {"query": "ASK {}", "format": "ttl"}}, 404),
    ("GET", {"params": {"query": "ASK {}"}, "headers": {"Accept": "text/turtle"}}, 406),
    ("GET", {"headers": {"Accept": "image/png"}}, 406),
    ("GET", {"params": {"update": "CLEAR ALL"}}, 400),
    ("POST", {"data": {"update": "CLEAR ALL"}}, 401),
    ("POST", {"content": "CLEAR ALL", "headers": {"Content-Type": "application/sparql-update"}}, 401),
    ("POST", {"content": b"", "headers": FORM}, 400),
    ("POST", {"data": {"other": "x"}}, 400),
    ("POST", {"content": b"query=%FF", "headers": FORM}, 400),
    ("POST", {"content": b"ASK { ?s ?p '\xff' }", "headers": DIRECT}, 400),
    ("POST", {"content": "ASK {}".encode("utf-16"), "headers": DIRECT}, 400),
    (
        "POST",
        {"content": b"ASK {}", "headers": {"Content-Type": "application/sparql-query; charset=utf-16"}},
        415,
    ),
    ("POST", {"content": b"", "headers": DIRECT}, 400),
    ("POST", {"content": b"ASK {}", "headers": DIRECT, "params": {"query": "ASK {}"}}, 400),
    ("POST", {"content": b"ASK {}"}, 415),
    ("POST", {"content": b"ASK {}", "headers": {"Content-Type": "text/plain"}}, 415),
    ("POST", {"content": b"a" * 300_000, "headers": DIRECT}, 413),
    ("POST", {"content": b"a" * 70_000, "headers": DIRECT}, 400),
    ("PUT", {"content": b"ASK {}"}, 405),
    ("DELETE", {}, 405),
]


@pytest.mark.parametrize(("method", "request_", "status"), REFUSED)
def test_what_is_wrong_is_told_by_its_status(
    client: httpx2.Client, method: str, request_: dict[str, Any], status: int
) -> None:
    response = client.request(method, "/sparql", **request_)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    if status == 405:
        assert "GET" in response.headers["allow"]
