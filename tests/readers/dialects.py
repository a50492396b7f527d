"""One made-up project, written as each tool writes REFI-QDA: the truth that every dialect must be read to.

Nobody said any of this. What differs between tools is in `DIALECTS`, a row a tool; where the evidence is from
is said beside each. Offsets are counted here anew, so that the reader is checked against another way to count.
"""

from __future__ import annotations

import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

__all__ = [
    "CASES",
    "CODERS",
    "CODES",
    "DIALECTS",
    "MEMOS",
    "SETS",
    "TEXTS",
    "Dialect",
    "Marked",
    "marked",
    "write",
]

CODERS = ("Coder Ada", "Coder Bea", "Coder Cy")
CODES = (
    "Context",
    "Context > Isolation",
    "Context > Isolation > New to the area",
    "Context > Isolation > New to the area > No car",
    "Context > Isolation > New to the area > No car > Bus stopped",
    "Mechanism",
    "Mechanism > Feeling understood",
    "Outcome",
    "Outcome > Confidence & calm",
)
NOT_CODABLE = ("Context", "Mechanism", "Outcome")
TEXTS = {
    "Interview 1": (
        "Q: How was it?\n"
        "A: I had no car 🚗 and the bus stopped 🚌🚌 before noon. She\u0301 just got it 🙂.\n"
        "\n"
        "Then I felt calm — naïve, perhaps, but calm 👩\u200d🍼.\n"
        "And I told the next mother what she had told me, word for word, over tea, in the hall by the church, "
        "on a Tuesday that I will not forget."
    ),
    "Interview 2": "Plain words only.\nShe understood me.\nI was calm.",
    "Interview 3 “été”": "Été: elle m'a comprise.\nEnfin calme…\n",
}
"""Emoji inside and outside of spans, a joined emoji, a combining accent, an empty line; ASCII; accents."""
CASES = {"Case One": ("Interview 1",), "Case Two": ("Interview 2", "Interview 3 “été”")}
SETS = {"Refined theory 1": ("Context > Isolation", "Outcome > Confidence & calm")}
MEMOS = {
    "About a code": ("Context > Isolation", "It is the place, not the person: 🗺."),
    "About a source": ("Interview 2", "She spoke\nquickly."),
    "About the project": ("", "First thoughts."),
}
LONG = "And I told the next mother"


@dataclass(frozen=True)
class Marked:
    """A coding as it is meant: code points of the LF text, end exclusive."""

    source: str
    start: int
    end: int
    code: str
    coder: str

    @property
    def quote(self) -> str:
        return TEXTS[self.source][self.start : self.end]


def marked() -> Iterator[Marked]:
    """Every coding: overlapping, the same by two coders, twice in one span, over a line's end, to the text's end."""
    one, two, three = TEXTS
    bus, understood, calm = CODES[4], CODES[6], CODES[8]
    for source, phrase, code, coder in (
        (one, "no car 🚗 and the bus stopped 🚌🚌", bus, 0),
        (one, "no car 🚗 and the bus stopped 🚌🚌", bus, 1),
        (one, "no car 🚗 and the bus stopped 🚌🚌", CODES[1], 1),
        (one, "the bus stopped 🚌🚌 before noon. She\u0301 just got it", understood, 2),
        (one, "She\u0301 just got it 🙂.\n\nThen I felt calm", calm, 0),
        (one, "calm 👩\u200d🍼.", calm, 2),
        (one, TEXTS[one][TEXTS[one].index(LONG) :], understood, 1),
        (two, "She understood me.", understood, 0),
        (two, "She understood me.\nI was calm.", calm, 1),
        (three, "elle m'a comprise", understood, 2),
        (three, "Enfin calme…", calm, 0),
    ):
        start = TEXTS[source].index(phrase)
        yield Marked(source, start, start + len(phrase), code, CODERS[coder])


@dataclass(frozen=True)
class Dialect:
    """How one tool writes.

    Attributes:
        origin: what it calls itself.
        qde: the project's file in the archive.
        folder: the folder of sources in the archive.
        scheme: before the name of a text file.
        xml_bom: whether the XML begins with a byte order mark.
        text_bom: whether a text does.
        crlf: whether a text's lines end in CRLF.
        crlf_counts: how many units a line's end counts then.
        utf_16: whether offsets count UTF-16 code units, else code points.
        names: whether a selection's name is its quote, whole ("quote") or begun ("prefix").
        shared: one selection for all codings of a span, else one selection a coding.
        upper: upper-case GUIDs.
        inline: texts inside the XML.
        stamped: the exporter writes itself as who coded, and one moment; the selection knows better.
        one_user: the tool knows one user only.
        case_codes: cases are codes too, and membership is a coding.
        linked_notes: a note is tied by a link, and lies in a file of its own; else by a reference.
        nameless_cases: a case has no name and is there to carry the variables of its sources.
    """

    origin: str
    qde: str = "project.qde"
    folder: str = "sources"
    scheme: str = "internal://"
    xml_bom: bool = False
    text_bom: bool = False
    crlf: bool = False
    crlf_counts: int = 2
    utf_16: bool = False
    names: str = ""
    shared: bool = False
    upper: bool = True
    inline: bool = False
    stamped: bool = False
    one_user: bool = False
    case_codes: bool = False
    linked_notes: bool = False
    nameless_cases: bool = False

    def offset(self, text: str, index: int) -> int:
        """An index of the LF text as this tool counts it."""
        before = text[:index]
        if self.crlf and self.crlf_counts == 2:
            before = before.replace("\n", "\r\n")
        return len(before.encode("utf-16-le")) // 2 if self.utf_16 else len(before)


