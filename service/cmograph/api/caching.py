"""ETag and 304: what is served changes only when the release does.

An ETag names the release, the edition, our version and the format: the representation of one URL that this
client would get now (RFC 9110, section 8.8.3).
"""

from __future__ import annotations

from starlette.requests import Request

from cmograph import __version__
from cmograph.engine.editions import Snapshot
from cmograph.engine.formats import Format

__all__ = ["entity_tag", "is_fresh", "validators"]


def entity_tag(snapshot: Snapshot, format: Format) -> str:
    """The ETag of anything that is drawn from a snapshot, in a format."""
    return f'"{snapshot.tag}-{__version__}-{format.media_type.partition("/")[2]}"'


def validators(tag: str) -> dict[str, str]:
    """The headers of a response that may be kept, and must be asked about before it is used again."""
    return {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept"}


def is_fresh(request: Request, tag: str) -> bool:
    """Whether the client holds just this representation (RFC 9110, section 13.1.2: weak comparison)."""
    if request.method not in ("GET", "HEAD"):
        return False
    held = [known.strip().removeprefix("W/") for known in request.headers.get("if-none-match", "").split(",")]
    return tag in held or held == ["*"]
