"""From study folders to a release: the page to read first. `_prepare` has a line for each arrow.

    coded files ─ readers ─▶ corpus ─ study (code map, configurations) ─▶ quads
         ─▶ SHACL ─▶ reasoning ─▶ checks ─▶ release (open, restricted)

Studies are independent: all up to the release is done study by study, and kept by what it rests on (the
study's files, the ontology, this program), so that the thousandth study costs what the first did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from .errors import InputError, Problem, StudyError
from .graph import write_study
from .ntriples import lines_of
from .ontology import check_consistency, load_ontology
from .preparation import Files, Prepared, Workshop, editions, keep, key_of, recall, versions
from .progress import SILENT, Progress
from .readers import read_corpus
from .release import Release, StoreFolder, current, describe, lock, open_store, open_trial, publish, scratch
from .study import read_study
from .study.mappings import refuse_clashes
from .validation import run_checks
from .vocabulary import GRAPH, REALIST
from .writing.carrying import Carrying

__all__ = ["BuildResult", "build", "check"]


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build made.

    Attributes:
        release: what is served now.
        studies: what became of each study, in the order given, with reports and warnings.
    """

    release: Release
    studies: tuple[Prepared, ...]


def build(
    studies: Sequence[Path], store: Path, progress: Progress = SILENT, minimum_cell: int = 5
) -> BuildResult:
    """Reads, checks and reasons over study folders, and serves a release of exactly these from a store.

    Args:
        studies: folders with a `study.toml`.
        store: the store's folder; made where there is none.
        progress: told of every stage.
        minimum_cell: the smallest number of people that the open edition shows; a study may ask for more.

    Raises:
        InputError: a study has a problem; every problem of every study is named.
        StoreError: the store is in use, or its disk is full. What was served before is served still.
    """
    folder, ontology = open_store(store), load_ontology()
    rests_on = {study: key_of(study, ontology, minimum_cell) for study in studies}
    if (served := _up_to_date(folder, [key for key, _ in rests_on.values()])) is not None:
        return served
    with lock(folder, "build"):
        workshop = Workshop(ontology)
        prepared = _each(
            studies,
            lambda study: keep(
                folder, study, *rests_on[study], partial(_prepare, study, workshop, progress, minimum_cell)
            ),
        )
        refuse_clashes(studies, ontology)
        parts = editions(folder, prepared, workshop)
        carrying = Carrying(folder, current(folder), parts, prepared, workshop)
        release = publish(
            folder,
            parts,
            versions(workshop.ontology),
            [
                {"id": s.id, "title": s.title, "synthetic": s.synthetic, "key": s.key, "inputs": s.inputs}
                for s in prepared
            ],
            progress,
            carrying.stays,
            carrying.settle,
        )
    return BuildResult(release, tuple(map(carrying.told, prepared)))


def check(
    studies: Sequence[Path], progress: Progress = SILENT, minimum_cell: int = 5, hermit: bool = False
) -> tuple[Prepared, ...]:
    """Does all that a build does before the release, and writes nothing.

    Args:
        studies: folders with a `study.toml`.
        progress: told of every stage.
        minimum_cell: the smallest number of people that the open edition shows.
        hermit: ask HermiT as well whether each study's open graph is consistent: complete for OWL 2 DL where
            the rules are not, slow, and in need of Java.

    Raises:
        InputError: a study has a problem; every problem of every study is named.
    """
    workshop = Workshop()

    def examine(study: Path) -> Prepared:
        with scratch(None, "cmograph-check-") as out:
            prepared, files = _prepare(study, workshop, progress, minimum_cell, out)
            if hermit:
                check_consistency(workshop.ontology, files.study.read_text(encoding="utf-8"))
        return prepared

    prepared = _each(studies, examine)
    refuse_clashes(studies, workshop.ontology)
    return prepared


def _prepare(
    source: Path, workshop: Workshop, progress: Progress, minimum_cell: int, out: Path
) -> tuple[Prepared, Files]:
    """One study, from its folder to what a release needs of it."""
    study = read_study(source, workshop.ontology)
    corpora = [read_corpus(file) for file in study.interviews]
    graphs = write_study(study, corpora, workshop.ontology, out, progress, minimum_cell)
    files = Files(graphs.study, out / "inferred.nt", graphs.evidence, out / "evidence-inferred.nt")
    statements = lines_of(files.study.read_text(encoding="utf-8"))

    progress.begin(f"{study.id}: shapes")
    warnings = (*graphs.warnings, *workshop.shapes.check(statements, study.locate))
    progress.end()

    progress.begin(f"{study.id}: reasoning")
    closure = workshop.reasoner.close(statements, study.locate)
    _write(files.inferred, closure.inferred)
    with open_trial(out) as trial:
        for file in (*workshop.write(out), files.study, files.inferred):
            trial.load(file)
        run_checks(trial.select, workshop.open_checks, study.locate)
        with trial.loading(files.evidence):
            evidence = workshop.reasoner.close_evidence(closure, files.evidence, _BLOCK, study.locate)
            _write(files.evidence_inferred, evidence)
        trial.load(files.evidence_inferred)
        progress.end()

        progress.begin(f"{study.id}: checks")
        run_checks(trial.select, workshop.checks, study.locate)
        progress.end()

    catalogue = describe(study.iri, f"{GRAPH}study/{study.id}", statements)
    prepared = Prepared(
        study.id, study.iri, study.title, study.synthetic, catalogue, graphs.counts, graphs.reports, warnings
    )
    return prepared, files


_BLOCK = f"<{REALIST.Source}> .\n"
"""The end of the line that begins a source in the evidence: what is about it follows, till the next."""


def _up_to_date(folder: StoreFolder, keys: Sequence[str]) -> BuildResult | None:
    """What is served, if it is of just these studies as they are: nothing to write, no lock to hold."""
    served = current(folder)
    if served is None or not keys or [study["key"] for study in served.studies] != keys:
        return None
    known = [found for key in keys if (found := recall(folder, key)) is not None]
    return BuildResult(served, tuple(known)) if len(known) == len(keys) else None


def _each(studies: Sequence[Path], make: Callable[[Path], Prepared]) -> tuple[Prepared, ...]:
    """All studies, or every problem of every study."""
    made: list[Prepared] = []
    refused: list[InputError] = []
    for study in studies:
        try:
            made.append(make(study))
        except InputError as error:
            where = f"{study.resolve().name}/" if len(studies) > 1 else ""
            problems = (replace(found, file=f"{where}{found.file}") for found in error.problems)
            refused.append(type(error)(*problems))
    if refused:
        raise type(refused[0])(*(problem for error in refused for problem in error.problems))
    for name, count in Counter(study.id for study in made).items():
        if count > 1:
            remedy = "Give each study an id of its own in its study.toml, and name each folder once."
            raise StudyError(Problem(f"{count} studies have the id {name!r}.", remedy, "study.toml"))
    return tuple(made)


def _write(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(lines)
