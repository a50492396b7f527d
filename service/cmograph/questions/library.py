"""The library: every question of a folder, by its id, checked when it is loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from cmograph import resources
from cmograph.engine.guard import check
from cmograph.errors import InputError, Problem, QueryError, UnknownName, nearest
from cmograph.questions.header import Header, read_header

__all__ = ["PARAMETER_BLOCK", "Library", "Question"]

PARAMETER_BLOCK = re.compile(
    r"VALUES\s+\?(?P<variable>\w+)\s*\{[^{}]*\}(?P<mark>[ \t]*#[ \t]*param[ \t]+(?P<name>\w+))"
)
"""A block that the binder replaces: `VALUES ?x { … }   # param x`."""

_PREFIX = re.compile(r"^\s*PREFIX\s+([\w-]*):\s*<([^>]*)>", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Question:
    """One question: its header, and a query that runs as it is, every parameter at its default."""

    header: Header
    text: str

    @property
    def id(self) -> str:
        """Its name in commands and URLs."""
        return self.header.id

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that its query declares."""
        return dict(_PREFIX.findall(self.text))

    def expand(self, curie: str) -> str:
        """The IRI of a CURIE whose prefix the query declares; unchanged where it declares none such."""
        prefix, colon, local = curie.partition(":")
        return self.prefixes[prefix] + local if colon and prefix in self.prefixes else curie


class Library(Mapping[str, Question]):
    """Questions by id, in the order of their files."""

    def __init__(self, questions: Mapping[str, Question]) -> None:
        self._questions = dict(questions)

    @classmethod
    def load(cls, folder: Path = resources.QUERIES) -> Self:
        """Load every `.rq` file of a folder.

        Raises:
            InputError: a file is not a question; names each file and what is wrong with it.
        """
        questions: dict[str, Question] = {}
        problems: list[Problem] = []
        for path in sorted(folder.glob("*.rq")):
            try:
                question = _read(path)
            except InputError as error:
                problems += error.problems
                continue
            if question.id in questions:
                problems.append(Problem(f"Another question is called {question.id} too.", "", path.name))
            questions[question.id] = question
        if problems:
            raise InputError(*problems)
        return cls(questions)

    def __getitem__(self, id: str) -> Question:
        if id not in self._questions:
            remedy = nearest(id, list(self._questions)) or "List the questions to see what can be asked."
            raise UnknownName(Problem(f"There is no question {id!r}.", remedy))
        return self._questions[id]

    def __contains__(self, id: object) -> bool:
        return id in self._questions

    def __iter__(self) -> Iterator[str]:
        return iter(self._questions)

    def __len__(self) -> int:
        return len(self._questions)


def _read(path: Path) -> Question:
    text = path.read_text(encoding="utf-8")
    header = read_header(text, path.name)
    blocks = [match["name"] for match in PARAMETER_BLOCK.finditer(text) if match["name"] == match["variable"]]
    problems = []
    if re.sub(r"^cq-\d+-", "", path.stem) != header.id:
        problems.append(
            Problem(f"The id {header.id} is not what the file's name says.", "Make them one.", path.name)
        )
    for name in header.parameters:
        if blocks.count(name) != 1:
            problems.append(
                Problem(
                    f"The parameter {name} has {blocks.count(name)} blocks in the query.",
                    f"Write exactly one `VALUES ?{name} {{ UNDEF }}   # param {name}`.",
                    path.name,
                )
            )
    for name in sorted(set(blocks) - set(header.parameters)):
        problems.append(Problem(f"The header does not describe the parameter {name}.", "", path.name))
    try:
        if check(text).form != "SELECT":
            problems.append(Problem("A question is a SELECT query.", "", path.name))
    except QueryError as error:
        problems += [Problem(problem.what, problem.remedy, path.name) for problem in error.problems]
    if problems:
        raise InputError(*problems)
    return Question(header, text)
