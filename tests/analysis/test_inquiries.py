"""Every inquiry has a route, a command and documentation; its example finds something; what is wrong is named."""

from __future__ import annotations

import dataclasses
import json

import pytest
from pydantic import TypeAdapter
from typer.testing import CliRunner

from cmograph.analysis.inquiries import INQUIRIES
from cmograph.analysis.inquiry import Inquiry
from cmograph.cli import app
from cmograph.errors import InputError, QueryRefused
from cmograph.sheets import columns_of, flatten
from tests.analysis.conftest import Asking

EVERY = pytest.mark.parametrize("inquiry", INQUIRIES.values(), ids=lambda inquiry: inquiry.id)


@EVERY
def test_an_inquiry_teaches(inquiry: Inquiry) -> None:
    assert inquiry.title.endswith("?")
    assert inquiry.description.endswith(".")
    assert all(field.description for field in inquiry.parameters.model_fields.values())
    assert dataclasses.is_dataclass(inquiry.item) and inquiry.item.__doc__


@EVERY
def test_its_example_finds_something(inquiry: Inquiry, ask_open: Asking, ask_restricted: Asking) -> None:
    ask = ask_open if inquiry.edition == "open" else ask_restricted
    found = ask(inquiry.id, inquiry.example)
    assert found.items and all(isinstance(item, inquiry.item) for item in found.items)
    assert any("Synthetic data" in notice for notice in found.notices)
    shown = TypeAdapter(list[inquiry.item]).dump_python(list(found.items), mode="json")  # type: ignore[name-defined]
    assert json.loads(json.dumps(shown)) == shown
    columns = columns_of(inquiry.item, found.items[0])
    assert all(set(flatten(item)) <= set(columns) for item in found.items)


@EVERY
def test_what_it_does_not_take_is_named(inquiry: Inquiry, ask_restricted: Asking) -> None:
    with pytest.raises(InputError, match="no parameter 'nonsense'"):
        ask_restricted(inquiry.id, inquiry.example, nonsense="1")


@EVERY
def test_what_needs_the_restricted_edition_says_so(inquiry: Inquiry, ask_open: Asking) -> None:
    if inquiry.edition == "restricted":
        with pytest.raises(QueryRefused, match="restricted"):
            ask_open(inquiry.id, inquiry.example)


@EVERY
def test_the_command_explains_itself(inquiry: Inquiry) -> None:
    shown = CliRunner().invoke(app, [inquiry.id, "--help"], env={"COLUMNS": "300", "NO_COLOR": "1"})
    assert shown.exit_code == 0
    for name in inquiry.parameters.model_fields:
        assert f"--{name.replace('_', '-')}" in shown.output
