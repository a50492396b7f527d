"""One evaluation beside another: each relation by hand on two small studies, then on the bundled ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.comparison import Comparison, ComparisonParameters, compare_studies
from cmograph.analysis.side_by_side import PartComparison
from cmograph.analysis.things import Annotation, Configuration
from cmograph.errors import InputError
from tests.analysis.books import configuration
from tests.analysis.two_studies import ONE, TREE, TWO, beside


def relations(ours: Configuration, theirs: Configuration) -> list[str]:
    return [one.relation for one in compare_studies(beside([ours], [theirs]), ComparisonParameters())]


BASE = configuration("A", ["alone"], ["trust"], ["calm"], of=ONE)


@pytest.mark.parametrize(
    ("other", "relation"),
    [
        (configuration("B", ["alone"], ["trust"], ["calm"], of=TWO), "replicates"),
        (configuration("B", ["alone"], ["deep-trust"], ["calm"], of=TWO), "replicates"),
        (configuration("B", ["young"], ["trust"], ["calm"], of=TWO), "extends"),
        (configuration("B", [], ["trust"], ["calm"], of=TWO), "extends"),
        (configuration("B", ["alone"], ["trust"], ["worry"], of=TWO), "extends"),
        (configuration("B", ["alone"], ["trust"], ["friends"], of=TWO), "extends"),
        (configuration("B", ["alone"], ["trust"], ["worry"], of=TWO, harmful=True), "contradicts"),
        (configuration("B", [], ["trust"], ["worry"], of=TWO, harmful=True), "contradicts"),
        (configuration("B", ["alone"], ["trust"], ["harm"], of=TWO, harmful=True), "contradicts"),
        (configuration("B", ["young"], ["trust"], ["worry"], of=TWO, harmful=True), "contrasts"),
        # That she is calm does not contradict that she has fewer friends: neither is below a class with the other.
        (configuration("B", ["alone"], ["trust"], ["friends"], of=TWO, harmful=True), "contrasts"),
        (configuration("B", ["young"], ["trust"], ["worry"], of=TWO, harmful=True, absent=True), "mirrors"),
    ],
)
def test_a_relation_follows_from_the_parts(other: Configuration, relation: str) -> None:
    assert relations(BASE, other) == [relation]


def test_what_names_no_context_in_both_replicates() -> None:
    """Neither says where it holds: there is no other context that the one would extend the other to."""
    ours, theirs = (
        configuration(one, [], ["trust"], ["calm"], of=of) for one, of in (("A", ONE), ("B", TWO))
    )
    assert relations(ours, theirs) == ["replicates"]


@pytest.mark.parametrize(
    "other",
    [
        configuration("B", ["alone"], ["worry"], ["calm"], of=TWO),  # another mechanism
        configuration("B", ["young"], ["trust"], ["friends"], of=TWO),  # neither context nor outcome
        configuration("B", ["alone"], ["trust"], ["calm"], of=TWO, absent=True),  # lacking, and the same
    ],
)
def test_what_has_nothing_to_do_with_each_other_is_new_on_both_sides(other: Configuration) -> None:
    assert relations(BASE, other) == ["new", "new"]


def test_mechanisms_below_one_class_are_no_more_than_related() -> None:
    ours = configuration("A", ["alone"], ["deep-trust"], ["calm"], of=ONE)
    assert relations(ours, configuration("B", ["alone"], ["new-trust"], ["calm"], of=TWO)) == ["new", "new"]


def test_what_is_new_says_where_its_mechanism_is_of_no_known_kind() -> None:
    """A's mechanism is of a class and B's of none: of A it is known that TWO has no like, of B nothing is."""
    theirs = configuration("B", ["alone"], ["something"], ["calm"], of=TWO)
    found = compare_studies(beside([BASE], [theirs]), ComparisonParameters())
    assert [(one.relation, one.mechanism.match, one.outcomes.match) for one in found] == [
        ("new", "none", "none"),
        ("new", "unknown", "none"),
    ]


def mechanism(of: str, resource: str, reasoning: str) -> Configuration:
    made = configuration("M", ["alone"], [reasoning], ["calm"], of=of)
    return replace(made, resources=(f"{of}/component/{resource}",) if resource else ())


@pytest.mark.parametrize(
    ("ours", "theirs", "match"),
    [
        (("friends", "trust"), ("friends", "trust"), "same"),
        (("friends", "deep-trust"), ("friends", "trust"), "narrower"),  # the weaker of same and narrower
        (
            ("deep-trust", "mood"),
            ("trust", "calm"),
            "crossing",
        ),  # what is offered is narrower, how it is met broader
        (("", "trust"), ("friends", "trust"), "same"),  # only one says what is offered
        (("something", "trust"), ("friends", "trust"), "same"),  # something is of no kind
    ],
)
def test_a_mechanism_matches_as_its_weaker_part(
    ours: tuple[str, str], theirs: tuple[str, str], match: str
) -> None:
    (found,) = compare_studies(
        beside([mechanism(ONE, *ours)], [mechanism(TWO, *theirs)]), ComparisonParameters()
    )
    assert (found.relation, found.mechanism.match) == ("replicates", match)


def test_another_resource_is_another_mechanism() -> None:
    assert relations(mechanism(ONE, "friends", "trust"), mechanism(TWO, "young", "trust")) == ["new", "new"]


def test_each_part_shows_both_wordings_and_the_class_they_share() -> None:
    held = beside([BASE], [configuration("B", ["alone"], ["deep-trust"], ["calm"], of=TWO)])
    (found,) = compare_studies(held, ComparisonParameters())
    assert (found.contexts.match, found.mechanism.match, found.outcomes.match) == ("same", "broader", "same")
    assert [ref.label for ref in found.mechanism.shared] == ["trust"]
    assert found.mechanism.ours[0].id.startswith(ONE) and found.mechanism.theirs[0].id.startswith(TWO)
    assert found.score == 3 + 2 + 3


def words(part: PartComparison) -> list[tuple[str, list[str], list[str]]]:
    return [
        (one.kind.label, [ref.label for ref in one.ours], [ref.label for ref in one.theirs])
        for one in part.wordings
    ]


def test_of_several_components_each_stands_beside_the_class_it_shares() -> None:
    """Ours: trust, calm, alone. Theirs: deep trust, mood, young. Trust lies above deep trust and calm below mood, so that
    neither side is the narrower one; alone and young share nothing. What they share is trust and mood, by IRI mood first."""
    ours = configuration("A", ["trust", "calm", "alone"], ["friends"], ["calm"], of=ONE)
    theirs = configuration("B", ["deep-trust", "mood", "young"], ["friends"], ["calm"], of=TWO)
    (found,) = compare_studies(beside([ours], [theirs]), ComparisonParameters())
    assert found.contexts.match == "crossing"
    assert words(found.contexts) == [("mood", ["calm"], ["mood"]), ("trust", ["trust"], ["deep trust"])]


def test_what_is_shared_beside_the_same_class_is_shown_too() -> None:
    """Both have alone, and so the same; that trust lies above deep trust is shared as well."""
    ours = configuration("A", ["alone", "deep-trust"], ["friends"], ["calm"], of=ONE)
    theirs = configuration("B", ["alone", "trust"], ["friends"], ["calm"], of=TWO)
    (found,) = compare_studies(beside([ours], [theirs]), ComparisonParameters())
    assert found.contexts.match == "same"
    assert words(found.contexts) == [("alone", ["alone"], ["alone"]), ("trust", ["deep trust"], ["trust"])]


def test_dissent_stands_beside_what_it_is_about() -> None:
    """Of B, calm is the context and the outcome: what is said of it is told once, with the class that she would give."""
    theirs = configuration("B", ["calm"], ["trust"], ["calm"], of=TWO)
    held = beside([BASE], [theirs])
    dissents, comments = "https://example.org/Dissents", "https://example.org/Comments"
    worry = "https://example.org/kind/worry"
    said = [
        Annotation("a", BASE.id, "Reviewer A (synthetic)", "Not so.", "2026-11-01", dissents, ()),
        Annotation("b", BASE.id, "Reviewer B (synthetic)", "It is.", "", comments, ()),
        Annotation("c", theirs.outcomes[0], "Reviewer A (synthetic)", "Worried.", "", dissents, (worry,)),
    ]
    (found,) = compare_studies(
        replace(held, annotations={one.id: one for one in said}), ComparisonParameters()
    )
    assert [
        (
            note.about.label,
            note.reviewer,
            note.stance,
            note.text,
            note.date,
            [ref.label for ref in note.suggested],
        )
        for note in found.notes
    ] == [
        ("Title of A", "Reviewer A (synthetic)", "Dissents", "Not so.", "2026-11-01", []),
        ("Title of A", "Reviewer B (synthetic)", "Comments", "It is.", "", []),
        ("calm", "Reviewer A (synthetic)", "Dissents", "Worried.", "", ["worry"]),
    ]


def test_a_comparison_takes_two(casebook: Casebook) -> None:
    with pytest.raises(InputError, match="two evaluations"):
        compare_studies(casebook, ComparisonParameters(study=("mcleish-2024",)))


def test_a_configuration_of_none_of_the_evaluations_is_refused(casebook: Casebook) -> None:
    """To answer with nothing would say that it is neither like anything nor new."""
    asked = ComparisonParameters(study=("mcleish-2024", "thompson-2023"), configuration="C07")
    with pytest.raises(InputError, match="of none of these evaluations") as refused:
        compare_studies(casebook, asked)
    assert "synthetic-demonstration" in refused.value.problems[0].remedy


def test_one_configuration_is_compared_as_among_all(casebook: Casebook) -> None:
    whole = list(compare_studies(casebook, ComparisonParameters()))
    assert {one.relation for one in whole} >= {"replicates", "contradicts", "extends", "new"}
    for id in casebook.configurations:
        alone = compare_studies(casebook, ComparisonParameters(configuration=id))
        assert list(alone) == [
            one for one in whole if id in (one.configuration.id, one.other.id if one.other else "")
        ]
        assert alone


def test_the_bundled_studies_side_by_side(casebook: Casebook) -> None:
    """A6 (comparison turns against her: harm) and C15 (everyone else copes: feels worse) share negative comparison;
    their contexts differ, for A6 names all at once. A7's missing mechanism is of no class of the domain."""
    asked = ComparisonParameters(study=("mcleish-2024", "synthetic-demonstration"))
    found = compare_studies(casebook, asked)
    pairs = {
        (one.configuration.id.rpartition("/")[2], one.other.id.rpartition("/")[2]): one
        for one in found
        if one.other
    }
    assert "negative comparison" in [ref.label for ref in pairs["A6", "C15"].mechanism.shared]
    new = {one.configuration.id.rpartition("/")[2]: one for one in found if one.relation == "new"}
    assert new["A7"].mechanism.match == "unknown"
    told = {one.configuration.id for one in found} | {one.other.id for one in found if one.other}
    wanted = {
        one.id for one in casebook.configurations.values() if casebook.studies[one.study].name in asked.study
    }
    assert told == wanted, "nothing is left out"
    only = compare_studies(casebook, asked.model_copy(update={"relation": ("new",)}))
    assert {one.relation for one in only} == {"new"}


