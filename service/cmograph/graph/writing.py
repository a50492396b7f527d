"""A study's two files, written side by side while its sources pass by once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cmograph.corpus import Corpus
from cmograph.disclosure import Quotations, find_mentions
from cmograph.errors import Problem, StudyError
from cmograph.graph.evidence import EvidenceWriter
from cmograph.graph.mappings import mapping_reports
from cmograph.graph.names import Names
from cmograph.graph.people import find_people
from cmograph.graph.study import open_lines, summary_counts
from cmograph.graph.support import Claims
from cmograph.ontology import Ontology
from cmograph.progress import SILENT, Progress
from cmograph.study import Study, match_study
from cmograph.study.mappings import mapping_id
from cmograph.study.matching import match_evidence, unmapped_codes
from cmograph.study.tables import Problems

__all__ = ["StudyGraphs", "write_study"]


@dataclass(frozen=True, slots=True)
class StudyGraphs:
    """A study as graphs.

    Attributes:
        study: N-Triples that anyone may see.
        evidence: N-Triples that are restricted: what sources share, then all about one source together, its type first.
        counts: how much there is of what.
        reports: sentences on what was read, kept, downgraded and dropped. They may name sources.
        warnings: what is odd in the tables, but refuses nothing.
    """

    study: Path
    evidence: Path
    counts: Mapping[str, int]
    reports: tuple[str, ...]
    warnings: tuple[Problem, ...]


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
    odd = _check_mentions(study, corpora, (person.id for person in people.values()))
    texts = Quotations(_open_texts(study, corpora))
    repeated: set[_Text] = set()
    study_file, evidence_file = out / "study.nt", out / "evidence.nt"
    progress.begin(f"{study.id}: sources", sum(len(corpus.source_names) for corpus in corpora))
    with evidence_file.open("w", encoding="utf-8", newline="\n") as evidence:
        evidence.writelines(writer.people())
        for corpus in corpora:
            evidence.writelines(writer.corpus(corpus))
        for corpus in corpora:
            for source in corpus.sources():
                evidence.writelines(writer.source(corpus, source))
                repeated.update(texts.found_in(source.text or ""))
                progress.advance()
        evidence.writelines(summary_counts(names, claims))
    progress.end()
    warnings = (*study.warnings, *odd, *match_evidence(study, corpora, claims.unmet))
    withheld = frozenset(text.path for text in repeated if text.kind == "definition")
    _refuse_quotations(study, corpora, repeated)
    cell = max(minimum_cell, study.minimum_cell)
    with study_file.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(open_lines(study, corpora, names, claims, withheld, cell))
    unmapped = unmapped_codes(study, corpora)
    counts = {
        "configurations": len(study.configurations),
        "components": len(study.components),
        "sources": sum(len(corpus.source_names) for corpus in corpora),
        "codes": len({code.path for corpus in corpora for code in corpus.codes}),
        "unmapped codes": len(unmapped),
        "codings": writer.codings,
    }
    reports = [sentence for corpus in corpora for sentence in corpus.report.sentences()]
    reports += mapping_reports(study)
    reports += [f"Code {' > '.join(path)!r} is not in the code map: it stays a code." for path in unmapped]
    reports += [
        f"The definition of code {' > '.join(path)!r} repeats a participant's words: the open edition leaves it out."
        for path in sorted(withheld)
    ]
    return StudyGraphs(study_file, evidence_file, counts, tuple(reports), warnings)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text that will be open: what it is of."""

    kind: str
    id: str = ""
    path: tuple[str, ...] = ()


