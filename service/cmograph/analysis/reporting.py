"""What a report by RAMESES II has to say, as far as the graph can fill it, and what is missing.

The standard (https://doi.org/10.1186/s12916-016-0643-1, Table 1) has 20 items. Of these the first nine were seen; they are
here in a few words of our own, by their numbers. What follows them bears no number: it is what the second item, on
abstracts, asks to be told of methods and findings. Much of a report is prose that no graph holds: such an item says that
it is for the authors to write.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import Field

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.inquiry import Inquiry, Parameters
from cmograph.analysis.reading import Reading
from cmograph.analysis.things import Configuration, Ref, Study
from cmograph.vocabulary import REALIST

__all__ = ["REPORTING", "ReportItem", "ReportingParameters", "report"]


@dataclass(frozen=True, slots=True)
class ReportItem:
    """One item of the reporting standard, for one study.

    Attributes:
        study: the evaluation.
        number: the item's number in the standard; None where its number was not seen.
        section, item: which item, in our words.
        status: `present`; `partly`; `missing`: the study folder can say it and does not; or `to write`: no graph holds it.
        filled: what the graph has of it, in words.
        remedy: where it can be said.
    """

    study: Ref
    number: int | None
    section: str
    item: str
    status: str
    filled: str
    remedy: str


class ReportingParameters(Parameters):
    """Which studies."""

    study: tuple[str, ...] = Field((), description="Of these evaluations: IRI, identifier or title.")
    missing: bool = Field(False, description="Only what is partly there, or missing.")


def report(casebook: Casebook, asked: ReportingParameters) -> list[ReportItem]:
    """The items of each study, in order.

    Raises:
        InputError: there is no such study; suggests the nearest.
    """
    studies = [casebook.find_study(name) for name in asked.study] or list(casebook.studies.values())
    items = [
        ReportItem(casebook.ref(study.id), number if number <= _SEEN else None, section, item, *said)
        for study in studies
        for number, (section, item, said) in enumerate(_items(casebook, study), start=1)
    ]
    return [one for one in items if not asked.missing or one.status in ("partly", "missing")]


_SEEN = 9
"""So many items of the standard were seen with their numbers."""

_Said = tuple[str, str, str]
"""Status, what fills it, and the remedy."""


def _items(casebook: Casebook, study: Study) -> Iterator[tuple[str, str, _Said]]:
    configurations = casebook.by_study.get(study.id, ())
    theories = [one for one in casebook.theories.values() if one.study == study.id]
    initial = [one for one in theories if one.stage == REALIST.InitialTheory]
    refined = [one for one in theories if one.stage == REALIST.RefinedTheory]
    realist = "realist" in f"{study.title} {study.description}".lower()
    yield (
        "title",
        "Called a realist evaluation",
        _known(study.title if realist else "", "title", partly=study.title),
    )
    yield "summary", "Abstract", _known(study.description, "description")
    yield "introduction", "Why it was evaluated", _to_write()
    yield (
        "introduction",
        "The initial programme theory",
        _known(
            "; ".join(f"{one.title}: {one.description}" for one in initial),
            "theories.csv, stage initial",
            partly="; ".join(one.title for one in theories),
        ),
    )
    yield "introduction", "Questions, objectives, focus", _to_write()
    yield "introduction", "Ethical approval", _to_write()
    yield "methods", "Why a realist evaluation", _to_write()
    yield "methods", "Where it took place", _known(study.place, "[programme] place")
    yield "methods", "The programme", _known(study.programme, "[programme] title and description")
    yield "methods", "Strategy of the evaluation", _to_write()
    interviewed = ", ".join(
        f"{people} {casebook.ref(role).label}" for role, people in study.interviewed.items()
    )
    spoken = (tally for one in configurations for tally in one.evidence.values())
    kind = "Interviews, coded" if any(tally.people or tally.withheld for tally in spoken) else ""
    yield "methods", "Collecting and documenting data", _known("", "", partly=kind) if kind else _to_write()
    coded = sum(1 for one in configurations if one.evidence)
    yield (
        "methods",
        "Analysis, and how theory was refined",
        _known(
            "; ".join(one.rationale for one in refined if one.rationale),
            "theories.csv, rationale",
            partly=f"Evidence is linked to {coded} of {len(configurations)} configurations." if coded else "",
        ),
    )
    yield "methods", "Recruiting and sampling", _to_write()
    yield "results", "Who took part", _known(interviewed, "[[participants.interviewed]]")
    yield "results", "Key findings, as configurations", _findings(casebook, study)
    eased = sum(1 for one in configurations if one.mitigations)
    yield (
        "discussion",
        "Conclusions, and the refined theory",
        _known(
            "; ".join(f"{one.title}: {one.description}" for one in refined),
            "theories.csv, stage refined",
            partly=f"{eased} configurations say what eases harm." if eased else "",
        ),
    )


def _findings(casebook: Casebook, study: Study) -> _Said:
    configurations = casebook.by_study.get(study.id, ())
    if not configurations:
        return "missing", "", "Fill configurations.csv."
    kinds = Counter(map(_kind, configurations))
    filled = f"{len(configurations)} configurations: " + ", ".join(
        f"{count} {kind}" for kind, count in sorted(kinds.items())
    )
    bare = [one.name for one in configurations if not one.evidence]
    if bare:
        return "partly", f"{filled}.", f"Name evidence in configurations.csv for {', '.join(bare[:10])}."
    return "present", f"{filled}, each with evidence.", ""


def _kind(one: Configuration) -> str:
    if one.contested:
        return "contested"
    if one.harmful == one.beneficial:
        return "mixed"
    return "harmful" if one.harmful else "beneficial"


def _known(filled: str, where: str, *, partly: str = "") -> _Said:
    if filled.strip(" :;"):
        return "present", filled, ""
    remedy = f"Say it in the study folder: {where}." if where else "The authors write the rest."
    return ("partly", partly, remedy) if partly else ("missing", "", remedy)


def _to_write() -> _Said:
    return "to write", "", "The authors write it: no graph holds it."


async def _work(reading: Reading, asked: ReportingParameters) -> list[ReportItem]:
    return report(await reading.casebook(), asked)


REPORTING = Inquiry(
    id="reporting",
    title="What of a report by RAMESES II is there, and what is missing?",
    description=(
        "Items of the RAMESES II reporting standard (https://doi.org/10.1186/s12916-016-0643-1) for each study: what the "
        "graph fills, what a study folder could say and does not, and what only its authors can write. Of the standard's "
        "20 items the first nine are by their numbers; the others are what it asks an abstract to tell."
    ),
    parameters=ReportingParameters,
    item=ReportItem,
    work=_work,
    example={"study": "synthetic-demonstration"},
)
