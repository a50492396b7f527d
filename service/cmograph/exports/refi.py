"""REFI-QDA 1.0: the codebook (`.qdc`) for everyone, and a project (`.qdpx`) of the coded passages for those who may.

The store keeps what was coded, not whole transcripts. So a project holds, for each interview, one text of its coded
passages, each once, in the order of the interview, and says so in its name; the codings on them are whole. Those
that have no place in a text are left out, and their number is told; of an interview that was withdrawn there is nothing.
"""

from __future__ import annotations

import uuid
import zipfile
from collections import Counter, defaultdict
from collections.abc import Mapping
from io import BytesIO

from lxml import etree

from cmograph.exports.markup import xml_text
from cmograph.exports.material import SYNTHETIC, Material

__all__ = ["write_codebook", "write_project"]

_CODEBOOK = "urn:QDA-XML:codebook:1.0"
_PROJECT = "urn:QDA-XML:project:1.0"
_ORIGIN = "cmograph"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_BETWEEN = "\n\n"

_CODES = """
SELECT ?code ?path ?definition ?study WHERE {
  %(studies)s
  ?scheme realist:inEvaluation ?study ; a realist:Codebook .
  ?code skos:inScheme ?scheme ; realist:codePath ?path .
  OPTIONAL { ?code skos:definition ?definition }
}"""
_CODINGS = """
SELECT ?coding ?study ?interview ?title ?code ?coder ?start ?end ?words WHERE {
  %(studies)s
  ?participant realist:inEvaluation ?study .
  ?interview realist:contributedBy ?participant ; dcterms:title ?title .
  ?coding realist:inSource ?interview ; a realist:Coding ; oa:hasBody ?code ; oa:hasTarget ?target .
  ?target oa:hasSelector ?position , ?quote . ?position oa:start ?start ; oa:end ?end . ?quote oa:exact ?words .
  OPTIONAL { ?coding realist:codedBy/rdfs:label ?coder }
}"""

_PLACELESS = """
SELECT ?coding WHERE {
  %(studies)s
  ?participant realist:inEvaluation ?study .
  ?interview realist:contributedBy ?participant .
  ?coding realist:inSource ?interview ; a realist:Coding ; realist:disclosureClass ?disclosure .
  FILTER(?disclosure != realist:WithdrawnQuotation)
  FILTER NOT EXISTS { ?coding oa:hasTarget/oa:hasSelector ?position }
}"""


async def write_codebook(material: Material) -> bytes:
    """The codes of the studies' codebooks, as a REFI-QDA codebook."""
    root = etree.Element(f"{{{_CODEBOOK}}}CodeBook", nsmap={None: _CODEBOOK})  # type: ignore[dict-item]
    root.set("origin", f"{_ORIGIN}. {material.synthetic}" if material.synthetic else _ORIGIN)
    _add_codes(root, _CODEBOOK, await material.reading.rows(_CODES, material.bound()), material)
    return _written(root)


async def write_project(material: Material) -> bytes:
    """One study's codes and coded passages as a REFI-QDA project; raises InputError unless one study is named."""
    study = material.only_study("qdpx")
    codes = await material.reading.rows(_CODES, material.bound())
    rows = sorted(await material.reading.rows(_CODINGS, material.bound()))
    coders = sorted({row[5] for row in rows if row[5]})
    root = etree.Element(f"{{{_PROJECT}}}Project", nsmap={None: _PROJECT})  # type: ignore[dict-item]
    note = f"{SYNTHETIC} " if study.synthetic else ""
    root.set("name", xml_text(study.title))
    root.set("origin", _ORIGIN)
    users = etree.SubElement(root, f"{{{_PROJECT}}}Users") if coders else root  # an empty list is not valid
    for coder in coders:
        etree.SubElement(
            users, f"{{{_PROJECT}}}User", {"guid": _guid("coder", study.id, coder), "name": xml_text(coder)}
        )
    book = etree.SubElement(root, f"{{{_PROJECT}}}CodeBook")
    _add_codes(book, _PROJECT, codes, material)
    sources = etree.SubElement(root, f"{{{_PROJECT}}}Sources") if rows else root
    files: dict[str, str] = {}
    interviews: defaultdict[tuple[str, str], list[list[str]]] = defaultdict(list)
    for row in rows:
        interviews[row[3], row[2]].append(row)
    for (title, interview), codings in sorted(interviews.items()):
        guid = _guid("source", interview)
        text = _add_source(sources, guid, title, codings, study.id)
        files[f"sources/{guid}.txt"] = text
    description = (
        f"{note}Each source holds the coded passages of an interview alone; whole transcripts are not kept."
    )
    if placeless := len(await material.reading.rows(_PLACELESS, material.bound())):
        what = "1 coding has" if placeless == 1 else f"{placeless} codings have"
        description += f" {what} no place in a text, as in a picture or a recording: left out here."
    etree.SubElement(root, f"{{{_PROJECT}}}Description").text = description
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("project.qde", _ZIP_TIME), _written(root))
        for name, text in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _ZIP_TIME), text.encode("utf-8"))
    return out.getvalue()


