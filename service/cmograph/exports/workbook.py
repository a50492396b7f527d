"""An Excel workbook: configurations, evidence, components and studies, a sheet each, no cell of it a formula."""

from __future__ import annotations

import re
from datetime import datetime
from io import BytesIO

import xlsxwriter

from cmograph.errors import InputError, Problem
from cmograph.exports.material import Material
from cmograph.exports.tables import (
    Sheet,
    component_sheet,
    configuration_sheet,
    evidence_sheet,
    study_sheet,
)
from cmograph.sheets import starts_a_formula

__all__ = ["write_workbook"]

_LONGEST = 32_767
"""Characters of a cell, in UTF-16 code units; Excel has no more (Excel specifications and limits)."""
_ROWS = 1_048_576
"""Rows of a sheet, its header included (likewise); the writer drops what is below without a word."""
_NOTHING = re.compile("[\ufffe\uffff]")
"""What cannot be written even with the workbook's own escapes (ECMA-376, part 1, section 22.9.2.19)."""
_CUT = " [cut here: the csv format has all of it]"
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_WRITTEN = datetime(2000, 1, 1)  # the same studies give the same bytes


async def write_workbook(material: Material) -> bytes:
    """The studies as a workbook; raises InputError where a sheet cannot hold all of its rows."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"title": "cmograph", "comments": material.synthetic, "created": _WRITTEN})
        bold = book.add_format({"bold": True})
        # As with an apostrophe typed before it: text it stays, also when somebody edits the cell.
        text = book.add_format({"quote_prefix": True})
        for name, sheet in (
            ("configurations", configuration_sheet(material)),
            ("evidence", await evidence_sheet(material)),
            ("components", component_sheet(material)),
            ("studies", study_sheet(material)),
        ):
            _fill(book.add_worksheet(name), sheet, bold, text)
    return out.getvalue()


def _fill(
    page: xlsxwriter.worksheet.Worksheet,
    sheet: Sheet,
    bold: xlsxwriter.format.Format,
    text: xlsxwriter.format.Format,
) -> None:
    columns, rows = sheet
    page.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        page.write_string(0, place, column, bold)
    for number, row in enumerate(rows, start=1):
        if number == _ROWS:
            what = (
                f"The sheet of {page.get_name()} would have more rows than the {_ROWS} that Excel can hold."
            )
            raise InputError(Problem(what, "Name fewer studies, or take the formats csv and evidence."))
        for place, column in enumerate(columns):
            value = row.get(column)
            if isinstance(value, bool):
                page.write_boolean(number, place, value)
            elif isinstance(value, int):
                page.write_number(number, place, value)
            elif value not in (None, ""):
                words = _fitting(str(value))
                page.write_string(number, place, words, text if starts_a_formula(words) else None)


def _fitting(text: str) -> str:
    """What a cell can hold of a text; where that is not all of it, the cell says so."""
    text = _NOTHING.sub("", text)
    units = text.encode("utf-16-le")
    if len(units) <= 2 * _LONGEST:
        return text
    return units[: 2 * (_LONGEST - len(_CUT))].decode("utf-16-le", "ignore") + _CUT
