"""The formats in which studies can be had: one file a format, all of them listed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cmograph.analysis.reading import Reading
from cmograph.errors import Problem, UnknownName, nearest
from cmograph.exports.crate import write_crate
from cmograph.exports.drawing import write_svg
from cmograph.exports.eppi import write_eppi
from cmograph.exports.linked import write_jsonld, write_nquads
from cmograph.exports.material import Export, Material, gather
from cmograph.exports.networks import write_cytoscape, write_graphml, write_mermaid
from cmograph.exports.references import write_bibtex, write_ris
from cmograph.exports.refi import write_codebook, write_project
from cmograph.exports.tables import write_cerqual, write_configurations, write_evidence, write_evidence_map
from cmograph.exports.workbook import write_workbook

__all__ = ["EXPORTS", "Export", "export_named", "write_export"]

_ALL = (
    Export(
        "csv",
        "Configurations, a row each",
        "A row a configuration, with its parts, its clauses and how much speaks for and against it, for any "
        "spreadsheet, R or pandas.",
        "text/csv",
        "csv",
        write_configurations,
    ),
    Export(
        "evidence",
        "Pieces of evidence, a row each",
        "A row a piece of evidence, with what it speaks for or against and where it is from, for any spreadsheet, "
        "R or pandas; quotations are in the restricted edition's alone.",
        "text/csv",
        "csv",
        write_evidence,
    ),
    Export(
        "xlsx",
        "A workbook: configurations, evidence, components, studies",
        "The configurations, evidence, components and studies, a sheet each, for Excel and LibreOffice.",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
        write_workbook,
    ),
    Export(
        "evidence-map",
        "Studies by mechanism and outcome, for evidence maps",
        "A row for each kind of mechanism and of outcome that meet in a study, with how many configurations they "
        "meet in, for what draws evidence and gap maps from a table, such as Excel, R or Tableau.",
        "text/csv",
        "csv",
        write_evidence_map,
    ),
    Export(
        "cerqual",
        "GRADE-CERQual summary of findings",
        "A row a finding, with the four components of its GRADE-CERQual rating and why, for Word or any spreadsheet "
        "as a summary of qualitative findings.",
        "text/csv",
        "csv",
        write_cerqual,
    ),
    Export(
        "eppi",
        "EPPI JSON, for EPPI-Reviewer, EPPI-Mapper and their readers",
        "A reference a study, coded by configuration and by kind of context, mechanism and outcome, for "
        "EPPI-Reviewer, EPPI-Mapper and DESTINY.",
        "application/json",
        "json",
        write_eppi,
    ),
    Export(
        "ris",
        "Publications for reference managers and Covidence",
        "A reference a study, for Zotero, EndNote, Covidence and Rayyan.",
        "application/x-research-info-systems",
        "ris",
        write_ris,
    ),
    Export(
        "bibtex",
        "Publications for LaTeX and reference managers",
        "A reference a study, for LaTeX, JabRef and Zotero.",
        "application/x-bibtex",
        "bib",
        write_bibtex,
    ),
    Export(
        "qdc",
        "REFI-QDA codebook, for NVivo, ATLAS.ti, MAXQDA, QualCoder",
        "The codes and their definitions as a REFI-QDA codebook, for NVivo, ATLAS.ti, MAXQDA and QualCoder.",
        "application/xml",
        "qdc",
        write_codebook,
    ),
    Export(
        "qdpx",
        "REFI-QDA project of one study's coded passages",
        "One study's coded passages, codes and coders as a REFI-QDA project, for NVivo, ATLAS.ti, MAXQDA and "
        "QualCoder; whole transcripts are not in it.",
        "application/zip",
        "qdpx",
        write_project,
        edition="restricted",
        one_study=True,
    ),
    Export(
        "graphml",
        "The change model as a network, for Gephi, yEd, igraph",
        "The change model as a network of components and configurations, for Gephi, yEd, igraph and NetworkX.",
        "application/graphml+xml",
        "graphml",
        write_graphml,
    ),
    Export(
        "cytoscape",
        "The change model as a network, for Cytoscape",
        "The change model as a network of components and configurations, for Cytoscape and Cytoscape.js.",
        "application/json",
        "cyjs",
        write_cytoscape,
    ),
    Export(
        "mermaid",
        "The change model as a diagram in text",
        "The change model as a flowchart in text, for Markdown on GitHub and GitLab and for the Mermaid editor.",
        "text/vnd.mermaid",
        "mmd",
        write_mermaid,
    ),
    Export(
        "svg",
        "One study's change model as a picture",
        "One study's change model as a picture, a row a configuration, for a browser, Inkscape or a manuscript.",
        "image/svg+xml",
        "svg",
        write_svg,
        one_study=True,
    ),
    Export(
        "jsonld",
        "Studies, components, configurations as JSON-LD",
        "Studies, components and configurations as JSON-LD with its context within it, for web programs and any "
        "RDF library.",
        "application/ld+json",
        "jsonld",
        write_jsonld,
    ),
    Export(
        "nquads",
        "All that the edition says of the studies",
        "Everything that the edition says of the studies, by named graph and with what was inferred, for any RDF "
        "store or library.",
        "application/n-quads",
        "nq",
        write_nquads,
    ),
    Export(
        "ro-crate",
        "Tables, linked data and references in one RO-Crate",
        "The tables, linked data and references with how they are described and licensed, as an RO-Crate for Zenodo, "
        "Dataverse and other repositories.",
        "application/zip",
        "zip",
        write_crate,
    ),
)

EXPORTS: Mapping[str, Export] = {export.id: export for export in _ALL}


def export_named(id: str) -> Export:
    """The format of this name; raises UnknownName with the nearest."""
    if id not in EXPORTS:
        remedy = nearest(id, list(EXPORTS)) or f"There is {', '.join(EXPORTS)}."
        raise UnknownName(Problem(f"There is no export format {id!r}.", remedy))
    return EXPORTS[id]


async def write_export(
    export: Export, reading: Reading, studies: Sequence[str] = ()
) -> tuple[bytes, Material]:
    """A whole file of some studies in a format, and what it was made of.

    Args:
        export: the format.
        reading: of the edition.
        studies: IRIs, identifiers or titles; all studies where none is named.

    Raises:
        UnknownName, InputError, QueryRefused: see `gather`.
        QueryError: see `Backend.query`.
    """
    material = await gather(export, reading, studies)
    return await export.make(material), material
