"""The process that answers: one snapshot, one thread, one query at a time, until its socket closes.

    python -m cmograph.engine.worker SOCKET_FD MEMORY_LIMIT [SNAPSHOT]

It imports the engine and little else, so that a new one answers within a fraction of a second of the old
one being killed. A result never leaves the thread that made it (Oxigraph aborts the process otherwise): it
is serialised here.
"""

from __future__ import annotations

import json
import socket
import sys

from pyoxigraph import NamedNode, QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat, Store

from cmograph.engine.confine import confine
from cmograph.engine.wire import CHUNK, END, FAILURE, HEADER, Failure, Request, frame

__all__ = ["main"]

_CHUNK_BYTES = 64 * 1024


class _Writer:
    """What the engine serialises into: whole chunks go out, the last goes together with the end."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._pending = bytearray()

    def write(self, data: bytes) -> int:
        self._pending += data
        if len(self._pending) >= _CHUNK_BYTES:
            self._channel.sendall(frame(CHUNK, self._pending))
            self._pending.clear()
        return len(data)

    def flush(self) -> None:
        """Nothing to do: `write` sends what is worth sending."""

    def end(self) -> None:
        self._channel.sendall(frame(CHUNK, self._pending) + frame(END, b""))


def main(arguments: list[str]) -> None:
    """Open the snapshot and answer until the other side closes."""
    descriptor, memory_limit, *snapshot = arguments
    channel = socket.socket(fileno=int(descriptor))
    confine(int(memory_limit))
    try:
        store = Store.read_only(snapshot[0]) if snapshot else Store()
    except OSError as error:
        _fail(channel, "store", str(error))
        return
    channel.sendall(frame(END, b""))
    while request := _receive(channel):
        _answer(channel, store, request)


def _receive(channel: socket.socket) -> Request | None:
    header = _exactly(channel, HEADER.size)
    if not header:
        return None
    request: Request = json.loads(_exactly(channel, HEADER.unpack(header)[1]))
    return request


def _exactly(channel: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        part = channel.recv(count - len(data))
        if not part:
            return b""
        data += part
    return bytes(data)


def _answer(channel: socket.socket, store: Store, request: Request) -> None:
    writer = _Writer(channel)
    default, named = request["default_graphs"], request["named_graphs"]
    try:
        # Both or neither: with only one of the two, Oxigraph lets the other graphs through.
        result = store.query(
            request["query"],
            default_graph=None if default is None else [NamedNode(iri) for iri in default],
            named_graphs=None if named is None else [NamedNode(iri) for iri in named],
        )
        if isinstance(result, QuerySolutions | QueryBoolean):
            results_format = QueryResultsFormat.from_media_type(request["media_type"])
            result.serialize(writer, format=results_format)  # type: ignore[arg-type]
        else:
            graph_format = RdfFormat.from_media_type(request["media_type"])
            result.serialize(writer, format=graph_format)  # type: ignore[arg-type]
    except (BrokenPipeError, ConnectionResetError):
        raise SystemExit from None  # nobody listens any more
    except SyntaxError as error:
        _fail(channel, "syntax", str(error))
    except MemoryError:
        _fail(channel, "memory", "the worker's memory limit was reached")
    except (
        Exception
    ) as error:  # whatever the engine raises, the other side is told and the next query answered
        _fail(channel, "evaluation", str(error))
    else:
        writer.end()


def _fail(channel: socket.socket, kind: str, message: str) -> None:
    failure: Failure = {"kind": kind, "message": message[:2000]}
    channel.sendall(frame(FAILURE, json.dumps(failure).encode()))


if __name__ == "__main__":
    main(sys.argv[1:])
