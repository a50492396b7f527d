"""Who may write, writes one whole release; who reads, reads what is written at once, of the edition they see."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from cmograph.access import Scope, TokenBook
from tests.api.conftest import Served, serving
from tests.engine.hazards import CARTESIAN
from tests.engine.small import SECRET, publish

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
EVERYTHING = "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"


@dataclass(frozen=True)
class Written:
    """A server, its store, and tokens for it."""

    served: Served
    store: Path
    write: dict[str, str]
    read: dict[str, str]
    both: dict[str, str]

    def ask(self, query: str, **headers: str) -> str:
        response = self.served.client.post("/sparql?format=csv", data={"query": query}, headers=headers)
        assert response.status_code == 200, response.text
        return response.text

    def update(self, text: str, status: int = 204, headers: dict[str, str] | None = None) -> httpx2.Response:
        response = self.served.client.post(
            "/sparql", data={"update": text}, headers=self.write if headers is None else headers
        )
        assert response.status_code == status, response.text
        return response


@pytest.fixture(scope="module")
def written(queries: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    store = publish(tmp_path_factory.mktemp("written") / "store")
    # The little store has no manifest of ours: from its first update on it has one.
    (store / "current" / "manifest.json").write_text(
        json.dumps(
            {
                "format": 1,
                "number": 1,
                "created": "2026-01-01T00:00:00+00:00",
                "previous": None,
                "versions": {},
                "studies": [],
                "editions": {
                    name: {"identity": "", "quads": 0, "parts": [], "files": {}}
                    for name in ("open", "restricted")
                },
            }
        ),
        encoding="utf-8",
    )
    book = TokenBook(store)
    scopes = ([Scope.WRITE], [Scope.RESTRICTED], [Scope.WRITE, Scope.RESTRICTED])
    tokens = [{"Authorization": f"Bearer {book.add(which, None)}"} for which in scopes]
    with serving(queries, store, update_timeout=5, query_timeout=5, body_limit=1) as served:
        yield Written(served, store, *tokens)


def test_an_update_is_seen_by_the_next_query(written: Written) -> None:
    before = written.served.client.get("/sparql", params={"query": COUNT})
    release = written.update("INSERT DATA { <e:new> <e:p> 1 }").headers["x-cmograph-release"]
    after = written.served.client.get("/sparql", params={"query": COUNT})
    assert before.text != after.text
    assert before.headers["etag"] != after.headers["etag"]
    assert written.served.client.get("/version").json()["release"] == release
    assert "e:new" in written.ask("SELECT ?s { ?s <e:p> 1 }", **written.read)


def test_a_graph_that_is_written_names_the_release_that_it_made(written: Written) -> None:
    def send(method: str, body: str = "") -> httpx2.Response:
        headers = written.write | {"Content-Type": "text/turtle"}
        return written.served.client.request(method, "/graphs?graph=e:told", content=body, headers=headers)

    answers = [send("PUT", "<e:s> <e:p> 1 ."), send("POST", "<e:s> <e:p> 2 ."), send("DELETE")]
    assert [answer.status_code for answer in answers] == [201, 204, 204]
    releases = [int(answer.headers["x-cmograph-release"]) for answer in answers]
    assert releases == list(range(releases[0], releases[0] + 3))


def test_what_is_written_with_the_restricted_scope_is_not_open(written: Written) -> None:
    written.update("INSERT DATA { GRAPH <e:hidden> { <e:h> <e:p> 'hidden word' } }", headers=written.both)
    assert "hidden word" in written.ask(EVERYTHING, **written.both)
    assert "hidden word" not in written.ask(EVERYTHING)
    assert "hidden word" not in written.ask(EVERYTHING, **written.write)
    copied = "INSERT { <e:copy> <e:p> ?quote } WHERE { ?c <https://w3id.org/cmograph/realist#quote> ?quote }"
    written.update(copied)  # over the open edition, which holds no quotation
    written.update(copied, headers=written.both)  # over the restricted one, where it stays
    assert SECRET in written.ask("SELECT ?o { <e:copy> <e:p> ?o }", **written.read)
    assert SECRET not in written.ask(EVERYTHING)


@pytest.mark.parametrize(
    ("request_", "token", "status"),
    [
        ({"data": {"update": "CLEAR ALL"}}, None, 401),
        ({"data": {"update": "CLEAR ALL"}}, "read", 403),
        ({"content": b"CLEAR ALL", "headers": {"Content-Type": "application/sparql-update"}}, None, 401),
        ({"data": {"update": "NONSENSE"}}, "write", 400),
        ({"data": {"update": "INSERT DATA { <e:s> <e:p> "}}, "write", 400),
        ({"data": {"update": "LOAD <http://127.0.0.1:9/>"}}, "write", 400),
        ({"data": {"update": "CLEAR ALL", "query": "ASK {}"}}, "write", 400),
        ({"data": {"update": "CLEAR ALL", "default-graph-uri": "e:g"}}, "write", 400),
        ({"data": {"update": "#" * (2 << 20)}}, "write", 413),
    ],
)
def test_what_is_wrong_is_told_and_changes_nothing(
    written: Written, request_: dict[str, Any], token: str | None, status: int
) -> None:
    before = written.ask(COUNT)
    headers = dict(request_.pop("headers", {})) | (getattr(written, token) if token else {})
    response = written.served.client.post("/sparql", headers=headers, **request_)
    request_["headers"] = headers
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    if status in (401, 403):
        assert response.headers["www-authenticate"].startswith("Bearer")
    assert written.ask(COUNT) == before


NAMED = 'Content-Disposition: form-data; name="f"; filename="f.ttl"\r\nContent-Type: text/turtle\r\n\r\n'
NAMELESS = NAMED.replace('; filename="f.ttl"', "")


@pytest.mark.parametrize(
    "form",
    [
        f"--B\r\n{NAMELESS}<e:s> <e:p> 2 .\r\n--B--\r\n",
        f"--B\r\n{NAMED}<e:s> <e:p> 2 .\r\n--B\r\n{NAMELESS}<e:s> <e:p> 3 .\r\n--B--\r\n",
        f"--B\r\n{NAMED}<e:s> <e:p> 2 .",
        f"--B\r\n{NAMED}<e:s> <e:p> 2 .\r\n--B\r\n{NAMED}<e:s> <e:p> 3 .",
        "--B--\r\n",
    ],
    ids=["nameless", "one nameless", "cut", "the second cut", "empty"],
)
def test_a_form_that_is_not_read_whole_replaces_no_graph(written: Written, form: str) -> None:
    graph, kind = "/graphs?graph=e:form&format=nt", "multipart/form-data; boundary=B"
    client = written.served.client
    client.put(graph, content="<e:s> <e:p> 1 .", headers=written.write | {"Content-Type": "text/turtle"})
    before = client.get(graph).text
    refused = client.put(graph, content=form.encode(), headers=written.write | {"Content-Type": kind})
    assert refused.status_code == 400 and "form" in refused.json()["detail"]
    assert client.get(graph).text == before != ""


def test_a_part_of_a_graph_replaces_no_graph(written: Written) -> None:
    graph, turtle = "/graphs?graph=e:part&format=nt", written.write | {"Content-Type": "text/turtle"}
    client = written.served.client
    client.put(graph, content="<e:s> <e:p> 1, 2 .", headers=turtle)
    before = client.get(graph).text
    part = turtle | {"Content-Range": "bytes 19-37/38"}
    refused = client.put(graph, content="<e:s> <e:p> 3 .", headers=part)
    assert refused.status_code == 400 and "Content-Range" in refused.json()["detail"]
    assert client.get(graph).text == before != ""


def test_a_part_of_a_form_that_is_no_graph_is_named_as_such(written: Written) -> None:
    kind = written.write | {"Content-Type": "multipart/form-data; boundary=B"}
    form = f"--B\r\n{NAMED.replace('turtle', 'plainer')}<e:s> <e:p> 2 .\r\n--B--\r\n"
    refused = written.served.client.post("/graphs?graph=e:form", content=form.encode(), headers=kind)
    assert refused.status_code == 415 and "not as text/plainer" in refused.json()["detail"]


@pytest.mark.slow
def test_a_runaway_update_is_stopped_and_the_next_is_done(written: Written) -> None:
    before = written.ask(COUNT)
    inner = CARTESIAN.partition("{")
    response = written.update(f"INSERT {{ <e:s> <e:n> ?n }} WHERE {{ {inner[0]}{{{inner[2]} }}", 503)
    assert response.json()["type"].endswith("query-timeout")
    assert written.ask(COUNT) == before
    written.update("INSERT DATA { <e:after> <e:p> 1 }")


def test_a_synthetic_study_of_any_name_is_named_with_every_answer(written: Written) -> None:
    is_synthetic = "<https://w3id.org/cmograph/realist#synthetic> true"
    study = f"<http://a.example/日本> a <https://w3id.org/cmograph/realist#Evaluation> ; {is_synthetic}"
    written.update(f"INSERT DATA {{ {study} }}")
    answer = written.served.client.get("/sparql", params={"query": COUNT})
    assert answer.status_code == 200
    assert "<http://a.example/%E6%97%A5%E6%9C%AC>" in answer.headers["link"]
    written.update(f"DELETE DATA {{ {study} }}")


def test_writers_take_turns(written: Written) -> None:
    def write(who: int) -> None:
        for number in range(5):
            written.update(f"INSERT DATA {{ <e:w{who}> <e:turn> {number} }}")

    threads = [threading.Thread(target=write, args=[who]) for who in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert written.ask("SELECT (COUNT(*) AS ?n) { ?s <e:turn> ?o }") == "n\r\n15\r\n"


def test_an_answer_that_was_kept_for_one_is_not_given_to_another(written: Written) -> None:
    query = {"query": "SELECT ?o { ?c <https://w3id.org/cmograph/realist#quote> ?o }"}
    client = written.served.client
    for _ in range(2):
        mine, anyones = (
            client.get("/sparql", params=query, headers=written.read),
            client.get("/sparql", params=query),
        )
        assert SECRET in mine.text and SECRET not in anyones.text
        assert "private" in mine.headers["cache-control"] and "Authorization" in mine.headers["vary"]
        held = {"If-None-Match": mine.headers["etag"]}
        assert client.get("/sparql", params=query, headers=held).status_code == 200
        held = {"If-None-Match": anyones.headers["etag"]}
        assert client.get("/sparql", params=query, headers=held).status_code == 304
        assert client.get("/sparql", params=query, headers=written.read | held).status_code == 200


def test_a_token_counts_until_it_is_revoked(written: Written) -> None:
    book = TokenBook(written.store)
    token = book.add([Scope.RESTRICTED], None)
    headers = {"Authorization": f"Bearer {token}"}
    assert SECRET in written.ask(EVERYTHING, **headers)
    book.revoke(token.split("_")[1])
    client = written.served.client
    assert client.get("/sparql", params={"query": COUNT}, headers=headers).status_code == 401
    both = [("Authorization", f"Bearer {token}"), *written.read.items()]
    assert client.get("/sparql", params={"query": COUNT}, headers=both).status_code == 401


def test_what_is_asked_with_a_token_is_on_record_without_its_words(written: Written) -> None:
    word = "aWordThatNobodyElseUses"
    written.ask(f"SELECT * {{ ?{word} ?p ?o }}", **written.read)
    audit = (written.store / "audit.jsonl").read_text(encoding="utf-8")
    assert word not in audit
    assert written.read["Authorization"].removeprefix("Bearer ") not in audit
    last = json.loads(audit.splitlines()[-1])
    assert last["action"] == "query" and last["principal"] == written.read["Authorization"].split("_")[1]


@pytest.mark.slow
def test_only_who_has_a_token_may_ask_for_more_time(queries: Path, tmp_path: Path) -> None:
    store = publish(tmp_path / "store")
    token = TokenBook(store).add([Scope.RESTRICTED], None)
    with serving(queries, store, query_timeout=0.5, query_timeout_cap=2) as served:
        for headers, seconds in (({}, "0.5 s"), ({"Authorization": f"Bearer {token}"}, "2 s")):
            response = served.client.post(
                "/sparql", data={"query": CARTESIAN, "timeout": "60"}, headers=headers
            )
            assert response.status_code == 503 and seconds in response.text


def test_repeats_are_given_again_and_counted(written: Written) -> None:
    def hits() -> float:
        text = written.served.client.get("/metrics").text
        families: list[Metric] = list(text_string_to_metric_families(text))
        return next(
            float(sample.value)
            for family in families
            for sample in family.samples
            if sample.name == "cmograph_cache_total" and sample.labels == {"found": "hit"}
        )

    client = written.served.client
    query = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o"
    asked: list[Callable[[], httpx2.Response]] = [
        lambda: client.get("/sparql", params={"query": query}),
        lambda: client.post("/sparql", data={"query": query}),
    ]
    for ask in asked:
        first, before = ask(), hits()
        again = ask()
        assert hits() == before + 1
        assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    written.update("INSERT DATA { <e:another> <e:p> 2 }")
    assert all("e:another" in ask().text for ask in asked)
    volatile = {"query": "SELECT (RAND() AS ?x) {}"}
    assert len({client.get("/sparql", params=volatile).text for _ in range(3)}) == 3
    assert "e:another" not in client.get("/metrics").text


def test_the_commands_work_beside_the_service(written: Written) -> None:
    """A rollback while it serves is followed, and the next update begins from there."""
    written.update("INSERT DATA { <e:undone> <e:p> 1 }")
    cmograph = [sys.executable, "-m", "cmograph"]
    done = subprocess.run(
        [*cmograph, "releases", "rollback", "--store", str(written.store)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    written.update("INSERT DATA { <e:next> <e:p> 1 }")
    assert "e:undone" not in written.ask(EVERYTHING)
    token = subprocess.run(
        [*cmograph, "token", "add", "--scope", "write", "--store", str(written.store)],
        capture_output=True,
        text=True,
    ).stdout
    written.update("INSERT DATA { <e:by> <e:p> 1 }", headers={"Authorization": f"Bearer {token.strip()}"})
