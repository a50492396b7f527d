"""A server hard pressed: requests as they go over the wire, and whether it stays unharmed."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.api.conftest import Served
from tests.api.processes import started_at

__all__ = ["DEADLINE", "GOOD", "answers", "connect", "posted", "read_all", "unharmed"]

GOOD = {"query": "ASK { ?s a <https://w3id.org/cmograph/realist#Evaluation> }"}
DEADLINE = 1.0


@contextmanager
def unharmed(served: Served, within: float = DEADLINE + 1) -> Iterator[None]:
    """Whatever happens here ends in time, the server stays the same process, and a worker is there at once."""
    process = started_at(served.pid)
    started = time.perf_counter()
    yield
    assert time.perf_counter() - started < within
    answers(served, within=0.5)
    assert started_at(served.pid) == process


def answers(served: Served, within: float = 1.0) -> None:
    """The good query is answered, soon, by the process that was started."""
    started = time.perf_counter()
    response = served.client.get("/sparql", params=GOOD)
    assert response.json()["boolean"] is True
    assert time.perf_counter() - started < within
    os.kill(served.pid, 0)


def connect(served: Served) -> socket.socket:
    host, port = served.address.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=10)


def read_all(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def posted(query: str, more: str = "", parameters: str = "") -> bytes:
    """A request as it goes over the wire."""
    body = query.encode()
    head = f"POST /sparql{parameters} HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    return f"{head}{more}Content-Length: {len(body)}\r\n\r\n".encode() + body
