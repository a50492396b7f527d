"""Clients that leave, dawdle, crowd in or speak no HTTP: they harm nobody but themselves."""

from __future__ import annotations

import contextlib
import re
import socket
import time

import pytest

from tests.api.conftest import Served
from tests.api.pressing import DEADLINE, answers, connect, posted, read_all, unharmed
from tests.api.processes import descendants, memory_of, processor_seconds, runs, wait_for, workers
from tests.engine.hazards import BOMBS, CARTESIAN, ROWS


def test_a_client_that_leaves_takes_its_query_along(single: Served) -> None:
    """Its worker is gone and the processor free within a second: well before the query's own deadline."""
    with unharmed(single, within=2.5):
        before = workers(single.pid)
        with connect(single) as connection:
            connection.sendall(posted(CARTESIAN))
            assert wait_for(lambda: processor_seconds(before) > 0, 1)
            (running,) = [worker for worker in before if processor_seconds({worker})] or before
            left = time.monotonic()
        assert wait_for(lambda: not runs(running), 0.5)
        assert time.monotonic() - left < 0.6
        used = processor_seconds({single.pid, *descendants(single.pid)})
        time.sleep(0.4)
        assert processor_seconds({single.pid, *descendants(single.pid)}) - used < 0.2


def test_a_client_that_leaves_before_it_has_asked_is_no_fault_of_ours(single: Served) -> None:
    def faults() -> list[str]:
        return [line for line in single.client.get("/metrics").text.splitlines() if 'status="500"' in line]

    before = faults()
    for _ in range(3):
        with unharmed(single), connect(single) as connection:
            connection.sendall(posted(CARTESIAN)[:-1])
    time.sleep(0.2)
    assert faults() == before


def test_a_client_that_reads_slowly_holds_no_worker(single: Served) -> None:
    """Three take a large answer a byte at a time; the only worker serves the others."""
    large = f"SELECT * {{ VALUES ?a {{ {ROWS} }} VALUES ?b {{ {' '.join(map(str, range(200)))} }} }}"
    with contextlib.ExitStack() as stack, unharmed(single, within=10):
        slow = [stack.enter_context(connect(single)) for _ in range(3)]
        for connection in slow:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(posted(large, "Accept: text/csv\r\n"))
            assert len(connection.recv(1)) == 1
        for _ in range(2):
            for connection in slow:
                assert len(connection.recv(1)) == 1
            for _ in range(5):
                answers(single, within=0.5)
            time.sleep(0.3)
        began = slow[0].recv(64)
        assert b"200" in began


def test_an_answer_comes_in_one_piece(single: Served) -> None:
    """Head and body together, so that a client is woken once; on the same connection again and again."""
    with connect(single) as connection:
        for number in range(5):
            connection.sendall(posted(f"SELECT ({number} AS ?n) {{}}", "Accept: text/csv\r\n"))
            head, _, body = connection.recv(65_536).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ")
            assert body == b"n\r\n%d\r\n" % number


def test_half_a_request_holds_nobody_up(single: Served) -> None:
    """Two hundred connections that say half a word each, and then one more now and then."""
    with contextlib.ExitStack() as stack, unharmed(single, within=10):
        slow = [stack.enter_context(connect(single)) for _ in range(200)]
        for number, connection in enumerate(slow):
            head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 99"
            connection.sendall(head[: 20 + number % 60] if number % 2 else head + b"\r\n\r\nASK")
        for _ in range(3):
            for connection in slow[::2]:
                connection.sendall(b" ")
            answers(single, within=0.5)


def test_many_at_once_are_all_answered(single: Served) -> None:
    with contextlib.ExitStack() as stack, unharmed(single, within=10):
        many = [stack.enter_context(connect(single)) for _ in range(200)]
        for connection in many:
            connection.sendall(posted("ASK { ?s ?p ?o }", "Connection: close\r\n"))
        for connection in many:
            reply = read_all(connection)
            assert reply.startswith(b"HTTP/1.1 200 "), reply


