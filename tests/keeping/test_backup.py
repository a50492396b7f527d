"""Backup and restore: one file, whole or not at all, that writes nowhere else."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from cmograph.errors import InputError, StoreError
from cmograph.release import (
    EDITIONS,
    EMPTY,
    Patch,
    Release,
    StoreFolder,
    back_up,
    backup,
    current,
    list_releases,
    lock,
    open_store,
    prune,
    restore,
    revise,
    verify,
)
from tests.release.parts import nquads, publish_studies, quads, study

THING = NamedNode("http://example.org/thing")


def update(store: StoreFolder, text: str, edition: str = "open") -> Release:
    """A release made by a client."""
    added = Quad(THING, THING, Literal(text), NamedNode("http://example.org/graph"))
    with lock(store, "test"):
        release = revise(
            store,
            edition,
            lambda draft: Patch(frozenset(), frozenset({added}), frozenset()),
            lambda store, patch: EMPTY,
        )
    assert release is not None
    return release


def make(place: Path) -> StoreFolder:
    """Two builds, and two changes by clients over the second."""
    store = open_store(place)
    publish_studies(store, {"a": study("a"), "b": study("b")})
    publish_studies(store, {"a": study("a")})
    update(store, "by a client")
    update(store, "in confidence", "restricted")
    return store


@pytest.fixture
def store(tmp_path: Path) -> StoreFolder:
    return make(tmp_path / "store")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The last release of such a store; shared, so never written to."""
    place = tmp_path_factory.mktemp("archive")
    store = make(place / "store")
    back_up(store, list_releases(store)[3], place / "b.tar")
    return place / "b.tar"


@pytest.mark.parametrize("name", ["b.tar", "b.tar.gz", "b.tgz"])
@pytest.mark.parametrize("number", [1, 2, 4])
def test_what_is_restored_is_what_was_backed_up(
    store: StoreFolder, tmp_path: Path, name: str, number: int
) -> None:
    release = list_releases(store)[number - 1]
    size = back_up(store, release, tmp_path / name)
    assert size == (tmp_path / name).stat().st_size
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    new = open_store(tmp_path / "new")
    restored = restore(tmp_path / name, new)
    assert current(new) == restored
    assert (restored.number, restored.created, restored.made_by) == (number, release.created, release.made_by)
    assert verify(new, restored) == ()
    for edition in EDITIONS:
        assert quads(restored, edition) == quads(release, edition)
        assert nquads(new, restored, edition) == nquads(store, release, edition)
        assert restored.etag(edition) == release.etag(edition)


def test_a_restored_store_is_built_and_written_on(store: StoreFolder, tmp_path: Path) -> None:
    back_up(store, list_releases(store)[3], tmp_path / "b.tar")
    new = open_store(tmp_path / "new")
    restore(tmp_path / "b.tar", new)
    assert update(new, "more").number == 5
    built = publish_studies(new, {"a": study("a"), "c": study("c")})
    assert built.number == 6
    assert verify(new, built) == ()
    said = {quad.object for quad in quads(built, "restricted") if quad.subject == THING}
    assert said == {Literal("by a client"), Literal("in confidence"), Literal("more")}
    assert Literal("in confidence") not in {quad.object for quad in quads(built, "open")}


