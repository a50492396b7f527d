"""The XML of a REFI-QDA project as a stream: no DTD, no entity, no network, bounded text and depth.

Elements are matched by local name, whatever the version in their namespace. REFI-QDA 1.5, section 5.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO

from lxml import etree

from cmograph.errors import CodedFileError, Problem

__all__ = [
    "SELECTIONS",
    "SOURCES",
    "Element",
    "check_root",
    "child",
    "children",
    "clear",
    "events",
    "guid_of",
    "local",
    "row_of",
    "target_of",
    "text_of",
]

Element = etree._Element

SOURCES = {
    "TextSource": "text",
    "PDFSource": "pdf",
    "PictureSource": "picture",
    "AudioSource": "audio",
    "VideoSource": "video",
}
SELECTIONS = {
    "PlainTextSelection",
    "PDFSelection",
    "PictureSelection",
    "AudioSelection",
    "VideoSelection",
    "TranscriptSelection",
}


_LINES_COUNTED = 0xFFFF
"""libxml2 keeps an element's line in sixteen bits, and says this number for every later one."""


def check_root(stream: IO[bytes], file: str) -> Element:
    """The root element, without its children: a Project, in XML that declares no document type.

    Raises:
        CodedFileError: it is not.
    """
    for _, root in _parse(stream, file, ("start",), None):
        if root.getroottree().docinfo.internalDTD is not None:
            what = "Its XML declares a document type (DTD), which no QDA tool writes."
            raise CodedFileError(Problem(what, "Export it again.", file))
        if local(root) != "Project":
            what = f"Its XML begins with {local(root)!r}, not with Project."
            remedy = "Give a REFI-QDA project; a codebook (.qdc) holds no codings."
            raise CodedFileError(Problem(what, remedy, file))
        return root
    raise CodedFileError(Problem("Its XML is empty.", "Export the project again.", file))


def events(
    stream: IO[bytes], file: str, kinds: Sequence[str], names: Sequence[str]
) -> Iterator[tuple[str, Element]]:
    """The starts and ends (`kinds`) of the elements with these local names, in the file's order.

    Raises:
        CodedFileError: the XML is broken, or a text in it is larger than any transcript.
    """
    return _parse(stream, file, kinds, [f"{{*}}{name}" for name in names])


def _parse(
    stream: IO[bytes], file: str, kinds: Sequence[str], tags: Sequence[str] | None
) -> Iterator[tuple[str, Element]]:
    parser = etree.iterparse(
        stream,
        events=kinds,
        tag=tags,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        yield from parser
    except etree.XMLSyntaxError as error:
        what = "Its XML is broken, or larger than any transcript."
        row = error.lineno if error.lineno else None
        raise CodedFileError(Problem(what, "Export the project again.", file, row)) from error


def clear(element: Element) -> None:
    """Forget an element and all before it beside it, so that memory does not grow with the file."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def local(element: Element) -> str:
    """The element's name without its namespace; "" for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element, *names: str) -> Iterator[Element]:
    """The children with one of these local names."""
    return (part for part in element if local(part) in names)


def row_of(element: Element) -> int | None:
    """The line of the XML where the element begins; None past the lines that the parser counts."""
    line: object = element.sourceline  # whose type the stubs leave open
    return line if isinstance(line, int) and line < _LINES_COUNTED else None


def child(element: Element, *names: str) -> Element | None:
    """The first child with one of these local names."""
    return next(children(element, *names), None)


def text_of(element: Element, name: str) -> str:
    """The text of the first child of this name; "" where there is none."""
    found = child(element, name)
    return "" if found is None else found.text or ""


def guid_of(element: Element, name: str = "guid") -> str:
    """A GUID attribute as it compares: upper case, no braces."""
    return (element.get(name) or "").strip().strip("{}").upper()


def target_of(element: Element) -> str:
    """The GUID that a reference names."""
    return guid_of(element, "targetGUID")
