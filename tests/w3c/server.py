"""The endpoint under test: a server of our own on loopback, or the one that `CMOGRAPH_CONFORMANCE` names."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from pyoxigraph import DefaultGraph, Quad

from tests.w3c.manifests import Sources, dataset

__all__ = ["ELSEWHERE", "Endpoint", "Reply", "endpoint"]

ELSEWHERE = os.environ.get("CMOGRAPH_CONFORMANCE", "")
"""`URL-of-sparql,URL-of-graphs[,TOKEN]` of another endpoint, all of whose data the tests delete."""

_PATIENCE = 60  # seconds for the server to start, and for an answer: a hang is a failure, not a wait


@dataclass(frozen=True)
class Reply:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """Its media type."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def __str__(self) -> str:
        return f"{self.status} {self.kind}: {self.body[:2000].decode('utf-8', 'replace')}"


@dataclass
class Endpoint:
    """A SPARQL endpoint, its Graph Store, and what was last loaded into them."""

    sparql: str
    graphs: str
    token: str = ""
    _loaded: Sources | None = field(default=None, init=False)

    def send(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Reply:
        """Send a request with exactly these headers, apart from Host, Authorization and Content-Length."""
        target = urlsplit(url)
        assert target.hostname
        connection = HTTPConnection(target.hostname, target.port, timeout=_PATIENCE)
        try:
            path = (target.path or "/") + (f"?{target.query}" if target.query else "")
            connection.putrequest(method, path, skip_accept_encoding=True)
            sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
            if body is not None or method in ("POST", "PUT"):
                sent["Content-Length"] = str(len(body or b""))
            for name, value in {**(headers or {}), **sent}.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            fields = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, fields, response.read())
        finally:
            connection.close()

    def query(self, text: str, accept: str) -> Reply:
        """Send a query."""
        headers = {"Content-Type": "application/sparql-query", "Accept": accept}
        return self.send("POST", self.sparql, headers, text.encode("utf-8"))

    def update(self, text: str) -> Reply:
        """Send an update; what is loaded afterwards is anybody's guess."""
        self.forget()
        headers = {"Content-Type": "application/sparql-update"}
        return self.send("POST", self.sparql, headers, text.encode("utf-8"))

    def forget(self) -> None:
        """Let the next `load` load, whatever is there."""
        self._loaded = None

    def load(self, data: Sources) -> None:
        """Make the dataset exactly this: one update, none where it is what was loaded last."""
        if data == self._loaded:
            return
        reply = self.update("DROP ALL ;\n" + _insertion(data) if data else "DROP ALL")
        assert 200 <= reply.status < 300, f"the data could not be loaded: {reply}"
        self._loaded = data


@contextmanager
def endpoint(folder: Path) -> Iterator[Endpoint]:
    """The endpoint that the environment names, or a server of our own over an empty store in a folder."""
    if ELSEWHERE:
        yield Endpoint(*ELSEWHERE.split(","))
        return
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CMOGRAPH_")}
    command, store = [sys.executable, "-m", "cmograph"], ["--store", str(folder / "store")]
    added = subprocess.run(
        [*command, "token", "add", "--scope", "write", *store],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert added.returncode == 0, f"no token could be made: {added.stderr}"
    log = folder / "server.log"
    with log.open("wb") as messages:
        process = subprocess.Popen(
            [*command, "serve", *store, "--port", "0"], env=environment, stdout=messages, stderr=messages
        )
    try:
        address = _address(process, log)
        yield Endpoint(f"{address}/sparql", f"{address}/graphs", added.stdout.strip())
        process.terminate()
        assert process.wait(_PATIENCE) == 0, log.read_text(encoding="utf-8")
    finally:
        process.kill()
        process.wait()


def _insertion(data: Sources) -> str:
    """An update that inserts files into their graphs."""
    blocks: dict[str, list[str]] = {}
    for quad in dataset(data):
        block = blocks.setdefault(
            "" if isinstance(quad.graph_name, DefaultGraph) else f"GRAPH {quad.graph_name}", []
        )
        block.append(f"{Quad(quad.subject, quad.predicate, quad.object)} .")
    inside = [f"{graph} {{ {_lines(block)} }}" if graph else _lines(block) for graph, block in blocks.items()]
    return f"INSERT DATA {{ {_lines(inside)} }}"


def _lines(lines: list[str]) -> str:
    return "\n".join(lines)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(_PATIENCE * 20):
        found = re.search(r"^Serving (http://\S+) ", log.read_text(encoding="utf-8"), re.MULTILINE)
        if found:
            return found[1]
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"the server did not start: {log.read_text(encoding='utf-8')}")
