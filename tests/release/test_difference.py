"""Which studies a release says the same of as another: told from the manifests, and never where it is not sure."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmograph.release import StoreFolder, add_part, lock, open_store, publish, unchanged_studies
from tests.release.parts import GRAPH, STUDY, release, study, write

A, B = f"{STUDY}a", f"{STUDY}ab"


@pytest.fixture
def store(tmp_path: Path) -> StoreFolder:
    store = open_store(tmp_path / "store")
    release(store, {"a": study("a"), "ab": study("ab")})
    return store


def unchanged(store: StoreFolder, edition: str = "open") -> set[str]:
    """Of the last two releases."""
    before, after = sorted(store.releases.iterdir())[-2:]
    return set(unchanged_studies(before, after, edition))


def test_a_study_that_is_built_anew_differs(store: StoreFolder) -> None:
    release(store, {"a": study("a", word="changed"), "ab": study("ab")})
    assert unchanged(store) == {B}
    release(store, {"a": study("a", word="changed"), "ab": study("ab"), "c": study("c")})
    assert unchanged(store) == {A, B}
    release(store, {"a": study("a", word="changed")})
    assert unchanged(store) == {A}


@pytest.mark.parametrize(
    ("subject", "same"),
    [(A, {B}), (f"{A}/configuration/C1", {B}), (f"{B}/component/x", {A}), (STUDY + "new", {A, B})],
)
def test_a_study_that_a_client_wrote_of_differs(store: StoreFolder, subject: str, same: set[str]) -> None:
    write(store, subject)
    assert unchanged(store) == unchanged(store, "restricted") == same


def test_what_names_no_study_leaves_nothing_sure(store: StoreFolder) -> None:
    write(store, "e:something")
    assert unchanged(store) == set()
    write(store, A)
    assert unchanged(store) == {B}, "what was written before is in both"


def test_where_the_ontology_differs_nothing_is_sure(store: StoreFolder) -> None:
    with lock(store, "test"), store.building() as folder:
        parts = {}
        for name in ("open", "restricted"):
            (folder / "part.nt").write_text("<e:class> <e:p> <e:o> .\n", encoding="utf-8")
            parts[name] = [add_part(store, folder / "part.nt", f"{GRAPH}ontology", "")]
        publish(store, parts, {}, [])
    assert unchanged(store) == set()


def test_where_a_manifest_is_gone_nothing_is_sure(store: StoreFolder) -> None:
    release(store, {"a": study("a"), "ab": study("ab"), "c": study("c")})
    assert unchanged(store) == {A, B}
    before, _ = sorted(store.releases.iterdir())
    (before / "manifest.json").unlink()
    assert unchanged(store) == set()
    assert unchanged_studies(store.path / "nowhere", before, "open") == set()


def test_a_rollback_and_what_is_built_after_patches(store: StoreFolder) -> None:
    write(store, A)
    first, second = sorted(store.releases.iterdir())
    assert set(unchanged_studies(second, first, "open")) == set(), "a patch that is gone: read all again"


def test_the_parts_of_the_other_edition_do_not_count(store: StoreFolder) -> None:
    lines = study("a")
    lines["evidence"] = [line.replace("quote", "other") for line in study("a", word="other")["evidence"]]
    release(store, {"a": lines, "ab": study("ab")})
    assert unchanged(store) == {A, B}
    assert unchanged(store, "restricted") == {B}
