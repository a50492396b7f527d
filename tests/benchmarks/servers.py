"""The servers of the service benchmark: ours and its peers, on loopback, each with the same quads.

A peer that is not installed is named with what would install it. Each server lives in a process of its own
until its block ends.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from pyoxigraph import RdfFormat, Store

__all__ = ["PEERS", "Server", "dump", "serve_edition", "serve_ours"]

_START_SECONDS = 120.0
_QUIET_SECONDS, _QUIET_TICKS = 4.0, 20
_DEFAULT_GRAPH = "urn:x-benchmark:default"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its name in the table, where it takes queries, its process."""

    name: str
    endpoint: str
    pid: int


def serve_edition(store: Path, folder: Path, edition: str) -> Path:
    """A copy of a store whose open edition is the one named, so that no peer is spared a token's check.

    The copy is hard links: a release never changes.
    """
    release = folder / "releases" / "0001"
    current = store / "current"
    other = {"open": "restricted", "restricted": "open"}[edition]
    for source, target in ((edition, "open"), (other, "restricted")):
        shutil.copytree(current / source, release / target, copy_function=os.link)
    manifest = json.loads((current / "manifest.json").read_text(encoding="utf-8"))
    editions = manifest["editions"]
    editions["open"], editions["restricted"] = editions[edition], editions[other]
    (release / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "current").symlink_to(Path("releases") / release.name)
    return folder


def dump(store: Path, nquads: Path) -> int:
    """Write what a store's open edition holds as N-Quads, its default graph included; how many quads."""
    Store.read_only(str(store / "current" / "open")).dump(str(nquads), format=RdfFormat.N_QUADS)
    with nquads.open("rb") as lines:
        return sum(1 for _ in lines)