DIALECTS = {
    # Measured on real exports: BOM and CRLF, UTF-16 with CRLF = 2, one selection a coding, no names.
    "nvivo-windows": Dialect(
        "NVivo for Windows 12.6", folder="Sources", text_bom=True, crlf=True, utf_16=True, upper=False,
        stamped=True, case_codes=True, linked_notes=True,
    ),
    # Measured: no BOM, LF, UTF-16.
    "nvivo-mac": Dialect("NVivo for Mac 12.7", utf_16=True, upper=False, case_codes=True),
    # Reported by QualCoder's authors: CRLF in the file, offsets count 1; the .qde is named after the project.
    "atlas-ti": Dialect(
        "ATLAS.ti 23.2 for Windows", qde="Made up.qde", crlf=True, crlf_counts=1, names="prefix", shared=True
    ),
    # From a real file without codings; newlines as its import counts them; one user.
    "maxqda": Dialect("MAXQDA 24.7", crlf=True, crlf_counts=1, one_user=True),
    # By its code: BOMs, Qt positions over LF text, the whole quote as the name.
    "qualcoder": Dialect(
        "QualCoder-3.6", folder="Sources", xml_bom=True, text_bom=True, crlf=True, crlf_counts=1, utf_16=True,
        names="quote", upper=False,
    ),
    # Reported by QualCoder's authors: cases without a name, that carry variables.
    "quirkos": Dialect("Quirkos 2.5", shared=True, nameless_cases=True),
    # Measured: paths without a scheme.
    "qc": Dialect("qc 1.3.2", scheme="", upper=False),
    "inline": Dialect("a tool with texts inside the XML", inline=True, shared=True),
    # REFI-QDA 1.5, section 10.2, to the letter.
    "standard": Dialect("a tool after the standard", shared=True),
}  # fmt: skip


def write(path: Path, dialect: Dialect) -> Path:
    """Write the project as a tool would."""
    writing = _Writing(dialect)
    xml = ("\ufeff" if dialect.xml_bom else "") + writing.project()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        if dialect.folder == "sources":
            archive.writestr("sources/.root", b"")
        for name, text in writing.files.items():
            text = text.replace("\n", "\r\n") if dialect.crlf else text
            archive.writestr(f"{dialect.folder}/{name}", ("\ufeff" if dialect.text_bom else "") + text)
        archive.writestr(dialect.qde, xml)
    return path


