"""Clients change what is served, and the disk is full: they are told, nothing is half written, all else goes on."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from cmograph.access import Scope, TokenBook
from cmograph.release import current, open_store, verify
from tests.api.conftest import serving
from tests.api.processes import descendants, wait_for
from tests.writing.disks import LARGE, MANY, files, full, needs_prlimit

pytestmark = needs_prlimit
COUNT = {"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "format": "csv"}


@dataclass(frozen=True)
class Scene:
    """A server of a store that clients wrote one statement to."""

    store: Path
    client: httpx2.Client
    pid: int
    token: dict[str, str]

    def update(self, text: str) -> httpx2.Response:
        return self.client.post("/sparql", data={"update": text}, headers=self.token)

    def put(self, text: str) -> httpx2.Response:
        turtle = self.token | {"Content-Type": "text/turtle"}
        return self.client.put("/graphs?graph=e:g", content=text.encode(), headers=turtle)

    def count(self) -> tuple[str, str]:
        response = self.client.get("/sparql", params=COUNT)
        assert response.status_code == 200, response.text
        return response.text.split()[1], response.headers["etag"]

    def whole(self) -> bool:
        release = current(open_store(self.store))
        assert release is not None
        return verify(open_store(self.store), release) == () and not list(self.store.glob("building-*"))

    def audit(self) -> list[str]:
        lines = (self.store / "audit.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line)["outcome"] for line in lines if json.loads(line)["action"] == "update"]

    @contextmanager
    def full(self, limit: int) -> Iterator[None]:
        """No room beyond so many bytes a file for whatever the server has started."""
        with full(limit, self.pid, *descendants(self.pid)):
            yield


@pytest.fixture
def scene(queries: Path, tmp_path: Path) -> Iterator[Scene]:
    store = tmp_path / "store"
    store.mkdir()
    token = {"Authorization": f"Bearer {TokenBook(store).add([Scope.WRITE], None)}"}
    with serving(queries, store) as served:
        scene = Scene(store, served.client, served.pid, token)
        response = scene.update("INSERT DATA { <e:s> <e:p> 'first' }")
        assert response.status_code == 204, response.text
        yield scene


def assert_told(response: httpx2.Response, what: str) -> None:
    """A problem document (RFC 9457) of a store that can't be used just now."""
    assert response.status_code == 503, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert int(response.headers["retry-after"]) > 0
    problem = response.json()
    assert problem["type"].endswith("store-error") and problem["status"] == 503
    assert what in problem["detail"]
    assert all("Make room" in one["remedy"] for one in problem["problems"])


def test_a_change_for_which_there_is_no_room(scene: Scene) -> None:
    before, held = scene.count(), files(scene.store)
    with scene.full(300_000):
        for response in (scene.update(f"INSERT DATA {{ {LARGE} }}"), scene.put(LARGE)):
            assert_told(response, "is full; nothing was released")
            assert scene.count() == before
            assert files(scene.store) == held and scene.whole()
        assert scene.client.get("/ready").status_code == 200
    assert scene.update(f"INSERT DATA {{ {LARGE} }}").status_code == 204
    assert scene.count()[0] == str(MANY + 1)
    assert scene.whole()


def test_a_change_that_cannot_be_put_on_record_is_not_made(scene: Scene) -> None:
    before, held = scene.count(), files(scene.store)
    size = (scene.store / "audit.jsonl").stat().st_size
    for room in (0, 1, 50):  # 50 bytes are half a line
        with scene.full(size + room):
            assert_told(scene.update("INSERT DATA { <e:s> <e:p> 'second' }"), "audit can't be written")
        assert scene.count() == before and files(scene.store) == held
        assert scene.audit() == ["asked", "done"]
    assert scene.update("INSERT DATA { <e:s> <e:p> 'second' }").status_code == 204
    assert scene.audit() == ["asked", "done"] * 2


def test_a_change_that_was_made_is_told_though_it_cannot_be_served_yet(scene: Scene) -> None:
    """Here one file can be opened, for the record, and not the two that a worker takes."""
    usual = resource.prlimit(scene.pid, resource.RLIMIT_NOFILE)
    held = {int(one.name) for one in Path(f"/proc/{scene.pid}/fd").iterdir()}
    free = [number for number in range(len(held) + 2) if number not in held]
    resource.prlimit(scene.pid, resource.RLIMIT_NOFILE, (free[1], usual[1]))
    try:
        response = scene.update("INSERT DATA { <e:s> <e:p> 'second' }")
    finally:
        resource.prlimit(scene.pid, resource.RLIMIT_NOFILE, usual)
    assert response.status_code == 204, response.text
    assert scene.audit() == ["asked", "done"] * 2
    assert wait_for(lambda: scene.count()[0] == "2", 5)


def test_a_change_that_was_made_is_told_though_its_end_is_not_on_record(scene: Scene) -> None:
    """Told as an error, with when to come again, it would be made twice: here there is room for one line, not two."""
    audit = scene.store / "audit.jsonl"
    asked = len(audit.read_bytes().splitlines(keepends=True)[-2])
    with full(audit.stat().st_size + asked + 20, scene.pid):
        response = scene.update("INSERT { <e:more> <e:p> ?n } WHERE { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } }")
    assert response.status_code == 204, response.text
    assert response.headers["x-cmograph-release"] == "0002"
    assert scene.count()[0] == "2"
    assert scene.audit() == ["asked", "done", "asked"]
