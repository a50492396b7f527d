"""A real Taguette project becomes a release that answers. Its participants' words are compared, never shown."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

from cmograph.build import build
from tests.samples import needs_samples, sample

from .studies import select

pytestmark = needs_samples

STUDY = """
[study]
id = "taguette-sample"
title = "A real project of somebody else, built for a test"
description = "Coded feedback on a user interface."
kind = "interviews"
synthetic = false
language = "en"
creators = ["Somebody else"]
licence = "https://creativecommons.org/licenses/by/4.0/"
issued = "2026-11-25"
[programme]
title = "A user interface"
description = "Not a programme of peer support."
place = "online"
deliveries = []
[files]
interviews = ["interviews.sqlite3"]
codes = "codes.csv"
configurations = "configurations.csv"
"""
CODES = """code,role,class,component,wording
Moderator assist,context,Context factor,assisted,Being assisted by the moderator
Home tab elements useful,outcome,Outcome factor,useful,Finding the home tab useful
Wording not clear,reasoning,Reasoning,unclear,Not understanding the wording
"""
CONFIGURATIONS = """id,title,if,then,because,context,reasoning,outcome,polarity,evidence_for
C1,Help,If one is helped,the tab is useful,wording is overcome,assisted,unclear,useful,positive,Moderator assist
"""


def digest(*parts: str) -> str:
    """Stands for words in a failure's message."""
    return sha256("\0".join(" ".join(part.split()) for part in parts).encode()).hexdigest()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("taguette")
    study = folder / "study"
    study.mkdir()
    (study / "study.toml").write_text(STUDY, encoding="utf-8")
    (study / "codes.csv").write_text(CODES, encoding="utf-8")
    (study / "configurations.csv").write_text(CONFIGURATIONS, encoding="utf-8")
    shutil.copyfile(sample("taguette/interviews.sqlite3"), study / "interviews.sqlite3")
    build([study], folder / "store")
    return folder / "store"


@pytest.mark.parametrize(("kind", "number"), [("Source", 17), ("Code", 22), ("Coding", 1930)])
def test_everything_of_it_is_there(store: Path, kind: str, number: int) -> None:
    query = f"SELECT (COUNT(DISTINCT ?x) AS ?n) WHERE {{ ?x a realist:{kind} }}"
    assert select(store, "restricted", query) == [(str(number),)]


def test_each_quotation_is_what_taguette_exports(store: Path) -> None:
    """Document, tag and text, with white space folded as that export does; no failure shows anybody's words."""
    rows = select(
        store,
        "restricted",
        """SELECT ?coding ?document ?tag ?text WHERE {
             ?coding a realist:Coding ; oa:hasBody/realist:codePath ?tag ; realist:inSource/dcterms:title ?document ;
                     oa:hasTarget/oa:hasSelector/oa:exact ?text }""",
    )
    with sample("taguette/highlights.csv").open(encoding="utf-8", newline="") as file:
        theirs = Counter(digest(row["document"], row["tag"], row["content"]) for row in csv.DictReader(file))
    ours = Counter(digest(*words) for _, *words in rows)
    assert theirs.total() == 1930
    assert (ours - theirs).total() == 0
    assert (theirs - ours).total() == 0


def test_the_open_edition_counts_but_quotes_nobody(store: Path) -> None:
    assert select(store, "open", "SELECT ?x WHERE { ?x oa:exact|oa:prefix|oa:suffix ?words }") == []
    assert select(store, "open", "SELECT ?x WHERE { ?x a realist:Source }") == []
    assert select(store, "open", "SELECT ?c WHERE { ?c a realist:SupportedConfiguration }")
