"""Each file opened once by the library that a tool which receives it would use."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from rdflib import RDF, Dataset, Graph, URIRef

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.things import Configuration
from cmograph.vocabulary import GRAPH, REALIST
from tests.exports.conftest import DEMONSTRATION, Exporting

PUBLISHED = "mcleish-2024"
STUDY = f"https://w3id.org/cmograph/id/study/{DEMONSTRATION}"


def library(name: str) -> Any:
    """A library of the dev extra; where it is not installed, the test is skipped and says so."""
    return pytest.importorskip(name, reason=f"{name} is not installed: pip install -e '.[dev]'")


@pytest.fixture(scope="module")
def configurations(casebook: Casebook) -> list[Configuration]:
    return [one for one in casebook.configurations.values() if one.study == STUDY]


def edges(configurations: list[Configuration]) -> set[tuple[str, str, str]]:
    into = {
        (component, one.id, part)
        for one in configurations
        for part, several in (
            ("context", one.contexts),
            ("resource", one.resources),
            ("reasoning", one.reasonings),
        )
        for component in several
    }
    return into | {(one.id, component, "outcome") for one in configurations for component in one.outcomes}


def test_networkx_reads_the_graphml(export_open: Exporting, configurations: list[Configuration]) -> None:
    graph = library("networkx").parse_graphml(export_open("graphml", DEMONSTRATION).decode())
    assert graph.is_directed()
    assert {(source, target, kind) for source, target, kind in graph.edges(data="type")} == edges(
        configurations
    )
    for one in configurations:
        node = graph.nodes[one.id]
        assert (node["label"], node["type"], node["synthetic"]) == (one.title, "configuration", True)
        assert (node["people"], node["contested"]) == (one.tally("supports").people, one.contested)


def test_networkx_reads_the_cytoscape_json(
    export_open: Exporting, configurations: list[Configuration]
) -> None:
    read = library("networkx").readwrite.json_graph.cytoscape_graph
    graph = read(json.loads(export_open("cytoscape", DEMONSTRATION)))
    assert graph.is_directed()
    assert {(source, target, kind) for source, target, kind in graph.edges(data="type")} == edges(
        configurations
    )
    assert {graph.nodes[one.id]["name"] for one in configurations} == {one.title for one in configurations}


def test_openpyxl_reads_the_workbook(export_open: Exporting, configurations: list[Configuration]) -> None:
    book = library("openpyxl").load_workbook(io.BytesIO(export_open("xlsx", DEMONSTRATION)), read_only=True)
    sheets = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
    assert list(sheets) == ["configurations", "evidence", "components", "studies"]
    columns, *rows = sheets["configurations"]
    written = [dict(zip(columns, row, strict=True)) for row in rows]
    assert [(row["id"], row["title"], row["contested"], row["supports_people"]) for row in written] == [
        (one.id, one.title, one.contested, one.tally("supports").people) for one in configurations
    ]


def test_rispy_reads_the_ris(export_open: Exporting, casebook: Casebook) -> None:
    entries = library("rispy").loads(export_open("ris").decode())
    assert [entry["id"] for entry in entries] == [study.name for study in casebook.studies.values()]
    (published,) = [entry for entry in entries if entry["id"] == PUBLISHED]
    assert published["type_of_reference"] == "JOUR"
    assert published["doi"] == "10.1080/02646838.2024.2416448"
    assert published["authors"] == ["McLeish J", "McCourt C", "Ayers S"]


def test_bibtexparser_reads_the_bibtex(export_open: Exporting, casebook: Casebook) -> None:
    entries = library("bibtexparser").loads(export_open("bibtex").decode()).entries_dict
    assert list(entries) == [study.name for study in casebook.studies.values()]
    assert entries[PUBLISHED]["ENTRYTYPE"] == "article"
    assert entries[PUBLISHED]["doi"] == "10.1080/02646838.2024.2416448"
    assert entries[PUBLISHED]["author"] == "McLeish J and McCourt C and Ayers S"


@pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")  # by what rdflib itself uses within
def test_rdflib_reads_the_linked_data(export_open: Exporting, configurations: list[Configuration]) -> None:
    ids = {URIRef(one.id) for one in configurations}
    linked = Graph().parse(data=export_open("jsonld", DEMONSTRATION), format="json-ld")
    assert set(linked.subjects(RDF.type, URIRef(REALIST.Configuration))) == ids
    quads = Dataset()
    quads.parse(data=export_open("nquads", DEMONSTRATION), format="nquads")
    graph = quads.graph(URIRef(f"{GRAPH}study/{DEMONSTRATION}"))
    assert set(graph.subjects(RDF.type, URIRef(REALIST.Configuration))) == ids


def test_rocrate_reads_the_crate(export_open: Exporting, tmp_path: Path) -> None:
    """The reader of the RO-Crate's own makers; it warns of things that nothing leads to, and a warning fails a test."""
    rocrate = library("rocrate.rocrate")
    body = export_open("ro-crate")
    file = tmp_path / "cmograph.zip"
    file.write_bytes(body)
    crate = rocrate.ROCrate(file)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        held = set(archive.namelist())
    assert {part.id for part in crate.root_dataset["hasPart"]} == held - {"ro-crate-metadata.json"}
    (published,) = [study for study in crate.root_dataset["about"] if study.id.endswith(PUBLISHED)]
    assert [person["name"] for person in published["creator"]] == ["McLeish J", "McCourt C", "Ayers S"]
    assert published["citation"]["@type"] == "ScholarlyArticle"
    assert all(licence.type == "CreativeWork" for licence in crate.root_dataset["license"])
