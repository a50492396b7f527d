"""A study's two files, written side by side while its sources pass by once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cmograph.corpus import Corpus
from cmograph.disclosure import Quotations
from cmograph.errors import StudyError
from cmograph.graph.evidence import EvidenceWriter
from cmograph.graph.names import Names
from cmograph.graph.people import find_people
from cmograph.graph.study import open_lines, summary_counts
from cmograph.graph.support import Claims
from cmograph.ontology import Ontology
from cmograph.progress import SILENT, Progress
from cmograph.study import Study, match_study
from cmograph.study.matching import unmapped_codes
from cmograph.study.tables import Problems

__all__ = ["StudyGraphs", "write_study"]


@dataclass(frozen=True, slots=True)
class StudyGraphs:
    """A study as graphs.

    Attributes:
        study: N-Triples that anyone may see.
        evidence: N-Triples that are restricted; all about one source stands together, its type first.
        counts: how much there is of what.
        reports: sentences on what was read, kept, downgraded and dropped. They may name sources.
    """

    study: Path
    evidence: Path
    counts: Mapping[str, int]
    reports: tuple[str, ...]


def write_study(
    study: Study,
    corpora: Sequence[Corpus],
    ontology: Ontology,
    out: Path,
    progress: Progress = SILENT,
    minimum_cell: int = 5,
) -> StudyGraphs:
    """Write a study's graphs.

    Args:
        study: the study.
        corpora: its coded files, in the order in which it names them.
        ontology: for the roles that cases name.
        out: the folder to write `study.nt` and `evidence.nt` into.
        progress: told of every source.
        minimum_cell: the smallest number of people to show; the study may ask for more.

    Raises:
        StudyError: a table names what no coded file has, or repeats a participant's words.
    """
    match_study(study, corpora)
    people = find_people(study, corpora, ontology)
    names = Names(study, corpora, sorted({person.id for person in people.values()}))
    claims = Claims(study, (person.role for person in people.values()))
    writer = EvidenceWriter(study, names, people, claims)
    texts = Quotations(_open_texts(study, corpora))
    repeated: set[tuple[str, object]] = set()
    study_file, evidence_file = out / "study.nt", out / "evidence.nt"
    progress.begin(f"{study.id}: sources", sum(len(corpus.source_names) for corpus in corpora))
    with evidence_file.open("w", encoding="utf-8", newline="\n") as evidence:
        for corpus in corpora:
            evidence.writelines(writer.corpus(corpus))
            for source in corpus.sources():
                evidence.writelines(writer.source(corpus, source))
                repeated |= set(texts.found_in(source.text or ""))  # type: ignore[arg-type]
                progress.advance()
        evidence.writelines(summary_counts(names, claims))
    progress.end()
    withheld = frozenset(key for kind, key in repeated if kind == "definition")
    _refuse_quotations(study, repeated)
    cell = max(minimum_cell, study.minimum_cell)
    with study_file.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(open_lines(study, corpora, names, claims, withheld, cell))
    unmapped = unmapped_codes(study, corpora)
    counts = {
        "configurations": len(study.configurations),
        "components": len(study.components),
        "sources": sum(len(corpus.source_names) for corpus in corpora),
        "codes": sum(len(corpus.codes) for corpus in corpora),
        "unmapped codes": len(unmapped),
        "codings": writer.codings,
    }
    reports = [sentence for corpus in corpora for sentence in corpus.report.sentences()]
    reports += [f"Code {' > '.join(path)!r} is not in the code map: it stays a code." for path in unmapped]
    reports += [
        f"The definition of code {' > '.join(path)!r} repeats a participant's words: the open edition leaves it out."
        for path in sorted(withheld)
    ]
    return StudyGraphs(study_file, evidence_file, counts, tuple(reports))


def _open_texts(study: Study, corpora: Sequence[Corpus]) -> Iterator[tuple[tuple[str, object], str]]:
    """Every text that the open file will hold, with what to know it by."""
    yield ("study", "title"), study.title
    yield ("study", "description"), study.description
    for theory in study.theories:
        yield ("theory", theory.id), f"{theory.title}\n{theory.description}\n{theory.rationale}"
    for component in study.components.values():
        yield ("component", component.id), component.wording
    for one in study.configurations:
        for text in (
            one.title,
            one.if_clause,
            one.then_clause,
            one.because_clause,
            one.note,
            *one.mitigations,
        ):
            yield ("configuration", one.id), text
        for reference in one.evidence:
            yield ("configuration", one.id), reference.statement
    for corpus in corpora:
        for code in corpus.codes:
            yield ("code", code.path), code.path[-1]
            yield ("definition", code.path), code.description


def _refuse_quotations(study: Study, repeated: set[tuple[str, object]]) -> None:
    problems = Problems()
    for kind, key in sorted(repeated, key=str):
        if kind == "definition":
            continue
        if kind == "code":
            what = "A code's name repeats six words or more of a transcript."
            problems.add(
                "",
                None,
                what,
                "Rename in-vivo codes in the tool that coded the file: names of codes are open.",
            )
            continue
        file, row = study.locate(f"{study.iri}/{kind}/{key}")
        what = f"The text of the {kind} {key} repeats six words or more of a transcript."
        problems.add(file, row, what, "Say it in your own words: participants' words are not open.")
    if problems:
        raise StudyError(*problems)
