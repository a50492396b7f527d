"""The wire between the serving process and a worker: frames with a kind and a length, over a socket pair.

A request is one JSON frame. A reply is any number of chunks of the answer and then one frame that ends it:
END, or FAILURE with what went wrong as JSON. A worker that has opened its snapshot says END once, before
any request.
"""

from __future__ import annotations

import struct
from typing import TypedDict

__all__ = ["CHUNK", "END", "FAILURE", "HEADER", "REQUEST", "Failure", "Request", "frame"]

HEADER = struct.Struct("!BI")
"""The kind and the number of bytes of what follows."""

REQUEST, CHUNK, END, FAILURE = range(4)


class Request(TypedDict):
    """What a worker is asked."""

    query: str
    media_type: str
    default_graphs: list[str] | None
    named_graphs: list[str] | None


class Failure(TypedDict):
    """Why there is no answer: `syntax`, `memory`, `store` or `evaluation`, and a sentence."""

    kind: str
    message: str


def frame(kind: int, payload: bytes | bytearray) -> bytes:
    """One frame."""
    return HEADER.pack(kind, len(payload)) + payload
