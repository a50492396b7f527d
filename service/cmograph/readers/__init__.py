"""Readers: one a format, each makes a `Corpus`.

positions    what an offset counts, decided a text at a time
archive      the container of a REFI-QDA project, that may be hostile
project      the first pass over a REFI-QDA project: all that belongs to the whole
qde          its XML as a stream, that may be hostile
names        names that a file gives twice, told apart
report       what was seen, kept, downgraded and dropped
inspection   a corpus for people and for tables

A new format is one file and one row of `READERS`.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from cmograph.corpus import Corpus
from cmograph.errors import CodedFileError, Problem
from cmograph.readers.refi_qda import read_refi_qda
from cmograph.readers.taguette import read_taguette

__all__ = ["READERS", "Reader", "read_corpus"]


@dataclass(frozen=True, slots=True)
class Reader:
    """One format.

    Attributes:
        name: what `Corpus.format` says.
        endings: how its files' names end, for messages.
        recognises: whether a file, by its first bytes and its name, is of this format.
        read: the file and its sha256 → its corpus.
    """

    name: str
    endings: tuple[str, ...]
    recognises: Callable[[bytes, Path], bool]
    read: Callable[[Path, str], Corpus]


def _is_refi_qda(head: bytes, path: Path) -> bool:
    if head.startswith(b"PK") or path.suffix.lower() == ".qdpx":
        return True
    return path.suffix.lower() == ".qde" or b"urn:QDA-XML:project" in head


def _is_sqlite(head: bytes, path: Path) -> bool:
    return head.startswith(b"SQLite format 3\0") or path.suffix.lower() in (".sqlite3", ".sqlite")


READERS = (
    Reader("refi-qda", (".qdpx", ".qde"), _is_refi_qda, read_refi_qda),
    Reader("taguette", (".sqlite3",), _is_sqlite, read_taguette),
)


def read_corpus(path: Path) -> Corpus:
    """Read a coded file, whatever its format.

    Raises:
        CodedFileError: it is missing, of no format that is read here, broken, or hostile.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(4096)
            stream.seek(0)
            digest = file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        what = "There is no such file." if isinstance(error, FileNotFoundError) else "It cannot be opened."
        raise CodedFileError(Problem(what, "Check its name and where it lies.", path.name)) from error
    for reader in READERS:
        if reader.recognises(head, path):
            return reader.read(path, digest)
    endings = ", ".join(ending for reader in READERS for ending in reader.endings)
    kind = " It is a zip, but no project." if zipfile.is_zipfile(path) else ""
    raise CodedFileError(
        Problem(
            f"It is none of the formats that are read here ({endings}).{kind}",
            "Export it from NVivo, ATLAS.ti, MAXQDA or QualCoder as REFI-QDA (.qdpx), or from Taguette as SQLite3.",
            path.name,
        )
    )
