"""Starting a server: it says its address once, and what keeps it from starting."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from cmograph.api import serve
from cmograph.errors import StoreError
from cmograph.settings import Settings
from tests.engine.small import publish


def unheard(address: str) -> None:
    raise AssertionError(f"nothing is served at {address}")


def test_an_address_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StoreError, match=f"127.0.0.1:{port}"):
            serve(Settings(port=port, workers=1), unheard)


def test_a_store_whose_release_is_gone_is_told(tmp_path: Path) -> None:
    store = publish(tmp_path / "store")
    (store / "releases" / "0001").rename(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="0001"):
        serve(Settings(port=0, store=store), unheard)


def test_a_store_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    store = publish(tmp_path / "store")
    (store / "current" / "open" / "CURRENT").write_text("nonsense")
    with pytest.raises(StoreError, match="store"):
        serve(Settings(port=0, store=store), unheard)
