"""Clients that know HTTP and no SPARQL: httpx, Python's urllib, curl."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import httpx2
import pytest

from tests.clients.conftest import EVALUATIONS, TYPES


def studies(body: bytes | str) -> list[str]:
    return [row["study"]["value"] for row in json.loads(body)["results"]["bindings"]]


def test_httpx(endpoint: str, expected: list[str]) -> None:
    with httpx2.Client() as client:
        assert studies(client.get(endpoint, params={"query": EVALUATIONS}).content) == expected
        assert studies(client.post(endpoint, data={"query": EVALUATIONS}).content) == expected
        direct = {"Content-Type": "application/sparql-query"}
        reply = client.post(endpoint, content=EVALUATIONS, headers=direct)
        assert studies(reply.content) == expected
        fresh = client.get(
            endpoint, params={"query": EVALUATIONS}, headers={"If-None-Match": reply.headers["etag"]}
        )
        assert fresh.status_code == 304


def test_urllib(endpoint: str, expected: list[str]) -> None:
    with urlopen(f"{endpoint}?{urlencode({'query': EVALUATIONS})}") as reply:
        assert studies(reply.read()) == expected
    # As a form: what urllib says of a body when it is told nothing else.
    with urlopen(Request(endpoint, data=urlencode({"query": EVALUATIONS}).encode())) as reply:
        assert studies(reply.read()) == expected
    with pytest.raises(HTTPError) as refused:
        urlopen(f"{endpoint}?{urlencode({'query': 'SELECT'})}")
    with refused.value as answer:
        assert answer.code == 400
        assert json.loads(answer.read())["status"] == 400


needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")


def curl(*arguments: str) -> str:
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--fail-with-body", "--max-time", "20", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@needs_curl
def test_curl(endpoint: str, expected: list[str], tmp_path: Path) -> None:
    file = tmp_path / "question.rq"
    file.write_text(EVALUATIONS, encoding="utf-8")
    assert studies(curl("--get", "--data-urlencode", f"query={EVALUATIONS}", endpoint)) == expected
    assert studies(curl("--data-urlencode", f"query={EVALUATIONS}", endpoint)) == expected
    assert studies(curl("--data-urlencode", f"query@{file}", endpoint)) == expected
    direct = ("-H", "Content-Type: application/sparql-query", "--data-binary", f"@{file}")
    assert studies(curl(*direct, endpoint)) == expected
    assert curl(*direct, "-H", "Accept: text/csv", endpoint).split() == ["study", *expected]
    assert studies(curl("--compressed", "--http1.0", *direct, endpoint)) == expected


@needs_curl
def test_curl_asks_for_the_head_of_it_and_for_a_graph(endpoint: str, expected: list[str]) -> None:
    head = curl("--head", "--get", "--data-urlencode", f"query={EVALUATIONS}", endpoint).lower()
    assert head.startswith("http/1.1 200")
    assert "content-type: application/sparql-results+json" in head
    graph = curl(
        "--get", "--data-urlencode", f"query={TYPES}", "-H", "Accept: application/n-triples", endpoint
    )
    assert {line.split()[0].strip("<>") for line in graph.splitlines()} == set(expected)
