"""Taguette projects (`.sqlite3`).

Documents are HTML; offsets count UTF-8 bytes of its text, tags left out and entities decoded, end exclusive.
The `users` table, which may hold password hashes and e-mail addresses, is never read.
"""

from __future__ import annotations

import json
import re
import sqlite3
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

from cmograph.corpus import Code, Coder, Coding, Corpus, Memo, Original, Source, Span, Verification
from cmograph.errors import CodedFileError, Problem
from cmograph.naming import code_path, tidy
from cmograph.readers.names import UniqueNames
from cmograph.readers.positions import Position, find_quote
from cmograph.readers.report import ReadReport
from cmograph.readers.texts import UTF_8

__all__ = ["read_taguette"]

_BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "tr",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "hr",
    ]
)
_CR_OF_CRLF = re.compile(r"(\r)(?=\n)")
_NEEDED = {"projects", "documents", "tags", "highlights", "highlight_tags"}


def read_taguette(path: Path, digest: str) -> Corpus:
    """Read a Taguette project.

    Args:
        path: the SQLite file.
        digest: its sha256.

    Raises:
        CodedFileError: it is not a Taguette project, or it is broken.
    """
    report = ReadReport(path.name)
    with _open(path) as database:
        codes = _codes(database, report)
        unique = UniqueNames()
        names = {
            key: unique.take(tidy(_words(name)) or "unnamed document")
            for key, name in database.execute("SELECT id, name FROM documents ORDER BY id")
        }
        log = _log(database)
        projects = [
            _words(text) for (text,) in database.execute("SELECT description FROM projects ORDER BY id")
        ]
        memos = tuple(Memo(text) for text in projects if text)
    if len(projects) > 1:
        report.find(
            f"It holds {len(projects)} projects; they are read as one.",
            "Export the one you mean from Taguette (SQLite3).",
        )
    report.keep("code", len(codes))
    report.keep("coder", len(log.people))
    report.keep("memo", len(memos))

    def sources() -> Iterator[Source]:
        report.begin_sources()
        with _open(path) as database:
            rows = database.execute("SELECT id, contents, description FROM documents ORDER BY id")
            reading = _Reading(database, codes, log, report)
            for key, contents, description in rows:
                with _broken_html(path.name):
                    source = reading.source(key, names[key], _words(contents), _words(description))
                yield source

    return Corpus(
        file=path.name,
        sha256=digest,
        format="taguette",
        origin="Taguette",
        codes=tuple(codes.values()),
        coders=tuple(Coder(name) for name in log.people),
        source_names=tuple(names.values()),
        sources=sources,
        memos=memos,
        report=report,
    )


class _open(closing[sqlite3.Connection]):
    """The database, read only; every error of SQLite as ours."""

    def __init__(self, path: Path) -> None:
        self._path = path
        super().__init__(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True))

    def __enter__(self) -> sqlite3.Connection:
        connection = super().__enter__()
        try:
            tables = {
                name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            }
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            connection.close()
            raise self._error("It is not a readable SQLite file.") from error
        if not tables >= _NEEDED:
            connection.close()
            raise self._error("It is a SQLite file, but not a Taguette project.")
        return connection

    def __exit__(self, *details: object) -> None:
        super().__exit__()
        if isinstance(details[1], (sqlite3.DatabaseError, UnicodeDecodeError)):
            raise self._error("Its tables cannot be read.") from details[1]

    def _error(self, what: str) -> CodedFileError:
        return CodedFileError(
            Problem(what, "Export the project from Taguette again (SQLite3).", self._path.name)
        )


def _codes(database: sqlite3.Connection, report: ReadReport) -> dict[int, Code]:
    """The tags; those of two projects may have one name, and stay two."""
    unique = UniqueNames()
    codes: dict[int, Code] = {}
    for key, path, description in database.execute("SELECT id, path, description FROM tags ORDER BY id"):
        wanted = " > ".join(code_path(_words(path))) or "unnamed tag"
        name = unique.take(wanted)
        if name != wanted:
            report.find(f"Two tags have the name {wanted!r}; the later is read as {name!r}.")
        codes[key] = Code(code_path(name), _words(description))
    return codes