def test_requests_on_one_connection_are_answered_in_turn(single: Served) -> None:
    """Sent before the first is answered (RFC 9112, section 9.3.2), a bomb and a runaway among them."""
    texts = ["ASK {}", BOMBS["groups"], CARTESIAN, "ASK { FILTER(false) }"]
    with unharmed(single, within=DEADLINE + 2), connect(single) as connection:
        requests = [posted(text) for text in texts[:-1]]
        connection.sendall(b"".join([*requests, posted(texts[-1], "Connection: close\r\n")]))
        reply = read_all(connection)
        statuses = [int(found) for found in re.findall(rb"HTTP/1\.1 (\d+)", reply)]
        assert statuses == [200, 400, 503, 200]
        assert reply.index(b"true") < reply.index(b"query-refused") < reply.rindex(b"false")


@pytest.mark.parametrize(
    ("path", "hosts"),
    [
        ("/sparql", ["a<b>"]),
        ("/sparql", ["a b"]),
        ("/sparql?query=ASK%7B%7D", ["a/b?c#d"]),
        ("/sparql", ["[::1"]),
        ("/sparql", ["[1:2]"]),
        ("/.well-known/void", ["%zz"]),
        ("/sparql?query=ASK%7B%7D", ["a.example", "b.example"]),
        ("/graphs/a|b", ["x"]),
        ("/graphs/%zz", ["x"]),
    ],
)
def test_an_address_that_is_none_is_told_so(single: Served, path: str, hosts: list[str]) -> None:
    lines = [f"GET {path} HTTP/1.1", *(f"Host: {host}" for host in hosts), "Connection: close", "", ""]
    with unharmed(single, within=1), connect(single) as connection:
        connection.sendall("\r\n".join(lines).encode())
        assert read_all(connection).startswith(b"HTTP/1.1 400 ")


SPARQL = {"Content-Type": "application/sparql-query"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (SPARQL, "ASK {}".encode("utf-16"), 400),
        (
            SPARQL | {"Content-Type": "application/sparql-query; charset=utf-16"},
            "ASK {}".encode("utf-16"),
            415,
        ),
        (FORM, "query=ASK {}".encode("utf-16-le"), 400),
        (SPARQL, b"\xff\xfe\x00", 400),
        (SPARQL, b"", 400),
        (SPARQL, b" \n# nothing\n", 400),
        (SPARQL, b"ASK { \x00 }", 400),
        (FORM, b"", 400),
        (FORM, b"query=", 400),
        (FORM, b"query=%", 400),
        (FORM, b"query=ASK%7B%7D&query=ASK%7B%7D", 400),
        (FORM, b"&".join([b"a=b"] * 2000), 400),
        ({}, b"ASK {}", 415),
        ({"Content-Type": "application/unknown"}, b"ASK {}", 415),
        ({"Content-Type": ";;;=,"}, b"ASK {}", 415),
        ({"Content-Type": "text/plain"}, b"ASK {}", 415),
        (SPARQL, b"A" * (1 << 20), 413),
        (SPARQL | {"Content-Encoding": "gzip"}, b"\x1f\x8b\x08\x00", 400),
    ],
)
def test_what_is_no_request_is_told_so(
    single: Served, headers: dict[str, str], body: bytes, status: int
) -> None:
    with unharmed(single, within=1):
        response = single.client.post("/sparql", content=body, headers=headers)
        assert response.status_code in ((status, 415) if "Content-Encoding" in headers else (status,))
        assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nX-Large: " + b"a" * (4 << 20) + b"\r\n\r\n",
        b"GET /sparql HTTP/1.1\r\nHost: x\r\n"
        + b"".join(b"X-%d: a\r\n" % n for n in range(60_000))
        + b"\r\n",
        b"GET /" + b"a" * (4 << 20) + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /sparql HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n",
        b"\r\n" * 100_000,
    ],
    ids=["header", "headers", "address", "version", "TLS", "length", "smuggling", "nothing"],
)
def test_what_is_no_http_ends_the_connection_and_nothing_else(single: Served, request_: bytes) -> None:
    size = memory_of(single.pid)
    with unharmed(single, within=5), connect(single) as connection:
        with contextlib.suppress(OSError):  # the server need not hear it out
            connection.sendall(request_)
            connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(OSError):
            reply = read_all(connection)
            assert not reply or re.match(rb"HTTP/1\.1 [45]\d\d ", reply) or reply.startswith(b"HTTP/1.1 200")
    assert memory_of(single.pid) - size < 64 << 20
