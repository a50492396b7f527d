"""How a release comes to be served: published whole or not at all, verified, rolled back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyoxigraph import Store

from cmograph.errors import Problem, StoreError
from cmograph.progress import SILENT, Progress

from .folder import StoreFolder, disk_errors, lock, sync, write_atomically
from .manifest import (
    EDITIONS,
    Edition,
    Release,
    current,
    list_releases,
    manifest_text,
    read_release,
    release_numbers,
)
from .parts import Part, identity
from .patches import EMPTY, Settle, Within, add_patch, carry, read_patch
from .primary import snapshot

__all__ = ["publish", "rollback", "seal", "serve_new", "verify"]


def publish(
    folder: StoreFolder,
    editions: Mapping[str, Sequence[Part]],
    versions: Mapping[str, str],
    studies: Sequence[Mapping[str, Any]],
    progress: Progress = SILENT,
    within: Within = lambda _graph, _thing: True,
    settle: Settle = lambda _edition, _had, _carried: EMPTY,
) -> Release:
    """Makes a release of these parts and serves it. The caller holds the `lock`.

    Until the last step, which replaces one symbolic link, what was served stays as it was. If the current
    release already is exactly this, it is returned and nothing is written. What clients changed in the
    current release is carried on, as far as it is about graphs that stay.

    Args:
        folder: the store.
        editions: the parts of each.
        versions: of what made them.
        studies: what a manifest says of each.
        progress: told of each edition.
        within: whether a graph stays, and in it what is said of a thing, by their IRIs.
        settle: what follows from the patches that are carried on, now that the parts are others.

    Raises:
        StoreError: the disk is full or failing.
    """
    served = current(folder)
    patches = {
        name: _carried(folder, name, served.editions[name].patches if served else (), within, settle)
        for name in EDITIONS
    }
    if served and _is(served, editions, patches, versions, studies):
        return served
    with disk_errors(folder), folder.building() as building:
        made = {
            name: _edition(folder, name, editions[name], patches[name], building, progress)
            for name in EDITIONS
        }
        release = serve_new(folder, building, made, versions, studies, "build")
        with suppress(StoreError):  # of a release that can't be read nobody knows what it holds: nothing goes
            _sweep(folder)
    return release


def serve_new(
    folder: StoreFolder,
    building: Path,
    editions: Mapping[str, Edition],
    versions: Mapping[str, str],
    studies: Sequence[Mapping[str, Any]],
    made_by: str,
) -> Release:
    """Makes a release of a folder that holds its editions, and serves it. The caller holds the `lock`.

    Raises:
        OSError: the disk is full or failing.
    """
    served = current(folder)
    number = max((int(one.name) for one in folder.releases.iterdir() if one.name.isdecimal()), default=0) + 1
    release = Release(
        folder=folder.releases / f"{number:04}",
        number=number,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        previous=served.number if served else None,
        versions=versions,
        studies=tuple(studies),
        editions=editions,
        made_by=made_by,
    )
    write_atomically(building / "manifest.json", manifest_text(release))
    building.rename(release.folder)
    sync(folder.releases)
    _serve(folder, release)
    return release


def rollback(folder: StoreFolder, number: int | None = None) -> Release:
    """Serves an earlier release: the one that was served when the current one was made, or that of the number.

    Where that was pruned, or the current one's manifest can't be read, it is the next one before it.

    Raises:
        StoreError: there is none such, its manifest can't be read, or another process is writing.
    """
    with lock(folder, "rollback"), disk_errors(folder):
        numbers = release_numbers(folder)
        if number is None:
            last = _before(folder)
            earlier = [one for one in numbers if one <= last]
        else:
            earlier = [one for one in numbers if one == number]
        if not earlier:
            known = ", ".join(map(str, numbers)) or "none"
            wanted = "earlier release" if number is None else f"release {number}"
            raise StoreError(Problem(f"There is no {wanted} to go back to.", f"The store has: {known}."))
        release = read_release(folder.releases / f"{earlier[-1]:04}")  # others may be damaged: hence this
        _serve(folder, release)
        return release


def _before(folder: StoreFolder) -> int:
    """The number of the release that was served when the current one was made; 0 where there was none.

    Others may lie between: they were gone back from, and may hold what was withdrawn.
    """
    name = folder.current.readlink().name if folder.current.is_symlink() else ""
    if not name.isdecimal():
        return 0
    try:
        previous = read_release(folder.releases / name).previous
    except StoreError:  # it may be damaged: then one goes back because of that
        return int(name) - 1
    return previous or 0


def verify(folder: StoreFolder, release: Release) -> tuple[Problem, ...]:
    """Every difference between a release and its manifest: parts, files, numbers of quads."""
    return tuple(_differences(folder, release))


def _carried(
    folder: StoreFolder, edition: str, had: Sequence[str], within: Within, settle: Settle
) -> tuple[str, ...]:
    """The patches of an edition that a build carries on, and what follows from them."""
    if not had:
        return ()
    carried = carry(folder, had, within)
    before, after = ([read_patch(folder, name) for name in names] for names in (had, carried))
    follows = settle(edition, before, after)
    return (*carried, add_patch(folder, follows)) if follows else carried


def _is(
    release: Release,
    editions: Mapping[str, Sequence[Part]],
    patches: Mapping[str, Sequence[str]],
    versions: Mapping[str, str],
    studies: Sequence[Mapping[str, Any]],
) -> bool:
    """Whether a release was made of these parts, from these inputs, by these versions."""
    return (
        all(release.editions[name].identity == identity(editions[name], patches[name]) for name in EDITIONS)
        and dict(release.versions) == dict(versions)
        and [dict(study) for study in release.studies] == [dict(study) for study in studies]
    )


def _edition(
    folder: StoreFolder,
    name: str,
    parts: Sequence[Part],
    patches: Sequence[str],
    building: Path,
    progress: Progress,
) -> Edition:
    quads, kept = snapshot(folder, name, parts, patches, building / name, progress)
    return Edition(tuple(parts), quads, seal(building / name, {}), kept)


def seal(place: Path, known: Mapping[str, str]) -> dict[str, str]:
    """Brings an edition's files to the disk; returns the sha256 of the immutable ones, by name.

    Args:
        place: the edition's folder.
        known: of files that were sealed before, as part of another release.
    """
    files = {}
    for file in sorted(place.iterdir()):
        if file.name not in known:
            sync(file)
        if file.suffix == ".sst":
            files[file.name] = known.get(file.name) or _sha256(file)
    sync(place)
    return files


def _serve(folder: StoreFolder, release: Release) -> None:
    """Replaces the link `current` in one step."""
    link = folder.path / "current.tmp"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("releases") / release.folder.name)
    link.replace(folder.current)
    sync(folder.path)


def _sweep(folder: StoreFolder) -> None:
    """Removes the parts and notes of studies that no release holds: leavings of builds that failed."""
    releases = list_releases(folder)
    editions = [edition for release in releases for edition in release.editions.values()]
    used = {part.sha256 for edition in editions for part in edition.parts}
    used |= {patch for edition in editions for patch in edition.patches}
    keys = {study.get("key") for release in releases for study in release.studies}
    for file in (*folder.parts.iterdir(), *folder.patches.iterdir()):
        if file.stem not in used:
            file.unlink()
    for file in folder.studies.iterdir():
        if file.stem not in keys:
            file.unlink()


def _differences(folder: StoreFolder, release: Release) -> Iterator[Problem]:
    rebuild = "Roll back to another release, or build the studies anew in a new folder."
    for name, edition in release.editions.items():
        for part in edition.parts:
            file = folder.part(part.sha256)
            if not file.is_file() or _sha256(file) != part.sha256:
                yield Problem(f"A part of {part.graph} is missing or changed.", rebuild, str(file))
        for patch in edition.patches:
            file = folder.patch(patch)
            if not file.is_file() or _sha256(file) != patch:
                yield Problem("A patch is missing or changed.", rebuild, str(file))
        for file_name, digest in edition.files.items():
            file = release.store(name) / file_name
            if not file.is_file() or _sha256(file) != digest:
                yield Problem(f"A file of the {name} edition is missing or changed.", rebuild, str(file))
        try:
            quads = len(Store.read_only(str(release.store(name))))
        except (OSError, RuntimeError) as error:
            yield Problem(f"The {name} edition can't be opened: {error}.", rebuild, str(release.store(name)))
            continue
        if quads != edition.quads:
            yield Problem(
                f"The {name} edition holds {quads} quads, its manifest says {edition.quads}.",
                rebuild,
                str(release.store(name)),
            )


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
