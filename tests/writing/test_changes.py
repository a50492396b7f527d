"""An update does to a store what the engine does to one of its own; a graph is put, merged and removed whole."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, Store

from cmograph.errors import (
    CmographError,
    QueryError,
    QueryRefused,
    QuerySyntaxError,
    UnknownName,
)
from cmograph.release import EMPTY, Change, Release, current, lock, open_store, revise
from cmograph.writing.changes import merge, put, remove, update
from tests.release.parts import quads

BEFORE = """INSERT DATA {
  <e:s> <e:p> 1 , "two"@en . <e:t> <e:p> _:b . _:b <e:q> 3 .
  GRAPH <e:g> { <e:s> <e:p> 1 , 4 } GRAPH <e:h> { <e:x> <e:p> <e:s> }
}"""
OPERATIONS = [
    "INSERT DATA { <e:s> <e:p> 5 . GRAPH <e:g> { <e:s> <e:p> 6 } }",
    "DELETE DATA { <e:s> <e:p> 1 . GRAPH <e:g> { <e:s> <e:p> 4 } }",
    "DELETE WHERE { ?s <e:p> 1 }",
    "DELETE WHERE { GRAPH ?g { ?s <e:p> 4 } }",
    "INSERT { ?s <e:new> ?o } WHERE { GRAPH <e:g> { ?s <e:p> ?o } }",
    "INSERT { GRAPH <e:k> { ?s <e:new> [] } } WHERE { ?s <e:p> ?o }",
    "WITH <e:g> DELETE { ?s <e:p> ?o } INSERT { ?s <e:q> ?o } WHERE { ?s <e:p> ?o }",
    "DELETE { ?s <e:p> ?o } INSERT { GRAPH ?g { ?s <e:moved> ?o } } WHERE { GRAPH ?g { ?s ?q ?v } ?s <e:p> ?o }",
    "INSERT { ?s <e:u> ?o } USING <e:g> WHERE { ?s <e:p> ?o }",
    "CLEAR DEFAULT",
    "CLEAR SILENT GRAPH <e:g>",
    "DROP SILENT GRAPH <e:h>",
    "DROP NAMED",
    "CLEAR ALL",
    "CREATE SILENT GRAPH <e:z>",
    "COPY SILENT <e:g> TO DEFAULT",
    "MOVE SILENT DEFAULT TO <e:m>",
    "ADD SILENT <e:g> TO <e:h>",
    "PREFIX e: <e:> INSERT DATA { e:a e:b e:c }",
]


def do(store: Path, change: Change, edition: str = "open") -> Release | None:
    folder = open_store(store)
    with lock(folder, "test"):
        return revise(folder, edition, change, lambda _, __: EMPTY)


def canonical(found: set[Quad]) -> set[Quad]:
    dataset = Dataset(found)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return set(dataset)


def served(store: Path) -> set[Quad]:
    release = current(open_store(store))
    return quads(release, "open") if release else set()


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(OPERATIONS), min_size=1, max_size=3))
def test_an_update_does_what_the_engine_does(
    tmp_path_factory: pytest.TempPathFactory, operations: list[str]
) -> None:
    store = tmp_path_factory.mktemp("update") / "store"
    text = " ;\n".join(operations)
    ours_failed = theirs_failed = False
    theirs = Store(store.parent / "theirs")  # on disk: in memory, CLEAR ALL leaves the names of graphs
    theirs.update(BEFORE)
    try:
        theirs.update(text)
    except (SyntaxError, RuntimeError, ValueError, OSError):
        theirs_failed = True
    do(store, update(BEFORE))
    before = served(store)
    try:
        do(store, update(text))
    except QueryError:
        ours_failed = True
    assert ours_failed == theirs_failed
    assert canonical(served(store)) == canonical(before if ours_failed else set(theirs))
    if not ours_failed:
        release = current(open_store(store))
        assert release is not None
        named = {str(graph) for graph in Store.read_only(str(release.store("open"))).named_graphs()}
        assert named == {str(graph) for graph in theirs.named_graphs()}


def test_one_operation_that_fails_undoes_all(tmp_path: Path) -> None:
    do(tmp_path / "store", update(BEFORE))
    before = served(tmp_path / "store")
    with pytest.raises(QueryError):
        do(
            tmp_path / "store",
            update("CLEAR ALL ; INSERT DATA { <e:s> <e:p> 9 } ; CREATE GRAPH <e:y> ; CREATE GRAPH <e:y>"),
        )
    assert served(tmp_path / "store") == before


def test_a_name_that_is_no_iri_is_no_valid_sparql(tmp_path: Path) -> None:
    for text in (
        "INSERT { GRAPH <http://[> { ?s ?p 1 } } WHERE { ?s ?p ?o }",
        "PREFIX e: <http://e:> DROP GRAPH e:x",
    ):
        with pytest.raises(QuerySyntaxError, match="not valid SPARQL"):
            do(tmp_path / "store", update(text))


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <http://127.0.0.1:9/>",
        "load silent <http://127.0.0.1:9/> INTO GRAPH <e:g>",
        "LO#\nAD <http://127.0.0.1:9/>",
        "PREFIX x: <http://127.0.0.1:9/> LOADx:a",
        "INSERT DATA { <e:s> <e:p> 1 } ; LOAD <http://127.0.0.1:9/>",
        "L\\u004FAD <http://127.0.0.1:9/>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "INSERT { ?s ?p ?o } WHERE { SERVICE SILENT ?e { ?s ?p ?o } }",
        "DELETE { ?s ?p ?o } WHERE { " + "{" * 5000 + "}" * 5000 + " }",
    ],
)
def test_what_calls_out_or_is_a_bomb_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises((QueryRefused, QuerySyntaxError)):
        do(tmp_path / "store", update(text))
    assert not (tmp_path / "store" / "current").exists()


def test_a_dataset_of_the_protocol_is_what_the_pattern_sees(tmp_path: Path) -> None:
    store = tmp_path / "store"
    do(store, update(BEFORE))
    text = "INSERT { GRAPH <e:out> { ?s <e:seen> ?o } } WHERE { ?s <e:p> ?o }"
    do(store, update(text, default_graphs=["e:h"]))
    seen = [quad for quad in served(store) if str(quad.graph_name) == "<e:out>"]
    assert [str(quad.object) for quad in seen] == ["<e:s>"]
    with pytest.raises(QueryRefused):
        do(store, update("WITH <e:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", named_graphs=["e:h"]))


def test_relative_names_are_read_against_the_base(tmp_path: Path) -> None:
    do(tmp_path / "store", update("INSERT DATA { <s> <p> <> }", base="http://example.org/sparql"))
    (quad,) = served(tmp_path / "store")
    assert str(quad.triple) == ("<http://example.org/s> <http://example.org/p> <http://example.org/sparql>")


def test_a_graph_is_put_merged_and_removed(tmp_path: Path) -> None:
    store = tmp_path / "store"
    turtle = (b"<s> <p> 1 , _:b .", "text/turtle", "http://example.org/")
    more = (b'<http://example.org/s> <http://example.org/p> "two" .', "application/n-triples", None)

    def size() -> int:
        return len([quad for quad in served(store) if str(quad.graph_name) == "<e:g>"])

    do(store, put("e:g", [turtle, turtle]))
    assert size() == 3  # each document's blank node is its own
    do(store, merge("e:g", [more]))
    assert size() == 4
    do(store, put("e:g", [more]))
    assert size() == 1
    with pytest.raises(QuerySyntaxError, match="not valid Turtle"):
        do(store, put("e:g", [(b"<s> <p> ", "text/turtle", "http://example.org/")]))
    assert size() == 1
    do(store, remove("e:g"))
    assert size() == 0
    with pytest.raises(UnknownName):
        do(store, remove("e:g"))


def test_documents_reach_nothing_outside(tmp_path: Path) -> None:
    remote = b'{"@context": "http://127.0.0.1:9/context", "@id": "e:s", "e:p": "x"}'
    with pytest.raises(CmographError):
        do(tmp_path / "store", put("e:g", [(remote, "application/ld+json", None)]))
    entity = (
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
        b'<rdf:Description rdf:about="http://e/s"><e:p>&x;</e:p></rdf:Description></rdf:RDF>'
    )
    host = (
        Path("/etc/hostname").read_text(encoding="utf-8").strip() if Path("/etc/hostname").exists() else "?"
    )
    with contextlib.suppress(CmographError):
        do(tmp_path / "store", put("e:g", [(entity, "application/rdf+xml", None)]))
    assert not [quad for quad in served(tmp_path / "store") if host in str(quad)]
