"""`cmograph releases`: listed, verified, gone back to, backed up, pruned."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cmograph.errors import Problem
from cmograph.keeping import _differing
from cmograph.release import StoreFolder, current, list_releases, lock, open_store, prune, verify
from tests.release.parts import publish_studies, quads, study

from .shell import audited, cmograph
from .test_backup import update


@pytest.fixture
def store(tmp_path: Path) -> StoreFolder:
    """Four releases: two builds, a change by a client, a build without one of the studies."""
    store = open_store(tmp_path / "store")
    publish_studies(store, {"a": study("a")})
    publish_studies(store, {"a": study("a"), "b": study("b")})
    update(store, "by a client")
    publish_studies(store, {"a": study("a")})
    return store


def test_releases_are_listed_as_they_are(store: StoreFolder) -> None:
    listed = json.loads(cmograph("releases", "list", "--format", "json", "--store", store.path).stdout)
    releases = list_releases(store)
    assert [item["number"] for item in listed] == [1, 2, 3, 4]
    assert [item["made_by"] for item in listed] == ["build", "build", "update", "build"]
    assert [item["current"] for item in listed] == [False, False, False, True]
    assert [item["studies"] for item in listed] == [["a"], ["a", "b"], ["a", "b"], ["a"]]
    for item, release in zip(listed, releases, strict=True):
        assert item["created"] == release.created
        assert item["open_quads"] == len(quads(release, "open"))
        assert item["restricted_quads"] == len(quads(release, "restricted"))
    table = cmograph("releases", "list", "--store", store.path).stdout.splitlines()
    assert table[0].split()[:3] == ["number", "created", "studies"]
    assert len(table) == 5
    assert table[4].split()[-1] == "yes"


def test_a_store_without_releases_lists_none_and_is_not_made(tmp_path: Path) -> None:
    listed = cmograph("releases", "list", "--format", "json", "--store", tmp_path / "new")
    assert (listed.returncode, json.loads(listed.stdout)) == (0, [])
    for command in (["verify"], ["backup", str(tmp_path / "b.tar")], ["rollback"]):
        assert not (tmp_path / "new").exists()
        said = cmograph("releases", *command, "--store", tmp_path / "new")
        assert said.returncode == 4
        assert "There is no" in said.stderr


def test_one_goes_back_from_a_release_that_is_damaged(store: StoreFolder) -> None:
    """As is said to do: neither what is served nor another one that is damaged stands in the way."""
    for number in (2, 4):
        (store.releases / f"{number:04}" / "manifest.json").write_text("{", encoding="utf-8")
    said = cmograph("releases", "verify", "--store", store.path)
    assert said.returncode == 4 and "Roll back to another release" in said.stderr
    back = cmograph("releases", "rollback", "--store", store.path)
    assert back.returncode == 0, back.stderr
    assert "Release 3 is served" in back.stderr and "withdrawn since" in back.stderr
    damaged = cmograph("releases", "rollback", "2", "--store", store.path)
    assert damaged.returncode == 4 and "0002 can't be read" in damaged.stderr
    served = current(store)
    assert served is not None and served.number == 3


def test_going_back_says_what_may_come_back(store: StoreFolder) -> None:
    gone = cmograph("releases", "rollback", "3", "--store", store.path)
    assert gone.returncode == 0, gone.stderr
    assert gone.stdout == ""
    assert "withdrawn since" in gone.stderr
    assert "The study b is not in release 4." in gone.stderr
    served = current(store)
    assert served is not None
    assert served.number == 3
    back = cmograph("releases", "rollback", "--store", store.path)
    assert "Changes by clients that are undone: 1." in back.stderr
    served = current(store)
    assert served is not None
    assert served.number == 2
    none = cmograph("releases", "rollback", "9", "--store", store.path)
    assert none.returncode == 4
    assert "The store has: 1, 2, 3, 4." in none.stderr
    assert [(line["action"], line["digest"], line["outcome"]) for line in audited(store.path)] == [
        ("rollback", "3", "asked"),
        ("rollback", "3", "done"),
        ("rollback", "", "asked"),
        ("rollback", "2", "done"),
        ("rollback", "9", "asked"),
    ]


def test_going_back_names_inputs_that_differ(demonstration: Path, tmp_path: Path) -> None:
    """A manifest as a build makes it, and a later one where an interview was withdrawn and another changed."""
    older = current(open_store(demonstration))
    assert older is not None
    first = dict(older.studies[0])
    names = list(first["inputs"])
    inputs = {name: digest for name, digest in first["inputs"].items() if name != names[0]}
    inputs[names[1]] = "0" * 64
    newer = replace(older, number=older.number + 1, studies=({**first, "inputs": inputs}, *older.studies[1:]))
    assert list(_differing(older, newer)) == [
        f"{first['id']}: {names[0]} is not in release {newer.number}.",
        f"{first['id']}: {names[1]} is another one in release {newer.number}.",
    ]
    assert list(_differing(older, older)) == []


@pytest.mark.slow
def test_damage_is_found_and_named(store: StoreFolder) -> None:
    assert cmograph("releases", "verify", "--all", "--store", store.path).returncode == 0
    file = next(list_releases(store)[2].store("restricted").glob("*.sst"))
    file.unlink()
    assert cmograph("releases", "verify", "--store", store.path).returncode == 0, "the current one is whole"
    for arguments in (["3"], ["--all"]):
        found = cmograph("releases", "verify", *arguments, "--store", store.path)
        assert found.returncode == 4
        assert f"{file}: A file of the restricted edition is missing or changed." in found.stderr
    said = cmograph("releases", "verify", "2", "--store", store.path)
    assert said.returncode == 0
    assert "Release 2 is as its manifest says." in said.stderr


@pytest.mark.slow
def test_a_backup_is_restored_by_the_commands(store: StoreFolder, tmp_path: Path) -> None:
    for arguments, number in ((["--release", "3"], 3), ([], 4)):
        archive, new = tmp_path / f"{number}.tar.gz", tmp_path / f"new {number}"
        made = cmograph("releases", "backup", archive, *arguments, "--store", store.path)
        assert made.returncode == 0, made.stderr
        again = cmograph("releases", "backup", archive, "--store", store.path)
        assert again.returncode == 3
        restored = cmograph("releases", "restore", archive, "--store", new)
        assert restored.returncode == 0, restored.stderr
        assert f"Release {number} is served" in restored.stderr
        assert (made.stdout, restored.stdout) == ("", "")
        refused = cmograph("releases", "restore", archive, "--store", new)
        assert refused.returncode == 4
        assert [(line["action"], line["outcome"]) for line in audited(new)] == [
            ("restore", "asked"),
            ("restore", "done"),
            ("restore", "asked"),
        ]
        served = current(open_store(new))
        assert served is not None
        assert served.number == number


def _files(store: StoreFolder) -> set[str]:
    return {file.stem for folder in (store.parts, store.patches) for file in folder.iterdir()}


def test_pruning_removes_what_no_release_holds(store: StoreFolder) -> None:
    before = _files(store)
    said = cmograph("releases", "prune", "--keep", "1", "--store", store.path)
    assert said.returncode == 0, said.stderr
    assert "Removed: 1, 2, 3." in said.stderr
    (left,) = list_releases(store)
    assert left.number == 4
    held = {part.sha256 for edition in left.editions.values() for part in edition.parts}
    held |= {patch for edition in left.editions.values() for patch in edition.patches}
    assert _files(store) == held < before
    assert verify(store, left) == ()
    assert {item.name for item in store.releases.iterdir()} == {"0004"}
    assert not list(store.path.glob("building-*"))
    assert [line["digest"] for line in audited(store.path) if line["outcome"] == "done"] == ["1", "2", "3"]
    assert publish_studies(store, {"a": study("a"), "b": study("b")}).number == 5, "and it is built on"


def test_pruning_never_removes_what_is_served(store: StoreFolder) -> None:
    assert cmograph("releases", "rollback", "1", "--store", store.path).returncode == 0
    with lock(store, "test"):
        assert [one.number for one in prune(store, 1)] == [2, 3]
        assert [one.number for one in list_releases(store)] == [1, 4]
        assert [one.number for one in prune(store, 0)] == [4]
    served = current(store)
    assert served is not None
    assert verify(store, served) == ()
    assert cmograph("releases", "prune", "--keep", "0", "--store", store.path).returncode == 2


def test_only_what_clients_made_may_be_pruned(store: StoreFolder) -> None:
    update(store, "more")
    update(store, "still more")
    with lock(store, "test"):
        assert [one.number for one in prune(store, 1, made_by="update")] == [3, 5]
        assert [one.number for one in list_releases(store)] == [1, 2, 4, 6]


def test_a_pruning_that_was_killed_is_finished_by_the_next_writer(store: StoreFolder) -> None:
    old = list_releases(store)[0]
    old.folder.rename(store.path / "building-gone-0001")
    assert [one.number for one in list_releases(store)] == [2, 3, 4]
    with lock(store, "test"):
        assert prune(store, 9) == ()
    assert not list(store.path.glob("building-*"))
    problems: list[Problem] = [found for one in list_releases(store) for found in verify(store, one)]
    assert problems == []
