"""A build is the picture of the design: what comes out holds, twice the same, and only what it may show."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, NamedNode

from cmograph.build import build, check
from cmograph.release import EDITIONS, list_releases, lock, open_store, revise, verify
from cmograph.release.patches import read_patch
from cmograph.vocabulary import GRAPH, ID, REALIST
from cmograph.writing.changes import update
from cmograph.writing.judging import Judge

from .studies import edit_row, make_study, nquads, quads, select, served


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two studies; read only."""
    folder = tmp_path_factory.mktemp("two")
    build([make_study(folder, "one"), make_study(folder, "two", seed=2)], folder / "store")
    return folder / "store"


def test_a_release_says_what_it_is_made_of(two: Path) -> None:
    release = served(two)
    assert release.number == 1
    assert [study["id"] for study in release.studies] == ["one", "two"]
    assert set(release.studies[0]["inputs"]) == {
        "study.toml",
        "codes.csv",
        "configurations.csv",
        "participants.csv",
        "interviews.qdpx",
    }
    assert {"cmograph", "pyoxigraph", "reasonable", "realist", "pps", "ontology"} <= set(release.versions)
    assert verify(open_store(two), release) == ()


def test_everything_coded_is_there(two: Path) -> None:
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?x a realist:%s }"
    found = {
        kind: select(two, "restricted", count % kind)[0][0] for kind in ("Source", "Coding", "Configuration")
    }
    assert found == {"Source": "18", "Coding": "108", "Configuration": "10"}


def test_reasoning_found_what_nobody_typed_in(two: Path) -> None:
    asserted = "SELECT DISTINCT ?x WHERE { GRAPH ?g { ?x a realist:%s } FILTER (?g != <%s>) }"
    inferred = "https://w3id.org/cmograph/graph/inferred"
    assert not select(two, "open", asserted % ("SupportedConfiguration", inferred))
    assert select(two, "open", "SELECT ?x WHERE { ?x a realist:SupportedConfiguration }")


def test_the_open_edition_holds_nobody_and_no_words(two: Path) -> None:
    shown = nquads(two, "open").decode()
    for kind in ("participant", "coding", "source", "coder", "target", "import", "file"):
        assert f"/id/study/one/{kind}/" not in shown
        assert f"/id/study/one/{kind}/" in nquads(two, "restricted").decode()
    assert "Synthetic interview" not in shown
    assert "Synthetic coder" not in shown
    people = "SELECT ?x WHERE { VALUES ?c { realist:Coding realist:Source realist:Participant } ?x a ?c }"
    assert select(two, "open", people) == []
    assert select(two, "open", "SELECT ?x WHERE { ?x oa:exact ?words }") == []
    assert select(two, "restricted", "SELECT ?x WHERE { ?x oa:exact ?words } LIMIT 1")


def test_no_blank_node_stands_anywhere(two: Path) -> None:
    for quad in quads(two):
        assert not any(isinstance(term, BlankNode) for term in quad)


def test_what_is_inferred_is_never_what_is_asserted(two: Path) -> None:
    by_graph: dict[bool, set[object]] = {True: set(), False: set()}
    for quad in quads(two):
        if "graph/" in str(quad.graph_name):
            by_graph["inferred" in str(quad.graph_name)].add(quad.triple)
    assert by_graph[True]
    assert not by_graph[True] & by_graph[False]


def test_the_open_edition_is_part_of_the_restricted_one(two: Path) -> None:
    assert quads(two, "open") < quads(two, "restricted")


def test_the_catalogue_names_the_studies_their_rights_and_sizes(two: Path) -> None:
    rows = select(
        two,
        "open",
        """SELECT ?id ?synthetic ?access ?triples WHERE {
             GRAPH <https://w3id.org/cmograph/graph/catalogue> {
               <https://w3id.org/cmograph/id/catalogue> dcat:dataset ?study ; dcat:version ?version .
               ?study dcterms:identifier ?id ; realist:synthetic ?synthetic ; dcterms:license ?licence ;
                      dcterms:accessRights ?access .
               ?graph dcterms:isPartOf ?study ; void:triples ?triples } } ORDER BY ?id""",
    )
    assert [(row[0], row[1], row[2].rsplit("/", 1)[-1]) for row in rows] == [
        ("one", "true", "PUBLIC"),
        ("two", "true", "PUBLIC"),
    ]
    for id, *_, triples in rows:
        graph = f"<https://w3id.org/cmograph/graph/study/{id}>"
        assert select(two, "open", f"SELECT (COUNT(*) AS ?n) {{ GRAPH {graph} {{ ?s ?p ?o }} }}") == [
            (triples,)
        ]


def test_the_same_input_gives_the_same_bytes(two: Path, tmp_path: Path) -> None:
    studies = [make_study(tmp_path, "one"), make_study(tmp_path, "two", seed=2)]
    build(studies, tmp_path / "store")
    for edition in EDITIONS:
        assert nquads(tmp_path / "store", edition) == nquads(two, edition)
        assert served(tmp_path / "store").etag(edition) == served(two).etag(edition)


def test_a_second_build_of_the_same_input_makes_no_release(tmp_path: Path) -> None:
    studies, store = [make_study(tmp_path)], tmp_path / "store"
    first, second = build(studies, store), build(studies, store)
    assert second.release == first.release
    assert not first.studies[0].cached
    assert second.studies[0].cached
    assert second.studies[0].reports == first.studies[0].reports
    assert len(list_releases(open_store(store))) == 1


