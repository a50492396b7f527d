"""The audit: who asked what, when, and how it ended; never a token, never a query's text."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from cmograph.access.principal import Principal
from cmograph.errors import Problem, StoreError

__all__ = ["Audit", "digest_of"]


def digest_of(text: str) -> str:
    """The name of a query in the audit: the first 16 hexadecimal digits of its sha256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class Audit:
    """Lines of JSON in `STORE/audit.jsonl`, which only its owner can read; without a store, nothing.

    The file is opened for each line, so that it may be moved away (logrotate) at any time.
    """

    def __init__(self, store: Path | None) -> None:
        self._file = store / "audit.jsonl" if store else None

    def record(self, principal: Principal, action: str, digest: str, outcome: str | int) -> None:
        """Appends one line, whole or not at all; lines of several processes never mix.

        Args:
            principal: who.
            action: what was asked for: "query", "update", "graph", "token-add", "rollback", …
            digest: of the text (`digest_of`), a token's id, a release's number, or "".
            outcome: the HTTP status, or "done".

        Raises:
            StoreError: the line can't be written. What needs to be on record must not be done then.
        """
        if self._file is None:
            return
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "principal": principal.name,
            "action": action,
            "digest": digest,
            "outcome": str(outcome),
        }
        data = json.dumps(line).encode() + b"\n"
        try:
            handle = os.open(
                self._file,
                os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC,
                0o600,
            )
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                before = os.fstat(handle).st_size
                written = os.write(handle, data)
                if written != len(data):
                    os.ftruncate(handle, before)  # else the next line would go on from half of this one
            finally:
                os.close(handle)
        except OSError as error:
            raise self._unusable(error.strerror or "no reason given") from error
        if written != len(data):
            raise self._unusable("the disk is full")

    def _unusable(self, reason: str) -> StoreError:
        return StoreError(
            Problem(
                f"The audit can't be written: {reason}.",
                "Make room, or look at the file's permissions, and try again.",
                str(self._file),
            )
        )
