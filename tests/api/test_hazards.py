"""What would bring an engine down, sent to the real server: it stays the same process and answers on."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from pathlib import Path

import httpx2
import pytest

from tests.api.conftest import Served, serving
from tests.engine.small import publish
from tests.engine.test_guard import BOMBS
from tests.engine.test_pool import CARTESIAN, DOUBLING

GOOD = {"query": "ASK { ?s a <https://w3id.org/cmograph/realist#Evaluation> }"}
DEADLINE = 1.0

ROWS = " ".join(map(str, range(1000)))
RUNAWAYS = {
    "a cartesian product": (CARTESIAN, 503),
    "string doubling": (DOUBLING, 503),
    "sorting millions": (
        f"SELECT * {{ VALUES ?a {{ {ROWS} }} VALUES ?b {{ {ROWS} }} VALUES ?c {{ {ROWS} }} }} ORDER BY ?c ?b",
        503,
    ),
    "an answer without end": (f"SELECT * {{ VALUES ?a {{ {ROWS} }} VALUES ?b {{ {ROWS} }} }}", 503),
    "250 patterns": ("SELECT * { ?s <a:a> 1 " + "; <a:a> 1 " * 240 + " }", 200),
    "lists 45 deep": ("SELECT * { ?s ?p " + "(" * 45 + "1" + ")" * 45 + " }", 200),
}


def children(pid: int) -> set[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return {int(child) for child in text.split()}


def answers(served: Served, within: float = 1.0) -> None:
    """The good query is answered, soon, by the process that was started."""
    started = time.perf_counter()
    response = served.client.get("/sparql", params=GOOD)
    assert response.json()["boolean"] is True
    assert time.perf_counter() - started < within
    os.kill(served.pid, 0)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused(served: Served, name: str) -> None:
    started = time.perf_counter()
    response = served.client.post("/sparql", data={"query": BOMBS[name]})
    assert response.status_code == 400
    assert response.json()["type"].endswith("query-refused")
    assert time.perf_counter() - started < 1.0
    answers(served)


@pytest.mark.parametrize("name", RUNAWAYS)
def test_a_runaway_is_stopped_at_the_deadline(served: Served, name: str) -> None:
    query, expected = RUNAWAYS[name]
    started = time.perf_counter()
    response = served.client.post("/sparql", data={"query": query})
    assert time.perf_counter() - started < DEADLINE + 1
    assert response.status_code in (expected, 503)
    if response.status_code == 503:
        assert response.headers["content-type"] == "application/problem+json"
        assert int(response.headers["retry-after"]) > 0
        assert response.json()["type"].rsplit("/", 1)[1] in ("query-timeout", "query-too-large")
    answers(served)


def test_several_runaways_at_once_do_not_stop_the_good(served: Served) -> None:
    """With one worker held by each of two runaways, the good query waits no longer than their deadline."""

    def run_away() -> None:
        httpx2.post(f"{served.address}/sparql", data={"query": CARTESIAN}, timeout=10)

    running = [threading.Thread(target=run_away) for _ in range(2)]
    for thread in running:
        thread.start()
    time.sleep(0.1)
    answers_after = time.perf_counter()
    response = served.client.get("/health")
    assert response.status_code == 200
    assert time.perf_counter() - answers_after < 0.5
    for thread in running:
        thread.join()
    answers(served)


def test_a_client_that_leaves_frees_its_worker(served: Served) -> None:
    before = children(served.pid)
    host, port = served.address.removeprefix("http://").split(":")
    query = CARTESIAN.encode()
    request = (
        b"POST /sparql?timeout=1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        b"Content-Length: %d\r\n\r\n" % len(query)
    )
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(request + query)
        time.sleep(0.3)
    deadline = time.monotonic() + 0.5  # well before the query's own
    while children(served.pid) == before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert children(served.pid) != before
    answers(served)


def test_a_worker_that_dies_is_replaced(served: Served) -> None:
    for worker in children(served.pid):
        os.kill(worker, signal.SIGKILL)
    time.sleep(0.05)
    answers(served)


def test_no_worker_outlives_the_server(queries: Path, tmp_path: Path) -> None:
    store = publish(tmp_path / "store")
    with serving(queries, store, workers=3) as running:
        workers = children(running.pid)
        assert len(workers) == 3
    for worker in workers:
        assert not Path(f"/proc/{worker}").exists()


def test_a_new_release_is_served_without_a_failed_request(queries: Path, tmp_path: Path) -> None:
    store = publish(tmp_path / "store")
    with serving(queries, store) as running:
        publishing = threading.Thread(target=publish, args=(store, 2, "<new> realist:weight 1 ."))
        publishing.start()
        releases: list[str] = []
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and releases[-1:] != ["0002"]:
            response = running.client.get("/sparql", params=GOOD)
            assert response.status_code == 200
            releases.append(response.headers["etag"][1:5])
        publishing.join()
        assert releases == sorted(releases)
        assert releases[-1] == "0002"
