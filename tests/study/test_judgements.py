"""The tables of judgements: each row is read, or named with what is wrong and what to do."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import fields
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmograph.analysis.candidates import Candidate
from cmograph.build import check as check_studies
from cmograph.errors import Problem, StudyError
from cmograph.ontology import Ontology, load_ontology
from cmograph.sheets import columns_of, write_rows
from cmograph.study import read_study, write_template
from cmograph.study.checking import Checking
from cmograph.study.judgements import JudgementTables
from cmograph.vocabulary import REALIST

RATED = (
    "configuration,methodological_limitations,coherence,adequacy,relevance,overall,rationale,assessor,date"
)
SAID = "about,reviewer,stance,text,class,date"
DECIDED = "context,mechanism,outcome,decision,by,reason,date,configuration"
TABLES = {"confidence": RATED, "annotations": SAID, "decisions": DECIDED}


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return load_ontology()


def read(
    folder: Path, ontology: Ontology, kind: str, rows: list[str]
) -> tuple[tuple[object, ...], list[Problem]]:
    (folder / f"{kind}.csv").write_text("\n".join((TABLES[kind], *rows)), encoding="utf-8")
    check = Checking(ontology)
    tables = JudgementTables(folder, check, {"C01", "C02"}, {"alone", "heard", "calm"}, {"heard"})
    reader: Callable[[object], tuple[object, ...]] = getattr(tables, kind)
    return reader(f"{kind}.csv"), list(check.problems)


def warnings_of(folder: Path, ontology: Ontology, **rows: list[str]) -> list[Problem]:
    """What the tables are warned of, read in the order in which a study's are; nothing in them is a problem."""
    check = Checking(ontology)
    tables = JudgementTables(folder, check, {"C01", "C02"}, {"alone", "heard", "calm"}, {"heard"})
    for kind in TABLES:
        (folder / f"{kind}.csv").write_text("\n".join((TABLES[kind], *rows.get(kind, []))), encoding="utf-8")
        assert len(getattr(tables, kind)(f"{kind}.csv")) == len(rows.get(kind, []))
    assert not check.problems
    return list(check.warnings)


def test_the_template_has_one_of_each(tmp_path: Path, ontology: Ontology) -> None:
    write_template(tmp_path / "study")
    study = read_study(tmp_path / "study", ontology)
    assert [one.overall for one in study.confidence] == [REALIST.VeryLowConfidence]
    assert [one.stance for one in study.annotations] == [REALIST.Dissents, REALIST.Comments]
    assert study.annotations[1].classes == (REALIST.Reasoning,)
    assert [one.configuration for one in study.decisions] == ["C01"]
    assert study.locate(f"{study.iri}/decision/{study.decisions[0].id}") == ("decisions.csv", 2)
    assert study.locate(f"{study.iri}/annotation/{study.annotations[1].id}") == ("annotations.csv", 3)
    assert study.locate(f"{study.iri}/confidence/C01") == ("confidence.csv", 2)


def test_serious_is_another_name_of_substantial(tmp_path: Path, ontology: Ontology) -> None:
    found, wrong = read(
        tmp_path, ontology, "confidence", ["C01,no,Minor,serious,moderate,Very  low,why,,2026-11-25"]
    )
    assert not wrong
    (one,) = found
    assert getattr(one, "adequacy") == REALIST.SubstantialConcerns  # noqa: B009
    assert getattr(one, "overall") == REALIST.VeryLowConfidence  # noqa: B009


