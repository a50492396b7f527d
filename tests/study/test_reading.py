"""A study folder is read whole, or every problem of every file is named with its row and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmograph.errors import Problem, StudyError
from cmograph.ontology import Ontology, load_ontology
from cmograph.readers import read_corpus
from cmograph.study import Stance, Study, match_study, read_study, write_template
from cmograph.vocabulary import REALIST


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return load_ontology()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_template(tmp_path / "study")
    return tmp_path / "study"


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def problems_of(folder: Path, ontology: Ontology) -> tuple[Problem, ...]:
    with pytest.raises(StudyError) as raised:
        study = read_study(folder, ontology)
        match_study(study, [read_corpus(file) for file in study.interviews])
    return raised.value.problems


def test_the_template_is_a_study(folder: Path, ontology: Ontology) -> None:
    study = read_study(folder, ontology)
    match_study(study, [read_corpus(file) for file in study.interviews])
    (configuration,) = study.configurations
    assert study.iri == "https://w3id.org/cmograph/id/study/my-study"
    assert configuration.polarity == REALIST.Positive
    assert [reference.stance for reference in configuration.evidence] == [
        Stance.supports,
        Stance.supports,
        Stance.refutes,
    ]
    assert study.components["calmer"].wording == "Feeling calmer"
    assert study.locate(f"{study.iri}/configuration/C01/mechanism") == ("configurations.csv", 2)
    assert study.locate(study.iri) == ("study.toml", None)


@pytest.mark.parametrize("written", [" Geho\u0308rt ", "Gehört\u00a0"])
def test_names_compare_as_they_are_seen(folder: Path, ontology: Ontology, written: str) -> None:
    """A coded file may hold white space around a name, or accents apart, that nobody sees who types it."""
    change(folder / "interviews.qde", 'name="Heard out"', f'name="{written}"')
    change(folder / "interviews.qde", 'name="Interview 1 (synthetic)"', f'name="{written}"')
    for file in ("codes.csv", "configurations.csv"):
        change(folder / file, "Mechanisms > Heard out", "Mechanisms > Gehört")
    change(folder / "participants.csv", "Interview 1 (synthetic)", "Geho\u0308rt")
    change(folder / "study.toml", "withdrawn = []", 'withdrawn = ["Gehört "]')
    study = read_study(folder, ontology)
    match_study(study, [read_corpus(file) for file in study.interviews])


@pytest.mark.parametrize(
    ("file", "old", "new", "row", "what", "remedy"),
    [
        ("codes.csv", "Context factor", "Contxt factor", 2, "'Contxt factor'", "context factor"),
        (
            "codes.csv",
            "Outcomes > No different",
            "Contexts > 受診 1,context,,,,,\nContexts > 孤立 1,context,,,,,\nOutcomes > No different",
            7,
            "'受診 1' (row 6) and '孤立 1' come to one component, '1'",
            "column component",
        ),
        ("codes.csv", ",resource,", ",resurce,", 3, "'resurce'", "resource"),
        ("codes.csv", ",refutes,", ",refuses,", 6, "'refuses'", "refutes"),
        (
            "codes.csv",
            "Mechanisms > Heard out",
            "Mechanisms > Herd out",
            3,
            "'Mechanisms > Herd out'",
            "Heard out",
        ),
        ("configurations.csv", ",present,calmer,", ",present,,", 2, "C01 has no outcome", "Name a component"),
        ("configurations.csv", ",present,calmer,", ",present,calmr,", 2, "'calmr'", "calmer"),
        ("configurations.csv", ",positive,", ",positiv,", 2, "'positiv'", "positive"),
        ("configurations.csv", ",present,", ",presnt,", 2, "'presnt'", "present"),
        ("configurations.csv", "one-to-one;group", "one-to-won;group", 2, "'one-to-won'", "one-to-one"),
        ("configurations.csv", ",T1,", ",T9,", 2, "'T9'", "T1"),
        ("configurations.csv", "Outcomes > Calmer", "Outcomes > Calm", 2, "'Outcomes > Calm'", "Calmer"),
        (
            "configurations.csv",
            ",Outcomes > No different,,",
            ",Outcomes > Calmer,,",
            2,
            "both supports and refutes",
            "@",
        ),
        (
            "configurations.csv",
            ",Outcomes > No different,,",
            ",Outcomes > Calmer @ Interview 1 (synthetic),,",
            2,
            "both supports and refutes",
            "every source",
        ),
        (
            "configurations.csv",
            ",Mechanisms > Heard out;Outcomes > Calmer,Outcomes > No different,,",
            ",Outcomes > Calmer @ Interview 1 (synthetic),,Outcomes > Calmer,",
            2,
            "both refines and supports",
            "every source",
        ),
        ("configurations.csv", "mitigation,note", "mitigtion,note", 1, "'mitigtion'", "mitigation"),
        ("configurations.csv", "C01,", "C 01,", 2, "'C 01'", "c-01"),
        ("theories.csv", "How the programme is thought to work", "", 2, "has no title", "Give it one"),
        ("participants.csv", "first baby", "first\x0bbaby", 1, "U+000B", "anew"),
        ("theories.csv", ",initial,", ",initail,", 2, "'initail'", "initial"),
        ("theories.csv", ",initial,,", ",initial,T0,", 2, "'T0'", "T1"),
        ("participants.csv", ",mother,", ",mothr,", 2, "'mothr'", "mother"),
        (
            "participants.csv",
            "Interview 1 (synthetic)",
            "Interview 9",
            2,
            "No coded file has the source",
            "Interview 2",
        ),
        ("study.toml", 'kind = "interviews"', 'kind = "interview"', None, "'interview'", "interviews"),
        ("study.toml", "2026-11-25", "2026-02-30", None, "date '2026-02-30' is none", "2026-11-25"),
        ("study.toml", "2026-11-25", "25 Nov 2026", None, "date '25 Nov 2026' is none", "2026-11-25"),
        (
            "study.toml",
            "withdrawn = []",
            "withdrawn = true",
            None,
            "withdrawn is not a list",
            "withdrawn = [",
        ),
        ("study.toml", '["Your name"]', "[1, 2]", None, "creators is not a list of texts", "creators = ["),
        ("study.toml", 'language = "en"', 'language = ["en"]', None, "language is not a text", "language ="),
        ("study.toml", "codes.csv", "co\\u0000des.csv", None, "U+0000", "names of files"),
        ("study.toml", "interviews.qde", "data\\final.qdpx", None, "U+000C", "write / in"),
        ("study.toml", "Where it runs", "Where\\bit runs", None, "U+0008", "such characters"),
        ("study.toml", "synthetic = true", "synthetc = true", None, "'synthetc'", "synthetic"),
        ("study.toml", "minimum_cell = 5", "minimum_cell = 2", None, "minimum_cell of 2", "3 or more"),
        ("study.toml", 'id = "my-study"', 'id = "My Study"', None, "'My Study'", "my-study"),
        ("study.toml", "interviews.qde", "interview.qde", None, "'interview.qde'", "correct its name"),
        ("study.toml", "interviews.qde", "../interviews.qde", None, "outside", "inside"),
        (
            "study.toml",
            '"decisions.csv"',
            '["decisions.csv"]',
            None,
            "decisions is not the name",
            "decisions.csv",
        ),
        ("study.toml", '"confidence.csv"', "3", None, "confidence is not the name", "confidence.csv"),
        ("study.toml", "[programme]", "[programm", None, "not TOML", ""),
        ("study.toml", "[study]", "[[study]]", None, "study is not a section", "[study], once"),
        ("study.toml", "[files]", "[[files]]", None, "files is not a section", "[files], once"),
        ("study.toml", "[disclosure]", "[[disclosure]]", None, "disclosure is not a section", "[disclosure]"),
        ("study.toml", "[disclosure]", "[disclosur]", None, "[disclosur]", "disclosure"),
        (
            "study.toml",
            "synthetic = true",
            'synthetic = "no"',
            None,
            "neither true nor false",
            "synthetic = false",
        ),
        ("participants.csv", "role,", "participant,", 1, "'participant' is there twice", "Keep one"),
        ("participants.csv", "P02,", ",", 3, "has no id", "everybody an id"),
        ("participants.csv", "P02,mother", "P02,mother; volunteer", 3, "more than one role", "one role"),
        ("participants.csv", "P02,mother", "P01,volunteer", 3, "another role in row 2", "one role"),
        ("participants.csv", "Interview 2", "Interview 1", 3, "has row 2 already", "one participant"),
        ("configurations.csv", ",Outcomes > No different,", ",statement: ,", 2, "says nothing", "own words"),
        ("study.toml", 'licence = "', 'doi = "11.5/x"\nlicence = "', None, "not a DOI", "10."),
    ],
)
def test_a_problem_has_file_row_and_remedy(
    folder: Path, ontology: Ontology, file: str, old: str, new: str, row: int | None, what: str, remedy: str
) -> None:
    change(folder / file, old, new)
    found = problems_of(folder, ontology)
    fitting = [problem for problem in found if what in problem.what]
    assert fitting, [str(problem) for problem in found]
    assert (fitting[0].file, fitting[0].row) == (file, row)
    assert remedy.lower() in fitting[0].remedy.lower()


def test_a_component_is_worded_by_whichever_of_its_codes_does(folder: Path, ontology: Ontology) -> None:
    table = folder / "codes.csv"
    change(table, ",calmer,Feeling calmer,,", ",calmer,,,")
    change(table, ",calmer,,refutes,", ",calmer,Feeling calmer,refutes,")
    assert read_study(folder, ontology).components["calmer"].wording == "Feeling calmer"
    with table.open("a", encoding="utf-8") as out:
        out.write("Contexts,outcome,,calmer,Calm,,\n")
    (problem,) = problems_of(folder, ontology)
    assert (problem.row, problem.what) == (7, "The component 'calmer' is worded otherwise in row 6.")


def test_ids_may_come_from_names_in_any_script(folder: Path, ontology: Ontology) -> None:
    """A code needs no id of its own, and an id that is offered is one that is taken."""
    with (folder / "codes.csv").open("a", encoding="utf-8") as table:
        table.write("孤立,context,,,,,\n")
    components = read_study(folder, ontology).components
    assert [one.wording for one in components.values()][-1] == "孤立"
    for file, old, row in (("configurations.csv", "\nC01,", 2), ("study.toml", '"my-study"', None)):
        before = (folder / file).read_text(encoding="utf-8")
        change(folder / file, old, f"{old[0]}孤立{old[-1]}")
        (problem, *_) = (one for one in problems_of(folder, ontology) if "cannot stand in an IRI" in one.what)
        assert problem.row == row
        offered = problem.remedy.split("'")[1]
        (folder / file).write_text(before, encoding="utf-8")
        change(folder / file, old, f"{old[0]}{offered}{old[-1]}")
        try:
            read_study(folder, ontology)
        except StudyError as error:  # other tables name the configuration as it was
            assert "cannot stand in an IRI" not in str(error)


def test_all_problems_are_told_together(folder: Path, ontology: Ontology) -> None:
    change(folder / "codes.csv", "Context factor", "Contxt factor")
    change(folder / "configurations.csv", ",positive,", ",positiv,")
    change(folder / "theories.csv", ",initial,", ",initail,")
    files = {problem.file for problem in problems_of(folder, ontology)}
    assert files == {"codes.csv", "configurations.csv", "theories.csv"}


def test_a_doubled_configuration_names_the_first(folder: Path, ontology: Ontology) -> None:
    table = folder / "configurations.csv"
    header, row = table.read_text(encoding="utf-8").splitlines()
    table.write_text(f"{header}\n{row}\n{row}\n", encoding="utf-8")
    (problem,) = problems_of(folder, ontology)
    assert (problem.row, "row 2 already" in problem.what) == (3, True)


@pytest.mark.parametrize("text", ["10.1234/abc", "doi:10.1234/abc", "https://doi.org/10.1234/abc"])
def test_a_source_is_a_doi_however_it_is_written(folder: Path, ontology: Ontology, text: str) -> None:
    change(folder / "configurations.csv", ",note\n", ",note,source\n")
    table = folder / "configurations.csv"
    table.write_text(f"{table.read_text(encoding='utf-8').rstrip()},{text}\n", encoding="utf-8")
    (one,) = read_study(folder, ontology).configurations
    assert one.source == "https://doi.org/10.1234/abc"


@pytest.mark.parametrize("text", ["11.5/x", "10.1234", "https://example.org/10.1234/abc", "the first paper"])
def test_a_source_that_is_no_doi_has_its_row(folder: Path, ontology: Ontology, text: str) -> None:
    change(folder / "configurations.csv", ",note\n", ",note,source\n")
    table = folder / "configurations.csv"
    table.write_text(f"{table.read_text(encoding='utf-8').rstrip()},{text}\n", encoding="utf-8")
    (problem,) = problems_of(folder, ontology)
    assert (problem.file, problem.row) == ("configurations.csv", 2)
    assert "10.1234/abc" in problem.remedy


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("10.1234/abc.", True),
        ("10.1234/abc;10.1234/def", True),
        ("10.1234/abc,https://doi.org/10.1234/def", True),
        ("10.1002/(SICI)1097-4571(1999)50:1<1::AID-ASI1>3.0.CO;2-V", False),  # one DOI, of an older form
        ("10.1234/10.5678/abc", False),
    ],
)
def test_more_than_a_doi_is_a_warning(folder: Path, ontology: Ontology, text: str, odd: bool) -> None:
    table = folder / "configurations.csv"
    change(table, ",note\n", ",note,source\n")
    table.write_text(f'{table.read_text(encoding="utf-8").rstrip()},"{text}"\n', encoding="utf-8")
    found = read_study(folder, ontology).warnings
    assert [(one.file, one.row, "more than a DOI" in one.what) for one in found] == (
        [("configurations.csv", 2, True)] if odd else []
    )


@pytest.mark.parametrize("separator", [";", "\t"])
def test_tables_may_be_as_spreadsheets_write_them(folder: Path, ontology: Ontology, separator: str) -> None:
    table = folder / "participants.csv"
    text = table.read_text(encoding="utf-8").replace(",", separator).replace("\n", "\r\n")
    table.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert [one.id for one in read_study(folder, ontology).participants] == ["P01", "P02"]


def test_text_that_is_not_utf8_is_named(folder: Path, ontology: Ontology) -> None:
    (folder / "codes.csv").write_bytes(b"code,role\nM\xfcde,ignore\n")
    assert any(
        problem.file == "codes.csv" and "not UTF-8" in problem.what
        for problem in problems_of(folder, ontology)
    )


def test_a_folder_without_a_study_says_how_to_make_one(tmp_path: Path, ontology: Ontology) -> None:
    (problem,) = problems_of(tmp_path, ontology)
    assert "cmograph init" in problem.remedy


def test_a_settings_file_that_cannot_be_read_is_named(tmp_path: Path, ontology: Ontology) -> None:
    (tmp_path / "study.toml").mkdir()
    (problem,) = problems_of(tmp_path, ontology)
    assert problem.file == "study.toml" and "cannot be read" in problem.what and problem.remedy


def test_the_template_writes_over_nothing(folder: Path) -> None:
    with pytest.raises(StudyError, match="not empty"):
        write_template(folder)


TEMPLATE = Path(__file__).parents[2] / "service" / "cmograph" / "study" / "new"
LINES = (TEMPLATE / "study.toml").read_text(encoding="utf-8").splitlines()
PLACES = [number for number, line in enumerate(LINES) if " = " in line and not line.startswith("#")]
VALUES = ['""', "3", "true", "[]", "[1]", '"x"', "{}", "1.5", "[[1]]", '"é"', "{a = 1}", '"a/b"']


@pytest.mark.parametrize("value", VALUES)
def test_whatever_study_toml_holds_is_read_or_named(folder: Path, ontology: Ontology, value: str) -> None:
    for place in PLACES:
        lines = list(LINES)
        lines[place] = f"{lines[place].partition(' = ')[0]} = {value}"
        (folder / "study.toml").write_text("\n".join(lines), encoding="utf-8")
        try:
            study = read_study(folder, ontology)
        except StudyError as error:
            assert all(problem.what and problem.file for problem in error.problems)
        else:
            assert isinstance(study, Study)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(path.name for path in TEMPLATE.glob("*.csv"))), st.data())
def test_whatever_a_table_holds_is_read_or_named(
    folder: Path, ontology: Ontology, name: str, data: st.DataObject
) -> None:
    original = (TEMPLATE / name).read_bytes()
    start = data.draw(st.integers(0, len(original)))
    end = data.draw(st.integers(start, min(len(original), start + 20)))
    (folder / name).write_bytes(original[:start] + data.draw(st.binary(max_size=8)) + original[end:])
    try:
        read_study(folder, ontology)
    except StudyError as error:
        assert all(problem.what for problem in error.problems)
    finally:
        (folder / name).write_bytes(original)