@contextmanager
def _broken_html(file: str) -> Iterator[None]:
    """What the standard library's parser raises at HTML that no editor writes."""
    try:
        yield
    except AssertionError as error:
        what = "A document's HTML cannot be read."
        raise CodedFileError(
            Problem(what, "Open and save it in Taguette, and export again.", file)
        ) from error


@dataclass(frozen=True, slots=True)
class _Log:
    """Who tagged what when, as the log of commands says; a project that was exported knows its owner only."""

    tagged: dict[tuple[int, int], tuple[str, str]]
    """Coder and moment by highlight and tag; by highlight and no tag (-1) for tags that were merged."""
    people: tuple[str, ...]

    @property
    def is_rewritten(self) -> bool:
        """Whether Taguette put its own name in the place of everybody's, as an export does."""
        return self.people == ("admin",)

    def of(self, highlight: int, tag: int) -> tuple[str, str]:
        """Coder and moment; "" where the log does not say."""
        return self.tagged.get((highlight, tag)) or self.tagged.get((highlight, -1), ("", ""))


def _log(database: sqlite3.Connection) -> _Log:
    columns = {
        name
        for (name,) in database.execute(
            "SELECT c.name FROM sqlite_master t, pragma_table_info(t.name) c "
            "WHERE t.type = 'table' AND t.name = 'commands'"
        )
    }
    if not columns >= {"id", "user_login", "payload"}:
        return _Log({}, ())
    date = "date" if "date" in columns else "''"
    tagged: dict[tuple[int, int], tuple[str, str]] = {}
    # The column's name is one of two constants.
    for login, moment, payload in database.execute(
        f"SELECT user_login, {date}, payload FROM commands ORDER BY id"  # noqa: S608
    ):
        try:
            command = json.loads(payload)
        except (ValueError, TypeError, RecursionError):
            continue
        if not isinstance(command, dict) or command.get("type") != "highlight_add":
            continue
        highlight, tags = command.get("highlight_id", command.get("id")), command.get("tags")
        if isinstance(highlight, int):
            for tag in (-1, *(tags if isinstance(tags, list) else ())):
                if isinstance(tag, int):  # it is written again when its tags change: the first counts
                    tagged.setdefault((highlight, tag), (_words(login), _words(moment).replace(" ", "T")))
    return _Log(tagged, tuple(sorted({login for login, _ in tagged.values()} - {""})))


class _Reading:
    """The reading of one database's documents, one at a time."""

    def __init__(
        self, database: sqlite3.Connection, codes: Mapping[int, Code], log: _Log, report: ReadReport
    ) -> None:
        self._database = database
        self._codes = codes
        self._log = log
        self._report = report

    def source(self, key: int, name: str, contents: str, description: str) -> Source:
        """The document with this key and all its codings."""
        text = _Text(contents)
        tags: defaultdict[int, list[int]] = defaultdict(list)
        for highlight, tag in self._database.execute(
            "SELECT h.id, t.tag_id FROM highlights h JOIN highlight_tags t ON t.highlight_id = h.id "
            "WHERE h.document_id = ? ORDER BY h.id, t.tag_id",
            (key,),
        ):
            tags[highlight].append(tag)
        codings: list[Coding] = []
        for highlight, start, end, snippet in self._database.execute(
            "SELECT id, start_offset, end_offset, snippet FROM highlights WHERE document_id = ? "
            "ORDER BY start_offset, end_offset, id",
            (key,),
        ):
            position = _position(text, _number(start), _number(end), _words(snippet))
            codings += self._codings(name, highlight, tags[highlight], position, text.kept)
        self._report.keep("source")
        for coding in codings:
            self._report.verified(coding.verification)
        memos = (Memo(description, name),) if description else ()
        digest = sha256(contents.encode()).hexdigest()
        return Source(name, text.kept, tuple(codings), sha256=digest, memos=memos)

    def _codings(
        self, name: str, highlight: int, tags: Sequence[int], position: Position, text: str
    ) -> Iterator[Coding]:
        original, span = position.original, position.span
        place = f"Source {name!r}"
        if original is not None:
            place += f", bytes {original.start} to {original.end}"
        if not tags:
            self._report.drop("highlight", f"{place}: the highlight has no tag.", "Tag it in Taguette.")
            return
        self._report.keep("highlight")
        for tag in tags:
            if tag not in self._codes:
                self._report.drop(
                    "coding",
                    f"{place}: a highlight has a tag that is not there.",
                    "Export the project again.",
                )
                continue
            if position.trouble:
                self._report.downgrade(
                    "coding", f"{place}: {position.trouble}.", "Look at the passage in Taguette."
                )
            coder, moment = self._log.of(highlight, tag)
            self._report.keep("coding")
            yield Coding(
                self._codes[tag].path,
                coder,
                span,
                text[span.start : span.end] if span else None,
                position.verification,
                original,
                created=moment,
                coder_uncertain=self._log.is_rewritten,
            )


