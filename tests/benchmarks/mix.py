"""What the service benchmark asks: competency questions, point look-ups and analytic queries.

Every text is made here once and sent to all servers as it is. A question's text is what the library's binding
makes of it, as `ask` does, with values that the data holds and that are drawn anew for each round.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, QuerySolutions, Store

from cmograph.questions import Library
from cmograph.questions.binding import Value, bind
from cmograph.questions.header import Parameter
from cmograph.questions.library import Question

__all__ = ["ANALYTIC", "Mix", "lookup"]

_PREFIXES = """PREFIX realist: <https://w3id.org/cmograph/realist#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX oa: <http://www.w3.org/ns/oa#>
"""

ANALYTIC: Mapping[str, str] = {
    name: _PREFIXES + text
    for name, text in {
        "things by class": "SELECT ?class (COUNT(*) AS ?n) { ?thing a ?class } GROUP BY ?class",
        "triples by predicate": "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p",
        "codings by code, 3 patterns": """SELECT ?path (COUNT(?coding) AS ?n) {
  ?coding a realist:Coding ; oa:hasBody ?code . ?code realist:codePath ?path } GROUP BY ?path""",
        "codings by role and study, 5 patterns": """SELECT ?study ?role (COUNT(?coding) AS ?n) {
  ?coding realist:supports ?about ; realist:inSource ?interview . ?about realist:inEvaluation ?study .
  ?interview realist:contributedBy ?person . ?person realist:hasRole ?role } GROUP BY ?study ?role""",
        "mean length by code, arithmetic": """SELECT ?code (AVG(?end - ?start) AS ?length) {
  ?coding oa:hasBody ?code ; oa:hasTarget ?target . ?target oa:hasSelector ?place .
  ?place oa:start ?start ; oa:end ?end } GROUP BY ?code""",
        "OPTIONAL": """SELECT (COUNT(?coding) AS ?all) (COUNT(?about) AS ?against) {
  ?coding a realist:Coding . OPTIONAL { ?coding realist:refutes ?about } }""",
        "NOT EXISTS": """SELECT ?coder (COUNT(?coding) AS ?n) { ?coding realist:codedBy ?coder
  FILTER NOT EXISTS { ?coding realist:supports ?about . ?about a realist:Configuration } } GROUP BY ?coder""",
        "path to a class": """SELECT ?study (COUNT(DISTINCT ?part) AS ?n) {
  ?part a/rdfs:subClassOf* realist:ContextFactor ; realist:inEvaluation ?study } GROUP BY ?study""",
        "regex": """SELECT (COUNT(*) AS ?n) { ?quote oa:exact ?words FILTER(REGEX(?words, "caf. +ex", "i")) }""",
        "ORDER BY with LIMIT": """SELECT ?quote ?words { ?quote oa:exact ?words }
ORDER BY DESC(STRLEN(?words)) ?quote LIMIT 50""",
        "DISTINCT": """SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?source ?one {
  ?coding realist:inSource ?source ; oa:hasBody ?one ; realist:codedBy ?coder } }""",
        "5,000 rows": """SELECT ?coding ?code ?source { ?source realist:contributedBy ?person .
  ?coding realist:inSource ?source ; oa:hasBody ?code } ORDER BY ?coding LIMIT 5000""",
    }.items()
}
"""Analytic queries by what each of them stresses."""

_TEXTS: Mapping[str, tuple[str, ...]] = {
    "toward": ("positive", "negative"),
    "target": (
        "http://purl.obolibrary.org/obo/MF_0000063",
        "http://purl.obolibrary.org/obo/MF_0000203",
        "http://humanbehaviourchange.org/ontology/BCIO_039000",
    ),
    "word": ("judged", "understood", "café", "commodo", "lorem"),
}
_MEMBERS = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?thing { { ?thing a <%s> } UNION { ?thing rdfs:subClassOf+ <%s> } FILTER(ISIRI(?thing)) }
ORDER BY ?thing"""
_KINDS = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?thing { ?thing rdfs:subClassOf+ <%s> FILTER(ISIRI(?thing)) } ORDER BY ?thing"""


@dataclass(frozen=True)
class Mix:
    """The questions, and what the data offers to ask about."""

    questions: Mapping[str, Question]
    members: Mapping[str, tuple[str, ...]]
    subjects: tuple[str, ...]

    @classmethod
    def of(cls, snapshot: Path, subjects: int = 200_000) -> Mix:
        """The mix for an edition: every question that the open edition answers, and subjects at random."""
        store = Store.read_only(str(snapshot))
        questions = {q.id: q for q in Library.load().values() if q.header.edition == "open"}
        classes = {
            (among, question.expand(among.removesuffix("+")))
            for question in questions.values()
            for parameter in question.header.parameters.values()
            if (among := parameter.names)
        }
        members = {
            among: _column(store, _KINDS % iri if among.endswith("+") else _MEMBERS % (iri, iri))
            for among, iri in classes
        }
        found = _column(store, f"SELECT DISTINCT ?s {{ ?s ?p ?o FILTER(ISIRI(?s)) }} LIMIT {subjects}")
        shuffled = list(found)
        random.Random("subjects").shuffle(shuffled)
        return cls(questions, members, tuple(shuffled))

    def fresh(self, turn: int) -> dict[str, str]:
        """Every question's text with values of this turn; no two turns have a text in common."""
        return {id: f"{self._bound(id, turn)}\n# turn {turn}\n" for id in self.questions}

    def analytic(self, turn: int) -> dict[str, str]:
        """Every analytic query, told from the ones of other turns by a comment."""
        return {name: f"{text}\n# turn {turn}\n" for name, text in ANALYTIC.items()}

    def lookups(self, turn: int, count: int) -> list[str]:
        """Point look-ups of subjects that no other turn looks up, as long as there are as many."""
        start = turn * count
        return [lookup(self.subjects[n % len(self.subjects)]) for n in range(start, start + count)]

    def _bound(self, id: str, turn: int) -> str:
        question, draw = self.questions[id], random.Random(f"{id} {turn}")
        parameters = question.header.parameters
        asked = draw.sample(sorted(parameters), draw.randint(1, len(parameters)))
        return bind(question, {name: self._value(name, parameters[name], draw) for name in asked})

    def _value(self, name: str, parameter: Parameter, draw: random.Random) -> Value:
        if parameter.names:
            return draw.choice(self.members[parameter.names])
        if parameter.type == "integer":
            return draw.randint(1, 9)
        return draw.choice(_TEXTS[name])


def lookup(subject: str) -> str:
    """The point look-up of a subject."""
    return f"SELECT ?p ?o {{ <{subject}> ?p ?o }}"


def _column(store: Store, query: str) -> tuple[str, ...]:
    solutions = store.query(query)
    assert isinstance(solutions, QuerySolutions)
    terms = (solution[0] for solution in solutions)
    return tuple(term.value for term in terms if isinstance(term, NamedNode))
