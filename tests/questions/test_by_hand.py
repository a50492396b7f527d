"""Answers worked out by hand from the studies' tables, of the questions that count, compare or leave out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import QuerySolutions, RdfFormat, Store

from cmograph.build import build
from cmograph.engine import LocalBackend, open_backend
from cmograph.questions import Library, ask
from cmograph.questions.binding import Value
from cmograph.study import write_template

LIBRARY = Library.load()
DEMONSTRATION = "synthetic-demonstration"
Asked = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def backend(demonstration: Path) -> Iterator[LocalBackend]:
    with open_backend(demonstration, "open") as opened:
        yield opened


@pytest.fixture
def rows(backend: LocalBackend) -> Asked:
    """Asks a question: these columns of its rows; of an IRI its last part."""

    def asked(id: str, *columns: str, **values: Value | list[Value]) -> list[tuple[Any, ...]]:
        found = ask(backend, LIBRARY, id, values).records()
        return [tuple(_short(row[name]) for name in columns) for row in found]

    return asked


def _short(value: Any) -> Any:
    return value.rpartition("/")[2] if isinstance(value, str) and value.startswith("https://") else value


def test_for_a_mother_without_support_in_a_group(rows: Asked) -> None:
    """ "No family within reach" (C17, C22, C23) and not being understood at home (C01, C40) are lacks of social support.
    C22 and C23 were found one to one alone; each of the others has no other context."""
    asked = {"study": DEMONSTRATION, "context": "lack of social support", "who": "mother"}
    found = rows("for-whom", "configuration", "effect", "fit", "holding", "contexts", mode="group", **asked)
    assert sorted(found) == [
        ("C01", "helps", "applies", 1, 1),
        ("C17", "harms", "applies", 1, 1),
        ("C40", "helps", "applies", 1, 1),
    ]
    assert {one for (one,) in rows("for-whom", "configuration", **asked)} == {
        "C01",
        "C17",
        "C22",
        "C23",
        "C40",
    }


def test_a_second_context_that_is_not_known_makes_it_no_more_than_possible(rows: Asked) -> None:
    """C18 needs two contexts: still being pregnant, and a hard birth. Both are of the kind past experience."""
    columns = ("configuration", "fit", "holding", "contexts")
    assert rows("for-whom", *columns, context="Joining before the baby is born") == [
        ("C18", "possible", 1, 2)
    ]
    both: list[Value] = ["Joining before the baby is born", "A frightening birth or a baby in intensive care"]
    assert rows("for-whom", *columns, context=both) == [("C18", "applies", 2, 2)]
    assert ("C18", "applies", 2, 2) in rows("for-whom", *columns, context="past experience")


def test_hope_from_comparison_holds_in_two_evaluations(rows: Asked) -> None:
    """mcleish-2024: A3. The demonstration: C07 (someone further on, expects better); C09 has another kind of outcome."""
    found = rows(
        "across-evaluations",
        "mechanism",
        "presence",
        "outcome",
        "sign",
        "evaluations",
        "study",
        "configurations",
    )
    pattern = ("hope from comparison", "present", "better emotional wellbeing", "good", 2)
    assert [row[5:] for row in found if row[:5] == pattern] == [("mcleish-2024", 1), (DEMONSTRATION, 1)]


def test_normalisation_was_found_again_in_other_words(rows: Asked) -> None:
    """A2 of the published model says that mothers differ in belief, and fare better when they find themselves normal. C05
    of the demonstration: who holds that good mothers cope (a norm of motherhood, which is a belief) finds that it happens
    to others, and is kinder to herself (self-acceptance, which is better wellbeing)."""
    kinds = ("context", "mechanism", "presence", "outcome", "effect", "evaluations")
    found = rows("found-again", *kinds, "configuration")
    pattern = ("belief", "normalisation", "present", "better emotional wellbeing", "helps", 2)
    assert [row[6] for row in found if row[:6] == pattern] == ["A2", "C05"]


def test_a_chance_to_give_was_found_nowhere_else(rows: Asked) -> None:
    """R6 alone offers a chance to give support. A7 says of its mechanism only that it is a key one: no kind of ours."""
    found: dict[str, str] = dict(rows("found-nowhere-else", "configuration", "why"))
    assert found["R6"] == "no other evaluation has such a mechanism"
    assert found["A7"] == "its mechanism is of no kind to compare it by"
    # C01: being understood is what A1 says too, as being understood and accepted, the kind above.
    assert "C01" not in found


ALIKE = """
@prefix realist: <https://w3id.org/cmograph/realist#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix : <https://example.org/> .
:Comparison rdfs:subClassOf realist:Component . :Hope rdfs:subClassOf :Comparison , realist:Component .
:Shame rdfs:subClassOf :Comparison , realist:Component .
:one realist:inEvaluation :a ; rdfs:label "Hope" ; realist:triggersMechanism :m1 .
:m1 rdfs:label "Hope" ; realist:changesReasoning :r1 . :r1 a :Hope , :Comparison ; realist:inEvaluation :a .
:two realist:inEvaluation :b ; rdfs:label "Shame" ; realist:lacksMechanism :m2 .
:m2 rdfs:label "Shame" ; realist:changesReasoning :r2 . :r2 a :Shame , :Comparison ; realist:inEvaluation :b .
"""
BROADER = """
:three realist:inEvaluation :c ; rdfs:label "Comparison" ; realist:triggersMechanism :m3 .
:m3 rdfs:label "Comparison" ; realist:changesReasoning :r3 . :r3 a :Comparison ; realist:inEvaluation :c .
"""


@pytest.mark.parametrize(("text", "alone"), [(ALIKE, {"Hope", "Shame"}), (ALIKE + BROADER, set())])
def test_two_below_a_third_are_not_alike_and_one_above_the_other_are(text: str, alone: set[str]) -> None:
    """Hope and shame are both of comparison, and not alike. Who says no more than comparison is like either."""
    store = Store()
    store.load(text, format=RdfFormat.TURTLE)
    solutions = store.query(LIBRARY["found-nowhere-else"].text)
    assert isinstance(solutions, QuerySolutions)
    assert {solution["title"].value for solution in solutions} == alone


CODED = """
@prefix realist: <https://w3id.org/cmograph/realist#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix oa: <http://www.w3.org/ns/oa#> . @prefix : <https://example.org/> .
:book a realist:Codebook ; realist:inEvaluation :a . :code skos:inScheme :book ; realist:codePath "Alone" .
:passage oa:hasSelector [ oa:start 1 ; oa:end 5 ] , [ oa:exact "word" ] .
:c1 realist:codedBy :A ; oa:hasTarget :passage . :c2 realist:codedBy :B ; oa:hasTarget :passage .
:c3 realist:codedBy :A ; oa:hasTarget :drawing . :c4 realist:codedBy :B ; oa:hasTarget :drawing .
:c1 oa:hasBody :code ; realist:disclosureClass realist:ProjectQuotation .
:c2 oa:hasBody :code ; realist:disclosureClass realist:ProjectQuotation .
:c3 oa:hasBody :code ; realist:disclosureClass realist:ProjectQuotation .
:c4 oa:hasBody :code ; realist:disclosureClass realist:ProjectQuotation .
"""


def test_two_corners_of_a_drawing_are_not_the_same_passage() -> None:
    """Both coders marked one passage of a text. Where in the drawing each of them coded, its target does not say."""
    store = Store()
    store.load(CODED, format=RdfFormat.TURTLE)
    solutions = store.query(LIBRARY["agreement-by-code"].text)
    assert isinstance(solutions, QuerySolutions)
    (row,) = solutions
    assert [int(row[name].value) for name in ("passages", "byOne", "bySeveral")] == [1, 0, 1]


LACKING = """
@prefix realist: <https://w3id.org/cmograph/realist#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix : <https://example.org/> .
:C1 a realist:BeneficialConfiguration ; realist:inEvaluation :a ; rdfs:label "Left in peace" ;
  realist:hasOutcome [ rdfs:label "Calm" ] ; realist:lacksMechanism [ rdfs:label "Absent: Advice" ] .
