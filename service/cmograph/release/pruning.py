"""Pruning: older releases go, and with them what no release holds any longer."""

from __future__ import annotations

import shutil

from .folder import StoreFolder, disk_errors, sync
from .manifest import Release, current, list_releases
from .publication import _sweep

__all__ = ["prune"]


def prune(folder: StoreFolder, keep: int, made_by: str | None = None) -> tuple[Release, ...]:
    """Removes all but the newest releases, never the one that is served. The caller holds the `lock`.

    A release goes in one step, so that whoever lists them meets it whole or not at all. Files that another
    release holds too are hard links, and stay.

    Args:
        folder: the store.
        keep: how many stay beside the one that is served, if that is not among them.
        made_by: "update" or "build", to count and to remove only those; None for all.

    Returns:
        The releases that are gone.

    Raises:
        StoreError: a manifest can't be read, or the disk is failing.
    """
    served = current(folder)
    with disk_errors(folder):
        found = [one for one in list_releases(folder) if made_by in (None, one.made_by)]
        gone = tuple(
            one for one in found[: max(len(found) - keep, 0)] if not served or one.number != served.number
        )
        for release in gone:
            going = folder.path / f"building-gone-{release.folder.name}"  # swept, should we be killed
            release.folder.rename(going)
            sync(folder.releases)
            shutil.rmtree(going)
        _sweep(folder)  # also what a prune that was killed, or a build that failed, left
    return gone