def test_a_release_of_clients_alone_is_backed_up_too(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    release = update(store, "alone")
    back_up(store, release, tmp_path / "b.tar")
    restored = restore(tmp_path / "b.tar", open_store(tmp_path / "new"))
    assert quads(restored, "open") == quads(release, "open")
    assert all(quad.graph_name != DefaultGraph() for quad in quads(restored, "open"))


def test_a_writer_need_not_stop(store: StoreFolder, tmp_path: Path) -> None:
    release = current(store)
    assert release is not None
    with lock(store, "another writer"):
        back_up(store, release, tmp_path / "b.tar")
    assert restore(tmp_path / "b.tar", open_store(tmp_path / "new")).number == release.number


def test_the_archive_is_checked_by_anyone_with_sha256sum(store: StoreFolder, tmp_path: Path) -> None:
    back_up(store, list_releases(store)[3], tmp_path / "b.tar.gz")
    place = tmp_path / "by hand"
    place.mkdir()
    subprocess.run(["tar", "-xzf", tmp_path / "b.tar.gz", "-C", place], check=True)
    subprocess.run(["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"], cwd=place, check=True)
    names = {file.relative_to(place).as_posix() for file in place.rglob("*") if file.is_file()}
    assert not [name for name in names if "token" in name or "audit" in name or name.endswith("LOCK")]
    assert len([name for name in names if name.startswith("patches/")]) == 2


def test_nothing_is_written_over(store: StoreFolder, tmp_path: Path) -> None:
    release = list_releases(store)[0]
    back_up(store, release, tmp_path / "b.tar")
    before = (tmp_path / "b.tar").read_bytes()
    with pytest.raises(InputError, match="there already"):
        back_up(store, list_releases(store)[1], tmp_path / "b.tar")
    assert (tmp_path / "b.tar").read_bytes() == before
    with pytest.raises(StoreError, match="holds releases already"):
        restore(tmp_path / "b.tar", store)
    assert [one.number for one in list_releases(store)] == [1, 2, 3, 4]
    with pytest.raises(InputError, match="ends in"):
        back_up(store, release, tmp_path / "b.zip")


@pytest.mark.parametrize("links", [True, False], ids=["hard links", "no hard links"])
def test_of_two_backups_to_one_file_the_first_that_is_whole_stays(
    store: StoreFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    """The second begins, and ends, while the first is on its way: the first is told, and puts nothing in its place."""
    first, second = list_releases(store)[:2]
    write_files = backup._write
    begun: list[Release] = []

    def write_late(folder: StoreFolder, release: Release, stream: IO[bytes], compressed: bool) -> None:
        write_files(folder, release, stream, compressed)
        if not begun:
            begun.append(release)
            back_up(folder, second, tmp_path / "b.tar")

    def no_links(*_: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(backup, "_write", write_late)
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    with pytest.raises(InputError, match="there already"):
        back_up(store, first, tmp_path / "b.tar")
    assert restore(tmp_path / "b.tar", open_store(tmp_path / "new")).number == second.number
    assert sorted(item.name for item in tmp_path.iterdir()) == ["b.tar", "new", "store"]


def test_a_store_that_holds_tokens_alone_is_restored_into(store: StoreFolder, tmp_path: Path) -> None:
    back_up(store, list_releases(store)[0], tmp_path / "b.tar")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "tokens.json").write_text("kept", encoding="utf-8")
    restore(tmp_path / "b.tar", open_store(tmp_path / "new"))
    assert (tmp_path / "new" / "tokens.json").read_text(encoding="utf-8") == "kept"


def test_a_release_that_is_damaged_or_gone_leaves_no_archive(store: StoreFolder, tmp_path: Path) -> None:
    old = list_releases(store)[0]
    with lock(store, "test"):
        assert [one.number for one in prune(store, 1)] == [1, 2, 3]
    with pytest.raises(StoreError, match="can't be backed up"):
        back_up(store, old, tmp_path / "b.tar")
    with pytest.raises(StoreError, match="can't be backed up"):
        back_up(store, list_releases(store)[0], tmp_path / "no such folder" / "b.tar")
    assert sorted(item.name for item in tmp_path.iterdir()) == ["store"]


def members(file: Path) -> list[tuple[tarfile.TarInfo, bytes]]:
    found = []
    with tarfile.open(file) as tar:
        for member in tar:
            source = tar.extractfile(member)
            found.append((member, source.read() if source else b""))
    return found


def write(file: Path, content: list[tuple[tarfile.TarInfo, bytes]], sums: bool = True) -> None:
    """An archive of these members, with checksums that fit them."""
    with tarfile.open(file, "w") as tar:
        text = ""
        for member, body in content:
            if member.name == "SHA256SUMS" and sums:
                continue
            member.size = len(body) if member.isreg() else 0
            tar.addfile(member, io.BytesIO(body))
            text += f"{hashlib.sha256(body).hexdigest()}  {member.name}\n"
        if sums:
            member = tarfile.TarInfo("SHA256SUMS")
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))


def refused(file: Path, place: Path, said: str) -> None:
    """The archive is refused, and leaves a store without a release, and nothing elsewhere."""
    around = {item for item in place.parent.iterdir() if item != place}
    with pytest.raises(InputError, match=said):
        restore(file, open_store(place))
    assert current(open_store(place)) is None
    assert [item for item in place.rglob("*") if not item.is_dir()] == [place / "lock"]
    assert {item for item in place.parent.iterdir() if item != place} == around


