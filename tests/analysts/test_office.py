"""Analysts do what they are asked; whatever they are asked, whoever serves goes on, and so does the next task."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cmograph.analysts.office import Analysts
from cmograph.analysts.shaping import Shape
from cmograph.analysts.task import Task
from cmograph.analysts.tasks import Inquire, WriteExport
from cmograph.build import build
from cmograph.engine.backend import Answer
from cmograph.engine.editions import Snapshot, snapshot_of
from cmograph.engine.formats import Format
from cmograph.engine.guard import Query
from cmograph.engine.pool import Limits
from cmograph.errors import CmographError, InputError, QueryTimeout, QueryTooLarge, StoreError, UnknownName
from cmograph.study import write_template
from tests.analysts.hostile import Call, Hoard, Refuse, Sleep, Spin, Stumble, Talk

ROOT = Path(__file__).resolve().parents[2]
LIMITS = Limits(seconds=60, memory=512 << 20, answer=1 << 20)
CONFIGURATIONS = Inquire("configurations", {}, Shape(), 0, 1000, "json", "")
STUDIES = Inquire("studies", {}, Shape(), 0, 100, "json", "")


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """An analyst can unpack our hostile tasks."""
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([os.environ.get("PYTHONPATH", ""), str(ROOT)]).lstrip(":")
    )


class Following:
    """A backend that is asked nothing but which snapshot it answers from."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    async def query(self, query: Query, format: Format | None = None, timeout: float | None = None) -> Answer:
        raise AssertionError((query, format, timeout))

    async def close(self) -> None: ...


@asynccontextmanager
async def opened(
    store: Path, limits: Limits = LIMITS, tally: Counter[str] | None = None
) -> AsyncIterator[Analysts]:
    analysts = Analysts(Following(snapshot_of(store, "open")), limits, tally)
    try:
        yield analysts
    finally:
        await analysts.close()


async def names(analysts: Analysts) -> list[str]:
    """The studies' names: a good task."""
    return [item["id"].rpartition("/")[2] for item in json.loads((await analysts.ask(STUDIES)).body)["items"]]


async def announced(file: Path) -> int:
    """The process that a task runs in, once it runs."""
    while not file.exists():
        await asyncio.sleep(0.01)
    return int(file.read_text(encoding="ascii"))


async def gone(process: int) -> None:
    """Waits until a process is not there any more, or only its entry is."""
    while (status := Path(f"/proc/{process}/stat")).exists():
        try:
            if status.read_text().rpartition(")")[2].split()[0] == "Z":
                return
        except (FileNotFoundError, ProcessLookupError):
            return
        await asyncio.sleep(0.01)


