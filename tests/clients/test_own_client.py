"""Our own client over a real socket: whole lists, typed errors, frames where pandas is there."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest

from cmograph import resources
from cmograph.client import Busy, Client, NotFound, Refused, Rows, ServiceError
from tests.api.conftest import Served, serving


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[Client]:
    with Client(served.address) as client:
        yield client


def test_lists_are_whole_whatever_a_page_holds(served: Served, client: Client) -> None:
    every = client.configurations()
    assert len(every) > 60 and every.edition == "open"
    with Client(served.address, page=7) as other:
        again = other.configurations()
        assert (again, again.notices, again.release) == (every, every.notices, every.release)
        assert list(other.each("configurations")) == every
    assert any("Synthetic data" in notice for notice in every.notices)


@pytest.mark.parametrize("limit", [1, "7", 8, 14, 30])
@pytest.mark.parametrize("page", [7, 1000])
def test_a_limit_is_kept_whatever_a_page_holds(served: Served, limit: int | str, page: int) -> None:
    with Client(served.address, page=page) as client:
        every = client.configurations()
        assert client.configurations(limit=limit) == every[: int(limit)]
        assert list(client.each("configurations", limit=limit, offset=3)) == every[3 : 3 + int(limit)]


@pytest.mark.parametrize("limit", [0, -1, "x", True])
def test_a_limit_that_is_none_is_refused(client: Client, limit: int | str) -> None:
    with pytest.raises(ServiceError, match="limit"):
        client.studies(limit=limit)


def test_a_list_that_has_no_pages_keeps_to_a_limit_too(client: Client) -> None:
    assert client.inquire("exports", limit=2) == client.inquire("exports")[:2]


def test_a_triple_term_is_text_too(client: Client) -> None:
    (row,) = client.sparql('SELECT (TRIPLE(<urn:a>, <urn:b>, "é") AS ?said) {}')
    assert json.loads(row["said"])["object"] == {"type": "literal", "value": "é"}


def test_it_asks_what_the_service_answers(client: Client) -> None:
    harmful = client.configurations(mechanism="negative comparison", harmful=True)
    assert harmful and all(one["harmful"] for one in harmful)
    assert client.profile(context=["lack of social support"], role="mother")
    assert client.chains(study="synthetic-demonstration", start="synthetic-demonstration/C02")
    assert {one["relation"] for one in client.compare("mcleish-2024", "synthetic-demonstration")} >= {"new"}
    assert client.ask("studies")[0]["study"].startswith("https://")
    assert client.sparql("SELECT (COUNT(*) AS ?n) { ?s a <https://w3id.org/cmograph/realist#Configuration> }")
    assert client.export("ris", "mcleish-2024").startswith(b"TY  - JOUR")


@pytest.mark.parametrize("listing", ["inquiries", "questions", "exports"])
def test_what_can_be_asked_is_a_list_like_others(client: Client, listing: str) -> None:
    found = client.inquire(listing)
    assert all(one["title"] for one in found) and len(found) > 10
    assert (found.notices, found.release) == ((), "")


def test_what_is_refused_says_why(client: Client) -> None:
    with pytest.raises(ServiceError, match="social comparison") as refused:
        client.configurations(mechanism="social comparisn")
    assert refused.value.http_status == 422
    with pytest.raises(ServiceError, match="restricted"):
        client.export("qdpx", "synthetic-demonstration")
    with pytest.raises(ServiceError, match="cannot be reached"):
        Client("http://127.0.0.1:9", timeout=2).studies()


def test_a_refusal_carries_the_problem_document(client: Client) -> None:
    with pytest.raises(NotFound) as unknown:
        client.export("csv", "mcleish-2023")
    assert unknown.value.document["type"] == "https://w3id.org/cmograph/problem/unknown-name"
    assert unknown.value.document["status"] == unknown.value.http_status == 404
    assert [problem.remedy for problem in unknown.value.problems] == [
        one["remedy"] for one in unknown.value.document["problems"]
    ]
    with pytest.raises(NotFound):
        client.ask("../studies")  # a name is a name, and no way through the service
    with pytest.raises(Refused, match="SERVICE"):
        client.sparql("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")


@pytest.mark.slow
def test_it_waits_as_long_as_a_service_that_has_enough_says(demonstration: Path) -> None:
    """Five requests a second after a burst of fifty: a page each, seventy are too many at once."""
    with (
        serving(resources.QUERIES, demonstration, rate_limit=5) as limited,
        Client(limited.address, page=1) as patient,
        Client(limited.address, page=1, patience=0) as hasty,
    ):
        assert len(list(patient.each("configurations"))) > 60
        with pytest.raises(Busy) as busy:
            list(hasty.each("configurations"))
    assert busy.value.http_status == 429
    assert busy.value.retry_after == 1


def test_without_pandas_a_frame_says_what_to_install(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ServiceError, match="pip install pandas"):
        client.studies().frame()


def test_a_frame_has_an_empty_list_where_there_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes the table is written down here: pandas is too heavy for the dev extra."""

    class Table(list[dict[str, object]]):
        attrs: ClassVar[dict[str, object]] = {}

    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=Table))
    thing = {"id": "https://example.org/1", "label": "one", "kinds": []}
    frame = Rows(
        [{"roles": [thing], "level": thing, "said": None}, {"roles": [], "level": None, "said": []}]
    ).frame()
    assert [(row["roles"], row["roles_id"], row["roles_kinds"]) for row in frame] == [
        (["one"], ["https://example.org/1"], [[]]),
        ([], [], []),
    ]
    assert "level_kinds" not in frame[1], "of a thing that is not there nothing is told"


def test_a_frame_has_words_and_iris_in_columns(client: Client) -> None:
    pandas = pytest.importorskip(
        "pandas", reason="pandas is not installed, and too heavy to be in the dev extra"
    )
    found = client.configurations(study="mcleish-2024")
    frame = found.frame()
    assert isinstance(frame, pandas.DataFrame)
    assert len(frame) == len(found)
    assert list(frame["id"]) == [one["id"] for one in found]
    assert set(frame["study_id"]) == {"https://w3id.org/cmograph/id/study/mcleish-2024"}
    assert frame["study"][0].startswith("A realist change model")
    assert frame["outcomes"][0] == [one["label"] for one in found[0]["outcomes"]]
    assert list(frame["supports_people"]) == [one["supports"]["people"] for one in found]
    assert frame["harmful"].sum() == sum(one["harmful"] for one in found) > 0
    assert frame.attrs == {"notices": list(found.notices), "release": found.release, "edition": "open"}
    assert (
        client.sparql("SELECT ?s { ?s a <https://w3id.org/cmograph/realist#Evaluation> }").frame().shape[1]
        == 1
    )
    assert (
        client.configurations(study="mcleish-2024", harmful=True, contested=True, role="staff").frame().empty
    )
