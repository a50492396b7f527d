"""Our own client before a server that is busy, broken or changes under way: real sockets, written answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cmograph.client import (
    Busy,
    Client,
    NotAllowed,
    ReleaseChanged,
    ServiceError,
    TooCostly,
    Unreachable,
)
from tests.clients.scripted import Answer, page, problem, scripted


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """How long the client waited each time; it does not wait for real."""
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    yield waited


def test_pages_are_asked_for_when_they_are_needed() -> None:
    with scripted(page([1, 2], "/studies?offset=2"), page([3])) as server, Client(server.url) as client:
        items = client.each("studies")
        assert not server.asked
        assert [next(items)["id"], next(items)["id"]] == [1, 2]
        assert [path for path, _ in server.asked] == ["/studies?limit=1000"]
        assert [item["id"] for item in items] == [3]
        assert [path for path, _ in server.asked] == ["/studies?limit=1000", "/studies?offset=2"]


def test_below_a_path_the_next_page_is_where_the_server_says() -> None:
    with scripted(page([1], "/below/studies?offset=1"), page([2])) as server:
        with Client(f"{server.url}/below/") as client:
            assert len(client.studies()) == 2
        assert [path for path, _ in server.asked] == ["/below/studies?limit=1000", "/below/studies?offset=1"]


def test_a_token_is_not_carried_to_another_service() -> None:
    with scripted() as elsewhere, scripted(page([1], f"{elsewhere.url}/studies")) as server:
        with (
            Client(server.url, token="secret") as client,
            pytest.raises(ServiceError, match="another service"),
        ):
            client.studies()
        assert server.asked == [("/studies?limit=1000", "Bearer secret")]
        assert not elsewhere.asked


def test_a_list_is_of_one_release() -> None:
    """The release changes between the pages: the list is read again, whole; item by item it cannot be."""
    changing = (page([1], "/studies?offset=1"), page([20], release="0002"))
    with (
        scripted(*changing, page([10], "/studies?offset=1", "0002"), page([20], release="0002")) as server,
        Client(server.url) as client,
    ):
        found = client.studies()
        assert ([item["id"] for item in found], found.release) == ([10, 20], "0002")
    with scripted(*changing) as server, Client(server.url) as client:
        items = client.each("studies")
        assert next(items)["id"] == 1
        with pytest.raises(ReleaseChanged):
            next(items)
    with scripted(*changing * 3) as server, Client(server.url) as client, pytest.raises(ReleaseChanged):
        client.studies()


def test_it_waits_as_it_is_told_and_asks_again(waits: list[float]) -> None:
    """A number of seconds; a date that has passed; nothing, where waits double from half a second on."""
    busy = (
        problem(429, Retry_After="3"),
        problem(503, Retry_After="Fri, 31 Dec 1999 23:59:59 GMT"),
        problem(503),
        problem(503, Retry_After="soon"),
    )
    with scripted(*busy, page([1])) as server, Client(server.url) as client:
        assert len(client.studies()) == 1
    assert waits == [3, 0, 2, 4]


def test_its_patience_has_an_end(waits: list[float]) -> None:
    """Of ten seconds four are waited twice; the third time would be too long, and an hour is at once."""
    with scripted(*[problem(503, Retry_After="4")] * 3) as server, Client(server.url, patience=10) as client:
        with pytest.raises(Busy) as busy:
            client.studies()
        assert (busy.value.retry_after, busy.value.http_status, len(server.asked)) == (4, 503, 3)
        assert busy.value.document["detail"] == "It will not do."
    assert waits == [4, 4]
    with scripted(problem(429, Retry_After="3600")) as server, Client(server.url) as client:
        with pytest.raises(Busy) as busy:
            client.studies()
        assert (busy.value.retry_after, len(server.asked)) == (3600, 1)
    with scripted(*[problem(429, Retry_After="0")] * 20) as server, Client(server.url) as client:
        with pytest.raises(Busy):
            client.studies()
        assert len(server.asked) == 10, "also where no wait is asked for"


@pytest.mark.parametrize("kind", ["query-timeout", "query-too-large"])
def test_what_would_end_the_same_is_not_asked_again(kind: str, waits: list[float]) -> None:
    with scripted(problem(503, kind, Retry_After="5")) as server, Client(server.url) as client:
        with pytest.raises(TooCostly) as refused:
            client.ask("heavy")
        assert refused.value.document["title"] == kind
        assert len(server.asked) == 1
    assert waits == []


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_is_missing_has_an_error_of_its_own(status: int) -> None:
    with (
        scripted(problem(status, "forbidden")) as server,
        Client(server.url) as client,
        pytest.raises(NotAllowed, match="Do otherwise"),
    ):
        client.studies()


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Answer(502, b"<html>Bad Gateway</html>"), 502),
        (Answer(500, b'["no problem"]'), 500),
        (Answer(200, b"<html>Welcome</html>"), 200),
        (Answer(200, b"[]"), 200),
        (Answer(302, b"", {"Location": "http://127.0.0.1:9/"}), 302),
    ],
)
def test_what_is_no_answer_of_cmograph_is_an_error_of_ours(answer: Answer, status: int) -> None:
    with scripted(answer) as server, Client(server.url) as client:
        with pytest.raises(ServiceError) as refused:
            client.studies()
        assert (refused.value.http_status, refused.value.document) == (status, {})


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8000", "localhost:8000", "http://", "http://[::1", "ftp://localhost"]
)
def test_what_is_no_url_of_a_service_is_said_at_once(url: str) -> None:
    with pytest.raises(ServiceError, match=r"is not the URL of a service\. Write http://"):
        Client(url)


def test_an_answer_that_breaks_off_is_not_passed_off_as_whole() -> None:
    with (
        scripted(Answer(200, b"id,title\r\n", whole=False)) as server,
        Client(server.url) as client,
        pytest.raises(Unreachable, match="broke off"),
    ):
        client.export("csv")
