"""`/exports`: files of the formats of other tools, named, cached, and to anonymous clients never restricted."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cmograph import resources
from cmograph.access import Scope, TokenBook
from cmograph.exports import EXPORTS
from tests.api.conftest import Served, serving

STUDY = "synthetic-demonstration"


@pytest.fixture(scope="module")
def served(demonstration: Path) -> Iterator[Served]:
    with serving(resources.QUERIES, demonstration) as served:
        yield served


def test_the_list_is_of_every_format(served: Served) -> None:
    listed = served.client.get("/exports").json()
    assert [one["id"] for one in listed["items"]] == list(EXPORTS)
    assert listed["total"] == len(EXPORTS)
    for one in listed["items"]:
        assert one["description"].endswith(".") and ". " not in one["description"], "one sentence"
        assert " for " in one["description"], f"{one['id']} does not say which tool takes it"
    assert [one["id"] for one in listed["items"] if one["one_study"]] == ["qdpx", "svg"]


def test_a_file_has_a_name_a_type_and_a_notice(served: Served) -> None:
    answer = served.client.get("/exports/csv", params={"study": STUDY})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{STUDY}-csv.csv"'
    assert any("synthetic" in value.lower() for name, value in answer.headers.items() if "notice" in name)
    assert len(list(csv.reader(answer.text.splitlines()))) > 1


def test_what_has_not_changed_is_not_sent_again(served: Served) -> None:
    tag = served.client.get("/exports/csv").headers["ETag"]
    again = served.client.get("/exports/csv", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert served.client.get("/exports/csv", headers={"If-None-Match": "*"}).status_code == 304
    assert served.client.get("/exports/ris", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/exports/qdpx?study=synthetic-demonstration", 400, "restricted"),
        ("/exports/bibtx", 404, "bibtex"),
        ("/exports/csv?study=synthetic-demonstratio", 404, STUDY),
        ("/exports/csv?study=synthetic-demonstration&study=", 404, "no study"),
        ("/exports/csv?studies=synthetic-demonstration", 422, "It takes study."),
        ("/exports/svg", 422, "holds one study"),
    ],
)
def test_what_cannot_be_had_is_refused_with_a_remedy_whatever_the_client_holds(
    served: Served, path: str, status: int, said: str
) -> None:
    tag = served.client.get("/exports/csv").headers["ETag"]
    for held in ({}, {"If-None-Match": tag}, {"If-None-Match": "*"}):
        answer = served.client.get(path, headers=held)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
        assert said in answer.text


def test_a_token_opens_what_holds_quotations(demonstration: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(demonstration, store, symlinks=True)
    token = TokenBook(store).add([Scope.RESTRICTED], None)
    may = {"Authorization": f"Bearer {token}"}
    with serving(resources.QUERIES, store) as served:
        project = served.client.get("/exports/qdpx", params={"study": STUDY}, headers=may)
        assert project.status_code == 200
        assert project.content.startswith(b"PK")
        seen = served.client.get("/exports/evidence", headers=may)
        blind = served.client.get("/exports/evidence", headers={"If-None-Match": seen.headers["ETag"]})
    assert blind.status_code == 200
    assert any(row["coder"] for row in csv.DictReader(seen.text.splitlines()))
    assert not any(row["coder"] for row in csv.DictReader(blind.text.splitlines()))
