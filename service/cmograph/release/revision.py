"""A revision: the current release, changed by a client, as a new release.

The new release's editions begin as copies of the current one's: their immutable files are linked, the few
small ones copied, so that a revision costs the same however much the store holds. Nothing is ever written
to what is served.

What is written over the open edition is in both. What is written over the restricted edition is in the
restricted one alone, for it may rest on what only that one holds; but what is deleted, by whomever, is gone
from both. Nobody deletes what they cannot see: of a graph that is dropped over the open edition, the restricted
one keeps what it alone holds.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from pyoxigraph import Store

from cmograph import __version__
from cmograph.errors import InputError

from .folder import StoreFolder, disk_errors, scratch
from .manifest import EDITIONS, Edition, Release, current
from .patches import EMPTY, Patch, add_patch, apply
from .publication import seal, serve_new

__all__ = ["Change", "Draft", "Judge", "revise"]

_NOTHING = Edition((), 0, {})


@dataclass(frozen=True, slots=True)
class Draft:
    """An edition that is to be changed.

    Attributes:
        store: what it holds; not to be written to.
        union: whether its default graph is the union of its named graphs.
    """

    store: Store
    union: bool
    _origin: Path | None
    _building: Path

    @contextmanager
    def copy(self) -> Iterator[Store]:
        """A copy to try things out on, which leaves nothing."""
        with scratch(self._building, "trial-") as place:
            yield _open_copy(self._origin, place / "store")


Change = Callable[[Draft], Patch]
"""What a client asks: given an edition, what is to change in it."""

Judge = Callable[[Store, Patch], Patch]
"""Asked after a change, with the changed store and what changed in fact: raises what is wrong with it, or
returns what follows from it."""


def revise(folder: StoreFolder, edition: str, change: Change, judge: Judge) -> Release | None:
    """Makes a release of the current one and a change, and serves it. The caller holds the `lock`.

    Args:
        folder: the store, which may have no release yet.
        edition: the edition that the change sees and is made over.
        change: what to change.
        judge: whether that may be; asked of the open edition as well, of what is deleted from it.

    Returns:
        The new release; None where nothing changes.

    Raises:
        StoreError: the disk is full or failing. What was served is served still.
        CmographError: whatever `change` or `judge` raise; nothing was written.
    """
    served = current(folder)
    with disk_errors(folder, only_full=True), folder.building() as building:
        made = _editions(folder, building, served, edition, change, judge)
        if made is None:
            return None
        return serve_new(
            folder,
            building,
            made,
            served.versions if served else _versions(),
            served.studies if served else (),
            "update",
        )


def _editions(
    folder: StoreFolder,
    building: Path,
    served: Release | None,
    edition: str,
    change: Change,
    judge: Judge,
) -> dict[str, Edition] | None:
    """The editions of a release with a change, in the folder where it is built; None where nothing changes."""
    made: dict[str, Edition] = {}
    patch = asked = EMPTY
    for name in (edition, *(name for name in EDITIONS if name != edition)):
        before = served.editions[name] if served else _NOTHING
        origin = served.store(name) if served else None
        store = _open_copy(origin, building / name)
        if name == edition:
            asked = patch = change(Draft(store, before.union, origin, building))
            if not patch:
                return None
        elif name == "open":
            patch = _seen(asked, store)
        changed, grown = apply(store, patch, before.union)
        # The open edition is judged by itself: what it infers rests on what it shows.
        if name in (edition, "open") and (follows := _judged(judge, store, changed, name != edition)):
            grown += apply(store, follows, before.union)[1]
            patch |= follows
        store.flush()
        del store  # RocksDB gives its own lock back when the last reference goes
        patches = (*before.patches, add_patch(folder, patch)) if patch else before.patches
        files = seal(building / name, before.files)
        made[name] = Edition(before.parts, before.quads + grown, files, patches)
    return {name: made[name] for name in EDITIONS}


def _judged(judge: Judge, store: Store, changed: Patch, deletions_alone: bool) -> Patch:
    try:
        return judge(store, changed)
    except InputError as error:
        if not deletions_alone:
            raise
        where = "In the open edition, which has what is deleted no more and does not get what is added"
        raise type(error)(*(replace(one, what=f"{where}: {one.what}") for one in error.problems)) from None


def _seen(patch: Patch, store: Store) -> Patch:
    """What a change of the restricted edition deletes from the open one: of the rest nothing there may tell."""
    return Patch(
        frozenset(quad for quad in patch.deleted if quad in store),
        dropped=frozenset(graph for graph in patch.dropped if store.contains_named_graph(graph)),
    )


def _versions() -> dict[str, str]:
    return {"cmograph": __version__, "pyoxigraph": version("pyoxigraph")}


def _open_copy(origin: Path | None, place: Path) -> Store:
    """A store of its own in a new folder, that begins as a copy of an edition; empty where there is none."""
    place.mkdir()
    for file in origin.iterdir() if origin else ():
        if file.suffix == ".sst":  # RocksDB never writes to one that is finished
            os.link(file, place / file.name)
        elif file.name != "LOCK" and not file.name.startswith("LOG"):
            shutil.copyfile(file, place / file.name)
    return Store(place)
