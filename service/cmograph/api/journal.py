"""The journal: a line of JSON for a request, on standard error, by which an operator finds it again.

It names no query, no address and no value of a parameter: any of these may hold a person's words.
"""

from __future__ import annotations

import itertools
import json
import logging
import re
import secrets
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

__all__ = ["REQUEST_ID", "Journal", "keep_journal", "request_id"]

REQUEST_ID = b"x-request-id"
_SOUND = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_PROCESS = secrets.token_hex(4).encode()
_NUMBERS = itertools.count(1)
_SLOW_SECONDS = 1.0
_LOG = logging.getLogger("cmograph.requests")


def request_id(sent: bytes | None) -> bytes:
    """The id of a request: the one that a client or a proxy gave it, if it is sound, else a new one."""
    return sent if sent and _SOUND.fullmatch(sent) else b"%s-%x" % (_PROCESS, next(_NUMBERS))


class Journal:
    """Notes requests: all of them, or those that failed, wrote or took long."""

    def __init__(self, every: bool) -> None:
        self._every = every

    def note(self, id: bytes, principal: str, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        # A query by POST is answered with 200; what is written, with what it made or with nothing.
        wrote = method not in ("GET", "HEAD", "POST", "OPTIONS") or (
            method == "POST" and status in (201, 204)
        )
        if not (self._every or wrote or status >= 500 or seconds >= _SLOW_SECONDS):
            return
        line = {
            "id": id.decode(),
            "principal": principal,
            "method": method,
            "route": route,
            "status": status,
            "milliseconds": round(seconds * 1000, 1),
        }
        _LOG.log(logging.ERROR if status >= 500 else logging.INFO, line)


class _Lines(logging.Formatter):
    """A line of JSON for a record, whatever part of the service noted it."""

    def format(self, record: logging.LogRecord) -> str:
        said = record.msg if isinstance(record.msg, dict) else {"message": record.getMessage()}
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fault = _fault(record.exc_info[1]) if record.exc_info and record.exc_info[1] else {}
        return json.dumps({"time": when, "level": record.levelname.lower(), **said, **fault})


def _fault(error: BaseException) -> dict[str, object]:
    """What went wrong, and where in our code; not its message, which may quote what was sent."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "fault": type(error).__name__,
        "at": [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames],
    }


def keep_journal() -> None:
    """Write what the service notes to standard error, as lines of JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines())
    log = logging.getLogger("cmograph")
    log.handlers = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False
