"""Chains, worked out by hand: in the demonstration's table, and in small studies with circles and ties.

In data/synthetic-demonstration/configurations.csv an outcome of one row is a context of another where they name the same
component. From C02 on: its `kinder-to-herself` opens C03; C03's `tells-how-it-is` opens C04; C04's `asks-for-help`
opens nothing.

`short-funding` opens C32, C33 and C36. C32 ends in `volunteer-worn`, which opens nothing. C36 ends in `staff-stretched`,
which opens C37, and that ends in `volunteer-worn` again. C33's `volunteer-stays` opens C34, and its `heard-early` C35.

So many people speak for them (tests/questions/golden/quotations.csv, counted by hand; the open edition rounds down to
fives): for C32 nine, for C36 seven (M07, S01, S02, S06, V07, V12, V25), for C37 eleven.
"""

from __future__ import annotations

import csv
import itertools

import pytest

from cmograph import resources
from cmograph.analysis.casebook import Casebook
from cmograph.analysis.chains import ChainParameters, find_chains
from cmograph.errors import InputError
from tests.analysis.books import book, configuration
from tests.analysis.chain_names import ask, names

DEMONSTRATION = "synthetic-demonstration"


def here(name: str) -> tuple[str]:
    """A configuration or a component of the demonstration."""
    return (f"{DEMONSTRATION}/{name}",)


def test_a_chain_goes_from_outcome_to_context(casebook: Casebook) -> None:
    found = find_chains(casebook, ChainParameters(study=(DEMONSTRATION,), start=(f"{DEMONSTRATION}/C02",)))
    assert [names(chain) for chain in found] == [["C02", "C03", "C04"]]
    (chain,) = found
    assert [step.via.id.rpartition("/")[2] if step.via else None for step in chain.steps] == [
        None,
        "kinder-to-herself",
        "tells-how-it-is",
    ]
    assert [ref.label for ref in chain.ends] == ["Asking for professional help"]
    assert not chain.harmful and not chain.circle and chain.length == 3
    assert chain.strength == min(step.people + step.statements for step in chain.steps)


def test_every_step_is_in_the_table_and_no_chain_is_left_out(casebook: Casebook) -> None:
    with (resources.DATA / DEMONSTRATION / "configurations.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    leads = {
        (one, other)
        for one, other in itertools.product(rows, rows)
        if set(rows[one]["outcome"].split(";")) & set(rows[other]["context"].split(";"))
    }
    found = find_chains(casebook, ChainParameters(study=(DEMONSTRATION,)))
    walked = {step for chain in found for step in itertools.pairwise(names(chain))}
    assert walked == leads


def test_a_circle_ends_where_it_has_been(casebook: Casebook) -> None:
    """C10 makes friends of getting out, and C11 gets out because of friends."""
    found = find_chains(casebook, ChainParameters(start=(f"{DEMONSTRATION}/C10",)))
    assert [names(chain) for chain in found if chain.circle] == [["C10", "C11", "C10"]]


def test_harm_is_followed_to_its_end(casebook: Casebook) -> None:
    """C15 (feels worse) opens C16, which ends in staying away."""
    found = find_chains(casebook, ChainParameters(study=(DEMONSTRATION,), which="harmful"))
    assert ["C15", "C16"] in [names(chain) for chain in found]
    assert all(chain.harmful for chain in found)


def test_too_many_are_refused_and_never_cut(casebook: Casebook) -> None:
    with pytest.raises(InputError, match="more chains than 1"):
        find_chains(casebook, ChainParameters(study=(DEMONSTRATION,), most=1))


def test_short_funding_wears_volunteers_out_in_one_way_that_is_a_chain(casebook: Casebook) -> None:
    """C36 to C37, and C33 to C35; C32 ends where C37 does, and is no chain: it has one configuration."""
    assert ask(casebook, start=here("short-funding")) == [["C36", "C37"], ["C33", "C34", "C35"]]
    assert ask(casebook, end=here("volunteer-worn")) == [["C36", "C37"]]
    assert ask(casebook, through=here("C32")) == []


def test_each_step_has_its_own_evidence(casebook: Casebook, restricted_casebook: Casebook) -> None:
    """C36 seven people and C37 eleven: the weaker is C36. In the open edition five and ten."""
    for held, people, codings in ((casebook, [5, 10], [15, 25]), (restricted_casebook, [7, 11], [18, 26])):
        (chain,) = find_chains(held, ChainParameters(through=here("C36")))
        assert names(chain) == ["C36", "C37"]
        assert [step.people for step in chain.steps] == people
        assert [step.codings for step in chain.steps] == codings
        assert [step.via and step.via.id.rpartition("/")[2] for step in chain.steps] == [
            None,
            "staff-stretched",
        ]
        assert chain.strength == people[0]
        assert chain.harmful and not chain.circle and not chain.goes_on


