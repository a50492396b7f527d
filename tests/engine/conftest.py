"""One small store for the engine's tests, a backend on it, and endpoints that it may call."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cmograph.engine import LocalBackend, open_backend
from tests.engine.endpoints import NOTHING, Endpoint, evaluate, reply, running
from tests.engine.small import publish


@pytest.fixture(scope="session")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(tmp_path_factory.mktemp("small") / "store")


@pytest.fixture(scope="module")
def backend(small_store: Path) -> Iterator[LocalBackend]:
    with open_backend(small_store) as opened:
        yield opened


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """One that answers as an endpoint does."""
    with running(evaluate) as made:
        yield made


@pytest.fixture(scope="module")
def hostile() -> Iterator[Endpoint]:
    """One whose answer a test sets; at first it answers with nothing."""
    with running(reply(NOTHING)) as made:
        yield made
