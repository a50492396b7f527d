"""A query runs in a process that can be killed: deadline, memory limit, death."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from cmograph.engine import LiveBackend, LocalBackend, check, open_backend
from cmograph.engine.editions import snapshot_of
from cmograph.engine.formats import CSV, GRAPHS, RESULTS, Format, format_named
from cmograph.engine.guard import Query
from cmograph.engine.pool import Limits, Pool
from cmograph.engine.processes import Nursery
from cmograph.errors import (
    QueryError,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooLarge,
    StoreError,
    UnknownName,
)
from tests.engine.hazards import CARTESIAN, DOUBLING
from tests.engine.small import GOOD, SECRET, publish, still_answers


def with_pool(store: Path | None, limits: Limits, work: Callable[[Pool], Awaitable[None]]) -> None:
    async def run() -> None:
        nursery = await Nursery.start()
        pool = await Pool.start(nursery, snapshot_of(store, "open"), limits)
        try:
            await work(pool)
        finally:
            await pool.close()
            await nursery.stop()

    asyncio.run(run())


async def gone(pid: int) -> bool:
    """Whether a process ends soon."""
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            return True
        await asyncio.sleep(0.01)
    return False


@pytest.mark.parametrize("format", RESULTS, ids=lambda format: format.name)
def test_a_select_comes_in_every_format_of_results(backend: LocalBackend, format: Format) -> None:
    for name in (format.name, *format.other_names):
        answer = backend.query("SELECT ?s { ?s a <https://w3id.org/cmograph/realist#Evaluation> }", name)
        assert answer.format == format
        assert b"https://w3id.org/cmograph/id/study/demo" in answer.body
    assert b"true" in backend.query("ASK {}", format.name).body


@pytest.mark.parametrize("format", GRAPHS, ids=lambda format: format.name)
def test_a_graph_comes_in_every_format_of_graphs(backend: LocalBackend, format: Format) -> None:
    answer = backend.query("DESCRIBE <https://w3id.org/cmograph/id/study/demo>", format.name)
    assert answer.form == "DESCRIBE"
    assert b"https://w3id.org/cmograph/id/study/demo" in answer.body


def test_an_unknown_format_names_the_nearest(backend: LocalBackend) -> None:
    with pytest.raises(UnknownName, match="csv"):
        backend.query("ASK {}", "cvs")
    with pytest.raises(UnknownName, match="ttl"):
        backend.query("CONSTRUCT WHERE { ?s ?p ?o }", "csv")
    assert format_named(None, GRAPHS).name == "ttl"


def test_language_and_datatype_survive(backend: LocalBackend) -> None:
    query = "SELECT ?l { ?c <http://www.w3.org/2000/01/rdf-schema#label> ?l FILTER(LANG(?l) = 'fr') }"
    found = json.loads(backend.query(query).body)["results"]["bindings"]
    assert found == [{"l": {"type": "literal", "value": "Seul", "xml:lang": "fr"}}]


def test_the_open_edition_does_not_hold_what_the_restricted_one_does(small_store: Path) -> None:
    query = "SELECT * { ?s ?p ?o }"
    with open_backend(small_store, "open") as opened, open_backend(small_store, "restricted") as restricted:
        assert SECRET.encode() not in opened.query(query).body
        assert SECRET.encode() in restricted.query(query).body


def test_a_new_store_is_an_empty_dataset(tmp_path: Path) -> None:
    for store in (None, tmp_path, tmp_path / "new"):
        with open_backend(store) as empty:
            assert json.loads(empty.query("SELECT * { ?s ?p ?o }").body)["results"]["bindings"] == []
            assert empty.snapshot.release == "none"


def test_a_release_that_is_gone_or_broken_is_a_store_error(tmp_path: Path) -> None:
    store = publish(tmp_path / "store")
    current = (store / "current" / "open").resolve()
    (current / "CURRENT").write_text("nonsense")
    with pytest.raises(StoreError), open_backend(store):
        pass
    (store / "releases" / "0001").rename(store / "elsewhere")
    with pytest.raises(StoreError, match="0001"), open_backend(store):
        pass


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * {\n ?s ?p }", "line 2, column 9"),
        ("SELECT * { ?s ex:p ?o }", "every prefix declared"),
        ("SELECT (1 AS ?x) (2 AS ?x) {}", "duplicated variable name in select"),
    ],
)
def test_a_syntax_error_says_where_and_what(backend: LocalBackend, text: str, message: str) -> None:
    with pytest.raises(QuerySyntaxError, match=message):
        backend.query(text)


def test_a_function_that_nobody_knows_is_a_query_error(backend: LocalBackend) -> None:
    with pytest.raises(QueryError, match="http://e/f"):
        backend.query("SELECT (<http://e/f>(1) AS ?x) {}")


def test_a_dataset_of_the_protocol_is_the_whole_dataset(small_store: Path) -> None:
    async def work(pool: Pool) -> None:
        everything = check("ASK { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }")
        assert (await pool.query(everything, CSV)).body == b"true"
        scoped = check(everything.text, default_graphs=("http://e/g",))
        assert (await pool.query(scoped, CSV)).body == b"false"
        named = check(everything.text, named_graphs=("http://e/g",))
        assert (await pool.query(named, CSV)).body == b"false"

    with_pool(small_store, Limits(workers=1), work)


@pytest.mark.parametrize("text", [CARTESIAN, DOUBLING], ids=["cartesian product", "string doubling"])
def test_the_deadline_kills_and_another_worker_answers(small_store: Path, text: str) -> None:
    async def work(pool: Pool) -> None:
        (before,) = (worker.pid for worker in pool._idle)
        started = time.perf_counter()
        with pytest.raises(QueryTimeout):
            await pool.query(check(text), timeout=0.3)
        assert time.perf_counter() - started < 1.3
        started = time.perf_counter()
        await still_answers(pool)
        assert time.perf_counter() - started < 0.5
        assert before not in {worker.pid for worker in pool._idle}
        assert await gone(before)

    with_pool(small_store, Limits(workers=1), work)


@pytest.mark.skipif(sys.platform != "linux", reason="threads have places of their own on Linux alone")
def test_what_takes_long_steps_back_where_there_are_others(small_store: Path) -> None:
    def busiest(pid: int) -> tuple[int, int]:
        """The processor time and the nice value of the thread that had most of it (proc(5), stat)."""
        stats = [
            task.read_text().rpartition(")")[2].split() for task in Path(f"/proc/{pid}/task").glob("*/stat")
        ]
        return max((int(fields[11]), int(fields[16])) for fields in stats)

    async def work(pool: Pool) -> None:
        pids = {worker.pid for worker in pool._idle}
        usual = {busiest(pid)[1] for pid in pids}
        long = [asyncio.ensure_future(pool.query(check(CARTESIAN), timeout=1.5)) for _ in range(2)]
        await asyncio.sleep(1)
        await still_answers(pool)
        working = sorted(map(busiest, pids))[-2:]
        assert all(ticks and place == 19 for ticks, place in working), working
        assert usual == {5}
        assert all(
            isinstance(one, QueryTimeout) for one in await asyncio.gather(*long, return_exceptions=True)
        )

    with_pool(small_store, Limits(workers=2), work)


def test_the_deadline_can_be_lowered_and_not_raised(small_store: Path) -> None:
    async def work(pool: Pool) -> None:
        with pytest.raises(QueryTimeout, match=r"0\.2 s"):
            await pool.query(check(CARTESIAN), timeout=60)

    with_pool(small_store, Limits(workers=1, seconds=0.2), work)


def test_the_memory_limit_ends_the_query_and_not_the_service(small_store: Path) -> None:
    async def work(pool: Pool) -> None:
        with pytest.raises(QueryTooLarge):
            await pool.query(check(DOUBLING))
        await still_answers(pool)

    with_pool(small_store, Limits(workers=1, memory=768 << 20), work)


def test_what_brings_the_parser_down_ends_a_worker_and_not_the_service(small_store: Path) -> None:
    """The guard refuses it; this is what stands behind the guard."""

    async def work(pool: Pool) -> None:
        with pytest.raises(QueryTooLarge):
            await pool.query(Query("SELECT * " + "{" * 9000 + "}" * 9000, "SELECT"))
        await still_answers(pool)

    with_pool(small_store, Limits(workers=1), work)


def test_a_worker_has_no_network(small_store: Path) -> None:
    """The guard refuses SERVICE; this is what stands behind the guard."""

    async def work(pool: Pool) -> None:
        with pytest.raises(QueryError, match=r"(?i)denied"):
            await pool.query(Query("SELECT * { SERVICE <http://127.0.0.1:8999/> { ?s ?p ?o } }", "SELECT"))

    with_pool(small_store, Limits(workers=1), work)


def test_a_worker_that_is_killed_while_idle_is_replaced(small_store: Path) -> None:
    async def work(pool: Pool) -> None:
        os.kill(pool._idle[-1].pid, signal.SIGKILL)
        await asyncio.sleep(0.1)
        await still_answers(pool)

    with_pool(small_store, Limits(workers=2), work)


def test_an_answer_that_is_too_long_is_an_error_and_never_cut(small_store: Path) -> None:
    def rows(count: int) -> Query:
        return check(
            "SELECT ?a ?b { VALUES ?a { " + " ".join(map(str, range(count))) + " } VALUES ?b { "
            + " ".join(map(str, range(count))) + " } }"
        )  # fmt: skip

    async def work(pool: Pool) -> None:
        with pytest.raises(QueryTooLarge, match="MB"):
            await pool.query(rows(1000), CSV)
        await still_answers(pool)
        assert (await pool.query(rows(300), CSV)).body.count(b"\n") == 90_001

    with_pool(small_store, Limits(workers=1, answer=1 << 20), work)


def test_a_client_that_leaves_takes_its_query_along(small_store: Path) -> None:
    async def work(pool: Pool) -> None:
        (before,) = (worker.pid for worker in pool._idle)
        asking = asyncio.ensure_future(pool.query(check(CARTESIAN)))
        await asyncio.sleep(0.1)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await still_answers(pool)
        assert await gone(before)

    with_pool(small_store, Limits(workers=1), work)


def test_many_at_once_all_get_their_own_answer(small_store: Path) -> None:
    async def work(pool: Pool) -> None:
        asked = [pool.query(check(f"SELECT (({i} + 0) AS ?x) {{}}"), CSV) for i in range(200)]
        answers = await asyncio.gather(*asked)
        assert [answer.body for answer in answers] == [b"x\r\n%d\r\n" % i for i in range(200)]

    with_pool(small_store, Limits(workers=2), work)


def test_nobody_waits_for_ever_behind_a_busy_client(small_store: Path) -> None:
    async def work(pool: Pool) -> None:
        async def hurry() -> None:
            for _ in range(300):
                await pool.query(GOOD, CSV)

        await asyncio.gather(*(hurry() for _ in range(4)))

    with_pool(small_store, Limits(workers=1, seconds=2), work)


@pytest.mark.parametrize("long", [1, 2, 4])
def test_who_waits_behind_long_queries_when_the_pool_closes_is_answered(long: int) -> None:
    async def work(pool: Pool) -> None:
        held = [asyncio.ensure_future(pool.query(check(CARTESIAN))) for _ in range(long)]
        waits = asyncio.ensure_future(pool.query(check("ASK {}"), CSV))
        await asyncio.sleep(0)
        closing = asyncio.ensure_future(pool.close())
        assert (await asyncio.wait_for(waits, 2)).body == b"true"
        for query in held:
            query.cancel()
        await closing

    with_pool(None, Limits(workers=1, seconds=4), work)


def test_when_files_can_be_opened_again_workers_are_there_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(pool: Pool) -> None:
        def too_many() -> None:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

        held = [asyncio.ensure_future(pool.query(check(CARTESIAN))) for _ in range(3)]
        with monkeypatch.context() as patch:
            patch.setattr("socket.socketpair", too_many)
            waits = asyncio.ensure_future(pool.query(check("ASK {}"), CSV))
            await asyncio.sleep(0.3)
        assert (await asyncio.wait_for(waits, 2)).body == b"true"
        for query in held:
            query.cancel()

    with_pool(None, Limits(workers=1, seconds=4), work)


@pytest.mark.parametrize("files", [0, 2, 3])
def test_a_backend_that_finds_no_files_left_to_open_says_so(files: int) -> None:
    async def run() -> None:
        held = [os.open(os.devnull, os.O_RDONLY) for _ in range(files)]
        usual = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(held, default=0) + 1, usual[1]))
        for one in held:
            os.close(one)
        try:
            with pytest.raises(StoreError, match="could not be started"):
                await LiveBackend.start(None, "open")
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, usual)

    asyncio.run(run())
