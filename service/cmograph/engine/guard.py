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

from cmograph.engine.tokens import TOKEN
from cmograph.errors import Problem, QueryRefused, QuerySyntaxError

__all__ = [
    "MAXIMUM_BYTES",
    "MAXIMUM_NESTING",
    "MAXIMUM_OPERATORS",
    "MAXIMUM_PARENTHESES",
    "MAXIMUM_PATTERNS",
    "Query",
    "check",
    "scan_update",
]

MAXIMUM_BYTES = 64 * 1024
MAXIMUM_NESTING = 100
"""Braces, brackets and parentheses inside each other; the parser's stack holds about a thousand."""
MAXIMUM_PARENTHESES = 50
"""Parentheses inside each other: as nested RDF lists, 50 plan for 0.06 s, 200 for 9 s."""
MAXIMUM_PATTERNS = 250
"""Triple patterns, path steps, groups and list members; the planner's time grows with their cube."""
MAXIMUM_OPERATORS = 2_000
"""Operators and parentheses of expressions: each is a level of the parsed tree."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query that passed the guard; only `check` makes one, and a backend takes nothing else.

    Attributes:
        text: the query, unchanged.
        form: `SELECT`, `ASK`, `CONSTRUCT` or `DESCRIBE`.
        volatile: whether two answers over the same data may differ (NOW, RAND, UUID …).
        default_graphs: the protocol's default-graph-uri values (SPARQL 1.1 Protocol, 2.1.4).
        named_graphs: the protocol's named-graph-uri values. With both empty the query or the edition decides.
        base: the IRI against which its relative ones are read, where it declares none; "" for none.
    """

    text: str
    form: str
    volatile: bool = False
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    base: str = ""


_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")

_OPEN, _CLOSE = "{([", "})]"
_OPERATORS = frozenset("!+-*/|&=<>^")
_FULL_IRI = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")
"""What only an IRI begins with: no expression holds `//`."""
_DOUBTFUL = frozenset("'#()")
"""Text in an IRI; in an expression, what hides or ends what follows."""
_END = re.compile(r"\.(?=[^\W\d])")
"""Within a run before its colon, as in `1.ex:a` or `true.BIND`, the end of a triple."""
_NUMBERS = (*"0123456789", "TRUE-", "FALSE-")
"""How a run begins in which a `-`, as in `1-1` or `true-1`, is an operator."""
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES = frozenset(["LOAD", "INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"])
_VOLATILE = ("NOW", "RAND", "UUID", "BNODE")


def check(
    text: str,
    *,
    default_graphs: tuple[str, ...] = (),
    named_graphs: tuple[str, ...] = (),
    base: str = "",
) -> Query:
    """Let a query through, or say why not. Takes time in proportion to the text.

    Raises:
        QueryRefused: it calls out (SERVICE, LOAD), it is an update, or it is a known bomb.
        QuerySyntaxError: no parser could take it for a query.
    """
    try:
        length = len(text.encode())
    except UnicodeEncodeError:
        raise QuerySyntaxError(
            Problem("The query holds half a surrogate pair, which is no character.")
        ) from None
    if length > MAXIMUM_BYTES:
        raise QueryRefused(
            Problem(f"The query is longer than {MAXIMUM_BYTES // 1024} kB.", "Ask for less at a time.")
        )
    scan = _Scan()
    scan.read(text)
    decoded = _ESCAPE.sub(_character, text) if "\\" in text else text
    if decoded != text:
        _Scan(lenient=True).read(decoded)
    if not scan.form:
        raise QuerySyntaxError(
            Problem("This is not a query.", f"A query has one of {', '.join(_FORMS)} after its prefixes.")
        )
    return Query(text, scan.form, scan.volatile, default_graphs, named_graphs, base)


def scan_update(text: str) -> None:
    """Let an update through, or say why not. Takes time in proportion to the text, which has no other limit.

    Raises:
        QueryRefused: it calls out (SERVICE, LOAD), or it is a known bomb.
        QuerySyntaxError: no parser could take it for an update.
    """
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise QuerySyntaxError(Problem("The update holds half a surrogate pair, which is no character."))
    _UpdateScan().read(text)
    decoded = _ESCAPE.sub(_character, text)
    if decoded != text:
        _UpdateScan(lenient=True).read(decoded)


