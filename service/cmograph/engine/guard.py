r"""What a query must pass before any parser sees it: one linear scan over its tokens.

Oxigraph's parser and planner recurse without a limit, so that ten kilobytes of `{` end the process that
parses them and four hundred bytes of nested lists plan for seconds; SERVICE and LOAD reach the network and
cannot be switched off. The guard refuses these by counting tokens. It never decides what a query means:
where a spelling is doubtful it refuses, and what it lets through still runs in a worker that has a
deadline, a memory limit and no network.

Two things make a token scan of SPARQL treacherous, and decide how this one is written:

- `\uXXXX` may stand for any character (SPARQL 1.1 Query, section 19.2). Oxigraph decodes it in terms only,
  other engines everywhere. Both readings are scanned.
- Oxigraph needs no space between a keyword and its neighbour: `trueSERVICE<x>`, `SERVICEex:x` and
  `SERVICE:x` all call a service. So every bare word that *contains* a forbidden one is refused, prefixes
  included.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cmograph.errors import Problem, QueryRefused, QuerySyntaxError

__all__ = [
    "MAXIMUM_BYTES",
    "MAXIMUM_NESTING",
    "MAXIMUM_OPERATORS",
    "MAXIMUM_PARENTHESES",
    "MAXIMUM_PATTERNS",
    "Query",
    "check",
]

MAXIMUM_BYTES = 64 * 1024
MAXIMUM_NESTING = 100
"""Braces, brackets and parentheses inside each other; the parser's stack holds about a thousand."""
MAXIMUM_PARENTHESES = 50
"""Parentheses inside each other: as nested RDF lists, 50 plan for 0.06 s, 200 for 9 s."""
MAXIMUM_PATTERNS = 250
"""Triple patterns, path steps, groups and list members; the planner's time grows with their cube."""
MAXIMUM_OPERATORS = 2_000
"""Operators of expressions: each is a level of the parsed tree."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query that passed the guard; only `check` makes one, and a backend takes nothing else.

    Attributes:
        text: the query, unchanged.
        form: `SELECT`, `ASK`, `CONSTRUCT` or `DESCRIBE`.
        volatile: whether two answers over the same data may differ (NOW, RAND, UUID …).
        default_graphs: the protocol's default-graph-uri values (SPARQL 1.1 Protocol, 2.1.4).
        named_graphs: the protocol's named-graph-uri values. With both empty the query or the edition decides.
    """

    text: str
    form: str
    volatile: bool = False
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


