"""How fast the service is, beside other SPARQL servers with the same quads, on the same mix, in one run.

    python -m tests.benchmarks.service_mix [--peers oxigraph-memory virtuoso] [--rounds 5] [--quick]

Generated studies and the bundled ones are built into a store; what one edition holds is dumped as N-Quads and
loaded into each peer; all servers stand on loopback at once. In every round each query goes to each server in
turn, the order rotated, with values that were not asked before; then wrk saturates each by eight connections.
The first round warms up and is not counted. Every answer is compared with ours as a bag of rows. A query that
fails counts as the limit, and so do its later rounds; a query that ran out of time restarts its server, since
some run on. The ratio of a group is the geometric mean over its queries of a peer's median over our median:
above 1 we are faster. A peer that needs a smaller data set to answer at all gets one, and we the same.
"""

from __future__ import annotations

import argparse
import datetime
import math
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cmograph import resources
from tests.benchmarks.client import Client, Reply, rows, saturate
from tests.benchmarks.generate_study import Size, generate_study
from tests.benchmarks.mix import Mix, lookup
from tests.benchmarks.servers import PEERS, Server, dump, serve_edition, serve_ours

__all__ = ["Contender", "Figures", "Plan", "measure", "render"]

OURS = "cmograph"
FRESH, ANALYTIC, REPEATED = "fresh competency questions", "analytic queries", "repeated competency questions"
MEDIAN, TAIL = "fresh point look-ups, p50", "fresh point look-ups, p99"
LOOKUPS, SAME_LOOKUPS = "fresh point look-ups, wrk", "repeated point look-ups, wrk"
SAME_QUESTIONS = "repeated competency questions, wrk"
GOALS: Mapping[tuple[str, str], float] = {
    (FRESH, "oxigraph serve, memory"): 1.0,
    (FRESH, "oxigraph serve, disk"): 3.0,
    (FRESH, "Virtuoso"): 0.7,
    (FRESH, "rdflib-endpoint"): 30.0,
    (LOOKUPS, "oxigraph serve, memory"): 0.25,
    (LOOKUPS, "oxigraph serve, disk"): 0.25,
    (SAME_QUESTIONS, "oxigraph serve, memory"): 1.2,
    (SAME_QUESTIONS, "oxigraph serve, disk"): 1.2,
}
"""What is to be reached at least; the aim of look-ups is 0.4."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: counted rounds, seconds a query may take, look-ups a round, seconds of wrk (0: none)."""

    rounds: int = 5
    limit: float = 10.0
    lookups: int = 200
    load_seconds: int = 2


class Contender:
    """A server that can be started anew, and the connection to it."""

    def __init__(self, start: Callable[[], AbstractContextManager[Server]], limit: float) -> None:
        self._start = start
        self._limit = limit
        self._block = ExitStack()

    def __enter__(self) -> Contender:
        self.server = self._block.enter_context(self._start())
        self.client = Client(self.server.endpoint, self._limit)
        self._block.callback(self.client.close)
        return self

    def __exit__(self, *_: object) -> None:
        self._block.close()

    @property
    def name(self) -> str:
        """Its name in the table."""
        return self.server.name

    def ask(self, query: str) -> Reply:
        """Ask; where time ran out without a word, the server may run on, and is started anew."""
        reply = self.client.ask(query)
        if reply.failure == "TimeoutError":
            self._block.close()
            self.__enter__()
        return reply


@dataclass
class Figures:
    """What was measured: seconds by group, query and server; answers a second by group and server."""

    servers: list[str]
    limit: float
    seconds: dict[str, dict[str, dict[str, list[float]]]] = field(default_factory=dict)
    loads: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    failed: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    differing: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    answered: set[str] = field(default_factory=set)

    def time(self, group: str, query: str, server: str, seconds: float) -> None:
        """Note how long an answer took."""
        self.seconds.setdefault(group, {}).setdefault(query, {}).setdefault(server, []).append(seconds)

    def medians(self, group: str, server: str, queries: Sequence[str] | None = None) -> list[float]:
        """The median seconds of each query of a group."""
        found = self.seconds[group]
        return [statistics.median(found[query][server]) for query in (found if queries is None else queries)]

    def alike(self, group: str, server: str) -> list[str]:
        """The queries of a group that a server and ours answered in every round, and alike."""
        bad = {name for who in (server, OURS) for name in self.failed.get(group, {}).get(who, {})}
        bad |= self.differing.get(group, {}).get(server, set())
        return [query for query in self.seconds[group] if query not in bad]


