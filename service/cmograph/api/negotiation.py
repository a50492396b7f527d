"""Which format a client would have: `Accept` (RFC 9110, section 12.5.1), after `format` in the URL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from starlette.exceptions import HTTPException

from cmograph.engine.formats import Format, format_named

__all__ = ["Chosen", "choose", "format_parameter"]

_MAXIMUM_HEADER = 4096  # a longer Accept is no client's; it is read as far as this
_HEADERS = 256  # clients of one kind send the same: as many are remembered


@dataclass(frozen=True, slots=True)
class Chosen:
    """A format, and the media type by which this client asked for it."""

    format: Format
    media_type: str

    @property
    def content_type(self) -> str:
        """What `Content-Type` says."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


def choose(accept: str | None, offered: Sequence[Format], named: str | None = None) -> Chosen:
    """The offered format that the client would rather have.

    The highest quality wins; among equals what is named more exactly, so that `text/csv, */*` means CSV;
    then the order of what is offered.

    Args:
        accept: the `Accept` header; None or empty accepts everything.
        offered: what there is, the best first.
        named: the value of `format` in the URL.

    Raises:
        UnknownName: there is no format of that name here.
        HTTPException: 406, with what there is.
    """
    if named:
        format = format_named(named, tuple(offered))
        return Chosen(format, format.media_type)
    return _choose((accept or "*/*")[:_MAXIMUM_HEADER], tuple(offered))


def format_parameter(offered: Sequence[Format], more: str = "") -> dict[str, Any]:
    """How `format` is documented.

    Args:
        offered: the formats that it names.
        more: what else there is to say of them.
    """
    return {
        "name": "format",
        "in": "query",
        "required": False,
        "description": f"The format, in place of `Accept`.{more}",
        "schema": {"type": "string", "enum": [format.name for format in offered]},
    }


@lru_cache(_HEADERS)
def _choose(accept: str, offered: tuple[Format, ...]) -> Chosen:
    ranges = _ranges(accept)
    best: tuple[float, int, int] | None = None
    chosen = None
    for order, format in enumerate(offered):
        for place, media_type in enumerate((format.media_type, *format.aliases)):
            quality, exactness = _match(media_type, ranges)
            # An alias is offered only where it is asked for by its own name.
            if quality <= 0 or (place and exactness < 2):
                continue
            rank = (quality, exactness, -(order * 10 + place))
            if best is None or rank > best:
                best, chosen = rank, Chosen(format, media_type)
    if chosen is None:
        there_is = ", ".join(format.media_type for format in offered)
        raise HTTPException(406, f"This comes as {there_is}; none of these is accepted.")
    return chosen


_Range = tuple[str, str, float]


def _ranges(accept: str) -> list[_Range]:
    ranges: list[_Range] = []
    for part in accept.split(","):
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        kind, slash, subtype = media_range.partition("/")
        if media_range == "*":  # Java's URLConnection sends it
            kind, slash, subtype = "*", "/", "*"
        if slash and kind and subtype:
            ranges.append((kind, subtype, _quality(parameters)))
    return ranges


def _quality(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                quality = float(value)
            except ValueError:
                return 0.0
            return quality if 0 <= quality <= 1 else 0.0
    return 1.0


def _match(media_type: str, ranges: Sequence[_Range]) -> tuple[float, int]:
    """The quality of the most exact range that matches; and 2 for type/subtype, 1 for type/*, 0 for */*."""
    kind, _, subtype = media_type.partition("/")
    found = (0.0, -1)
    for range_kind, range_subtype, quality in ranges:
        if (range_kind, range_subtype) == (kind, subtype):
            exactness = 2
        elif range_kind == kind and range_subtype == "*":
            exactness = 1
        elif range_kind == "*" and range_subtype == "*":
            exactness = 0
        else:
            continue
        if exactness > found[1]:
            found = (quality, exactness)
    return found
