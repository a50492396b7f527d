"""Why a statement holds: who said it, or what it follows from and by which axiom, down to what was said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from pydantic import Field
from pyoxigraph import NamedNode

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.explaining import Fact, Proof, Rules, prove
from cmograph.analysis.inquiry import Inquiry, Parameters
from cmograph.analysis.reading import Reading
from cmograph.analysis.things import Ref
from cmograph.errors import InputError, Problem, nearest
from cmograph.ontology import load_ontology
from cmograph.vocabulary import GRAPH, RDF

__all__ = ["WHY", "Explanation", "ProofStep", "WhyParameters", "explain"]

_ASSERTED = """
SELECT ?s ?p ?o WHERE {
  GRAPH %(graph)s { ?s ?p ?o FILTER(ISIRI(?s) && ISIRI(?o)) }
}"""
_AROUND = """
SELECT DISTINCT ?s ?p ?o WHERE {
  { SELECT DISTINCT ?s { GRAPH %(graph)s { { %(thing)s ?any ?s } UNION { ?s ?any %(thing)s }
    UNION { BIND(%(thing)s AS ?s) } } } LIMIT 2000 }
  GRAPH %(graph)s { ?s ?p ?o FILTER(ISIRI(?s) && ISIRI(?o)) }
}"""
_INFERRED = """
SELECT ?p ?o WHERE { GRAPH %(graph)s { %(thing)s ?p ?o FILTER(ISIRI(?o)) } }"""


@dataclass(frozen=True, slots=True)
class ProofStep:
    """One line of a proof.

    Attributes:
        depth: how far in: what a line rests on follows it, one deeper.
        statement: in words.
        rule: the rule's name in the OWL 2 RL specification; "said" for what the study says.
        axiom: the axiom in words; "" for what the study says.
    """

    depth: int
    statement: str
    rule: str
    axiom: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one statement holds.

    Attributes:
        study: the evaluation.
        subject, predicate, object: the statement.
        said: whether the study says it itself.
        steps: the proof, from the statement down to what the study says.
    """

    study: Ref
    subject: Ref
    predicate: Ref
    object: Ref
    said: bool
    steps: tuple[ProofStep, ...]


class WhyParameters(Parameters):
    """Which statement; without a predicate and object, all that follows for the thing."""

    subject: str = Field(description="The thing: its IRI, or `study/id` of a configuration or component.")
    predicate: str = Field("", description="The property: its IRI, label or name; `type` for its classes.")
    object: str = Field("", description="The value: an IRI, label or name.")


@cache
def _rules() -> Rules:
    return Rules(load_ontology().ntriples().decode())


def explain(
    casebook: Casebook, rules: Rules, known: Mapping[Fact, Proof | None], facts: Iterable[Fact]
) -> list[Explanation]:
    """Each statement with its proof.

    Args:
        casebook: what things are called.
        rules: of the ontology.
        known: what was said and what follows; see `prove`.
        facts: the statements, each of them known.
    """

    def ref(iri: str) -> Ref:
        known_to_ontology = iri in rules.labels or rules.is_expression(iri)
        return Ref(iri, rules.words(iri)) if known_to_ontology else casebook.ref(iri)

    def lines(fact: Fact, depth: int) -> Iterator[ProofStep]:
        proof = known[fact]
        subject, predicate, value = (ref(part).label for part in fact)
        is_type = fact[1] == RDF.type
        words = f"“{subject}” is: {value}." if is_type else f"“{subject}” {predicate} “{value}”."
        yield ProofStep(depth, words, proof.rule if proof else "said", proof.axiom if proof else "")
        for premise in proof.premises if proof else ():
            yield from lines(premise, depth + 1)

    return [
        Explanation(
            study=casebook.ref(
                next((one for one in casebook.studies if f"{fact[0]}/".startswith(f"{one}/")), "")
            ),
            subject=ref(fact[0]),
            predicate=Ref(RDF.type, "type") if fact[1] == RDF.type else ref(fact[1]),
            object=ref(fact[2]),
            said=known[fact] is None,
            steps=tuple(lines(fact, 0)),
        )
        for fact in facts
    ]


async def _work(reading: Reading, asked: WhyParameters) -> list[Explanation]:
    casebook, rules = await reading.casebook(), _rules()
    thing = _thing(casebook, asked.subject)
    study = next((one for one in casebook.studies.values() if f"{thing}/".startswith(f"{one.id}/")), None)
    if study is None:
        raise InputError(
            Problem(f"{asked.subject!r} belongs to no evaluation here.", "Name a thing of a study.")
        )
    try:
        graph, node = NamedNode(study.graph), NamedNode(thing)
    except ValueError:
        raise InputError(Problem(f"{asked.subject!r} is not an IRI.", "Write it in full.")) from None
    said = await reading.rows(_ASSERTED, {"graph": str(graph)})
    if reading.backend.snapshot.edition == "restricted":
        said += await reading.rows(_AROUND, {"graph": f"<{graph.value}/evidence>", "thing": str(node)})
    inferred = await reading.rows(_INFERRED, {"graph": f"<{GRAPH}inferred>", "thing": str(node)})
    known = prove(rules, [(s, p, o) for s, p, o in said])
    wanted = [(thing, p, o) for p, o in sorted(inferred)]
    if asked.predicate or asked.object:
        wanted = sorted(
            fact for fact in known if fact[0] == thing and _is_asked(casebook, rules, asked, fact)
        )
        if not wanted:
            held = [rules.words(fact[2]) for fact in known if fact[0] == thing]
            remedy = nearest(asked.object, held) if asked.object else ""
            raise InputError(Problem("That does not hold of it, nor does it follow.", remedy))
    return explain(casebook, rules, known, [fact for fact in wanted if fact in known])


def _thing(casebook: Casebook, name: str) -> str:
    if name.startswith(("https://", "http://")):
        return name
    if casebook.is_configuration(name):
        return casebook.find_configuration(name).id
    return casebook.find_component(name).id


def _is_asked(casebook: Casebook, rules: Rules, asked: WhyParameters, fact: Fact) -> bool:
    if rules.is_expression(fact[2]):
        return False
    predicate = {fact[1], rules.words(fact[1]), fact[1].rpartition("#")[2]}
    value = {fact[2], rules.words(fact[2]), fact[2].rpartition("#")[2], casebook.ref(fact[2]).label}
    return (not asked.predicate or asked.predicate in predicate) and (
        not asked.object or asked.object in value
    )


WHY = Inquiry(
    id="why",
    title="Why does this hold?",
    description=(
        "The shortest proof of each statement that follows for a thing, or of one statement: each line with the axiom in "
        "words and the rule of OWL 2 RL (https://www.w3.org/TR/owl2-profiles/) by which it follows from the lines below "
        "it, one deeper, down to what the study says."
    ),
    parameters=WhyParameters,
    item=Explanation,
    work=_work,
    example={"subject": "synthetic-demonstration/C15", "object": "contested harm"},
)