def test_a_study_is_prepared_anew_only_if_something_it_rests_on_changed(tmp_path: Path) -> None:
    one, two, store = make_study(tmp_path, "one"), make_study(tmp_path, "two", seed=2), tmp_path / "store"
    build([one], store)
    assert [study.cached for study in build([one, two], store).studies] == [True, False]
    edit_row(two / "configurations.csv", 2, {"title": "Another title"})
    assert [study.cached for study in build([one, two], store).studies] == [True, False]
    assert [study.cached for study in build([one, two], store, minimum_cell=7).studies] == [False, False]


@pytest.mark.slow
def test_adding_replacing_and_removing_studies_gives_what_building_anew_gives(tmp_path: Path) -> None:
    one, two = make_study(tmp_path, "one"), make_study(tmp_path, "two", seed=2)
    three, store = make_study(tmp_path, "three", seed=3), tmp_path / "store"
    build([one, two], store)
    edit_row(two / "configurations.csv", 3, {"title": "Another title", "delivery": "group"})
    for number, studies in enumerate(([one, two], [one, two, three], [two, three]), start=1):
        build(studies, store)
        fresh = tmp_path / f"fresh-{number}"
        build(studies, fresh)
        for edition in EDITIONS:
            assert quads(store, edition) == quads(fresh, edition)
            assert nquads(store, edition) == nquads(fresh, edition)


def test_a_check_does_it_all_and_writes_nothing(tmp_path: Path) -> None:
    study = make_study(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    (checked,) = check([study])
    assert checked.counts["codings"] == 54
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.slow
def test_a_study_that_is_no_more_leaves_nothing_that_a_client_had_inferred_of_it(tmp_path: Path) -> None:
    """What was asked of its graph goes with it; so does what followed, and what was asked elsewhere stays."""
    one, two, store = make_study(tmp_path, "one"), make_study(tmp_path, "two", seed=2), tmp_path / "store"
    build([one, two], store)
    was, now, notes = f"{ID}study/one", f"{ID}study/two", NamedNode("http://example.org/notes")
    opposite = "IF(?p = realist:Positive, realist:Negative, realist:Positive)"
    text = " ; ".join(
        f"DELETE {{ GRAPH ?g {{ ?c realist:polarity ?p }} }} INSERT {{ GRAPH ?g {{ ?c realist:polarity ?other }} "
        f"GRAPH {notes} {{ <{study}> <e:p> <e:o> }} }} WHERE {{ BIND (<{study}/configuration/C00001> AS ?c) "
        f"GRAPH ?g {{ ?c realist:polarity ?p }} BIND ({opposite} AS ?other) }}"
        for study in (was, now)
    )
    with lock(open_store(store), "test"):
        revise(open_store(store), "open", update(f"PREFIX realist: <{REALIST.NS}> {text}"), Judge())
    (name,) = served(store).editions["open"].patches
    inferred = [
        quad
        for quad in read_patch(open_store(store), name).added
        if quad.graph_name == NamedNode(f"{GRAPH}inferred")
    ]
    assert any(str(quad.subject).startswith(f"<{was}/") for quad in inferred)
    build([two], store)
    for edition in EDITIONS:
        held = quads(store, edition)
        said = {quad for quad in held if str(quad.subject).startswith((f"<{was}>", f"<{was}/"))}
        assert {str(quad.graph_name) for quad in said} == {str(notes), "DEFAULT"}
        assert len(said) == 2
        assert {quad for quad in inferred if str(quad.subject).startswith(f"<{now}/")} <= held


def test_a_text_may_hold_any_line_end_of_unicodes(tmp_path: Path) -> None:
    """A word processor's soft line break is U+2028; only U+000A ends a line of N-Triples. Those of no XML are refused."""
    said = "One line\u2028and another\u2029and another\x85and another\rand another."
    study, store = make_study(tmp_path), tmp_path / "store"
    settings = study / "study.toml"
    text = settings.read_text(encoding="utf-8")
    toml = f"description = {json.dumps(said)}\n"
    settings.write_text(
        re.sub("^description = .*\n", lambda _: toml, text, count=1, flags=re.M), encoding="utf-8"
    )
    build([study], store)
    query = "SELECT ?text WHERE { ?s a realist:Evaluation ; dcterms:description ?text }"
    ((found,),) = select(store, "open", query)
    assert found.endswith(said)


@pytest.mark.java
def test_a_check_can_ask_hermit(tmp_path: Path) -> None:
    assert check([make_study(tmp_path)], hermit=True)


def test_no_study_makes_a_release_of_the_ontology_alone(tmp_path: Path) -> None:
    build([], tmp_path / "store")
    assert select(tmp_path / "store", "open", "SELECT ?x WHERE { ?x a realist:Evaluation }") == []


def test_progress_is_told_and_ends_what_it_begins(tmp_path: Path) -> None:
    class Noted:
        said: list[str]
        open: int = 0

        def __init__(self) -> None:
            self.said = []

        def begin(self, stage: str, total: int | None = None) -> None:
            self.said.append(stage)
            self.open += 1

        def advance(self, steps: int = 1) -> None: ...

        def end(self) -> None:
            self.open -= 1

    noted = Noted()
    build([make_study(tmp_path)], tmp_path / "store", noted)
    assert noted.open == 0
    assert noted.said == [
        "one: sources",
        "one: shapes",
        "one: reasoning",
        "one: checks",
        "store: open",
        "store: restricted",
    ]
