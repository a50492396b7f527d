"""What crosses the wire to an analyst arrives as it was sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmograph import errors
from cmograph.analysts.shaping import Shape
from cmograph.analysts.task import Reply, pack, pack_error, pack_task, unpack, unpack_task
from cmograph.analysts.tasks import Inquire
from cmograph.errors import CmographError, Problem

KINDS = [
    one
    for name in errors.__all__
    if isinstance(one := getattr(errors, name), type) and issubclass(one, CmographError)
]
PROBLEMS = st.builds(Problem, st.text(), st.text(), st.text(), st.none() | st.integers(1, 10**6))


@given(
    about=st.dictionaries(
        st.text().filter(lambda key: key != "error"), st.text() | st.integers() | st.booleans()
    ),
    body=st.binary(),
)
def test_a_reply(about: dict[str, object], body: bytes) -> None:
    assert unpack(b"".join(pack(Reply(about, body)))) == Reply(about, body)


@given(kind=st.sampled_from(KINDS), problems=st.lists(PROBLEMS, max_size=4))
def test_an_error(kind: type[CmographError], problems: list[Problem]) -> None:
    with pytest.raises(CmographError) as told:
        unpack(b"".join(pack_error(kind(*problems))))
    assert type(told.value) is kind
    assert told.value.problems == tuple(problems)


@given(values=st.dictionaries(st.text(), st.lists(st.text())), fields=st.lists(st.text()).map(tuple))
def test_a_task(values: dict[str, list[str]], fields: tuple[str, ...]) -> None:
    task = Inquire("profile", values, Shape(fields, (("id", True),)), 3, 9, "csv", "http://localhost/")
    assert unpack_task(pack_task(task)) == task
