"""A kill or a full disk in the middle of publishing: what was served stays, and the next build is fine."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from cmograph.errors import StoreError
from cmograph.release import current, list_releases, lock, open_store, rollback, verify

from .parts import publish_studies, quads, study, write

ROOT = Path(__file__).resolve().parents[2]
BEFORE = {"a": study("a", 50), "b": study("b", 50)}
AFTER = {"a": study("a", 50), "b": study("b", 60, "says"), "c": study("c", 5_000)}

PUBLISH = """
    import os, signal, sys
    from pathlib import Path
    from cmograph.release import folder, manifest, open_store, parts, primary, publication
    from tests.release.parts import publish_studies, study
    from tests.release.test_disasters import AFTER

    def dies(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)

    {disaster}
    publish_studies(open_store(Path(sys.argv[1])), AFTER)
"""

MOMENTS = {
    "while a part is added": "parts.sync = dies",
    "while the primary store is loaded": """
    real = primary._load
    def half(store, folder, parts, progress):
        real(store, folder, parts[:1], progress)
        dies()
    primary._load = half""",
    "while old triples are removed": """
    real_quad = primary.Quad
    left = [30]
    def counting(*terms):
        left[0] -= 1
        return real_quad(*terms) if left[0] else dies()
    primary.Quad = counting""",
    "before the second edition": """
    real = publication.snapshot
    def second(folder, edition, *rest):
        return dies() if edition == "restricted" else real(folder, edition, *rest)
    publication.snapshot = second""",
    "before the manifest": "publication.manifest_text = dies",
    "before the link is replaced": "publication._serve = dies",
    "before what is left is swept": "publication._sweep = dies",
}


def run(store: Path, disaster: str) -> subprocess.CompletedProcess[str]:
    code = textwrap.dedent(PUBLISH).replace("{disaster}", textwrap.dedent(disaster).strip())
    return subprocess.run([sys.executable, "-c", code, store], cwd=ROOT, capture_output=True, text=True)


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_leaves_what_was_served_and_the_next_build_is_fine(tmp_path: Path, moment: str) -> None:
    store = open_store(tmp_path / "store")
    before = publish_studies(store, BEFORE)
    content = quads(before, "restricted")

    killed = run(store.path, MOMENTS[moment])
    assert killed.returncode == -signal.SIGKILL, killed.stderr

    served = current(store)
    assert served is not None
    if moment == "before what is left is swept":
        assert served.number == 2, "the release was made: only tidying was left"
    else:
        assert served == before
        assert quads(before, "restricted") == content
    assert verify(store, served) == ()

    after = publish_studies(store, AFTER)
    fresh = publish_studies(open_store(tmp_path / "fresh"), AFTER)
    for edition in ("open", "restricted"):
        assert quads(after, edition) == quads(fresh, edition)
    assert current(store) == after
    assert not list(store.path.glob("building-*"))
    assert all(verify(store, release) == () for release in list_releases(store))


def test_a_kill_while_the_writers_store_is_emptied(tmp_path: Path) -> None:
    """Nothing says of it any more that it holds what it held."""
    store = open_store(tmp_path / "store")
    publish_studies(store, BEFORE)
    write(store, "e:written")
    after = publish_studies(store, AFTER)  # its primary store holds what was written
    rollback(store, 1)
    emptied = """
    real = primary.shutil.rmtree
    def empties(place, **options):
        real(place, **options)
        if place == store.primary / "open":
            dies()
    store = open_store(Path(sys.argv[1]))
    primary.shutil.rmtree = empties"""
    assert run(store.path, emptied).returncode == -signal.SIGKILL
    rollback(store, 3)
    built = publish_studies(
        store, dict(reversed(AFTER.items()))
    )  # the same parts, of studies in another order
    assert built.number > after.number
    for edition in ("open", "restricted"):
        assert quads(built, edition) == quads(after, edition)


@pytest.mark.parametrize("limit", [10_000, 800_000, 1_200_000])
def test_a_file_that_can_grow_no_more_is_a_store_error_and_loses_nothing(tmp_path: Path, limit: int) -> None:
    """RLIMIT_FSIZE makes the kernel refuse to write on, in a part or in the store."""
    store = open_store(tmp_path)
    before = publish_studies(store, BEFORE)
    full = run(tmp_path, f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))")
    assert full.returncode == 1
    assert "is full; nothing was released" in full.stderr.splitlines()[-1], full.stderr
    assert "Make room" in full.stderr
    assert current(store) == before
    assert verify(store, before) == ()
    assert not list(store.path.glob("building-*"))
    assert publish_studies(store, AFTER).number == 2


def test_a_full_disk_is_a_store_error_and_loses_nothing(tmp_path: Path) -> None:
    """A real file system of 24 MB, where this user may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if (
        mount is None
        or subprocess.run(
            [mount, "-t", "tmpfs", "-o", "size=24m", "none", disk], capture_output=True
        ).returncode
    ):
        pytest.skip("mounting a small file system needs root; RLIMIT_FSIZE is tested instead")
    try:
        store = open_store(disk / "store")
        before = publish_studies(store, BEFORE)
        with pytest.raises(StoreError, match=r"disk of the store .* is full") as refused:
            publish_studies(store, {**BEFORE, "big": study("big", 200_000)})
        assert refused.value.problems[0].remedy.startswith("Make room")
        assert current(store) == before
        assert verify(store, before) == ()
        assert not list(store.path.glob("building-*"))
        (disk / "room").write_bytes(b"")
        assert publish_studies(store, {"a": study("a", 50)}).number == 2
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_lock_goes_with_its_process(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    run(tmp_path, "folder.json.dump = lambda *_: dies()")
    with lock(store, "build"):
        pass
