"""How items are given out: what is empty comes last, whichever way they are sorted."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from cmograph.analysts.shaping import Shape


@dataclass(frozen=True)
class Item:
    id: str
    number: int | None
    words: str


ITEMS = (Item("a", None, "one"), Item("b", 2, ""), Item("c", 1, "Two"))


@pytest.mark.parametrize(
    ("sort", "ids"), [("number", "cba"), ("-number", "bca"), ("words", "acb"), ("-words", "cab")]
)
def test_what_is_empty_comes_last(sort: str, ids: str) -> None:
    assert "".join(item.id for item in Shape.of([], [sort], Item).sorted(ITEMS)) == ids
