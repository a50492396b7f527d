"""An edition read into memory: from the parts that it was made of, which are there as they are parsed.

Its RocksDB snapshot holds each term apart from the quads, and to put them together again takes six times as
long. It is what is left where a release has no parts, or they do not give what its manifest says.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

from pyoxigraph import RdfFormat, Store

from cmograph.errors import StoreError

from .folder import StoreFolder
from .manifest import Edition, read_release
from .parts import blocks
from .patches import apply, read_patch

__all__ = ["load_edition"]


def load_edition(snapshot: Path) -> Store:
    """A store in memory that holds what an edition's snapshot holds.

    Args:
        snapshot: the edition's folder in its release.

    Raises:
        OSError: the snapshot cannot be read.
    """
    return _from_parts(snapshot) or _from_disk(snapshot)


def _from_parts(snapshot: Path) -> Store | None:
    snapshot = snapshot.resolve()
    folder = StoreFolder(snapshot.parent.parent.parent)
    try:
        edition = read_release(snapshot.parent).editions[snapshot.name]
        store = _read_in(lambda out: _write_parts(folder, edition, out))
        for name in edition.patches:
            apply(store, read_patch(folder, name), edition.union)
    except (OSError, StoreError, KeyError, SyntaxError, ValueError):  # a part or a patch may be damaged
        return None
    return store if len(store) == edition.quads else None


def _write_parts(folder: StoreFolder, edition: Edition, out: IO[bytes]) -> None:
    for part in edition.parts:
        end = f" <{part.graph}> .\n".encode()
        for block in blocks(folder.part(part.sha256)):
            out.write(block)
            out.write(block.replace(b" .\n", end))  # it stands at the end of a line alone: \n is escaped


def _from_disk(snapshot: Path) -> Store:
    disk = Store.read_only(str(snapshot))
    store = _read_in(lambda out: disk.dump(out, RdfFormat.N_QUADS))
    for graph in disk.named_graphs():
        store.add_graph(graph)
    return store


def _read_in(write: Callable[[IO[bytes]], object]) -> Store:
    """What one thread writes as N-Quads, read by this one, without a file: one load costs least."""
    store = Store()
    reading, writing = os.pipe()
    faults: list[BaseException] = []

    def write_out() -> None:
        with os.fdopen(writing, "wb", buffering=1 << 20) as out:
            try:
                write(out)
            except BaseException as fault:
                faults.append(fault)

    writer = threading.Thread(target=write_out)
    writer.start()
    with os.fdopen(reading, "rb", buffering=1 << 20) as source:
        store.bulk_load(source, RdfFormat.N_QUADS)
    writer.join()
    for fault in faults:
        raise fault
    return store
