"""The real server, in a process of its own, on a real socket of the loopback interface."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from cmograph.questions import Library
from tests.engine.hazards import CYCLES
from tests.engine.small import publish
from tests.questions.samples import CONFIGURATIONS, PLAIN

_SERVE = """
import sys
from pathlib import Path
import uvicorn
from cmograph.api import server
from cmograph.questions import Library
from cmograph.settings import Settings
library = Library.load(Path(sys.argv[1]))
create_app = server.create_app
server.create_app = lambda settings: create_app(settings, library)
server.serve(Settings(port=0), lambda address: print(address, flush=True))
"""


@dataclass(frozen=True)
class Served:
    """A running server."""

    address: str
    pid: int
    client: httpx2.Client


@contextmanager
def serving(queries: Path, store: Path | None, **settings: object) -> Iterator[Served]:
    """Serve a store until the block ends; the server must then stop by itself, in good order."""
    environment = os.environ | {f"CMOGRAPH_{name.upper()}": str(value) for name, value in settings.items()}
    if store is not None:
        environment["CMOGRAPH_STORE"] = str(store)
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(queries)], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), "the server did not start"
        with httpx2.Client(base_url=address, timeout=30) as client:
            yield Served(address, process.pid, client)
        process.terminate()
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


@pytest.fixture(scope="session")
def queries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("queries")
    (folder / "cq-01-configurations.rq").write_text(CONFIGURATIONS, encoding="utf-8")
    (folder / "cq-02-plain.rq").write_text(PLAIN, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def library(queries: Path) -> Library:
    return Library.load(queries)


@pytest.fixture(scope="session")
def served(queries: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of the small store, whose queries may take one second."""
    store = publish(tmp_path_factory.mktemp("served") / "store")
    with serving(queries, store, query_timeout=1, answer_limit=1, memory_limit=1024) as running:
        yield running


@pytest.fixture(scope="module")
def single(queries: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of one worker, whose loss is felt at once; its data holds rings."""
    store = publish(tmp_path_factory.mktemp("single") / "store", more=CYCLES)
    with serving(queries, store, query_timeout=1, memory_limit=1024, workers=1) as running:
        yield running


@pytest.fixture
def client(served: Served) -> httpx2.Client:
    return served.client
