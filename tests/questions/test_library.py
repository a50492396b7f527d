"""A question file is strict: what is wrong with it is said when it is loaded, by file."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmograph.errors import InputError, UnknownName
from cmograph.questions import Library
from tests.questions.samples import CONFIGURATIONS, PLAIN


def load(folder: Path, name: str, text: str) -> Library:
    (folder / name).write_text(text, encoding="utf-8")
    return Library.load(folder)


def test_a_library_is_a_mapping_in_the_order_of_the_files(library: Library) -> None:
    assert list(library) == ["configurations", "plain"]
    assert len(library) == 2
    assert "plain" in library
    assert "other" not in library
    header = library["configurations"].header
    assert header.description == "Every configuration, by its delivery, its weight and its name."
    assert header.parameters["delivery"].class_ == "realist:DeliveryMode"
    assert library["configurations"].expand("pps:Group").endswith("perinatal-peer-support#Group")


def test_an_unknown_question_suggests_the_nearest(library: Library) -> None:
    with pytest.raises(UnknownName, match="configurations"):
        library["configuration"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("#+ id: plain", "#+ id: other", "file's name"),
        ("#+ id: plain\n", "", "id: Field required"),
        ("#+ title:", "#+ titel:", "titel"),
        ("#+ realist: To", "#+ realist: [", "YAML"),
        ("type: integer", "type: int", "type"),
        (
            "#+ columns",
            "#+ parameters:\n#+   p: {type: iri, class: realist:Level, kinds_of: realist:Level, description: d}\n#+ columns",
            "class or kinds_of",
        ),
        ("#+ columns", "#+ parameters:\n#+   p: {type: string, description: d}\n#+ columns", "0 blocks"),
        ("WHERE {", "WHERE { VALUES ?p { 1 } # param p\n", "does not describe the parameter p"),
        ("WHERE {", "WHERE { VALUES ?q { 1 } # param p\n", ""),
        ("SELECT (COUNT(?configuration) AS ?configurations) WHERE", "ASK", "SELECT"),
        ("WHERE {", "WHERE { SERVICE <http://e/> {", "another endpoint"),
    ],
)
def test_what_is_wrong_is_said_by_file(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in PLAIN
    if not message:  # a block whose comment names another variable binds nothing, and so is no parameter's
        assert load(tmp_path, "cq-01-plain.rq", PLAIN.replace(old, new))
        return
    with pytest.raises(InputError, match=message) as wrong:
        load(tmp_path, "cq-01-plain.rq", PLAIN.replace(old, new))
    assert {problem.file for problem in wrong.value.problems} == {"cq-01-plain.rq"}


def test_a_query_without_a_header_is_no_question(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no header"):
        load(tmp_path, "cq-01-plain.rq", "SELECT * {}")


def test_two_questions_may_not_share_an_id(tmp_path: Path) -> None:
    (tmp_path / "cq-01-plain.rq").write_text(PLAIN, encoding="utf-8")
    with pytest.raises(InputError, match="Another question"):
        load(tmp_path, "cq-02-plain.rq", PLAIN)


def test_every_problem_of_a_folder_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "cq-01-plain.rq").write_text("nothing", encoding="utf-8")
    with pytest.raises(InputError) as wrong:
        load(tmp_path, "cq-02-other.rq", CONFIGURATIONS)
    assert [problem.file for problem in wrong.value.problems] == ["cq-01-plain.rq", "cq-02-other.rq"]


def test_the_questions_of_the_project_load() -> None:
    for id, question in Library.load().items():
        assert question.header.title.endswith("?"), (
            f"{id}: the title is a question, and ends with a question mark"
        )
