"""One small store for the engine's tests, and a backend on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cmograph.engine import LocalBackend, open_backend
from tests.engine.small import publish


@pytest.fixture(scope="session")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(tmp_path_factory.mktemp("small") / "store")


@pytest.fixture(scope="module")
def backend(small_store: Path) -> Iterator[LocalBackend]:
    with open_backend(small_store) as opened:
        yield opened
