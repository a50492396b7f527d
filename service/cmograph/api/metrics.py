"""What /metrics says (Prometheus text format): how much is asked, how long it takes, what is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client import Counter as Count
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from cmograph.api.caching import AnswerCache
from cmograph.engine.editions import Snapshot

__all__ = ["CONTENT_TYPE", "Metrics"]

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The numbers of one application."""

    def __init__(self, cache: AnswerCache) -> None:
        self._registry = CollectorRegistry()
        self._cache = cache
        self._editions: Callable[[], Iterable[tuple[Snapshot, bool]]] = lambda: ()
        self._tally: Counter[str] = Counter()
        self._analyses: Counter[str] = Counter()
        self._seconds = Histogram(
            "cmograph_request_seconds",
            "Seconds from a request's first byte to its answer's last.",
            ["route"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._requests = Count(
            "cmograph_requests",
            "Requests, by what was asked and the status.",
            ["route", "status"],
            registry=self._registry,
        )
        self._rejections = Count(
            "cmograph_rejections",
            "Requests that were not let in, by why.",
            ["reason"],
            registry=self._registry,
        )
        self._registry.register(self)
        self._routes: dict[str, Histogram] = {}
        self._statuses: dict[tuple[str, int], Count] = {}

    def follow(
        self,
        editions: Callable[[], Iterable[tuple[Snapshot, bool]]],
        tally: Counter[str],
        analyses: Counter[str],
    ) -> None:
        """From now on, tell of these editions, whether each is in memory, and of how queries and analyses ended."""
        self._editions, self._tally, self._analyses = editions, tally, analyses

    def observe(self, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        histogram = self._routes.get(route)
        if histogram is None:
            histogram = self._routes[route] = self._seconds.labels(route)
        histogram.observe(seconds)
        count = self._statuses.get((route, status))
        if count is None:
            count = self._statuses[route, status] = self._requests.labels(route, str(status))
        count.inc()

    def reject(self, reason: str) -> None:
        """A request was not let in."""
        self._rejections.labels(reason).inc()

    def text(self) -> bytes:
        """All of it."""
        return generate_latest(self._registry)

    def collect(self) -> Iterable[Metric]:
        """Prometheus: what is counted elsewhere."""
        ended = CounterMetricFamily("cmograph_queries", "Queries, by how they ended.", labels=["end"])
        for end, count in sorted(self._tally.items()):
            ended.add_metric([end], count)
        analysed = CounterMetricFamily(
            "cmograph_analyses", "Analyses and exports, by how they ended.", labels=["end"]
        )
        for end, count in sorted(self._analyses.items()):
            analysed.add_metric([end], count)
        looked = CounterMetricFamily(
            "cmograph_cache", "Look-ups among the answers that are kept.", labels=["found"]
        )
        looked.add_metric(["hit"], self._cache.hits)
        looked.add_metric(["miss"], self._cache.misses)
        release = GaugeMetricFamily(
            "cmograph_release", "The number of the release that is served.", labels=["edition"]
        )
        memory = GaugeMetricFamily(
            "cmograph_in_memory",
            "Whether the edition is served from memory (1) or disk (0).",
            labels=["edition"],
        )
        for snapshot, in_memory in self._editions():
            release.add_metric([snapshot.edition], float(snapshot.number))
            memory.add_metric([snapshot.edition], float(in_memory))
        return [ended, analysed, looked, release, memory]
