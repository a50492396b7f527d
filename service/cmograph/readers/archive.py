"""The container of a REFI-QDA project: a zip that may be hostile, or a bare file beside a folder.

Nothing is unpacked to disk, and no path leads outside. REFI-QDA 1.5, section 8.
"""

from __future__ import annotations

import stat
import unicodedata
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Protocol
from urllib.parse import unquote

from cmograph.errors import CodedFileError, Problem

__all__ = ["Container", "open_container"]

MOST_ENTRIES = 100_000
MOST_BYTES = 8 * 2**30
MOST_BYTES_A_SOURCE = 256 * 2**20
HIGHEST_RATIO = 200
"""Text packs some 3 to 10 times; one thing over a megabyte that packs more than 200 times is a bomb."""

_IGNORED = {".root", ".ds_store", "__macosx"}


class Container(Protocol):
    """What holds a project's XML and its sources."""

    def project(self) -> IO[bytes]:
        """The project's XML, opened anew."""

    def source(self, path: str) -> bytes | None:
        """The bytes that a `plainTextPath` names; None where they are missing or lie outside."""


@contextmanager
def open_container(path: Path) -> Iterator[Container]:
    """Open a `.qdpx` (whatever its name) or a bare `.qde` with its `sources` folder beside it.

    Raises:
        CodedFileError: it is no zip, it is hostile, or it does not hold exactly one project.
    """
    bare = False
    try:
        bare = not zipfile.is_zipfile(path) and (path.suffix.lower() == ".qde" or _is_xml(path))
        if bare:
            yield _Folder(path)
        else:
            with zipfile.ZipFile(path) as archive:
                yield _Zip(path.name, archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        UnicodeDecodeError,
        NotImplementedError,
    ) as error:
        kind = "It, or a file beside it," if bare else "It is not a readable zip: it"
        raise CodedFileError(
            Problem(
                f"{kind} cannot be read ({type(error).__name__}).",
                "Export the project again as REFI-QDA (.qdpx).",
                path.name,
            )
        ) from error


def _is_xml(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def _key(name: str) -> str:
    """A name in the archive as it compares: whatever its case, its slashes and how its accents are composed."""
    return unicodedata.normalize("NFC", name.replace("\\", "/")).lower()


def inner_name(path: str) -> str | None:
    """The name inside `sources` that a path attribute names; None where it leads elsewhere.

    `internal://NAME` is the standard's; `internal:/NAME` and a bare NAME are written too (section 8.3).
    """
    lower = path.lower()
    for scheme in ("internal://", "internal:/"):
        if lower.startswith(scheme):
            path = path[len(scheme) :]
            break
    else:
        if ":" in path.split("/")[0]:
            return None  # relative:///, absolute:///, file:, C:
    name = unquote(path).replace("\\", "/").lstrip("/")
    parts = PurePosixPath(name).parts
    return None if not parts or ".." in parts else "/".join(parts)


def _too_large(file: str) -> CodedFileError:
    what = f"One source has more than {MOST_BYTES_A_SOURCE >> 20} MB."
    return CodedFileError(Problem(what, "Split it, or leave it out.", file))


class _Zip:
    def __init__(self, name: str, archive: zipfile.ZipFile) -> None:
        self._name = name
        self._archive = archive
        entries = [(_key(entry.filename), entry) for entry in self._wanted(archive.infolist())]
        self._entries: defaultdict[str, list[zipfile.ZipInfo]] = defaultdict(list)
        for key, entry in entries:
            if not entry.is_dir():
                self._entries[key].append(entry)
        projects = [entry for key, entry in entries if key.endswith(".qde") and "/" not in key]
        if len(projects) != 1:
            names = ", ".join(entry.filename for entry in projects) or "none"
            raise self._error(f"It must hold exactly one .qde at its root; it holds {names}.")
        self._project = projects[0]

    def project(self) -> IO[bytes]:
        return self._archive.open(self._project)

    def source(self, path: str) -> bytes | None:
        name = inner_name(path)
        if name is None:
            return None
        for key in (f"sources/{name}", name):
            alike = self._entries.get(_key(key), [])
            exact = [one for one in alike if one.filename.replace("\\", "/").endswith(name)]
            for entry in (exact or alike)[-1:]:
                if entry.file_size > MOST_BYTES_A_SOURCE:
                    raise _too_large(self._name)
                return self._archive.read(entry)
        return None

    def _wanted(self, entries: list[zipfile.ZipInfo]) -> Iterator[zipfile.ZipInfo]:
        if len(entries) > MOST_ENTRIES:
            raise self._error(f"It has more than {MOST_ENTRIES} entries.")
        if sum(entry.file_size for entry in entries) > MOST_BYTES:
            raise self._error(f"It would unpack to more than {MOST_BYTES >> 30} GB.")
        for entry in entries:
            name = entry.filename.replace("\\", "/")
            parts = PurePosixPath(name).parts
            if name.startswith("/") or ".." in parts or ":" in name.split("/")[0]:
                raise self._error("An entry's path leads outside the archive.")
            if stat.S_ISLNK(entry.external_attr >> 16):
                raise self._error("An entry is a symbolic link.")
            if entry.flag_bits & 1:
                raise self._error("It is protected by a password.", "Export it again without one.")
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise self._error("It is not a readable zip: an entry is packed as no QDA tool packs.")
            if entry.file_size > 2**20 and entry.file_size > HIGHEST_RATIO * max(1, entry.compress_size):
                raise self._error("An entry unpacks to more than 200 times its size, as a zip bomb does.")
            if not any(part.lower() in _IGNORED for part in parts):
                yield entry

    def _error(
        self, what: str, remedy: str = "Export the project again as REFI-QDA (.qdpx)."
    ) -> CodedFileError:
        return CodedFileError(Problem(what, remedy, self._name))


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._folders = [
            one for one in path.parent.iterdir() if one.is_dir() and one.name.lower() == "sources"
        ]

    def project(self) -> IO[bytes]:
        return self._path.open("rb")

    def source(self, path: str) -> bytes | None:
        name = inner_name(path)
        if name is None:
            return None
        for folder in self._folders:
            file = folder / name
            if file.is_file() and file.resolve().is_relative_to(folder.resolve()):
                if file.stat().st_size > MOST_BYTES_A_SOURCE:
                    raise _too_large(self._path.name)
                return file.read_bytes()
        return None