_STRING = "|".join(
    (
        r'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""',
        r"'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''",
        r'"(?!"")[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*"',
        r"'(?!'')[^'\\\r\n]*(?:\\.[^'\\\r\n]*)*'",
    )
)
_TOKEN = re.compile(
    rf"""(?P<space>[\x20\t\r\n]+|\#[^\r\n]*)
    |(?P<string>{_STRING})
    |(?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|\\[uU][0-9A-Fa-f]+)*>)
    |(?P<variable>[?$]\w+)
    |(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<run>[\w:](?:[\w:.\-·]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%])*)
    |(?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")

_OPEN, _CLOSE = "{([", "})]"
_OPERATORS = frozenset("!+-*/|&=<>^")
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES = frozenset(["LOAD", "INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"])
_VOLATILE = frozenset(["NOW", "RAND", "UUID", "STRUUID", "BNODE"])


def check(text: str, *, default_graphs: tuple[str, ...] = (), named_graphs: tuple[str, ...] = ()) -> Query:
    """Let a query through, or say why not. Takes time in proportion to the text.

    Raises:
        QueryRefused: it calls out (SERVICE, LOAD), it is an update, or it is a known bomb.
        QuerySyntaxError: no parser could take it for a query.
    """
    if len(text) > MAXIMUM_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAXIMUM_BYTES:
        raise QueryRefused(
            Problem(f"The query is longer than {MAXIMUM_BYTES // 1024} kB.", "Ask for less at a time.")
        )
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise QuerySyntaxError(Problem("The query holds half a surrogate pair, which is no character."))
    scan = _Scan()
    scan.read(text)
    decoded = _ESCAPE.sub(_character, text)
    if decoded != text:
        _Scan().read(decoded)
    if not scan.form:
        raise QuerySyntaxError(
            Problem("This is not a query.", f"A query has one of {', '.join(_FORMS)} after its prefixes.")
        )
    return Query(text, scan.form, scan.volatile, default_graphs, named_graphs)


def _character(escape: re.Match[str]) -> str:
    code = int(escape[1] or escape[2], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else escape[0]


class _Scan:
    """The counts of one reading of a query's text."""

    def __init__(self) -> None:
        self.form = ""
        self.volatile = False
        self._open: list[str] = []
        self._parentheses = 0
        self._patterns = 0
        self._operators = 0
        self._after_term = False
        self._values = 0  # depth at which a VALUES block began, or 0: its rows are data, not patterns
        self._values_next = False

    def read(self, text: str) -> None:
        for token in _TOKEN.finditer(text):
            kind = token.lastgroup
            if kind == "space":
                continue
            if kind == "mark":
                self._mark(token[0])
            elif kind == "run":
                self._run(token[0])
            elif kind != "language":
                self._term()

    def _term(self) -> None:
        # Two terms side by side within parentheses are members of an RDF list: two triples each.
        if self._after_term and self._open and self._open[-1] == "(" and not self._values:
            self._count_patterns(2)
        self._after_term = True

    def _run(self, run: str) -> None:
        head, colon, _ = run.partition(":")
        word = head.strip(".-").upper()
        if "SERVICE" in word:
            raise QueryRefused(
                Problem(
                    "The query calls another endpoint (SERVICE); here only our own data answers.",
                    "Ask the other endpoint yourself. A prefix may not be called 'service' either.",
                )
            )
        if colon or head[0].isdigit():
            self._term()
        else:
            self._word(word)
        if run.endswith("."):
            self._mark(".")

    def _word(self, word: str) -> None:
        if word in _UPDATES:
            raise QueryRefused(
                Problem(f"{word} belongs to SPARQL Update; this is the place for queries.", "Send a query.")
            )
        if not self.form:
            self.form = next((form for form in _FORMS if word.startswith(form)), "")
        self.volatile = self.volatile or word in _VOLATILE
        if word == "VALUES" and not self._values:
            self._values_next = True
        if word in ("TRUE", "FALSE", "A"):
            self._term()
        else:
            self._after_term = False

    def _mark(self, mark: str) -> None:
        if mark in "\"'":
            raise QuerySyntaxError(
                Problem("A string is opened and never closed.", "Close it, or escape the quote.")
            )
        if mark in _OPEN:
            self._begin(mark)
        elif mark in _CLOSE:
            self._end(mark)
        else:
            inside = bool(self._open) and self._open[-1] == "("
            if mark in ".;/" or (mark == "," and not inside):
                self._count_patterns(1)
            if mark in _OPERATORS:
                self._operators += 1
                if self._operators > MAXIMUM_OPERATORS:
                    raise _bomb(f"more than {MAXIMUM_OPERATORS} operators")
            self._after_term = False

    def _begin(self, mark: str) -> None:
        if mark == "(":
            self._term()
            self._parentheses += 1
            if self._parentheses > MAXIMUM_PARENTHESES:
                raise _bomb(f"parentheses nested deeper than {MAXIMUM_PARENTHESES}")
        elif not self._values:
            self._count_patterns(1)
        self._open.append(mark)
        if len(self._open) > MAXIMUM_NESTING:
            raise _bomb(f"groups nested deeper than {MAXIMUM_NESTING}")
        if mark == "{" and self._values_next:
            self._values, self._values_next = len(self._open), False
        self._after_term = False

    def _end(self, mark: str) -> None:
        if self._open and _OPEN.index(self._open[-1]) == _CLOSE.index(mark):
            if len(self._open) == self._values:
                self._values = 0
            if self._open.pop() == "(":
                self._parentheses -= 1
            self._after_term = mark != "}"
            return
        raise QuerySyntaxError(Problem(f"A {mark!r} closes what nothing opened."))

    def _count_patterns(self, more: int) -> None:
        self._patterns += more
        if self._patterns > MAXIMUM_PATTERNS:
            raise _bomb(f"more than {MAXIMUM_PATTERNS} patterns")


def _bomb(what: str) -> QueryRefused:
    return QueryRefused(
        Problem(
            f"The query has {what}, which costs more to plan than any answer is worth.", "Split the query."
        )
    )
