"""Pieces of evidence: published statements and counts for everyone, coded passages for those who may see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import Field
from pyoxigraph import NamedNode

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.inquiry import Inquiry, Parameters
from cmograph.analysis.reading import Reading
from cmograph.analysis.things import Component, Configuration, Ref
from cmograph.errors import InputError, Problem
from cmograph.naming import local_name
from cmograph.vocabulary import REALIST

__all__ = ["EVIDENCE", "EvidenceFilter", "EvidenceRecord"]

_STANCES = ("supports", "refutes", "refines")
_MOST_CODINGS = 20_000

_STATEMENTS = """
SELECT ?evidence ?claim ?stance ?words ?publication ?locator ?detail WHERE {
  %(studies)s
  VALUES ?stance { realist:supports realist:refutes realist:refines }
  ?claim realist:inEvaluation ?study .
  ?evidence ?stance ?claim ; a realist:PublishedStatement ; rdfs:label ?words .
  OPTIONAL { ?evidence dcterms:source ?publication }
  OPTIONAL { ?evidence realist:locator ?locator }
  OPTIONAL { ?evidence realist:detailLevel ?detail }
}"""
_CODINGS = """
SELECT ?evidence ?claim ?stance ?words ?source ?role ?code ?coder ?verification ?disclosure ?start ?end WHERE {
  %(studies)s
  VALUES ?stance { realist:supports realist:refutes realist:refines }
  ?claim realist:inEvaluation ?study .
  ?evidence ?stance ?claim ; a realist:Coding ; oa:hasBody/realist:codePath ?code ; realist:inSource ?interview .
  OPTIONAL { ?interview dcterms:title ?source }
  OPTIONAL { ?interview realist:contributedBy/realist:hasRole ?role }
  OPTIONAL { ?evidence realist:codedBy/rdfs:label ?coder }
  OPTIONAL { ?evidence realist:verification ?verification }
  OPTIONAL { ?evidence realist:disclosureClass ?disclosure }
  OPTIONAL { ?evidence oa:hasTarget/oa:hasSelector ?position . ?position oa:start ?start ; oa:end ?end }
  OPTIONAL { ?evidence oa:hasTarget/oa:hasSelector/oa:exact ?words }
}"""


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    """A piece of evidence on one claim.

    Attributes:
        id: its IRI.
        study: the evaluation.
        about: the configuration or component that it speaks for or against.
        about_kind: `configuration` or `component`.
        stance: `supports`, `refutes` or `refines`.
        kind: `summary` (counts of what was coded), `statement` (published, in our words) or `coding` (restricted).
        words: what the statement says, or what was said; "" for a summary, and for what has no text or is withdrawn.
        people, codings, withheld, exact: of a summary: how many participants and codings; see the list of configurations.
        publication, locator: of a statement: the DOI as an IRI, and where in it.
        detail: of a statement: how closely it was seen.
        source, code, coder, start, end: of a coding: the interview, the code's path, and code points of the text.
        role: of a coding: the role of who speaks.
        verification: of a coding: how sure its position is.
        disclosure: of a coding: to whom its quotation may be shown.
    """

    id: str
    study: Ref
    about: Ref
    about_kind: str
    stance: str
    kind: str
    words: str = ""
    people: int | None = None
    codings: int | None = None
    withheld: bool | None = None
    exact: bool | None = None
    publication: str = ""
    locator: str = ""
    detail: Ref | None = None
    source: str = ""
    code: str = ""
    coder: str = ""
    start: int | None = None
    end: int | None = None
    role: Ref | None = None
    verification: Ref | None = None
    disclosure: Ref | None = None


class EvidenceFilter(Parameters):
    """Which evidence. Several values of one filter mean any of them; several filters must all hold."""

    study: tuple[str, ...] = Field((), description="In these evaluations: IRI, identifier or title.")
    configuration: tuple[str, ...] = Field((), description="On these configurations: IRI, `study/id` or id.")
    component: tuple[str, ...] = Field((), description="On these components: IRI, `study/id` or id.")
    stance: Literal["supports", "refutes", "refines"] | None = Field(
        None, description="Only what supports, refutes or refines."
    )
    kind: Literal["summary", "statement", "coding"] | None = Field(
        None, description="Only summaries, published statements, or codings (restricted edition)."
    )
    role: str = Field("", description="Only codings of what people of this role say, such as mother.")


async def _list_evidence(reading: Reading, asked: EvidenceFilter) -> Sequence[EvidenceRecord]:
    casebook = await reading.casebook()
    role = casebook.find_term(asked.role, REALIST.ActorRole) if asked.role else ""
    claims = _claims(casebook, asked)
    kinds = {asked.kind} if asked.kind else {"summary", "statement", "coding"}
    if role:
        kinds &= {"coding"}
    found: list[EvidenceRecord] = []
    if "summary" in kinds:
        found += _summaries(casebook, claims.values())
    if "statement" in kinds:
        found += _statements(casebook, claims, await reading.rows(_STATEMENTS, {"studies": _studies(claims)}))
    if "coding" in kinds and reading.backend.snapshot.edition == "restricted":
        _refuse_too_many(claims)
        rows = await reading.rows(_CODINGS, {"studies": _studies(claims)})
        found += [
            one for one in _codings(casebook, claims, rows) if not role or (one.role and one.role.id == role)
        ]
    wanted = [one for one in found if asked.stance in (None, one.stance)]
    order = {stance: place for place, stance in enumerate(_STANCES)}
    places = {claim: place for place, claim in enumerate(claims)}
    return sorted(
        wanted,
        key=lambda one: (places[one.about.id], order[one.stance], one.kind != "summary", one.kind, one.code, one.source,
                         one.start or 0, one.id),
    )  # fmt: skip


Claim = Configuration | Component


def _claims(casebook: Casebook, asked: EvidenceFilter) -> dict[str, Claim]:
    """What evidence is asked on, configurations first."""
    studies = {casebook.find_study(name).id for name in asked.study}
    named: list[Claim] = [casebook.find_configuration(name) for name in asked.configuration]
    named += [casebook.find_component(name) for name in asked.component]
    every: Iterable[Claim] = named or (*casebook.configurations.values(), *casebook.components.values())
    return {one.id: one for one in every if not studies or one.study in studies}


def _refuse_too_many(claims: Mapping[str, Claim]) -> None:
    """Raises InputError where the codings of these claims are more than can be listed whole."""
    codings = sum(tally.codings for one in claims.values() for tally in one.evidence.values())
    if codings > _MOST_CODINGS:
        raise InputError(
            Problem(
                f"There are {codings} codings, more than {_MOST_CODINGS} are not listed at once.",
                "Name a study, a configuration or a component, or ask SPARQL.",
            )
        )


def _studies(claims: Mapping[str, Claim]) -> str:
    studies = dict.fromkeys(one.study for one in claims.values())
    return f"VALUES ?study {{ {' '.join(str(NamedNode(iri)) for iri in studies)} }}"


def _about(casebook: Casebook, one: Claim) -> tuple[Ref, Ref, str]:
    kind = "configuration" if isinstance(one, Configuration) else "component"
    return casebook.ref(one.study), casebook.ref(one.id), kind


def _summaries(casebook: Casebook, claims: Iterable[Claim]) -> Iterator[EvidenceRecord]:
    for claim in claims:
        for stance in _STANCES:
            tally = claim.evidence.get(stance)
            if tally and (tally.people or tally.withheld):
                yield EvidenceRecord(
                    f"{claim.id}/evidence/{stance}",
                    *_about(casebook, claim),
                    stance,
                    "summary",
                    people=tally.people,
                    codings=tally.codings,
                    withheld=tally.withheld,
                    exact=tally.exact,
                )


def _statements(
    casebook: Casebook, claims: Mapping[str, Claim], rows: Iterable[Sequence[str]]
) -> Iterator[EvidenceRecord]:
    for evidence, claim, stance, words, publication, locator, detail in rows:
        if claim in claims:
            yield EvidenceRecord(
                evidence,
                *_about(casebook, claims[claim]),
                local_name(stance),
                "statement",
                words=words,
                publication=publication,
                locator=locator,
                detail=casebook.ref(detail) if detail else None,
            )


def _codings(
    casebook: Casebook, claims: Mapping[str, Claim], rows: Iterable[Sequence[str]]
) -> Iterator[EvidenceRecord]:
    for row in rows:
        evidence, claim, stance, words, source, role, code, coder, verification, disclosure, start, end = row
        if claim in claims:
            yield EvidenceRecord(
                evidence,
                *_about(casebook, claims[claim]),
                local_name(stance),
                "coding",
                words=words,
                source=source,
                code=code,
                coder=coder,
                start=int(start) if start else None,
                end=int(end) if end else None,
                role=casebook.ref(role) if role else None,
                verification=casebook.ref(verification) if verification else None,
                disclosure=casebook.ref(disclosure) if disclosure else None,
            )


EVIDENCE = Inquiry(
    id="evidence",
    title="What is the evidence, piece by piece?",
    description=(
        "Every piece of evidence on configurations and components: counts of what was coded and published statements "
        "for everyone; with access to the restricted edition also each coding, down to the quotation, who coded it, "
        "and how sure its position is."
    ),
    parameters=EvidenceFilter,
    item=EvidenceRecord,
    work=_list_evidence,
    example={"configuration": "synthetic-demonstration/C12"},
)
