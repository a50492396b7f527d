"""The writer's stores: one an edition, brought from what it holds to what it should hold, part by part."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from cmograph.progress import Progress

from .folder import StoreFolder, sync, write_atomically
from .parts import Part, blocks, lines
from .patches import add_patch, apply, read_patch

__all__ = ["snapshot"]

_SMALL = 20_000
"""Triples up to which a transaction costs less than the new files that a bulk load always writes."""


def snapshot(
    folder: StoreFolder,
    edition: str,
    parts: Sequence[Part],
    patches: Sequence[str],
    target: Path,
    progress: Progress,
) -> tuple[int, tuple[str, ...]]:
    """Makes a snapshot of a store that holds exactly these parts and patches.

    Returns its number of quads and its patches, without what they delete that is not there: no part holds it any
    more, and it may be the words of who withdrew.

    The primary store is changed by what is new and what is gone. A JSON file beside it says what it holds,
    and is absent while that is not sure: after a build that was killed, the next starts from an empty store.
    So it does where patches lie between old parts and new ones: what they deleted would come back. And so it
    does where evidence loses words: Oxigraph keeps every text that it ever held, whatever is removed. A
    store of a version that did not know this may hold such words: it is made anew once.

    Raises:
        OSError: the disk is full or failing.
    """
    state = folder.primary / f"{edition}.json"
    place = folder.primary / edition
    held, patched = _held(state)
    done, had = len(patched), set(held or ())
    state.unlink(missing_ok=True)
    sync(folder.primary)
    if (
        held is None
        or patched != list(patches[:done])
        or (done and had != set(parts))
        or _loses_words(folder, had.difference(parts), set(parts) - had)
    ):
        shutil.rmtree(place, ignore_errors=True)
        held, done, had = None, 0, set()
    gone = had - set(parts)
    new = [part for part in parts if part not in had]
    progress.begin(f"store: {edition}", len(new) + len(gone))
    store = Store(place)
    for part in sorted(gone):
        _remove(
            store,
            folder,
            part,
            [kept for kept in held or () if kept not in gone and kept.graph == part.graph],
        )
        progress.advance()
    _load(store, folder, new, progress)
    if sum(part.triples for part in new) > sum(part.triples for part in held or () if part not in gone):
        store.optimize()  # each load leaves files of its own, and a look-up goes through all of them
    kept = list(patches[:done])
    for name in patches[done:]:
        patch = read_patch(folder, name)
        changed, _ = apply(store, patch, union=bool(parts))
        if patch.deleted <= changed.deleted:
            kept.append(name)
        elif patch := replace(patch, deleted=patch.deleted & changed.deleted):
            kept.append(add_patch(folder, patch))
    store.flush()
    store.backup(target)
    quads = len(store)
    del store  # RocksDB gives its own lock back when the last reference goes
    held_now = {"parts": [_as_list(part) for part in parts], "patches": kept, "clean": True}
    write_atomically(state, json.dumps(held_now))
    progress.end()
    return quads, tuple(kept)


def _loses_words(folder: StoreFolder, gone: Iterable[Part], new: Iterable[Part]) -> bool:
    """Whether evidence that goes holds a text that no evidence that comes holds, as when somebody withdrew."""

    def texts(parts: Iterable[Part]) -> Iterator[int]:
        for part in parts:
            for line in lines(folder, part) if part.graph.endswith("/evidence") else ():
                if line.endswith(b'" .\n'):  # neither a number nor a date
                    yield hash(line.split(b" ", 2)[2])

    lost = set(texts(gone))
    return bool(lost) and bool(lost.difference(texts(new)))


def _load(store: Store, folder: StoreFolder, parts: Iterable[Part], progress: Progress) -> None:
    """Loads each part into its graph and into the default one, both at once: Oxigraph frees the GIL."""
    with ThreadPoolExecutor(2) as pool:
        for part in parts:
            load = store.load if part.triples <= _SMALL else store.bulk_load
            for block in blocks(folder.part(part.sha256)):
                loads = [
                    pool.submit(load, block, RdfFormat.N_TRIPLES, to_graph=graph)
                    for graph in (NamedNode(part.graph), DefaultGraph())
                ]
                for done in loads:
                    done.result()
            progress.advance()


def _remove(store: Store, folder: StoreFolder, part: Part, kept: Sequence[Part]) -> None:
    """Takes a part away, but not the triples that other parts keep in its graph, or in the default one."""
    graph, default = NamedNode(part.graph), DefaultGraph()
    stays = _also_in(folder, part, kept)
    for found in parse(path=folder.part(part.sha256), format=RdfFormat.N_TRIPLES):
        if found.triple in stays:
            continue
        subject, predicate, value = found.subject, found.predicate, found.object
        store.remove(Quad(subject, predicate, value, graph))
        elsewhere = store.quads_for_pattern(subject, predicate, value, None)
        if all(quad.graph_name == default for quad in elsewhere):
            store.remove(Quad(subject, predicate, value, default))


def _also_in(folder: StoreFolder, part: Part, kept: Sequence[Part]) -> set[object]:
    """The triples of a part that another part of its graph holds too: none that names its owner."""
    owner = part.owner.encode()
    shared = {line for line in lines(folder, part) if not owner or owner not in line} if kept else set()
    found = {line for other in kept for line in lines(folder, other) if line in shared} if shared else set()
    return {quad.triple for quad in parse(b"".join(found), format=RdfFormat.N_TRIPLES)}


def _held(state: Path) -> tuple[list[Part] | None, list[str]]:
    """The parts and patches that the primary store holds; no parts at all where that is not sure."""
    try:
        held = json.loads(state.read_text(encoding="utf-8"))
        if "clean" not in held:  # of a version whose stores kept the words of who withdrew
            return None, []
        return [Part(*item) for item in held["parts"]], held["patches"]
    except FileNotFoundError:
        return None, []


def _as_list(part: Part) -> list[str | int]:
    return [part.graph, part.sha256, part.triples, part.owner]