@pytest.mark.parametrize(
    ("kind", "rows", "row", "what", "remedy"),
    [
        ("confidence", ["C01,no,no,no,no,high,,,"], 2, "The rationale is missing", "own words"),
        ("confidence", ["my-study,no,no,no,no,high,why,,"], 2, "never of a study", "configuration"),
        ("confidence", ["C1,no,no,no,no,high,why,,"], 2, "never of a study", "C01"),
        ("confidence", ["C01,no,,no,no,high,why,,"], 2, "The coherence is missing", "substantial"),
        ("confidence", ["C01,no,no,no,miner,high,why,,"], 2, "relevance 'miner'", "minor"),
        ("confidence", ["C01,no,no,no,no,hihg,why,,"], 2, "overall 'hihg'", "high"),
        ("confidence", ["C01,no,no,no,no,high,why,,25.11.26"], 2, "The date '25.11.26'", "2026-11-25"),
        ("confidence", ["C01,no,no,no,no,high,a,,", "C01,no,no,no,no,low,b,,"], 3, "in row 2 already", "one"),
        ("annotations", ["C01,,agrees,so,,"], 2, "The reviewer is missing", "who"),
        ("annotations", ["C01,R,agree,so,,"], 2, "stance 'agree'", "agrees"),
        ("annotations", ["C01,R,agrees,,,"], 2, "The text is missing", "says"),
        ("annotations", ["heard,R,agrees,so,,"], 2, "no configuration 'heard'", "component:heard"),
        ("annotations", ["component:herd,R,agrees,so,,"], 2, "no component 'herd'", "heard"),
        ("annotations", ["C01,R,dissents,so,Reasoning,"], 2, "A class is given", "empty"),
        ("annotations", ["component:heard,R,dissents,so,Reasonning,"], 2, "Reasonning", "reasoning"),
        ("annotations", ["C01,R,agrees,so,,", "C01,R,agrees,so,,"], 3, "in row 2 already", "Keep one"),
        ("decisions", ["alone,herd,calm,confirmed,A,,,"], 2, "mechanism: there is no component", "heard"),
        ("decisions", ["alone,calm,heard,confirmed,A,,,"], 2, "neither a resource nor a reasoning", "its role"),
        ("decisions", ["alone,heard,calm,confirmed,,,,"], 2, "The by is missing", "who decided"),
        ("decisions", ["alone,heard,calm,rejected,A,,,"], 2, "The reason is missing", "rejected"),
        ("decisions", ["alone,heard,calm,confirmed,A,,,C9"], 2, "no configuration 'C9'", "configuration"),
        ("decisions", ["alone,heard,calm,undecided,A,,,C01"], 2, "not confirmed", "empty"),
        ("decisions", ["alone,heard,calm,confirmed,A,,,", "alone,heard,calm,rejected,B,no,,"], 3, "Row 2", "row 2"),
        ("decisions", ["alone,heard,calm,confirmed,A,,,", "alone,heard,calm,confirmed,A,,,"], 3, "row 2", "one"),
    ],
)  # fmt: skip
def test_what_is_wrong_has_its_row_and_remedy(
    tmp_path: Path, ontology: Ontology, kind: str, rows: list[str], row: int, what: str, remedy: str
) -> None:
    _, wrong = read(tmp_path, ontology, kind, rows)
    assert [(problem.file, problem.row) for problem in wrong] == [(f"{kind}.csv", row)]
    assert what in wrong[0].what
    assert remedy.lower() in wrong[0].remedy.lower()


@pytest.mark.parametrize(
    "other",
    ["ANN LEE", "ann lee", "Ann  Lee", "Ann\u00a0Lee", "ANN\u2003lee"],
    ids=ascii,
)
def test_two_ways_to_write_a_name_are_told_with_both_rows(
    tmp_path: Path, ontology: Ontology, other: str
) -> None:
    rows = ["alone,heard,calm,confirmed,Ann Lee,,,", f"alone,heard,calm,undecided,{other},,,"]
    (warning,) = warnings_of(tmp_path, ontology, decisions=rows)
    assert (warning.file, warning.row) == ("decisions.csv", 3)
    assert f"{other!r} is 'Ann Lee' in decisions.csv, row 2" in warning.what
    assert "the same way" in warning.remedy
    found, _ = read(tmp_path, ontology, "decisions", rows)
    assert len({getattr(one, "id") for one in found}) == 2, "each is who they say"  # noqa: B009


def test_a_name_is_compared_whatever_its_form_and_wherever_it_signs(
    tmp_path: Path, ontology: Ontology
) -> None:
    """é as one character and as two, ß and SS. A spelling is told of once: the third row has nothing new."""
    composed, decomposed = "Zoé Groß", "ZOE\u0301 GROSS"
    found = warnings_of(
        tmp_path,
        ontology,
        confidence=[f"C01,no,no,no,no,high,why,{composed},"],
        annotations=[f"C01,{decomposed},agrees,so,,", f"C02,{decomposed},agrees,so,,"],
        decisions=[f"alone,heard,calm,confirmed,{composed},,,"],
    )
    assert [(one.file, one.row) for one in found] == [("annotations.csv", 2)]
    assert "in confidence.csv, row 2" in found[0].what


@pytest.mark.parametrize("other", ["José", "Jose P.", "J. Ose", "Josef", "Хосе", "ホセ"], ids=ascii)
def test_names_that_read_otherwise_are_other_people(tmp_path: Path, ontology: Ontology, other: str) -> None:
    rows = ["alone,heard,calm,confirmed,Jose,,,", f"alone,heard,calm,confirmed,{other},,,"]
    assert warnings_of(tmp_path, ontology, decisions=rows) == []


def test_one_candidate_confirmed_as_two_configurations_is_told(tmp_path: Path, ontology: Ontology) -> None:
    rows = ["alone,heard,calm,confirmed,A,,,C01", "alone,heard,calm,confirmed,B,,,C02"]
    (warning,) = warnings_of(tmp_path, ontology, decisions=[*rows, "alone,heard,calm,confirmed,C,,,"])
    assert (warning.file, warning.row) == ("decisions.csv", 3)
    assert "Row 2 confirms" in warning.what and "'C01'" in warning.what and "'C02'" in warning.what
    assert "row 2" in warning.remedy


def test_components_of_like_names_make_different_candidates(tmp_path: Path, ontology: Ontology) -> None:
    rows = [DECIDED, "a.b,heard,calm,undecided,A,,,", "a-b,heard,calm,undecided,A,,,"]
    (tmp_path / "decisions.csv").write_text("\n".join(rows), encoding="utf-8")
    check = Checking(ontology)
    tables = JudgementTables(tmp_path, check, (), {"a.b", "a-b", "heard", "calm"}, {"heard"})
    found = tables.decisions("decisions.csv")
    assert not check.problems
    assert len({one.id for one in found}) == 2


