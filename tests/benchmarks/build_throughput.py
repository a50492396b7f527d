"""How fast a build is, from coded files to a queryable release, beside Oxigraph's own bulk load of the result.

    python tests/benchmarks/build_throughput.py [--sources 60 600] [--codings 30] [--rounds 3]

Every round builds each study into a new store, and bulk-loads the N-Quads of that very release (restricted edition,
default graph included) into a new store on the same disk. What is counted is the quads of the restricted edition;
a build makes the open edition too. Each build runs in a process of its own, whose peak of resident memory is told.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pyoxigraph import RdfFormat, Store

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


def measure_build(study: Path, store: Path) -> dict[str, float]:
    """Builds in a new process; seconds do not hold Python's own start, they do hold reading the ontology."""
    shutil.rmtree(store, ignore_errors=True)
    found = subprocess.run(
        [sys.executable, "-c", BUILD, study, store], capture_output=True, text=True, check=True
    )
    return json.loads(found.stdout)


def measure_load(nquads: Path, store: Path) -> float:
    """Seconds that raw `bulk_load` takes, from an empty folder to a flushed store."""
    shutil.rmtree(store, ignore_errors=True)
    start = time.perf_counter()
    loaded = Store(store)
    loaded.bulk_load(path=nquads, format=RdfFormat.N_QUADS)
    loaded.flush()
    return time.perf_counter() - start


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sources", type=int, nargs="+", default=[60, 600])
    parser.add_argument("--codings", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    print(
        "| sources | codings | quads | build s | build quads/s | bulk_load s | bulk_load quads/s | ratio | peak MB |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for sources in given.sources:
            _row(Path(folder), Size(sources, given.codings, configurations=100), given.rounds)


def _row(folder: Path, size: Size, rounds: int) -> None:
    study = generate_study(folder / f"study-{size.sources}", size)
    nquads = folder / "restricted.nq"
    builds, loads = [], []
    for number in range(rounds):
        builds.append(measure_build(study, folder / "built"))
        if number == 0:
            Store.read_only(str(folder / "built/current/restricted")).dump(nquads, format=RdfFormat.N_QUADS)
        loads.append(measure_load(nquads, folder / "loaded"))
    quads = int(builds[0]["quads"])
    build = statistics.median(found["seconds"] for found in builds)
    load = statistics.median(loads)
    peak = max(found["peak"] for found in builds)
    print(
        f"| {size.sources} | {size.sources * size.codings} | {quads:,} | {build:.1f} | {quads / build:,.0f} "
        f"| {load:.1f} | {quads / load:,.0f} | {load / build:.2f} | {peak:.0f} |",
        flush=True,
    )
    print(builds[-1]["stages"], file=sys.stderr)


if __name__ == "__main__":
    main()
