"""REFI-QDA projects: `.qdpx` archives and bare `.qde` files, as the tools really write them.

The project is read twice as a stream: once for what belongs to the whole, then, each time sources are asked
for, a source at a time. Elements are matched by local name, in any order. Standard: REFI-QDA 1.5, 25-09-2019.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO

from lxml import etree

from cmograph.corpus import (
    Case,
    Code,
    Coder,
    Coding,
    Corpus,
    Link,
    Memo,
    Original,
    Source,
    Span,
    Verification,
)
from cmograph.errors import CodedFileError, Problem
from cmograph.readers.archive import Container, open_container
from cmograph.readers.positions import CODE_POINT, Rule, Selection, decide, decode_text, locate, prior_of
from cmograph.readers.report import ReadReport

__all__ = ["read_refi_qda"]

_SOURCES = {
    "TextSource": "text",
    "PDFSource": "pdf",
    "PictureSource": "picture",
    "AudioSource": "audio",
    "VideoSource": "video",
}
_SELECTIONS = {
    "PlainTextSelection",
    "PDFSelection",
    "PictureSelection",
    "AudioSelection",
    "VideoSelection",
    "TranscriptSelection",
}
_VALUES = {"TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue"}


def read_refi_qda(path: Path, digest: str) -> Corpus:
    """Read a REFI-QDA project.

    Args:
        path: a `.qdpx`, or a bare `.qde` with its `sources` folder beside it.
        digest: the file's sha256.

    Raises:
        CodedFileError: it is not a project, or it is a hostile one.
    """
    report = ReadReport(path.name)
    with open_container(path) as container, container.project() as stream:
        project = _read_project(stream, report)

    def sources() -> Iterator[Source]:
        report.begin_sources()
        with open_container(path) as container, container.project() as stream:
            for element in _top_sources(stream, path.name):
                yield _Reading(project, container, report).source(element)

    return Corpus(
        file=path.name,
        sha256=digest,
        format="refi-qda",
        origin=project.origin,
        codes=tuple(project.codes.values()),
        coders=tuple(Coder(name, guid) for guid, name in project.users.items()),
        source_names=tuple(project.source_names.values()),
        sources=sources,
        cases=tuple(project.cases),
        sets=project.sets,
        links=tuple(project.links),
        memos=tuple(project.memos),
        report=report,
    )


@dataclass(slots=True)
class _Project:
    """What belongs to the whole, by GUID."""

    origin: str = ""
    users: dict[str, str] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    case_guids: set[str] = field(default_factory=set)
    variables: dict[str, str] = field(default_factory=dict)
    source_names: dict[str, str] = field(default_factory=dict)
    """Unique names, by the place of the source in the file: GUIDs may be doubled."""
    taken: set[str] = field(default_factory=set)
    names_by_guid: dict[str, str] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)
    sets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    memos: list[Memo] = field(default_factory=list)
    one_coding_time: bool = False
    """All codings carry one timestamp and selections do not: the exporter stamped them, not a coder."""


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _guid(text: str | None) -> str:
    return (text or "").strip().strip("{}").upper()


def _events(stream: IO[bytes], file: str) -> Iterator[tuple[str, etree._Element]]:
    """Start and end of every element; no DTD, no entity, no network, bounded text and depth."""
    parser = etree.iterparse(
        stream,
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    first = True
    try:
        for event, element in parser:
            if first:
                first = False
                if element.getroottree().docinfo.doctype:
                    raise CodedFileError(
                        Problem(
                            "Its XML declares a document type (DTD), which no QDA tool writes.",
                            "Export it again.",
                            file,
                        )
                    )
                if _local(element) != "Project":
                    raise CodedFileError(
                        Problem(
                            f"Its XML begins with {_local(element)!r}, not with Project.",
                            "Give a REFI-QDA project; a codebook (.qdc) holds no codings.",
                            file,
                        )
                    )
            if isinstance(element.tag, str):
                yield event, element
    except etree.XMLSyntaxError as error:
        row = error.lineno if error.lineno else None
        raise CodedFileError(
            Problem(
                "Its XML is broken, or larger than any transcript.", "Export the project again.", file, row
            )
        ) from error
    if first:
        raise CodedFileError(Problem("Its XML is empty.", "Export the project again.", file))


def _clear(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _read_project(stream: IO[bytes], report: ReadReport) -> _Project:
    """The first pass: all but the insides of sources."""
    project = _Project()
    guids: Counter[str] = Counter()
    coding_times: set[str] = set()
    selection_times: set[str] = set()
    depth = 0
    root: etree._Element | None = None
    late: list[etree._Element] = []
    for event, element in _events(stream, report.file):
        name = _local(element)
        if event == "start":
            depth += 1
            if depth == 1:
                root = element
                project.origin = element.get("origin", "")
            guid = element.get("guid")
            if guid and name not in ("Coding",):
                guids[_guid(guid)] += 1
            if depth == 3 and name in _SOURCES:
                _name_source(project, element)
            continue
        depth -= 1
        if name == "Coding" and len(coding_times) < 2:
            coding_times.add(element.get("creationDateTime", ""))
        elif name in _SELECTIONS and len(selection_times) < 2:
            selection_times.add(element.get("creationDateTime", ""))
        if depth == 1 and name in ("Users", "CodeBook", "Variables", "Cases", "Notes", "Links", "Sets"):
            late.append(element)
        elif depth == 2 and name in _SOURCES:
            _clear(element)
    project.one_coding_time = len(coding_times) == 1 and len(selection_times) > 1
    doubled = sum(count > 1 for count in guids.values())
    by_kind = {_local(element): element for element in late}
    project.case_guids = {_guid(case.get("guid")) for case in by_kind.get("Cases", ())}
    for kind, take in _SECTIONS:
        if kind in by_kind:
            take(project, by_kind[kind], report)
    if doubled - len(project.case_guids & {_guid(code) for code in project.codes}) > 0:
        report.find(
            f"{doubled} GUIDs are given to more than one thing.",
            "Nothing is lost: GUIDs are no identities here.",
        )
    if root is not None:
        root.clear()
    return project


def _name_source(project: _Project, element: etree._Element) -> None:
    wanted = element.get("name") or f"unnamed {_SOURCES[_local(element)]} source"
    name, count = wanted, 1
    while name in project.taken:
        count += 1
        name = f"{wanted} ({count})"
    project.taken.add(name)
    project.source_names[str(len(project.source_names))] = name
    project.names_by_guid.setdefault(_guid(element.get("guid")), name)


def _take_users(project: _Project, section: etree._Element, report: ReadReport) -> None:
    for user in section:
        project.users[_guid(user.get("guid"))] = user.get("name") or user.get("id") or "unnamed coder"
    report.keep("coder", len(project.users))


def _take_codes(project: _Project, section: etree._Element, report: ReadReport) -> None:
    def walk(element: etree._Element, above: tuple[str, ...]) -> None:
        for code in element:
            if _local(code) != "Code":
                continue
            guid = _guid(code.get("guid"))
            path = (*above, code.get("name", ""))
            if guid in project.case_guids:
                report.drop(
                    "code",
                    f"Code {' > '.join(path)!r} is a case written as a code too.",
                    "It is read as a case.",
                )
            else:
                if guid in project.codes:
                    report.find(
                        f"Two codes have one GUID: {project.codes[guid]} and {' > '.join(path)}.",
                        "Rename neither; export again.",
                    )
                    guid = f"{guid} again {len(project.codes)}"
                description = _text(code, "Description")
                codable = code.get("isCodable", "true").lower() in ("true", "1")
                project.codes[guid] = Code(
                    path, description, code.get("guid", ""), code.get("color", ""), codable
                )
                report.keep("code")
            walk(code, path)

    for codes in section:
        if _local(codes) == "Codes":
            walk(codes, ())


def _take_variables(project: _Project, section: etree._Element, report: ReadReport) -> None:
    for variable in section:
        project.variables[_guid(variable.get("guid"))] = variable.get("name", "")
    report.keep("variable", len(project.variables))


def _take_cases(project: _Project, section: etree._Element, report: ReadReport) -> None:
    for case in section:
        sources = [project.names_by_guid.get(_target(ref), "") for ref in case if _local(ref) == "SourceRef"]
        name = case.get("name") or (sources[0] if sources else "") or "unnamed case"
        variables = _variable_values(project, case)
        known = tuple(source for source in sources if source)
        if len(known) < len(sources):
            report.downgrade("case", f"Case {name!r} names a source that is not there.")
        project.cases.append(Case(name, known, variables, case.get("guid", "")))
        report.keep("case")


def _take_sets(project: _Project, section: etree._Element, report: ReadReport) -> None:
    for one in section:
        members = []
        for member in one:
            guid = _target(member) or _guid(member.get("guid"))
            if guid in project.codes:
                members.append(str(project.codes[guid]))
            elif guid in project.names_by_guid:
                members.append(project.names_by_guid[guid])
        name, count = one.get("name", ""), 1
        while name in project.sets:
            count += 1
            name = f"{one.get('name', '')} ({count})"
        project.sets[name] = tuple(members)
        report.keep("set")


def _take_links(project: _Project, section: etree._Element, report: ReadReport) -> None:
    def named(guid: str) -> str:
        return str(project.codes[guid]) if guid in project.codes else project.names_by_guid.get(guid, "")

    for link in section:
        origin, target = named(_guid(link.get("originGUID"))), named(_guid(link.get("targetGUID")))
        project.links.append(Link(link.get("name", ""), origin, target, link.get("direction", "Associative")))
        report.keep("link")


def _take_notes(project: _Project, section: etree._Element, report: ReadReport) -> None:
    for note in section:
        author = project.users.get(_guid(note.get("creatingUser")), "")
        text = _text(note, "PlainTextContent") or _text(note, "Description")
        project.memos.append(Memo(text, note.get("name", ""), author, note.get("creationDateTime", "")))
        report.keep("memo")


# In the order in which they need each other, whatever the file's.
_SECTIONS = (
    ("Users", _take_users),
    ("CodeBook", _take_codes),
    ("Variables", _take_variables),
    ("Cases", _take_cases),
    ("Sets", _take_sets),
    ("Links", _take_links),
    ("Notes", _take_notes),
)


def _text(element: etree._Element, name: str) -> str:
    for child in element:
        if isinstance(child.tag, str) and _local(child) == name:
            return child.text or ""
    return ""


def _target(element: etree._Element) -> str:
    return _guid(element.get("targetGUID"))


def _variable_values(project: _Project, element: etree._Element) -> dict[str, str]:
    values: dict[str, str] = {}
    for value in element:
        if not isinstance(value.tag, str) or _local(value) != "VariableValue":
            continue
        name, text = "", ""
        for part in value:
            if _local(part) == "VariableRef":
                name = project.variables.get(_target(part), "")
            elif _local(part) in _VALUES:
                text = part.text or ""
        if name:
            values[name] = text
    return values


def _top_sources(stream: IO[bytes], file: str) -> Iterator[etree._Element]:
    """Each source whole, in the file's order, with its place as the attribute `place`; cleared when the next is asked for."""
    depth = place = 0
    for event, element in _events(stream, file):
        depth += 1 if event == "start" else -1
        if event == "end" and depth == 2:
            if _local(element) in _SOURCES:
                element.set("place", str(place))
                place += 1
                yield element
            _clear(element)


