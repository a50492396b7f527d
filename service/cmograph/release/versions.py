"""The versions of a study: what the manifests of the releases that a store holds say of it, and nothing else.

A version is named by its release and by its content. The number alone would not do: when the newest releases are
pruned, it comes again. The content alone would not either: whoever cites says which release they looked at.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path

from cmograph.errors import StoreError
from cmograph.vocabulary import ID

from .folder import StoreFolder
from .manifest import EDITIONS, Release, read_release
from .parts import Part, blocks, identity

__all__ = ["NO_HISTORY", "History", "StudyVersion", "read_history"]

_MANIFESTS, _PATCHES = 256, 4096
"""How many are kept in mind: of what is on the disk none changes once it is written."""


@dataclass(frozen=True, slots=True)
class StudyVersion:
    """A study as one edition of one release had it.

    Attributes:
        study: the study's IRI.
        release: the release's name, such as `0003`.
        edition: `open` or `restricted`.
        digest: a name for what that edition said of the study, the same for the same statements.
        created: when the release was made: ISO 8601, UTC.
        title: of the study, as it was then.
        synthetic: whether nobody said any of it.
    """

    study: str
    release: str
    edition: str
    digest: str
    created: str
    title: str
    synthetic: bool

    @property
    def number(self) -> int:
        """The release's number."""
        return int(self.release)

    @property
    def name(self) -> str:
        """The end of its IRI."""
        return f"{self.release}-{self.digest}"

    @property
    def iri(self) -> str:
        """The version's own IRI."""
        return f"{self.study}/version/{self.name}"


@dataclass(frozen=True, slots=True)
class History:
    """The versions of one study in one edition.

    Attributes:
        versions: one a release that has the study, in the order of releases.
        served: the name of the release that is served; "" where that has not got the study.
    """

    versions: tuple[StudyVersion, ...]
    served: str

    @property
    def latest(self) -> StudyVersion | None:
        """The version that is served."""
        return next((one for one in self.versions if one.release == self.served), None)

    @property
    def distinct(self) -> tuple[StudyVersion, ...]:
        """The last version before each change of the study, and the one that is served: most releases change others."""
        return tuple(
            one
            for one, after in zip_longest(self.versions, self.versions[1:])
            if after is None or after.digest != one.digest or one.release == self.served
        )

    @property
    def digest(self) -> str:
        """A name for the whole of it, for an entity tag."""
        return _digest(self.served, *(one.name for one in self.versions))[:12]

    def state(self, version: StudyVersion) -> str:
        """What became of a version, in a sentence."""
        where = f"Release {version.release}, {version.edition} edition"
        if version.release == self.served:
            return f"{where}: the version that is served."
        if (latest := self.latest) is None:
            return f"{where}: no longer served, and no later version is."
        same = ", which says the same of the study" if latest.digest == version.digest else ""
        verb = "superseded by" if version.number < latest.number else "taken back in favour of"
        return f"{where}: {verb} release {latest.release}{same}."

    def find(self, name: str) -> StudyVersion | None:
        """The version of this name, if there ever was one that the store still knows of."""
        return next((one for one in self.versions if one.name == name), None)

    def predecessor(self, version: StudyVersion) -> StudyVersion | None:
        """The nearest version before that says something else."""
        earlier = [one for one in self.versions if one.number < version.number]
        return next((one for one in reversed(earlier) if one.digest != version.digest), None)

    def successor(self, version: StudyVersion) -> StudyVersion | None:
        """The nearest version after that says something else; none of those from which the store was rolled back."""
        served = int(self.served or 0)
        later = (one for one in self.versions if version.number < one.number <= served)
        return next((one for one in later if one.digest != version.digest), None)


NO_HISTORY = History((), "")
"""Of what is no study, or of one that no manifest tells of: clients wrote it, and no build."""


def read_history(store: Path, study: str, edition: str, served: str) -> History:
    """The versions of a study that a store's manifests tell of. It reads files: call it on a thread.

    A manifest that cannot be read, or is just being pruned, tells of nothing; `cmograph releases verify` says why.

    Args:
        store: the store's folder.
        study: the study's IRI.
        edition: `open` or `restricted`: nobody is told of a version of an edition that they may not see.
        served: the name of the release that is served; "" where that has not got the study.
    """
    folder = StoreFolder(store)
    versions = tuple(_versions(folder, study, edition))
    return History(versions, served)


def _versions(folder: StoreFolder, study: str, edition: str) -> Iterator[StudyVersion]:
    found = folder.releases.iterdir() if folder.releases.is_dir() else ()
    for path in sorted((path for path in found if path.name.isdecimal()), key=lambda path: int(path.name)):
        told = _told(path, _written(path / "manifest.json"))
        if told is None or study not in told.studies or not (content := told.contents[edition].get(study)):
            continue
        patches = [one for one in told.patches[edition] if _concerns(folder.patch(one), study)]
        title, synthetic = told.studies[study]
        digest = _digest(content, *patches) if patches else content
        yield StudyVersion(study, path.name, edition, digest, told.created, title, synthetic)


@dataclass(frozen=True, slots=True)
class _Told:
    """What is kept of a manifest: of studies, titles, and by edition a name for what a build says of each; patches."""

    created: str
    studies: Mapping[str, tuple[str, bool]]
    contents: Mapping[str, Mapping[str, str]]
    patches: Mapping[str, tuple[str, ...]]


def _written(manifest: Path) -> tuple[int, int]:
    """What tells one file from another of the same name, that was there before it was pruned."""
    try:
        state = manifest.stat()
    except OSError:
        return 0, 0
    return state.st_ino, state.st_mtime_ns


@lru_cache(maxsize=_MANIFESTS)
def _told(path: Path, _written: tuple[int, int]) -> _Told | None:
    try:
        release = read_release(path)
        return _Told(
            release.created,
            {
                sys.intern(f"{ID}study/{one['id']}"): (sys.intern(str(one["title"])), bool(one["synthetic"]))
                for one in release.studies
            },
            {name: _contents(release, name) for name in EDITIONS},
            {name: release.editions[name].patches for name in EDITIONS},
        )
    except (StoreError, KeyError):
        return None


def _contents(release: Release, edition: str) -> dict[str, str]:
    owned: dict[str, list[Part]] = {}
    for part in release.editions[edition].parts:
        owned.setdefault(part.owner, []).append(part)
    return {sys.intern(owner): sys.intern(identity(parts)) for owner, parts in owned.items()}


def _digest(*names: str) -> str:
    """A name for several things of these names, in their order; as long as `identity` makes them."""
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:20]


@lru_cache(maxsize=_PATCHES)
def _concerns(patch: Path, study: str) -> bool:
    """Whether a patch names the study, a thing below it, or its graph. One that is gone might have."""
    name = study.removeprefix(ID)
    needles = (f"/{name}>".encode(), f"/{name}/".encode())
    try:
        return any(needle in block for block in blocks(patch) for needle in needles)
    except OSError:
        return True