@contextmanager
def serve_ours(store: Path, limit: float, workers: int = 2, *, settled: bool = True) -> Iterator[Server]:
    """`cmograph serve`, with as many workers as a table is measured with.

    It answers from disk at once, and reads the edition into memory beside; `settled` waits until that is done.
    """
    settings = {"QUERY_TIMEOUT": f"{limit:g}", "WORKERS": str(workers), "RATE_LIMIT": "0"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CMOGRAPH_")}
    environment |= {f"CMOGRAPH_{name}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "cmograph", "serve", "--store", str(store), "--port", "0"]
    process = subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert process.stderr
        too_late = threading.Timer(_START_SECONDS, process.kill)  # ends the reading below
        too_late.start()
        try:
            line = next((line for line in process.stderr if line.startswith("Serving ")), None)
        finally:
            too_late.cancel()
        if line is None:
            raise ChildProcessError("our server did not start")
        if settled:
            _wait_until_quiet(process.pid)
        yield Server("cmograph", f"{line.split()[1]}/sparql", process.pid)
    finally:
        process.terminate()
        try:
            process.wait(15)
        finally:
            process.kill()
            process.wait()
            if process.stderr:
                process.stderr.close()


@contextmanager
def _serve_oxigraph_in_memory(nquads: Path, folder: Path, limit: float) -> Iterator[Server]:
    """In memory; without `--timeout-s`, by which each query leaves a thread asleep and a saturated server dies."""
    address = _free_address()
    command = [_program("oxigraph"), "serve", "--bind", address]
    with _running(command, folder) as process:
        _wait_for(f"http://{address}/", process)
        with nquads.open("rb") as data:
            headers = {"Content-Type": "application/n-quads", "Content-Length": str(nquads.stat().st_size)}
            request = Request(f"http://{address}/store?no_transaction", data, headers, method="POST")
            with urlopen(request, timeout=_START_SECONDS):
                pass
        yield Server("oxigraph serve, memory", f"http://{address}/query", process.pid)


@contextmanager
def _serve_oxigraph_on_disk(nquads: Path, folder: Path, limit: float) -> Iterator[Server]:
    address, program, location = _free_address(), _program("oxigraph"), str(folder / "oxigraph")
    for step in (
        [program, "load", "--location", location, "--file", str(nquads)],
        [program, "optimize", "--location", location],
    ):
        subprocess.run(step, stderr=subprocess.DEVNULL, check=True)
    command = [program, "serve", "--location", location, "--bind", address]
    with _running(command, folder) as process:
        _wait_for(f"http://{address}/", process)
        yield Server("oxigraph serve, disk", f"http://{address}/query", process.pid)


@contextmanager
def _serve_rdflib_endpoint(nquads: Path, folder: Path, limit: float) -> Iterator[Server]:
    address = _free_address()
    command = [_program("rdflib-endpoint"), "serve", str(nquads), "--host", "127.0.0.1"]
    with _running([*command, "--port", address.partition(":")[2]], folder) as process:
        _wait_for(f"http://{address}/", process)
        yield Server("rdflib-endpoint", f"http://{address}/", process.pid)


_VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = {sql}
DirsAllowed = {data}
NumberOfBuffers = 340000
MaxDirtyBuffers = 250000
ServerThreads = 20
[HTTPServer]
ServerPort = {http}
ServerThreads = 16
KeepAliveTimeout = 600
MaxKeepAlives = 20
[SPARQL]
ResultSetMaxRows = 100000000
MaxQueryExecutionTime = {limit:.0f}
"""


@contextmanager
def _serve_virtuoso(nquads: Path, folder: Path, limit: float) -> Iterator[Server]:
    """Virtuoso has no default graph of its own: ours is a named one there, and each request asks of it."""
    sql, http = _free_address(), _free_address()
    home = folder / "virtuoso"
    home.mkdir()
    (home / "virtuoso.ini").write_text(
        _VIRTUOSO.format(sql=sql, http=http, data=nquads.parent, limit=limit), encoding="utf-8"
    )
    load = (
        f"ld_dir('{nquads.parent}', '{nquads.name}', '{_DEFAULT_GRAPH}'); rdf_loader_run(); checkpoint; "
        "select concat('loaded ', cast(ll_state as varchar), coalesce(ll_error, '')) from DB.DBA.load_list;"
    )
    with _running([_program("virtuoso-t"), "+foreground", "+configfile", "virtuoso.ini"], home) as process:
        _wait_for(f"http://{http}/sparql", process)
        told = subprocess.run(
            [_program("isql-vt"), sql, "dba", "dba", f"exec={load}"],
            stdout=subprocess.PIPE, text=True, check=True,
        ).stdout  # fmt: skip
        if "loaded 2\n" not in told.replace("\r", "").replace(" \n", "\n"):
            raise ChildProcessError(f"Virtuoso did not load: {told[-500:]}")
        endpoint = f"http://{http}/sparql?default-graph-uri={_DEFAULT_GRAPH}"
        yield Server("Virtuoso", endpoint, process.pid)


PEERS: Mapping[str, Callable[[Path, Path, float], AbstractContextManager[Server]]] = {
    "oxigraph-memory": _serve_oxigraph_in_memory,
    "oxigraph-disk": _serve_oxigraph_on_disk,
    "virtuoso": _serve_virtuoso,
    "rdflib-endpoint": _serve_rdflib_endpoint,
}
"""Each peer, by the name that the command line takes: N-Quads, a folder of its own, seconds a query may take."""

_INSTALL = {
    "oxigraph": "pip install 'cmograph[bench]'",
    "rdflib-endpoint": "pip install 'cmograph[bench]'",
    "virtuoso-t": "apt-get install virtuoso-opensource-7-bin",
    "isql-vt": "apt-get install virtuoso-opensource-7-bin",
}


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        raise FileNotFoundError(f"{name} is not installed: {_INSTALL[name]}")
    return found


def _free_address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return f"127.0.0.1:{probe.getsockname()[1]}"


@contextmanager
def _running(command: Sequence[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    folder.mkdir(exist_ok=True)
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _wait_until_quiet(session: int) -> None:
    """Wait until the processes of a session have used hardly any processor for a while."""
    give_up = time.monotonic() + _START_SECONDS
    used, since = -1, time.monotonic()
    while time.monotonic() < give_up:
        now = sum(_ticks(session))
        if used < 0 or now - used > _QUIET_TICKS:
            used, since = now, time.monotonic()
        elif time.monotonic() - since > _QUIET_SECONDS:
            return
        time.sleep(0.1)
    raise TimeoutError("our server does not come to rest")


def _ticks(session: int) -> Iterator[int]:
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            fields = status.read_text().rpartition(")")[2].split()
            if int(fields[3]) == session:
                yield int(fields[11]) + int(fields[12])


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + _START_SECONDS
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise ChildProcessError(f"{process.args!r} ended before it answered")
        try:
            with urlopen(address, timeout=5):
                return
        except (URLError, OSError) as error:
            if hasattr(error, "code"):
                return  # whatever the status, it answers
            time.sleep(0.1)
    raise TimeoutError(f"{process.args!r} did not answer")
