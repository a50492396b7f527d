"""What a client raises where the service does not answer as it was asked to, as one tree.

ServiceError             it did not answer as it was asked to
├── Unreachable          there is no answer, or it broke off
├── Refused              the request will not do (4xx)
│   ├── NotFound         404
│   └── NotAllowed       401, 403: a token is needed, or one with another scope
├── Busy                 429, 503: after as much waiting as the client has patience for
├── TooCostly            the query takes more time or memory than the service gives to one
└── ReleaseChanged       another release is served since the first page was read
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from cmograph.errors import CmographError, Problem

__all__ = [
    "Busy",
    "NotAllowed",
    "NotFound",
    "Refused",
    "ReleaseChanged",
    "ServiceError",
    "TooCostly",
    "Unreachable",
    "refusal_of",
]

_COSTLY = ("query-timeout", "query-too-large")
"""Kinds of problem that come with 503 and that waiting does not mend: the same query would end the same."""


class ServiceError(CmographError):
    """The service did not answer as it was asked to; its problems say why, and what can be done.

    Attributes:
        http_status: the HTTP status; 0 where there was no answer.
        document: the service's problem document (RFC 9457); empty where it sent none.
    """

    title = "The service did not answer"

    def __init__(
        self,
        *problems: Problem | str,
        http_status: int = 0,
        document: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(*problems)
        self.http_status = http_status
        self.document = dict(document or {})


class Unreachable(ServiceError):
    """There is no answer, or it broke off."""

    title = "The service cannot be reached"


class Refused(ServiceError):
    """The request will not do as it is."""

    title = "The service refuses the request"


class NotFound(Refused):
    """There is no such thing, inquiry, question, format or study."""


class NotAllowed(Refused):
    """A token is needed, or one with another scope."""


class TooCostly(ServiceError):
    """The query takes more time or memory than the service gives to one."""

    title = "The query is too costly"


class ReleaseChanged(ServiceError):
    """Another release is served since the first page was read, so that the pages do not belong together."""

    title = "The release changed"


class Busy(ServiceError):
    """The service has too much to do, or this client asks too often.

    Attributes:
        retry_after: seconds after which it may be asked again, as the service says; None where it does not.
    """

    title = "The service is busy"
    retry_after: float | None = None


def refusal_of(response: httpx2.Response) -> ServiceError:
    """The error that an answer tells of."""
    status = response.status_code
    try:
        document = response.json()
        problems = [Problem(str(one["what"]), str(one["remedy"])) for one in document["problems"]]
    except (ValueError, KeyError, TypeError):
        document, problems = {}, [Problem(f"The service answered {status}.")]
    kind: type[ServiceError] = Refused if 400 <= status < 500 else ServiceError
    if status in (429, 503):
        kind = TooCostly if str(document.get("type", "")).endswith(_COSTLY) else Busy
    elif status in (401, 403):
        kind = NotAllowed
    elif status == 404:
        kind = NotFound
    refusal = kind(*problems, http_status=status, document=document)
    if isinstance(refusal, Busy):
        refusal.retry_after = _seconds(response.headers.get("Retry-After", ""))
    return refusal


def _seconds(after: str) -> float | None:
    """Retry-After in seconds: it gives a number of them, or a date (RFC 9110, section 10.2.3)."""
    if after.strip().isdecimal():
        return float(after)
    try:
        date = parsedate_to_datetime(after)
    except ValueError:
        return None
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
