"""One project in every dialect is read to one corpus."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from cmograph.corpus import Corpus, Verification
from cmograph.readers import read_corpus
from cmograph.readers.inspection import write_csv
from tests.benchmarks.generate_study import Size, generate_study
from tests.readers.dialects import (
    CASES,
    CODERS,
    CODES,
    DIALECTS,
    MEMOS,
    NOT_CODABLE,
    SETS,
    TEXTS,
    marked,
    write,
)
from tests.samples import needs_samples, sample

GOLDEN = Path(__file__).parent / "golden" / "seed.csv"
every_dialect = pytest.mark.parametrize("name", DIALECTS)


def read(name: str, folder: Path) -> Corpus:
    return read_corpus(write(folder / f"{name}.qdpx", DIALECTS[name]))


@every_dialect
def test_the_same_codings(name: str, tmp_path: Path) -> None:
    corpus = read(name, tmp_path)
    ours = Counter(
        (source.name, coding.span.start, coding.span.end, " > ".join(coding.code), coding.quote, coding.coder)
        for source in corpus.sources()
        for coding in source.codings
        if coding.span is not None
    )
    one_user = DIALECTS[name].one_user  # MAXQDA knows one user: who coded what is lost in its export
    truth = Counter(
        (one.source, one.start, one.end, one.code, one.quote, CODERS[0] if one_user else one.coder)
        for one in marked()
    )
    assert ours == truth


@every_dialect
def test_the_same_texts_codes_cases_sets_and_memos(name: str, tmp_path: Path) -> None:
    corpus = read(name, tmp_path)
    sources = list(corpus.sources())
    assert {source.name: source.text for source in sources} == TEXTS
    assert [str(code) for code in corpus.codes] == list(CODES)
    assert {str(code) for code in corpus.codes if not code.codable} == set(NOT_CODABLE)
    assert corpus.codes[1].description == "What Isolation means"
    if DIALECTS[name].nameless_cases:
        assert [case.sources for case in corpus.cases] == list(CASES.values())
        assert [case.name for case in corpus.cases] == [first for first, *_ in CASES.values()]
        assert all(source.variables == {"Role": "mother"} for source in sources)
    else:
        assert {case.name: case.sources for case in corpus.cases} == CASES
    assert all(case.variables == {"Role": "mother"} for case in corpus.cases)
    assert dict(corpus.sets) == SETS
    assert {memo.title: (memo.about, memo.text) for memo in corpus.memos} == MEMOS
    assert {coder.name for coder in corpus.coders} == set(CODERS[:1] if DIALECTS[name].one_user else CODERS)


@every_dialect
def test_the_report_counts_what_the_file_holds(name: str, tmp_path: Path) -> None:
    """Every element that the XML holds is kept or dropped, and what is dropped is said."""
    corpus = read(name, tmp_path)
    list(corpus.sources())
    with zipfile.ZipFile(tmp_path / f"{name}.qdpx") as archive:
        (qde,) = (entry for entry in archive.namelist() if entry.endswith(".qde"))
        held = Counter(
            etree.QName(element).localname for element in etree.fromstring(archive.read(qde)).iter()
        )
    tallies = corpus.report.tallies
    names = {
        "coder": "User",
        "code": "Code",
        "source": "TextSource",
        "selection": "PlainTextSelection",
        "coding": "Coding",
        "case": "Case",
        "variable": "Variable",
        "set": "Set",
        "memo": "Note",
        "link": "Link",
    }
    assert {kind: tallies[kind].seen for kind in tallies} == {
        kind: held[element] for kind, element in names.items() if kind in tallies
    }
    assert not [element for kind, element in names.items() if held[element] and kind not in tallies]
    assert all(tally.downgraded <= tally.kept for tally in tallies.values())
    assert sum(tally.dropped for tally in tallies.values()) <= len(corpus.report.findings)


@every_dialect
def test_how_sure_and_what_is_reported(name: str, tmp_path: Path) -> None:
    corpus = read(name, tmp_path)
    states = Counter(coding.verification for source in corpus.sources() for coding in source.codings)
    assert states == corpus.report.verification
    assert states.total() == len(list(marked()))
    if DIALECTS[name].names:
        assert set(states) == {Verification.EXACT}, "this tool stores the quotes"
    else:
        assert set(states) <= {Verification.INFERRED, Verification.EXACT_BY_CONSTRUCTION}
    dropped = corpus.report.tallies["coding"].dropped
    assert dropped == (3 if DIALECTS[name].case_codes else 0), "a case's codings are membership"
    assert set(corpus.report.reasons) == set(TEXTS), "for each text, what its positions count and why"
    once = dict(corpus.report.tallies)
    list(corpus.sources())
    assert corpus.report.tallies == once, "a second pass counts nothing twice"


def test_nvivos_stamp_does_not_make_a_coder(tmp_path: Path) -> None:
    corpus = read("nvivo-windows", tmp_path)
    codings = [coding for source in corpus.sources() for coding in source.codings]
    assert all(coding.coder == coding.selection_coder for coding in codings)
    assert {coding.coder_uncertain for coding in codings if coding.coder != CODERS[2]} == {True}


@needs_samples
@every_dialect
def test_what_is_tested_is_valid(name: str, tmp_path: Path) -> None:
    schema = etree.XMLSchema(etree.parse(str(sample("refi-qda/Project.xsd"))))
    with zipfile.ZipFile(write(tmp_path / "a.qdpx", DIALECTS[name])) as archive:
        (qde,) = (entry for entry in archive.namelist() if entry.endswith(".qde"))
        schema.assertValid(etree.fromstring(archive.read(qde).removeprefix(b"\xef\xbb\xbf")))


def test_golden(tmp_path: Path) -> None:
    """CMOGRAPH_REGENERATE=1 writes it anew: read the difference before it is committed."""
    out = io.StringIO(newline="")
    write_csv(read("standard", tmp_path), out)
    if os.environ.get("CMOGRAPH_REGENERATE"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_bytes(out.getvalue().encode())
    assert out.getvalue().encode() == GOLDEN.read_bytes()


PEAK = """
import sys, tracemalloc
from pathlib import Path
from cmograph.readers import read_corpus

def peak(project):
    tracemalloc.start()
    for _ in read_corpus(project).sources():
        pass
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most

warm, few, many = map(Path, sys.argv[1:])
peak(warm)  # whatever is imported and cached once
print(peak(few), peak(many))
"""


def test_memory_does_not_grow_with_the_number_of_sources(tmp_path: Path) -> None:
    """In a process of its own: how late Python collects what goes in circles depends on all that a process holds."""

    def project(sources: int) -> Path:
        size = Size(sources=sources, codings=10, words=10)
        return generate_study(tmp_path / str(sources), size) / "interviews.qdpx"

    command = [sys.executable, "-c", PEAK, *(str(project(sources)) for sources in (5, 50, 500))]
    said = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    few, many = map(int, said.split())
    assert many < few + 600_000, "names of sources and the archive's entries are all that may grow"
