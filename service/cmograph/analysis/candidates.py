"""Candidates: configurations that the coding suggests and that no analyst has made, with what was decided on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

from pydantic import Field

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.inquiry import Inquiry, Parameters
from cmograph.analysis.interviews import Interview, Passages, one_study, read_interviews, read_passages, these
from cmograph.analysis.reading import Reading
from cmograph.analysis.things import Ref, Study
from cmograph.errors import InputError, Problem
from cmograph.vocabulary import REALIST

__all__ = ["CANDIDATES", "Candidate", "CandidateParameters", "Ruling", "find_candidates"]

_DECISIONS = """
SELECT ?context ?mechanism ?outcome ?status ?by ?reason ?date ?configuration WHERE {
  ?decision a realist:CandidateDecision ; realist:inEvaluation ?study ; realist:candidateContext ?context ;
    realist:candidateMechanism ?mechanism ; realist:candidateOutcome ?outcome ; realist:candidateStatus ?status ;
    dcterms:creator ?by .
  OPTIONAL { ?decision realist:rationale ?reason }
  OPTIONAL { ?decision dcterms:created ?date }
  OPTIONAL { ?decision realist:confirmedAs ?configuration }
  %(studies)s
}"""
_ROLES = """
SELECT DISTINCT ?role ?component WHERE {
  %(studies)s
  ?book a realist:Codebook ; realist:inEvaluation ?study .
  ?code skos:inScheme ?book ; realist:codeRole ?role ; realist:codesFor ?component .
}"""
_STATUSES = {REALIST.Confirmed: "confirmed", REALIST.Rejected: "rejected", REALIST.Undecided: "undecided"}

Triple = tuple[str, str, str]
"""The IRIs of a context, a mechanism (a resource or a reasoning) and an outcome."""
_PARTS = (
    ("context", REALIST.ContextFactor),
    ("mechanism", REALIST.Resource),
    ("mechanism", REALIST.Reasoning),
    ("outcome", REALIST.OutcomeFactor),
)
"""What a component may be in one, and its class."""


@dataclass(frozen=True, slots=True, order=True)
class Ruling:
    """What one analyst decided on a candidate.

    Attributes:
        date: as ISO 8601 says it, or "".
        by: who decided.
        decision: `confirmed`, `rejected` or `undecided`.
        reason: why, or "".
        configuration: the id of the configuration that was made of it, or "".
    """

    date: str
    by: str
    decision: str
    reason: str
    configuration: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A context, a mechanism and an outcome that are coded together. The first columns are those of a table of decisions.

    Attributes:
        context, mechanism, outcome: ids of components within the study.
        decision, by, reason, date, configuration: the latest decision on it, settled before open; "" without one.
        study: the evaluation.
        context_wording, mechanism_wording, outcome_wording: the study's words.
        presence: `absent` where the mechanism is one that configurations only ever lack, else `present`.
        support: in how many interviews the three are coded together.
        interviews: out of how many.
        confidence: in what share of the interviews with the context and the mechanism the outcome is there too.
        lift: how many times as often as in all interviews; above 1 they meet more than by chance.
    """

    context: str
    mechanism: str
    outcome: str
    decision: str
    by: str
    reason: str
    date: str
    configuration: str
    study: Ref
    context_wording: str
    mechanism_wording: str
    outcome_wording: str
    presence: str
    support: int
    interviews: int
    confidence: float
    lift: float


class CandidateParameters(Parameters):
    """Which study, and what counts as coded together."""

    study: str = Field(
        "", description="The evaluation: IRI, identifier or title; needed where there are several."
    )
    within: Literal["interview", "passage"] = Field(
        "interview",
        description=(
            "Coded in the same interview, or in passages: the mechanism's overlaps or adjoins one of the context and one "
            "of the outcome."
        ),
    )
    least: int = Field(3, description="Together in so many interviews at least; from 1.")
    least_lift: float = Field(0, ge=0, description="Only with a lift of at least this.")
    all: bool = Field(False, description="List also what was rejected.")


def find_candidates(
    casebook: Casebook,
    study: Study,
    interviews: Sequence[Interview],
    asked: CandidateParameters,
    rulings: Mapping[Triple, Sequence[Ruling]] | None = None,
    passages: Mapping[str, Passages] | None = None,
    roles: Mapping[str, Set[str]] | None = None,
) -> list[Candidate]:
    """The candidates by lift, then by support, then by name.

    Args:
        casebook: of the edition.
        study: whose interviews they are.
        interviews: what each holds.
        asked: what counts.
        rulings: what was decided, by candidate.
        passages: by the IRI of an interview, where its components are coded; needed within passages.
        roles: by role in the code map, the components that its codes stand for: a class is not always given.

    Raises:
        InputError: a `least` that nothing or everything fulfils, or passages are asked for and there are none.
    """
    if not 1 <= asked.least <= len(interviews):
        raise InputError(
            Problem(
                f"least: in {asked.least} interviews nothing can be together, or everything is.",
                f"Give a number from 1 to {len(interviews)}: there are so many interviews.",
            )
        )
    pairs, triples, single = _together(interviews, asked, passages, _of_parts(casebook, roles or {}))
    made = _made(casebook, study)
    found = []
    for triple, support in triples.items():
        if support < asked.least or triple in made or triple[0] == triple[2]:
            continue
        one = _candidate(casebook, triple, support, pairs[triple[:2]], single[triple[2]], len(interviews))
        one = _ruled(one, (rulings or {}).get(triple, ()))
        if one.lift >= asked.least_lift and (asked.all or one.decision != "rejected"):
            found.append(one)
    return sorted(found, key=lambda one: (-one.lift, -one.support, one.context, one.mechanism, one.outcome))


