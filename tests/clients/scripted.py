"""A server on a real socket that answers what a test wrote down, and keeps what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["Answer", "Scripted", "page", "problem", "scripted"]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `whole` is False where the connection is to break before all of it is sent."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Scripted:
    """A running server: where it is, and what was asked of it, each request's path with its Authorization."""

    url: str
    asked: list[tuple[str, str]]


def page(items: Sequence[int], following: str = "", release: str = "0001") -> Answer:
    """A page of a list, and where the next is."""
    content = {
        "items": [{"id": number} for number in items],
        "notices": [],
        "release": release,
        "edition": "open",
    }
    headers = {"Link": f'<{following}>; rel="next"'} if following else {}
    return Answer(body=json.dumps(content).encode(), headers=headers)


def problem(status: int, kind: str = "store-error", **headers: str) -> Answer:
    """Problem details as cmograph sends them."""
    document: dict[str, Any] = {
        "type": f"https://w3id.org/cmograph/problem/{kind}",
        "title": kind,
        "status": status,
        "detail": "It will not do.",
        "problems": [{"what": "It will not do.", "remedy": "Do otherwise."}],
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, json.dumps(document).encode(), named)


@contextmanager
def scripted(*answers: Answer) -> Iterator[Scripted]:
    """Give these answers, one a request, in order; whoever asks for more is told 500."""
    left, asked = list(answers), list[tuple[str, str]]()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append((self.path, self.headers.get("Authorization", "")))
            answer = left.pop(0) if left else Answer(500, b"nothing more was written down")
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body) + (not answer.whole)))
            self.end_headers()
            self.wfile.write(answer.body)
            self.close_connection = not answer.whole

        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing: a test's output is the test's."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield Scripted(f"http://127.0.0.1:{server.server_port}", asked)
        finally:
            server.shutdown()
            thread.join()
