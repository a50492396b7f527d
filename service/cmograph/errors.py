"""Every error that cmograph raises on purpose, as one tree.

    CmographError                 exit 1   HTTP 500
    ├── InputError                exit 3   HTTP 422   something given to us is wrong; names file, row, remedy
    │   ├── CodedFileError                            a coded file cannot be read
    │   ├── StudyError                                study.toml, code map, configurations, participants
    │   ├── ShapeViolation                            SHACL: the graph is not what the shapes ask
    │   └── Inconsistency                             the statements contradict the ontology
    ├── UnknownName               exit 3   HTTP 404   no such question, study, format, class
    ├── StoreError                exit 4   HTTP 503   no release, disk full
    │   └── StoreInUse                         HTTP 503   another writes to it
    ├── QueryError                exit 5   HTTP 400   a SPARQL query that we do not answer
    │   ├── QuerySyntaxError               HTTP 400   it is not SPARQL
    │   ├── QueryRefused                   HTTP 400   the guard refuses it: SERVICE, LOAD, a known bomb
    │   ├── QueryTimeout                   HTTP 503   the deadline passed
    │   ├── QueryTooLarge                  HTTP 503   the memory limit passed, or the worker died
    │   └── FederationError                HTTP 502   another endpoint, called by SERVICE, did not answer
    └── AccessError               exit 6   HTTP 403   who asks may not have what is asked for
        ├── Unauthorised                   HTTP 401   no token where one is needed, or one that does not count
        └── Forbidden                      HTTP 403   the token's scopes do not allow it

Exit code 2 is the command line's own: a wrong option or argument.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

__all__ = [
    "AccessError",
    "CmographError",
    "CodedFileError",
    "FederationError",
    "Forbidden",
    "Inconsistency",
    "InputError",
    "Problem",
    "QueryError",
    "QueryRefused",
    "QuerySyntaxError",
    "QueryTimeout",
    "QueryTooLarge",
    "ShapeViolation",
    "StoreError",
    "StoreInUse",
    "StudyError",
    "Unauthorised",
    "UnknownName",
    "nearest",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where it is, and what to do about it.

    Attributes:
        what: what is wrong, one sentence, without any participant's words.
        remedy: what the reader can do, one sentence; empty where nothing can be done.
        file: the file's name as the user knows it; empty where there is none.
        row: the 1-based row (a table's header is row 1), or None.
    """

    what: str
    remedy: str = ""
    file: str = ""
    row: int | None = None

    def __str__(self) -> str:
        place = self.file + (f", row {self.row}" if self.row is not None else "")
        sentence = f"{place}: {self.what}" if place else self.what
        return f"{sentence} {self.remedy}".rstrip()


class CmographError(Exception):
    """The root: an error with a title, an HTTP status and an exit code."""

    title = "cmograph could not do this"
    status = 500
    exit_code = 1

    def __init__(self, *problems: Problem | str) -> None:
        self.problems: tuple[Problem, ...] = tuple(
            problem if isinstance(problem, Problem) else Problem(problem) for problem in problems
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


class InputError(CmographError):
    """Something given to us is wrong."""

    title = "The input has a problem"
    status = 422
    exit_code = 3


class CodedFileError(InputError):
    """A coded file cannot be read."""

    title = "The coded file cannot be read"


class StudyError(InputError):
    """A study folder's own files contradict each other or the ontology's names."""

    title = "The study folder has a problem"


class ShapeViolation(InputError):
    """The study's graph does not have the shape that SHACL asks for."""

    title = "The study does not have the shape it needs"


class Inconsistency(InputError):
    """The statements contradict the ontology's axioms."""

    title = "The statements contradict each other"


class UnknownName(CmographError):
    """A name that nothing has."""

    title = "No such name"
    status = 404
    exit_code = 3


class StoreError(CmographError):
    """The store cannot be read or written."""

    title = "The store cannot be used"
    status = 503
    exit_code = 4


class StoreInUse(StoreError):
    """Another process writes to the store."""

    title = "The store is in use"


class QueryError(CmographError):
    """A query that is not answered."""

    title = "The query cannot be answered"
    status = 400
    exit_code = 5


class QuerySyntaxError(QueryError):
    """The text is not SPARQL 1.1 (https://www.w3.org/TR/sparql11-query/#grammar)."""

    title = "The query is not valid SPARQL"


class QueryRefused(QueryError):
    """The guard refuses the query before any parser sees it."""

    title = "The query is refused"


class QueryTimeout(QueryError):
    """The query's deadline passed; its worker was killed."""

    title = "The query took too long"
    status = 503


class QueryTooLarge(QueryError):
    """The query's worker ran out of memory or died."""

    title = "The query needed too much memory"
    status = 503


class FederationError(QueryError):
    """Another endpoint, called by SERVICE, did not answer, or not in a way that can be used."""

    title = "Another endpoint did not answer"
    status = 502


class AccessError(CmographError):
    """Who asks may not have what is asked for.

    Its `challenge` is the value of the `WWW-Authenticate` header that answers it (RFC 6750, section 3).
    """

    title = "Access is not allowed"
    status = 403
    exit_code = 6
    challenge = 'Bearer realm="cmograph"'


class Unauthorised(AccessError):
    """There is no token where one is needed, or one that does not count."""

    title = "A token is needed that counts here"
    status = 401


class Forbidden(AccessError):
    """The token counts, but its scopes do not allow this."""

    title = "The token does not allow this"
    challenge = 'Bearer realm="cmograph", error="insufficient_scope"'


def nearest(name: str, known: Sequence[str], count: int = 3) -> str:
    """A remedy that suggests the known names nearest to a wrong one, or "" where none is near."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    found = get_close_matches(name.lower(), list(by_lower), n=count, cutoff=0.5)
    return f"Did you mean {' or '.join(repr(by_lower[match]) for match in found)}?" if found else ""
