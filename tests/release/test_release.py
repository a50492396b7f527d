"""A release is published whole, changes by what changed, and can be verified and gone back to."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph

from cmograph.errors import StoreError
from cmograph.release import (
    EDITIONS,
    StoreFolder,
    back_up,
    current,
    list_releases,
    lock,
    open_store,
    prune,
    restore,
    rollback,
    verify,
)

from .parts import nquads, publish_studies, quads, study


def test_an_empty_folder_is_a_store_without_a_release(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "not yet there"):
        store = open_store(path)
        assert current(store) is None
        assert list_releases(store) == ()
    assert not (tmp_path / "not yet there").exists(), "looking creates nothing"


def test_a_file_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="is a file, not a store"):
        open_store(tmp_path / "file")


def test_each_edition_holds_what_it_may_show_by_provenance_and_in_the_default_graph(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    release = publish_studies(store, {"a": study("a"), "b": study("b")})
    for edition in EDITIONS:
        found = quads(release, edition)
        named = {quad.triple for quad in found if quad.graph_name != DefaultGraph()}
        assert named == {quad.triple for quad in found if quad.graph_name == DefaultGraph()}
        assert len(found) == release.editions[edition].quads
        assert any("evidence" in str(quad.graph_name) for quad in found) == (edition == "restricted")
    assert b"secret" in nquads(store, release, "restricted")
    assert b"secret" not in nquads(store, release, "open")
    everything = b"".join(file.read_bytes() for file in release.store("open").iterdir())
    assert b"secret" not in everything, "what is restricted is not in the open edition's files"


@pytest.mark.slow
@settings(max_examples=8)
@given(
    steps=st.lists(
        st.dictionaries(
            st.sampled_from("abc"), st.tuples(st.integers(0, 4), st.sampled_from(["said", "says"]))
        ),
        min_size=1,
        max_size=4,
    )
)
def test_adding_replacing_and_removing_gives_what_building_anew_gives(
    tmp_path_factory: pytest.TempPathFactory, steps: list[dict[str, tuple[int, str]]]
) -> None:
    store = open_store(tmp_path_factory.mktemp("grown"))
    for step in steps:
        studies = {name: study(name, size, word) for name, (size, word) in step.items()}
        grown = publish_studies(store, studies)
        fresh_store = open_store(tmp_path_factory.mktemp("fresh"))
        fresh = publish_studies(fresh_store, studies)
        for edition in EDITIONS:
            assert quads(grown, edition) == quads(fresh, edition)
            assert nquads(store, grown, edition) == nquads(fresh_store, fresh, edition)
            assert grown.etag(edition) == fresh.etag(edition)
            assert grown.editions[edition].quads == len(quads(grown, edition))


def test_the_order_of_studies_does_not_matter(tmp_path: Path) -> None:
    one, other = open_store(tmp_path / "one"), open_store(tmp_path / "other")
    first = publish_studies(one, {"a": study("a"), "b": study("b")})
    second = publish_studies(other, {"b": study("b"), "a": study("a")})
    assert nquads(one, first, "restricted") == nquads(other, second, "restricted")
    assert first.etag("open") == second.etag("open")


@pytest.mark.slow
def test_a_big_part_goes_in_by_bulk_and_out_again(tmp_path: Path) -> None:
    """Above the size up to which a transaction is used."""
    store = open_store(tmp_path)
    publish_studies(store, {"a": study("a"), "big": study("big", 20_001)})
    release = publish_studies(store, {"a": study("a")})
    fresh = publish_studies(open_store(tmp_path / "fresh"), {"a": study("a")})
    assert quads(release, "restricted") == quads(fresh, "restricted")


def test_the_same_content_is_not_released_twice(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    first = publish_studies(store, {"a": study("a")})
    assert publish_studies(store, {"a": study("a")}) == first
    assert [release.number for release in list_releases(store)] == [1]


def test_releases_are_numbered_linked_and_rolled_back(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    one = publish_studies(store, {"a": study("a")})
    two = publish_studies(store, {"a": study("a"), "b": study("b")})
    assert (one.number, two.number, two.previous) == (1, 2, 1)
    assert (tmp_path / "current").readlink() == Path("releases/0002")
    assert rollback(store) == one == current(store)
    with pytest.raises(StoreError, match="no earlier release"):
        rollback(store)
    with pytest.raises(StoreError, match=r"no release 7 .* The store has: 1, 2"):
        rollback(store, 7)
    assert rollback(store, 2) == two == current(store)
    three = publish_studies(store, {"b": study("b")})
    assert (three.number, three.previous) == (3, 2)


def test_releases_are_in_their_order_beyond_the_four_digits_of_a_name(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    nine = publish_studies(store, {"a": study("a")})
    manifest = nine.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"number": 1', '"number": 9998'))
    nine.folder.rename(store.releases / "9998")
    store.current.unlink()
    store.current.symlink_to("releases/9998")
    for size in (4, 5, 6):
        publish_studies(store, {"a": study("a", size)})
    assert [release.number for release in list_releases(store)] == [9998, 9999, 10000, 10001]
    assert rollback(store).number == 10000
    with lock(store, "test"):
        assert [release.number for release in prune(store, 2)] == [9998, 9999]


def test_the_etag_is_of_the_content_and_the_edition(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    one = publish_studies(store, {"a": study("a")})
    changed = study("a")
    changed["evidence"].append("<http://example.org/a> <http://example.org/b> <http://example.org/c> .\n")
    two = publish_studies(store, {"a": changed})
    assert one.etag("open") == two.etag("open"), "what the open edition says is the same"
    assert one.etag("restricted") != two.etag("restricted")
    assert one.etag("open") != one.etag("restricted")


def test_an_older_release_stays_as_it_was(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    one = publish_studies(store, {"a": study("a"), "b": study("b", 500)})
    before = quads(one, "restricted")
    publish_studies(store, {"c": study("c", 500)})
    assert quads(one, "restricted") == before
    assert verify(store, one) == ()


@pytest.mark.parametrize("damage", ["part", "file", "missing edition", "quads"])
def test_verify_names_what_is_damaged(tmp_path: Path, damage: str) -> None:
    store = open_store(tmp_path)
    release = publish_studies(store, {"a": study("a", 30_000)})
    assert verify(store, release) == ()
    if damage == "part":
        store.part(release.editions["open"].parts[0].sha256).write_text("other")
        expected = "A part of"
    elif damage == "file":
        file = sorted(release.store("restricted").glob("*.sst"))[0]
        file.write_bytes(file.read_bytes()[:-1] + b"?")
        expected = "A file of the restricted edition"
    elif damage == "missing edition":
        shutil.rmtree(release.store("open"))
        expected = "The open edition can't be opened"
    else:
        text = (release.folder / "manifest.json").read_text()
        number = release.editions["open"].quads
        (release.folder / "manifest.json").write_text(text.replace(f'"quads": {number}', '"quads": 5'))
        release = list_releases(store)[0]
        expected = "its manifest says 5"
    problems = verify(store, release)
    assert any(expected in problem.what for problem in problems)
    assert all(problem.remedy and problem.file for problem in problems)


def test_a_broken_manifest_is_told(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    release = publish_studies(store, {"a": study("a")})
    (release.folder / "manifest.json").write_text('{"format": 1}')
    with pytest.raises(StoreError, match=r"0001 can't be read"):
        current(store)
    (release.folder / "manifest.json").write_text('{"format": 99}')
    with pytest.raises(StoreError, match=r"has format 99"):
        current(store)


def test_a_release_is_made_beside_one_that_is_damaged(tmp_path: Path) -> None:
    """It is served and said to be; nothing is swept, for nobody knows what the other holds."""
    store = open_store(tmp_path)
    first = publish_studies(store, {"a": study("a")})
    publish_studies(store, {"b": study("b")})
    (first.folder / "manifest.json").write_text("{")
    third = publish_studies(store, {"c": study("c")})
    assert current(store) == third
    assert all(store.part(part.sha256).exists() for part in first.editions["restricted"].parts)


@pytest.mark.parametrize(
    "change",
    [
        {"number": None},
        {"number": "1"},
        {"editions": []},
        {"editions": {"open": [], "restricted": []}},
        {"editions": {"open": {"parts": [], "quads": 0, "files": [5]}}},
        {"studies": ["a"]},
        {"studies": [{}]},
        {"versions": 5},
    ],
    ids=str,
)
def test_a_manifest_that_says_nonsense_is_told(tmp_path: Path, change: dict[str, object]) -> None:
    """As one may that is restored from somebody else's archive."""
    store = open_store(tmp_path)
    manifest = publish_studies(store, {"a": study("a")}).folder / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | change))
    with pytest.raises(StoreError, match=r"0001 can't be read"):
        list_releases(store)


