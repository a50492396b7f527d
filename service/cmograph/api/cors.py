"""Which other sites' pages may ask (the Fetch Standard's CORS protocol): none, unless settings name them."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

__all__ = ["with_cors"]

_READ = ("GET", "HEAD", "POST")
_SHOWN = (
    "ETag",
    "Link",
    "Location",
    "Retry-After",
    "X-Cmograph-Notice",
    "X-Cmograph-Release",
    "X-Request-ID",
)
_ANY_SECONDS = 600


def with_cors(inside: ASGIApp, origins: Sequence[str]) -> ASGIApp:
    """The application, open to pages of these origins; `*` opens it to any page, but to no token."""
    if not origins:
        return inside
    anyone = "*" in origins
    return CORSMiddleware(
        inside,
        allow_origins=["*"] if anyone else list(origins),
        allow_methods=_READ if anyone else (*_READ, "PUT", "DELETE"),
        allow_headers=("Accept", "Content-Type", "If-None-Match")
        if anyone
        else ("Accept", "Authorization", "Content-Type", "If-None-Match"),
        expose_headers=_SHOWN,
        max_age=_ANY_SECONDS,
    )
