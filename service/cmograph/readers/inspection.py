"""What a coded file holds, as `cmograph inspect` shows it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from typing import Any, TextIO

from cmograph.corpus import Corpus

__all__ = ["COLUMNS", "coding_rows", "summarise", "summary_rows", "write_csv"]

COLUMNS = ("source", "code", "start", "end", "quote", "coder", "verification")


def coding_rows(corpus: Corpus) -> Iterator[tuple[str, ...]]:
    """One row a coding, in the file's order, with the columns `COLUMNS`.

    The code path is joined by " > "; start and end are code points of the text as we keep it, empty where
    the coding has no place; the quote is exact.
    """
    for source in corpus.sources():
        for coding in source.codings:
            start, end = (str(coding.span.start), str(coding.span.end)) if coding.span else ("", "")
            path = " > ".join(coding.code)
            yield (source.name, path, start, end, coding.quote or "", coding.coder, coding.verification.value)


def write_csv(corpus: Corpus, out: TextIO) -> None:
    """Write `coding_rows` as CSV with a header, one source at a time."""
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(coding_rows(corpus))


def summarise(corpus: Corpus) -> dict[str, Any]:
    """The file in numbers, as JSON takes it: counts, codes with their codings, states, findings."""
    by_code: Counter[str] = Counter()
    by_source: Counter[str] = Counter()
    for source in corpus.sources():
        by_source[source.name] += len(source.codings)
        by_code.update(" > ".join(coding.code) for coding in source.codings)
    report = corpus.report
    return {
        "file": corpus.file,
        "sha256": corpus.sha256,
        "format": corpus.format,
        "origin": corpus.origin,
        "sources": len(corpus.source_names),
        "codes": len(corpus.codes),
        "coders": len(corpus.coders),
        "cases": len(corpus.cases),
        "codings": sum(by_source.values()),
        "verification": {state.value: count for state, count in sorted(report.verification.items(), key=str)},
        "codings_by_code": {str(code): by_code[str(code)] for code in corpus.codes},
        "codings_by_source": dict(by_source),
        "elements": {
            kind: {
                "seen": tally.seen,
                "kept": tally.kept,
                "downgraded": tally.downgraded,
                "dropped": tally.dropped,
            }
            for kind, tally in sorted(report.tallies.items())
        },
        "positions": dict(report.decisions),
        "positions_by_source": dict(report.reasons),
        "findings": [str(finding) for finding in report.findings],
        "findings_unsaid": report.unsaid,
    }


def summary_rows(corpus: Corpus) -> Iterator[tuple[str, object]]:
    """The file in numbers, as a table of two columns."""
    summary = summarise(corpus)
    for name in ("file", "format", "origin", "sources", "codes", "coders", "cases", "codings"):
        yield name, summary[name]
    for state, count in summary["verification"].items():
        yield f"  {state}", count
    for code, count in summary["codings_by_code"].items():
        yield f"  {code}", count
    for finding in summary["findings"]:
        yield "finding", finding