def _named(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


PART = f"parts/{'0' * 64}.nt"


@pytest.mark.parametrize(
    "member",
    [
        _named("../outside"),
        _named("/tmp/outside"),
        _named("parts/../../outside"),
        _named(f"./{PART}"),
        _named(PART + "\n"),
        _named("tokens.json"),
        _named("audit.jsonl"),
        _named("current", tarfile.SYMTYPE, "/etc"),
        _named(PART, tarfile.SYMTYPE, "/etc/passwd"),
        _named(PART, tarfile.LNKTYPE, "releases/0004/manifest.json"),
        _named(PART, tarfile.FIFOTYPE),
        _named(PART, tarfile.CHRTYPE),
        _named("releases", tarfile.DIRTYPE),
        _named("releases/0001/open/.."),
        _named("releases/0001/open/a/b"),
        _named("releases/0001/inside/CURRENT"),
        _named("releases/٠٠٠١/manifest.json"),
    ],
    ids=lambda member: f"{member.name!r} {member.type!r}",
)
@pytest.mark.parametrize("first", [True, False])
def test_an_archive_writes_to_no_other_place(
    archive: Path, tmp_path: Path, member: tarfile.TarInfo, first: bool
) -> None:
    content = members(archive)
    content.insert(0 if first else len(content) - 1, (member, b"x" if member.isreg() else b""))
    write(tmp_path / "evil.tar", content)
    refused(tmp_path / "evil.tar", tmp_path / "new", "does not belong there")


Content = list[tuple[tarfile.TarInfo, bytes]]


def _without(prefix: str) -> Callable[[Content], Content]:
    return lambda content: [(m, body) for m, body in content if not m.name.startswith(prefix)]


def _replaced(prefix: str, old: bytes, new: bytes) -> Callable[[Content], Content]:
    return lambda content: [
        (m, body.replace(old, new) if m.name.startswith(prefix) else body) for m, body in content
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(_without("releases/0004/manifest"), "manifest", id="no manifest"),
        pytest.param(_without("releases/0004/open/"), "can't be opened", id="no open edition"),
        pytest.param(_without("parts/"), "is missing", id="no parts"),
        pytest.param(_without("patches/"), "is missing", id="no patches"),
        pytest.param(_without("releases/"), "one release", id="no release"),
        pytest.param(_replaced("parts/", b"said", b"sang"), "missing or changed", id="another part"),
        pytest.param(_replaced("patches/", b"client", b"cliemt"), "missing or changed", id="another patch"),
        pytest.param(
            _replaced("releases/0004/manifest.json", b'"quads": ', b'"quads": 1'),
            "its manifest says",
            id="other numbers of quads",
        ),
        pytest.param(
            _replaced("releases/0004/manifest.json", b'"number": 4', b'"number": 5'),
            "one release",
            id="another number",
        ),
        pytest.param(lambda content: content + content[:1], "does not belong", id="a part twice"),
        pytest.param(lambda content: [], "one release", id="nothing"),
    ],
)
def test_what_its_manifest_does_not_say_is_not_served(
    archive: Path, tmp_path: Path, change: Callable[[Content], Content], said: str
) -> None:
    """Not even where whoever changed the archive wrote checksums that fit."""
    write(tmp_path / "changed.tar", change(members(archive)))
    with pytest.raises((InputError, StoreError), match=said):
        restore(tmp_path / "changed.tar", open_store(tmp_path / "new"))
    assert current(open_store(tmp_path / "new")) is None


def test_an_archive_that_was_damaged_is_refused(store: StoreFolder, tmp_path: Path) -> None:
    back_up(store, list_releases(store)[3], tmp_path / "b.tar")
    whole = (tmp_path / "b.tar").read_bytes()
    at = whole.index(b"rocksdb")
    damaged = {
        "cut in a file": whole[: len(whole) // 2],
        "cut between files": whole[: whole.rindex(b"SHA256SUMS") - whole.rindex(b"SHA256SUMS") % 512],
        "a byte": whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :],
        "empty": b"",
        "noise": b"noise" * 1000,
    }
    for name, body in damaged.items():
        file = tmp_path / f"{name}.tar"
        file.write_bytes(body)
        refused(file, tmp_path / "new", "no archive of a release")
    back_up(store, list_releases(store)[3], tmp_path / "b.tar.gz")
    packed = (tmp_path / "b.tar.gz").read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(packed[: len(packed) // 2])
    refused(tmp_path / "cut.tar.gz", tmp_path / "new", "no archive of a release")
    refused(tmp_path / "none.tar", tmp_path / "new", "no such file")


def test_after_a_refusal_the_same_folder_takes_a_good_archive(store: StoreFolder, tmp_path: Path) -> None:
    (tmp_path / "bad.tar").write_bytes(b"")
    refused(tmp_path / "bad.tar", tmp_path / "new", "no archive")
    back_up(store, list_releases(store)[3], tmp_path / "b.tar")
    assert restore(tmp_path / "b.tar", open_store(tmp_path / "new")).number == 4
