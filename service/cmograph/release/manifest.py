"""A release as its manifest describes it, and how to find it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cmograph.errors import Problem, StoreError

from .folder import StoreFolder
from .parts import Part, identity, lines

__all__ = [
    "EDITIONS",
    "Edition",
    "Release",
    "current",
    "list_releases",
    "manifest_text",
    "open_store",
    "read_release",
    "release_numbers",
    "write_nquads",
]

EDITIONS = ("open", "restricted")
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Edition:
    """What a reader may see.

    Attributes:
        parts: what its named graphs hold, in order.
        quads: in its store, default graph included.
        files: sha256 of its immutable files (`*.sst`), by name.
        patches: names of what clients changed, in order (`patches.Patch`).
    """

    parts: tuple[Part, ...]
    quads: int
    files: Mapping[str, str]
    patches: tuple[str, ...] = ()

    @property
    def union(self) -> bool:
        """Whether its default graph is the union of its named graphs: so it is where it was built of parts."""
        return bool(self.parts)

    @property
    def identity(self) -> str:
        """A name for what the edition says: the same for the same triples in the same graphs."""
        return identity(self.parts, self.patches)


@dataclass(frozen=True, slots=True)
class Release:
    """An immutable build of the store.

    Attributes:
        folder: where it is, `releases/NNNN`.
        number: counts up within one store.
        created: ISO 8601, UTC.
        previous: the number of the release that was served before, or None.
        versions: of what made it: cmograph, ontology, pyoxigraph, …
        studies: of each study its id, title, inputs with their sha256, counts.
        editions: "open" and "restricted".
        made_by: "build" or "update".
    """

    folder: Path
    number: int
    created: str
    previous: int | None
    versions: Mapping[str, str]
    studies: tuple[Mapping[str, Any], ...]
    editions: Mapping[str, Edition]
    made_by: str = "build"

    def store(self, edition: str) -> Path:
        """The edition's RocksDB folder, to be opened with `Store.read_only` alone."""
        return self.folder / edition

    def etag(self, edition: str) -> str:
        """A strong HTTP entity tag (RFC 9110, section 8.8.3): it changes when what the edition says does."""
        return f'"{self.editions[edition].identity}-{edition}"'


def open_store(path: Path) -> StoreFolder:
    """The store in a folder, which may be empty or yet to be made; nothing is created by looking.

    Raises:
        StoreError: there is something else than a folder.
    """
    if path.exists() and not path.is_dir():
        raise StoreError(
            Problem(f"{path} is a file, not a store.", "Name a folder, or one that is yet to be made.")
        )
    return StoreFolder(path)


def current(folder: StoreFolder) -> Release | None:
    """The release that is served; None where nothing has been released yet.

    Raises:
        StoreError: the link leads nowhere, or the manifest can't be read.
    """
    if not folder.current.is_symlink():
        return None
    return read_release(folder.releases / folder.current.readlink().name)


def list_releases(folder: StoreFolder) -> tuple[Release, ...]:
    """All releases, the first one first.

    Raises:
        StoreError: a manifest can't be read.
    """
    return tuple(read_release(folder.releases / f"{number:04}") for number in release_numbers(folder))


def release_numbers(folder: StoreFolder) -> tuple[int, ...]:
    """The numbers of all releases, whether their manifests can be read or not; the first one first."""
    found = folder.releases.iterdir() if folder.releases.is_dir() else ()
    return tuple(sorted(int(path.name) for path in found if path.name.isdecimal()))


def write_nquads(folder: StoreFolder, release: Release, edition: str, out: IO[bytes]) -> None:
    """Writes an edition's named graphs as N-Quads: the same bytes for the same content.

    The default graph is their union and is left out (https://www.w3.org/TR/n-quads/).
    """
    for part in sorted(release.editions[edition].parts):
        end = f" <{part.graph}> .\n".encode()
        out.writelines(line.removesuffix(b" .\n") + end for line in lines(folder, part))


def manifest_text(release: Release) -> str:
    """The manifest of a release, as JSON."""
    editions = {
        name: {
            "identity": edition.identity,
            "quads": edition.quads,
            "parts": [
                {"graph": part.graph, "sha256": part.sha256, "triples": part.triples, "owner": part.owner}
                for part in edition.parts
            ],
            "patches": list(edition.patches),
            "files": dict(sorted(edition.files.items())),
        }
        for name, edition in release.editions.items()
    }
    manifest = {
        "format": _FORMAT,
        "number": release.number,
        "created": release.created,
        "made_by": release.made_by,
        "previous": release.previous,
        "versions": dict(release.versions),
        "studies": [dict(study) for study in release.studies],
        "editions": editions,
    }
    return json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"


def read_release(path: Path) -> Release:
    """The release in a folder.

    Raises:
        StoreError: its manifest can't be read.
    """
    try:
        found = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        if found["format"] != _FORMAT:
            raise StoreError(
                Problem(
                    f"The manifest of release {path} has format {found['format']}, not {_FORMAT}.",
                    "Use the version of cmograph that made it, or build the studies anew.",
                )
            )
        if not isinstance(found["number"], int) or not all(study["id"] for study in found["studies"]):
            raise ValueError("it names no number, or no study")
        return Release(
            folder=path,
            number=found["number"],
            created=found["created"],
            previous=found["previous"],
            versions=dict(found["versions"]),
            studies=tuple(found["studies"]),
            editions={
                name: Edition(
                    tuple(Part(**part) for part in item["parts"]),
                    item["quads"],
                    dict(item["files"]),
                    tuple(item.get("patches", ())),
                )
                for name, item in found["editions"].items()
            },
            made_by=found.get("made_by", "build"),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(
            Problem(
                f"The manifest of release {path} can't be read: {error}.",
                "Roll back to another release, or build the studies anew.",
            )
        ) from error
