"""An answer keeps what SPARQL said, and says what must be said with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmograph.engine import LocalBackend, open_backend
from cmograph.errors import InputError, QueryRefused
from cmograph.questions import Cell, Desk, Library, Question, ask
from cmograph.questions.answers import notices_for, read_rows
from tests.questions.samples import CONFIGURATIONS

STUDY = "https://w3id.org/cmograph/id/study/"


def test_a_bare_question_answers_with_typed_rows(backend: LocalBackend, library: Library) -> None:
    answer = ask(backend, library, "configurations")
    assert answer.columns == ("study", "configuration", "name", "weight", "heavy", "half")
    assert [record["name"] for record in answer.records()] == ["Heard & <understood>", "Seul", "Published"]
    assert answer.records()[1] == {
        "study": STUDY + "demo",
        "configuration": STUDY + "demo/configuration/C02",
        "name": "Seul",
        "weight": 5,
        "heavy": True,
        "half": 2.5,
    }
    assert answer.rows[1][2] == Cell("literal", "Seul", language="fr")
    assert answer.snapshot.release == "0001"


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"delivery": "group"}, ["Heard & <understood>"]),
        ({"delivery": "OneToOne"}, ["Seul", "Published"]),
        ({"delivery": ["group", "one-to-one"], "least": "4"}, ["Seul", "Published"]),
        ({"study": "published"}, ["Published"]),
        ({"study": "A published study"}, ["Published"]),
        ({"named": "Seul"}, ["Seul"]),
        ({"known": "no"}, []),
    ],
)
def test_a_question_is_narrowed_by_values_and_names(
    backend: LocalBackend, library: Library, values: dict[str, str], names: list[str]
) -> None:
    assert [record["name"] for record in ask(backend, library, "configurations", values).records()] == names


def test_a_name_that_several_studies_have_is_not_one_of_them_by_chance(
    backend: LocalBackend, tmp_path: Path
) -> None:
    """Both studies have a configuration C01: one of them is asked for by its study as well."""
    named = CONFIGURATIONS.replace("#+ columns:", "#+   configuration: {type: iri, class: realist:Configuration, description: Which.}\n#+ columns:").replace(
        "VALUES ?study", "VALUES ?configuration { UNDEF }   # param configuration\n  VALUES ?study"
    )  # fmt: skip
    (tmp_path / "cq-01-configurations.rq").write_text(named, encoding="utf-8")
    library = Library.load(tmp_path)

    def names(**values: str) -> list[object]:
        return [row["name"] for row in ask(backend, library, "configurations", values).records()]

    assert names(configuration="C01") == ["Heard & <understood>", "Published"]
    assert names(configuration="C01", study="demo") == ["Heard & <understood>"]
    assert names(configuration="C01", study="published") == ["Published"]


def test_a_name_that_nothing_has_suggests_the_nearest(backend: LocalBackend, library: Library) -> None:
    with pytest.raises(InputError, match="'group'"):
        ask(backend, library, "configurations", {"delivery": "grupo"})


def test_an_answer_names_the_synthetic_studies_in_it(backend: LocalBackend, library: Library) -> None:
    (notice,) = ask(backend, library, "configurations").notices
    assert "An invented “study”" in notice
    assert "Synthetic" in notice
    assert ask(backend, library, "configurations", {"study": "published"}).notices == ()
    assert ask(backend, library, "configurations", {"study": "demo"}).notices == (notice,)


def test_where_no_study_is_shown_every_synthetic_one_is_named(
    backend: LocalBackend, library: Library
) -> None:
    assert len(ask(backend, library, "plain").notices) == 1


def test_an_answer_without_rows_concerns_no_study() -> None:
    assert notices_for(["study"], [], {STUDY + "demo": "Demo"}) == ()
    assert len(notices_for(["n"], [], {STUDY + "demo": "Demo"})) == 1
    inside = [(Cell("uri", STUDY + "demo/configuration/C1"),)]
    assert len(notices_for(["study"], inside, {STUDY + "demo": "Demo"})) == 1
    assert notices_for(["study"], [(Cell("uri", STUDY + "demo2"),)], {STUDY + "demo": "Demo"}) == ()


def test_an_empty_store_answers_with_no_rows(library: Library, tmp_path: Path) -> None:
    with open_backend(tmp_path) as empty:
        assert ask(empty, library, "configurations").rows == ()
        assert ask(empty, library, "configurations").notices == ()


def test_a_restricted_question_is_not_asked_of_the_open_edition(
    backend: LocalBackend, library: Library
) -> None:
    plain = library["plain"]
    header = plain.header.model_copy(update={"edition": "restricted"})
    restricted = Library({"plain": Question(header, plain.text)})
    with pytest.raises(QueryRefused, match="a token whose scope is restricted, or with --edition restricted"):
        backend.run(Desk(backend.backend, restricted).answer("plain"))


@pytest.mark.parametrize(
    ("text", "datatype", "value"),
    [
        ("12", "integer", 12),
        ("0.5", "decimal", 0.5),
        ("1e2", "double", 100.0),
        ("INF", "double", "INF"),
        ("true", "boolean", True),
        ("0", "boolean", False),
        ("x", "integer", "x"),
        ("2026-11-25", "date", "2026-11-25"),
    ],
)
def test_a_value_is_the_nearest_of_json(text: str, datatype: str, value: object) -> None:
    found = Cell("literal", text, "http://www.w3.org/2001/XMLSchema#" + datatype).value
    assert found == value
    assert type(found) is type(value)


def test_rows_keep_their_order_and_their_gaps() -> None:
    body = (
        b'{"head":{"vars":["b","a"]},"results":{"bindings":[{"a":{"type":"bnode","value":"x"}},'
        b'{"b":{"type":"triple","value":{"subject":{"type":"uri","value":"s"}}}}]}}'
    )
    columns, rows = read_rows(body)
    assert columns == ("b", "a")
    assert rows[0] == (None, Cell("bnode", "x"))
    assert rows[1][0] is not None
    assert rows[1][0].kind == "triple"