class _Writing:
    def __init__(self, dialect: Dialect) -> None:
        self.files: dict[str, str] = {}
        self._dialect = dialect

    def guid(self, *thing: object) -> str:
        found = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self._dialect.origin} {thing}"))
        return found.upper() if self._dialect.upper else found

    def user(self, name: str) -> str:
        return self.guid("user", CODERS[0] if self._dialect.one_user else name)

    def project(self) -> str:
        users = CODERS[:1] if self._dialect.one_user else CODERS
        sections = {
            "Users": [f"<User guid={quoteattr(self.user(name))} name={quoteattr(name)}/>" for name in users],
            "CodeBook": ["<Codes>", *self._codes(), "</Codes>"],
            "Variables": [f'<Variable guid="{self.guid("role")}" name="Role" typeOfVariable="Text"/>'],
            "Cases": [self._case(name, sources) for name, sources in CASES.items()],
            "Sources": [self._source(name) for name in TEXTS],
            "Notes": [self._note(title) for title in MEMOS],
            "Links": list(self._links()),
            "Sets": [self._set(name, codes) for name, codes in SETS.items()],
        }
        body = "\n".join(f"<{name}>{''.join(parts)}</{name}>" for name, parts in sections.items() if parts)
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n<Project xmlns="urn:QDA-XML:project:1.0" '
            f'name="Made up" origin={quoteattr(self._dialect.origin)}>\n{body}\n</Project>'
        )

    def _codes(self, above: str = "") -> Iterator[str]:
        for path in CODES:
            parent, _, name = path.rpartition(" > ")
            if parent == above:
                codable = "false" if path in NOT_CODABLE else "true"
                yield f'<Code guid="{self.guid("code", path)}" name={quoteattr(name)} isCodable="{codable}" color="#00AA11">'
                yield f"<Description>What {escape(name)} means</Description>"
                if not self._dialect.linked_notes:
                    yield from self._references(path)
                yield from self._codes(path)
                yield "</Code>"
        if not above and self._dialect.case_codes:
            for case in CASES:
                yield f'<Code guid="{self.guid("case", case)}" name={quoteattr(case)} isCodable="true"/>'

    def _references(self, about: str) -> Iterator[str]:
        for title, (thing, _) in MEMOS.items():
            if thing and thing == about:
                yield f'<NoteRef targetGUID="{self.guid("note", title)}"/>'

    def _case(self, name: str, sources: tuple[str, ...]) -> str:
        references = (
            ""
            if self._dialect.case_codes
            else "".join(f'<SourceRef targetGUID="{self.guid("source", source)}"/>' for source in sources)
        )
        return (
            f'<Case guid="{self.guid("case", name)}"'
            f"{'' if self._dialect.nameless_cases else f' name={quoteattr(name)}'}>"
            f'<VariableValue><VariableRef targetGUID="{self.guid("role")}"/>'
            f"<TextValue>mother</TextValue></VariableValue>{references}</Case>"
        )

    def _text(self, thing: str, text: str) -> tuple[str, str]:
        """The attribute and the element that give a text."""
        if self._dialect.inline:
            return "", f"<PlainTextContent>{escape(text)}</PlainTextContent>"
        name = f"{self.guid('file', thing)}.txt"
        self.files[name] = text
        return f' plainTextPath="{self._dialect.scheme}{name}"', ""

    def _source(self, name: str) -> str:
        attribute, element = self._text(name, TEXTS[name])
        groups: dict[object, list[Marked]] = {}
        for place, one in enumerate(one for one in marked() if one.source == name):
            groups.setdefault((one.start, one.end) if self._dialect.shared else place, []).append(one)
        selections = "".join(self._selection(ones) for ones in groups.values())
        whole = "".join(
            self._select(name, 0, len(TEXTS[name]), "", CODERS[0], [self._coding(("case", case), CODERS[0])])
            for case, sources in CASES.items()
            if self._dialect.case_codes and name in sources
        )
        notes = "" if self._dialect.linked_notes else "".join(self._references(name))
        return (
            f'<TextSource guid="{self.guid("source", name)}" name={quoteattr(name)}{attribute}>'
            f"{element}{selections}{whole}{notes}</TextSource>"
        )

    def _selection(self, ones: list[Marked]) -> str:
        first = ones[0]
        name = {"": "", "quote": first.quote, "prefix": first.quote}[self._dialect.names]
        if self._dialect.names == "prefix" and len(name) > 100:
            name = name[:100] + "…"
        codings = [self._coding(("code", one.code), one.coder, one) for one in ones]
        return self._select(first.source, first.start, first.end, name, first.coder, codings)

    def _select(self, source: str, start: int, end: int, name: str, coder: str, codings: list[str]) -> str:
        text = TEXTS[source]
        places = [self._dialect.offset(text, index) for index in (start, end)]
        return (
            f'<PlainTextSelection guid="{self.guid("selection", source, *places, *codings)}" name={quoteattr(name)} '
            f'startPosition="{places[0]}" endPosition="{places[1]}" creatingUser="{self.user(coder)}" '
            f'creationDateTime="2026-01-05T09:{start % 60:02}:00Z">{"".join(codings)}</PlainTextSelection>'
        )

    def _coding(self, code: tuple[str, str], coder: str, one: Marked | None = None) -> str:
        user, minute = (CODERS[2], 0) if self._dialect.stamped else (coder, one.start % 60 if one else 1)
        return (
            f'<Coding guid="{self.guid("coding", code, coder, one)}" creatingUser="{self.user(user)}" '
            f'creationDateTime="2026-01-05T10:{minute:02}:00Z"><CodeRef targetGUID="{self.guid(*code)}"/></Coding>'
        )

    def _note(self, title: str) -> str:
        text = MEMOS[title][1]
        attribute, element = (
            self._text(title, text)
            if self._dialect.linked_notes
            else ("", f"<PlainTextContent>{escape(text)}</PlainTextContent>")
        )
        return (
            f'<Note guid="{self.guid("note", title)}" name={quoteattr(title)}{attribute} '
            f'creatingUser="{self.user(CODERS[1])}">{element}</Note>'
        )

    def _links(self) -> Iterator[str]:
        if self._dialect.linked_notes:
            for title, (about, _) in MEMOS.items():
                if about:
                    target = self.guid("code" if about in CODES else "source", about)
                    yield (
                        f'<Link guid="{self.guid("link", title)}" originGUID="{self.guid("note", title)}" '
                        f'targetGUID="{target}" direction="OneWay"/>'
                    )

    def _set(self, name: str, codes: tuple[str, ...]) -> str:
        members = "".join(f'<MemberCode targetGUID="{self.guid("code", code)}"/>' for code in codes)
        return f'<Set guid="{self.guid("set", name)}" name={quoteattr(name)}>{members}</Set>'
