"""Endpoints on the loopback interface that answer as a test wants, and a way to ask them from here."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store

from cmograph.engine.federation import Federation
from cmograph.engine.guard import check

__all__ = [
    "JSON",
    "LISTED",
    "NOTHING",
    "Endpoint",
    "ask",
    "evaluate",
    "fill",
    "reply",
    "rows",
    "running",
]

JSON = "application/sparql-results+json"
NOTHING = b'{"head":{"vars":[]},"results":{"bindings":[]}}'
LISTED = "http://127.0.0.1:9/sparql"
_HERE = """
<http://e/a> <http://e/p> 1 . <http://e/b> <http://e/p> 2 . <http://e/c> <http://e/p> 3 .
"""
_THERE = """
<http://e/a> <http://e/name> "Ä"@de . <http://e/b> <http://e/name> "two\\n\\"lines\\"" .
<http://e/z> <http://e/name> "z" . <http://e/a> <http://e/part> [ <http://e/name> "blank" ] .
"""

Answer = Callable[[BaseHTTPRequestHandler, str], None]
"""What an endpoint does with a query."""


class Endpoint:
    """A server on the loopback interface, and what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                query = parse_qs(body, strict_parsing=True)["query"][0]
                endpoint.asked.append(query)
                endpoint.headers.append({name.lower(): value for name, value in self.headers.items()})
                endpoint.answer(self, query)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """A client that goes is what some tests want."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}/sparql"

    def federation(self, **limits: Any) -> Federation:
        return Federation(frozenset([self.url]), frozenset(["127.0.0.1"]), **limits)


def reply(body: bytes, kind: str = JSON, status: int = 200, **more: str) -> Answer:
    headers = {"Content-Type": kind, "Content-Length": str(len(body))}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}

    def answer(handler: BaseHTTPRequestHandler, query: str) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def rows(*bindings: dict[str, dict[str, object]], variables: tuple[str, ...] = ("a",)) -> bytes:
    return json.dumps({"head": {"vars": variables}, "results": {"bindings": bindings}}).encode()


def evaluate(handler: BaseHTTPRequestHandler, query: str) -> None:
    """Answer as an endpoint does."""
    store = Store()
    store.load(_THERE.encode(), format=RdfFormat.TURTLE)
    solutions = store.query(query)
    assert isinstance(solutions, QuerySolutions)
    body = solutions.serialize(format=QueryResultsFormat.JSON)
    assert body is not None
    reply(body, f"{JSON}; charset=utf-8")(handler, query)


@contextmanager
def running(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Endpoint]:
    endpoint = Endpoint(answer)
    if tls:
        endpoint.server.socket = tls.wrap_socket(endpoint.server.socket, server_side=True)
    thread = threading.Thread(target=endpoint.server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.server.shutdown()
        thread.join()
        endpoint.server.server_close()


def fill(text: str, federation: Federation) -> str:
    found = federation.find(text)
    check(found.judged)
    return asyncio.run(federation.fill(found))


def ask(text: str, federation: Federation) -> list[tuple[str | None, ...]]:
    """What a query answers over the data here, in order of its text."""
    store = Store()
    store.load(_HERE.encode(), format=RdfFormat.TURTLE)
    solutions = store.query(fill(text, federation))
    assert isinstance(solutions, QuerySolutions)
    return sorted(
        (tuple(None if term is None else str(term) for term in solution) for solution in solutions), key=str
    )
