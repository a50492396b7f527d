"""The wire between the serving process and a worker: frames with a kind and a length, over a socket pair.

A request is one JSON frame. A reply is any number of chunks of the answer and then one frame that ends it:
END, or FAILURE with what went wrong as JSON. A worker that has its data says END once, before any request,
with its process and thread id.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:  # a worker starts without it
    from cmograph.engine.guard import Query

__all__ = [
    "CHUNK",
    "END",
    "FAILURE",
    "HEADER",
    "REQUEST",
    "Failure",
    "Order",
    "Request",
    "frame",
    "request_of",
]

HEADER = struct.Struct("!BI")
"""The kind and the number of bytes of what follows."""

REQUEST, CHUNK, END, FAILURE = range(4)


class Order(TypedDict):
    """What a process that forks is asked for, in one message, together with the socket of the new process.

    `kind` is `worker`, or `nursery` for one that holds the snapshot in memory. A worker of such a one takes
    what that holds, whatever the snapshot; so does an `analyst`. A `keeper` reads the snapshot's casebook.
    `snapshot` is its path, `described` the rest of it: release, edition, digest, quads. `memory`: bytes that
    it may take beyond.
    """

    kind: str
    snapshot: str | None
    described: tuple[str, str, str, int]
    memory: int


class Request(TypedDict):
    """What a worker is asked."""

    query: str
    media_type: str
    base: str | None
    default_graphs: list[str] | None
    named_graphs: list[str] | None


def request_of(query: Query, media_type: str) -> Request:
    """How a worker is asked a query."""
    scoped = bool(query.default_graphs or query.named_graphs)
    return {
        "query": query.text,
        "media_type": media_type,
        "base": query.base or None,
        "default_graphs": list(query.default_graphs) if scoped else None,
        "named_graphs": list(query.named_graphs) if scoped else None,
    }


class Failure(TypedDict):
    """Why there is no answer: `syntax`, `memory`, `store` or `evaluation`, and a sentence."""

    kind: str
    message: str


def frame(kind: int, payload: bytes | bytearray) -> bytes:
    """One frame."""
    return HEADER.pack(kind, len(payload)) + payload
