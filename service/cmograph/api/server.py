"""Serve the application: uvicorn, with one line said when it is ready."""

from __future__ import annotations

import gc
import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from cmograph.api.app import create_app
from cmograph.api.corking import CorkedProtocol
from cmograph.api.journal import keep_journal
from cmograph.engine.local import open_backend
from cmograph.errors import Problem, StoreError
from cmograph.settings import Settings

__all__ = ["serve"]

_ALLOCATIONS = 20_000
"""Objects made from one look for garbage to the next."""


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, announce: Callable[[str], None]) -> None:
        super().__init__(config)
        self._announce = announce

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        # uvicorn's own would raise the signal again once it has stopped, so that a stop in good order looked
        # like a death by signal.
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self._announce(f"http://{f'[{host}]' if ':' in host else host}:{port}")


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until a signal asks to stop; then let what runs end.

    Args:
        settings: the service's settings.
        announce: told the address, once, as soon as requests are answered there.

    Raises:
        StoreError: the store's current release cannot be opened, or the address is taken.
    """
    keep_journal()
    with open_backend(settings.store):
        pass  # a store that cannot be opened says so here, and not in the traceback of a failed start
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        http=CorkedProtocol,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=int(settings.query_timeout) + 1,
    )
    server = _Server(config, announce)
    # What is loaded by now stays: looking through it for garbage again and again costs a tenth of the time.
    thresholds = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS)
    try:
        server.run()
    except SystemExit as error:  # uvicorn's way to say that it cannot listen
        raise StoreError(
            Problem(f"The service cannot listen on {settings.host}:{settings.port}.", "Choose another port.")
        ) from error
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
