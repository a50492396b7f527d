"""How fast a build is, from coded files to a queryable release, beside Oxigraph's bulk load of the result.

    python tests/benchmarks/build_throughput.py [--sources 60 600] [--codings 30] [--rounds 3]

Every round builds a study into a new store, and bulk-loads the N-Quads of its release (restricted edition,
default graph included) into a new store on the same disk. Counted are the quads of the restricted edition; a
build makes the open one too. A build runs in a process of its own, whose peak of resident memory is told.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.generate_study import Size, generate_study

BUILD = """
import json, resource, sys, time
from pathlib import Path
from cmograph.build import build
from cmograph.release import open_store
class Clock:
    def __init__(self): self.stages, self.name, self.start = {}, "", 0.0
    def begin(self, stage, total=None):
        self.name, self.start = stage.split(": ")[-1], time.perf_counter()
    def advance(self, steps=1): pass
    def end(self): self.stages[self.name] = self.stages.get(self.name, 0) + time.perf_counter() - self.start
clock, start = Clock(), time.perf_counter()
result = build([Path(sys.argv[1])], Path(sys.argv[2]), clock)
seconds = time.perf_counter() - start
quads = result.release.editions["restricted"].quads
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "quads": quads, "peak": peak, "stages": clock.stages}))
"""


LOAD = """
import sys, time
from pyoxigraph import RdfFormat, Store
start = time.perf_counter()
store = Store(sys.argv[2])
store.bulk_load(path=sys.argv[1], format=RdfFormat.N_QUADS)
store.flush()
print(time.perf_counter() - start)
"""
DUMP = """
import sys
from pyoxigraph import RdfFormat, Store
Store.read_only(sys.argv[1]).dump(sys.argv[2], format=RdfFormat.N_QUADS)
"""


@dataclass(frozen=True)
class Build:
    """What one build took: seconds, quads made, peak of resident memory in MB, seconds by stage."""

    seconds: float
    quads: int
    peak: float
    stages: dict[str, float]


def measure_build(study: Path, store: Path) -> Build:
    """Builds in a new process; seconds do not hold Python's own start, they do hold reading the ontology."""
    shutil.rmtree(store, ignore_errors=True)
    return Build(**json.loads(_run(BUILD, study, store)))


def measure_load(nquads: Path, store: Path) -> float:
    """Seconds that raw `bulk_load` takes, from an empty folder to a flushed store."""
    shutil.rmtree(store, ignore_errors=True)
    return float(_run(LOAD, nquads, store))


def _run(code: str, *arguments: Path) -> str:
    """What a new process prints. Its peak of memory is its own: Linux counts that of the parent it came from too."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sources", type=int, nargs="+", default=[60, 600])
    parser.add_argument("--codings", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    _tell("sources", "codings", "quads", "build s", "quads/s", "bulk_load s", "quads/s", "ratio", "peak MB")
    _tell(*["---"] * 9)
    with tempfile.TemporaryDirectory() as folder:
        for sources in given.sources:
            _measure(Path(folder), Size(sources, given.codings, configurations=100), given.rounds)


def _measure(folder: Path, size: Size, rounds: int) -> None:
    study = generate_study(folder / f"study-{size.sources}", size)
    nquads = folder / "restricted.nq"
    builds, loads = [], []
    for number in range(rounds):
        builds.append(measure_build(study, folder / "built"))
        if number == 0:
            _run(DUMP, folder / "built" / "current" / "restricted", nquads)
        loads.append(measure_load(nquads, folder / "loaded"))
    quads = builds[0].quads
    build = statistics.median(found.seconds for found in builds)
    load = statistics.median(loads)
    _tell(
        *(size.sources, size.sources * size.codings, f"{quads:,}"),
        *(f"{build:.1f}", f"{quads / build:,.0f}", f"{load:.1f}", f"{quads / load:,.0f}"),
        *(f"{load / build:.2f}", f"{max(found.peak for found in builds):.0f}"),
    )
    stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in builds[-1].stages.items())
    sys.stderr.write(f"seconds of the last build: {stages}\n")


def _tell(*cells: object) -> None:
    sys.stdout.write(f"| {' | '.join(map(str, cells))} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
