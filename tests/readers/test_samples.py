"""Real coded files by other people. Assertions count and compare; no failure shows anybody's words."""

from __future__ import annotations

import csv
from collections import Counter
from hashlib import sha256

import pytest

from cmograph.corpus import Corpus, Verification
from cmograph.readers import read_corpus
from tests.samples import needs_samples, sample

pytestmark = needs_samples


def folded(text: str) -> str:
    """White space as one blank: Taguette's CSV collapses it, so that line breaks can't be compared."""
    return " ".join(text.split())


def digest(*parts: str) -> str:
    """Stands for words in a failure's message."""
    return sha256("\0".join(parts).encode()).hexdigest()


@pytest.fixture(scope="module")
def taguette() -> Corpus:
    return read_corpus(sample("taguette/interviews.sqlite3"))


def test_taguette_reads_everything(taguette: Corpus) -> None:
    sources = list(taguette.sources())
    assert [source.name for source in sources] == list(taguette.source_names)
    assert (len(sources), len(taguette.codes)) == (17, 22)
    assert taguette.report.verification == {Verification.EXACT: 1930}
    highlights = taguette.report.tallies["highlight"]
    assert (highlights.seen, highlights.dropped) == (1794, 1), "one highlight of this file has no tag"


def test_taguette_equals_its_own_export_row_for_row(taguette: Corpus) -> None:
    with sample("taguette/highlights.csv").open(encoding="utf-8", newline="") as file:
        theirs = Counter(
            digest(row["document"], row["tag"], folded(row["content"])) for row in csv.DictReader(file)
        )
    ours = Counter(
        digest(source.name, *coding.code, folded(coding.quote or ""))
        for source in taguette.sources()
        for coding in source.codings
    )
    assert theirs.total() == 1930
    assert ours == theirs


def test_taguette_quotes_are_slices(taguette: Corpus) -> None:
    for source in taguette.sources():
        assert source.text is not None
        wrong = [
            coding.original
            for coding in source.codings
            if coding.span is None or coding.quote != source.text[coding.span.start : coding.span.end]
        ]
        assert not wrong


def test_taguette_paragraphs_are_lines(taguette: Corpus) -> None:
    """A block's end is one line break, though the HTML has a newline of its own there."""
    doubled = sum((source.text or "").count("\n\n") for source in taguette.sources())
    assert doubled == 2, "blank lines that the HTML's own text has"


@pytest.mark.parametrize("name", ["TestProject.qdpx", "Project.qde"])
def test_the_specifications_example_by_atlas_ti(name: str) -> None:
    """It came without its source files: everything is kept, nothing is called verified."""
    corpus = read_corpus(sample(f"refi-qda/{name}"))
    sources = list(corpus.sources())
    kinds = Counter(source.kind for source in sources)
    assert kinds == {"text": 6, "pdf": 2, "picture": 1, "audio": 1, "video": 2}
    assert (len(corpus.codes), len(corpus.sets), len(corpus.links)) == (14, 16, 1)
    assert all(source.text is None for source in sources)
    codings = [coding for source in sources for coding in source.codings]
    assert len(codings) == 16
    assert {(coding.verification, coding.span) for coding in codings} == {(Verification.UNVERIFIABLE, None)}
    assert all(coding.original is not None for coding in codings), "their positions are kept"
    missing = [one for one in corpus.report.findings if "text is missing" in one.what]
    assert len(missing) == 10, "six texts, the texts of two PDFs and two transcripts"
    assert any("2 selections are there twice" in one.what for one in corpus.report.findings)
    assert any("2 GUIDs are given to more than one thing" in one.what for one in corpus.report.findings)
    assert [(link.origin, link.target) for link in corpus.links] == [
        ("My favorite Coke ad", "1994 Diet Coke-Diet Coke Break.mp4")
    ]
    selections = corpus.report.tallies["selection"].seen + corpus.report.tallies["annotation"].seen
    assert selections == 8 + 4 + 1 + 2, "in texts, on pages, in the picture, in videos"
    assert len(set(corpus.source_names)) == len(corpus.source_names)


def test_both_files_of_the_example_are_one_corpus() -> None:
    packed, bare = (read_corpus(sample(f"refi-qda/{name}")) for name in ("TestProject.qdpx", "Project.qde"))
    assert (packed.codes, packed.coders, packed.sets) == (bare.codes, bare.coders, bare.sets)
    assert list(packed.sources()) == list(bare.sources())


def test_nvivo_for_mac_with_a_deep_codebook() -> None:
    corpus = read_corpus(sample("nvivo/nvivo-mac-15-no-codings.qdpx"))
    assert len(corpus.codes) == 262
    assert max(len(code.path) for code in corpus.codes) == 7
    assert {code.path[:-1] for code in corpus.codes} <= {code.path for code in corpus.codes} | {()}
    assert [len(source.codings) for source in corpus.sources()] == [0, 0]
