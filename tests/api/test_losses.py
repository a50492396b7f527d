"""Workers that die, starve or are left behind, and a release that takes another's place: nobody who asks notices."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import threading
import time
from pathlib import Path

import pytest

from tests.api.conftest import Served, serving
from tests.api.pressing import GOOD, answers, connect, posted, read_all
from tests.api.processes import descendants, processor_seconds, runs, wait_for, workers
from tests.engine.hazards import CARTESIAN
from tests.engine.small import publish


def test_a_worker_that_dies_is_replaced(served: Served) -> None:
    for worker in workers(served.pid):
        os.kill(worker, signal.SIGKILL)
    time.sleep(0.05)
    answers(served)


def test_a_quick_query_that_had_no_processor_is_not_taken_for_a_long_one(
    queries: Path, tmp_path: Path
) -> None:
    """On a busy machine a look-up may have to wait for a processor; it must not then queue behind the runaways.

    They end eight seconds after they came, the look-up must be answered before.
    """
    store = publish(tmp_path / "store")
    with (
        serving(queries, store, query_timeout=8, memory_limit=1024, workers=1) as running,
        contextlib.ExitStack() as stack,
    ):

        def moved() -> int:
            found = re.search(
                r'cmograph_queries_total{end="moved"} (\d+)', running.client.get("/metrics").text
            )
            return int(found[1]) if found else 0

        for _ in range(4):  # two that are long, which is all that may be, and two that wait for their turn
            stack.enter_context(connect(running)).sendall(posted(CARTESIAN))
        assert wait_for(lambda: moved() == 2, 4)
        idle = [worker for worker in workers(running.pid) if processor_seconds({worker}) < 0.03]
        with connect(running) as connection:
            for worker in idle:
                os.kill(worker, signal.SIGSTOP)
            connection.sendall(posted("ASK { ?s ?p ?o }", "Connection: close\r\n", "?timeout=3"))
            time.sleep(0.2)
            for worker in idle:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGCONT)
            reply = read_all(connection)
        stack.close()  # they leave, and their queries with them
    assert reply.startswith(b"HTTP/1.1 200 "), reply


def test_all_that_it_started_may_die(single: Served) -> None:
    for process in descendants(single.pid):
        with contextlib.suppress(ProcessLookupError):  # it went with the one that started it
            os.kill(process, signal.SIGKILL)
    assert wait_for(lambda: single.client.get("/sparql", params=GOOD).status_code == 200, 5)
    answers(single)


def test_no_worker_outlives_the_server(queries: Path, tmp_path: Path) -> None:
    store = publish(tmp_path / "store")
    with serving(queries, store, workers=3) as running:
        started = descendants(running.pid)
        assert len(workers(running.pid)) == 3
    assert wait_for(lambda: not any(map(runs, started)), 0.5)


def test_nor_one_that_is_killed(queries: Path, tmp_path: Path) -> None:
    store = publish(tmp_path / "store")
    with pytest.raises(AssertionError), serving(queries, store, workers=2) as running:
        started = descendants(running.pid)
        assert started
        os.kill(running.pid, signal.SIGKILL)
    assert wait_for(lambda: not any(map(runs, started)), 2)


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
