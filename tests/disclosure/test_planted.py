"""Stores that are made for the purpose: with other things in the evidence, with something planted, with the editions changed over."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest

from cmograph.build import build
from tests.build.studies import make_study, quads
from tests.disclosure.outside import PREFIXES, Request, queries
from tests.disclosure.sides import (
    DEMONSTRATION,
    SEED,
    ask_all,
    made_up_names,
    of_questions,
    opened,
    seen_from_outside,
    transcripts,
)

pytestmark = pytest.mark.slow


def _tell_of_participants(
    study: Path, secret: Callable[[int], str], called: Callable[[int], str] = "P{:06}".format
) -> None:
    table = study / "participants.csv"
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        row |= {"participant": called(number), "what nobody may know": secret(number)}
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _same_but_for_the_evidence(folder: Path) -> tuple[Path, Path]:
    """Two stores of one study, of which the second knows other things of its participants."""
    stores = []
    for name in ("one", "other"):
        study = make_study(folder / name, "small")
        _tell_of_participants(study, f"{name} {{}}".format)
        build([study], folder / f"store of {name}")
        stores.append(folder / f"store of {name}")
    one, other = stores
    assert quads(one, "open") == quads(other, "open")
    assert quads(one) != quads(other)
    return one, other


def test_no_header_tells_that_the_evidence_is_another(tmp_path: Path) -> None:
    """Two stores whose open editions are the same are the same from outside, ETags included."""
    one, other = _same_but_for_the_evidence(tmp_path)
    with opened(one) as first, opened(other) as second:
        for target in (
            "/sparql?query=ASK%7B%7D",
            "/",
            "/version",
            "/ready",
            "/questions/configurations",
            "/docs",
        ):
            seen, unlike = first.ask(Request(target)), second.ask(Request(target))
            assert unlike.same_as(seen, {second.address: first.address}), (seen.headers, unlike.headers)


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_planted_in_a_small_study_stays_there(tmp_path: Path, seed: int) -> None:
    study = make_study(tmp_path, "small", seed)
    _tell_of_participants(
        study,
        lambda number: f"planted-{seed}x{number} told in confidence to nobody else",
        lambda number: f"Zebedee-{number}-Quux",
    )
    build([study], tmp_path / "store")
    (tmp_path / "copy").mkdir()
    with seen_from_outside(tmp_path / "store", tmp_path / "copy") as small:
        assert small.withheld.found_in(b"planted-%dx5 TOLD in confidence, to nobody else" % seed)
        assert small.withheld.found_in(b"zebedee-4-quux")
        ask_all(small, made_up_names(small.withheld, "small"), seed, 120)
        for request in of_questions(made_up_names(small.withheld, "small")[0][0]):
            small.see(request)


def test_a_restricted_edition_that_is_served_as_open_is_found_out(
    demonstration: Path, tmp_path: Path
) -> None:
    """The searches above can fail: were the directories changed over, nearly every kind of request would tell."""

    def mistake(release: Path) -> None:
        shutil.rmtree(release / "open")
        shutil.copytree(release / "restricted", release / "open")

    # From memory it would be served as its manifest says, and the mistake would do no harm.
    with seen_from_outside(demonstration, tmp_path, transcripts(), mistake, memory_edition=0) as wrong:
        names = made_up_names(wrong.withheld, DEMONSTRATION)
        telling = unlike = 0
        for asked in queries(SEED, names, 150):
            seen, other = wrong.outside.ask(asked.real), wrong.outside.ask(asked.made_up)
            telling += bool(wrong.withheld.found_in(seen.everything, asked.real.said))
            unlike += not other.same_as(seen, asked.renamed)
        assert telling > 15
        assert unlike > 15
        quotations = wrong.outside.ask(
            Request("/sparql?" + urlencode({"query": f"{PREFIXES}SELECT * {{ ?s oa:exact ?o }}"}))
        )
        assert len(wrong.withheld.found_in(quotations.everything)) > 1000
