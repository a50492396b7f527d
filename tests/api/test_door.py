"""Everyone passes the door: limited, named, told what they may, and noted without their words."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx2
import pytest

from cmograph.access import Scope, TokenBook
from cmograph.api.journal import Journal
from tests.api.conftest import serving
from tests.engine.hazards import CARTESIAN
from tests.engine.small import publish

ASK = {"query": "ASK {}"}


def test_one_client_may_ask_so_much_at_once_and_no_more(queries: Path, tmp_path: Path) -> None:
    with serving(queries, publish(tmp_path / "store"), concurrency_limit=2, query_timeout=1) as served:

        def run_away() -> None:
            httpx2.post(f"{served.address}/sparql", data={"query": CARTESIAN}, timeout=10)

        threads = [threading.Thread(target=run_away) for _ in range(2)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        for _ in range(5):  # what is always open is not counted, in or out
            assert served.client.get("/health").status_code == 200
        refused = served.client.get("/sparql", params=ASK)
        assert refused.status_code == 429 and int(refused.headers["retry-after"]) > 0
        assert refused.headers["content-type"] == "application/problem+json"
        for thread in threads:
            thread.join()
        assert served.client.get("/sparql", params=ASK).status_code == 200
        assert 'cmograph_rejections_total{reason="concurrency"}' in served.client.get("/metrics").text


@pytest.mark.parametrize(("origins", "listed"), [("[]", False), ('["https://a.example"]', True)])
def test_pages_of_listed_origins_may_ask(queries: Path, tmp_path: Path, origins: str, listed: bool) -> None:
    with serving(queries, publish(tmp_path / "store"), cors_origins=origins) as served:
        for origin, allowed in (("https://a.example", listed), ("https://b.example", False)):
            preflight = served.client.options(
                "/sparql",
                headers={
                    "Origin": origin,
                    "Access-Control-Request-Method": "POST",
                    "Access-Control-Request-Headers": "authorization",
                },
            )
            answer = served.client.get("/sparql", params=ASK, headers={"Origin": origin})
            for response in (preflight, answer):
                assert response.headers.get("access-control-allow-origin") == (origin if allowed else None)
                assert "access-control-allow-credentials" not in response.headers


def test_a_page_of_a_listed_origin_may_read_what_the_door_says(queries: Path, tmp_path: Path) -> None:
    store = publish(tmp_path / "store")
    token = TokenBook(store).add([Scope.RESTRICTED], None)
    page = {"Origin": "https://a.example"}
    with serving(queries, store, cors_origins='["https://a.example"]', rate_limit=0.2) as served:
        asked = [
            served.client.get("/sparql", params=ASK, headers=page | {"Authorization": f"Bearer {shown}"})
            for shown in (token, "forged", token)
        ]
    assert [answer.status_code for answer in asked] == [200, 401, 429]
    for answer in asked:
        assert answer.headers["access-control-allow-origin"] == "https://a.example"
        assert "Retry-After" in answer.headers["access-control-expose-headers"]
        assert answer.headers["vary"] == "Accept, Authorization, Origin"


def test_any_page_may_ask_but_with_no_token(queries: Path, tmp_path: Path) -> None:
    with serving(queries, publish(tmp_path / "store"), cors_origins='["*"]') as served:
        asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
        plain = served.client.options("/sparql", headers=asked)
        assert plain.status_code == 200 and plain.headers["access-control-allow-origin"] == "*"
        token = served.client.options(
            "/sparql", headers=asked | {"Access-Control-Request-Headers": "authorization"}
        )
        assert token.status_code == 400


def test_a_request_keeps_its_name_if_that_is_sound(queries: Path, tmp_path: Path) -> None:
    with serving(queries, publish(tmp_path / "store")) as served:
        named = served.client.get("/health", headers={"X-Request-ID": "from-a.proxy_1"})
        assert named.headers["x-request-id"] == "from-a.proxy_1"
        odd = served.client.get("/health", headers={"X-Request-ID": 'x" y'})
        again = served.client.get("/health")
        assert odd.headers["x-request-id"] not in ('x" y', again.headers["x-request-id"])


@pytest.mark.parametrize(
    ("method", "status", "seconds", "noted"),
    [
        ("POST", 204, 0.1, True),  # an update, or a graph that grew
        ("POST", 201, 0.1, True),
        ("PUT", 204, 0.1, True),
        ("DELETE", 204, 0.1, True),
        ("POST", 200, 0.1, False),  # a query
        ("OPTIONS", 204, 0.1, False),
        ("GET", 200, 0.1, False),
        ("GET", 200, 1.1, True),
        ("GET", 503, 0.1, True),
    ],
)
def test_the_journal_tells_of_what_wrote_failed_or_took_long(
    caplog: pytest.LogCaptureFixture, method: str, status: int, seconds: float, noted: bool
) -> None:
    caplog.set_level("INFO", "cmograph.requests")
    Journal(every=False).note(b"1", "anonymous", method, "sparql", status, seconds)
    assert len(caplog.records) == noted


def test_the_journal_tells_of_every_request_and_of_no_words(tmp_path: Path) -> None:
    store = publish(tmp_path / "store")
    token = TokenBook(store).add([Scope.RESTRICTED], None)
    process = subprocess.Popen(
        [sys.executable, "-m", "cmograph", "serve", "--store", str(store), "--port", "0", "--workers", "1"],
        env={"PATH": "", "CMOGRAPH_LOG_REQUESTS": "1", "CMOGRAPH_QUERY_TIMEOUT": "0.3"},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    try:
        address = process.stderr.readline().split()[1]
        with httpx2.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}) as client:
            client.get("/sparql", params={"query": "SELECT ?aSecretWord {}"})
            client.post("/sparql", data={"query": CARTESIAN})
        process.terminate()
        noted = process.stderr.read()
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
    lines = [json.loads(line) for line in noted.splitlines()]
    assert [(line["level"], line["route"], line["status"]) for line in lines] == [
        ("info", "sparql", 200),
        ("error", "sparql", 503),
    ]
    assert all(line["principal"] == token.split("_")[1] and line["id"] for line in lines)
    assert "aSecretWord" not in noted and "VALUES" not in noted and "127.0.0.1" not in noted