def test_one_writer_at_a_time_and_the_message_says_who(tmp_path: Path) -> None:
    store = StoreFolder(tmp_path)
    with lock(store, "build"), pytest.raises(StoreError) as refused, lock(store, "another build"):
        pass
    assert f"process {os.getpid()} on " in str(refused.value)
    assert "(build, since " in str(refused.value)
    with lock(store, "build"):
        pass


def test_nobody_else_on_the_machine_reads_a_store(tmp_path: Path) -> None:
    """Whatever the umask, a word of the restricted edition lies in no folder that others may enter."""
    store, told = open_store(tmp_path / "store"), 0
    before = os.umask(0o022)
    try:
        release = publish_studies(store, {"a": study("a")})
        back_up(store, release, tmp_path / "b.tar")
        restored = open_store(tmp_path / "restored")
        restore(tmp_path / "b.tar", restored)
    finally:
        os.umask(before)
    for place in (store.path, restored.path):
        for file in place.rglob("*"):
            if file.is_file() and b"secret" in file.read_bytes():
                told += 1
                above = [one for one in file.parents if one.is_relative_to(place)]
                assert any(stat.S_IMODE(one.stat().st_mode) == 0o700 for one in above), file
    assert told >= 5, "a part and files of the edition in both, and the writer's own"


def test_what_no_release_holds_is_swept(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    publish_studies(store, {"a": study("a")})
    (tmp_path / "parts" / "left.nt").write_text("")
    (tmp_path / "building-left").mkdir()
    (tmp_path / "building-left" / "half").write_text("")
    publish_studies(store, {"b": study("b")})
    assert not (tmp_path / "parts" / "left.nt").exists()
    assert not (tmp_path / "building-left").exists()
    assert all(verify(store, release) == () for release in list_releases(store))


def test_pruning_sweeps_what_an_earlier_one_that_was_killed_left(tmp_path: Path) -> None:
    """It is killed when the release is out of sight, and before its parts are gone."""
    store = open_store(tmp_path)
    publish_studies(store, {"a": study("a", word="withdrawn")})
    served = publish_studies(store, {"a": study("a")})
    (store.releases / "0001").rename(tmp_path / "building-gone-0001")
    with lock(store, "test"):
        assert prune(store, 1) == ()
    assert not [file for file in store.parts.iterdir() if b"withdrawn" in file.read_bytes()]
    assert verify(store, served) == ()