PARTS = st.lists(st.sampled_from(sorted(TREE)), max_size=2, unique=True)
TURNED = {"narrower": "broader", "broader": "narrower"}


@given(st.lists(st.tuples(PARTS, PARTS, PARTS, st.booleans(), st.booleans()), max_size=3), st.booleans())
def test_which_study_comes_first_changes_no_relation(
    drawn: list[tuple[list[str], list[str], list[str], bool, bool]], swap: bool
) -> None:
    def made(of: str) -> list[Configuration]:
        return [
            configuration(f"C{n}", c, m, o, of=of, harmful=harmful, absent=absent)
            for n, (c, m, o, harmful, absent) in enumerate(drawn if (of == ONE) != swap else drawn[::-1])
        ]

    held = beside(made(ONE), made(TWO))
    forward = compare_studies(held, ComparisonParameters(study=(ONE, TWO)))
    backward = compare_studies(held, ComparisonParameters(study=(TWO, ONE)))

    def pairs(found: Sequence[Comparison], turned: bool) -> list[tuple[object, ...]]:
        return sorted(
            (
                one.relation,
                one.score,
                *sorted((one.configuration.id, one.other.id if one.other else "")),
                *(
                    TURNED.get(part.match, part.match) if turned else part.match
                    for part in (one.contexts, one.mechanism, one.outcomes)
                ),
            )
            for one in found
        )

    assert pairs(forward, False) == pairs(backward, True)
