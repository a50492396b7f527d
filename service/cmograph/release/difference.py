"""What differs between two releases: of which studies one says anything that the other does not."""

from __future__ import annotations

import re
from pathlib import Path

from cmograph.errors import StoreError
from cmograph.vocabulary import GRAPH, ID

from .folder import StoreFolder
from .manifest import read_release
from .parts import Part, blocks

__all__ = ["unchanged_studies"]

_STUDY = re.compile(rb"<(?:%b|%b)study/([^/>\s]+)" % (re.escape(ID.encode()), re.escape(GRAPH.encode())))


def unchanged_studies(before: Path, after: Path, edition: str) -> frozenset[str]:
    """IRIs of the studies of which an edition says the same in both releases.

    None is, where that is not sure: where what belongs to no study differs, such as the ontology; where what a
    client changed names no study; where either has no manifest that can be read.

    Args:
        before: the folder of a release.
        after: the folder of another release of the same store.
        edition: `open` or `restricted`.
    """
    try:
        old, new = (read_release(path).editions[edition] for path in (before, after))
        if new.patches[: len(old.patches)] != old.patches:
            return frozenset()
        folder = StoreFolder(after.parent.parent)
        patched: set[str] = set()
        for patch in new.patches[len(old.patches) :]:
            patched |= _named(folder.patch(patch))
    except (StoreError, OSError, KeyError, _Unsure):
        return frozenset()
    held_before, held_after = _by_owner(old.parts), _by_owner(new.parts)
    if held_before.pop("", None) != held_after.pop("", None):
        return frozenset()
    return frozenset(
        owner
        for owner, parts in held_after.items()
        if held_before.get(owner) == parts and owner not in patched
    )


class _Unsure(Exception):
    """What a patch is about cannot be told from its names."""


def _named(patch: Path) -> set[str]:
    """IRIs of the studies that a patch names; every line of it that says or unsays anything must name one."""
    found: set[str] = set()
    for block in blocks(patch):
        for line in block.splitlines():
            if line[:2] in (b"A ", b"D "):
                names = _STUDY.findall(line)
                if not names:
                    raise _Unsure
                found.update(f"{ID}study/{name.decode()}" for name in names)
    return found


def _by_owner(parts: tuple[Part, ...]) -> dict[str, list[Part]]:
    found: dict[str, list[Part]] = {}
    for part in parts:
        found.setdefault(part.owner, []).append(part)
    return found
