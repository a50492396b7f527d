"""How much confidence each finding deserves: GRADE-CERQual's evidence profile and summary of findings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import Field

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.inquiry import Inquiry, Parameters
from cmograph.analysis.reading import Reading
from cmograph.analysis.records import Evidence, evidence_record
from cmograph.analysis.things import Assessment, Configuration, Ref
from cmograph.errors import InputError, Problem
from cmograph.vocabulary import REALIST

__all__ = ["CONFIDENCE", "ConfidenceParameters", "Finding", "assess_findings"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding with its rating and what it rests on.

    Attributes:
        study: the evaluation whose finding it is.
        publication: the DOI of its publication as an IRI, or "".
        finding: the configuration.
        statement: if, then and because, in the analysts' words.
        overall: the level of confidence; None where nobody rated it.
        methodological_limitations, coherence, adequacy, relevance: the concern about each, or None.
        rationale, assessor, date: why, by whom and when; "" where nobody says.
        supports, refutes, refines: the evidence for it, against it, and that refined it.
        contested: whether there is evidence for it and against it.
    """

    study: Ref
    publication: str
    finding: Ref
    statement: str
    overall: Ref | None
    methodological_limitations: Ref | None
    coherence: Ref | None
    adequacy: Ref | None
    relevance: Ref | None
    rationale: str
    assessor: str
    date: str
    supports: Evidence
    refutes: Evidence
    refines: Evidence
    contested: bool


class ConfidenceParameters(Parameters):
    """Which findings."""

    study: tuple[str, ...] = Field((), description="Only findings of these: IRI, identifier or title.")
    configuration: tuple[str, ...] = Field(
        (), description="Only these findings: IRI, `study/id`, or id where one study has it. Never a study."
    )
    overall: str = Field("", description="Only findings at this level: high, moderate, low or very low.")
    unrated: bool = Field(False, description="Only findings that nobody rated, in place of the rated ones.")


def assess_findings(casebook: Casebook, asked: ConfidenceParameters) -> list[Finding]:
    """The findings that are asked for, by study and id.

    Raises:
        InputError: a name that nothing has, with the nearest; or a study where a finding is asked for.
    """
    studies = {casebook.find_study(name).id for name in asked.study}
    wanted = {_find(casebook, name) for name in asked.configuration}
    level = casebook.find_term(_level(asked.overall), REALIST.ConfidenceLevel) if asked.overall else ""
    if level and asked.unrated:
        raise InputError(Problem("What nobody rated has no level.", "Give overall or unrated, not both."))
    return list(_findings(casebook, studies, wanted, level, asked.unrated))


def _findings(
    casebook: Casebook, studies: set[str], wanted: set[str], level: str, unrated: bool
) -> Iterator[Finding]:
    for one in casebook.configurations.values():
        if (studies and one.study not in studies) or (wanted and one.id not in wanted):
            continue
        rating = casebook.assessment_of.get(one.id)
        if (rating is None) == unrated and (not level or (rating and rating.overall == level)):
            yield _finding(casebook, one, rating)


def _find(casebook: Casebook, name: str) -> str:
    """A finding's IRI; a study is told apart, since rating one by CERQual is a misuse that is common."""
    if casebook.is_study(name):
        raise InputError(
            Problem(
                f"{name!r} is a study: GRADE-CERQual is of a finding, never of a study "
                "(DOI 10.1186/s12874-019-0728-6).",
                "Name one of its configurations, or give study=… for the ratings of its findings. Of 233 papers that "
                "applied it, 97 were set aside for grave misuse, such as this (DOI 10.1186/s12961-023-00999-3).",
            )
        )
    return casebook.find_configuration(name).id


def _level(name: str) -> str:
    """Levels are also known without the word confidence: `very low`."""
    bare = name.strip().lower()
    return f"{bare} confidence" if bare in {"high", "moderate", "low", "very low"} else name


def _finding(casebook: Casebook, one: Configuration, rating: Assessment | None) -> Finding:
    def concern(name: str) -> Ref | None:
        iri = getattr(rating, name) if rating else ""
        return casebook.ref(iri) if iri else None

    clauses = (one.if_clause, one.then_clause, one.because_clause)
    supports, refutes, refines = (
        evidence_record(casebook, one.tally(stance)) for stance in ("supports", "refutes", "refines")
    )
    return Finding(
        study=casebook.ref(one.study),
        publication=casebook.studies[one.study].doi,
        finding=casebook.ref(one.id),
        statement=", ".join(clause for clause in clauses if clause),
        overall=concern("overall"),
        methodological_limitations=concern("methodological_limitations"),
        coherence=concern("coherence"),
        adequacy=concern("adequacy"),
        relevance=concern("relevance"),
        rationale=rating.rationale if rating else "",
        assessor=rating.assessor if rating else "",
        date=rating.date if rating else "",
        supports=supports,
        refutes=refutes,
        refines=refines,
        contested=one.contested,
    )


async def _work(reading: Reading, asked: ConfidenceParameters) -> list[Finding]:
    return assess_findings(await reading.casebook(), asked)


CONFIDENCE = Inquiry(
    id="confidence",
    title="How much confidence does each finding deserve, why, and on which evidence?",
    description=(
        "GRADE-CERQual's summary of findings and evidence profile: of each rated configuration the overall level, the "
        "concerns about methodological limitations, coherence, adequacy and relevance, the rationale, and the evidence "
        "that contributes. Ratings are what people judged: nothing is rated here, and a study never has one "
        "(DOI 10.1186/s12874-019-0728-6). `unrated` lists what nobody rated."
    ),
    parameters=ConfidenceParameters,
    item=Finding,
    work=_work,
    example={"study": "synthetic-demonstration"},
)
