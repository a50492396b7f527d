"""Why something follows: by hand, and for every inferred statement of the bundled studies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cmograph.analysis.explaining import Fact, Proof, Rules, prove
from cmograph.engine import LocalBackend, open_backend
from cmograph.errors import InputError
from cmograph.ontology import load_ontology
from cmograph.questions.answers import read_rows
from cmograph.vocabulary import GRAPH, RDF, REALIST
from tests.analysis.conftest import Asking

E = "https://example.org/"
C15 = "https://w3id.org/cmograph/id/study/synthetic-demonstration/configuration/C15"


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules(load_ontology().ntriples().decode())


@pytest.fixture(scope="module")
def backend(demonstration: Path) -> Iterator[LocalBackend]:
    with open_backend(demonstration) as backend:
        yield backend


def rows(backend: LocalBackend, query: str) -> list[tuple[str, ...]]:
    _, found = read_rows(backend.query(query).body)
    return [tuple(cell.text if cell else "" for cell in row) for row in found]


def leaves(known: dict[Fact, Proof | None], fact: Fact, seen: tuple[Fact, ...] = ()) -> Iterator[Fact]:
    assert fact not in seen, "a proof that goes in a circle proves nothing"
    proof = known[fact]
    if proof is None:
        yield fact
    for premise in proof.premises if proof else ():
        yield from leaves(known, premise, (*seen, fact))


def test_a_harm_follows_from_its_outcome_or_its_polarity(rules: Rules) -> None:
    """HarmfulConfiguration: a configuration with a negative outcome, or that is called negative."""
    said = [
        (f"{E}c", RDF.type, REALIST.Configuration),
        (f"{E}c", REALIST.hasOutcome, f"{E}o"),
        (f"{E}o", RDF.type, REALIST.NegativeOutcome),
    ]
    known = prove(rules, said)
    assert set(leaves(known, (f"{E}c", RDF.type, REALIST.HarmfulConfiguration))) == set(said)
    without = prove(rules, said[:2])
    assert (f"{E}c", RDF.type, REALIST.HarmfulConfiguration) not in without


def test_a_chain_of_links_makes_a_link(rules: Rules) -> None:
    said = [(f"{E}one", REALIST.hasOutcome, f"{E}o"), (f"{E}two", REALIST.hasContext, f"{E}o")]
    known = prove(rules, said)
    proof = known[f"{E}one", REALIST.leadsTo, f"{E}two"]
    assert proof and proof.rule == "prp-spo2"
    assert proof.premises == (said[0], (f"{E}o", REALIST.isContextOf, f"{E}two"))
    assert set(leaves(known, (f"{E}one", REALIST.ripplesTo, f"{E}two"))) == set(said)


def test_what_follows_is_what_the_build_inferred_and_each_has_a_proof(
    rules: Rules, backend: LocalBackend
) -> None:
    """The reasoner of the build and the one that explains are two programs: they must agree, both ways."""
    for name in ("synthetic-demonstration", "mcleish-2024", "project20-2022"):
        base = f"https://w3id.org/cmograph/id/study/{name}"
        asserted = rows(
            backend, f"SELECT ?s ?p ?o {{ GRAPH <{GRAPH}study/{name}> {{ ?s ?p ?o FILTER(ISIRI(?o)) }} }}"
        )
        inferred = {
            (s, p, o)
            for s, p, o in rows(
                backend,
                f"SELECT ?s ?p ?o {{ GRAPH <{GRAPH}inferred> {{ ?s ?p ?o FILTER(ISIRI(?o) && STRSTARTS(STR(?s), '{base}/')) }} }}",
            )
        }
        known = prove(rules, [(s, p, o) for s, p, o in asserted])
        assert len(inferred) > 20
        assert [fact for fact in inferred if fact not in known] == []
        said = set(asserted)
        for fact in inferred:
            assert set(leaves(known, fact)) <= said
        new = {
            fact
            for fact, proof in known.items()
            if proof
            and fact[0].startswith(f"{base}/")
            and not rules.is_expression(fact[2])
            and fact[2].startswith(REALIST.NS)
        }
        assert new - inferred == set(), "nothing is explained that was not inferred"


def test_one_statement_is_explained_line_by_line(ask_open: Asking) -> None:
    (found,) = ask_open("why", subject="synthetic-demonstration/C15", object="contested harm").items
    assert not found.said and found.steps[0].statement == "“Everyone else seems to cope” is: contested harm."
    assert found.steps[0].depth == 0 and found.steps[-1].rule == "said"
    assert {step.statement for step in found.steps if step.rule == "said"} >= {
        "“Everyone else seems to cope” is: context-mechanism-outcome configuration."
    }
    for before, after in zip(found.steps, found.steps[1:], strict=False):
        assert after.depth <= before.depth + 1
        assert (after.depth == before.depth + 1) == (before.rule != "said")


def test_what_was_said_needs_no_proof(ask_open: Asking) -> None:
    (found,) = ask_open("why", subject=C15, predicate="polarity").items
    assert found.said and [step.rule for step in found.steps] == ["said"]


def test_everything_that_follows_is_explained_where_nothing_is_named(ask_open: Asking) -> None:
    found = ask_open("why", subject="synthetic-demonstration/C15").items
    assert {"harmful configuration", "contested configuration"} <= {one.object.label for one in found}
    assert not any(one.said for one in found)


def test_what_does_not_hold_is_not_explained(ask_open: Asking) -> None:
    with pytest.raises(InputError, match="does not hold"):
        ask_open("why", subject="synthetic-demonstration/C15", object="beneficial configuration")
    with pytest.raises(InputError, match="no evaluation"):
        ask_open("why", subject="https://example.org/elsewhere")