def _add_codes(root: etree._Element, space: str, rows: list[list[str]], material: Material) -> None:
    """The codes as a tree; a path that no code has of its own becomes a heading that cannot be given."""
    codes = etree.SubElement(root, f"{{{space}}}Codes")
    several = len(material.studies) > 1
    titles = Counter(study.title for study in material.studies)
    nodes: dict[tuple[str, ...], etree._Element] = {}
    # A codebook holds a code at least: the schema knows no empty one.
    for one in () if rows else material.studies:
        heading = {"guid": _guid("heading", one.id), "name": xml_text(one.title), "isCodable": "false"}
        etree.SubElement(codes, f"{{{space}}}Code", heading)
    for code, path, definition, study in sorted(rows, key=lambda row: (row[3], row[1].split(" > "), row[0])):
        steps = tuple(path.split(" > "))
        if several:
            of = material.casebook.studies[study]
            steps = (of.title if titles[of.title] == 1 else f"{of.title} ({of.name})", *steps)
        for depth in range(1, len(steps) + 1):
            if (here := steps[:depth]) not in nodes:
                above = nodes[here[:-1]] if depth > 1 else codes
                attributes = {
                    "guid": _guid("heading", study, *here),
                    "name": xml_text(here[-1]),
                    "isCodable": "false",
                }
                nodes[here] = etree.SubElement(above, f"{{{space}}}Code", attributes)
        nodes[steps].set("guid", _guid("code", code))
        nodes[steps].set("isCodable", "true")
        if definition:
            described = etree.Element(f"{{{space}}}Description")
            described.text = xml_text(definition)
            nodes[steps].insert(0, described)


def _add_source(sources: etree._Element, guid: str, title: str, codings: list[list[str]], study: str) -> str:
    """A text of an interview's coded passages, with their codings; gives the text."""
    passages = sorted({(int(row[6]), int(row[7]), row[8]) for row in codings})
    starts: dict[tuple[int, int, str], int] = {}
    text = ""
    for passage in passages:
        text += _BETWEEN if text else ""
        starts[passage] = len(text)
        text += passage[2]
    source = etree.SubElement(
        sources,
        f"{{{_PROJECT}}}TextSource",
        {
            "guid": guid,
            "name": f"{xml_text(title)} (coded passages only)",
            "plainTextPath": f"internal://{guid}.txt",
        },
    )
    given: Mapping[tuple[int, int, str], list[list[str]]] = {
        passage: [row for row in codings if (int(row[6]), int(row[7]), row[8]) == passage]
        for passage in passages
    }
    for passage, rows in given.items():
        begin = starts[passage]
        attributes = {
            "guid": _guid("selection", guid, str(passage[0]), str(passage[1])),
            "name": "",
            "startPosition": str(begin),
            "endPosition": str(begin + len(passage[2])),
        }
        selection = etree.SubElement(source, f"{{{_PROJECT}}}PlainTextSelection", attributes)
        for row in rows:
            coding = etree.SubElement(selection, f"{{{_PROJECT}}}Coding", {"guid": _guid("coding", row[0])})
            if row[5]:
                coding.set("creatingUser", _guid("coder", study, row[5]))
            etree.SubElement(coding, f"{{{_PROJECT}}}CodeRef", {"targetGUID": _guid("code", row[4])})
    return text


def _guid(*parts: str) -> str:
    """The same for the same thing in every export."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "\x1f".join(("cmograph", *parts))))


def _written(root: etree._Element) -> bytes:
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written