def test_the_harmful_ones_of_the_demonstration(casebook: Casebook) -> None:
    """Only C16 and C37 are harmful and led to. C15 comes before C36: as long, and ten people for its weakest, not five."""
    assert ask(casebook, study=(DEMONSTRATION,), which="harmful") == [["C15", "C16"], ["C36", "C37"]]
    assert ask(casebook, study=(DEMONSTRATION,), which="harmful", through=here("C37")) == [["C36", "C37"]]
    assert ask(casebook, which="harmful", through=here("C02")) == []


@pytest.mark.parametrize(
    ("through", "found"),
    [
        (("C03",), [["C02", "C03", "C04"], ["C05", "C03", "C04"]]),
        (("kinder-to-herself",), [["C02", "C03", "C04"], ["C05", "C03", "C04"]]),
        (("not-only-me",), [["C05", "C03", "C04"]]),  # a reasoning, of C05 and of C06, which leads to nothing
        (("C02", "C05"), []),
        (("fear-of-report", "kinder-to-herself"), [["C02", "C03", "C04"]]),  # C27 has but the first
        (("work-or-training",), [["C12", "C13", "C14"]]),  # at the very end; C13 also leads to C38
        (("C11",), [["C07", "C09", "C10", "C11", "C10"]]),
    ],
)
def test_what_a_chain_must_pass_through(
    casebook: Casebook, through: tuple[str, ...], found: list[list[str]]
) -> None:
    several = tuple(f"{DEMONSTRATION}/{name}" for name in through)
    assert ask(casebook, study=(DEMONSTRATION,), through=several) == found


@pytest.mark.parametrize("parameter", ["start", "end", "through"])
def test_an_unknown_name_is_told_with_its_nearest(casebook: Casebook, parameter: str) -> None:
    for wrong, says in [
        ("social comparisn", "'social comparison'"),
        (f"{DEMONSTRATION}/staff-strecthed", "'staff-stretched'"),
        ("qqqqqq", "Look it up in the lists"),
    ]:
        with pytest.raises(InputError) as refused:
            ask(casebook, **{parameter: (wrong,)})
        (problem,) = refused.value.problems
        assert (
            problem.what
            == f"{parameter}: there is no configuration, component or kind of component {wrong!r}."
        )
        assert says in problem.remedy


def test_a_name_of_several_is_not_told_to_be_unknown() -> None:
    held = book(
        configuration("C", ["shared"], ["m"], ["o"], of=f"https://example.org/study/{of}")
        for of in ("a", "b")
    )
    with pytest.raises(InputError, match=r"Several things are the component 'shared'\. Say which"):
        ask(held, through=("shared",))


REINFORCING = book(
    [
        configuration("A", ["a"], ["m"], ["b"], people=9),
        configuration("B", ["b"], ["m"], ["c"], people=8),
        configuration("C", ["c"], ["m"], ["d"], people=3),
        configuration("D", ["d"], ["m"], ["b", "e"], people=6),
        configuration("E", ["e"], ["m"], ["f"], people=7, harmful=True),
        configuration("S", ["s"], ["m"], ["s"], people=2),
    ]
)
"""A leads to B, B to C, C to D, D back to B and on to E, which is harmful. S is the context of itself."""


def test_circles_by_hand() -> None:
    """From A: round, or out at D. Nothing begins within the circle, into which A leads. S is a circle of one."""
    found = find_chains(REINFORCING, ChainParameters())
    assert [(names(chain), chain.circle, chain.strength) for chain in found] == [
        (["S", "S"], True, 2),
        (["A", "B", "C", "D", "B"], True, 3),
        (["A", "B", "C", "D", "E"], False, 3),
    ]
    assert not any(chain.goes_on for chain in found)
    assert [found[2].harmful, found[1].harmful] == [True, False]
    assert ask(REINFORCING, which="harmful") == [["A", "B", "C", "D", "E"]]
    assert ask(REINFORCING, start=("s/C",), end=("s/C",)) == [["C", "D", "B", "C"]]
    assert ask(REINFORCING, start=("s/B",), end=("s/B",), which="strongest", through=("s/E",)) == []


def test_a_circle_alone_begins_once_and_above_what_it_leads_to() -> None:
    """X and Y lead to each other, and Y to B: by name B comes first, but the circle leads to it."""
    held = book(
        [
            configuration("B", ["b"], ["m"], ["o"]),
            configuration("C", ["o"], ["m"], ["p"]),
            configuration("X", ["x"], ["m"], ["y"]),
            configuration("Y", ["y"], ["m"], ["x", "b"]),
        ]
    )
    assert ask(held) == [["X", "Y", "X"], ["X", "Y", "B", "C"]]


