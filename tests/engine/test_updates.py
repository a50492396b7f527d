"""An update read as tokens: its operations, and which graphs each may change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmograph.engine.updates import read_update, using
from cmograph.errors import QueryRefused, QuerySyntaxError

G, H = "http://example.org/g", "http://example.org/h"
PIECES = [
    "INSERT", "DELETE", "DATA", "WHERE", "{", "}", ";", "GRAPH", "WITH", "USING", "<e:g>", "?g", "'a;b'", "#x\n",
    "PREFIX", "p:", "p:x", "CLEAR", "ALL", "COPY", "TO", "DEFAULT", "(", ")", '"""', "\\u0041", "SERVICE", "LOAD",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "graphs"),
    [
        (f"INSERT {{ GRAPH <{G}> {{ ?s ?p 1 }} }} WHERE {{ GRAPH ?x {{ ?s ?p ?o }} }}", {G}),
        (
            f"WITH <{G}> DELETE {{ ?s ?p ?o }} INSERT {{ GRAPH <{H}> {{ ?s ?p 1 }} }} WHERE {{ ?s ?p ?o }}",
            {G, H},
        ),
        ("DELETE WHERE { GRAPH ?x { ?s ?p ?o } }", None),
        ("INSERT { GRAPH ?x { ?s ?p 1 } } WHERE { GRAPH ?x { ?s ?p ?o } }", None),
        ("DELETE { ?s ?p ?o } WHERE { GRAPH ?x { ?s ?p ?o } }", set()),
        ("PREFIX e: <http://example.org/> CLEAR GRAPH e:g", {G}),
        (f"COPY <{G}> TO <{H}>", {G, H}),
        ("CLEAR ALL", None),
        ("DROP NAMED", None),
        ("CLEAR DEFAULT", set()),
        ("CLEAR GRAPH <relative>", None),
        ("CLEAR GRAPH <http://[>", None),
        ("PREFIX e: <http://e:> DROP GRAPH e:port", None),
        ("INSERT { GRAPHe:g { ?s ?p 1 } } WHERE { ?s ?p ?o }", None),
        (f"PREFIX e: <e:> INSERT {{ ?s ?p e:.GRAPH<{G}>{{ ?s ?p 1 }} }} WHERE {{ ?s ?p ?o }}", {G}),
    ],
)
def test_which_graphs_an_operation_may_change(text: str, graphs: set[str] | None) -> None:
    (operation,) = read_update(text)
    assert operation.graphs == (None if graphs is None else frozenset(graphs))


def test_operations_are_told_apart_with_what_was_declared_before_them() -> None:
    text = "PREFIX e: <e:> INSERT DATA { e:a e:b 'x;y' } ; # no; not here\n DELETE WHERE { ?s ?p ?o } ; "
    first, second = read_update(text)
    assert (first.data, second.data) == ("INSERT", "")
    assert str(first) == "PREFIX e: <e:>\nINSERT DATA { e:a e:b 'x;y' }"
    assert str(second) == "PREFIX e: <e:>\nDELETE WHERE { ?s ?p ?o }"


def test_a_dataset_goes_where_it_belongs() -> None:
    (operation,) = using(read_update("DELETE WHERE { ?s ?p ?o }"), [G], [H])
    assert str(operation) == (f"DELETE {{ ?s ?p ?o }} USING <{G}> USING NAMED <{H}> WHERE {{ ?s ?p ?o }}")
    with pytest.raises(QueryRefused):
        using(read_update(f"WITH <{G}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}"), [G], [])


@given(st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join) | st.text(max_size=60))
def test_nothing_but_a_refusal_comes_of_nonsense(text: str) -> None:
    try:
        operations = read_update(text)
    except (QueryRefused, QuerySyntaxError):
        return
    assert all(operation.text in text for operation in operations)
