"""What an update must pass, and what it may change: SPARQL 1.1 Update read as tokens, never as meaning.

LOAD and SERVICE are refused as in queries, and so are the bombs; the data of INSERT DATA and DELETE DATA are
no patterns, and may be as long as a request. An update is taken apart into its operations, for two uses: an
operation that only holds data says by itself what it changes; of any other it is told which graphs it could
change, more of them where that is doubtful.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pyoxigraph import NamedNode

from cmograph.engine.guard import scan_update
from cmograph.engine.tokens import TOKEN
from cmograph.errors import Problem, QueryRefused

__all__ = ["Operation", "read_update", "using"]

MAXIMUM_OPERATIONS = 10_000


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of an update.

    Attributes:
        prologue: what was declared before it.
        text: the operation itself.
        data: `INSERT` or `DELETE` where it is INSERT DATA or DELETE DATA, else "".
        graphs: the IRIs of the named graphs that it may change; None for any.
        where: where in its text the keyword WHERE stands, or -1.
        dataset: whether it names its own dataset, by WITH or USING.
        block: for DELETE WHERE, where its one block begins; else -1.
    """

    prologue: str
    text: str
    data: str = ""
    graphs: frozenset[str] | None = None
    where: int = -1
    dataset: bool = False
    block: int = -1

    def __str__(self) -> str:
        return self.prologue + self.text


def read_update(text: str) -> tuple[Operation, ...]:
    """The operations of an update, in their order.

    Raises:
        QueryRefused: it calls out (LOAD, SERVICE), or it is a known bomb.
        QuerySyntaxError: no parser could take it for an update.
    """
    scan_update(text)
    return _Reader(text).read()


def using(
    operations: Sequence[Operation], default_graphs: Sequence[str], named_graphs: Sequence[str]
) -> tuple[Operation, ...]:
    """The same update over a dataset of the protocol's (SPARQL 1.1 Protocol, section 2.2.3).

    Args:
        operations: of an update.
        default_graphs: the using-graph-uri values, absolute IRIs.
        named_graphs: the using-named-graph-uri values.

    Raises:
        QueryRefused: an operation names a dataset itself, which the protocol forbids.
    """
    if not default_graphs and not named_graphs:
        return tuple(operations)
    clauses = "".join(f" USING <{iri}>" for iri in default_graphs)
    clauses += "".join(f" USING NAMED <{iri}>" for iri in named_graphs)
    return tuple(_over(operation, clauses) for operation in operations)


def _over(operation: Operation, clauses: str) -> Operation:
    if operation.dataset:
        raise QueryRefused(
            Problem(
                "The update has USING or WITH, and the request names a dataset as well.",
                "Name the dataset in one of the two places.",
            )
        )
    if operation.where < 0:
        return operation
    head, tail = operation.text[: operation.where], operation.text[operation.where :]
    if operation.block >= 0:  # DELETE WHERE has no place for USING; this is what it is short for
        head += operation.text[operation.block :]
    return replace(operation, text=f"{head}{clauses} {tail}", block=-1)


_MANAGEMENT = frozenset(["CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"])
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[^\\]*>")
_PLAIN_LOCAL = re.compile(r"[^\\%]*")


