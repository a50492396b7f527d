"""What a worker does: one store, one thread, one query at a time, until its socket closes.

A result never leaves the thread that made it (Oxigraph aborts the process otherwise): it is serialised here.
"""

from __future__ import annotations

import json
import socket
from typing import Protocol

from pyoxigraph import NamedNode, QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat, Store

from cmograph.engine.forking import fail
from cmograph.engine.wire import CHUNK, END, HEADER, Request, frame

__all__ = ["FrameWriter", "answer", "evaluate", "open_snapshot", "receive"]

_CHUNK_BYTES = 64 * 1024


class Output(Protocol):
    """What the engine serialises into."""

    def write(self, data: bytes, /) -> int:
        """Take more."""

    def flush(self) -> None:
        """Hold nothing back."""


class FrameWriter:
    """What an answer is written into: whole chunks go out, the last goes together with the end."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._pending = bytearray()

    def write(self, data: bytes) -> int:
        """Take more."""
        self._pending += data
        if len(self._pending) >= _CHUNK_BYTES:
            self._channel.sendall(frame(CHUNK, self._pending))
            self._pending.clear()
        return len(data)

    def flush(self) -> None:
        """Nothing to do: `write` sends what is worth sending."""

    def end(self) -> None:
        """Say that this is all."""
        self._channel.sendall(frame(CHUNK, self._pending) + frame(END, b""))


def open_snapshot(path: str | None) -> Store:
    """A snapshot on disk, to be read only; an empty store where there is none.

    Raises:
        OSError: it is not there, or not a store.
    """
    return Store() if path is None else Store.read_only(path)


def answer(channel: socket.socket, store: Store) -> None:
    """Answer what the other side asks of a store, until it closes."""
    while (received := receive(channel)) is not None:
        _answer(channel, store, json.loads(received))


def receive(channel: socket.socket) -> bytes | None:
    """The payload of the next frame, which is all that is sent until it is answered; None when the other side has closed."""
    data = bytearray()
    while len(data) < HEADER.size or len(data) < HEADER.size + HEADER.unpack_from(data)[1]:
        part = channel.recv(_CHUNK_BYTES)
        if not part:
            return None
        data += part
    return bytes(data[HEADER.size :])


def evaluate(store: Store, request: Request, output: Output) -> None:
    """Write the answer to a query.

    Raises:
        SyntaxError: it is not SPARQL.
        Exception: whatever else the engine raises.
    """
    default, named = request["default_graphs"], request["named_graphs"]
    # Both or neither: with only one of the two, Oxigraph lets the other graphs through.
    result = store.query(
        request["query"],
        base_iri=request["base"],
        default_graph=None if default is None else [NamedNode(iri) for iri in default],
        named_graphs=None if named is None else [NamedNode(iri) for iri in named],
    )
    if isinstance(result, QuerySolutions | QueryBoolean):
        results_format = QueryResultsFormat.from_media_type(request["media_type"])
        result.serialize(output, format=results_format)  # type: ignore[arg-type]
    else:
        graph_format = RdfFormat.from_media_type(request["media_type"])
        result.serialize(output, format=graph_format)  # type: ignore[arg-type]


def _answer(channel: socket.socket, store: Store, request: Request) -> None:
    writer = FrameWriter(channel)
    try:
        evaluate(store, request, writer)
    except (BrokenPipeError, ConnectionResetError):
        raise SystemExit from None  # nobody listens any more
    except SyntaxError as error:
        fail(channel, "syntax", str(error))
    except MemoryError:
        fail(channel, "memory", "the worker's memory limit was reached")
    except (
        Exception
    ) as error:  # whatever the engine raises, the other side is told and the next query answered
        fail(channel, "evaluation", str(error))
    else:
        writer.end()
