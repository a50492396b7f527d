"""ETag and 304: what is served changes only when the release does. And answers that are given again.

An ETag names the release, the edition, our version and the format: the representation of one URL that this
client would get now (RFC 9110, section 8.8.3).
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from sys import getsizeof

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from cmograph import __version__
from cmograph.engine.editions import Snapshot
from cmograph.engine.formats import Format

__all__ = ["AnswerCache", "Given", "Key", "as_sent", "entity_tag", "is_fresh", "validators"]

_LARGEST_SHARE = 64
"""An answer may have the 64th part of the cache: one large one must not drive out all that is asked often."""
_VALIDATORS = (b"etag", b"cache-control", b"vary")
_EACH = 640
"""Bytes that an answer takes beside its text: its headers, and the objects that hold it and what was asked."""

Key = tuple[str | bytes, ...]
"""What an answer rests on, all of it."""


def entity_tag(snapshot: Snapshot, format: Format, asked: str = "") -> str:
    """The ETag of anything that is drawn from a snapshot, in a format.

    Args:
        snapshot: the release and the edition.
        format: of the representation.
        asked: the URL, where one that nothing answers may look like one that something does: whoever holds
            its tag has been answered.
    """
    of = f"-{hashlib.sha256(asked.encode()).hexdigest()[:12]}" if asked else ""
    return f'"{snapshot.tag}-{__version__}-{format.media_type.partition("/")[2]}{of}"'


def validators(tag: str) -> dict[str, str]:
    """The headers of a response that may be kept, and must be asked about before it is used again."""
    return {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept"}


def is_fresh(request: Request, tag: str, answered: bool = True) -> bool:
    """Whether the client holds just this representation (RFC 9110, section 13.1.2: weak comparison).

    Args:
        request: with what the client holds.
        tag: of the representation.
        answered: whether it is sure that there is one, of which `*` is no proof.
    """
    if request.method not in ("GET", "HEAD"):
        return False
    held = [known.strip().removeprefix("W/") for known in request.headers.get("if-none-match", "").split(",")]
    return tag in held or (answered and held == ["*"])


def as_sent(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as they go over the wire (ASGI, HTTP connection scope)."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it is given, and may be given again: its headers as they go over the wire, and its body."""

    headers: list[tuple[bytes, bytes]]
    body: bytes

    @property
    def tag(self) -> bytes | None:
        """Its ETag; None where another answer may differ though the data does not."""
        return next((value for name, value in self.headers if name == b"etag"), None)

    def is_of(self, snapshot: str) -> bool:
        """Whether it is drawn from the snapshot that has this tag, and may be given again."""
        return (self.tag or b"").startswith(f'"{snapshot}-'.encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI: give it, or say that the client has it."""
        del receive
        fresh = scope["method"] != "POST" and self._is_held(scope["headers"])
        status, body = (304, b"") if fresh else (200, self.body)
        headers = [pair for pair in self.headers if pair[0] in _VALIDATORS] if fresh else self.headers
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _is_held(self, headers: list[tuple[bytes, bytes]]) -> bool:
        for name, held in headers:
            if name == b"if-none-match" and (tag := self.tag):
                return tag in held or held == b"*"
        return False


class AnswerCache:
    """Whole answers by what was asked, over which release and edition, in which format: least used go first."""

    def __init__(self, capacity: int) -> None:
        """An empty cache for so many bytes, of answers and of what was asked."""
        self._capacity = capacity
        self._size = 0
        self._kept: OrderedDict[Key, Given] = OrderedDict()
        self.hits = 0
        self.misses = 0

    def get(self, key: Key) -> Given | None:
        """What was answered."""
        kept = self._kept.get(key)
        if kept is None:
            self.misses += 1
            return None
        self._kept.move_to_end(key)
        self.hits += 1
        return kept

    def put(self, key: Key, answer: Given) -> None:
        """Keep an answer, if it is not too large."""
        size = _size(key, answer)
        if size > self._capacity // _LARGEST_SHARE or key in self._kept:
            return
        self._kept[key] = answer
        self._size += size
        while self._size > self._capacity:
            self._size -= _size(*self._kept.popitem(last=False))


def _size(key: Key, answer: Given) -> int:
    """About how much memory an answer takes, in bytes: a long query with a short answer counts as a long one."""
    return sum(map(getsizeof, key)) + len(answer.body) + _EACH
