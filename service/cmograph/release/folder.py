"""The store's folder: where things are, who may write, and what a full disk looks like."""

from __future__ import annotations

import errno
import fcntl
import json
import logging
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from traceback import clear_frames

from cmograph.errors import Problem, StoreError, StoreInUse

__all__ = ["StoreFolder", "disk_errors", "lock", "scratch", "sync", "write_atomically"]

_LOG = logging.getLogger(__name__)
_REMOVALS = 20
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL_WORDS = ("No space left on device", "Disk quota exceeded", "File too large")


@dataclass(frozen=True, slots=True)
class StoreFolder:
    """A store's folder. Reading creates nothing; `lock` makes what a writer needs."""

    path: Path

    @property
    def current(self) -> Path:
        """The link to the release that is served."""
        return self.path / "current"

    @property
    def releases(self) -> Path:
        """One folder a release, named by its number."""
        return self.path / "releases"

    @property
    def parts(self) -> Path:
        """N-Triples files named by their sha256."""
        return self.path / "parts"

    @property
    def studies(self) -> Path:
        """What is known of studies once read, one JSON file each."""
        return self.path / "studies"

    @property
    def primary(self) -> Path:
        """The writer's stores, one an edition."""
        return self.path / "primary"

    @property
    def patches(self) -> Path:
        """RDF Patch files named by their sha256."""
        return self.path / "patches"

    def part(self, sha256: str) -> Path:
        """The file of a part."""
        return self.parts / f"{sha256}.nt"

    def patch(self, sha256: str) -> Path:
        """The file of a patch."""
        return self.patches / f"{sha256}.rdfp"

    @contextmanager
    def building(self) -> Iterator[Path]:
        """A temporary folder on the store's own disk, gone afterwards whatever happens."""
        with scratch(self.path, "building-") as folder:
            yield folder


@contextmanager
def scratch(where: Path | None, prefix: str) -> Iterator[Path]:
    """A temporary folder in which stores are opened, gone afterwards whatever happens.

    What is opened in it must be let go before it goes: RocksDB takes a second to close a store whose files are not
    there any more. Of an error, the frames that it has left let go of theirs. And it tidies up in the background: a
    store that something still holds may add a file while its folder is being removed. So that is tried again.

    Args:
        where: the folder to make it in; None for the system's own.
        prefix: what its name begins with.
    """
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=where))
    try:
        yield folder
    except BaseException as error:
        clear_frames(error.__traceback__)
        raise
    finally:
        for _ in range(_REMOVALS):
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
        else:
            _LOG.warning("%s could not be removed. Remove it: it may hold what participants said.", folder)


@contextmanager
def lock(folder: StoreFolder, purpose: str) -> Iterator[None]:
    """Makes the caller the store's one writer, and sweeps what a killed writer left.

    Folders that it makes are their owner's alone: what is restricted lies in each.

    The lock is the operating system's (flock): it goes with its process, however that ends. A disk that is
    full at any write while it is held is a StoreError.

    Raises:
        StoreInUse: another writer holds it; the message says who.
        StoreError: the folder can't be written.
    """
    with disk_errors(folder):
        folder.path.mkdir(parents=True, exist_ok=True)
        for path in (folder.releases, folder.parts, folder.patches, folder.studies, folder.primary):
            path.mkdir(mode=0o700, exist_ok=True)
        file = (folder.path / "lock").open("a+", encoding="utf-8")
    with disk_errors(folder, only_full=True), file:  # closing it writes what could not be written before
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreInUse(
                Problem(
                    f"The store {folder.path} is being written by {_holder(file.name)}.",
                    "Wait until it has finished, or end that process, and try again.",
                )
            ) from None
        with disk_errors(folder):
            file.truncate(0)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            json.dump(
                {"pid": os.getpid(), "host": socket.gethostname(), "since": now, "purpose": purpose}, file
            )
            file.flush()
            for left in folder.path.glob("building-*"):
                shutil.rmtree(left, ignore_errors=True)
        yield


@contextmanager
def disk_errors(folder: StoreFolder, only_full: bool = False) -> Iterator[None]:
    """Turns what the operating system or RocksDB says of the disk into a StoreError with a remedy.

    Args:
        folder: the store that is written.
        only_full: let other errors pass: they may be about a file that is read.
    """
    try:
        yield
    except (OSError, RuntimeError) as error:  # RocksDB's own errors come as either
        if getattr(error, "errno", None) in _FULL or any(words in str(error) for words in _FULL_WORDS):
            remedy = (
                "Make room there and where temporary files go (TMPDIR), or use another disk; then try again."
            )
            what = f"The disk of the store {folder.path} is full; nothing was released."
        elif only_full:
            raise
        else:
            remedy = "Look at the folder's permissions and at the disk's health, and try again."
            what = f"The store {folder.path} can't be written: {error}."
        raise StoreError(Problem(f"{what} What was served before is untouched.", remedy)) from error


def write_atomically(path: Path, content: str | bytes) -> None:
    """Writes a small file, text as UTF-8, so that it is there whole or not at all, a power cut included."""
    temporary = path.with_name(f"{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Waits until a file, or a folder's list of names, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _holder(lock_file: str) -> str:
    try:
        held = json.loads(Path(lock_file).read_text(encoding="utf-8"))
        return f"process {held['pid']} on {held['host']} ({held['purpose']}, since {held['since']})"
    except (OSError, ValueError, KeyError):
        return "another process"
