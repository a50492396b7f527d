"""What would bring an engine down, sent to the real server: it stays the same process and answers on."""

from __future__ import annotations

import threading
import time

import httpx2
import pytest

from tests.api.conftest import Served
from tests.api.pressing import DEADLINE, answers, unharmed
from tests.api.processes import workers
from tests.engine.hazards import BOMBS, CARTESIAN, CLOSURES, RUNAWAYS


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


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_does_not_touch_the_only_worker(single: Served, name: str) -> None:
    before = workers(single.pid)
    with unharmed(single, within=1):
        response = single.client.post("/sparql", data={"query": BOMBS[name]})
        assert response.status_code == 400
    assert before <= workers(single.pid)


@pytest.mark.parametrize("name", RUNAWAYS)
def test_a_runaway_gives_the_only_worker_back(single: Served, name: str) -> None:
    query, expected = RUNAWAYS[name]
    with unharmed(single):
        response = single.client.post("/sparql", data={"query": query})
        assert response.status_code in (expected, 503)


@pytest.mark.parametrize("name", CLOSURES)
def test_a_closure_on_a_cycle_ends(single: Served, name: str) -> None:
    with unharmed(single):
        response = single.client.post("/sparql", data={"query": CLOSURES[name]})
        assert response.status_code in (200, 503)
        if response.status_code == 503:
            assert response.json()["type"].rsplit("/", 1)[1] in ("query-timeout", "query-too-large")


def test_there_is_a_closure_that_does_not_end_in_time(single: Served) -> None:
    """The test above has something to stop."""
    statuses = [single.client.post("/sparql", data={"query": text}).status_code for text in CLOSURES.values()]
    assert 503 in statuses


def test_a_deadline_of_the_client_is_kept(single: Served) -> None:
    with unharmed(single, within=0.8):
        response = single.client.post("/sparql", data={"query": CARTESIAN, "timeout": "0.2"})
        assert response.status_code == 503
