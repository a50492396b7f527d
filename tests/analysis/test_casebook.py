"""A casebook says what the edition says: counted by hand in the demonstration's tables."""

from __future__ import annotations

import csv

import pytest

from cmograph import resources
from cmograph.analysis.casebook import Casebook
from cmograph.analysis.things import Ref
from cmograph.errors import InputError
from cmograph.vocabulary import PPS, REALIST
from tests.analysis.books import book, configuration
from tests.analysis.conftest import Asking

STUDY = "https://w3id.org/cmograph/id/study/synthetic-demonstration"
TABLE = resources.DATA / "synthetic-demonstration" / "configurations.csv"


def test_every_row_of_the_table_is_a_configuration(casebook: Casebook) -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = casebook.by_study[STUDY]
    assert [one.name for one in found] == [row["id"] for row in rows]
    for one, row in zip(found, rows, strict=True):
        assert one.title == row["title"]
        assert one.if_clause == row["if"] and one.then_clause == row["then"]
        assert one.absent == (row["presence"] == "absent")
        for part, column in (
            (one.contexts, "context"),
            (one.resources, "resource"),
            (one.reasonings, "reasoning"),
            (one.outcomes, "outcome"),
        ):
            assert set(part) == {f"{STUDY}/component/{id}" for id in row[column].split(";") if id}
        assert len(one.mitigations) == len([text for text in row["mitigation"].split(";") if text])
        assert [casebook.theories[theory].name for theory in one.theories] == row["theory"].split(";")
        assert one.harmful == (row["polarity"] == "negative")


def test_evidence_is_counted_as_the_edition_counts_it(
    casebook: Casebook, restricted_casebook: Casebook
) -> None:
    one, exact = (
        book.find_configuration(f"{STUDY}/configuration/C12") for book in (casebook, restricted_casebook)
    )
    assert one.contested and exact.contested
    assert one.tally("supports").people == 10 and not one.tally("supports").exact
    assert one.tally("refines").withheld and one.tally("refines").people == 0
    assert exact.tally("refines").exact and 0 < exact.tally("refines").people < 5
    assert exact.tally("supports").people >= 10
    assert sum(exact.tally("supports").roles.values()) == exact.tally("supports").people


def test_a_published_study_says_who_was_interviewed(casebook: Casebook) -> None:
    study = casebook.find_study("mcleish-2024")
    assert study.doi == "https://doi.org/10.1080/02646838.2024.2416448"
    assert study.interviewed == {
        f"{PPS.NS}MotherRole": 20,
        f"{PPS.NS}VolunteerRole": 27,
        f"{PPS.NS}StaffRole": 9,
    }
    assert study.creators == ("McLeish J", "McCourt C", "Ayers S"), "in the publication's order"
    assert not study.synthetic
    assert all(one.tally("supports").statements == 1 for one in casebook.by_study[study.id])


def test_chains_start_where_components_are_shared(casebook: Casebook) -> None:
    kinder = f"{STUDY}/component/kinder-to-herself"
    assert [casebook.configurations[one].name for one in casebook.ending_in[kinder]] == ["C02", "C05"]
    assert [casebook.configurations[one].name for one in casebook.opened_by[kinder]] == ["C03"]


def test_the_most_specific_kinds_are_told(casebook: Casebook) -> None:
    component = casebook.find_component("synthetic-demonstration/feels-understood")
    assert casebook.most_specific(component.kinds) == (f"{PPS.NS}FeelingUnderstood",)
    outcome = casebook.find_component("synthetic-demonstration/kinder-to-herself")  # and the context of C03
    assert REALIST.IntermediateOutcome in outcome.kinds
    assert casebook.most_specific(outcome.kinds) == (f"{PPS.NS}SelfAcceptance",)
    assert casebook.ref(f"{PPS.NS}FeelingUnderstood") == Ref(
        f"{PPS.NS}FeelingUnderstood", "feeling understood"
    )


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("synthetic-demonstratio", "synthetic-demonstration"), ("mcleish 2024", "mcleish-2024")],
)
def test_an_unknown_study_has_a_nearest(casebook: Casebook, name: str, remedy: str) -> None:
    with pytest.raises(InputError, match=remedy):
        casebook.find_study(name)


def test_terms_go_by_their_names(casebook: Casebook) -> None:
    for name in ("mother", "Mother", "MotherRole", f"{PPS.NS}MotherRole"):
        assert casebook.find_term(name, REALIST.ActorRole) == f"{PPS.NS}MotherRole"
    assert casebook.find_term("one-to-one", REALIST.DeliveryMode) == f"{PPS.NS}OneToOne"
    with pytest.raises(InputError, match="volunteer"):
        casebook.find_term("voluntear", REALIST.ActorRole)


def test_a_name_that_several_studies_have_is_not_guessed(ask_open: Asking) -> None:
    book: Casebook = ask_open.casebook()
    names = [one.name for one in book.configurations.values()]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        with pytest.raises(InputError, match="Say which"):
            book.find_configuration(twice)


def test_what_differs_in_case_alone_is_named_by_its_iri() -> None:
    """C1 and c1 are two ids of a study's table. The error says to give an IRI, and that is enough."""
    both = book([configuration("C1"), configuration("c1")])
    with pytest.raises(InputError, match=r"Say which: .*/C1 or .*/c1"):
        both.find_configuration("C1")
    for iri in both.configurations:
        assert both.find_configuration(iri).id == iri


def test_the_open_casebook_holds_nobody(casebook: Casebook) -> None:
    text = repr(casebook)
    assert "/participant/" not in text and "/source/" not in text and "/coding/" not in text
    evidence = [one.evidence for one in casebook.configurations.values()]
    evidence += [one.evidence for one in casebook.components.values()]
    for tally in (tally for stances in evidence for tally in stances.values()):
        assert not tally.exact
        assert all(people % 5 == 0 for people in (tally.people, *tally.roles.values()))
