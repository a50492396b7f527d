"""Each format is what its readers take, says what is synthetic, and holds no more than its edition."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from rdflib import Graph
from typer.testing import CliRunner

from cmograph import resources
from cmograph.analysis.casebook import Casebook
from cmograph.analysis.reading import Reading
from cmograph.cli import app
from cmograph.engine import open_backend
from cmograph.errors import InputError, QueryRefused, UnknownName
from cmograph.exports import EXPORTS, export_named
from cmograph.exports.material import Material
from cmograph.readers import read_corpus
from tests.exports.conftest import DEMONSTRATION, Exporting
from tests.samples import needs_samples, sample

PUBLISHED = "mcleish-2024"
OPEN = [id for id, export in EXPORTS.items() if export.edition == "open"]
BASE = "https://w3id.org/cmograph/id/study/"


@pytest.fixture(scope="module")
def words() -> list[str]:
    """What participants of the demonstration are made to say, and the names of its interviews."""
    corpus = read_corpus(resources.DATA / DEMONSTRATION / "interviews.qdpx")
    said = []
    for source in corpus.sources():
        said.append(source.name)
        for coding in source.codings:
            if coding.span and source.text:
                quote = source.text[coding.span.start : coding.span.end]
                if len(quote.split()) > 6:
                    said.append(" ".join(quote.split()))
    return said


def rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8"), newline="")))


def unpacked(body: bytes) -> str:
    """All the text of a file, whatever it is packed in."""
    if not body.startswith(b"PK"):
        return body.decode("utf-8")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return "\n".join(archive.read(name).decode("utf-8") for name in archive.namelist())


@pytest.mark.parametrize("format", OPEN)
def test_an_open_file_holds_nobodys_words(export_open: Exporting, format: str, words: list[str]) -> None:
    text = " ".join(unpacked(export_open(format, DEMONSTRATION)).split())
    assert not [said for said in words if said in text]


@pytest.mark.parametrize("format", OPEN)
def test_the_same_release_gives_the_same_bytes(export_open: Exporting, format: str) -> None:
    assert export_open(format, DEMONSTRATION) == export_open(format, DEMONSTRATION)


@pytest.mark.parametrize("format", OPEN)
def test_a_file_says_what_is_synthetic(export_open: Exporting, format: str) -> None:
    assert "ynthetic" in unpacked(export_open(format, DEMONSTRATION))


@pytest.mark.parametrize("format", ["csv", "evidence"])
def test_no_cell_starts_a_formula(export_open: Exporting, format: str) -> None:
    for row in rows(export_open(format)):
        assert not [cell for cell in row.values() if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


def test_the_table_has_a_row_a_configuration(export_open: Exporting, casebook: Casebook) -> None:
    found = rows(export_open("csv"))
    assert [row["id"] for row in found] == list(casebook.configurations)
    twelve = next(row for row in found if row["id"] == f"{BASE}{DEMONSTRATION}/configuration/C12")
    assert twelve["title"] == "A menu, not an order" and twelve["presence"] == "present"
    assert (
        twelve["supports_people"] == "10" and twelve["contested"] == "True" and twelve["synthetic"] == "True"
    )


def test_evidence_goes_down_to_the_quotation_for_those_allowed(
    export_open: Exporting, export_restricted: Exporting, words: list[str]
) -> None:
    assert {row["kind"] for row in rows(export_open("evidence"))} == {"summary", "statement"}
    found = rows(export_restricted("evidence", DEMONSTRATION))
    assert {row["kind"] for row in found} == {"summary", "coding"}
    quoted = {" ".join(row["words"].split()) for row in found}
    assert len(quoted & set(words)) > 100


def test_a_workbook_has_a_sheet_a_kind_and_no_formula(export_open: Exporting, casebook: Casebook) -> None:
    with zipfile.ZipFile(io.BytesIO(export_open("xlsx"))) as archive:
        book = etree.fromstring(archive.read("xl/workbook.xml"))
        names = [sheet.get("name") for sheet in book.iter("{*}sheet")]
        sheets = [etree.fromstring(archive.read(f"xl/worksheets/sheet{n}.xml")) for n in range(1, 5)]
    assert names == ["configurations", "evidence", "components", "studies"]
    assert len(list(sheets[0].iter("{*}row"))) == len(casebook.configurations) + 1
    assert not [cell for sheet in sheets for cell in sheet.iter("{*}f")]


def test_an_evidence_map_has_a_cell_a_meeting(export_open: Exporting) -> None:
    """C05 (it happens to others) ends in less shame, C06 in a lighter mood: normalisation meets both, once each."""
    cells = {
        row["outcome"]: (row["configurations"], row["harmful"])
        for row in rows(export_open("evidence-map", DEMONSTRATION))
        if row["mechanism"] == "normalisation"
    }
    assert cells == {"self-acceptance": ("1", "0"), "better mood": ("1", "0")}


def test_a_summary_of_findings_rates_findings(export_open: Exporting, casebook: Casebook) -> None:
    found = rows(export_open("cerqual"))
    assert len(found) == len(casebook.configurations)
    rated = [row for row in found if row["overall"] != "not rated"]
    assert len(rated) == len(casebook.assessments) > 0
    assert all(row["rationale"] and row["coherence"] for row in rated)


def test_eppi_json_has_one_reference_a_study_and_every_code_it_gives(export_open: Exporting) -> None:
    content = json.loads(export_open("eppi"))
    (codes,) = content["CodeSets"]
    known: dict[int, str] = {}

    def walk(attributes: list[dict[str, object]]) -> None:
        for one in attributes:
            number = one["AttributeId"]
            assert isinstance(number, int) and number not in known and number < 2**31
            known[number] = str(one["AttributeName"])
            inner = one.get("Attributes")
            if isinstance(inner, dict):
                assert one["AttributeType"] == "Not selectable (no checkbox)"
                walk(inner["AttributesList"])

    walk(codes["Attributes"]["AttributesList"])
    published = next(one for one in content["References"] if one["DOI"] == "10.1080/02646838.2024.2416448")
    assert published["Authors"] == "McLeish J; McCourt C; Ayers S;" and published["Abstract"] == ""
    for reference in content["References"]:
        assert {code["AttributeId"] for code in reference["Codes"]} <= set(known)
    alone = json.loads(export_open("eppi", PUBLISHED))
    numbers = {code["AttributeId"] for code in alone["References"][0]["Codes"]}
    assert numbers == {code["AttributeId"] for code in published["Codes"]}, (
        "numbers do not hang on what else is there"
    )


def test_references_are_whole(export_open: Exporting) -> None:
    lines = export_open("ris", PUBLISHED).decode().split("\r\n")
    assert lines[0] == "TY  - JOUR" and lines[-2] == "ER  - "
    assert [line[6:] for line in lines if line.startswith("AU")] == ["McLeish J", "McCourt C", "Ayers S"]
    assert "DO  - 10.1080/02646838.2024.2416448" in lines
    entry = export_open("bibtex", PUBLISHED).decode()
    assert entry.startswith("@article{mcleish-2024,") and entry.count("{") == entry.count("}")
    assert "author = {McLeish J and McCourt C and Ayers S}" in entry


@needs_samples
@pytest.mark.parametrize(
    "study", [DEMONSTRATION, PUBLISHED]
)  # one with codes, and one of a publication, without
def test_refi_qda_is_valid(export_open: Exporting, export_restricted: Exporting, study: str) -> None:
    with zipfile.ZipFile(io.BytesIO(export_restricted("qdpx", study))) as archive:
        project = archive.read("project.qde")
    for schema, document in (("Codebook.xsd", export_open("qdc", study)), ("Project.xsd", project)):
        etree.XMLSchema(etree.parse(sample(f"refi-qda/{schema}"))).assertValid(etree.fromstring(document))


def test_studies_of_one_title_keep_their_codes_apart(tmp_path: Path) -> None:
    """As two studies are that were begun from the same template."""
    run = CliRunner().invoke
    for name in ("first", "second"):
        assert run(app, ["init", str(tmp_path / name)]).exit_code == 0
        file = tmp_path / name / "study.toml"
        file.write_text(file.read_text(encoding="utf-8").replace('"my-study"', f'"{name}"'), encoding="utf-8")
    store, out = tmp_path / "store", tmp_path / "codes.qdc"
    built = run(app, ["build", str(tmp_path / "first"), str(tmp_path / "second"), "--store", str(store)])
    assert built.exit_code == 0, built.exception
    assert run(app, ["export", "qdc", "--store", str(store), "-o", str(out)]).exit_code == 0
    codes = list(etree.parse(out).getroot().iter("{*}Code"))
    assert len({code.get("guid") for code in codes}) == len(codes) == 2 * (8 + 1)
    assert [code.get("name").rpartition(" ")[2] for code in codes[::9]] == ["(first)", "(second)"]


def test_a_project_is_the_same_each_time_and_says_that_it_is_synthetic(export_restricted: Exporting) -> None:
    first = export_restricted("qdpx", DEMONSTRATION)
    assert export_restricted("qdpx", DEMONSTRATION) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert "Synthetic: nobody said any of it" in archive.read("project.qde").decode("utf-8")


def test_a_project_reads_back_with_every_coding_on_its_words(
    export_restricted: Exporting, tmp_path: Path
) -> None:
    file = tmp_path / "demonstration.qdpx"
    file.write_bytes(export_restricted("qdpx", DEMONSTRATION))

    def codings(path: Path) -> list[tuple[str, tuple[str, ...], str, str]]:
        return sorted(
            (
                source.name.removesuffix(" (coded passages only)"),
                coding.code,
                coding.coder,
                source.text[coding.span.start : coding.span.end],
            )
            for source in read_corpus(path).sources()
            for coding in source.codings
            if coding.span and source.text
        )

    assert codings(file) == codings(resources.DATA / DEMONSTRATION / "interviews.qdpx")


def test_a_project_says_how_many_codings_have_no_place(tmp_path: Path) -> None:
    """Of the template, one passage ends past its text; the other interview was withdrawn, and is not told of at all."""
    run = CliRunner().invoke
    folder, store, out = tmp_path / "study", tmp_path / "store", tmp_path / "study.qdpx"
    assert run(app, ["init", str(folder)]).exit_code == 0
    for name, old, new in (
        ("study.toml", "withdrawn = []", 'withdrawn = ["Interview 2 (synthetic)"]'),
        ("interviews.qde", 'name="I slept better that week." startPosition="286" endPosition="311"', 'name="" startPosition="286" endPosition="99999"'),
    ):  # fmt: skip
        file = folder / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")
    assert run(app, ["build", str(folder), "--store", str(store)]).exit_code == 0
    done = run(app, ["export", "qdpx", "--store", str(store), "--edition", "restricted", "-o", str(out)])
    assert done.exit_code == 0, done.exception
    said = unpacked(out.read_bytes())
    assert "1 coding has no place in a text" in said and said.count("<Coding ") == 3
    assert "Interview 1 (synthetic)" in said and "Interview 2" not in said


def test_networks_hold_every_configuration(export_open: Exporting, casebook: Casebook) -> None:
    wanted = {one.id for one in casebook.configurations.values() if one.study == f"{BASE}{DEMONSTRATION}"}
    graph = etree.fromstring(export_open("graphml", DEMONSTRATION))
    nodes = {node.get("id") for node in graph.iter("{*}node")}
    ends = {end for edge in graph.iter("{*}edge") for end in (edge.get("source"), edge.get("target"))}
    assert wanted <= nodes and ends == nodes
    elements = json.loads(export_open("cytoscape", DEMONSTRATION))["elements"]
    assert {node["data"]["id"] for node in elements["nodes"]} == nodes
    text = export_open("mermaid", DEMONSTRATION).decode()
    assert text.startswith("flowchart LR\n")
    line = re.compile(
        r'  (subgraph s\d+\["[^"]*"\]|  n\d+(\["[^"]*"\]|\(\["[^"]*"\]\))|end|n\d+ (-->|-\.->)\|\w+\| n\d+'
        r"|%% .*|classDef absent .*|class [n\d,]+ absent)"
    )
    assert [row for row in text.splitlines()[1:] if not line.fullmatch(row)] == []


def test_a_picture_is_of_one_study_and_fetches_nothing(export_open: Exporting) -> None:
    picture = etree.fromstring(export_open("svg", DEMONSTRATION))
    assert not [
        one for one in picture.iter() if etree.QName(one).localname in ("script", "image", "use", "style")
    ]
    assert picture.find("{*}title") is not None and picture.find("{*}desc") is not None
    with pytest.raises(InputError, match="holds one study"):
        export_open("svg")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own JSON-LD parser uses it
def test_json_ld_says_what_the_edition_says_and_nothing_else(export_open: Exporting) -> None:
    said = Graph().parse(data=export_open("jsonld"), format="json-ld")
    held = Graph().parse(data=re.sub(rb" <[^>]*> \.$", b" .", export_open("nquads"), flags=re.M), format="nt")
    assert len(said) > 1000
    assert [statement for statement in said if statement not in held] == []


def test_a_study_is_found_by_its_iri_whatever_it_is_called(demonstration: Path) -> None:
    """An update may give it another identifier, with a space or that of another study."""
    with open_backend(demonstration) as backend:
        book = backend.run((reading := Reading(backend.backend)).casebook())
        written = []
        for name in (PUBLISHED, "my review", DEMONSTRATION):
            study = replace(book.find_study(PUBLISHED), name=name)
            material = Material(reading, replace(book, studies={study.id: study}), (study,))
            written.append(backend.run(export_named("nquads").make(material)))
    assert written[0].count(b"\n") > 100 and written == [written[0]] * 3


def test_a_crate_lists_what_it_holds(export_open: Exporting) -> None:
    with zipfile.ZipFile(io.BytesIO(export_open("ro-crate", PUBLISHED))) as archive:
        metadata = json.loads(archive.read("ro-crate-metadata.json"))
        held = {name: len(archive.read(name)) for name in archive.namelist()}
    things = {thing["@id"]: thing for thing in metadata["@graph"]}
    assert things["ro-crate-metadata.json"]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert {part["@id"] for part in things["./"]["hasPart"]} == set(held) - {"ro-crate-metadata.json"}
    assert all(
        things[name]["contentSize"] == str(size)
        for name, size in held.items()
        if name in things and name != "ro-crate-metadata.json"
    )


def test_what_needs_quotations_is_refused_to_the_open_edition(export_open: Exporting) -> None:
    with pytest.raises(QueryRefused, match="restricted"):
        export_open("qdpx", DEMONSTRATION)


def test_an_unknown_format_has_a_nearest() -> None:
    with pytest.raises(UnknownName, match="bibtex"):
        export_named("bibtx")


def test_the_command_writes_a_whole_file_or_none(demonstration: Path, tmp_path: Path) -> None:
    out = tmp_path / "model.svg"
    run = CliRunner().invoke
    written = run(app, ["export", "svg", "--study", PUBLISHED, "-o", str(out), "--store", str(demonstration)])
    assert written.exit_code == 0 and etree.parse(out)
    failed = run(app, ["export", "svg", "-o", str(tmp_path / "none.svg"), "--store", str(demonstration)])
    assert isinstance(failed.exception, InputError) and not (tmp_path / "none.svg").exists()


def test_the_command_says_what_each_format_holds() -> None:
    for arguments in (["export", "--list"], ["export", "--help"]):
        shown = " ".join(CliRunner().invoke(app, arguments, env={"COLUMNS": "400"}).output.split())
        for format, export in EXPORTS.items():
            assert format in shown
            assert export.description in shown


def test_an_unknown_study_is_no_such_name(export_open: Exporting) -> None:
    with pytest.raises(UnknownName, match=PUBLISHED):
        export_open("csv", "mcleish-2023")
