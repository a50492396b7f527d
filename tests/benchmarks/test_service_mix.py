"""The parts of the service benchmark, on the bundled studies and our server alone; no clock is looked at."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Store

from cmograph.engine.guard import check
from tests.benchmarks.client import rows, saturate
from tests.benchmarks.mix import ANALYTIC, Mix, lookup
from tests.benchmarks.servers import dump, serve_edition, serve_ours
from tests.benchmarks.service_mix import FRESH, Contender, Plan, measure, render


@pytest.fixture(scope="module")
def store(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return serve_edition(demonstration, tmp_path_factory.mktemp("served"), "restricted")


@pytest.fixture(scope="module")
def mix(store: Path) -> Mix:
    return Mix.of(store / "current" / "open")


def test_the_peers_are_given_all_that_the_edition_holds(
    store: Path, demonstration_restricted: Path, tmp_path: Path
) -> None:
    assert dump(store, tmp_path / "data.nq") == len(Store.read_only(str(demonstration_restricted)))


def test_every_text_is_a_query_that_the_guard_lets_through_and_no_turn_repeats_another(mix: Mix) -> None:
    texts = [
        text for turn in (1, 2) for group in (mix.fresh(turn), mix.analytic(turn)) for text in group.values()
    ]
    texts += mix.lookups(1, 50) + mix.lookups(2, 50)
    assert len(set(texts)) == len(texts)
    assert {check(text).form for text in texts} == {"SELECT"}


def test_analytic_queries_and_look_ups_have_answers(mix: Mix, store: Path) -> None:
    snapshot = Store.read_only(str(store / "current" / "open"))
    for text in (*ANALYTIC.values(), *mix.lookups(1, 20)):
        assert list(snapshot.query(text)), text  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def ours(store: Path) -> Iterator[Contender]:
    with Contender(lambda: serve_ours(store, 20, settled=False), 20) as contender:
        yield contender


@pytest.mark.slow
def test_our_server_answers_the_mix_and_the_table_tells_it(ours: Contender, mix: Mix, tmp_path: Path) -> None:
    figures = measure([ours], mix, Plan(rounds=1, limit=20, lookups=5, load_seconds=0), tmp_path)
    assert not any(figures.failed[FRESH].values())
    assert len(figures.answered) > len(mix.questions) / 2
    table = render(figures, "bundled", 1)
    assert "| fresh competency questions, ms |" in table
    assert all(f"| {name} |" in table for name in (*mix.questions, *ANALYTIC))


def test_a_failure_is_told_from_an_answer(ours: Contender, mix: Mix) -> None:
    assert ours.ask("SELECT").failure == "status 400"
    assert not ours.ask(lookup(mix.subjects[0])).failure


def test_answers_are_compared_as_bags_of_values() -> None:
    def answer(*values: dict[str, str]) -> bytes:
        return json.dumps({"results": {"bindings": [{"n": value} for value in values]}}).encode()

    one = {"type": "literal", "value": "1", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}
    decimal, two = {"type": "typed-literal", "value": "1.0"}, {"type": "literal", "value": "2"}
    assert rows(answer(one, two)) == rows(answer(two, decimal))
    assert rows(answer(one)) != rows(answer(one, one))
    assert rows(answer(one)) != rows(answer(two))


@pytest.mark.skipif(shutil.which("wrk") is None, reason="needs wrk: apt-get install wrk")
def test_a_saturating_client_counts_answers_and_failures(ours: Contender, mix: Mix, tmp_path: Path) -> None:
    queries = [*map(lookup, mix.subjects), "SELECT"]
    load = saturate(ours.server.endpoint, queries[-2:], tmp_path, seconds=1, fresh=7)
    assert load.per_second > 0
    assert load.failures > 0
