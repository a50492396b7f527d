"""What a build keeps of each study, and what its studies share: the ontology, read and reasoned over once."""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

from . import __version__
from .errors import Problem, StudyError
from .ntriples import lines_of
from .ontology import Ontology, load_ontology
from .reasoning import Reasoner
from .release import Part, StoreFolder, add_part, identity, write_atomically, write_catalogue
from .validation import Shapes
from .vocabulary import GRAPH

__all__ = ["Files", "Prepared", "Workshop", "editions", "keep", "key_of", "recall", "versions"]

_INFERRED = f"{GRAPH}inferred"
_LIBRARIES = ("pyoxigraph", "pyshacl", "rdflib", "reasonable")


@dataclass(frozen=True, slots=True)
class Files:
    """What a study's graphs are made of, as N-Triples; the second pair is for the restricted edition."""

    study: Path
    inferred: Path
    evidence: Path
    evidence_inferred: Path


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a study became: all that a release needs of it, and all that a person should know.

    Attributes:
        id: the study's own.
        iri: the study's.
        title: for people.
        synthetic: whether nobody said any of it.
        catalogue: what the catalogue says of it, as N-Triples lines.
        counts: how much there is of what.
        reports: sentences on what was read, kept, downgraded and dropped.
        warnings: what is odd, but refuses nothing.
        key: a name for everything that this rests on; "" where nothing is kept.
        inputs: sha256 of each of its files, by name.
        open: parts of both editions.
        restricted: further parts of the restricted one.
        cached: whether an earlier build had done the work.
    """

    id: str
    iri: str
    title: str
    synthetic: bool
    catalogue: tuple[str, ...]
    counts: Mapping[str, int]
    reports: tuple[str, ...]
    warnings: tuple[Problem, ...]
    key: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    open: tuple[Part, ...] = ()
    restricted: tuple[Part, ...] = ()
    cached: bool = False


class Workshop:
    """The ontology, its axioms ready to reason with, its shapes ready to check with."""

    def __init__(self, ontology: Ontology | None = None) -> None:
        """Reads the bundled ontology where none is given."""
        self.ontology = ontology or load_ontology()
        self.statements = self.ontology.ntriples().decode()
        self.reasoner = Reasoner(self.statements)
        self.open_checks = [check for check in self.ontology.checks if check.name.startswith("open-")]
        """What may not be in the open edition."""
        self.checks = [check for check in self.ontology.checks if check not in self.open_checks]
        """What may not be in any."""
        self.shapes = Shapes(self.ontology.shapes, [*lines_of(self.statements), *self.reasoner.ontology])

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Writes the ontology and what follows from it alone as N-Triples."""
        stated, inferred = folder / "ontology.nt", folder / "ontology-inferred.nt"
        stated.write_text(self.statements, encoding="utf-8")
        inferred.write_text("".join(self.reasoner.ontology), encoding="utf-8")
        return stated, inferred


def key_of(study: Path, ontology: Ontology, minimum_cell: int) -> tuple[str, dict[str, str]]:
    """A name for everything that a prepared study rests on, and the sha256 of the study's files by name.

    A file that is missing or unreadable is left out: reading the study says so better.
    """
    inputs = _inputs(study)
    rests_on = [inputs, ontology.digest, minimum_cell, _program()]
    return hashlib.sha256(json.dumps(rests_on, sort_keys=True).encode()).hexdigest(), inputs


