"""What many tests share: the bundled studies, built once a session, and the network kept shut."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from cmograph import resources

# No test holds a clock: a busy machine makes nothing wrong.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where there is no Java, what needs HermiT is skipped and says so."""
    if shutil.which("java") is None:
        no_java = pytest.mark.skip(reason="needs Java for HermiT; install a Java runtime (17 or later)")
        for item in items:
            if "java" in item.keywords:
                item.add_marker(no_java)


@pytest.fixture(autouse=True)
def _settings_of_this_shell_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [
        name for name in os.environ if name.startswith("CMOGRAPH_") and name != "CMOGRAPH_REGENERATE"
    ]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True, scope="session")
def _only_loopback() -> Iterator[None]:
    """A test that would reach the network fails: nothing is ever fetched."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in (
            "127.0.0.1",
            "::1",
            "localhost",
        ):
            raise AssertionError(f"a test tried to reach {address[0]}; only loopback is allowed")
        connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the bundled studies built and released; shared, so never write to it."""
    from cmograph.build import build

    base = tmp_path_factory.getbasetemp()
    # The processes of one run of tests share it: whichever comes first builds it, the others wait.
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demonstration"
    folder.mkdir(exist_ok=True)
    store, built = folder / "store", folder / "built"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            build(sorted(path.parent for path in resources.DATA.glob("*/study.toml")), store)
            built.touch()
    return store


@pytest.fixture(scope="session")
def demonstration_open(demonstration: Path) -> Path:
    """The open edition of the bundled studies: a store directory."""
    return demonstration / "current" / "open"


@pytest.fixture(scope="session")
def demonstration_restricted(demonstration: Path) -> Path:
    """The restricted edition of the bundled studies: a store directory."""
    return demonstration / "current" / "restricted"
