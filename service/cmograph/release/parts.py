"""Parts: what named graphs are made of, kept once by their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .folder import StoreFolder, sync

__all__ = ["Part", "add_part", "blocks", "identity", "lines"]

_BLOCK = 1 << 20
_PIECE = 8 << 20
"""Bytes of N-Triples loaded at once. Measured: larger pieces take more memory and no less time."""


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """Some triples of a named graph: one N-Triples file.

    Attributes:
        graph: the named graph's IRI. Several parts may share it (each study has one in `…/graph/inferred`).
        sha256: of the file, which is named by it.
        triples: its number of lines; no line is there twice.
        owner: the IRI of the study that it is about, or "". What names it is in no other study's part.
    """

    graph: str
    sha256: str
    triples: int
    owner: str = ""


def add_part(folder: StoreFolder, file: Path, graph: str, owner: str = "") -> Part:
    """Moves an N-Triples file (on the store's disk) among the parts, where it is kept once.

    Raises:
        OSError: the disk is full or failing.
    """
    digest, triples = hashlib.sha256(), 0
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            triples += block.count(b"\n")
    part = Part(graph, digest.hexdigest(), triples, owner)
    kept = folder.part(part.sha256)
    if not kept.exists():
        sync(file)
        file.replace(kept)
        sync(folder.parts)
    return part


def identity(parts: Iterable[Part], patches: Iterable[str] = ()) -> str:
    """A name for what parts and patches say together: the same for the same triples in the same graphs."""
    lines = sorted(f"{part.graph} {part.sha256}\n" for part in parts)
    lines += [f"{patch}\n" for patch in patches]
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:20]


def blocks(file: Path) -> Iterator[bytes]:
    """An N-Triples file in pieces of whole lines. Oxigraph's bulk load holds all that it is given at once."""
    with file.open("rb") as stream:
        while block := stream.read(_PIECE):
            yield block + stream.readline()


def lines(folder: StoreFolder, part: Part) -> Iterator[bytes]:
    """The part's triples, a line of N-Triples each."""
    with folder.part(part.sha256).open("rb") as stream:
        yield from stream
