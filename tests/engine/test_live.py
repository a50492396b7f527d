"""What is served follows the store: to a new release, past a damaged one, into memory."""

from __future__ import annotations

import asyncio
import errno
import os
import time
from pathlib import Path
from typing import Any

import pytest

from cmograph.engine import LiveBackend, check
from cmograph.engine import live as live_module
from cmograph.engine.formats import CSV
from cmograph.engine.pool import Limits, Pool
from cmograph.engine.processes import Nursery
from cmograph.errors import (
    StoreError,
)
from tests.engine.small import publish, still_answers


def test_the_switch_to_a_new_release_fails_no_query(tmp_path: Path) -> None:
    store = publish(tmp_path / "store")

    async def run() -> None:
        live = await LiveBackend.start(store, "open", Limits(workers=2))
        count = check("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        seen: list[tuple[str, bytes]] = []
        try:
            publishing = asyncio.ensure_future(
                asyncio.to_thread(publish, store, 2, "<new> realist:weight 1 .")
            )
            deadline = time.monotonic() + 10
            while live.snapshot.release != "0002" and time.monotonic() < deadline:
                answer = await live.query(count, CSV)
                seen.append((answer.snapshot.release, answer.body))
            await publishing
            answer = await live.query(count, CSV)
            seen.append((answer.snapshot.release, answer.body))
        finally:
            await live.close()
        assert [release for release, _ in seen] == sorted(release for release, _ in seen)
        assert len({body for release, body in seen if release == "0001"}) == 1
        assert seen[-1][0] == "0002"
        assert len({body for _, body in seen}) == 2

    asyncio.run(run())


def test_a_release_that_cannot_be_served_from_memory_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[Nursery] = []
    hold, start = Nursery.holding, Pool.start

    async def note(self: Nursery, *arguments: Any) -> Nursery:
        held.append(await hold(self, *arguments))
        return held[-1]

    async def fail(nursery: Nursery, *arguments: Any) -> Pool:
        if nursery in held:
            raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
        return await start(nursery, *arguments)

    monkeypatch.setattr(Nursery, "holding", note)
    monkeypatch.setattr(Pool, "start", fail)
    monkeypatch.setattr(live_module, "_SETTLED_SECONDS", 0.0)

    async def run() -> None:
        live = await LiveBackend.start(publish(tmp_path / "store"), "open", Limits(in_memory=1 << 30))
        try:
            async with asyncio.timeout(10):
                while not held or held[-1].alive:
                    await asyncio.sleep(0.02)
            assert (await live.query(check("ASK {}"), CSV)).body == b"true"
        finally:
            await live.close()

    asyncio.run(run())


def test_a_release_that_cannot_be_opened_leaves_what_is_served(tmp_path: Path) -> None:
    store = publish(tmp_path / "store")

    async def run() -> None:
        live = await LiveBackend.start(store, "open", Limits(workers=1))
        try:
            link = store / "current.new"
            link.symlink_to("releases/0002")
            link.replace(store / "current")
            await asyncio.sleep(0.6)
            assert live.snapshot.release == "0001"
            await still_answers(live)
        finally:
            await live.close()

    asyncio.run(run())


@pytest.mark.parametrize("text", ['{"editions": ', "[]", '{"editions": []}'])
def test_a_damaged_manifest_ends_nobodys_following(tmp_path: Path, text: str) -> None:
    store = publish(tmp_path / "store")

    async def run() -> None:
        live = await LiveBackend.start(store, "open", Limits(workers=1))
        try:
            (store / "current" / "manifest.json").write_text(text, encoding="utf-8")
            with pytest.raises(StoreError, match="manifest"):
                await live.refresh()
            await asyncio.sleep(0.6)
            await still_answers(live)
            await asyncio.to_thread(publish, store, 2)
            deadline = time.monotonic() + 10
            while live.snapshot.release != "0002" and time.monotonic() < deadline:
                await asyncio.sleep(0.05)
            assert live.snapshot.release == "0002"
        finally:
            await live.close()

    asyncio.run(run())


def test_an_empty_store_is_served_anew_once_something_is_released(tmp_path: Path) -> None:
    async def run() -> None:
        live = await LiveBackend.start(tmp_path, "open", Limits(workers=1))
        try:
            publish(tmp_path)
            deadline = time.monotonic() + 10
            while live.snapshot.release == "none" and time.monotonic() < deadline:
                await asyncio.sleep(0.05)
            await still_answers(live)
        finally:
            await live.close()

    asyncio.run(run())
