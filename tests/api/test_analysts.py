"""An inquiry that does not come to an end, at the real server: it is ended, and everyone else is served."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from cmograph import resources
from tests.api.conftest import Served, serving
from tests.api.processes import descendants, runs, wait_for

STUDY = "synthetic-demonstration"
GOOD = {"query": "ASK { ?s a <https://w3id.org/cmograph/realist#Evaluation> }"}


@pytest.fixture(scope="module")
def served(demonstration: Path) -> Iterator[Served]:
    with serving(resources.QUERIES, demonstration, query_timeout=4) as served:
        yield served


def analysts(pid: int) -> set[int]:
    """The processes that analyse: each was forked from a keeper, which starts nobody else."""
    found = set()
    for process in descendants(pid):
        with contextlib.suppress(OSError):
            if b"cmograph.analysts.keeper" in Path(f"/proc/{process}/cmdline").read_bytes():
                found.add(process)
    return {process for process in found if not descendants(process)}


def test_an_inquiry_that_hangs_is_ended_at_the_deadline(served: Served) -> None:
    first = served.client.get("/components", params={"study": STUDY})
    assert first.status_code == 200 and first.json()["total"] > 50
    (analyst,) = analysts(served.pid)
    os.kill(analyst, signal.SIGSTOP)
    with ThreadPoolExecutor(2) as pool:
        # Whichever of the two arrives first meets the analyst that hangs.
        asked = [pool.submit(served.client.get, "/components", params={"study": STUDY}) for _ in range(2)]
        answered, (hanging,) = wait(asked, return_when=FIRST_COMPLETED)
        assert [one.result().json() for one in answered] == [first.json()]
        assert served.client.get("/sparql", params=GOOD).json()["boolean"] is True
        assert not hanging.done(), "others wait for what hangs"
        ended = hanging.result()
    assert ended.status_code == 503
    assert ended.headers["content-type"] == "application/problem+json"
    assert "4 s" in ended.text
    assert wait_for(lambda: not runs(analyst), 2), "whom the kernel was told to end is gone in a moment"
    assert served.client.get("/components", params={"study": STUDY}).json() == first.json()
    assert 'cmograph_analyses_total{end="deadline"} 1.0' in served.client.get("/metrics").text