"""


def test_what_works_because_something_is_lacking_has_a_mechanism_too() -> None:
    store = Store()
    store.load(LACKING, format=RdfFormat.TURTLE)
    solutions = store.query(LIBRARY["what-works"].text)
    assert isinstance(solutions, QuerySolutions)
    assert [(row["title"].value, row["mechanisms"].value) for row in solutions] == [
        ("Left in peace", "Absent: Advice")
    ]


def test_know_how_helps_and_harms_a_newcomer(rows: Asked) -> None:
    """C12 and C25 offer know-how to a newcomer: one is surer of herself, the other stops coming. C21 lacks a story."""
    columns = ("mechanism", "context", "goesWith", "helps", "harms", "missing")
    found = rows("contexts-that-separate", *columns, study=DEMONSTRATION)
    assert ("non-directive sharing of experiential knowledge", "recent migration", "both", 1, 1, 0) in found
    assert ("shared experiential knowledge", "experience of being judged", "neither", 0, 0, 1) in found


def test_what_the_demonstration_does_not_say(rows: Asked) -> None:
    """Neither its title nor its description says "realist", and nobody speaks for C40."""
    assert rows("reporting-gaps", "item", "status", study=DEMONSTRATION) == [
        ("Called a realist evaluation", "partly"),
        ("Key findings, as configurations", "partly"),
    ]


def test_a_truth_table_by_hand(rows: Asked) -> None:
    """Listening is there in C01, C02, C31 and C39; in C20 it is lacking, and so not there. Support is lacking in C01, C17,
    C22, C23 and C40. Both: C01, good. Listening alone: C31 is bad. Lack alone: C40 alone is good. The rest are 32."""
    conditions: list[Value] = ["empathetic listening", "lack of social support"]
    columns = ("conditions", "cases", "withOutcome", "value")
    asked = {"study": DEMONSTRATION, "condition": conditions, "kind": "negative outcome"}
    found = rows("truth-table", *columns, **asked)
    assert found[:3] == [
        ("empathetic listening 1; lack of social support 1", 1, 0, "0"),
        ("empathetic listening 1; lack of social support 0", 3, 1, "contradictory"),
        ("empathetic listening 0; lack of social support 1", 4, 3, "contradictory"),
    ]
    assert found[3][:2] == ("empathetic listening 0; lack of social support 0", 32)


def test_each_decision_on_a_candidate_stands(rows: Asked) -> None:
    """decisions.csv: two confirmed, as C01 and as C05, two rejected, one undecided."""
    assert rows("candidate-decisions", "decision", "configuration") == [
        ("confirmed", "C01"),
        ("confirmed", "C05"),
        ("rejected", None),
        ("rejected", None),
        ("undecided", None),
    ]


def test_evidence_is_told_of_a_part_that_no_configuration_has(tmp_path: Path) -> None:
    """What is a context or an outcome only where it is used: of a new study, a context that nobody uses yet."""
    write_template(tmp_path / "study")
    codes = tmp_path / "study" / "codes.csv"
    text = codes.read_text(encoding="utf-8")
    used = "Outcomes > No different,outcome,Positive outcome,calmer,,refutes"
    assert used in text
    unused = "Outcomes > No different,context,Context factor,unchanged,As it was,"
    codes.write_text(text.replace(used, unused), encoding="utf-8")
    build([tmp_path / "study"], tmp_path / "store")
    with open_backend(tmp_path / "store") as opened:
        found = ask(opened, LIBRARY, "evidence-on-components", {}).records()
    told = {_short(row["component"]): (row["part"], row["stance"]) for row in found}
    assert told["unchanged"] == (None, "supports") and told["alone-at-home"] == ("context", "supports")
    assert len(found) == len(told) == 5
