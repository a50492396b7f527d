"""A response that is given out piece by piece, at the pace of whoever takes it."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from cmograph.engine.spool import Spool

__all__ = ["SpooledResponse"]


class SpooledResponse(Response):
    """A whole answer, of a length that is told beside its other headers."""

    def __init__(self, spool: Spool, headers: Iterable[tuple[bytes, bytes]]) -> None:
        super().__init__()
        self.raw_headers = [*headers, (b"content-length", b"%d" % spool.size)]
        self._spool = spool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        del receive
        try:
            await send(
                {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            )
            if scope["method"] != "HEAD":
                for piece in self._spool.pieces():
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            self._spool.close()
