"""A response goes out in one piece: uvicorn writes its head and its body apart.

Two writes are two calls of the system, two packets, and a client that is woken twice; for a look-up that is as
much as its guard. So what is written within one turn of the event loop goes out together.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["CorkedProtocol"]

_AT_MOST = 64 * 1024
"""Bytes that wait: as many as an event loop's transport takes before it tells its protocol to pause."""


class CorkedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1, on a transport that gathers."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio: a client has come."""
        corked = _Corked(cast(asyncio.Transport, transport))  # uvloop's own is no subclass of it
        super().connection_made(cast(asyncio.Transport, corked))


class _Corked:
    """A transport that holds what is written until the loop's next turn."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._held: list[bytes] = []
        self._bytes = 0

    def write(self, data: bytes) -> None:
        """Take it, to go out in a moment."""
        if not self._held:
            self._loop.call_soon(self._flush)
        self._held.append(data)
        self._bytes += len(data)
        # The transport must know, so that who writes on and on can be told to wait.
        if self._bytes > _AT_MOST:
            self._flush()

    def close(self) -> None:
        """Let what is held go out, and close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        held, self._held, self._bytes = self._held, [], 0
        if held and not self._transport.is_closing():
            self._transport.writelines(held)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
