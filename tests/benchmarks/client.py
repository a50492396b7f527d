"""The clients of the service benchmark: one raw connection that is timed, and wrk with a script of ours.

A client that parsed more than it must would be measured itself: what is timed here is a request written to a
kept socket and its whole answer read from it.
"""

from __future__ import annotations

import http.client
import json
import random
import shutil
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

__all__ = ["Client", "Load", "Reply", "form", "rows", "saturate"]

_SCRIPT = Path(__file__).with_name("service_load.lua")
_HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Accept": "application/sparql-results+json",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: the seconds until its last byte, and why it is none, if it is none."""

    seconds: float
    body: bytes = b""
    failure: str = ""


class Client:
    """One kept connection to an endpoint, opened anew after a failure."""

    def __init__(self, endpoint: str, limit: float) -> None:
        self._url = urlsplit(endpoint)
        self._path = self._url.path + (f"?{self._url.query}" if self._url.query else "")
        self._limit = limit
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, query: str) -> Reply:
        """Send a query by a form, and read all of its answer."""
        body, kept = form(query), self._connection is not None
        if self._connection is None:
            self._connection = self._connect()
        start = time.perf_counter()
        try:
            response, answer = self._exchange(body)
        except (ConnectionError, http.client.RemoteDisconnected) as error:
            self.close()
            if kept:  # the server closed it while nothing was asked: every client opens another
                return self.ask(query)
            return Reply(time.perf_counter() - start, failure=type(error).__name__)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return Reply(time.perf_counter() - start, failure=type(error).__name__)
        seconds = time.perf_counter() - start
        if response.will_close:
            self.close()
        if response.status != 200:
            return Reply(seconds, answer, f"status {response.status}")
        if response.headers.get("X-SQL-State"):  # Virtuoso's way to say that its time was up
            return Reply(seconds, answer, "cut at the limit")
        if seconds > self._limit:
            return Reply(seconds, answer, "beyond the limit")
        return Reply(seconds, answer)

    def _connect(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(self._url.netloc, timeout=self._limit + 0.5)
        with suppress(ConnectionError):  # the request says so
            connection.connect()
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _exchange(self, body: bytes) -> tuple[http.client.HTTPResponse, bytes]:
        assert self._connection is not None
        self._connection.request("POST", self._path, body, _HEADERS)
        response = self._connection.getresponse()
        return response, response.read()

    def close(self) -> None:
        """Close the connection; the next question opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def form(query: str) -> bytes:
    """A query as the body of a form."""
    return urlencode({"query": query}).encode()


def rows(body: bytes) -> Counter[tuple[tuple[str, str], ...]]:
    """The bag of rows of an answer in SPARQL's JSON, numbers by their value to nine digits.

    Datatypes, language tags and blank nodes' labels are left out: peers differ there in ways that are no
    other answer.
    """
    bag: Counter[tuple[tuple[str, str], ...]] = Counter()
    for row in json.loads(body)["results"]["bindings"]:
        bag[tuple(sorted((name, _value(term)) for name, term in row.items()))] += 1
    return bag


def _value(term: dict[str, str]) -> str:
    if term["type"] == "bnode":
        return "_:"
    value = term["value"]
    with suppress(ValueError):
        return f"{float(value):.9g}"
    # Virtuoso writes a boolean as the number that it keeps.
    return {"true": "1", "false": "0"}.get(value, value)


@dataclass(frozen=True, slots=True)
class Load:
    """What a saturating client saw: answers a second, and how many requests got none."""

    per_second: float
    failures: int


def saturate(
    endpoint: str, queries: Sequence[str], folder: Path, *, seconds: int, fresh: int | None = None
) -> Load:
    """Send queries by eight connections of wrk, in turn, as fast as they are answered.

    Args:
        endpoint: where to.
        queries: what is sent, again and again.
        folder: where the script's input is written.
        seconds: how long.
        fresh: a seed, where each request is to differ from any before: the order is shuffled by it, and a
            comment with a running number ends each query.
    """
    wrk = shutil.which("wrk")
    if wrk is None:
        raise FileNotFoundError("wrk is not installed: apt-get install wrk")
    bodies = [form(query).decode() for query in queries]
    if fresh is not None:
        random.Random(fresh).shuffle(bodies)
    listed = folder / "requests.txt"
    listed.write_text("\n".join(bodies), encoding="ascii")
    command = [wrk, "-t1", "-c8", f"-d{seconds}s", "--timeout", "10s", "-s", str(_SCRIPT), endpoint]
    command += ["--", str(listed), "" if fresh is None else str(fresh)]
    told = subprocess.run(command, capture_output=True, text=True)
    if told.returncode:
        raise ChildProcessError(f"wrk: {told.stderr or told.stdout}")
    found = json.loads(told.stdout.splitlines()[-1])
    answered = found["requests"] - found["status"]
    failures = found["status"] + found["timeout"] + found["read"] + found["connect"]
    return Load(answered / found["seconds"], failures)
