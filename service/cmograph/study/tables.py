"""The tables of a study folder: CSV as spreadsheets write it, each row with its number."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from cmograph.errors import Problem, nearest

__all__ = ["NO_TEXT", "Problems", "Row", "Table", "read_table"]

NO_TEXT = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML may hold (https://www.w3.org/TR/xml/#charsets), and so neither an answer nor a file for other tools."""


class Problems(list[Problem]):
    """Every problem of every file of a study, collected to be told together."""

    def add(self, file: str, row: int | None, what: str, remedy: str = "") -> None:
        """Note one."""
        self.append(Problem(what, remedy, file, row))


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by column, without the white space around them."""

    file: str
    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def list(self, column: str) -> tuple[str, ...]:
        """The entries of a cell that holds several, separated by ";"."""
        return tuple(entry.strip() for entry in self[column].split(";") if entry.strip())


@dataclass(frozen=True, slots=True)
class Table:
    """A table's columns and rows."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(
    path: Path,
    required: Sequence[str],
    optional: Sequence[str],
    problems: Problems,
    *,
    open_ended: bool = False,
) -> Table:
    """Read a table; what is wrong with it is added to `problems`.

    The separator is a comma, a semicolon or a tab, whichever the header uses; a byte order mark is allowed.

    Args:
        path: the file.
        required: columns that must be there.
        optional: columns that may be there.
        problems: where problems are collected.
        open_ended: whether further columns are welcome, as attributes are.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError:
        problems.add(
            path.name,
            None,
            "There is no such file, or it cannot be read.",
            "Make it, or correct its name in study.toml.",
        )
        return Table((), ())
    except UnicodeDecodeError:
        problems.add(path.name, None, "It is not UTF-8.", "Save it as CSV UTF-8.")
        return Table((), ())
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    records: list[list[str]] = []
    try:
        for record in csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True):
            records.append(record)
    except csv.Error as error:
        remedy = "Put cells that hold quotes or line ends in quotes."
        problems.add(path.name, len(records) + 1, f"It is not CSV: {error}.", remedy)
        return Table((), ())
    if not records:
        problems.add(
            path.name, 1, "It has no header.", f"Its first row names the columns: {', '.join(required)}."
        )
        return Table((), ())
    columns = tuple(name.strip() if open_ended else name.strip().lower() for name in records[0])
    if open_ended:
        known_lower = {*required, *optional}
        columns = tuple(name.lower() if name.lower() in known_lower else name for name in columns)
    while columns and not columns[-1]:  # spreadsheets write as many cells as any row ever had
        columns = columns[:-1]
    known = [*required, *optional]
    for name in columns:
        if not name:
            problems.add(path.name, 1, "A column has no name.", "Name it, or take it out.")
        elif name not in known and not open_ended:
            problems.add(
                path.name, 1, f"There is no column {name!r}.", nearest(name, known) or "Take it out."
            )
    for name in dict.fromkeys(columns):
        if name and columns.count(name) > 1:
            problems.add(path.name, 1, f"The column {name!r} is there twice.", "Keep one of them.")
    for name in required:
        if name not in columns:
            problems.add(
                path.name, 1, f"The column {name!r} is missing.", f"Its columns are {', '.join(known)}."
            )
    rows = []
    for number, record in enumerate(records, start=1):
        cells = [cell.strip() for cell in record]
        if not any(cells):
            continue
        if any(cells[len(columns) :]):
            problems.add(
                path.name,
                number,
                "It has more cells than the header.",
                "Put cells that hold the separator in quotes.",
            )
        if found := NO_TEXT.search(" ".join(cells)):
            what = f"It holds the character U+{ord(found[0]):04X}, which is not of a text."
            problems.add(path.name, number, what, "Type that cell anew; such a character is seldom seen.")
        if number > 1:
            rows.append(Row(path.name, number, dict(zip(columns, cells, strict=False))))
    return Table(columns, tuple(rows))
