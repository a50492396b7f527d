"""Every error, by whatever path it comes, is RFC 9457 problem details of one shape."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from cmograph import errors
from cmograph.api.caching import AnswerCache
from cmograph.api.door import Door
from cmograph.api.metrics import Metrics
from cmograph.api.problems import describe, handle_errors
from cmograph.api.service import ClientGone
from cmograph.settings import Settings
from tests.api.conftest import Served, serving
from tests.api.test_sparql import REFUSED
from tests.engine.hazards import CARTESIAN

PATHS: list[tuple[str, str, dict[str, object], int]] = [
    *((method, "/sparql", request, status) for method, request, status in REFUSED),
    ("GET", "/sparql", {"params": {"query": CARTESIAN, "timeout": "0.1"}}, 503),
    ("GET", "/nowhere", {}, 404),
    ("GET", "/static/nothing.css", {}, 404),
    ("GET", "/static/..%2fbase.html", {}, 404),
    ("POST", "/questions", {}, 405),
    ("DELETE", "/health", {}, 405),
    ("GET", "/questions/configuration", {}, 404),
    ("GET", "/questions/configurations/more", {}, 404),
    ("GET", "/questions/configurations", {"params": {"least": "many"}}, 422),
    ("GET", "/questions/configurations", {"params": {"leas": "4"}}, 422),
    ("GET", "/questions/configurations", {"params": {"delivery": "grup"}}, 422),
    ("GET", "/questions/configurations", {"params": {"format": "pdf"}}, 404),
    ("GET", "/questions/configurations", {"headers": {"Accept": "image/png"}}, 406),
    ("GET", "/questions", {"headers": {"Accept": "image/png"}}, 406),
    ("GET", "/id/a%3Cb", {}, 404),
]


def shape(response: httpx2.Response) -> None:
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    problem = response.json()
    assert list(problem) == ["type", "title", "status", "detail", "problems"]
    assert problem["status"] == response.status_code
    assert problem["type"] == "about:blank" or problem["type"].startswith(
        "https://w3id.org/cmograph/problem/"
    )
    assert problem["title"]
    assert problem["detail"]
    assert problem["problems"]
    for fault in problem["problems"]:
        assert list(fault) == ["what", "remedy"]
        assert fault["what"]


@pytest.mark.parametrize(("method", "path", "request_", "status"), PATHS)
def test_every_path_to_an_error_has_the_shape(
    client: httpx2.Client, method: str, path: str, request_: dict[str, Any], status: int
) -> None:
    response = client.request(method, path, **request_)
    assert response.status_code == status, response.text
    shape(response)


def test_a_wrong_name_comes_with_the_nearest(client: httpx2.Client) -> None:
    assert "'configurations'" in client.get("/questions/configuration").json()["detail"]
    wrong = client.get("/questions/configurations", params={"leas": "4", "delivery": "grup"}).json()
    assert [fault["remedy"] for fault in wrong["problems"]] == [
        "Did you mean 'least'?",
        "Did you mean 'group'?",
    ]


@pytest.fixture(scope="module")
def limited(queries: Path) -> Iterator[Served]:
    with serving(queries, None, rate_limit=0.1, workers=1) as running:
        yield running


def test_too_many_requests_say_when_to_come_again(limited: Served) -> None:
    for path in ("/sparql", "/version", "/sparql"):
        response = limited.client.get(path)
    assert response.status_code == 429
    assert 0 < int(response.headers["retry-after"]) <= 10
    shape(response)
    assert limited.client.get("/health").status_code == 200


ALL = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.CmographError)
]


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_error_of_the_tree_is_told(kind: type[errors.CmographError]) -> None:
    response = describe(kind(errors.Problem("What is wrong.", "What to do.")))
    assert response.status_code == kind.status
    assert (response.headers.get("retry-after") is not None) == (kind.status == 503)
    assert b"What to do." in bytes(response.body)


def test_what_was_not_foreseen_is_logged_and_not_told(caplog: pytest.LogCaptureFixture) -> None:
    response = describe(RuntimeError("a participant's own words"))
    assert response.status_code == 500
    assert b"participant" not in bytes(response.body)
    assert "a request failed" in caplog.text


@pytest.mark.parametrize(
    ("error", "statuses"), [(RuntimeError("words"), [500]), (ClientGone(), []), (ClientDisconnect(), [])]
)
def test_nothing_is_raised_that_the_server_would_write_down(error: Exception, statuses: list[int]) -> None:
    app, sent = FastAPI(), []
    handle_errors(app)

    @app.get("/")
    async def fail() -> None:
        raise error

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    asyncio.run(app(scope, receive, send))
    assert [message["status"] for message in sent if "status" in message] == statuses


@pytest.mark.parametrize(("begins", "statuses"), [(True, [200]), (False, [500])])
def test_an_answer_that_has_begun_is_cut_and_nothing_is_raised(begins: bool, statuses: list[int]) -> None:
    app, sent = FastAPI(), []
    handle_errors(app)

    async def words() -> AsyncIterator[bytes]:
        if begins:
            yield b"so far"
        raise RuntimeError("words")

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        return StreamingResponse(words(), headers={"content-length": "100"})

    async def bare(scope: Scope, receive: Receive, send: Send) -> None:
        if begins:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("words")

    async def receive() -> Any:
        await asyncio.sleep(60)  # the client stays

    async def send(message: Any) -> None:
        sent.append(message)

    def nobody() -> Any:
        raise AssertionError

    scope = {"type": "http", "method": "GET", "path": "/stream", "query_string": b"", "headers": []}
    for inside in (app, bare) if begins else (bare,):
        sent.clear()
        asyncio.run(Door(inside, Settings(), nobody, Metrics(AnswerCache(0)))(scope, receive, send))
        assert [message["status"] for message in sent if "status" in message] == statuses
        ended = any(
            message["type"] == "http.response.body" and not message.get("more_body") for message in sent
        )
        assert ended != begins


def test_what_fastapi_and_starlette_raise_is_told() -> None:
    wrong = RequestValidationError([{"loc": ("query", "n"), "msg": "not a number", "type": "int"}])
    assert describe(wrong).status_code == 422
    assert b"n: not a number." in bytes(describe(wrong).body)
    assert describe(HTTPException(418)).status_code == 418
