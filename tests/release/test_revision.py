"""What clients change becomes a release: over the right edition, carried on, rolled back, never half done."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store

from cmograph.errors import StoreError
from cmograph.release import (
    EMPTY,
    Draft,
    Patch,
    Release,
    StoreFolder,
    current,
    load_edition,
    lock,
    open_store,
    prune,
    revise,
    rollback,
    verify,
)
from cmograph.release.patches import add_patch, apply, read_patch
from tests.release.parts import GRAPH, publish_studies, quads, study

SECRET = "told in confidence"
DEFAULT = DefaultGraph()
A = NamedNode(f"{GRAPH}study/a")
CLIENTS = NamedNode("http://example.org/clients")

_nodes = st.sampled_from([NamedNode(f"http://example.org/{name}") for name in "abc"])
_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_values = st.one_of(
    _nodes,
    st.sampled_from([BlankNode("one"), BlankNode("two")]),
    _texts.map(Literal),
    _texts.map(lambda text: Literal(text, language="en")),
    st.integers(0, 3).map(Literal),
    _texts.map(lambda text: Literal(text, datatype=NamedNode("http://example.org/kind"))),
)
_graphs = st.one_of(st.just(DEFAULT), _nodes)
_quads = st.builds(Quad, st.one_of(_nodes, st.just(BlankNode("one"))), _nodes, _values, _graphs)
_some = st.frozensets(_quads, max_size=6)
_names = st.frozensets(_nodes, max_size=2)
_patches = st.builds(lambda deleted, added: Patch(deleted - added, added), _some, _some)
_whole_patches = st.builds(
    lambda patch, graphs, dropped: Patch(patch.deleted, patch.added, graphs, dropped - graphs),
    _patches,
    _names,
    _names,
)


def said(text: str, graph: NamedNode | DefaultGraph = DEFAULT) -> Quad:
    return Quad(NamedNode("http://example.org/s"), NamedNode("http://example.org/p"), Literal(text), graph)


def holding(quads: Iterable[Quad]) -> Store:
    store = Store()
    store.extend(quads)
    return store


def change(patch: Patch) -> Callable[[Draft], Patch]:
    return lambda _: patch


def unjudged(_: Store, __: Patch) -> Patch:
    return EMPTY


def write(store: StoreFolder, patch: Patch, edition: str = "open") -> Release | None:
    with lock(store, "test"):
        return revise(store, edition, change(patch), unjudged)


@contextmanager
def untouched(release: Release) -> Iterator[None]:
    """Nothing is written to what a release holds."""
    files = {file: file.read_bytes() for file in release.folder.rglob("*") if file.is_file()}
    yield
    assert files == {file: file.read_bytes() for file in release.folder.rglob("*") if file.is_file()}


@pytest.fixture
def store(tmp_path: Path) -> StoreFolder:
    return open_store(tmp_path / "store")


@given(patch=_whole_patches)
def test_a_patch_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, patch: Patch) -> None:
    folder = open_store(tmp_path_factory.mktemp("patches") / "store")
    with lock(folder, "test"):
        assert read_patch(folder, add_patch(folder, patch)) == patch


@given(before=_some, first=_patches, second=_patches)
def test_two_patches_are_one(before: frozenset[Quad], first: Patch, second: Patch) -> None:
    one, other = holding(before), holding(before)
    apply(one, first, union=False)
    apply(one, second, union=False)
    apply(other, first | second, union=False)
    assert set(one) == set(other)


@given(before=_some, patch=_patches)
def test_a_union_stays_one_and_its_growth_is_counted(before: frozenset[Quad], patch: Patch) -> None:
    def shown(quad: Quad) -> Quad:
        return Quad(quad.subject, quad.predicate, quad.object, DEFAULT)

    def everywhere(quads: frozenset[Quad]) -> set[Quad]:
        return set(quads) | {shown(quad) for quad in quads}

    store = holding(everywhere(before))
    size = len(store)
    _, grown = apply(store, patch, union=True)
    assert len(store) == size + grown
    model = everywhere(before)
    for gone in patch.deleted & model:
        model.discard(gone)
        if gone.graph_name == DEFAULT:
            model = {quad for quad in model if quad.triple != gone.triple}
    named = {shown(quad) for quad in model if quad.graph_name != DEFAULT}
    lost = {shown(gone) for gone in patch.deleted & everywhere(before) if gone.graph_name != DEFAULT}
    assert set(store) == (model - (lost - named)) | everywhere(patch.added)


def test_what_is_written_over_the_open_edition_is_in_both(store: StoreFolder) -> None:
    first = publish_studies(store, {"a": study("a")})
    with untouched(first):
        second = write(store, Patch(added=frozenset([said("new", CLIENTS)])))
    assert second is not None and second.number == first.number + 1 and second.made_by == "update"
    assert current(store) == second
    for edition in ("open", "restricted"):
        assert quads(second, edition) - quads(first, edition) == {said("new", CLIENTS), said("new")}
        assert len(quads(second, edition)) == second.editions[edition].quads
    assert verify(store, second) == ()


def test_what_is_written_over_the_restricted_edition_stays_there(store: StoreFolder) -> None:
    first = publish_studies(store, {"a": study("a")})
    second = write(store, Patch(added=frozenset([said(SECRET, CLIENTS)])), "restricted")
    assert second is not None
    assert quads(second, "open") == quads(first, "open")
    assert said(SECRET, CLIENTS) in quads(second, "restricted")
    assert second.editions["open"].patches == ()
    for file in second.store("open").rglob("*"):
        assert SECRET.encode() not in file.read_bytes()


def test_what_is_deleted_is_gone_from_both(store: StoreFolder) -> None:
    first = publish_studies(store, {"a": study("a")})
    (gone,) = [
        quad
        for quad in quads(first, "open")
        if quad.graph_name == A and quad.object == Literal("1") and "said" in quad.predicate.value
    ]
    second = write(store, Patch(deleted=frozenset([gone])), "restricted")
    assert second is not None
    for edition in ("open", "restricted"):
        assert not [quad for quad in quads(second, edition) if quad.triple == gone.triple]


def test_the_open_edition_tells_of_no_deletion_that_it_does_not_see(store: StoreFolder) -> None:
    """Neither by its entity tag nor by its patches; what it does see is deleted from it."""
    evidence = NamedNode(f"{GRAPH}study/a/evidence")
    first = publish_studies(store, {"a": study("a")})
    (told,) = [
        quad
        for quad in quads(first, "restricted")
        if quad.object == Literal("said 1") and quad.graph_name == evidence
    ]
    second = write(store, Patch(deleted=frozenset([told]), dropped=frozenset([evidence])), "restricted")
    assert second is not None and told not in quads(second, "restricted")
    assert second.editions["open"].patches == ()
    assert second.etag("open") == first.etag("open")
    assert second.etag("restricted") != first.etag("restricted")
    (seen,) = [quad for quad in quads(first, "open") if quad.object == Literal("1") and quad.graph_name == A]
    third = write(store, Patch(deleted=frozenset([told, seen])), "restricted")
    assert third is not None and seen not in quads(third, "open")
    (name,) = third.editions["open"].patches
    assert read_patch(store, name) == Patch(deleted=frozenset([seen]))


def test_nothing_changed_is_no_release(store: StoreFolder) -> None:
    publish_studies(store, {"a": study("a")})
    assert write(store, EMPTY) is None
    with lock(store, "test"):
        assert [path.name for path in store.releases.iterdir()] == ["0001"]
        assert not list(store.path.glob("building-*"))


def test_a_change_that_is_refused_leaves_nothing(store: StoreFolder) -> None:
    first = publish_studies(store, {"a": study("a")})

    def refuse(_: Store, changed: Patch) -> Patch:
        assert said("new") in changed.added
        raise StoreError("no")

    with untouched(first), lock(store, "test"), pytest.raises(StoreError, match="no"):
        revise(store, "open", change(Patch(added=frozenset([said("new")]))), refuse)
    assert current(store) == first


def test_what_follows_from_a_change_is_in_its_release(store: StoreFolder) -> None:
    follows = said("and so", NamedNode(f"{GRAPH}inferred"))
    with lock(store, "test"):
        made = revise(
            store,
            "open",
            change(Patch(added=frozenset([said("new")]))),
            lambda _, changed: Patch(added=frozenset([follows])) if changed else EMPTY,
        )
    assert made is not None and quads(made, "open") == {said("new"), follows}


def test_an_empty_store_holds_nothing_but_what_is_written(store: StoreFolder) -> None:
    made = write(store, Patch(added=frozenset([said("one", CLIENTS)]), graphs=frozenset([A])))
    assert made is not None and not made.editions["open"].union
    assert quads(made, "open") == {said("one", CLIENTS)}  # and not in the default graph
    assert Store.read_only(str(made.store("open"))).contains_named_graph(A)


def test_a_build_carries_on_what_was_written(store: StoreFolder) -> None:
    publish_studies(store, {"a": study("a"), "b": study("b")})
    write(store, Patch(added=frozenset([said("kept", CLIENTS), said("of b", NamedNode(f"{GRAPH}study/b"))])))
    (deleted,) = [
        quad
        for quad in quads(publish_studies(store, {"a": study("a"), "b": study("b")}), "open")
        if quad.graph_name == A and quad.object == Literal("1") and "said" in quad.predicate.value
    ]
    write(store, Patch(deleted=frozenset([deleted])))
    built = publish_studies(store, {"a": study("a", size=5), "b": study("b", word="other")})
    assert verify(store, built) == ()
    now = quads(built, "open")
    assert said("kept", CLIENTS) in now and said("kept") in now
    assert deleted not in now
    assert len([quad for quad in now if quad.graph_name == A]) == 4 + len(study("a")["inferred"]) - 2 - 1


def test_a_rollback_is_where_the_next_change_begins(store: StoreFolder) -> None:
    for text in ("one", "two"):
        write(store, Patch(added=frozenset([said(text)])))
    rollback(store, 1)
    made = write(store, Patch(added=frozenset([said("three")])))
    assert made is not None and made.number == 3
    assert quads(made, "open") == {said("one"), said("three")}


def test_one_goes_back_to_what_was_served_before_and_to_none_that_was_gone_back_from(
    store: StoreFolder,
) -> None:
    for text in ("one", "two", "withdrawn"):
        write(store, Patch(added=frozenset([said(text)])))
    assert rollback(store).number == 2
    write(store, Patch(added=frozenset([said("four")])))
    assert rollback(store).number == 2
    assert rollback(store).number == 1
    with pytest.raises(StoreError, match="no earlier release"):
        rollback(store)
    rollback(store, 4)
    with lock(store, "test"):
        shutil.rmtree(store.releases / "0002")
    assert rollback(store).number == 1, "where that was pruned, to the one before it"


def test_memory_holds_what_the_snapshot_holds(store: StoreFolder) -> None:
    publish_studies(store, {"a": study("a")})
    made = write(store, Patch(added=frozenset([said("new", CLIENTS)]), graphs=frozenset([CLIENTS])))
    assert made is not None
    for edition in ("open", "restricted"):
        assert set(load_edition(made.store(edition))) == quads(made, edition)
    expected = quads(made, "open")
    (made.folder / "manifest.json").unlink()
    assert set(load_edition(made.store("open"))) == expected


@pytest.mark.parametrize("damage", [b"no statement\n", b"\xff\n"])
@pytest.mark.parametrize("of", ["part", "patch"])
def test_what_is_damaged_beside_it_does_not_matter_to_a_snapshot(
    store: StoreFolder, of: str, damage: bytes
) -> None:
    publish_studies(store, {"a": study("a")})
    made = write(store, Patch(added=frozenset([said("new", CLIENTS)])))
    assert made is not None
    edition = made.editions["open"]
    file = store.part(edition.parts[0].sha256) if of == "part" else store.patch(edition.patches[0])
    file.write_bytes(file.read_bytes().replace(b"A ", b"A " + damage) + damage)
    assert set(load_edition(made.store("open"))) == quads(made, "open")


def test_so_many_are_kept(store: StoreFolder) -> None:
    publish_studies(store, {"a": study("a")})
    for number in range(6):
        write(store, Patch(added=frozenset([said(str(number))])))
    with lock(store, "test"):
        prune(store, 2, made_by="update")
    assert sorted(path.name for path in store.releases.iterdir()) == ["0001", "0006", "0007"]
    served = current(store)
    assert served is not None and verify(store, served) == ()


def test_who_drops_a_graph_drops_what_they_see_of_it(store: StoreFolder) -> None:
    """What only the restricted edition holds of it stays, counted and carried on; nobody saw it to drop it."""
    publish_studies(store, {"a": study("a")})
    write(store, Patch(added=frozenset([said(SECRET, A)])), "restricted")
    served = current(store)
    assert served is not None
    seen = frozenset(quad for quad in quads(served, "open") if quad.graph_name == A)
    made = write(store, Patch(deleted=seen, dropped=frozenset([A])))
    assert made is not None
    assert verify(store, made) == ()
    assert not [quad for quad in quads(made, "open") if quad.graph_name == A]
    assert {quad for quad in quads(made, "restricted") if quad.graph_name == A} == {said(SECRET, A)}
    assert said(SECRET) in quads(made, "restricted")
    assert not Store.read_only(str(made.store("open"))).contains_named_graph(A)
    built = publish_studies(store, {"a": study("a"), "b": study("b")})
    assert verify(store, built) == ()
    assert {quad for quad in quads(built, "restricted") if quad.graph_name == A} == {said(SECRET, A)}


def test_a_graph_that_was_dropped_does_not_come_back(store: StoreFolder) -> None:
    publish_studies(store, {"a": study("a")})
    write(store, Patch(graphs=frozenset([CLIENTS])))
    made = write(store, Patch(dropped=frozenset([CLIENTS])))
    assert made is not None
    for holding in (Store.read_only(str(made.store("open"))), load_edition(made.store("open"))):
        assert not holding.contains_named_graph(CLIENTS)
    built = publish_studies(store, {"a": study("a"), "b": study("b")})
    assert not Store.read_only(str(built.store("open"))).contains_named_graph(CLIENTS)
