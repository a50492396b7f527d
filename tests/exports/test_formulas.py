"""No cell of a table starts a formula, whatever anybody words, and what was worded can be had back."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

from cmograph.analysis.reading import Reading
from cmograph.engine import LocalBackend, open_backend
from cmograph.errors import InputError
from cmograph.exports import EXPORTS
from cmograph.exports.tables import (
    Sheet,
    component_sheet,
    configuration_sheet,
    evidence_sheet,
    study_sheet,
)
from cmograph.exports.workbook import write_workbook
from cmograph.sheets import safe, unsafe, write_rows
from tests.exports.hostile import hostile

STUDY = "https://w3id.org/cmograph/id/study/mcleish-2024"
CSV = [id for id, export in EXPORTS.items() if export.media_type == "text/csv"]

ASCII = ("=", "+", "-", "@", "\t", "\r", "\n")
WIDE = (
    "＝",
    "＋",
    "－",
    "＠",
    "﹦",
    "﹢",
    "﹣",
    "﹫",
    "⁼",
    "⁺",
    "⁻",
    "₌",
    "₊",
    "₋",
)  # what NFKC makes = + - @
BEFORE = ("", " ", "\u00a0", "\ufeff", "\u200b", "\u00ad", "'", "''", " '", "' ")
"""Nothing; what a spreadsheet may drop: spaces, a byte order mark, what cannot be seen; and our own mark."""

anything = st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff"))  # not in XML
formulas = st.builds(
    lambda before, sign, after: before + sign + after,
    st.sampled_from(BEFORE),
    st.sampled_from(ASCII + WIDE),
    anything,
)


SOME = settings(max_examples=5, phases=[Phase.explicit, Phase.reuse, Phase.generate])
"""A few, each of which words a whole study; to find the least that fails would take minutes."""


def starts(cell: str) -> bool:
    """Whether a spreadsheet may take a cell for a formula: it begins so, or does so when what is unseen is dropped."""
    return cell.startswith(ASCII) or cell.lstrip(" \t\r\n\u00a0\ufeff\u200b\u00ad").startswith(ASCII + WIDE)


def cells(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8"), newline="")))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("  @SUM(A1)", "'  @SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        ("'=1+1", "''=1+1"),  # else it would come back as =1+1
        ("''-1", "'''-1"),
        ("'tis", "'tis"),
        ("a=1", "a=1"),
        (-1, "-1"),  # a number is no formula
        (None, ""),
        ("", ""),
    ],
)
def test_a_cell_that_would_start_a_formula_begins_with_an_apostrophe(text: object, cell: str) -> None:
    assert safe(text) == cell
    assert unsafe(cell) == ("" if text is None else str(text))


@given(formulas | anything, formulas | anything)
def test_any_text_is_safe_and_can_be_had_back(text: str, other: str) -> None:
    assert not starts(safe(text))
    assert unsafe(safe(text)) == text
    assert (safe(text) == safe(other)) == (text == other)


@given(st.lists(st.lists(formulas | anything, min_size=3, max_size=3), min_size=1))
def test_a_table_comes_back_cell_by_cell(table: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    write_rows(out, "abc", [dict(zip("abc", row, strict=True)) for row in table])
    written = cells(out.getvalue().encode("utf-8"))[1:]
    assert not [cell for row in written for cell in row if starts(cell)]
    assert [[unsafe(cell) for cell in row] for row in written] == table


@pytest.fixture(scope="module")
def backend(demonstration: Path) -> Iterator[LocalBackend]:
    with open_backend(demonstration) as backend:
        yield backend


@pytest.fixture(scope="module")
def reading(backend: LocalBackend) -> Reading:
    return Reading(backend.backend)


@SOME
@given(texts=st.lists(formulas, min_size=10, max_size=40))
def test_no_cell_of_a_csv_starts_a_formula(backend: LocalBackend, reading: Reading, texts: list[str]) -> None:
    for format in CSV:
        material = backend.run(hostile(reading, STUDY, texts))
        written = cells(backend.run(EXPORTS[format].make(material)))
        assert len(written) > 1
        assert not [cell for row in written for cell in row if starts(cell)], format
        (named,) = {unsafe(row[written[0].index("study")]) for row in written[1:]}
        assert named in (material.studies[0].name, material.studies[0].title), format


@SOME
@given(texts=st.lists(formulas, min_size=10, max_size=40))
def test_a_workbook_holds_text_as_text_and_whole(
    backend: LocalBackend, reading: Reading, texts: list[str]
) -> None:
    body = backend.run(write_workbook(backend.run(hostile(reading, STUDY, texts))))
    again = backend.run(hostile(reading, STUDY, texts))
    expected: list[Sheet] = [
        configuration_sheet(again),
        backend.run(evidence_sheet(again)),
        component_sheet(again),
        study_sheet(again),
    ]
    for (columns, rows), written in zip(expected, workbook(body), strict=True):
        given = [
            ["" if row.get(column) is None else row.get(column, "") for column in columns] for row in rows
        ]
        assert [[text for text, _ in row] for row in written[1:]] == given
        assert not [text for row in written for text, held in row if starts(str(text)) and not held]


def workbook(body: bytes) -> Iterator[list[list[tuple[object, bool]]]]:
    """Its sheets, row by row: what a cell holds, and whether it is held to be text by a quote before it."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        shared = [
            str(part.xpath("string()")) for part in etree.fromstring(archive.read("xl/sharedStrings.xml"))
        ]
        formats = etree.fromstring(archive.read("xl/styles.xml")).find("{*}cellXfs")
        assert formats is not None
        quoted = [one.get("quotePrefix") == "1" for one in formats]
        names = sorted(name for name in archive.namelist() if name.startswith("xl/worksheets/"))
        sheets = [etree.fromstring(archive.read(name)) for name in names]
    for sheet in sheets:
        assert not list(sheet.iter("{*}f"))
        width = len(next(sheet.iter("{*}row")))
        rows: list[list[tuple[object, bool]]] = []
        for row in sheet.iter("{*}row"):
            found: list[tuple[object, bool]] = [("", False)] * width
            for cell in row:
                held = cell.findtext("{*}v") or ""
                value: object = int(held)
                if cell.get("t") == "s":
                    value = unescaped(shared[int(held)])
                elif cell.get("t") == "b":
                    value = held == "1"
                found[column(cell.get("r", ""))] = (value, quoted[int(cell.get("s", "0"))])
            rows.append(found)
        yield rows


