"""Which snapshot is served: `STORE/current` names a release, a release holds one directory an edition."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cmograph.errors import Problem, StoreError

__all__ = ["EMPTY", "Snapshot", "current_release", "snapshot_of"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One edition of one release, which never changes.

    Attributes:
        path: the directory a worker opens read-only; None for the empty dataset.
        release: the release's name, such as `0003`; `none` where nothing is released yet.
        edition: `open` or `restricted`.
        digest: twelve hexadecimal digits of a SHA-256 over what the manifest says of the edition, so that two
            stores' release 0003 differ, and nobody learns from one edition that another has changed.
        quads: how many it holds, default graph included; 0 where that is not known.
    """

    path: Path | None
    release: str
    edition: str
    digest: str
    quads: int = 0

    @property
    def number(self) -> int:
        """The release's number; 0 before the first."""
        return int(self.release) if self.release.isdecimal() else 0

    @property
    def tag(self) -> str:
        """What an ETag is made of: the release and the edition."""
        return f"{self.release}-{self.edition}-{self.digest}"


EMPTY = "none"
"""The name of the release that a store has before its first."""


def current_release(store: Path) -> Path | None:
    """The directory of the store's current release, or None where nothing is released yet.

    Raises:
        StoreError: `current` points at nothing.
    """
    link = store / "current"
    if not link.is_symlink() and not link.exists():
        return None
    release = link.resolve()
    if not release.is_dir():
        raise StoreError(
            Problem(
                f"The store's current release, {release.name}, is gone.",
                "Roll back to another release, or build again.",
            )
        )
    return release


def snapshot_of(store: Path | None, edition: str) -> Snapshot:
    """The snapshot that an edition is served from now; an empty one where nothing is released yet.

    Args:
        store: the store's directory, which may be new or empty; None for an empty dataset.
        edition: `open` or `restricted`.

    Raises:
        StoreError: the store is no directory, or its current release lacks the edition or has a damaged manifest.
    """
    if store is None or not store.exists():
        return Snapshot(None, EMPTY, edition, "0" * 12)
    if not store.is_dir():
        raise StoreError(Problem(f"The store {store} is not a directory.", "Give the directory of a store."))
    release = current_release(store)
    if release is None:
        return Snapshot(None, EMPTY, edition, "0" * 12)
    path = release / edition
    if not path.is_dir():
        raise StoreError(
            Problem(
                f"Release {release.name} has no {edition} edition.", "Verify the release, or build again."
            )
        )
    manifest = release / "manifest.json"
    written = manifest.stat() if manifest.is_file() else None
    try:
        digest, quads = _described(
            manifest, edition, (written.st_ino, written.st_mtime_ns) if written else None
        )
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise StoreError(
            Problem(
                f"The manifest of release {release.name} can't be read: {error}.",
                "Roll back to another release, or build again.",
            )
        ) from error
    return Snapshot(path, release.name, edition, digest, quads)


@lru_cache(maxsize=64)
def _described(manifest: Path, edition: str, written: tuple[int, int] | None) -> tuple[str, int]:
    # Asked several times a second by whoever follows the store: read once for each file that was ever there.
    if not written:
        return hashlib.sha256(b"").hexdigest()[:12], 0
    whole = json.loads(manifest.read_bytes())
    about = whole.get("editions", {}).get(edition, {})
    says = [about["parts"], about.get("patches")] if "parts" in about else whole
    text = json.dumps(says, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12], int(about.get("quads", 0))