def _open_texts(study: Study, corpora: Sequence[Corpus]) -> Iterator[tuple[_Text, str]]:
    """Every text that the open file will hold, with what it is of."""
    for text in (study.title, study.description, *study.programme.values()):
        yield _Text("study"), text
    for theory in study.theories:
        texts = (theory.title, theory.version, theory.description, theory.rationale)
        for text in (*texts, *theory.substantive):
            yield _Text("theory", theory.id), text
    for component in study.components.values():
        yield _Text("component", component.id), component.wording
        yield _Text("component", component.id), component.locator
    for one in study.configurations:
        clauses = (one.title, one.if_clause, one.then_clause, one.because_clause)
        for text in (*clauses, one.locator, one.note, *one.mitigations):
            yield _Text("configuration", one.id), text
        for reference in one.evidence:
            yield _Text("configuration", one.id), reference.statement
    for rating in study.confidence:
        yield _Text("confidence", rating.configuration), rating.rationale
    for annotation in study.annotations:
        yield _Text("annotation", annotation.id), annotation.text
    for decision in study.decisions:
        yield _Text("decision", decision.id), decision.reason
    for mapping in study.mappings:
        if mapping.decided:  # what nobody signed is not written
            for text in (mapping.comment, mapping.object_label):
                yield _Text("mapping", mapping_id(mapping)), text
    for corpus in corpora:
        for code in corpus.codes:
            for name in code.path:  # a code may lie below one that is a case, and so is none of these
                yield _Text("code", path=code.path), name
            yield _Text("definition", path=code.path), code.description


def _refuse_quotations(study: Study, corpora: Sequence[Corpus], repeated: Iterable[_Text]) -> None:
    _refuse(
        study,
        corpora,
        (text for text in repeated if text.kind != "definition"),  # left out of the open edition instead
        "repeats six words or more of a transcript",
        "Say it in your own words: participants' words are not open.",
    )


def _check_mentions(study: Study, corpora: Sequence[Corpus], participants: Iterable[str]) -> Problems:
    """Refuses open texts that name anyone; those are odd that name a case, which may be a participant or a place."""
    private = {*participants, *(name for corpus in corpora for name in corpus.source_names)}
    private |= {coder.name for corpus in corpora for coder in corpus.coders}
    cases = {case.name for corpus in corpora for case in corpus.cases}
    # Whoever signs the study, an extraction or a judgement is named in the open by that.
    signed = {*study.creators, *(one.extractor for one in study.configurations)}
    signed |= {rating.assessor for rating in study.confidence}
    signed |= {annotation.reviewer for annotation in study.annotations}
    signed |= {decision.by for decision in study.decisions}
    signed |= {name for mapping in study.mappings for name in (mapping.author, mapping.reviewer)}
    _refuse(
        study,
        corpora,
        find_mentions(_open_texts(study, corpora), private - signed),
        "names a source, a participant or a coder",
        "Take the name out: who took part and who coded is not open.",
    )
    return _problems(
        study,
        corpora,
        find_mentions(_open_texts(study, corpora), cases - signed - private),
        "names a case",
        "If the case is a participant, take the name out: who took part is not open.",
    )


def _refuse(study: Study, corpora: Sequence[Corpus], texts: Iterable[_Text], what: str, remedy: str) -> None:
    if problems := _problems(study, corpora, texts, what, remedy):
        raise StudyError(*problems)


def _problems(
    study: Study, corpora: Sequence[Corpus], texts: Iterable[_Text], what: str, remedy: str
) -> Problems:
    """A problem for each of these texts, where it is written."""
    problems = Problems()
    files = {code.path: corpus.file for corpus in reversed(corpora) for code in corpus.codes}
    for text in sorted(set(texts), key=lambda text: (text.kind, text.id, text.path)):
        if text.kind in ("code", "definition"):
            part = "name" if text.kind == "code" else "definition"
            in_tool = "Change it in the tool that coded the file: the codebook is open."
            problems.add(files[text.path], None, f"A code's {part} {what}.", in_tool)
        else:
            file, row = study.locate(f"{study.iri}/{text.kind}/{text.id}")
            problems.add(
                file, row, f"The text of the {text.kind} {text.id} {what}.".replace("  ", " "), remedy
            )
    return problems
