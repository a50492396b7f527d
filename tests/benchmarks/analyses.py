"""The realist's questions on many studies, as they are served: how long each takes, and how that grows.

    python -m tests.benchmarks.analyses --studies 10 100 1000 --output table.md

Ten studies are generated and built. Each has 60 interviews and 100 configurations whose components are of the domain's
classes. More studies are these by other names, loaded into a store of their own. An analyst's keeper reads that store, and
the questions are asked of its analysts as the service asks them: to the last byte of the JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import platform
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path

from pyoxigraph import RdfFormat, Store

from cmograph.analysts.office import Analysts
from cmograph.analysts.shaping import Shape
from cmograph.analysts.tasks import Inquire
from cmograph.build import build
from cmograph.engine.backend import Answer
from cmograph.engine.editions import Snapshot, snapshot_of
from cmograph.engine.formats import Format
from cmograph.engine.guard import Query
from cmograph.engine.pool import Limits
from tests.benchmarks.generate_study import KINDS, Size, generate_study

__all__ = ["main", "make_store"]

_BUILT = 10
_SIZE = Size(sources=60, codings=3, words=10, codes=24, configurations=100, kinds=True)
_ROUNDS = 15
_NAME = re.compile(rb"synthetic-(\d)\b")
_LIMITS = Limits(seconds=3600)

Values = Mapping[str, Sequence[str]]


class _Following:
    """A backend that is asked nothing but which snapshot it answers from."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    async def query(self, query: Query, format: Format | None = None, timeout: float | None = None) -> Answer:
        raise AssertionError((query, format, timeout))

    async def close(self) -> None: ...


def make_store(folder: Path) -> Path:
    """A store with the generated studies."""
    studies = [generate_study(folder / f"study-{n}", _SIZE, n, f"synthetic-{n}") for n in range(_BUILT)]
    build(studies, folder / "store")
    return folder / "store"


def _grow(built: Snapshot, studies: int, folder: Path) -> Snapshot:
    """An open edition with so many studies: the copies have other IRIs, and so has all that belongs to them."""
    lines = BytesIO()
    Store.read_only(str(built.path)).dump(lines, RdfFormat.N_QUADS)
    of_studies: list[bytes] = []
    others: list[bytes] = []
    for line in lines.getvalue().splitlines(keepends=True):
        (of_studies if _NAME.search(line) else others).append(line)
    text, store = b"".join(of_studies), Store(str(folder))
    store.bulk_load(b"".join(others), RdfFormat.N_QUADS)
    for copy in range(studies // _BUILT):
        store.bulk_load(_NAME.sub(rb"synthetic-\1x%d" % copy, text), RdfFormat.N_QUADS)
    store.optimize()  # as a build does
    store.flush()
    return Snapshot(folder, f"{studies:04}", "open", "0" * 12, len(store))


def _questions(names: Sequence[str]) -> Iterator[tuple[str, str, Callable[[random.Random], Values]]]:
    """Each question: what it is called, its inquiry, and values drawn anew."""

    def kind(draw: random.Random, slot: str) -> str:
        return draw.choice(KINDS[slot].split(";"))

    yield (
        "a page of 100 configurations",
        "configurations",
        lambda draw: {"mechanism": [kind(draw, "reasoning")], "outcome": [kind(draw, "outcome")]},
    )
    yield (
        "profile",
        "profile",
        lambda draw: {
            "context": sorted({kind(draw, "context"), kind(draw, "context")}),
            "role": ["mother"],
            "delivery": ["group"],
        },
    )
    yield "compare, 5 studies", "compare", lambda draw: {"study": draw.sample(names, 5)}
    yield (
        "transfer, 20 studies",
        "transfer",
        lambda draw: {"study": draw.sample(names, min(20, len(names)))},
    )
    yield (
        "chain search, strongest",
        "chains",
        lambda draw: {
            "start": [kind(draw, "context")],
            "end": [kind(draw, "outcome")],
            "which": ["strongest"],
        },
    )
    yield (
        "regularities over all studies",
        "regularities",
        lambda draw: {
            "delivery": [draw.choice(("group", "one-to-one"))],
            "role": [draw.choice(("mother", "volunteer", "staff"))],
            "least": [str(draw.randrange(2, 10))],
        },
    )


async def _measure(snapshot: Snapshot, names: Sequence[str]) -> dict[str, str]:
    rows: dict[str, str] = {}
    analysts = Analysts(_Following(snapshot), _LIMITS)

    async def seconds(inquiry: str, values: Values) -> float:
        began = time.perf_counter()
        await analysts.ask(Inquire(inquiry, values, Shape(), 0, 100, "json", ""))
        return time.perf_counter() - began

    try:
        rows["quads in the open edition"] = f"{snapshot.quads:,}"
        rows["reading them into a casebook (s)"] = f"{await seconds('studies', {}):,.1f}"
        for name, inquiry, values in _questions(names):
            draw = random.Random(name)
            first = await seconds(inquiry, values(draw))
            taken = [await seconds(inquiry, values(draw)) for _ in range(_ROUNDS)]
            rows[f"{name} (ms)"] = f"{statistics.median(taken) * 1000:,.0f} ({first * 1000:,.0f})"
        rows["memory of the keeper (MB)"], rows["of an analyst beyond (MB)"] = _memory()
    finally:
        await analysts.close()
    return rows


def _memory() -> tuple[str, str]:
    """What the keeper holds, and what its one analyst holds for itself."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        if b"cmograph.analysts.keeper" in entry.read_bytes():
            held = dict(
                line.split(":", 1) for line in (entry.parent / "smaps_rollup").read_text().splitlines()[1:]
            )
            found[int(entry.parent.name)] = {
                name: int(held[name].split()[0]) / 1000 for name in ("Rss", "Private_Dirty")
            }
    keeper, analyst = sorted(found)
    return f"{found[keeper]['Rss']:,.0f}", f"{found[analyst]['Private_Dirty']:,.0f}"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--studies", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    columns: dict[int, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        built = snapshot_of(make_store(Path(folder)), "open")
        for studies in given.studies:
            names = [f"synthetic-{n}x{copy}" for n in range(_BUILT) for copy in range(studies // _BUILT)]
            grown = _grow(built, studies, Path(folder) / f"grown-{studies}")
            columns[studies] = asyncio.run(_measure(grown, names))
    rows = list(columns[given.studies[0]])
    lines = [
        f"Python {platform.python_version()}; median of {_ROUNDS} with values drawn anew each time, and in brackets the first.",
        "",
        "| | " + " | ".join(f"{studies:,} studies" for studies in columns) + " |",
        "| --- |" + " --- |" * len(columns),
        *(f"| {row} | " + " | ".join(column[row] for column in columns.values()) + " |" for row in rows),
    ]
    text = "\n".join(lines) + "\n"
    sys.stdout.write(text)
    if given.output:
        given.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
