"""A kill or a full disk in the middle of a build: what was served is served still, and the next build is fine."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import Quad

from cmograph.build import build
from cmograph.release import EDITIONS, open_store, verify

from .studies import edit_row, make_study, quads, served

ROOT = Path(__file__).resolve().parents[2]
BUILD = """
    import os, signal, sys
    from pathlib import Path
    from cmograph import build, preparation
    from cmograph.graph import evidence
    from cmograph.reasoning import Reasoner
    from cmograph.release import primary, publication

    def dies(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)

    {disaster}
    build.build([Path(name) for name in sys.argv[2:]], Path(sys.argv[1]))
"""
MOMENTS = {
    "while the evidence is written": "evidence._target = dies",
    "while it is reasoned over": "Reasoner.close_evidence = dies",
    "while it is checked": "build.run_checks = dies",
    "while its parts are kept": "preparation.add_part = dies",
    "before it is published": "build.publish = dies",
    "while the store is loaded": "primary.blocks = dies",
    "before the link is replaced": "publication._serve = dies",
}


def run(disaster: str, store: Path, *studies: Path) -> subprocess.CompletedProcess[str]:
    code = textwrap.dedent(BUILD).replace("{disaster}", textwrap.dedent(disaster).strip())
    command = [sys.executable, "-c", code, str(store), *map(str, studies)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@dataclass(frozen=True)
class Scene:
    """Two studies, a store with the first as it was, and what a build of both must give."""

    studies: tuple[Path, Path]
    store: Path
    expected: dict[str, set[Quad]]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("scene")
    one, two = make_study(folder, "one"), make_study(folder, "two", seed=2)
    build([one], folder / "store")
    edit_row(one / "configurations.csv", 2, {"title": "Another title"})
    build([one, two], folder / "fresh")
    expected = {edition: quads(folder / "fresh", edition) for edition in EDITIONS}
    return Scene((one, two), folder / "store", expected)


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_in_the_middle(scene: Scene, tmp_path: Path, moment: str) -> None:
    store = Path(shutil.copytree(scene.store, tmp_path / "store", symlinks=True))
    before, content = served(store), quads(store)

    killed = run(MOMENTS[moment], store, *scene.studies)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert served(store) == before
    assert quads(store) == content
    assert verify(open_store(store), before) == ()

    build(scene.studies, store)
    for edition in EDITIONS:
        assert quads(store, edition) == scene.expected[edition]
    assert verify(open_store(store), served(store)) == ()
    assert not list(store.glob("building-*"))


@pytest.mark.slow
@pytest.mark.parametrize("limit", [0, 20_000, 100_000, 1_000_000], ids=["lock", "evidence", "parts", "store"])
def test_a_disk_that_is_full(tmp_path: Path, limit: int) -> None:
    """RLIMIT_FSIZE makes the kernel refuse to write on, whoever writes."""
    one, two = make_study(tmp_path, "one"), make_study(tmp_path, "two", seed=2, sources=30, codings=10)
    store = tmp_path / "store"
    before = build([one], store).release
    disaster = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))"
    full = run(disaster, store, one, two)
    assert full.returncode == 1
    said = full.stderr.splitlines()[-1]
    assert said.startswith("cmograph.errors.StoreError: The disk of the store "), full.stderr
    assert "nothing was released" in said
    assert "Make room" in said
    assert served(store) == before
    assert verify(open_store(store), before) == ()
    assert not list(store.glob("building-*"))
    assert build([one, two], store).release.number == 2
