"""Coded interviews, whatever tool wrote them: the one thing every reader makes.

A corpus is read once from a coded file and never changed. What is small and belongs to the whole
(codes, coders, cases) is held; sources are yielded one at a time, so that memory does not grow with
their number. Every position is in code points of the text as we keep it: LF newlines, no byte order mark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cmograph.readers.report import ReadReport

__all__ = [
    "Case",
    "Code",
    "Coder",
    "Coding",
    "Corpus",
    "Link",
    "Memo",
    "Original",
    "Source",
    "Span",
    "Verification",
]


class Verification(Enum):
    """How sure we are that a coding's quote is what its coder marked."""

    EXACT = "exact"
    """The file stores the quote, and it is what stands at the position."""
    EXACT_BY_CONSTRUCTION = "exact_by_construction"
    """Every unit an offset could count gives the same position (ASCII text, LF newlines)."""
    RELOCATED = "relocated"
    """The stored quote was not at the position but stands at one other place, where we point now."""
    INFERRED = "inferred"
    """No quote is stored; the unit was chosen by the writer's habit and the evidence of the text."""
    UNVERIFIABLE = "unverifiable"
    """The text is missing, or the position is not one of text (region, time)."""
    FAILED = "failed"
    """The position cannot be right: past the end, reversed, or its quote stands nowhere."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source's text, in code points of the text as we keep it; `end` is exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Original:
    """The position as the file wrote it: numbers, what they count, and how newlines counted."""

    start: int
    end: int
    unit: str
    """"code point", "UTF-16 code unit", "UTF-8 byte", "millisecond", "region", …"""
    newline: str = "as written"
    """"as written", "CRLF counts 1" or "LF counts 2"."""
    bom: bool = False
    """Whether the byte order mark counted."""
    inclusive: bool = False
    """Whether `end` was the last unit's position, not the one after it."""
    detail: str = ""
    """The rest of a position that is not one of text: the page and the corners of a region."""


@dataclass(frozen=True, slots=True)
class Coder:
    """Someone who codes. `name` is a real person's: it never leaves the restricted edition."""

    name: str
    guid: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """A code, known by its path from the codebook's root."""

    path: tuple[str, ...]
    description: str = ""
    guid: str = ""
    color: str = ""
    codable: bool = True

    def __str__(self) -> str:
        return " > ".join(self.path)


@dataclass(frozen=True, slots=True)
class Memo:
    """A note on a source, a code, a coding or the project."""

    text: str
    about: str = ""
    """Code path, source name, or "" for the project."""
    author: str = ""
    created: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Coding:
    """A coder gave a code to a span of a source. Two coders on one span are two codings."""

    code: tuple[str, ...]
    coder: str
    """The coder's name, or "" where the file does not say."""
    span: Span | None
    quote: str | None
    verification: Verification
    original: Original | None = None
    created: str = ""
    """ISO 8601, or ""."""
    selection_coder: str = ""
    """Who made the selection, where the file says so apart from who coded it."""
    coder_uncertain: bool = False
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One interview (or picture, recording, …) and everything coded in it."""

    name: str
    text: str | None
    """LF newlines, no byte order mark; None where the file's text is missing or it is not a text."""
    codings: tuple[Coding, ...]
    kind: str = "text"
    """"text", "pdf", "picture", "audio" or "video"."""
    guid: str = ""
    sha256: str = ""
    """Of the bytes as the file held them; "" where they are missing."""
    variables: Mapping[str, str] = field(default_factory=dict)
    memos: tuple[Memo, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A unit of analysis, mostly a participant: its sources and what is known of it."""

    name: str
    sources: tuple[str, ...] = ()
    """Source names."""
    variables: Mapping[str, str] = field(default_factory=dict)
    guid: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link that the analysts drew between two named things."""

    name: str
    origin: str
    target: str
    direction: str = "Associative"


@dataclass(frozen=True, slots=True)
class Corpus:
    """All that one coded file says.

    `sources` opens the file anew at each call and yields its sources in the file's order. When they are
    used up, `report` is complete: what was seen, kept, downgraded, dropped.
    """

    file: str
    """The file's name, without its folder."""
    sha256: str
    format: str
    """The reader's name: "refi-qda", "taguette", …"""
    origin: str
    """The tool that wrote it, as it says itself; "" where it does not."""
    codes: tuple[Code, ...]
    coders: tuple[Coder, ...]
    source_names: tuple[str, ...]
    sources: Callable[[], Iterator[Source]]
    report: ReadReport
    cases: tuple[Case, ...] = ()
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    memos: tuple[Memo, ...] = ()