@dataclass(slots=True)
class _Reader:
    """Reads an update's tokens once."""

    text: str
    prologue: str = ""
    prefixes: dict[str, str] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)

    def read(self) -> tuple[Operation, ...]:
        tokens = [found for found in TOKEN.finditer(self.text) if found.lastgroup != "space"]
        position = 0
        while position < len(tokens):
            position = self._declaration(tokens, position) or self._operation(tokens, position)
        if len(self.operations) > MAXIMUM_OPERATIONS:
            raise QueryRefused(
                Problem(f"The update has more than {MAXIMUM_OPERATIONS} operations.", "Send several updates.")
            )
        return tuple(self.operations)

    def _declaration(self, tokens: list[re.Match[str]], position: int) -> int:
        """Reads PREFIX, BASE or VERSION: the position after it, or 0 where there is none."""
        length = {"PREFIX": 3, "BASE": 2, "VERSION": 2}.get(tokens[position][0].upper(), 0)
        if not length or position + length > len(tokens):
            return 0
        last = tokens[position + length - 1]
        if length == 3:
            self.prefixes[tokens[position + 1][0].rstrip(":")] = last[0]
        self.prologue += self.text[tokens[position].start() : last.end()] + "\n"
        return position + length

    def _operation(self, tokens: list[re.Match[str]], position: int) -> int:
        first, depth = position, 0
        while position < len(tokens):
            mark = tokens[position][0]
            depth += (mark in "{([") - (mark in "})]")
            if mark == ";" and not depth:
                break
            position += 1
        if position > first:
            self.operations.append(self._read_operation(tokens[first:position]))
        return position + 1

    def _read_operation(self, tokens: Sequence[re.Match[str]]) -> Operation:
        start = tokens[0].start()
        text = self.text[start : tokens[-1].end()]
        head = "".join(token[0].upper() for token in tokens[:2] if token.lastgroup == "run")
        if head in ("INSERTDATA", "DELETEDATA"):
            return Operation(self.prologue, text, head[:6])
        found = _Touched(self.prefixes)
        where, dataset, block = -1, False, -1
        for index, token in enumerate(tokens):
            word = token[0].upper()
            if not found.depth and token.lastgroup == "run":
                dataset = dataset or word in ("WITH", "USING")
                if word == "WHERE":
                    where = token.start() - start
                    if index == 1 and tokens[0][0].upper() == "DELETE" and len(tokens) > 2:
                        block = tokens[2].start() - start
            found.see(token, word)
        return Operation(self.prologue, text, "", found.graphs, where, dataset, block)


class _Touched:
    """Which named graphs an operation may change: those that its templates and its keywords name."""

    def __init__(self, prefixes: dict[str, str]) -> None:
        self.graphs: frozenset[str] | None = frozenset()
        self.depth = 0
        self._prefixes = prefixes
        self._template_next = False
        self._template = False
        self._graph_next = False
        self._management = False

    def see(self, token: re.Match[str], word: str) -> None:
        if word == "{":
            if not self.depth:
                self._template, self._template_next = self._template_next, False
            self.depth += 1
        elif word == "}":
            self.depth -= 1
        elif self._graph_next:
            self._add(token)
            self._graph_next = False
        elif not self.depth and word in ("INSERT", "DELETE"):
            self._template_next = True
        elif not self.depth and word in _MANAGEMENT:
            self._management = True
        elif (word == "WITH" and not self.depth) or (word == "GRAPH" and self.depth and self._template):
            self._graph_next = True
        elif self._management and word in ("ALL", "NAMED"):
            self.graphs = None
        elif self._management and (token.lastgroup == "iri" or ":" in word):
            self._add(token)
        elif token.lastgroup == "run" and "GRAPH" in word.partition(":")[0] and word != "GRAPH":
            self.graphs = None  # Oxigraph needs no space after a keyword
        elif token.lastgroup == "run" and not self.depth and word not in _KNOWN:
            self.graphs = None

    def _add(self, token: re.Match[str]) -> None:
        iri = self._resolved(token)
        if self.graphs is not None:
            self.graphs = self.graphs | {iri} if _is_iri(iri) else None

    def _resolved(self, token: re.Match[str]) -> str:
        """The IRI, where it is certain; else ""."""
        if token.lastgroup == "iri":
            return token[0][1:-1] if _ABSOLUTE.fullmatch(token[0]) else ""
        prefix, colon, local = token[0].partition(":")
        namespace = self._prefixes.get(prefix, "")
        if token.lastgroup != "run" or not colon or not _ABSOLUTE.fullmatch(namespace):
            return ""
        return namespace[1:-1] + local if _PLAIN_LOCAL.fullmatch(local) else ""


def _is_iri(text: str) -> bool:
    try:
        NamedNode(text)
    except ValueError:  # as "" is none; of any other the engine says so
        return False
    return True


_KNOWN = _MANAGEMENT | {
    *(
        "WITH",
        "INSERT",
        "DELETE",
        "WHERE",
        "USING",
        "NAMED",
        "SILENT",
        "GRAPH",
        "DEFAULT",
        "TO",
        "ALL",
        "INTO",
    )
}
