"""Readers: one a format, each makes a `Corpus`.

positions    what an offset counts, decided a text at a time
archive      the container of a REFI-QDA project, that may be hostile
qde          its XML as a stream, that may be hostile
outline      the first pass over it: all that belongs to the whole, kept in a `project`
sections     that pass's coders, codes, cases, sets, links and notes
texts        a text as we keep it, and what a tool's offsets count
names        names that a file gives twice, told apart
report       what was seen, kept, downgraded and dropped
inspection   a corpus for people and for tables

A new format is one file and one row of `READERS`.
"""

from __future__ import annotations

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
        recognises: whether a file, by its first bytes, is of this format, whatever its name.
        read: the file and its sha256 → its corpus.
    """

    name: str
    endings: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    read: Callable[[Path, str], Corpus]


def _is_refi_qda(head: bytes) -> bool:
    return head.startswith(b"PK") or b"urn:QDA-XML:" in head


def _is_sqlite(head: bytes) -> bool:
    return head.startswith(b"SQLite format 3\0")


READERS = (
    Reader("refi-qda", (".qdpx", ".qde", ".qdpx.zip"), _is_refi_qda, read_refi_qda),
    Reader("taguette", (".sqlite3", ".sqlite"), _is_sqlite, read_taguette),
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
        if reader.recognises(head):
            return reader.read(path, digest)
    for reader in READERS:  # it is not what its name says: that format's reader says what is wrong
        if path.name.lower().endswith(reader.endings):
            return reader.read(path, digest)
    endings = ", ".join(ending for reader in READERS for ending in reader.endings)
    raise CodedFileError(
        Problem(
            f"It is none of the formats that are read here ({endings}).",
            "Export it from NVivo, ATLAS.ti, MAXQDA or QualCoder as REFI-QDA (.qdpx), or from Taguette as SQLite3.",
            path.name,
        )
    )
