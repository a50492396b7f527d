"""Flat tables: objects as rows of text, in cells from which no spreadsheet starts a formula."""

from __future__ import annotations

import csv
import dataclasses
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TextIO, get_args, get_origin, get_type_hints

__all__ = ["columns_of", "flatten", "safe", "starts_a_formula", "unsafe", "write_rows"]

_SIGNS = ("=", "+", "-", "@", "\N{MINUS SIGN}")
_CONTROLS = ("\t", "\r", "\n")
_INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp"}
"""Unicode's classes of control and format characters and of spaces: some spreadsheets drop them where a cell begins."""


def starts_a_formula(text: str) -> bool:
    """Whether a spreadsheet may take a cell of this text for a formula (OWASP, CSV Injection).

    That is where its first visible character is one of = + - @ or a minus sign, in full width or another form of them too (Unicode
    Standard Annex 15, NFKC), or where it begins with a tab or a new line.
    """
    if text[:1].isalnum():
        return False
    if text.startswith(_CONTROLS):
        return True
    first = next((letter for letter in text if unicodedata.category(letter) not in _INVISIBLE), "")
    return unicodedata.normalize("NFKC", first).startswith(_SIGNS)


def safe(cell: object) -> str:
    """A cell's text, after an apostrophe where it would start a formula; a number is left alone. See `unsafe`.

    Text that would start one but for the apostrophes before it gets another, so that no two texts become one.
    """
    text = "" if cell is None else str(cell)
    if isinstance(cell, (int, float)) or not starts_a_formula(text.lstrip("'")):
        return text
    return f"'{text}"


def unsafe(cell: str) -> str:
    """The text that `safe` made a cell of."""
    return cell[1:] if cell.startswith("'") and starts_a_formula(cell.lstrip("'")) else cell


def flatten(item: object) -> dict[str, object]:
    """A dataclass as one row: a column a field, several values joined by "; ", parts of parts as `part_field`.

    A thing with an `id` and a `label` takes two columns: its words, and `…_id` with its IRI; and one for each field that
    it has besides.
    """
    row: dict[str, object] = {}
    for field in dataclasses.fields(item):  # type: ignore[arg-type]
        _put(row, field.name, getattr(item, field.name))
    return row


def columns_of(kind: type, first: object | None = None) -> list[str]:
    """The columns that `flatten` gives a dataclass's items: as its types tell, and of mappings as the first item does."""
    columns: list[str] = []
    hints = get_type_hints(kind)
    for field in dataclasses.fields(kind):
        hint = hints[field.name]
        inner = [part for part in get_args(hint) if dataclasses.is_dataclass(part)]
        if isinstance(hint, type) and dataclasses.is_dataclass(hint) and not _is_named(hint):
            columns += [f"{field.name}_{column}" for column in columns_of(hint)]
        elif named := [one for one in (hint, *inner) if _is_named(one)]:
            columns += [field.name, f"{field.name}_id", *(f"{field.name}_{more}" for more in _more(named[0]))]
        elif get_origin(hint) is Mapping and first is not None:
            columns += [f"{field.name}_{key}" for key in getattr(first, field.name)]
        else:
            columns.append(field.name)
    return columns


def write_rows(out: TextIO, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write rows as CSV (RFC 4180), every cell safe; what a row lacks is an empty cell."""
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([safe(row.get(column)) for column in columns] for row in rows)


def _is_named(kind: object) -> bool:
    """Whether a dataclass is a thing that is known by its words."""
    return dataclasses.is_dataclass(kind) and [one.name for one in dataclasses.fields(kind)][:2] == [
        "id",
        "label",
    ]


def _more(kind: Any) -> list[str]:
    """What a thing has besides its words and its IRI."""
    return [one.name for one in dataclasses.fields(kind)][2:]


def _put(row: dict[str, object], name: str, value: object) -> None:
    if _is_named(value):
        _put_named(row, name, [value])
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for inner, part in flatten(value).items():
            row[f"{name}_{inner}"] = part
    elif isinstance(value, Mapping):
        for key, part in value.items():
            _put(row, f"{name}_{key}", part)
    elif isinstance(value, (tuple, list, frozenset)):
        if value and all(map(_is_named, value)):
            _put_named(row, name, value)
        else:
            row[name] = "; ".join(map(_words, value))
    else:
        row[name] = value


def _put_named(row: dict[str, object], name: str, things: Collection[Any]) -> None:
    row[name] = "; ".join(one.label for one in things)
    row[f"{name}_id"] = "; ".join(one.id for one in things)
    for more in _more(next(iter(things))):
        row[f"{name}_{more}"] = "; ".join(_words(getattr(one, more)) for one in things)


def _words(value: object) -> str:
    """A value inside of a cell: of a thing its words, of a dataclass its fields' words, of several all of theirs."""
    if isinstance(value, (tuple, list, frozenset)):
        return ", ".join(map(_words, value))
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return "" if value is None else str(value)
    if _is_named(value):
        return str(value.label)  # type: ignore[attr-defined]
    parts = (getattr(value, one.name) for one in dataclasses.fields(value))
    return " ".join(words for part in parts if (words := _words(part)))