class _Reading:
    """The reading of one source."""

    def __init__(self, project: _Project, container: Container, report: ReadReport) -> None:
        self._project = project
        self._container = container
        self._report = report
        self._name = ""

    def source(self, element: etree._Element) -> Source:
        """The source with all its codings."""
        self._name = self._project.source_names[element.get("place", "")]
        carrier = (
            element
            if _local(element) == "TextSource"
            else _child(element, ("TextDescription", "Representation"))
        )
        data = self._content(carrier) if carrier is not None else None
        codings: list[Coding] = []
        memos = [Memo(text, self._name) for text in [_text(element, "Description")] if text]
        text = None
        if carrier is not None:
            text = self._read_text(carrier, data, codings, memos)
        for part in element:
            kind = _local(part) if isinstance(part.tag, str) else ""
            if kind == "Coding":
                codings += self._codings([part], None, Verification.UNVERIFIABLE, None, None)
            elif kind in _SELECTIONS and kind != "PlainTextSelection":
                codings += self._elsewhere(part)
            elif kind == "Transcript":
                for selection in part:
                    if isinstance(selection.tag, str) and _local(selection) == "TranscriptSelection":
                        codings += self._elsewhere(selection)
        self._report.keep("source")
        for coding in codings:
            self._report.verified(coding.verification)
        digest = "" if data is None else sha256(data.encode() if isinstance(data, str) else data).hexdigest()
        return Source(
            self._name,
            text,
            tuple(codings),
            _SOURCES[_local(element)],
            element.get("guid", ""),
            digest,
            _variable_values(self._project, element),
            tuple(memos),
        )

    def _content(self, carrier: etree._Element) -> bytes | str | None:
        inline = _child(carrier, ("PlainTextContent",))
        if inline is not None:
            return inline.text or ""
        path = carrier.get("plainTextPath")
        data = self._container.source(path) if path else None
        if data is None and carrier.get("plainTextPath"):
            self._report.downgrade(
                "source",
                f"Source {self._name!r}: its text is missing; its codings are kept, unverifiable.",
                "Export the project again with its sources.",
            )
        return data

    def _read_text(
        self, carrier: etree._Element, data: bytes | str | None, codings: list[Coding], memos: list[Memo]
    ) -> str | None:
        selections = [
            part for part in carrier if isinstance(part.tag, str) and _local(part) == "PlainTextSelection"
        ]
        if carrier.tag is not None and _local(carrier) != "TextSource":
            for part in carrier:
                if isinstance(part.tag, str) and _local(part) == "Coding":
                    codings += self._codings([part], None, Verification.UNVERIFIABLE, None, None)
        if data is None:
            for element in selections:
                one = self._selection(element)
                original = Original(one.start, one.end, prior_of(self._project.origin)[0].unit)
                codings += self._codings(
                    _codings_of(element), None, Verification.UNVERIFIABLE, original, element
                )
            return None
        kept = decode_text(data)
        if kept.encoding != "utf-8":
            self._report.downgrade(
                "source",
                f"Source {self._name!r}: its text is not UTF-8; it was read as {kept.encoding}.",
                "Check its special characters.",
            )
        wanted = [self._selection(element) for element in selections]
        prior, sure = prior_of(self._project.origin)
        if isinstance(data, str) and prior.newline == "CRLF counts 1":
            prior = Rule(prior.unit)  # inline text has been through an XML parser: it holds no CRLF
        decision = decide(kept, wanted, prior)
        if selections:
            unit = decision.rule if not kept.plain else Rule(CODE_POINT)
            self._report.decisions[
                f"{unit} ({'habit' if decision.rule == prior else 'evidence of the text'})"
            ] += 1
            if decision.rule != prior:
                self._report.find(f"Source {self._name!r}: positions follow {decision.rule}: {decision.why}.")
        for element, position in zip(
            selections, locate(kept, wanted, decision, quotes_are_sure=sure), strict=True
        ):
            parts = _codings_of(element)
            if not parts:
                note = _text(element, "Description")
                memos += [Memo(note, self._name)] if note else []
                self._report.keep("annotation")
                continue
            found = self._codings(
                parts, position.span, position.verification, position.original, element, kept.text
            )
            if position.trouble:
                for coding in found:
                    self._report.downgrade(
                        "coding",
                        f"Source {self._name!r}, code {' > '.join(coding.code)!r}, position {position.original.start} to "
                        f"{position.original.end}: {position.trouble}.",
                        "Look at the passage in the tool that wrote the file.",
                    )
            codings += found
        return kept.text

    def _selection(self, element: etree._Element) -> Selection:
        return Selection(
            self._number(element, "startPosition"),
            self._number(element, "endPosition"),
            element.get("name", ""),
        )

    def _number(self, element: etree._Element, name: str) -> int:
        try:
            return int(element.get(name, "-1"))
        except ValueError:
            return -1

    def _elsewhere(self, element: etree._Element) -> list[Coding]:
        """The codings of a region or a stretch of time, which have no place in a text."""
        if _local(element).startswith(("Audio", "Video")):
            original = Original(self._number(element, "begin"), self._number(element, "end"), "millisecond")
        elif _local(element) == "TranscriptSelection":
            original = Original(-1, -1, "sync point")
        else:
            original = Original(self._number(element, "firstX"), self._number(element, "secondX"), "region")
        return self._codings(_codings_of(element), None, Verification.UNVERIFIABLE, original, element)

    def _codings(
        self,
        parts: list[etree._Element],
        span: Span | None,
        verification: Verification,
        original: Original | None,
        selection: etree._Element | None,
        text: str = "",
    ) -> list[Coding]:
        """The codings of one selection, or of a source as a whole."""
        quote = None if span is None else text[span.start : span.end]
        selector = selection.get("creatingUser") if selection is not None else None
        selected_by = self._project.users.get(_guid(selector), "")
        memo = _text(selection, "Description") if selection is not None else ""
        codings: list[Coding] = []
        for part in parts:
            reference = _child(part, ("CodeRef",))
            guid = _target(reference) if reference is not None else ""
            code = self._project.codes.get(guid)
            if code is None:
                case = guid in self._project.case_guids
                what = (
                    "belongs to a case"
                    if case
                    else f"names a code that is not in the codebook ({guid or 'no GUID'})"
                )
                remedy = (
                    "It is read as the case's." if case else "Export the project again with its codebook."
                )
                self._report.drop("coding", f"Source {self._name!r}: a coding {what}.", remedy)
                continue
            coded_by = self._project.users.get(_guid(part.get("creatingUser")), "")
            uncertain = self._project.one_coding_time and selected_by != coded_by
            coder = selected_by if uncertain and selected_by else coded_by or selected_by
            created = part.get("creationDateTime", "")
            codings.append(
                Coding(
                    code.path,
                    coder,
                    span,
                    quote,
                    verification,
                    original,
                    created,
                    selected_by,
                    uncertain,
                    memo,
                )
            )
            self._report.keep("coding")
        return codings


def _codings_of(element: etree._Element) -> list[etree._Element]:
    return [part for part in element if isinstance(part.tag, str) and _local(part) == "Coding"]


def _child(element: etree._Element, names: tuple[str, ...]) -> etree._Element | None:
    return next((part for part in element if isinstance(part.tag, str) and _local(part) in names), None)
