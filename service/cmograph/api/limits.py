"""How many requests a second one client may send: a token bucket for each address."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

__all__ = ["RateLimit"]

_BURST_SECONDS = 10.0
_MAXIMUM_CLIENTS = 10_000


class RateLimit:
    """Admits so many requests a second for each client, and what it saved up of the last ten seconds."""

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._burst = max(1.0, per_second * _BURST_SECONDS)
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> float:
        """Take one request of a client's allowance: 0, or the seconds until it may send one again."""
        if not self._per_second:
            return 0.0
        now = self._clock()
        tokens, seen = self._buckets.pop(client, (self._burst, now))
        tokens = min(self._burst, tokens + (now - seen) * self._per_second)
        wait = 0.0 if tokens >= 1 else (1 - tokens) / self._per_second
        self._buckets[client] = (tokens - 1 if not wait else tokens, now)
        if len(self._buckets) > _MAXIMUM_CLIENTS:
            self._buckets.popitem(last=False)
        return wait
