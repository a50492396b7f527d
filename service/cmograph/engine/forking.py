"""A process that others are forked from: whatever it holds in memory is theirs in milliseconds.

Each message on its control socket is one JSON object and one socket, which is the new process's own. It says
END on the control socket once, when it is ready. When that closes it ends, and all its children with it.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
from collections.abc import Callable
from threading import get_native_id
from typing import NoReturn

from cmograph.engine.confine import end_with
from cmograph.engine.wire import END, FAILURE, Failure, Order, frame

__all__ = ["attend", "fail", "ready"]

_MESSAGE = 64 * 1024


def attend(control: socket.socket, begin: Callable[[Order, socket.socket], None]) -> NoReturn:
    """Fork a process for each message until the control socket closes.

    Args:
        control: where messages come from.
        begin: what the new process does for the rest of its life, given the message and its socket.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle: it ends us itself
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a child: the kernel takes it away
    gc.collect()
    gc.freeze()  # a collection in a child would touch, and so copy, every page
    control.sendall(frame(END, b""))
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, _MESSAGE, 1)
        if not message:
            os._exit(0)
        channel = socket.socket(fileno=descriptors[0])
        parent = os.getpid()
        if os.fork() == 0:
            try:
                end_with(parent)
                control.close()
                begin(json.loads(message), channel)
            finally:
                os._exit(1)
        channel.close()


def ready(channel: socket.socket) -> None:
    """Say that this thread can be asked, and which it is: its process and its own number."""
    channel.sendall(frame(END, f"{os.getpid()} {get_native_id()}".encode()))


def fail(channel: socket.socket, kind: str, message: str) -> None:
    """Say why there is no answer; see `Failure`."""
    failure: Failure = {"kind": kind, "message": message[:2000]}
    channel.sendall(frame(FAILURE, json.dumps(failure).encode()))
