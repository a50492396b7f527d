"""How things are named: in messages, shortly and by file and row; in tables, as whoever types a name sees it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

__all__ = ["Locate", "code_path", "local_name", "nowhere", "readable", "tidy"]

Locate = Callable[[str], tuple[str, int | None]]
"""The file and row where a thing, given by its IRI, is written; ("", None) where nobody knows."""


def nowhere(_: str) -> tuple[str, int | None]:
    """A `Locate` that knows no place."""
    return "", None


def readable(iri: str) -> str:
    """The part of an IRI that a person can read: the path below a study, or the local name."""
    if "/id/study/" in iri:
        return iri.split("/id/study/", 1)[1]
    if not iri.startswith("http"):
        return iri
    return local_name(iri)


def local_name(iri: str) -> str:
    """The end of an IRI, after its last `#` or `/`; the whole of one that ends in either."""
    return iri.rpartition("#")[2].rpartition("/")[2] or iri


def tidy(name: str) -> str:
    """A name as it compares, by what a person sees of it: no white space around it, accents composed (NFC)."""
    return unicodedata.normalize("NFC", name.strip())


def code_path(written: str) -> tuple[str, ...]:
    """The parts of a code's path as tables write it, joined by " > ". Each compares as a name does."""
    return tuple(tidy(part) for part in written.split(" > "))