def recall(folder: StoreFolder, key: str) -> Prepared | None:
    """What an earlier build made of a study, if its parts are still there."""
    try:
        found = json.loads((folder.studies / f"{key}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    known = Prepared(
        **found
        | {
            "catalogue": tuple(found["catalogue"]),
            "reports": tuple(found["reports"]),
            "warnings": tuple(Problem(**problem) for problem in found["warnings"]),
            "open": tuple(Part(**part) for part in found["open"]),
            "restricted": tuple(Part(**part) for part in found["restricted"]),
            "cached": True,
        }
    )
    whole = all(folder.part(part.sha256).exists() for part in (*known.open, *known.restricted))
    return known if whole else None


def keep(
    folder: StoreFolder,
    study: Path,
    key: str,
    inputs: Mapping[str, str],
    prepare: Callable[[Path], tuple[Prepared, Files]],
) -> Prepared:
    """A study prepared before, or else prepared now, in a temporary folder, and its files kept as parts.

    Args:
        folder: where they are kept.
        study: the study's folder.
        key: a name for all that it rests on, from `key_of`.
        inputs: its files, likewise.
        prepare: does the work, in a folder that is given to it.

    Raises:
        StudyError: the study's files changed meanwhile. What was made is not what the key names.
        CmographError: whatever `prepare` raises.
    """
    if (found := recall(folder, key)) is not None:
        return found
    with folder.building() as out:
        prepared, files = prepare(out)
        if _inputs(study) != inputs:
            what = "The study's files were changed while they were read."
            raise StudyError(Problem(what, "Build it again when they are as they should be.", "study.toml"))
        graph = f"{GRAPH}study/{prepared.id}"
        done = replace(
            prepared,
            key=key,
            inputs=inputs,
            open=(
                add_part(folder, files.study, graph, prepared.iri),
                add_part(folder, files.inferred, _INFERRED, prepared.iri),
            ),
            restricted=(
                add_part(folder, files.evidence, f"{graph}/evidence", prepared.iri),
                add_part(folder, files.evidence_inferred, _INFERRED, prepared.iri),
            ),
        )
        write_atomically(folder.studies / f"{key}.json", json.dumps(asdict(done), ensure_ascii=False))
    return done


def editions(
    folder: StoreFolder, studies: Sequence[Prepared], workshop: Workshop
) -> dict[str, tuple[Part, ...]]:
    """The parts of both editions: the ontology's, the studies', and the catalogue's, in a fixed order."""
    with folder.building() as out:
        stated, inferred = workshop.write(out)
        shared = [add_part(folder, stated, f"{GRAPH}ontology"), add_part(folder, inferred, _INFERRED)]
        shown = sorted([*shared, *(part for study in studies for part in study.open)])
        catalogue = out / "catalogue.nt"
        write_catalogue(
            catalogue,
            identity(shown),
            [study.catalogue for study in studies],
            [module.iri for module in workshop.ontology.modules],
        )
        shown.append(add_part(folder, catalogue, f"{GRAPH}catalogue"))
    hidden = sorted(part for study in studies for part in study.restricted)
    return {"open": tuple(shown), "restricted": (*shown, *hidden)}


def versions(ontology: Ontology) -> dict[str, str]:
    """What makes a release: the program, its libraries, the ontology's modules and their digest."""
    return {
        "cmograph": __version__,
        **{name: version(name) for name in _LIBRARIES},
        **{module.prefix: module.version for module in ontology.modules},
        "ontology": ontology.digest,
    }


def _inputs(study: Path) -> dict[str, str]:
    """The sha256 of a study's files by name."""
    found = {}
    for file in _files_of(study):
        with suppress(OSError):
            found[os.path.relpath(file, study)] = _sha256(file)
    return found


def _files_of(study: Path) -> Iterator[Path]:
    settings = study / "study.toml"
    if not settings.is_file():
        return
    yield settings
    try:
        listed = tomllib.loads(settings.read_text(encoding="utf-8")).get("files", {})
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return
    for value in listed.values() if isinstance(listed, dict) else ():
        for name in value if isinstance(value, list) else [value]:
            if not isinstance(name, str) or not (study / name).is_file():
                continue
            yield study / name
            if _is_bare(study / name):  # its sources lie beside it
                folders = [one for one in (study / name).parent.iterdir() if one.name.lower() == "sources"]
                yield from sorted(file for one in folders for file in one.rglob("*") if file.is_file())


def _is_bare(file: Path) -> bool:
    """Whether it is a REFI-QDA project without its archive: by name or, as its reader sees it, by content."""
    if file.suffix.lower() == ".qde":
        return True
    try:
        with file.open("rb") as stream:
            return b"urn:QDA-XML:" in stream.read(4096)
    except OSError:
        return False


def _program() -> str:
    """A name for the program's own text and its libraries: what they make of a study may change with them."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    for name in _LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    return digest.hexdigest()


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
