"""A version of a study is what its open graphs said in a release: known from manifests, named by what it held."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmograph.release import (
    StoreFolder,
    lock,
    open_store,
    prune,
    rollback,
)
from cmograph.release.versions import History, read_history
from tests.release.parts import STUDY, release, study, write

A, B = f"{STUDY}a", f"{STUDY}ab"  # the one's name begins the other's: a patch of it is none of the first


@pytest.fixture
def store(tmp_path: Path) -> StoreFolder:
    return open_store(tmp_path / "store")


def history(store: StoreFolder, name: str = A, edition: str = "open", served: str = "") -> History:
    return read_history(store.path, name, edition, served or store.current.readlink().name)


def test_a_version_changes_with_its_study_and_with_nothing_else(store: StoreFolder) -> None:
    release(store, {"a": study("a"), "ab": study("ab")})
    release(store, {"a": study("a"), "ab": study("ab", word="other")})
    release(store, {"a": study("a", word="changed"), "ab": study("ab", word="other")})
    first, second, third = history(store).versions
    assert [one.release for one in (first, second, third)] == ["0001", "0002", "0003"]
    assert first.digest == second.digest != third.digest
    assert first.title == "Study a" and first.synthetic
    found = history(store)
    assert found.latest == third and found.predecessor(third) == second
    assert found.predecessor(second) is None, "release 1 says the same of it"
    assert found.distinct == (second, third)
    assert found.successor(first) == third and found.successor(third) is None
    assert found.state(second) == "Release 0002, open edition: superseded by release 0003."
    assert found.find(third.name) == third and found.find(f"0003-{first.digest}") is None


def test_what_alone_the_restricted_edition_holds_makes_no_version_of_the_open_one(store: StoreFolder) -> None:
    release(store, {"a": study("a")})
    release(store, {"a": {**study("a"), "evidence": study("a", word="withdrawn")["evidence"]}})
    first, second = history(store).versions
    assert first.digest == second.digest
    first, second = history(store, edition="restricted").versions
    assert first.digest != second.digest


def test_what_clients_write_makes_a_version_of_the_study_that_it_names(store: StoreFolder) -> None:
    release(store, {"a": study("a"), "ab": study("ab")})
    write(store, f"{B}/thing/1")
    first, second = history(store).versions
    assert first.digest == second.digest
    first, second = history(store, B).versions
    assert first.digest != second.digest
    write(store, A)
    assert len({one.digest for one in history(store).versions}) == 2


def test_rolled_back_is_not_superseded(store: StoreFolder) -> None:
    release(store, {"a": study("a")})
    release(store, {"a": study("a", word="changed")})
    rollback(store)
    found = history(store)
    first, second = found.versions
    assert found.latest == first and found.successor(first) is None
    assert found.predecessor(second) == first
    assert found.state(second) == "Release 0002, open edition: taken back in favour of release 0001."


def test_a_study_that_is_gone_has_a_past_and_no_latest_version(store: StoreFolder) -> None:
    release(store, {"a": study("a"), "ab": study("ab")})
    release(store, {"ab": study("ab")})
    found = history(store)
    assert [one.release for one in found.versions] == ["0001"] and found.latest is None
    assert "no longer served" in found.state(found.versions[0])
    never = history(store, f"{STUDY}never")
    assert never.versions == never.distinct == () and never.latest is None


def test_what_was_pruned_is_forgotten_and_what_cannot_be_read_is_passed_over(store: StoreFolder) -> None:
    for word in ("one", "two", "three"):
        release(store, {"a": study("a", word=word)})
    before = history(store)
    with lock(store, "test"):
        prune(store, 2)
    after = history(store)
    assert [one.release for one in after.versions] == ["0002", "0003"] and after.digest != before.digest
    (store.releases / "0002" / "manifest.json").write_text("{", encoding="utf-8")
    assert [one.release for one in history(store).versions] == ["0003"]


def test_releases_are_in_the_order_of_their_numbers(store: StoreFolder) -> None:
    """10000 comes after 9999, though its name sorts before."""
    release(store, {"a": study("a")})
    (store.releases / "0001").rename(store.releases / "9999")
    (store.current).unlink()
    store.current.symlink_to("releases/9999")
    release(store, {"a": study("a", word="changed")})
    found = history(store)
    assert [one.release for one in found.versions] == ["9999", "10000"]
    assert found.successor(found.versions[0]) == found.latest == found.versions[1]
