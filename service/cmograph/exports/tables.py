"""Flat tables as CSV: configurations, evidence, an evidence map, a summary of findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from itertools import product

from cmograph.analysis.evidence import EVIDENCE, EvidenceFilter, EvidenceRecord
from cmograph.analysis.records import (
    ComponentRecord,
    ConfigurationRecord,
    StudyRecord,
    component_record,
    configuration_record,
    study_record,
)
from cmograph.exports.material import Material
from cmograph.sheets import columns_of, flatten, write_rows
from cmograph.vocabulary import REALIST

__all__ = [
    "Sheet",
    "component_sheet",
    "configuration_sheet",
    "evidence_sheet",
    "study_sheet",
    "write_cerqual",
    "write_configurations",
    "write_evidence",
    "write_evidence_map",
]

Sheet = tuple[Sequence[str], Iterable[Mapping[str, object]]]
"""Columns, and rows by column."""


def configuration_sheet(material: Material) -> Sheet:
    """A row a configuration, and whether its study is synthetic."""
    book = material.casebook
    rows = (
        flatten(configuration_record(book, one)) | {"synthetic": book.studies[one.study].synthetic}
        for one in material.configurations
    )
    return [*columns_of(ConfigurationRecord), "synthetic"], rows


async def evidence_sheet(material: Material) -> Sheet:
    """A row a piece of evidence: of the open edition counts and statements, of the restricted one codings too."""
    found: list[EvidenceRecord] = []
    for study in material.studies:  # one at a time: what may be listed at once is limited
        found += await EVIDENCE.work(material.reading, EvidenceFilter(study=(study.id,)))
    book = material.casebook
    rows = (flatten(one) | {"synthetic": book.studies[one.study.id].synthetic} for one in found)
    return [*columns_of(EvidenceRecord), "synthetic"], rows


def study_sheet(material: Material) -> Sheet:
    """A row a study."""
    rows = (flatten(study_record(material.casebook, study)) for study in material.studies)
    return columns_of(StudyRecord), rows


def component_sheet(material: Material) -> Sheet:
    """A row a component."""
    rows = (flatten(component_record(material.casebook, one)) for one in material.components)
    return columns_of(ComponentRecord), rows


async def write_configurations(material: Material) -> bytes:
    """A row a configuration."""
    return _csv(configuration_sheet(material))


async def write_evidence(material: Material) -> bytes:
    """A row a piece of evidence."""
    return _csv(await evidence_sheet(material))


async def write_evidence_map(material: Material) -> bytes:
    """A row for each study, kind of mechanism and kind of outcome that meet in a configuration: what maps count."""
    book = material.casebook
    cells: dict[tuple[str, str, str], list[str]] = {}
    for one in material.configurations:
        mechanisms = [kind for part in (*one.resources, *one.reasonings) for kind in _kinds(material, part)]
        outcomes = [kind for part in one.outcomes for kind in _kinds(material, part)]
        for mechanism, outcome in product(dict.fromkeys(mechanisms), dict.fromkeys(outcomes)):
            cells.setdefault((one.study, mechanism, outcome), []).append(one.id)
    columns = (
        "study", "publication", "synthetic", "mechanism", "mechanism_id", "outcome", "outcome_id",
        "configurations", "harmful", "contested", "contexts", "deliveries",
    )  # fmt: skip
    rows = []
    for (study, mechanism, outcome), several in cells.items():
        held = [book.configurations[iri] for iri in several]
        contexts = sorted(
            {book.ref(kind).label for one in held for part in one.contexts for kind in _kinds(material, part)}
        )
        rows.append(
            {
                "study": book.studies[study].name,
                "publication": book.studies[study].doi,
                "synthetic": book.studies[study].synthetic,
                "mechanism": book.ref(mechanism).label,
                "mechanism_id": mechanism,
                "outcome": book.ref(outcome).label,
                "outcome_id": outcome,
                "configurations": len(held),
                "harmful": sum(one.harmful for one in held),
                "contested": sum(one.contested for one in held),
                "contexts": "; ".join(contexts),
                "deliveries": "; ".join(
                    sorted({book.ref(mode).label for one in held for mode in one.deliveries})
                ),
            }
        )
    return _csv((columns, rows))


async def write_cerqual(material: Material) -> bytes:
    """A GRADE-CERQual summary of findings (https://doi.org/10.1186/s12874-019-0728-6): a row a finding.

    A finding is a configuration; one that nobody has rated is there, and says so.
    """
    book = material.casebook
    components = ("methodological_limitations", "coherence", "adequacy", "relevance")
    columns = ("study", "synthetic", "finding", "finding_id", "summary", "overall", *components, "rationale", "assessor",
               "people_at_least", "statements", "evidence_against", "publication")  # fmt: skip
    rows = []
    for one in material.configurations:
        rated = book.assessment_of.get(one.id)
        clauses = (one.if_clause, one.then_clause, one.because_clause)
        support = one.tally("supports")
        row: dict[str, object] = {
            "study": book.studies[one.study].name,
            "synthetic": book.studies[one.study].synthetic,
            "finding": one.title,
            "finding_id": one.id,
            "summary": " ".join(clause for clause in clauses if clause),
            "overall": book.ref(rated.overall).label if rated else "not rated",
            "people_at_least": support.people,
            "statements": support.statements,
            "evidence_against": bool(one.tally("refutes")),
            "publication": one.source or book.studies[one.study].doi,
        }
        if rated:
            row |= {name: book.ref(getattr(rated, name)).label for name in components}
            row |= {"rationale": rated.rationale, "assessor": rated.assessor}
        rows.append(row)
    return _csv((columns, rows))


def _kinds(material: Material, component: str) -> tuple[str, ...]:
    """A component's most specific kinds, without those that only say which part it can play."""
    book = material.casebook
    general = {REALIST.ContextFactor, REALIST.Resource, REALIST.Reasoning, REALIST.OutcomeFactor}
    kinds = book.most_specific(book.components[component].kinds)
    return tuple(kind for kind in kinds if kind not in general) or kinds


def _csv(sheet: Sheet) -> bytes:
    out = StringIO()
    write_rows(out, *sheet)
    return out.getvalue().encode("utf-8")
