"""What an analyst is asked, and what it replies: both as they cross the wire."""

from __future__ import annotations

import json
import pickle
import struct
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass
from typing import Any, Protocol, cast

from cmograph import errors
from cmograph.analysis.reading import Reading
from cmograph.errors import CmographError, Problem

__all__ = ["Reply", "Task", "pack", "pack_error", "pack_task", "unpack", "unpack_task"]

_LENGTH = struct.Struct("!I")
_ERROR = "error"


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a task.

    Attributes:
        about: what is to be known of the body: what JSON can hold.
        body: what was made.
    """

    about: Mapping[str, Any]
    body: bytes


class Task(Protocol):
    """Something to be done with an edition: a dataclass of plain values."""

    async def run(self, reading: Reading) -> Reply:
        """Do it.

        Raises:
            CmographError: it cannot be done; whoever asked is told.
        """


def pack_task(task: Task) -> bytes:
    """A task, as it is sent."""
    return pickle.dumps(task)


def unpack_task(data: bytes) -> Task:
    """A task, as it was sent by the process that serves: by nobody else, or pickle would be the wrong means."""
    return cast(Task, pickle.loads(data))  # noqa: S301 - our own process made it


def pack(reply: Reply) -> tuple[bytes, bytes]:
    """A reply, as it is sent: what comes before its body, and that."""
    about = json.dumps(reply.about).encode()
    return _LENGTH.pack(len(about)) + about, reply.body


def pack_error(error: CmographError) -> tuple[bytes, bytes]:
    """An error, as it is sent in place of a reply."""
    told = {"kind": type(error).__name__, "problems": [astuple(problem) for problem in error.problems]}
    return pack(Reply({_ERROR: told}, b""))


def unpack(data: bytes) -> Reply:
    """A reply, as it was sent.

    Raises:
        CmographError: what was sent in its place.
    """
    end = _LENGTH.size + _LENGTH.unpack_from(data)[0]
    about = json.loads(data[_LENGTH.size : end])
    if (told := about.get(_ERROR)) is not None:
        raise _KINDS[told["kind"]](*(Problem(*problem) for problem in told["problems"]))
    return Reply(about, data[end:])


def _kinds() -> Mapping[str, Callable[..., CmographError]]:
    found = {name: getattr(errors, name) for name in errors.__all__}
    return {
        name: one for name, one in found.items() if isinstance(one, type) and issubclass(one, CmographError)
    }


_KINDS = _kinds()