Counts = tuple[dict[tuple[str, str], int], dict[Triple, int], dict[str, int]]
"""In how many interviews: a context and a mechanism together, the three together, and each outcome at all."""


def _together(
    interviews: Sequence[Interview],
    asked: CandidateParameters,
    passages: Mapping[str, Passages] | None,
    of_parts: Mapping[str, Set[str]],
) -> Counts:
    pairs: defaultdict[tuple[str, str], int] = defaultdict(int)
    triples: defaultdict[Triple, int] = defaultdict(int)
    single: defaultdict[str, int] = defaultdict(int)
    if asked.within == "passage" and not any((passages or {}).values()):
        raise InputError(
            Problem("No coding of this study has a position.", "Look within interviews: leave `within` out.")
        )
    for one in interviews:
        contexts, mechanisms, outcomes = (
            sorted(one.components & of_parts[part]) for part in ("context", "mechanism", "outcome")
        )
        for outcome in outcomes:
            single[outcome] += 1
        if asked.within == "interview":
            two = set(product(contexts, mechanisms))
            three = set(product(contexts, mechanisms, outcomes))
        else:
            two, three = _touching((passages or {}).get(one.id, {}), contexts, mechanisms, outcomes)
        for pair in two:
            pairs[pair] += 1
        for triple in three:
            triples[triple] += 1
    return pairs, triples, single


def _touching(
    passages: Passages, contexts: Iterable[str], mechanisms: Iterable[str], outcomes: Iterable[str]
) -> tuple[set[tuple[str, str]], set[Triple]]:
    """What touches a passage of a mechanism: contexts, and contexts with outcomes."""
    two: set[tuple[str, str]] = set()
    three: set[Triple] = set()
    for mechanism in mechanisms:
        for start, end in passages.get(mechanism, ()):
            near = [
                [one for one in several if any(a <= end and start <= b for a, b in passages.get(one, ()))]
                for several in (contexts, outcomes)
            ]
            two.update((context, mechanism) for context in near[0])
            three.update((context, mechanism, outcome) for context, outcome in product(*near))
    return two, three


def _of_parts(casebook: Casebook, roles: Mapping[str, Set[str]]) -> Mapping[str, Set[str]]:
    """By part: the components that may be it, by their class or by the role that the code map gives them."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for part, kind in _PARTS:
        found[part] |= casebook.of_kind.get(kind, frozenset())
    for role, several in roles.items():
        found["mechanism" if role in ("resource", "reasoning") else role] |= several
    return found


def _made(casebook: Casebook, study: Study) -> set[Triple]:
    """What configurations of the study join already, component by component."""
    return {
        triple
        for one in casebook.by_study.get(study.id, ())
        for triple in product(one.contexts, (*one.resources, *one.reasonings), one.outcomes)
    }


def _candidate(
    casebook: Casebook, triple: Triple, support: int, pair: int, outcome: int, interviews: int
) -> Candidate:
    context, mechanism, end = (casebook.components[iri] for iri in triple)
    confidence = support / pair
    return Candidate(
        context=context.name,
        mechanism=mechanism.name,
        outcome=end.name,
        decision="",
        by="",
        reason="",
        date="",
        configuration="",
        study=casebook.ref(context.study),
        context_wording=context.wording,
        mechanism_wording=mechanism.wording,
        outcome_wording=end.wording,
        presence="absent" if mechanism.id in casebook.only_lacking else "present",
        support=support,
        interviews=interviews,
        confidence=round(confidence, 4),
        lift=round(confidence * interviews / outcome, 4),
    )


def _ruled(one: Candidate, rulings: Sequence[Ruling]) -> Candidate:
    """The candidate with what was decided on it: what settles it before what leaves it open, the latest first."""
    if not rulings:
        return one
    last = max(rulings, key=lambda ruling: (ruling.decision != "undecided", ruling))
    return replace(
        one,
        decision=last.decision,
        by=last.by,
        reason=last.reason,
        date=last.date,
        configuration=last.configuration,
    )


async def _rulings(reading: Reading, casebook: Casebook, study: Study) -> dict[Triple, list[Ruling]]:
    found: defaultdict[Triple, list[Ruling]] = defaultdict(list)
    for row in await reading.rows(_DECISIONS, {"studies": these(study.id)}):
        context, mechanism, outcome, status, by, reason, date, made = row
        name = casebook.configurations[made].name if made in casebook.configurations else ""
        found[context, mechanism, outcome].append(Ruling(date, by, _STATUSES.get(status, ""), reason, name))
    return found


async def _work(reading: Reading, asked: CandidateParameters) -> list[Candidate]:
    casebook = await reading.casebook()
    study = one_study(casebook, asked.study)
    interviews = await read_interviews(reading, study)
    passages = await read_passages(reading, study) if asked.within == "passage" else None
    rulings = await _rulings(reading, casebook, study)
    roles: defaultdict[str, set[str]] = defaultdict(set)
    for role, component in await reading.rows(_ROLES, {"studies": these(study.id)}):
        roles[role].add(component)
    return find_candidates(casebook, study, interviews, asked, rulings, passages, roles)


CANDIDATES = Inquiry(
    id="candidates",
    title="Which configurations does the coding suggest that nobody has made?",
    description=(
        "A context, a resource or reasoning, and an outcome that are coded in the same interviews, or in passages that "
        "touch, and that no configuration of the study joins; with how often, how surely, and how much more than by "
        "chance, and what analysts decided. What was rejected is left out. Codes that meet explain nothing by "
        "themselves: each is a question to the interviews. As CSV it begins with the columns of a study's table of "
        "decisions. Restricted: it holds exact counts, and never what was said."
    ),
    parameters=CandidateParameters,
    item=Candidate,
    work=_work,
    example={"study": "synthetic-demonstration"},
    edition="restricted",
)