def test_what_reinforces_itself_in_the_demonstration(casebook: Casebook) -> None:
    """C10 (15 people in the open edition) and C11 (20) feed each other; C07 and C09 (10 each) lead there."""
    (chain,) = find_chains(casebook, ChainParameters(start=here("C10"), end=here("C10"), which="strongest"))
    assert names(chain) == ["C10", "C11", "C10"]
    assert chain.circle and chain.strength == 15 and chain.length == 3
    assert ask(casebook, start=here("C11"), which="shortest") == [["C11", "C10"]]


TIED = book(
    [
        configuration("A", ["a"], ["m"], ["b", "c", "d", "x"], people=9),
        configuration("B", ["b"], ["m"], ["z"], people=4),
        configuration("C", ["c"], ["m"], ["z"], people=6),
        configuration("D", ["d"], ["m"], ["z"], people=6),
        configuration("X", ["x"], ["m"], ["y"], people=6),
        configuration("Y", ["y"], ["m"], ["z"], people=7),
        configuration("Z", ["z"], ["m"], ["end"], people=9),
    ]
)
"""From A to Z by B (weakest 4), by C or by D (6), or by X and Y (6, and one longer)."""


def test_ties_by_hand() -> None:
    """By B, C and D are equally short: C and D are better supported, and C comes first. So it is with the best supported:
    C, D and X with Y are equal, C and D are shorter. By way of D there is one, by way of Y one more, by X or B no choice."""
    ends = {"start": ("s/A",), "end": ("s/Z",)}
    assert ask(TIED, **ends, which="shortest") == [["A", "C", "Z"]]
    assert ask(TIED, **ends, which="strongest") == [["A", "C", "Z"]]
    assert ask(TIED, **ends, which="shortest", through=("s/D",)) == [["A", "D", "Z"]]
    assert ask(TIED, **ends, which="strongest", through=("y",)) == [["A", "X", "Y", "Z"]]
    assert ask(TIED, **ends, which="shortest", through=("s/B",)) == [["A", "B", "Z"]]
    assert ask(TIED, **ends) == [["A", "C", "Z"], ["A", "D", "Z"], ["A", "B", "Z"], ["A", "X", "Y", "Z"]]


@pytest.mark.parametrize(
    ("longest", "found"),
    [
        (2, [["C07", "C09"], ["C09", "C10"], ["C10", "C11"], ["C11", "C10"]]),
        (3, [["C07", "C09", "C10"], ["C10", "C11", "C10"]]),
        (4, [["C07", "C09", "C10", "C11"], ["C11", "C10", "C11"]]),
        (5, [["C07", "C09", "C10", "C11", "C10"]]),
    ],
)
def test_what_is_longer_than_longest_is_told_in_pieces_that_meet(
    casebook: Casebook, longest: int, found: list[list[str]]
) -> None:
    """C07 to C09 to C10 to C11 and back to C10: the next piece begins where one goes on."""
    chains = find_chains(casebook, ChainParameters(study=(DEMONSTRATION,), longest=longest))
    told = [chain for chain in chains if set(names(chain)) <= {"C07", "C09", "C10", "C11"}]
    assert sorted(map(names, told)) == found
    assert [names(chain) for chain in told if chain.goes_on] == [
        path for path in map(names, told) if path[-1] not in path[:-1]
    ]


def test_longest_bounds_each_search() -> None:
    """From A to E it is five; with four none is found from A, and the harm is told from where the first piece ends: D."""
    for which in ("all", "shortest", "strongest"):
        for longest, found in ((5, [["A", "B", "C", "D", "E"]]), (4, [])):
            assert ask(REINFORCING, start=("s/A",), end=("s/E",), which=which, longest=longest) == found
    assert ask(REINFORCING, which="harmful", longest=4) == [["D", "E"]]


def test_many_studies_share_what_may_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two studies of one chain of three: six steps are looked at in all, three in each."""
    held = book(
        configuration(f"C{n}", [f"s{n}"], ["m"], [f"s{n + 1}"], of=f"https://example.org/study/{of}")
        for of in ("one", "two")
        for n in range(3)
    )
    monkeypatch.setattr("cmograph.analysis.chains._MOST_STEPS", 6)
    assert len(find_chains(held, ChainParameters())) == 2
    monkeypatch.setattr("cmograph.analysis.chains._MOST_STEPS", 5)
    with pytest.raises(InputError, match="looked at"):
        find_chains(held, ChainParameters())
