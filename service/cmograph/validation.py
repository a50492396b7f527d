"""Is a study's graph what the shapes and the checks ask? Every answer names file, row and remedy.

SHACL (https://www.w3.org/TR/shacl/) is for what a researcher edits: a study's open graph, some thousand
triples. The checks are SPARQL queries that must return nothing: for what is big, the evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import pyshacl
import yaml
from rdflib import RDF, SH, Graph, Literal, URIRef
from rdflib.term import Node

from cmograph.errors import Problem, ShapeViolation
from cmograph.naming import Locate, readable

__all__ = ["Select", "Shapes", "run_checks"]

Select = Callable[[str], Iterable[Mapping[str, str]]]
"""Answers a SELECT query: rows of variable name to IRI or lexical form."""

_SUBCLASS = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
_MOST = 20
"""Problems named one by one; of more, only that there are more is told."""


class Shapes:
    """The shapes, and what of the ontology they need: read once, used for every study."""

    def __init__(self, files: Iterable[Path], ontology: Iterable[str]) -> None:
        """Reads the shapes.

        Args:
            files: Turtle files.
            ontology: lines of N-Triples: the ontology's statements and what follows from them. Only the
                relations of its classes (for `sh:class`) and its individuals' types are used.
        """
        self._shapes = Graph()
        for file in files:
            self._shapes.parse(file, format="turtle")
        useful = [line for line in ontology if f" {_SUBCLASS} <" in line or f" {RDF.type.n3()} <" in line]
        self._ontology = Graph().parse(data="".join(useful), format="nt")

    def check(self, study: Iterable[str], locate: Locate) -> tuple[Problem, ...]:
        """Validates a study's open graph, given as lines of N-Triples; returns what is only a warning.

        Nothing is fetched and nothing inferred; no owl:imports, no SHACL-JS, no rules.

        Raises:
            ShapeViolation: something is not as it must be; each problem has file, row and remedy.
        """
        data = Graph().parse(data="".join(study), format="nt")
        _, report, _ = pyshacl.validate(
            data,
            shacl_graph=self._shapes,
            ont_graph=self._ontology,
            inference="none",
            advanced=False,
            js=False,
            do_owl_imports=False,
            meta_shacl=False,
        )
        violations: list[Problem] = []
        warnings: list[Problem] = []
        for result in report.subjects(RDF.type, SH.ValidationResult):
            severe = report.value(result, SH.resultSeverity) == SH.Violation
            (violations if severe else warnings).append(self._problem(report, result, locate))
        if violations:
            raise ShapeViolation(*_sorted(violations))
        return tuple(_sorted(warnings))

    def _problem(self, report: Graph, result: Node, locate: Locate) -> Problem:
        focus = report.value(result, SH.focusNode)
        path = report.value(result, SH.resultPath)
        messages = sorted(str(message) for message in report.objects(result, SH.resultMessage))
        file, row = locate(str(focus)) if focus is not None else ("", None)
        what = f"{readable(str(focus))}: {' '.join(messages)}"
        if isinstance(path, URIRef):
            what += f" (property: {readable(str(path))})"
        return Problem(what, self._remedy(report.value(result, SH.sourceShape)), file, row)

    def _remedy(self, shape: Node | None) -> str:
        """The shape's own sh:description, or that of the node shape it is a property of."""
        owners = [shape, *self._shapes.subjects(SH.property, shape)] if shape is not None else []
        for owner in owners:
            for description in self._shapes.objects(owner, SH.description):
                if isinstance(description, Literal):
                    return str(description)
        return "Change this row so that it says what the shape asks for."


def run_checks(select: Select, checks: Iterable[Path], locate: Locate) -> None:
    """Runs queries that must return nothing; the header of each says what its rows mean and what to do.

    Raises:
        ShapeViolation: one returned something. Each problem names its first column's thing, file and row.
    """
    problems = [problem for check in checks for problem in _broken(select, check, locate)]
    if problems:
        raise ShapeViolation(*_sorted(problems))


def _broken(select: Select, check: Path, locate: Locate) -> Iterator[Problem]:
    query = check.read_text(encoding="utf-8")
    header = yaml.safe_load("\n".join(line[2:] for line in query.splitlines() if line.startswith("#+")))
    for row in islice(select(query), _MOST + 1):
        values = list(row.values())
        named = ", ".join(readable(value) for value in values)
        yield Problem(f"{header['title']}: {named}.", header["remedy"], *locate(values[0]))


def _sorted(problems: Sequence[Problem]) -> list[Problem]:
    ordered = sorted(set(problems), key=lambda found: (found.file, found.row or 0, found.what))
    if len(ordered) <= _MOST:
        return ordered
    return [*ordered[:_MOST], Problem("There are more problems like these.")]
