"""The answers that are kept: the least used go first, and whatever is asked they never outgrow their bound."""

from __future__ import annotations

import asyncio
import tracemalloc
from types import SimpleNamespace
from typing import Any

import pytest

from cmograph.api.caching import AnswerCache, Given, Key
from cmograph.api.sparql import SparqlEndpoint
from cmograph.engine.backend import Answer
from cmograph.engine.editions import Snapshot
from cmograph.engine.federation import Federation
from cmograph.engine.formats import CSV
from cmograph.engine.spool import Spool

MEGABYTE = 1 << 20
TAG = (b"etag", b'"1-open"')


def key(number: int, query: int = 20) -> Key:
    """What the endpoint keeps an answer by, with a query of so many characters."""
    return "1-open", "text/csv", f"# {number:<{query}}", "http://localhost/sparql"


def held(cache: AnswerCache, query: int, numbers: range) -> list[int]:
    return [number for number in numbers if cache.get(key(number, query)) is not None]


@pytest.mark.parametrize(
    ("query", "body"),
    [(20, 1), (20, 15_000), (14_000, 1), (14_000, 0)],
    ids=["small", "long", "asked", "empty"],
)
def test_filled_beyond_its_bound_it_stays_within(query: int, body: int) -> None:
    """Of each kind 40 megabytes are put, or 40 times what one answer may weigh beside its text."""
    cache, many = AnswerCache(MEGABYTE), range(max(4000, 40 * MEGABYTE // (query + body + 1024)))
    tracemalloc.start()
    try:
        for number in many:
            # As the endpoint does: what all answers say is there once, and how long this one is each time.
            length = (b"content-length", b"%d" % (1000 + number))
            cache.put(key(number, query), Given([*[TAG] * 6, length], b"x" * body))
        took, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert took < 1.25 * MEGABYTE
    assert took > 0.3 * MEGABYTE, "it is there to be used"
    last = held(cache, query, many)
    assert last == list(many)[-len(last) :], "the oldest went first"


def test_what_is_asked_again_outlives_what_is_not() -> None:
    cache = AnswerCache(MEGABYTE)
    cache.put(key(0), Given([TAG], b"often"))
    for number in range(1, 400):
        cache.put(key(number), Given([TAG], b"x" * 10_000))
        kept = cache.get(key(0))
        assert kept is not None and kept.body == b"often"
    assert cache.get(key(1)) is None


@pytest.mark.parametrize(("query", "body"), [(20, 20_000), (20_000, 20)])
def test_one_large_answer_drives_out_nothing(query: int, body: int) -> None:
    """A cache of a megabyte keeps none of more than 16 kilobytes, its question included."""
    cache = AnswerCache(MEGABYTE)
    cache.put(key(1), Given([TAG], b"small"))
    cache.put(key(2, query), Given([TAG], b"x" * body))
    assert held(cache, 20, range(1, 2)) == [1]
    assert cache.get(key(2, query)) is None


def test_without_room_nothing_is_kept() -> None:
    cache = AnswerCache(0)
    cache.put(key(1), Given([TAG], b""))
    assert cache.get(key(1)) is None
    assert (cache.hits, cache.misses) == (0, 1)


class Moving:
    """Services of a backend that answers from the next release, and then is rolled back to the first."""

    def __init__(self) -> None:
        self.first, self.second = (Snapshot(None, release, "open", "0" * 12) for release in ("0001", "0002"))
        self.settings = SimpleNamespace(body_limit=1)
        self.federation = Federation()
        self.answered = 0

    def snapshot(self, edition: str) -> Snapshot:
        return self.first

    async def of(self, principal: object) -> Any:
        return SimpleNamespace(backend=SimpleNamespace(snapshot=self.first, query=self.query), desk=self)

    async def synthetic_studies(self) -> dict[str, str]:
        return {}

    def record(self, *about: object) -> None:
        pass

    def seconds(self, *about: object) -> float:
        return 1.0

    async def query(self, *about: object) -> Answer:
        self.answered += 1
        spool = Spool()
        snapshot = self.second if self.answered == 1 else self.first
        spool.write(snapshot.release.encode())
        return Answer(spool, CSV, "SELECT", snapshot)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_the_next_release_says_is_not_kept_as_this_ones(method: str) -> None:
    services: Any = Moving()
    endpoint = SparqlEndpoint(lambda: services, AnswerCache(64 * MEGABYTE))

    def asked() -> bytes:
        query = b"SELECT * {}"
        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": "/sparql",
            "query_string": b"query=SELECT%20*%20%7B%7D" if method == "GET" else b"",
            "headers": [
                (b"host", b"h"),
                (b"accept", b"text/csv"),
                (b"content-type", b"application/sparql-query"),
            ],
        }
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": query, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(endpoint(scope, receive, send))
        return b"".join(message.get("body", b"") for message in sent)

    assert [asked(), asked(), asked()] == [b"0002", b"0001", b"0001"]
    assert services.answered == 2