def test_a_table_of_decisions_may_begin_as_a_list_of_candidates(tmp_path: Path, ontology: Ontology) -> None:
    columns = columns_of(Candidate)
    row = {"context": "alone", "mechanism": "heard", "outcome": "calm", "decision": "undecided", "by": "A"}
    with (tmp_path / "decisions.csv").open("w", encoding="utf-8", newline="") as file:
        write_rows(file, columns, [{**dict.fromkeys(columns[8:], "1"), **row}])
    check = Checking(ontology)
    tables = JudgementTables(tmp_path, check, (), {"alone", "heard", "calm"}, {"heard"})
    (found,) = tables.decisions("decisions.csv")
    assert not check.problems and (found.by, found.decision) == ("A", REALIST.Undecided)


def test_a_missing_column_is_told_once(tmp_path: Path, ontology: Ontology) -> None:
    (tmp_path / "confidence.csv").write_text("configuration,overall\nC01,high\nC02,low\n", encoding="utf-8")
    check = Checking(ontology)
    assert JudgementTables(tmp_path, check, {"C01"}, (), ()).confidence("confidence.csv") == ()
    assert {problem.row for problem in check.problems} == {1}


CELLS = st.one_of(
    st.sampled_from(
        ["", "C01", "C02", "component:heard", "alone", "heard", "calm", "no", "minor", "high", "low", "agrees",
         "dissents", "confirmed", "rejected", "A", "so", "2026-11-25", "2026-02-30", "Reasoning"]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), max_size=5),
)  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(TABLES)), st.data())
def test_every_row_is_given_or_named(
    tmp_path: Path, ontology: Ontology, kind: str, data: st.DataObject
) -> None:
    width = TABLES[kind].count(",") + 1
    rows = data.draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=4))
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    found, wrong = read(tmp_path, ontology, kind, [text.getvalue()])
    numbers = {number for number, row in enumerate(rows, start=2) if any(cell.strip() for cell in row)}
    named = {problem.row for problem in wrong}
    assert named <= numbers
    assert {getattr(one, "place").row for one in found} == numbers  # noqa: B009
    optional = {"assessor", "date", "classes", "reason", "configuration"} - (
        {"configuration"} if kind == "confidence" else set()
    )
    for one in found:
        if getattr(one, "place").row in named:  # noqa: B009
            continue
        said = {field.name: getattr(one, field.name) for field in fields(one)}  # type: ignore[arg-type]
        assert all(value for name, value in said.items() if name not in optional), "a row not named is whole"


@pytest.mark.parametrize(
    ("old", "new", "counts"),
    [
        ("", "", True),
        ("not-the-only-one,calmer", "heard-out,calmer", True),
        ("not-the-only-one,calmer", "alone-at-home,calmer", False),
        ("not-the-only-one,calmer", "calmer,calmer", False),
        ("not-the-only-one,calmer", "by-class,calmer", True),
        ("not-the-only-one,calmer", "undivided,calmer", True),
        ("not-the-only-one,calmer", "elsewhere,calmer", False),
    ],
)
def test_a_mechanism_is_one_by_role_class_or_use(
    tmp_path: Path, ontology: Ontology, old: str, new: str, counts: bool
) -> None:
    """Beside the template's components: one called a context with a class of reasonings, one of the role mechanism."""
    folder = tmp_path / "study"
    write_template(folder)
    (folder / "components.csv").write_text(
        "component,role,class,wording\nby-class,context,Normalisation,Seeing that it is common\n"
        "undivided,mechanism,,Talking it over\nelsewhere,context,Context factor,Living far away\n",
        encoding="utf-8",
    )
    settings, decisions = folder / "study.toml", folder / "decisions.csv"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace('codes = "codes.csv"', 'components = "components.csv"\ncodes = "codes.csv"'),
        encoding="utf-8",
    )
    decisions.write_text(decisions.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    if counts:
        assert read_study(folder, ontology).warnings == ()
    else:
        with pytest.raises(
            StudyError, match=r"decisions\.csv, row 2: mechanism: the component .* is neither"
        ):
            read_study(folder, ontology)


def test_a_study_tells_what_its_judgements_are_warned_of(tmp_path: Path, ontology: Ontology) -> None:
    write_template(tmp_path / "study")
    table = tmp_path / "study" / "annotations.csv"
    first, _, rest = table.read_text(encoding="utf-8").rpartition("Reviewer A")
    table.write_text(f"{first}reviewer a{rest}", encoding="utf-8")
    (warning,) = read_study(tmp_path / "study", ontology).warnings
    assert (warning.file, warning.row) == ("annotations.csv", 3)
    assert [one.warnings for one in check_studies([tmp_path / "study"])] == [(warning,)]


def test_a_study_with_a_bad_judgement_is_refused(tmp_path: Path, ontology: Ontology) -> None:
    write_template(tmp_path / "study")
    table = tmp_path / "study" / "confidence.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("very low", "so so"), encoding="utf-8")
    with pytest.raises(StudyError, match="overall 'so so'"):
        read_study(tmp_path / "study", ontology)