def measure(contenders: Sequence[Contender], mix: Mix, plan: Plan, folder: Path) -> Figures:
    """Run the mix against servers that stand; ours is the first of them."""
    figures = Figures([contender.name for contender in contenders], plan.limit)
    repeated = mix.fresh(0)
    for turn in range(plan.rounds + 1):
        _tell(f"round {turn} of {plan.rounds}{' (to warm up)' if turn == 0 else ''}")
        _ask_all(contenders, FRESH, mix.fresh(turn), turn, figures)
        _ask_all(contenders, ANALYTIC, mix.analytic(turn), turn, figures)
        if turn == 0:
            fit = set.intersection(*(set(figures.alike(FRESH, contender.name)) for contender in contenders))
            repeated = {id: text for id, text in repeated.items() if id in fit}
            _tell(f"{len(repeated)} questions are answered by all alike, and are repeated")
            for name in figures.servers:
                _tell(
                    f"{name}: failed {figures.failed[FRESH][name]}, differs {figures.differing[FRESH][name]}"
                )
            figures.seconds.clear()
        _ask_all(contenders, REPEATED, repeated, turn, figures)
        if turn == 0:
            figures.seconds.clear()
        _look_up(contenders, mix.lookups(turn, plan.lookups), turn, figures)
        if turn and plan.load_seconds:
            _saturate(contenders, mix, list(repeated.values()), plan, turn, folder, figures)
    return figures


def _ask_all(
    contenders: Sequence[Contender], group: str, queries: Mapping[str, str], turn: int, figures: Figures
) -> None:
    failed = figures.failed.setdefault(group, defaultdict(dict))
    differing = figures.differing.setdefault(group, defaultdict(set))
    for query, text in queries.items():
        bodies = {}
        for contender in _rotated(contenders, turn):
            if query in failed[contender.name]:
                figures.time(group, query, contender.name, figures.limit)
                continue
            reply = contender.ask(text)
            if reply.failure:
                failed[contender.name][query] = reply.failure
                figures.time(group, query, contender.name, figures.limit)
            else:
                bodies[contender.name] = reply.body
                figures.time(group, query, contender.name, reply.seconds)
        if OURS not in bodies:
            continue
        ours = rows(bodies.pop(OURS))
        if ours:
            figures.answered.add(query)
        for name, body in bodies.items():
            try:
                same = rows(body) == ours
            except ValueError:
                same = False
            if not same:
                differing[name].add(query)