def _position(text: _Text, start: int, end: int, snippet: str) -> Position:
    """Where a highlight is: at its bytes if its snippet stands there, else where that stands, once."""
    original = Original(start, end, UTF_8)
    span = text.span(start, end)
    quote = _Text(snippet).kept
    if span is not None and span.start < span.end:
        if _folded(quote) == _folded(text.kept[span.start : span.end]):
            return Position(span, Verification.EXACT, original)
        if not quote.strip():
            return Position(span, Verification.INFERRED, original, "no snippet is stored")
    found = find_quote(text.kept, quote)
    if found is not None:
        return Position(found, Verification.RELOCATED, original, "its snippet stands elsewhere, once")
    return Position(
        None, Verification.FAILED, original, "the stored snippet is not there, nor anywhere else just once"
    )


class _Text(HTMLParser):
    """The text of HTML as we keep it, and where each byte of it that Taguette counts lies.

    A block ends the line before it: that newline is ours and no byte counts it, and it is only added
    where the HTML's own text does not go on with one.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._length = 0
        self._bytes = 0
        self._ours: list[tuple[int, int, str]] = []
        """For each run of Taguette's text: the byte and the code point where it begins, and the run."""
        self._starts: list[int] = []
        self._line_ends = False
        self.feed(html)
        self.close()
        self.kept = "".join(self._parts)

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._line_ends |= tag in _BLOCKS

    def handle_endtag(self, tag: str) -> None:
        self._line_ends |= tag in _BLOCKS

    def handle_data(self, data: str) -> None:
        if self._line_ends:
            self._line_ends = False
            goes_on_with_one = data.lstrip(" \t\r").startswith("\n")
            if self._parts and not self._parts[-1].endswith("\n") and not goes_on_with_one:
                self._keep("\n")
        # The CR of a CRLF is a byte that is not kept; one alone is a newline.
        for place, part in enumerate(_CR_OF_CRLF.split(data)):
            kept = "" if place % 2 else part.replace("\r", "\n")
            self._ours.append((self._bytes, self._length, kept))
            self._starts.append(self._bytes)
            self._bytes += len(part.encode())
            self._keep(kept)

    def _keep(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def span(self, start: int, end: int) -> Span | None:
        """The stretch of the kept text; None where an edge is outside it."""
        first = self._index(start, False)
        last = self._index(end, True)
        return None if first is None or last is None or last < first else Span(first, last)

    def _index(self, offset: int, is_end: bool) -> int | None:
        """The code point at a byte; an edge between two runs belongs to the run on the selection's side.

        A byte inside a character counts as that character's start, as Taguette itself rounds.
        """
        if offset < 0 or offset > self._bytes:
            return None
        place = (bisect_left if is_end else bisect_right)(self._starts, offset) - 1
        if place < 0:
            return 0
        begin, index, run = self._ours[place]
        inside = offset - begin
        if run.isascii():
            return index + min(inside, len(run))
        return index + len(run.encode()[:inside].decode(errors="ignore"))


def _number(value: object) -> int:
    """An offset; -1, which is none, for whatever else SQLite may hold there."""
    return value if isinstance(value, int) else -1


def _words(value: object) -> str:
    """A text; "" for whatever else SQLite may hold there."""
    return value if isinstance(value, str) else ""


def _folded(text: str) -> str:
    return " ".join(text.split())
