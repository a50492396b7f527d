"""A page of a list: `limit` and `offset`, and the `Link` header that leads on (RFC 8288)."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar
from urllib.parse import urlencode

from fastapi import Request

from cmograph.errors import InputError, Problem

__all__ = ["OPENAPI_PARAMETERS", "Page"]

_Item = TypeVar("_Item")

_USUAL, _MOST = 100, 1000
_DIGITS = 12

OPENAPI_PARAMETERS: list[dict[str, Any]] = [
    {
        "name": "limit",
        "in": "query",
        "required": False,
        "description": "How many items at most; the `Link` header leads to the next.",
        "schema": {"type": "integer", "minimum": 1, "maximum": _MOST, "default": _USUAL},
    },
    {
        "name": "offset",
        "in": "query",
        "required": False,
        "description": "How many items to pass over.",
        "schema": {"type": "integer", "minimum": 0, "default": 0},
    },
]


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is asked for."""

    limit: int
    offset: int

    @classmethod
    def of(cls, request: Request) -> Self:
        """What the URL says.

        Raises:
            InputError: it is no number, or out of range.
        """
        limit = _number(request.query_params.get("limit"), "limit", _USUAL, 1, _MOST)
        return cls(limit, _number(request.query_params.get("offset"), "offset", 0, 0, 10**9))

    def of_all(self, items: Sequence[_Item]) -> list[_Item]:
        """The items of this page."""
        return list(items[self.offset : self.offset + self.limit])

    def add_links(self, headers: MutableMapping[str, str], request: Request, total: int) -> None:
        """Add to `Link` where the first, previous, next and last pages are; nothing where there is one page."""
        last = max(0, (total - 1) // self.limit * self.limit)
        pages = {
            "first": 0 if self.offset else None,
            "prev": min(max(0, self.offset - self.limit), last) if self.offset else None,
            "next": self.offset + self.limit if self.offset + self.limit < total else None,
            "last": last if total > self.limit else None,
        }
        given = [item for item in request.query_params.multi_items() if item[0] not in ("limit", "offset")]
        links = [headers["Link"]] if "Link" in headers else []
        for relation, offset in pages.items():
            if offset is not None:
                query = urlencode([*given, ("limit", self.limit), ("offset", offset)])
                links.append(f'<{request.url.path}?{query}>; rel="{relation}"')
        if links:
            headers["Link"] = ", ".join(links)


def _number(text: str | None, name: str, usual: int, least: int, most: int) -> int:
    if text is None or not (digits := text.strip()):
        return usual
    if not digits.isdecimal() or len(digits) > _DIGITS or not least <= int(digits) <= most:
        raise InputError(
            Problem(f"{name}: {text[:40]!r} does not do.", f"Give a number from {least} to {most}.")
        )
    return int(digits)