def _look_up(contenders: Sequence[Contender], lookups: Sequence[str], turn: int, figures: Figures) -> None:
    for contender in _rotated(contenders, turn):
        replies = [contender.ask(text) for text in lookups]
        figures.lost[contender.name] += sum(bool(reply.failure) for reply in replies)
        taken = sorted(figures.limit if reply.failure else reply.seconds for reply in replies)
        if turn:
            figures.time(MEDIAN, "look-up", contender.name, taken[len(taken) // 2])
            figures.time(TAIL, "look-up", contender.name, taken[math.ceil(len(taken) * 0.99) - 1])


def _saturate(
    contenders: Sequence[Contender],
    mix: Mix,
    questions: Sequence[str],
    plan: Plan,
    turn: int,
    folder: Path,
    figures: Figures,
) -> None:
    subjects = [lookup(subject) for subject in mix.subjects]
    for group, queries, seed in (
        (LOOKUPS, subjects, turn),
        (SAME_LOOKUPS, subjects[:8], None),
        (SAME_QUESTIONS, questions, None),
    ):
        for contender in _rotated(contenders, turn):
            load = saturate(contender.server.endpoint, queries, folder, seconds=plan.load_seconds, fresh=seed)
            figures.loads.setdefault(group, {}).setdefault(contender.name, []).append(load.per_second)
            figures.lost[contender.name] += load.failures


def _rotated(contenders: Sequence[Contender], turn: int) -> Sequence[Contender]:
    start = turn % len(contenders)
    return [*contenders[start:], *contenders[:start]]


def render(figures: Figures, title: str, rounds: int) -> str:
    """The figures as Markdown: groups, then failures, then every query."""
    peers = [name for name in figures.servers if name != OURS]
    lines = [f"### {title}", "", _row("measured", OURS, *peers), _row(*["---"] * (len(peers) + 2))]
    for group in figures.seconds:
        ours = _geometric(figures.medians(group, OURS))
        cells = []
        for peer in peers:
            theirs = _geometric(figures.medians(group, peer))
            cells.append(f"{_ms(theirs)} · {_ratio(theirs / ours, GOALS.get((group, peer)))}")
        lines.append(_row(f"{group}, ms", _ms(ours), *cells))
        if len(figures.seconds[group]) > 1:
            cells = []
            for peer in peers:
                alike = figures.alike(group, peer)
                ratios = [
                    theirs / mine
                    for mine, theirs in zip(
                        figures.medians(group, OURS, alike), figures.medians(group, peer, alike), strict=True
                    )
                ]
                told = f"{_geometric(ratios):.2f}×, {len(alike)} queries" if ratios else "none"
                cells.append(told)
            lines.append(_row("… where both answered alike", "", *cells))
    for group, found in figures.loads.items():
        ours = statistics.median(found[OURS])
        cells = []
        for peer in peers:
            theirs = statistics.median(found[peer])
            told = _ratio(ours / theirs, GOALS.get((group, peer))) if theirs else "none in time"
            cells.append(f"{theirs:,.0f} · {told}")
        lines.append(_row(f"{group}, answers/s", f"{ours:,.0f}", *cells))
    lines.append(_row("queries that failed", *(_count(figures.failed, name) for name in (OURS, *peers))))
    lines.append(_row("queries answered otherwise", "", *(_count(figures.differing, name) for name in peers)))
    lines.append(_row("look-ups lost", *(str(figures.lost[name]) for name in (OURS, *peers))))
    lines += [
        "",
        f"Medians of {rounds} rounds; a failure counts as {figures.limit:g} s; {len(figures.answered & set(figures.seconds[FRESH]))} of "
        f"{len(figures.seconds[FRESH])} questions had an answer with rows. A ratio above 1 is in our favour.",
        "",
        "<details><summary>Every query, median ms</summary>",
        "",
        _row("query", OURS, *peers),
        _row(*["---"] * (len(peers) + 2)),
    ]
    for group in (FRESH, ANALYTIC):
        for query, found in figures.seconds[group].items():
            cells = []
            for name in (OURS, *peers):
                if query in figures.failed[group][name]:
                    cells.append(f"failed: {figures.failed[group][name][query]}")
                else:
                    mark = " ≠" if query in figures.differing[group][name] else ""
                    cells.append(_ms(statistics.median(found[name])) + mark)
            lines.append(_row(query, *cells))
    lines += ["", "</details>", ""]
    return "\n".join(lines)


def _count(by_group: Mapping[str, Mapping[str, Mapping[str, str] | set[str]]], name: str) -> str:
    return str(
        len({(group, query) for group in (FRESH, ANALYTIC) for query in by_group[group].get(name, ())})
    )


def _geometric(values: Sequence[float]) -> float:
    return statistics.geometric_mean(values)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.3g}" if seconds < 1 else f"{seconds * 1000:,.0f}"


def _ratio(ratio: float, goal: float | None) -> str:
    return f"**{ratio:.2f}×**" + (f" (goal {goal:g})" if goal else "")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


@dataclass(frozen=True, slots=True)
class _Data:
    """A store whose open edition is what all servers hold, the same as N-Quads, and how many they are."""

    store: Path
    nquads: Path
    quads: int


def _make_data(folder: Path, studies: int, size: Size, edition: str) -> _Data:
    served, nquads = folder / "served", folder / "data.nq"
    if not served.exists():
        _tell(f"building {studies} generated studies and the bundled ones")
        made = [generate_study(folder / f"synthetic-{n}", size, n, f"synthetic-{n}") for n in range(studies)]
        bundled = sorted(path.parent for path in resources.DATA.glob("*/study.toml"))
        command = [sys.executable, "-m", "cmograph", "build", *map(str, [*bundled, *made])]
        subprocess.run([*command, "--store", str(folder / "store")], stderr=subprocess.DEVNULL, check=True)
        serve_edition(folder / "store", served, edition)
    return _Data(served, nquads, dump(served, nquads))


@contextmanager
def _standing(data: _Data, peers: Sequence[str], folder: Path, limit: float) -> Iterator[list[Contender]]:
    with ExitStack() as block:
        starts: list[Callable[[], AbstractContextManager[Server]]] = [lambda: serve_ours(data.store, limit)]
        for peer in peers:
            starts.append(_starter(peer, data, folder, limit))
        contenders = []
        for start in starts:
            began = time.monotonic()
            contenders.append(block.enter_context(Contender(start, limit)))
            _tell(f"{contenders[-1].name} stands after {time.monotonic() - began:.1f} s")
        yield contenders


def _starter(
    peer: str, data: _Data, folder: Path, limit: float
) -> Callable[[], AbstractContextManager[Server]]:
    # Each start has a folder of its own: a peer that is started anew loads its data anew.
    return lambda: PEERS[peer](data.nquads, Path(tempfile.mkdtemp(dir=folder)), limit)


def _tell(what: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {what}\n")
    sys.stderr.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.service_mix",
        description=(__doc__ or "").splitlines()[0],
        epilog="Peers: pip install 'cmograph[bench]'; apt-get install wrk virtuoso-opensource-7-bin.",
    )
    parser.add_argument(
        "--peers", nargs="*", choices=list(PEERS), default=list(PEERS), help="beside whom; all by default"
    )
    parser.add_argument("--rounds", type=int, default=5, help="counted rounds, after one that warms up")
    parser.add_argument("--limit", type=float, default=10.0, help="seconds a query may take")
    parser.add_argument(
        "--studies", type=int, default=10, help="generated studies; 10 make 1.1 million quads"
    )
    parser.add_argument("--sources", type=int, default=20, help="interviews in each, of 80 codings")
    parser.add_argument("--load-seconds", type=int, default=2, help="seconds of wrk, each; 0 for none")
    parser.add_argument(
        "--edition", choices=["open", "restricted"], default="restricted", help="whose quads are served"
    )
    parser.add_argument("--work", type=Path, help="a folder to keep the data in, for the next run")
    parser.add_argument("--output", type=Path, help="a file for the table, beside standard output")
    parser.add_argument("--quick", action="store_true", help="one small study, two rounds: does it run?")
    return parser.parse_args()


def main() -> None:
    """The command line."""
    given = _arguments()
    plan = Plan(given.rounds, given.limit, load_seconds=given.load_seconds)
    studies, size = given.studies, Size(given.sources, 80, configurations=30)
    if given.quick:
        studies, size, plan = 1, Size(5, 20, configurations=10), Plan(2, given.limit, 50, 1)
    large = [peer for peer in given.peers if peer != "rdflib-endpoint"]
    told = [
        f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, "
        f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC\n"
    ]
    with tempfile.TemporaryDirectory() as temporary:
        work = given.work or Path(temporary)
        if large or not given.peers:
            told.append(_arena(work / "large", Path(temporary), studies, size, given.edition, large, plan))
        if "rdflib-endpoint" in given.peers:
            sample = Size(5, 20, configurations=10)
            told.append(
                _arena(work / "sample", Path(temporary), 1, sample, given.edition, ["rdflib-endpoint"], plan)
            )
    table = "\n".join(told)
    sys.stdout.write(table)
    if given.output:
        given.output.write_text(table, encoding="utf-8")


def _arena(
    work: Path, temporary: Path, studies: int, size: Size, edition: str, peers: Sequence[str], plan: Plan
) -> str:
    work.mkdir(parents=True, exist_ok=True)
    data = _make_data(work, studies, size, edition)
    mix = Mix.of(data.store / "current" / "open")
    with _standing(data, peers, temporary, plan.limit) as contenders:
        figures = measure(contenders, mix, plan, temporary)
    return render(figures, f"{data.quads:,} quads", plan.rounds)


if __name__ == "__main__":
    main()