def unescaped(text: str) -> str:
    """ECMA-376, part 1, section 22.9.2.19: what XML cannot hold is written as _xHHHH_."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def column(place: str) -> int:
    """The number of a column from 0: of AB12, 27."""
    number = 0
    for letter in place.rstrip("0123456789"):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


@pytest.mark.parametrize("format", ["graphml", "svg", "qdc"])
def test_what_xml_cannot_hold_does_not_break_a_file(
    backend: LocalBackend, reading: Reading, format: str
) -> None:
    material = backend.run(hostile(reading, STUDY, ["a\x00b", "c\ufffed", "<e>&\x1f", "]]>\x0b"]))
    assert etree.fromstring(backend.run(EXPORTS[format].make(material))) is not None


def test_what_a_cell_cannot_hold_is_cut_and_says_so(backend: LocalBackend, reading: Reading) -> None:
    """Excel holds 32,767 UTF-16 code units in a cell; each 𝄞 is two of them."""
    fits, over = "x" * 32_767, "𝄞" * 16_384
    material = backend.run(hostile(reading, STUDY, [fits, over]))
    held = {
        str(text)
        for sheet in workbook(backend.run(write_workbook(material)))
        for row in sheet
        for text, _ in row
    }
    assert fits in held
    (cut,) = [
        text for text in held if text.endswith("[cut here: the csv format has all of it]") and text[0] == "𝄞"
    ]
    assert len(cut.encode("utf-16-le")) <= 2 * 32_767


def test_rows_that_a_sheet_cannot_hold_are_not_dropped(
    backend: LocalBackend, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Excel's limit is beyond a test's patience: a lower one stands in for it."""
    material = backend.run(hostile(reading, STUDY, ["x"]))
    held = len(material.configurations) + 1
    for rows, sheet in ((held - 1, "configurations"), (held, "components")):
        monkeypatch.setattr("cmograph.exports.workbook._ROWS", rows)
        with pytest.raises(InputError, match=f"The sheet of {sheet} would have more rows than the {rows} "):
            backend.run(write_workbook(material))