def run(work: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(120):
            await work()

    asyncio.run(bounded())


@pytest.mark.parametrize("export", ["csv", "nquads", "evidence"])
def test_a_task_is_done_and_says_of_what(demonstration: Path, export: str) -> None:
    async def work() -> None:
        async with opened(demonstration, Limits(seconds=60)) as analysts:
            assert "synthetic-demonstration" in await names(analysts)
            done = await analysts.ask(WriteExport(export, ("synthetic-demonstration",)))
            assert done.about == {"study": "synthetic-demonstration", "synthetic": True}
            assert done.body.count(b"\n") > 30
            assert done.snapshot == snapshot_of(demonstration, "open")

    run(work)


@pytest.mark.parametrize("piece", [1 << 20, 1 << 30])
def test_one_that_takes_too_much_memory_is_ended_and_the_next_is_done(
    demonstration: Path, piece: int
) -> None:
    async def work() -> None:
        tally: Counter[str] = Counter()
        async with opened(demonstration, tally=tally) as analysts:
            with pytest.raises(QueryTooLarge):
                await analysts.ask(Hoard(piece))
            assert await names(analysts)
        assert tally == {"memory": 1, "done": 1}

    run(work)


def test_one_that_never_ends_is_killed_at_the_deadline_and_holds_up_nobody(
    demonstration: Path, tmp_path: Path
) -> None:
    async def work() -> None:
        tally: Counter[str] = Counter()
        async with opened(demonstration, tally=tally) as analysts:
            before = await names(analysts)
            spinning = asyncio.ensure_future(analysts.ask(Spin(str(tmp_path / "spin")), seconds=2))
            process = await announced(tmp_path / "spin")
            assert before == await names(analysts) and not spinning.done(), "a short one waits for a long one"
            with pytest.raises(QueryTimeout, match="2 s"):
                await spinning
            await gone(process)
            assert await names(analysts) == before
        assert tally == {"done": 3, "deadline": 1}

    run(work)


def test_when_whoever_asked_leaves_its_analyst_is_killed(demonstration: Path, tmp_path: Path) -> None:
    async def work() -> None:
        tally: Counter[str] = Counter()
        async with opened(demonstration, tally=tally) as analysts:
            asked = asyncio.ensure_future(analysts.ask(Spin(str(tmp_path / "spin"))))
            process = await announced(tmp_path / "spin")
            asked.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asked
            await gone(process)
            assert await names(analysts)
        assert tally == {"left": 1, "done": 1}

    run(work)


def test_who_leaves_while_the_casebook_is_read_leaves_it_to_the_others(demonstration: Path) -> None:
    async def work() -> None:
        async with opened(demonstration) as analysts:
            first = asyncio.ensure_future(analysts.ask(STUDIES))
            others = [asyncio.ensure_future(names(analysts)) for _ in range(4)]
            await asyncio.sleep(0.05)
            first.cancel()
            answers = await asyncio.gather(*others)
            assert answers[0] and all(one == answers[0] for one in answers)

    run(work)


def test_an_analyst_has_no_network(demonstration: Path) -> None:
    async def work() -> None:
        async with opened(demonstration) as analysts:
            assert (await analysts.ask(Call())).about == {"refused": True}

    run(work)


def test_a_reply_that_is_too_long_is_an_error_and_never_a_part_of_it(demonstration: Path) -> None:
    async def work() -> None:
        async with opened(demonstration) as analysts:
            assert len((await analysts.ask(Talk(1 << 19))).body) == 1 << 19
            with pytest.raises(QueryTooLarge, match="longer than 1 MB"):
                await analysts.ask(Talk(1 << 21))
            assert await names(analysts)

    run(work)


def test_what_is_wrong_with_a_task_is_told_as_it_was_said(demonstration: Path) -> None:
    async def work() -> None:
        async with opened(demonstration) as analysts:
            with pytest.raises(InputError) as told:
                await analysts.ask(Refuse("“This” won’t do."))
            assert [str(problem) for problem in told.value.problems] == [
                "table.csv, row 3: “This” won’t do. Do otherwise.",
                "And more.",
            ]
            with pytest.raises(UnknownName, match="studies"):
                await analysts.ask(WriteExport("csv", ("studies",)))

    run(work)


def test_a_mistake_of_ours_is_put_on_record_and_not_given_out(
    demonstration: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        async with opened(demonstration) as analysts:
            with pytest.raises(CmographError, match="on record") as told:
                await analysts.ask(Stumble())
            assert told.value.status == 500
            assert "ZeroDivisionError" not in str(told.value)
            assert await names(analysts)

    with caplog.at_level(logging.ERROR):
        run(work)
    assert "ZeroDivisionError" in caplog.text and "hostile.py" in caplog.text
    assert "of our own making" not in caplog.text, "an error's words may be a participant's"


def test_when_the_keeper_is_killed_another_takes_its_place(demonstration: Path, tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(demonstration) as analysts:
            asked = asyncio.ensure_future(analysts.ask(Spin(str(tmp_path / "spin"))))
            analyst = await announced(tmp_path / "spin")
            keeper = int(Path(f"/proc/{analyst}/stat").read_text().rpartition(")")[2].split()[1])
            os.kill(keeper, signal.SIGKILL)
            with pytest.raises(QueryTooLarge):  # its analyst ends with it
                await asked
            assert await names(analysts)

    run(work)


def test_a_new_release_is_asked_at_once_and_what_runs_ends_on_the_old(
    demonstration: Path, tmp_path: Path
) -> None:
    async def work() -> None:
        backend = Following(snapshot_of(demonstration, "open"))
        analysts = Analysts(backend, LIMITS)
        try:
            old = asyncio.ensure_future(analysts.ask(Sleep(3, str(tmp_path / "old"))))
            await announced(tmp_path / "old")
            backend.snapshot = snapshot_of(demonstration, "restricted")  # as good as another release
            new = await analysts.ask(Sleep(0, str(tmp_path / "new")))
            assert new.about == {"edition": "restricted"}
            done = await old
            assert (done.about, done.snapshot.edition) == ({"edition": "open"}, "open")
        finally:
            await analysts.close()

    run(work)


def test_what_a_new_release_changed_is_read_and_nothing_is_lost(tmp_path: Path) -> None:
    async def work() -> None:
        folders = [tmp_path / name for name in ("first", "second")]
        for folder in folders:
            write_template(folder)
            _replace(folder / "study.toml", 'id = "', f'id = "{folder.name}-')
        store = tmp_path / "store"
        build(folders, store)
        backend = Following(snapshot_of(store, "open"))
        analysts = Analysts(backend, LIMITS)
        try:
            before = json.loads((await analysts.ask(CONFIGURATIONS)).body)
            _replace(folders[1] / "study.toml", 'title = "', 'title = "Changed: ')
            build(folders, store)
            backend.snapshot = snapshot_of(store, "open")
            after = json.loads((await analysts.ask(CONFIGURATIONS)).body)
            assert after["release"] == backend.snapshot.release != before["release"]
            for was, now in zip(before["items"], after["items"], strict=True):
                changed = now["study"]["label"].startswith("Changed: ")
                assert changed == now["study"]["id"].split("/")[-1].startswith("second")
                assert {**was, "study": now["study"]} == now
            build(folders[:1], store)
            backend.snapshot = snapshot_of(store, "open")
            assert [name[:6] for name in await names(analysts)] == ["first-"]
        finally:
            await analysts.close()
        fresh = Analysts(backend, LIMITS)
        try:
            assert [name[:6] for name in await names(fresh)] == ["first-"]
        finally:
            await fresh.close()

    run(work)


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_release_that_cannot_be_opened_is_said_and_tried_again(demonstration: Path, tmp_path: Path) -> None:
    async def work() -> None:
        good = snapshot_of(demonstration, "open")
        backend = Following(Snapshot(tmp_path / "nothing", "0009", "open", "0" * 12))
        analysts = Analysts(backend, LIMITS)
        try:
            with pytest.raises(StoreError, match="cannot be opened"):
                await analysts.ask(STUDIES)
            backend.snapshot = good
            assert await names(analysts)
        finally:
            await analysts.close()

    run(work)


def test_an_edition_with_nothing_in_it_has_no_studies() -> None:
    async def work() -> None:
        analysts = Analysts(Following(snapshot_of(None, "open")), LIMITS)
        try:
            assert await names(analysts) == []
        finally:
            await analysts.close()

    run(work)


def test_tasks_are_done_two_at_once_and_the_others_in_their_turn(demonstration: Path, tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(demonstration) as analysts:
            tasks: list[Task] = [Sleep(0.2, str(tmp_path / str(number))) for number in range(6)]
            done = await asyncio.gather(*map(analysts.ask, tasks))
            assert [one.about for one in done] == [{"edition": "open"}] * 6
            processes = {(tmp_path / str(number)).read_text() for number in range(6)}
            assert len(processes) == 2

    run(work)
