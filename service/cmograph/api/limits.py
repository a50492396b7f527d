"""How much one client may ask: requests a second, by a token bucket for each address, and requests at once."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Callable

__all__ = ["Concurrency", "RateLimit"]

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


class Concurrency:
    """Admits so many requests of each client at once."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._inside: Counter[str] = Counter()

    def enter(self, client: str) -> bool:
        """Whether one more may come in; who may, must `leave`."""
        if not self._limit:
            return True
        if self._inside[client] >= self._limit:
            return False
        self._inside[client] += 1
        return True

    def leave(self, client: str) -> None:
        """One that came in is done."""
        if not self._limit:
            return
        self._inside[client] -= 1
        if self._inside[client] <= 0:
            del self._inside[client]
