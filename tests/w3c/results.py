"""Answers as the specifications write them, and whether two of them are the same.

The readers of JSON, XML, CSV and TSV are written here from the specifications, so that what an engine writes
wrongly is not read wrongly by its own library. Numbers, booleans and dates are compared by value within their
datatype: an engine may keep or give 2.0 for 2.00.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from pyoxigraph import (
    BaseDirection,
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)

from tests.w3c.bags import Row, same_bag
from tests.w3c.turtle import RDF, Graph, Term, read_quads

__all__ = [
    "CSV",
    "JSON",
    "TSV",
    "XML",
    "Answer",
    "Solutions",
    "difference",
    "graph_rows",
    "read",
    "read_file",
]

JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
CSV = "text/csv"
TSV = "text/tab-separated-values"
_SUFFIXES = {".srj": JSON, ".srx": XML, ".csv": CSV, ".tsv": TSV}

_RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
_SRX = "{http://www.w3.org/2005/sparql-results#}"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ITS_DIR = "{http://www.w3.org/2005/11/its}dir"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_EXACT = {
    _XSD + name
    for name in (
        *("decimal", "integer", "long", "int", "short", "byte"),
        *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
}
_DATES = {
    _XSD + name for name in ("date", "time", "dateTime", "gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay")
}
_BINARY = {_XSD + "double", _XSD + "float"}


@dataclass(frozen=True)
class Solutions:
    """The answer to a SELECT query; the values of one read from CSV are text, which is all that it says."""

    variables: tuple[str, ...]
    rows: tuple[Mapping[str, Term | str], ...]


Answer = bool | Solutions | tuple[Quad, ...]
"""Of ASK, of SELECT, and of CONSTRUCT and DESCRIBE."""


def read(body: bytes, kind: str) -> Answer:
    """Read an answer of a media type.

    Raises:
        ValueError: it is not what its type says.
    """
    try:
        if kind == JSON:
            return _read_json(json.loads(body))
        if kind == XML:
            return _read_xml(ElementTree.fromstring(body))
        if kind == CSV:
            return _read_csv(body.decode("utf-8"))
        if kind == TSV:
            return _read_tsv(body.decode("utf-8"))
        form = RdfFormat.from_media_type(kind)
        assert form, f"{kind} is no type of an answer"
        return tuple(parse(body, form, rename_blank_nodes=True))
    except (SyntaxError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"not {kind}: {error!r}") from error


def read_file(file: Path) -> Answer:
    """Read an expected answer: a file in one of the formats, or its description in RDF."""
    if file.suffix in _SUFFIXES:
        return read(file.read_bytes(), _SUFFIXES[file.suffix])
    graph = Graph(quads := read_quads(file))
    for node in graph.subjects(_RS + "boolean"):
        return graph.text(node, _RS + "boolean") == "true"
    for node in graph.subjects(RDF + "type", NamedNode(_RS + "ResultSet")):
        return _read_result_set(graph, node)
    return tuple(quads)


def difference(expected: Answer, given: Answer, *, ordered: bool = False, lax: bool = False) -> str:
    """How an answer differs from what is expected; "" where it is the same."""
    if isinstance(expected, bool) or isinstance(given, bool):
        same = expected is given
    elif isinstance(expected, Solutions) and isinstance(given, Solutions):
        same = _same_solutions(expected, given, ordered, lax)
    elif isinstance(expected, tuple) and isinstance(given, tuple):
        same = same_bag(graph_rows(expected), graph_rows(given))
    else:
        same = False
    return "" if same else f"expected:\n{_shown(expected)}\ngiven:\n{_shown(given)}"


def graph_rows(quads: Iterable[Quad]) -> list[Row]:
    """The distinct statements of a dataset as comparable rows: of a graph, `None` where the others name theirs."""
    return [
        tuple(_comparable(term) for term in (quad.subject, quad.predicate, quad.object, _graph(quad)))
        for quad in dict.fromkeys(quads)
    ]


def _graph(quad: Quad) -> Term | None:
    return None if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name


def _same_solutions(expected: Solutions, given: Solutions, ordered: bool, lax: bool) -> bool:
    if set(expected.variables) != set(given.variables):
        return False
    wanted, found = (_solution_rows(each, expected.variables, ordered) for each in (expected, given))
    if lax:
        least, most = Counter(found), Counter(wanted)
        return least.keys() == most.keys() and least <= most
    return same_bag(wanted, found)


def _solution_rows(solutions: Solutions, variables: Sequence[str], ordered: bool) -> list[Row]:
    return [
        (number if ordered else None, *(_comparable(row.get(variable)) for variable in variables))
        for number, row in enumerate(solutions.rows)
    ]


def _comparable(term: Term | str | None) -> Hashable:
    """A term as something equal to its equals."""
    if isinstance(term, Triple):
        return ("triple", *(_comparable(part) for part in (term.subject, term.predicate, term.object)))
    if isinstance(term, Literal):
        language = term.language.lower() if term.language else None
        return ("literal", _value(term), term.datatype.value, language, str(term.direction))
    if isinstance(term, str):
        return BlankNode(term[2:]) if term.startswith("_:") else _number(term)
    return term


def _value(literal: Literal) -> Hashable:
    datatype, text = literal.datatype.value, literal.value
    try:
        if datatype in _EXACT:
            return Decimal(text)
        if datatype in _BINARY:
            return str(float(text))  # as text, so that NaN is itself and -0 is not 0
    except (ArithmeticError, ValueError):
        return text
    if datatype == _XSD + "boolean":
        return {"0": "false", "1": "true"}.get(text, text)
    if datatype in _DATES:
        return re.sub(r"[+-]00:00$", "Z", text)
    return text


def _number(text: str) -> Hashable:
    """What a cell of CSV holds, which may be written as any number of that value (section 3.2)."""
    try:
        return float(text)
    except ValueError:
        return text


def _read_json(document: Any) -> Answer:
    if "boolean" in document:
        return bool(document["boolean"])
    rows = tuple(
        {name: _json_term(value) for name, value in row.items()} for row in document["results"]["bindings"]
    )
    return Solutions(tuple(document["head"]["vars"]), rows)


def _json_term(value: Any) -> Term:
    kind = value["type"]
    if kind == "uri":
        return NamedNode(value["value"])
    if kind == "bnode":
        return _blank_node(value["value"])
    if kind == "triple":
        parts = value["value"]
        return Triple(*(_json_term(parts[part]) for part in ("subject", "predicate", "object")))  # type: ignore[arg-type]
    if kind not in ("literal", "typed-literal"):
        raise ValueError(f"{kind} is no type of a term")
    return _literal(value["value"], value.get("xml:lang"), value.get("datatype"), value.get("its:dir"))


def _read_xml(document: ElementTree.Element) -> Answer:
    boolean = document.find(_SRX + "boolean")
    if boolean is not None:
        return (boolean.text or "").strip() == "true"
    variables = tuple(element.attrib["name"] for element in document.iterfind(f"{_SRX}head/{_SRX}variable"))
    rows = tuple(
        {binding.attrib["name"]: _xml_term(binding[0]) for binding in row}
        for row in document.iterfind(f"{_SRX}results/{_SRX}result")
    )
    return Solutions(variables, rows)


def _xml_term(element: ElementTree.Element) -> Term:
    kind, text = element.tag.removeprefix(_SRX), element.text or ""
    if kind == "uri":
        return NamedNode(text.strip())
    if kind == "bnode":
        return _blank_node(text.strip())
    if kind == "triple":
        parts = (element.find(f"{_SRX}{part}") for part in ("subject", "predicate", "object"))
        return Triple(*(_xml_term(part[0]) for part in parts if part is not None))  # type: ignore[arg-type]
    if kind != "literal":
        raise ValueError(f"{kind} is no type of a term")
    return _literal(text, element.get(_XML_LANG), element.get("datatype"), element.get(_ITS_DIR))


def _literal(value: str, language: str | None, datatype: str | None, direction: str | None) -> Literal:
    if language:
        return Literal(value, language=language, direction=BaseDirection(direction) if direction else None)
    return Literal(value, datatype=NamedNode(datatype) if datatype else None)


def _blank_node(label: str) -> BlankNode:
    """A blank node for any label, also one that Turtle could not write."""
    return BlankNode("b" + label.encode("utf-8").hex())


def _read_csv(text: str) -> Solutions:
    header, *lines = csv.reader(io.StringIO(text, newline=""))
    return Solutions(
        tuple(header),
        tuple({name: cell for name, cell in zip(header, line, strict=True) if cell} for line in lines),
    )


def _read_tsv(text: str) -> Solutions:
    header, *lines = text.removesuffix("\n").split("\n")
    names = [name.removeprefix("?") for name in header.split("\t")]
    rows = [
        {name: _turtle_term(cell) for name, cell in zip(names, line.split("\t"), strict=True) if cell}
        for line in lines
    ]
    return Solutions(tuple(names), tuple(rows))


def _turtle_term(cell: str) -> Term:
    (value,) = Graph(list(parse(f"<urn:s> <urn:p> {cell} .", RdfFormat.TURTLE))).objects(
        NamedNode("urn:s"), "urn:p"
    )
    return value


def _read_result_set(graph: Graph, node: Term) -> Solutions:
    """A result set as the first suite describes it (https://www.w3.org/2001/sw/DataAccess/tests/result-set)."""
    solutions = graph.objects(node, _RS + "solution")
    solutions.sort(key=lambda solution: int(graph.text(solution, _RS + "index") or 0))
    rows = []
    for solution in solutions:
        bindings = graph.objects(solution, _RS + "binding")
        values = {graph.text(each, _RS + "variable"): graph.value(each, _RS + "value") for each in bindings}
        rows.append({name: value for name, value in values.items() if value is not None})
    variables = sorted(
        name.value for name in graph.objects(node, _RS + "resultVariable") if isinstance(name, Literal)
    )
    return Solutions(tuple(variables), tuple(rows))


def _shown(answer: Answer) -> str:
    if isinstance(answer, bool):
        return str(answer)
    if isinstance(answer, Solutions):
        rows = [" ".join(f"?{name}={row[name]}" for name in sorted(row)) for row in answer.rows]
        return "\n".join([f"({' '.join(answer.variables)})", *rows])
    return "\n".join(sorted(str(quad) for quad in answer))
