"""Releases: immutable, numbered, checksummed builds of the store, switched atomically.

    STORE/current → releases/0001          what is served: a symbolic link, replaced in one step
    STORE/releases/0001/manifest.json      what went in, what came out, checksums
    STORE/releases/0001/{open,restricted}  an edition each: a RocksDB snapshot that is never written to
    STORE/parts/SHA256.nt                  N-Triples by content: what a named graph is made of
    STORE/studies/KEY.json                 what is known of a study that was once read, by its inputs
    STORE/primary/{open,restricted}        the writer's stores, brought from one release to the next
    STORE/lock                             held by the one writer
    STORE/building-*                       a build on its way; swept when its writer is gone

An edition is a list of parts. Its named graphs hold them, its default graph holds the union of them all.
"""

from __future__ import annotations

from .catalogue import describe, write_catalogue
from .folder import StoreFolder, lock, write_atomically
from .manifest import EDITIONS, Release, current, list_releases, open_store, write_nquads
from .parts import Part, add_part, identity
from .publication import publish, rollback, verify
from .trial import open_trial

__all__ = [
    "EDITIONS",
    "Part",
    "Release",
    "StoreFolder",
    "add_part",
    "current",
    "describe",
    "identity",
    "list_releases",
    "lock",
    "open_store",
    "open_trial",
    "publish",
    "rollback",
    "verify",
    "write_atomically",
    "write_catalogue",
    "write_nquads",
]