def _character(escape: re.Match[str]) -> str:
    code = int(escape[1] or escape[2], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else escape[0]


class _Scan:
    """The counts of one reading of a query's text."""

    def __init__(self, lenient: bool = False) -> None:
        """Begin to count.

        Args:
            lenient: for the reading that is not Oxigraph's: refuse what it could do, forgive what it is not.
        """
        self._lenient = lenient
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
        for token in TOKEN.finditer(text):
            kind = token.lastgroup
            if kind == "space":
                continue
            if kind == "mark":
                self._mark(token[0])
            elif kind == "run":
                self._run(token[0])
            elif kind != "language":
                if kind == "iri":
                    self._iri(token[0])
                self._term()

    def _term(self) -> None:
        if self.form == "DESCRIBE" and not self._open:
            self._count_operators(1)  # each is a branch of the parsed tree
        # Two terms side by side within parentheses are members of an RDF list: two triples each.
        if self._after_term and self._open and self._open[-1] == "(" and not self._values:
            self._count_patterns(2)
        self._after_term = True

    def _iri(self, iri: str) -> None:
        # After a term and within parentheses, a tokeniser sees an IRI in `?a<?b>` and a parser a comparison.
        if not self._after_term or self._values or self._open[-1:] != ["("] or _FULL_IRI.match(iri):
            return
        if not _DOUBTFUL.isdisjoint(iri):
            raise QueryRefused(
                Problem(
                    "What follows a '<' may be an IRI or a comparison.",
                    "Put a space behind the '<', or write the IRI in full.",
                )
            )
        self._count_operators(sum(mark in _OPERATORS for mark in iri[1:-1]))

    def _run(self, run: str) -> None:
        head, colon, _ = run.partition(":")
        word = head.strip(".-").upper()
        if "SERVICE" in word:
            raise QueryRefused(
                Problem(
                    "The query calls another endpoint (SERVICE), by a name that is not on this service's list.",
                    "Ask the other endpoint yourself. A prefix may not be called 'service' either.",
                )
            )
        if head != "_" and not self._values:
            self._count_patterns(len(_END.findall(head)))
            if word.startswith(_NUMBERS):
                self._count_operators(head.count("-"))
        if not colon:  # `BYRAND()` and `1-RAND()` need no space
            self.volatile = self.volatile or word.endswith(_VOLATILE)
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
        if word == "BIND":
            self._count_patterns(1)
        if word == "VALUES" and not self._values:
            self._values_next = True
        if word in ("TRUE", "FALSE", "A"):
            self._term()
        else:
            self._after_term = False

    def _mark(self, mark: str) -> None:
        if mark in "\"'":
            if self._lenient:
                return
            raise QuerySyntaxError(
                Problem("A string is opened and never closed.", "Close it, or escape the quote.")
            )
        if mark in _OPEN:
            self._begin(mark)
        elif mark in _CLOSE:
            self._end(mark)
        else:
            inside = bool(self._open) and self._open[-1] == "("
            if not self._values and (mark in ".;/" or (mark == "," and not inside)):
                self._count_patterns(1)
            elif not self._values and (mark == "~" or (mark == "<" and not inside)):
                self._count_patterns(1)  # what is said of a triple, in SPARQL 1.2, is one more each
            if mark in _OPERATORS:
                self._count_operators(1)
            self._after_term = False

    def _begin(self, mark: str) -> None:
        if mark == "(":
            self._term()
            self._count_operators(not self._values)
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
            self._after_term = mark != "}" or self._open[-1:] == ["("]  # EXISTS { } can be compared
            return
        if not self._lenient:
            raise QuerySyntaxError(Problem(f"A {mark!r} closes what nothing opened."))

    def _count_operators(self, more: int) -> None:
        self._operators += more
        if self._operators > MAXIMUM_OPERATORS:
            raise _bomb(f"more than {MAXIMUM_OPERATORS} operators")

    def _count_patterns(self, more: int) -> None:
        self._patterns += more
        if self._patterns > MAXIMUM_PATTERNS:
            raise _bomb(f"more than {MAXIMUM_PATTERNS} patterns")


class _UpdateScan(_Scan):
    """The counts of one reading of an update's text; each operation is counted for itself."""

    def _word(self, word: str) -> None:
        if "LOAD" in word:
            raise QueryRefused(_NO_LOAD)
        if word == "DATA":
            self._values_next = True
        elif word in _UPDATES:
            self._after_term = False
        else:
            super()._word(word)

    def _run(self, run: str) -> None:
        if "LOAD" in run.partition(":")[0].upper():
            raise QueryRefused(_NO_LOAD)
        super()._run(run)

    def _mark(self, mark: str) -> None:
        if mark == ";" and not self._open:
            self._patterns = self._operators = 0
            self._after_term = False
        elif self._values and mark in _OPERATORS:
            self._after_term = False
        else:
            super()._mark(mark)


_NO_LOAD = Problem(
    "The update fetches from elsewhere (LOAD); here only what you send is written.",
    "Fetch it yourself and send it: INSERT DATA, or a PUT to /graphs. A prefix may not be called 'load' either.",
)


def _bomb(what: str) -> QueryRefused:
    return QueryRefused(
        Problem(
            f"The query has {what}, which costs more to plan than any answer is worth.", "Split the query."
        )
    )
