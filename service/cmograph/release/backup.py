"""Backup: one release in one archive, with all that it rests on, and back.

The archive is a tar file, laid out as a store is. Its last member, `SHA256SUMS`, names every other one with
its sha256, as `sha256sum --check` reads it: an archive that was cut off has none.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cmograph.errors import InputError, Problem, StoreError

from .folder import StoreFolder, disk_errors, lock, sync
from .manifest import EDITIONS, Release, list_releases
from .publication import _serve, verify

__all__ = ["back_up", "restore"]

_SUMS = "SHA256SUMS"
_BLOCK = 1 << 20
_SUMS_LIMIT = 1 << 26
_PLACES = re.compile(
    r"releases/[0-9]{4,9}/(manifest\.json|(open|restricted)/[A-Za-z0-9][A-Za-z0-9._-]{0,99})"
    r"|parts/[0-9a-f]{64}\.nt|patches/[0-9a-f]{64}\.rdfp|studies/[0-9a-f]{64}\.json"
)
"""All places that an archive may write to: none is outside the store, whatever the archive says."""


def back_up(folder: StoreFolder, release: Release, file: Path) -> int:
    """Writes a release to an archive, whole or not at all; readers and a writer may go on.

    It holds what is restricted: only its owner can read it. The store's tokens and audit are not in it.

    Args:
        folder: the store.
        release: one of its releases.
        file: a new file, `.tar`, or `.tar.gz` or `.tgz` for a compressed one.

    Returns:
        The archive's size in bytes.

    Raises:
        InputError: the file is there already, or its name ends otherwise.
        StoreError: the release is damaged or was pruned meanwhile, or the archive can't be written.
    """
    if not file.name.endswith((".tar", ".tar.gz", ".tgz")):
        raise InputError(
            Problem("An archive's name ends in .tar, .tar.gz or .tgz.", "Name it so.", str(file))
        )
    if file.exists():
        raise _there(file)
    temporary: Path | None = None
    try:
        # A name of its own: another backup to the same file may be on its way.
        handle, name = tempfile.mkstemp(".tmp", f"{file.name}.", file.parent)  # its owner's alone
        temporary = Path(name)
        with os.fdopen(handle, "wb") as stream:
            _write(folder, release, stream, compressed=not file.name.endswith(".tar"))
            stream.flush()
            os.fsync(handle)
            size = os.fstat(handle).st_size
        _name(temporary, file)
        sync(file.parent)
    except OSError as error:
        raise StoreError(
            Problem(
                f"Release {release.number} can't be backed up: {error.strerror or error}.",
                "See whether the release is still there, and whether the archive's disk has room.",
                Path(error.filename or file).name,
            )
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
    return size


def _name(temporary: Path, file: Path) -> None:
    """Gives what was written its name, in one step; what has that name by now is left as it is."""
    try:
        os.link(temporary, file)
    except FileExistsError:
        raise _there(file) from None
    except OSError:  # a disk without hard links
        if file.exists():
            raise _there(file) from None
        temporary.rename(file)


def _there(file: Path) -> InputError:
    return InputError(Problem("The file is there already.", "Name another one.", str(file)))


def restore(file: Path, folder: StoreFolder) -> Release:
    """Makes a store of an archive and serves its release, once all of it was found as it was backed up.

    Nothing is overwritten: the store may be new, or empty, or hold tokens, but no release.

    Raises:
        InputError: the file is no archive of a release, or it is damaged.
        StoreError: the store holds releases, is being written, or its disk is full.
    """
    with lock(folder, "restore"), disk_errors(folder, only_full=True):
        if folder.current.is_symlink() or any(folder.releases.iterdir()):
            raise StoreError(
                Problem(f"The store {folder.path} holds releases already.", "Restore into a new folder.")
            )
        with folder.building() as building:
            store = StoreFolder(building)
            _extract(file, building)
            release = _only(file, store)
            if found := verify(store, release):
                raise InputError(*(Problem(problem.what, "Take another backup.") for problem in found))
            for kept, place in (
                (store.parts, folder.parts),
                (store.patches, folder.patches),
                (store.studies, folder.studies),
                (store.releases, folder.releases),  # the last: until then it is a store without a release
            ):
                for item in kept.iterdir() if kept.is_dir() else ():
                    item.rename(place / item.name)
                sync(place)
        restored = _only(file, folder)
        _serve(folder, restored)
        return restored


def _write(folder: StoreFolder, release: Release, stream: IO[bytes], compressed: bool) -> None:
    sums = []
    with tarfile.open(fileobj=stream, mode="w:gz" if compressed else "w", format=tarfile.PAX_FORMAT) as tar:
        for path in _files(folder, release):
            name = path.relative_to(folder.path).as_posix()
            with path.open("rb") as source:
                member = tarfile.TarInfo(name)
                status = os.fstat(source.fileno())
                member.size, member.mtime, member.mode = status.st_size, int(status.st_mtime), 0o600
                reader = _Summing(source)
                tar.addfile(member, reader)
            sums.append(f"{reader.digest.hexdigest()}  {name}\n")
        text = "".join(sums).encode()
        member = tarfile.TarInfo(_SUMS)
        member.size, member.mode = len(text), 0o600
        with io.BytesIO(text) as source:
            tar.addfile(member, source)


def _files(folder: StoreFolder, release: Release) -> Iterator[Path]:
    """What a release rests on; also what is known of its studies, so that the next build need not read them."""
    editions = [release.editions[name] for name in EDITIONS]
    yield from sorted({folder.part(part.sha256) for edition in editions for part in edition.parts})
    yield from sorted({folder.patch(patch) for edition in editions for patch in edition.patches})
    notes = (folder.studies / f"{study.get('key')}.json" for study in release.studies)
    yield from (note for note in notes if note.is_file())
    for name in EDITIONS:
        for file in sorted(release.store(name).iterdir()):
            if file.name != "LOCK" and not file.name.startswith("LOG"):
                yield file
    yield release.folder / "manifest.json"


def _extract(file: Path, building: Path) -> None:
    """Writes an archive's members below a new folder, and holds each against its sum."""
    found: dict[str, str] = {}
    sums = None
    with _readable(file), tarfile.open(file, "r:*") as tar:
        for member in tar:
            source = tar.extractfile(member) if member.isreg() else None
            if source is None or sums is not None:
                raise ValueError(f"the member {member.name[:80]!r} does not belong there")
            if member.name == _SUMS:
                sums = source.read(_SUMS_LIMIT).decode("ascii")
                continue
            if not _PLACES.fullmatch(member.name) or member.name in found:
                raise ValueError(f"the member {member.name[:80]!r} does not belong there")
            place = building / member.name
            place.parent.mkdir(parents=True, exist_ok=True)
            reader = _Summing(source)
            with place.open("xb") as target:
                while block := reader.read(_BLOCK):
                    target.write(block)
                target.flush()
                os.fsync(target.fileno())
            found[member.name] = reader.digest.hexdigest()
        if sums != "".join(f"{digest}  {name}\n" for name, digest in found.items()):
            raise ValueError("its files are not those that its checksums name")
    for place in {building / name for name in found}:
        sync(place.parent)


@contextmanager
def _readable(file: Path) -> Iterator[None]:
    """Says of a file that it is no good archive, whatever it is that shows it."""
    try:
        yield
    except FileNotFoundError as error:
        raise InputError(Problem("There is no such file.", "", str(file))) from error
    except (tarfile.TarError, EOFError, zlib.error, ValueError) as error:
        raise InputError(
            Problem(
                f"This is no archive of a release, or it is damaged: {error}.",
                "Take another backup.",
                str(file),
            )
        ) from error


def _only(file: Path, store: StoreFolder) -> Release:
    found = list_releases(store)
    if (
        len(found) != 1
        or found[0].folder.name != f"{found[0].number:04}"
        or set(found[0].editions) != set(EDITIONS)
    ):
        raise InputError(Problem("The archive does not hold one release.", "Take another backup.", str(file)))
    return found[0]


class _Summing:
    """What is read, and its sha256 so far."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._source.read(size)
        self.digest.update(block)
        return block
