"""No small number of people can be worked out from what is open: by an attacker who adds, subtracts and tries.

Whoever attacks has the open edition, the rule, and the study's own totals; see `attacker`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmograph.build import build
from cmograph.disclosure import show
from tests.benchmarks.generate_study import Size, generate_study
from tests.build.studies import select
from tests.disclosure.attacker import Published, attack, possible, propagate

CELL = 5

_SUMMARIES = """
SELECT ?summary ?study ?withheld ?people ?codings WHERE {
  ?summary a realist:EvidenceSummary ; realist:participantsWithheld ?withheld ;
    realist:supports|realist:refutes|realist:refines ?claim .
  ?claim realist:inEvaluation ?study .
  OPTIONAL { ?summary realist:participantsAtLeast ?people }
  OPTIONAL { ?summary realist:codingsAtLeast ?codings }
}
"""
_PARTS = """
SELECT ?summary ?role ?people WHERE {
  ?summary realist:hasRoleCount ?part .
  ?part realist:ofRole ?role ; realist:participantsAtLeast|realist:participantCount ?people
}
"""
_INTERVIEWED = """
SELECT ?study ?role ?people WHERE {
  ?study realist:interviewed ?part . ?part realist:ofRole ?role ; realist:participantCount ?people
}
"""


def read(store: Path) -> list[Published]:
    """Every count of people in the open edition of what a store serves."""
    parts: dict[str, dict[str, int]] = {}
    for summary, role, people in select(store, "open", _PARTS):
        parts.setdefault(summary, {})[role] = int(people)
    interviewed: dict[str, dict[str, int]] = {}
    for study, role, people in select(store, "open", _INTERVIEWED):
        interviewed.setdefault(study, {})[role] = int(people)
    found = {}
    for summary, study, withheld, people, codings in select(store, "open", _SUMMARIES):
        assert (withheld == "true") == (not people)
        found[summary] = Published(
            summary, int(people or 0), parts.get(summary, {}), int(codings or 0), interviewed.get(study, {})
        )
    return list(found.values())


def _shown(table: Mapping[str, int], interviewed: Mapping[str, int], cell: int = CELL) -> Published:
    shown = show(table, cell, interviewed)
    return Published("a claim", shown.total, shown.parts, 0, interviewed)


def _tables(interviewed: tuple[int, ...]) -> Iterator[dict[str, int]]:
    for counts in product(*(range(count + 1) for count in interviewed)):
        if sum(counts):
            yield {f"role {place}": count for place, count in enumerate(counts)}


def test_the_attacker_adds_and_subtracts() -> None:
    bounds = {"all": (20, 20), "a": (5, 9), "b": (5, 9), "c": (0, 4)}
    assert propagate(bounds, {"all": ["a", "b", "c"]})["c"] == (2, 4)
    bounds = {"all": (14, 99), "a": (5, 9), "b": (0, 4), "c": (0, 1)}
    assert propagate(bounds, {"all": ["a", "b", "c"]}) == {
        "all": (14, 14),
        "a": (9, 9),
        "b": (4, 4),
        "c": (1, 1),
    }


def test_the_attacker_finds_what_a_careless_rule_tells() -> None:
    told = Published("a claim", 3, {"mother": 3})
    assert {found.count for found in attack([told], CELL)} == {3}
    # With everyone but one told of, by the study's own totals, the one is known.
    others = possible(_shown({"mother": 5}, {"mother": 5}), CELL)
    assert others["mother"] == {5} and others["not mother"] == {0}


@pytest.mark.parametrize(
    "interviewed", [(9, 6), (10, 6), (11, 10), (12, 11), (6, 6, 8), (10, 10, 10), (3, 4, 6)]
)
def test_neither_who_said_it_nor_who_did_not_can_be_counted(interviewed: tuple[int, ...]) -> None:
    """Nine of ten mothers and all six staff: at least 15 would say that just one mother did not."""
    known = {f"role {place}": count for place, count in enumerate(interviewed)}
    for table in _tables(interviewed):
        assert not attack([_shown(table, known)], CELL), table


@given(st.lists(st.integers(0, 30), min_size=1, max_size=4), st.integers(3, 6), st.data())
def test_nor_in_any_study(interviewed: list[int], cell: int, data: st.DataObject) -> None:
    known = {f"role {place}": count for place, count in enumerate(interviewed)}
    table = {role: data.draw(st.integers(0, count)) for role, count in known.items()}
    if sum(table.values()) == 0 or sum(interviewed) == 1:  # of one interview, nothing can be told but of one
        return
    told = dict(list(known.items())[: data.draw(st.integers(0, len(known)))])
    shown = show(table, cell, told)
    assert not attack([Published("a claim", shown.total, shown.parts, 0, told, frozenset(known))], cell)


def test_no_small_count_follows_from_the_demonstration(demonstration: Path) -> None:
    everything = read(demonstration)
    assert len(everything) > 100
    assert any(published.total for published in everything)
    assert any(not published.total for published in everything)
    assert attack(everything, CELL) == []


@given(
    seed=st.integers(0, 10_000),
    sources=st.integers(2, 40),
    codings=st.integers(1, 6),
    codes=st.integers(1, 4),
)
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nor_from_small_studies(
    tmp_path_factory: pytest.TempPathFactory, seed: int, sources: int, codings: int, codes: int
) -> None:
    folder = tmp_path_factory.mktemp("small")
    study = generate_study(folder / "study", Size(sources, codings, 8, codes, 6), seed, "small")
    build([study], folder / "store")
    everything = read(folder / "store")
    assert everything
    assert attack(everything, CELL) == []


def test_a_cell_of_one_is_found_out(tmp_path: Path) -> None:
    """Were every count shown, the attacker would have it: the test above can fail."""
    study = generate_study(tmp_path / "study", Size(9, 6, 8, 4, 5), 1, "small")
    toml = study / "study.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("minimum_cell = 5", "minimum_cell = 1"))
    build([study], tmp_path / "store", minimum_cell=1)
    found = attack(read(tmp_path / "store"), CELL)
    assert {1, 2} <= {small.count for small in found}
