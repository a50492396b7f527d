"""The comparison itself: what counts as the same answer, and what must not."""

from __future__ import annotations

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from tests.w3c.bags import same_bag
from tests.w3c.results import CSV, JSON, TSV, XML, Solutions, difference, read
from tests.w3c.turtle import Term

_A, _B, _C = BlankNode("a"), BlankNode("b"), BlankNode("c")
_P = NamedNode("urn:p")


def _rows(*values: Term | str) -> Solutions:
    return Solutions(("x",), tuple({"x": value} for value in values))


def _number(text: str, kind: str) -> Literal:
    return Literal(text, datatype=NamedNode(f"http://www.w3.org/2001/XMLSchema#{kind}"))


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ([(_A, 1), (_B, 2)], [(_C, 2), (_A, 1)], True),
        ([(_A, _B)], [(_A, _A)], False),
        ([(_A, 1), (_A, 2)], [(_A, 1), (_B, 2)], False),
        ([(1,), (1,)], [(1,)], False),
        ([(_A, _B), (_B, _A)], [(_A, _A), (_B, _B)], False),
        ([(("triple", _A, 1),), (_A,)], [(("triple", _B, 1),), (_C,)], False),
        ([(_A, _B), (_B, _C), (_C, _A)], [(_C, _B), (_B, _A), (_A, _C)], True),
    ],
)
def test_blank_nodes_map_one_to_one_over_the_whole_bag(
    left: list[tuple[object, ...]], right: list[tuple[object, ...]], same: bool
) -> None:
    assert same_bag(left, right) is same
    assert same_bag(right, left) is same


def test_nodes_that_no_neighbour_tells_apart_are_tried() -> None:
    """Two triangles are no hexagon, though each node of either has two neighbours."""
    nodes = [BlankNode() for _ in range(6)]
    hexagon = [(nodes[i], nodes[j]) for i in range(6) for j in ((i + 1) % 6, (i - 1) % 6)]
    triangles = [(nodes[i], nodes[j]) for i in range(6) for j in range(6) if i != j and i // 3 == j // 3]
    renamed = {node: BlankNode() for node in reversed(nodes)}
    assert same_bag(hexagon, [(renamed[left], renamed[right]) for left, right in reversed(hexagon)])
    assert not same_bag(hexagon, triangles)


@pytest.mark.parametrize(
    ("expected", "given", "same"),
    [
        (_rows(_number("2.0", "decimal")), _rows(_number("2", "decimal")), True),
        (_rows(_number("2", "integer")), _rows(_number("2", "decimal")), False),
        (_rows(_number("1e3", "double")), _rows(_number("1000", "double")), True),
        (_rows(_number("NaN", "double")), _rows(_number("NaN", "double")), True),
        (_rows(_number("1", "boolean")), _rows(_number("true", "boolean")), True),
        (_rows(Literal("a", language="EN")), _rows(Literal("a", language="en")), True),
        (_rows(Literal("a", language="en")), _rows(Literal("a")), False),
        (_rows("2.0"), _rows("2"), True),
        (_rows("_:a", "_:a"), _rows("_:a", "_:b"), False),
        (_rows(_P), Solutions(("y",), ({"y": _P},)), False),
        (_rows(_P), True, False),
        (True, False, False),
        ((Quad(_A, _P, _B),), (Quad(_B, _P, _A),), True),
        ((Quad(_A, _P, _B),), (Quad(_A, _P, _B, _P),), False),
        (_rows(Triple(_A, _P, _A)), _rows(Triple(_A, _P, _B)), False),
    ],
)
def test_values_are_compared_within_their_datatype(
    expected: Solutions | bool | tuple[Quad, ...], given: Solutions | bool | tuple[Quad, ...], same: bool
) -> None:
    assert (difference(expected, given) == "") is same


def test_order_counts_where_it_was_asked_for_and_repeats_where_they_were_not_waived() -> None:
    one, two = Literal("1"), Literal("2")
    assert not difference(_rows(one, two), _rows(two, one))
    assert difference(_rows(one, two), _rows(two, one), ordered=True)
    assert difference(_rows(one, one, two), _rows(one, two))
    assert not difference(_rows(one, one, two), _rows(one, two), lax=True)
    assert difference(_rows(one, two), _rows(one, one, two), lax=True)
    assert difference(_rows(one, two), _rows(one), lax=True)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (
            JSON,
            '{"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "literal", "value": "ä,\\t",'
            ' "xml:lang": "en"}}, {}, {"x": {"type": "triple", "value": {"subject": {"type": "uri", "value": "urn:p"},'
            ' "predicate": {"type": "uri", "value": "urn:p"}, "object": {"type": "bnode", "value": "z"}}}}]}}',
        ),
        (
            XML,
            '<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="x"/></head><results>'
            '<result><binding name="x"><literal xml:lang="en">ä,\t</literal></binding></result><result/>'
            '<result><binding name="x"><triple><subject><uri>urn:p</uri></subject><predicate><uri>urn:p</uri>'
            "</predicate><object><bnode>z</bnode></object></triple></binding></result></results></sparql>",
        ),
        (TSV, '?x\n"ä,\\t"@en\n\n<<( <urn:p> <urn:p> _:z )>>\n'),
    ],
)
def test_each_format_says_the_same(kind: str, body: str) -> None:
    expected = Solutions(("x",), ({"x": Literal("ä,\t", language="en")}, {}, {"x": Triple(_P, _P, _A)}))
    assert difference(expected, read(body.encode("utf-8"), kind), ordered=True) == ""


def test_csv_says_only_characters() -> None:
    answer = read(b'x,y\r\n"a,""b",\r\n_:n,2\r\n', CSV)
    assert answer == Solutions(("x", "y"), ({"x": 'a,"b'}, {"x": "_:n", "y": "2"}))


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"head": {}}', b'{"head": {"vars": []}, "results": {"bindings": [1]}}']
)
def test_half_an_answer_is_none(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"^not application/sparql-results\+json"):
        read(body, JSON)
