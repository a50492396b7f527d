"""Each export of the demonstration, byte for byte as it was read before it was kept.

`CMOGRAPH_REGENERATE=1 pytest -n 0 tests/exports/test_golden.py` writes them anew: read the difference, and commit it with
what made it. Files that are packed are kept by what is in them, so that a difference can be read; a picture is kept as
canonical XML.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from cmograph.exports import EXPORTS
from tests.exports.conftest import DEMONSTRATION, Exporting

GOLDEN = Path(__file__).parent / "golden"
PACKED = {"application/zip", EXPORTS["xlsx"].media_type}
ALIKE = {
    "configurations.csv": "csv",
    "evidence.csv": "evidence",
    "studies.jsonld": "jsonld",
    "studies.nq": "nquads",
    "references.bib": "bibtex",
}
"""The files of an RO-Crate that are exports of their own, and are kept as such."""


@pytest.mark.parametrize("format", EXPORTS)
def test_a_file_is_the_one_that_was_read(
    export_open: Exporting, export_restricted: Exporting, format: str
) -> None:
    export = EXPORTS[format]
    write = export_open if export.edition == "open" else export_restricted
    written = readable(format, write(format, DEMONSTRATION))
    packed = export.media_type in PACKED
    file = GOLDEN / f"{format}.{'txt' if packed else export.extension}"
    if os.environ.get("CMOGRAPH_REGENERATE"):
        GOLDEN.mkdir(exist_ok=True)
        file.write_bytes(written)
    assert file.exists(), f"{file.name} is missing: run with CMOGRAPH_REGENERATE=1, and read what it writes"
    assert written == file.read_bytes(), f"{format} changed: see this file's first lines"


def test_no_golden_is_of_an_export_that_is_gone() -> None:
    assert {file.stem for file in GOLDEN.iterdir()} == set(EXPORTS)


def test_a_crate_holds_the_exports_as_they_are(export_open: Exporting) -> None:
    with zipfile.ZipFile(io.BytesIO(export_open("ro-crate", DEMONSTRATION))) as archive:
        held = {name: archive.read(name) for name in archive.namelist() if name != "ro-crate-metadata.json"}
    assert held == {name: export_open(format, DEMONSTRATION) for name, format in ALIKE.items()}


def readable(format: str, body: bytes) -> bytes:
    """A file as it is kept: as it is, or by its members, or as canonical XML."""
    if format == "svg":
        return etree.tostring(etree.fromstring(body), method="c14n2") + b"\n"
    if EXPORTS[format].media_type not in PACKED:
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    if format == "xlsx":
        members = dict(cells_with_their_words(members))
    kept = [f"=== {name}\n".encode() + held for name, held in members.items() if name not in ALIKE]
    return b"\n".join(kept) + b"\n"


def cells_with_their_words(members: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """A workbook's members, a line a row, each cell with its text in place of the text's number, which shifts."""
    shared = re.findall(rb"<si>(.*?)</si>", members.pop("xl/sharedStrings.xml"), re.S)
    del members["xl/theme/theme1.xml"]  # of the library, and long
    for name, held in members.items():
        lines = held.replace(b"<row", b"\n<row").replace(b"</sheetData", b"\n</sheetData")
        yield name, re.sub(rb't="s"><v>(\d+)</v>', lambda found: b't="s">' + shared[int(found[1])], lines)
