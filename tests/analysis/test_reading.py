"""A release is read once, by a few queries, and a page of a list asks the engine nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.chapters import excerpt
from cmograph.analysis.edition import read_casebook
from cmograph.analysis.inquiries import INQUIRIES
from cmograph.analysis.inquiry import inquire
from cmograph.analysis.reading import Reading
from cmograph.analysts.tasks import read_excerpt
from cmograph.engine import open_backend
from cmograph.engine.backend import Answer, Backend
from cmograph.engine.editions import Snapshot
from cmograph.engine.formats import Format
from cmograph.engine.guard import Query
from tests.engine.small import publish


class Counting:
    """A backend that counts what it is asked."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.asked = 0

    @property
    def snapshot(self) -> Snapshot:
        return self.backend.snapshot

    async def query(self, query: Query, format: Format | None = None, timeout: float | None = None) -> Answer:
        self.asked += 1
        return await self.backend.query(query, format, timeout)

    async def close(self) -> None:
        await self.backend.close()


@pytest.mark.parametrize("edition", ["open", "restricted"])
def test_a_page_of_configurations_asks_the_engine_nothing_once_the_release_is_read(
    demonstration: Path, edition: str
) -> None:
    with open_backend(demonstration, edition) as backend:
        counting = Counting(backend.backend)
        reading = Reading(counting)

        async def ask() -> tuple[int, int]:
            await asyncio.gather(*(reading.casebook() for _ in range(5)))
            read = counting.asked
            for _ in range(3):
                found = await inquire(INQUIRIES["configurations"], reading, {"harmful": "true"})
                assert len(found.items[:100]) > 10
            return read, counting.asked

        read, after = backend.run(ask())
    assert read < 20, "as many as there are kinds of things, however many there are of each"
    assert after == read


@pytest.mark.parametrize("edition", ["open", "restricted"])
def test_what_has_not_changed_is_taken_over_and_the_whole_is_as_if_all_were_read(
    demonstration: Path, edition: str
) -> None:
    with open_backend(demonstration, edition) as backend:
        whole = backend.run(read_casebook(backend.backend))
        studies = list(whole.studies)
        for kept in ([], studies[::2], studies[1:4], studies):
            counting = Counting(backend.backend)
            again = backend.run(read_casebook(counting, whole, frozenset(kept)))
            assert again == whole
            for part in ("studies", "configurations", "components", "theories", "assessments", "annotations"):
                assert list(getattr(again, part)) == list(getattr(whole, part)), "the order is the same too"
            assert (counting.asked < 5) == (kept == studies)


def test_a_rating_that_a_client_named_outside_its_study_stays_with_it(tmp_path: Path) -> None:
    """Whoever may write may name it by any IRI: it belongs to the study whose configuration it rates."""
    rating = "<https://example.org/r> realist:assesses <demo/configuration/C01> ; realist:overallConfidence realist:LowConfidence ."
    with open_backend(publish(tmp_path, more=rating)) as backend:
        whole = backend.run(read_casebook(backend.backend))
        again = backend.run(read_casebook(backend.backend, whole, frozenset(whole.studies)))
    assert list(whole.assessments) == ["https://example.org/r"]
    assert again == whole
    (study,) = (one for one in whole.studies.values() if one.name == "demo")
    assert excerpt(whole, study.id).assessments == whole.assessments


def test_an_excerpt_is_all_that_a_casebook_says_of_one_study(casebook: Casebook) -> None:
    study = "https://w3id.org/cmograph/id/study/synthetic-demonstration"
    found = excerpt(casebook, f"{study}/configuration/C01")
    assert list(found.studies) == [study]
    assert len(found.configurations) == 40 and {one.study for one in found.configurations.values()} == {study}
    assert found.components and found.theories and found.assessments and found.annotations
    assert excerpt(casebook, study) == found == read_excerpt(TypeAdapter(Casebook).dump_json(found))
    nothing = excerpt(casebook, study.removesuffix("-demonstration"))
    assert not nothing.studies and not nothing.configurations and not nothing.annotations
    assert nothing.kinds == casebook.kinds
