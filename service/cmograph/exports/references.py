"""The studies' publications for reference managers: RIS and BibTeX."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from cmograph.analysis.things import Study
from cmograph.citation import Creator, doi_of
from cmograph.exports.material import SYNTHETIC, Material

__all__ = ["write_bibtex", "write_ris"]

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "&": r"\&", "%": r"\%",
    "$": r"\$", "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
"""A brace has a name: BibTeX counts braces, also those that a backslash stands before."""
_SPACE = re.compile(r"\s+")
_AND = re.compile(r"(?:^|\s)and(?:\s|$)", re.I)
_BRACES = re.compile(r"[{}\\]")


async def write_ris(material: Material) -> bytes:
    """RIS: a study that names a publication as a journal article, another as a data set."""
    lines: list[str] = []
    for study in material.studies:
        lines += [f"{tag}  - {_line(value)}" for tag, value in _ris(study) if value]
        lines += ["ER  - ", ""]
    return "\r\n".join(lines).encode("utf-8")


async def write_bibtex(material: Material) -> bytes:
    """BibTeX, in UTF-8: a study that names a publication as an article, another as `misc`."""
    entries = []
    for study in material.studies:
        fields = {
            "title": f"{{{_escape(study.title)}}}",
            "author": " and ".join(_author(Creator.of(one).name) for one in study.creators),
            "doi": _verbatim(doi_of(study)),
            "url": study.doi or study.id,
            "note": _escape(_note(study)),
        }
        body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
        key = re.sub(r"[^A-Za-z0-9:-]", "-", study.name)
        entries.append(f"@{'article' if study.doi else 'misc'}{{{key},\n{body}\n}}\n")
    return "\n".join(entries).encode("utf-8")


def _ris(study: Study) -> Iterator[tuple[str, str]]:
    yield "TY", "JOUR" if study.doi else "DATA"
    yield "ID", study.name
    yield "TI", study.title
    for creator in study.creators:
        yield "AU", Creator.of(creator).name
    yield "DO", doi_of(study)
    yield "UR", study.doi or study.id
    yield "LA", study.language
    yield "N1", f"{_note(study)} {study.description}".strip()


def _note(study: Study) -> str:
    """That what is described is not the publication, and that it is synthetic where it is."""
    said = SYNTHETIC if study.synthetic else ""
    if study.doi:
        said = f"{said} Described as a study in cmograph: {study.id}".strip()
    return said


def _line(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _author(name: str) -> str:
    """A name, in braces where it would be parted: BibTeX does so at each `and`."""
    return f"{{{_escape(name)}}}" if _AND.search(_line(name)) else _escape(name)


def _verbatim(text: str) -> str:
    """An identifier, which no reader unescapes; what would end it or escape is percent-encoded."""
    return _BRACES.sub(lambda found: quote(found[0]), _line(text))


def _escape(text: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in _line(text))
