"""A table is read as any spreadsheet or editor writes it, or what is wrong with it is named with its row."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmograph.errors import Problem
from cmograph.study.tables import Problems, Table, read_table

COLUMNS = ("id", "title", "note")
odd = settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(folder: Path, content: bytes, *, open_ended: bool = False) -> tuple[Table, list[Problem]]:
    path, problems = folder / "table.csv", Problems()
    path.write_bytes(content)
    return read_table(path, COLUMNS[:1], COLUMNS[1:], problems, open_ended=open_ended), list(problems)


def line(cells: list[str], separator: str, quoted: bool) -> str:
    """One row, without the end of its line; RFC 4180, section 2."""
    special = {separator, '"', "\n", "\r"}
    inside = [cell.replace('"', '""') for cell in cells]
    return separator.join(f'"{cell}"' if quoted or special & set(cell) else cell for cell in inside)


CELLS = st.text(st.sampled_from("ab é,;\t\"'\n\r🙂\u00a0\u2028-=") | st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=6)  # fmt: skip
ROWS = st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=5)
SEPARATORS, ENDS = st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n", "\r"])


@odd
@given(ROWS, SEPARATORS, ENDS, st.booleans(), st.booleans(), st.integers(0, 3), st.integers(0, 2), st.data())
def test_what_is_written_is_read(
    tmp_path: Path, rows: list[list[str]], separator: str, end: str, bom: bool, quoted: bool, after: int, wide: int,
    data: st.DataObject,
) -> None:  # fmt: skip
    """Whatever the separator, the ends of lines, the quotes, a mark at the start, and the empty rows and columns after."""
    order = data.draw(st.permutations(COLUMNS))
    more = [""] * wide
    lines = [line([name.upper() if quoted else f" {name} " for name in order] + more, separator, quoted)]
    lines += [line([*row, *more], separator, quoted) for row in rows]
    lines += [data.draw(st.sampled_from(["", separator * 2, separator * 9, f" {separator} "]))] * after
    content = (end.join(lines) + data.draw(st.sampled_from(["", end]))).encode()
    table, problems = read(tmp_path, b"\xef\xbb\xbf" + content if bom else content)
    assert problems == []
    assert table.columns == tuple(order)
    kept = [[cell.replace("\r\n", "\n").replace("\r", "\n").strip() for cell in row] for row in rows]
    assert [(row.number, row.cells) for row in table.rows] == [
        (number, dict(zip(order, row, strict=True))) for number, row in enumerate(kept, start=2) if any(row)
    ]


_OPEN = '"never closed'


def nul(rows: list[list[str]], at: int, where: int) -> str:
    rows[at][where] += "a\0b"
    return "U+0000"


def wide(rows: list[list[str]], at: int, where: int) -> str:
    rows[at] += [""] * where + ["too far"]
    return "more cells"


def unclosed(rows: list[list[str]], at: int, where: int) -> str:
    del rows[at + 1 :]
    rows[at] = ["x"] * where + [_OPEN]
    return "not CSV"


@odd
@given(ROWS.filter(bool), SEPARATORS, ENDS, st.sampled_from([nul, wide, unclosed]), st.data())
def test_what_is_wrong_is_named_with_its_row(
    tmp_path: Path, rows: list[list[str]], separator: str, end: str, spoil: object, data: st.DataObject
) -> None:
    at, where = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(0, 2))
    rows = [[f"x{cell}" for cell in row] for row in rows]
    assert callable(spoil)
    says = spoil(rows, at, where)
    lines = [separator.join(COLUMNS)] + [
        separator.join(row) if row[-1] == _OPEN else line(row, separator, False) for row in rows
    ]
    _, problems = read(tmp_path, end.join(lines).encode())
    assert [(one.file, one.row) for one in problems] == [("table.csv", at + 2)]
    assert says in problems[0].what and problems[0].remedy


@pytest.mark.parametrize("open_ended", [False, True])
@pytest.mark.parametrize(
    ("header", "says", "remedy"),
    [
        ("id,title,ID", "'id' is there twice", "Keep one"),
        ("id,,title", "no name", "Name it"),
        ("title,note", "'id' is missing", "id, title, note"),
        ("", "has no header", "id"),
    ],
)
def test_a_header_that_is_odd(tmp_path: Path, header: str, says: str, remedy: str, open_ended: bool) -> None:
    _, problems = read(tmp_path, f"{header}\na,b\n".encode() if header else b"", open_ended=open_ended)
    assert {one.row for one in problems} == {1}
    assert any(says in one.what and remedy in one.remedy for one in problems), problems


@odd
@given(st.lists(st.sampled_from([b"id", b"title", b",", b";", b"\t", b"\n", b"\r", b'"', b"\0", b"\xef\xbb\xbf", b"\xff", b" ", b"x"]), max_size=20), st.booleans())  # fmt: skip
def test_any_bytes_are_read_or_named(tmp_path: Path, parts: list[bytes], open_ended: bool) -> None:
    table, problems = read(tmp_path, b"".join(parts), open_ended=open_ended)
    assert all(one.file == "table.csv" and one.what and one.remedy for one in problems)
    if not problems:
        assert "id" in table.columns and "" not in table.columns
        assert len(set(table.columns)) == len(table.columns)
        assert not any("\0" in cell for row in table.rows for cell in row.cells.values())
