"""Releases: immutable, numbered, checksummed builds of the store, switched atomically.

    STORE/current → releases/0001          what is served: a symbolic link, replaced in one step
    STORE/releases/0001/manifest.json      what went in, what came out, checksums
    STORE/releases/0001/{open,restricted}  an edition each: a RocksDB snapshot that is never written to
    STORE/parts/SHA256.nt                  N-Triples by content: what a named graph is made of
    STORE/patches/SHA256.rdfp              RDF Patch by content: what clients changed, in their order
    STORE/studies/KEY.json                 what is known of a study that was once read, by its inputs
    STORE/primary/{open,restricted}        the writer's stores, brought from one release to the next
    STORE/lock                             held by the one writer
    STORE/building-*                       a build on its way; swept when its writer is gone

An edition is a list of parts and then a list of patches. Its named graphs hold the parts, its default graph
holds the union of them all; where nothing was built, it holds what clients wrote into it.
"""

from __future__ import annotations

from .backup import back_up, restore
from .catalogue import describe, write_catalogue
from .difference import unchanged_studies
from .folder import StoreFolder, lock, scratch, write_atomically
from .loading import load_edition
from .manifest import EDITIONS, Release, current, list_releases, open_store, write_nquads
from .parts import Part, add_part, identity, lines
from .patches import EMPTY, Patch
from .pruning import prune
from .publication import publish, rollback, verify
from .revision import Change, Draft, revise
from .trial import open_trial

__all__ = [
    "EDITIONS",
    "EMPTY",
    "Change",
    "Draft",
    "Part",
    "Patch",
    "Release",
    "StoreFolder",
    "add_part",
    "back_up",
    "current",
    "describe",
    "identity",
    "lines",
    "list_releases",
    "load_edition",
    "lock",
    "open_store",
    "open_trial",
    "prune",
    "publish",
    "restore",
    "revise",
    "rollback",
    "scratch",
    "unchanged_studies",
    "verify",
    "write_atomically",
    "write_catalogue",
    "write_nquads",
]
