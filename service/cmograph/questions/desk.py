"""The desk where questions are asked: a library, a backend, and what the desk has learnt of the release."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cmograph.engine.backend import Answer as EngineAnswer
from cmograph.engine.backend import Backend
from cmograph.engine.formats import JSON, Format
from cmograph.engine.guard import check
from cmograph.engine.local import LocalBackend
from cmograph.errors import Problem, QueryRefused
from cmograph.naming import local_name
from cmograph.questions.answers import Answer, notices_for, read_rows
from cmograph.questions.binding import Value, bind, needs_names
from cmograph.questions.library import Library, Question

__all__ = ["Desk", "Values", "ask"]

Values = Mapping[str, Value | Sequence[Value]]
"""What a question is narrowed by: a parameter's name, and one value or several."""

_SYNTHETIC = """
PREFIX realist: <https://w3id.org/cmograph/realist#>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?study (SAMPLE(?name) AS ?title) WHERE {
  ?study a realist:Evaluation ; realist:synthetic true .
  OPTIONAL { ?study dcterms:title ?name }
} GROUP BY ?study ORDER BY ?study
"""

# A member goes by its label, its title or its identifier; a class by its label. `%s` is an IRI, written by
# us.
_NAMES = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT DISTINCT ?thing ?name WHERE {
  %s
  { ?thing rdfs:label|skos:prefLabel|dcterms:title|dcterms:identifier ?name }
  FILTER(ISIRI(?thing))
} ORDER BY ?name ?thing
"""


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of a class's members: the IRIs by every name in lower case, and one name each to offer."""

    iris: dict[str, tuple[str, ...]]
    offered: list[str]


@dataclass
class _Learnt:
    """What is true of one release and is looked up once."""

    tag: str
    synthetic: dict[str, str] | None = None
    names: dict[str, _Names] = field(default_factory=dict)


class Desk:
    """Asks the questions of a library of one backend."""

    def __init__(self, backend: Backend, library: Library) -> None:
        self.backend = backend
        self.library = library
        self._learnt = _Learnt("")

    async def answer(self, id: str, values: Values | None = None) -> Answer:
        """Ask a question and read its answer.

        Raises:
            UnknownName: there is no such question.
            InputError: a value does not fit its parameter.
            QueryError: see `Backend.query`.
        """
        question = self.library[id]
        found = await self.results(id, values, JSON)
        columns, rows = read_rows(found.body)
        notices = notices_for(columns, rows, await self.synthetic_studies())
        return Answer(question, columns, rows, notices, found.snapshot)

    async def results(self, id: str, values: Values | None, format: Format) -> EngineAnswer:
        """Ask a question and have its answer in a format of SPARQL results; raises as `answer` does."""
        question = self.library[id]
        if question.header.edition == "restricted" and self.backend.snapshot.edition == "open":
            raise QueryRefused(
                Problem(
                    f"The question {id} needs what only the restricted edition holds.",
                    "Ask with a token whose scope is restricted, or with --edition restricted where the store is.",
                )
            )
        values = values or {}
        names = {
            name: (await self._names(question, name)).iris for name in sorted(needs_names(question, values))
        }
        return await self.backend.query(check(bind(question, values, names)), format)

    async def synthetic_studies(self) -> dict[str, str]:
        """The IRI and the title of each synthetic study of the release."""
        learnt = self._of_this_release()
        if learnt.synthetic is None:
            _, rows = read_rows((await self.backend.query(check(_SYNTHETIC), JSON)).body)
            learnt.synthetic = {
                study.text: title.text if title else study.text for study, title in rows if study
            }
        return learnt.synthetic

    async def choices(self, question: Question) -> dict[str, list[str]]:
        """For each parameter that is one of a class: the names it can be given by."""
        return {
            name: (await self._names(question, parameter.names)).offered
            for name, parameter in question.header.parameters.items()
            if parameter.names
        }

    async def _names(self, question: Question, among: str) -> _Names:
        learnt = self._of_this_release()
        if among not in learnt.names:
            iri = question.expand(among.removesuffix("+"))
            named = f"{{ ?thing rdfs:subClassOf+ <{iri}> }}"
            if not among.endswith("+"):
                named += f" UNION {{ ?thing a <{iri}> }}"
            _, rows = read_rows((await self.backend.query(check(_NAMES % named), JSON)).body)
            learnt.names[among] = _read_names(
                [(thing.text, name.text) for thing, name in rows if thing and name]
            )
        return learnt.names[among]

    def _of_this_release(self) -> _Learnt:
        if self._learnt.tag != self.backend.snapshot.tag:
            self._learnt = _Learnt(self.backend.snapshot.tag)
        return self._learnt


def _read_names(named: list[tuple[str, str]]) -> _Names:
    iris: defaultdict[str, dict[str, None]] = defaultdict(dict)
    offered: dict[str, str] = {}
    for iri, name in named:
        iris[name.lower()][iri] = None
        offered.setdefault(iri, name)
    labels = frozenset(iris)
    for iri in offered:  # OneToOne, as it stands in the IRI, wherever no label says otherwise
        if (end := local_name(iri).lower()) not in labels:
            iris[end][iri] = None
    return _Names({name: tuple(several) for name, several in iris.items()}, sorted(offered.values()))


def ask(backend: LocalBackend, library: Library, id: str, values: Values | None = None) -> Answer:
    """Ask a question and wait for its answer.

    Args:
        backend: from `cmograph.engine.open_backend`.
        library: from `Library.load()`; iterate over it to list what can be asked.
        id: the question's id.
        values: by parameter name, one value or several; texts are read as the parameter's type asks.

    Raises:
        UnknownName: there is no such question.
        InputError: a value does not fit its parameter; suggests the nearest.
        QueryError: see `Backend.query`.
    """
    return backend.run(Desk(backend.backend, library).answer(id, values))
