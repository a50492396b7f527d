"""What a change makes of a study must be what a build would let through; what follows from it follows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store

from cmograph.errors import Inconsistency, ShapeViolation
from cmograph.release import Release, current, lock, open_store, revise, verify
from cmograph.vocabulary import GRAPH
from cmograph.writing.changes import update
from cmograph.writing.judging import Judge

PREFIXES = "PREFIX realist: <https://w3id.org/cmograph/realist#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
PREFIXES += "PREFIX dcterms: <http://purl.org/dc/terms/>\n"
STUDY = f"{GRAPH}study/synthetic-demonstration"


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge()


@pytest.fixture
def store(demonstration: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "store"
    shutil.copytree(demonstration, copy, symlinks=True)
    return copy


def write(store: Path, text: str, judge: Judge, edition: str = "open") -> Release | None:
    folder = open_store(store)
    with lock(folder, "test"):
        return revise(folder, edition, update(PREFIXES + text), judge)


def ask(store: Path, pattern: str, edition: str = "open") -> bool:
    release = current(open_store(store))
    assert release is not None
    found = Store.read_only(str(release.store(edition))).query(f"{PREFIXES} ASK {{ {pattern} }}")
    return bool(found)


def test_what_the_shapes_forbid_is_not_written(store: Path, judge: Judge) -> None:
    before = current(open_store(store))
    text = f"INSERT DATA {{ GRAPH <{STUDY}> {{ <http://example.org/c> a realist:Configuration }} }}"
    with pytest.raises(ShapeViolation) as refused:
        write(store, text, judge)
    assert all(problem.remedy for problem in refused.value.problems)
    assert current(open_store(store)) == before


def test_a_contradiction_is_not_written(store: Path, judge: Judge) -> None:
    with pytest.raises((Inconsistency, ShapeViolation)):
        write(
            store,
            f"INSERT {{ GRAPH <{STUDY}> {{ ?c a realist:Participant }} }} WHERE {{ ?c a realist:Configuration }}",
            judge,
        )


def test_what_follows_comes_and_goes_with_what_it_rests_on(store: Path, judge: Judge) -> None:
    """A configuration that its analysts call negative is a harmful one, and nobody has to say so."""
    configuration = _configuration(store)
    harmful = f"GRAPH <{GRAPH}inferred> {{ {configuration} a realist:HarmfulConfiguration }}"
    assert not ask(store, harmful)
    for was, now, follows in (("Positive", "Negative", True), ("Negative", "Positive", False)):
        made = write(
            store,
            f"DELETE DATA {{ GRAPH <{STUDY}> {{ {configuration} realist:polarity realist:{was} }} }} ; "
            f"INSERT DATA {{ GRAPH <{STUDY}> {{ {configuration} realist:polarity realist:{now} }} }}",
            judge,
        )
        assert made is not None
        assert ask(store, harmful) is follows
        assert ask(store, f"{configuration} a realist:HarmfulConfiguration") is follows
        assert verify(open_store(store), made) == ()


@pytest.mark.slow
def test_what_the_open_edition_infers_rests_on_what_it_shows(store: Path, judge: Judge) -> None:
    """Over the restricted edition a reason is replaced by another, which stays there: the open one has none left."""
    configuration = _configuration(store)
    harmful = f"GRAPH <{GRAPH}inferred> {{ {configuration} a realist:HarmfulConfiguration }}"
    polarity = f"GRAPH <{STUDY}> {{ {configuration} realist:polarity realist:%s }}"
    write(
        store, f"DELETE DATA {{ {polarity % 'Positive'} }} ; INSERT DATA {{ {polarity % 'Negative'} }}", judge
    )
    outcome = f"GRAPH <{STUDY}> {{ ?outcome a realist:NegativeOutcome ; realist:inEvaluation ?study }}"
    write(
        store,
        f"DELETE {{ {polarity % 'Negative'} }} INSERT {{ GRAPH <{STUDY}> {{ {configuration} realist:hasOutcome ?outcome }} }}"
        f" WHERE {{ {{ SELECT ?outcome {{ {outcome} }} ORDER BY ?outcome LIMIT 1 }} }}",
        judge,
        "restricted",
    )
    assert ask(store, harmful, "restricted")
    assert not ask(store, polarity % "Negative")
    assert not ask(store, harmful)


def test_what_one_study_implies_does_not_go_with_another_that_implied_it_too(
    store: Path, judge: Judge
) -> None:
    def inferred() -> set[Quad]:
        release = current(open_store(store))
        assert release is not None
        return set(
            Store.read_only(str(release.store("open"))).quads_for_pattern(
                None, None, None, NamedNode(f"{GRAPH}inferred")
            )
        )

    before, other = inferred(), f"{GRAPH}study/of-somebody-else"
    copied = f"?c realist:hasOutcome ?outcome FILTER (?c = {_configuration(store)})"
    write(
        store,
        f"INSERT {{ GRAPH <{other}> {{ ?c realist:hasOutcome ?outcome }} }} WHERE {{ GRAPH <{STUDY}> {{ {copied} }} }}",
        judge,
    )
    assert before < inferred()
    write(store, f"DROP GRAPH <{other}>", judge)
    assert inferred() == before


@pytest.mark.slow
def test_what_is_deleted_over_the_restricted_edition_leaves_the_open_one_as_the_shapes_ask(
    store: Path, judge: Judge
) -> None:
    """The label that is written instead stays in the restricted edition: the open one would have none."""
    before = current(open_store(store))
    with pytest.raises(ShapeViolation, match="In the open edition, which has what is deleted no more"):
        write(
            store,
            f"DELETE {{ GRAPH <{STUDY}> {{ ?c rdfs:label ?old }} }} INSERT {{ GRAPH <{STUDY}> {{ ?c rdfs:label 'New' }} }} "
            f"WHERE {{ GRAPH <{STUDY}> {{ ?c a realist:Configuration ; rdfs:label ?old }} }}",
            judge,
            "restricted",
        )
    assert current(open_store(store)) == before


def _configuration(store: Path) -> str:
    """One that is called positive and is not harmful."""
    release = current(open_store(store))
    assert release is not None
    found = Store.read_only(str(release.store("open"))).query(
        PREFIXES + f"SELECT ?c {{ GRAPH <{STUDY}> {{ ?c realist:polarity realist:Positive ; "
        "a realist:Configuration } FILTER NOT EXISTS { ?c a realist:HarmfulConfiguration } } ORDER BY ?c LIMIT 1"
    )
    assert isinstance(found, QuerySolutions)
    return str(next(iter(found))["c"])


def test_what_touches_no_study_is_not_judged(store: Path, judge: Judge) -> None:
    text = (
        "INSERT DATA { GRAPH <http://example.org/notes> { <http://example.org/c> a realist:Configuration } }"
    )
    made = write(store, text, judge)
    assert made is not None
    assert ask(store, "<http://example.org/c> a realist:Configuration")


NOTES = "http://example.org/notes"
THING = "https://w3id.org/cmograph/id/study/synthetic-demonstration"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("graph", "edition"),
    [
        (None, "open"),
        (NOTES, "restricted"),
        (f"{STUDY}/own", "open"),
        (f"{STUDY}-of-none/evidence", "open"),
        (f"{GRAPH}catalogue", "open"),
        (f"{GRAPH}inferred", "restricted"),
    ],
)
def test_what_is_said_of_a_study_elsewhere_is_judged_with_it(
    store: Path, judge: Judge, graph: str | None, edition: str
) -> None:
    before = current(open_store(store))
    with pytest.raises((Inconsistency, ShapeViolation), match="Together with what other graphs"):
        write(store, _insert(f"<{THING}/configuration/C09> a realist:Participant", graph), judge, edition)
    assert current(open_store(store)) == before
    assert write(store, _insert(f"<{THING}/configuration/C09> rdfs:comment 'A note'", graph), judge, edition)
    assert write(store, _insert("<http://example.org/c> a realist:Participant", graph), judge, edition)


def _insert(text: str, graph: str | None) -> str:
    return f"INSERT DATA {{ {f'GRAPH <{graph}> {{ {text} }}' if graph else text} }}"


@pytest.mark.slow
def test_a_configuration_may_be_said_elsewhere_if_it_is_whole(store: Path, judge: Judge) -> None:
    """In several changes, each of which rests on what the study and the changes before say."""
    study = f"<{THING}>"
    component = f"<{THING}/component/new>"
    write(
        store,
        _insert(
            f"{component} a realist:Component ; rdfs:label 'New' ; realist:inEvaluation {study} ; dcterms:identifier 'new'",
            None,
        ),
        judge,
    )
    half = (
        f"<{THING}/configuration/N1> a realist:Configuration ; rdfs:label 'New' ; realist:inEvaluation {study} ; "
        f"dcterms:identifier 'N1' ; realist:hasContext {component} ; realist:hasOutcome {component} ; "
        "realist:ifClause 'if' ; realist:thenClause 'then' ; realist:wordingStatus realist:AnalystsWording"
    )
    mechanism = f"<{THING}/mechanism/new>"
    whole = (
        f"{half} ; realist:triggersMechanism {mechanism} . {mechanism} a realist:Mechanism ; "
        f"realist:inEvaluation {study} ; realist:offersResource {component}"
    )
    with pytest.raises(ShapeViolation, match="at least one mechanism"):
        write(store, _insert(half, None), judge)
    assert write(store, _insert(whole, None), judge)
    assert write(store, _insert(f"{mechanism} rdfs:comment 'A note'", None), judge)
    with pytest.raises(ShapeViolation, match="one wording"):
        write(store, _insert(f"{component} rdfs:label 'Another'", None), judge)
    with pytest.raises(ShapeViolation, match="no title"):
        write(
            store,
            _insert(f"<{THING}/configuration/N1> rdfs:label 'New'", None).replace("INSERT", "DELETE"),
            judge,
        )
    with pytest.raises(ShapeViolation, match="one wording"):
        write(store, _insert(f"{component} rdfs:label 'Another'", STUDY), judge)


def test_a_study_that_a_client_copied_may_still_be_written(store: Path, judge: Judge) -> None:
    assert write(store, f"COPY <{STUDY}> TO <{NOTES}>", judge)
    assert write(store, _insert(f"<{THING}/configuration/C09> rdfs:comment 'A note'", STUDY), judge)


def test_what_no_shape_can_be_asked_about_may_be_said_elsewhere(store: Path, judge: Judge) -> None:
    for said in ("'A note'@ar--rtl", "<<( <e:s> <e:p> 'o' )>>", "[ rdfs:label 'nameless' ]"):
        assert write(store, _insert(f"<{THING}/configuration/C09> rdfs:comment {said}", NOTES), judge)


def test_a_label_may_be_mended(store: Path, judge: Judge) -> None:
    thing = "https://w3id.org/cmograph/id/study/synthetic-demonstration/configuration/C01"
    text = (
        f"DELETE {{ GRAPH <{STUDY}> {{ <{thing}> rdfs:label ?old }} }} "
        f'INSERT {{ GRAPH <{STUDY}> {{ <{thing}> rdfs:label "Mended"@en }} }} '
        f"WHERE {{ GRAPH <{STUDY}> {{ <{thing}> rdfs:label ?old }} }}"
    )
    made = write(store, text, judge)
    assert made is not None
    opened = Store.read_only(str(made.store("open")))
    label = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    labels = {quad.object for quad in opened.quads_for_pattern(NamedNode(thing), label, None, None)}
    assert labels == {Literal("Mended", language="en")}
