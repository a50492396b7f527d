"""REFI-QDA projects: `.qdpx` archives and bare `.qde` files, as the tools really write them.

The project is read as a stream, twice: once for what belongs to the whole (`project`), then, each time
sources are asked for, a source at a time. Standard: REFI-QDA 1.5, 25-09-2019.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from cmograph.corpus import Coder, Coding, Corpus, Memo, Original, Source, Verification
from cmograph.readers.archive import Container, open_container
from cmograph.readers.outline import read_project
from cmograph.readers.positions import Position, decide, locate, prior_of
from cmograph.readers.project import Project, content_of, variable_values
from cmograph.readers.qde import (
    SELECTIONS,
    SOURCES,
    Element,
    child,
    children,
    clear,
    events,
    guid_of,
    local,
    row_of,
    target_of,
    text_of,
)
from cmograph.readers.report import ReadReport
from cmograph.readers.texts import CODE_POINT, Rule, Selection, decode_text

__all__ = ["read_refi_qda"]

_CARRIERS = ("TextDescription", "Representation", "Transcript")
"""What holds the text of a source that is not a text itself."""
_CORNERS = ("firstX", "firstY", "secondX", "secondY")


def read_refi_qda(path: Path, digest: str) -> Corpus:
    """Read a REFI-QDA project.

    Args:
        path: a `.qdpx`, or a bare `.qde` with its `sources` folder beside it.
        digest: the file's sha256.

    Raises:
        CodedFileError: it is not a project, or it is a hostile one.
    """
    report = ReadReport(path.name)
    with open_container(path) as container:
        project = read_project(container, report)

    def sources() -> Iterator[Source]:
        report.begin_sources()
        with open_container(path) as container, container.project() as stream:
            names = iter(project.source_names)
            for _, element in events(stream, path.name, ("end",), tuple(SOURCES)):
                yield _Reading(project, container, report, next(names)).source(element)
                clear(element)
        if project.coded_notes:
            with open_container(path) as container, container.project() as stream:
                names = iter(project.coded_notes)
                for _, element in events(stream, path.name, ("end",), ("Note",)):
                    coded = next(element.iter("{*}Coding"), None) is not None
                    if coded and (name := next(names, "")):
                        yield _Reading(project, container, report, name).source(element)
                    clear(element)

    return Corpus(
        file=path.name,
        sha256=digest,
        format="refi-qda",
        origin=project.origin,
        codes=tuple(project.codes.values()),
        coders=tuple(Coder(name, guid) for guid, name in project.users.items()),
        source_names=tuple(project.source_names),
        sources=sources,
        cases=tuple(project.cases),
        sets=project.sets,
        links=tuple(project.links),
        memos=tuple(project.memos),
        report=report,
    )


class _Reading:
    """The reading of one source."""

    def __init__(self, project: Project, container: Container, report: ReadReport, name: str) -> None:
        self._project = project
        self._container = container
        self._report = report
        self._name = name
        self._codings: list[Coding] = []
        self._memos: list[Memo] = []
        self._strangers = 0
        """How often somebody is named who is none of the project's users."""
        self._stamps_coders = project.one_coding_time or "nvivo" in project.origin.lower()

    def source(self, element: Element) -> Source:
        """The source with all its codings."""
        is_text = local(element) in ("TextSource", "Note")
        carriers = [element] if is_text else list(children(element, *_CARRIERS))
        carrier = carriers[0] if carriers else None
        self._remember(element)
        data = None if carrier is None else self._content(carrier)
        text = None if carrier is None else self._read_text(carrier, data)
        for further in carriers[1:]:
            self._report.find(f"Source {self._name!r}: only the text of its first transcript is kept.")
            self._code_unplaced(further)
        for part in children(element, "Coding"):
            self._code([part], _unplaced(None), None, "")
        for part in children(element, *SELECTIONS - {"PlainTextSelection"}):
            self._select_region(part)
        self._note_twins(element, carrier)
        self._report.keep("source")
        if self._strangers:
            self._report.find(
                f"Source {self._name!r}: {self._strangers} times somebody is named who is not among the "
                "project's users.",
                "Export the project again with its users.",
                row_of(element),
            )
        for coding in self._codings:
            self._report.verified(coding.verification)
        return Source(
            self._name,
            text,
            tuple(self._codings),
            SOURCES.get(local(element), "text"),
            element.get("guid", ""),
            "" if data is None else sha256(data.encode() if isinstance(data, str) else data).hexdigest(),
            self._project.case_variables.get(self._name, {}) | variable_values(self._project, element),
            tuple(self._memos),
        )

    def _content(self, carrier: Element) -> bytes | str | None:
        data = content_of(carrier, self._container)
        if data is None and (carrier.get("plainTextPath") or local(carrier) == "TextSource"):
            self._report.downgrade(
                "source",
                f"Source {self._name!r}: its text is missing; its codings are kept, unverifiable.",
                "Export the project again with its sources.",
                row_of(carrier),
            )
        return data

    def _read_text(self, carrier: Element, data: bytes | str | None) -> str | None:
        if local(carrier) not in ("TextSource", "Note"):
            for part in children(carrier, "Coding"):
                self._code([part], _unplaced(None), None, "")
        if data is None:
            self._code_unplaced(carrier)
            return None
        elements, wanted = _selections(carrier)
        prior, sure = prior_of(self._project.origin)
        kept = decode_text(data)
        if kept.encoding != "utf-8":
            self._report.downgrade(
                "source",
                f"Source {self._name!r}: its text is not UTF-8; it was read as {kept.encoding}.",
                "Check its special characters.",
            )
        if isinstance(data, str) and prior.newline == "CRLF counts 1":
            prior = Rule(prior.unit)  # inline text has been through an XML parser: it holds no CRLF
        decision = decide(kept, wanted, prior)
        if elements:
            every_rule_agrees = kept.plain and decision.rule == prior
            rule = Rule(CODE_POINT) if every_rule_agrees else decision.rule
            because = "habit" if decision.rule == prior else "evidence of the text"
            self._report.decisions[f"{rule} ({because})"] += 1
            self._report.reasons[self._name] = f"{rule}: {decision.why}"
            if decision.rule != prior:
                self._report.find(f"Source {self._name!r}: positions follow {decision.rule}: {decision.why}.")
        positions = locate(kept, wanted, decision, quotes_are_sure=sure)
        for element, position in zip(elements, positions, strict=True):
            self._select(element, position, kept.text)
        return kept.text

    def _code_unplaced(self, carrier: Element) -> None:
        """Keep the codings of a text that is not there."""
        prior, _ = prior_of(self._project.origin)
        for element, one in zip(*_selections(carrier), strict=True):
            self._select(element, _unplaced(Original(one.start, one.end, prior.unit, prior.newline)), "")

    def _select(self, selection: Element, position: Position, text: str) -> None:
        """Keep a selection: by its codings, or by what is noted with it."""
        parts = list(children(selection, "Coding"))
        if parts:
            self._report.keep("selection")
            self._code(parts, position, selection, text)
        elif text_of(selection, "Description") or child(selection, "NoteRef") is not None:
            self._remember(selection)
            self._report.keep("annotation")
        elif guid_of(selection) in self._project.annotated:
            self._report.keep("annotation")
        else:
            place = ""
            if position.original is not None:
                place = f", position {position.original.start} to {position.original.end}"
            self._report.drop(
                "selection",
                f"Source {self._name!r}{place}: the selection has no code and no note.",
                row=row_of(selection),
            )

    def _select_region(self, region: Element) -> None:
        """Keep a region or a stretch of time, and what is coded in the text that it may have of its own."""
        texts = list(children(region, "Representation"))
        if child(region, "Coding") is not None or not any(
            True for one in texts for _ in one.iter("{*}Coding")
        ):
            self._select(region, _elsewhere(region), "")
        for text in texts:
            self._code(list(children(text, "Coding")), _elsewhere(region), region, "")
            self._code_unplaced(text)

    def _note_twins(self, element: Element, carrier: Element | None) -> None:
        """ATLAS.ti writes a selection of a PDF's text twice, under one GUID, each time with its codings."""
        if carrier is not None and carrier is not element:
            regions = {guid_of(part) for part in children(element, *SELECTIONS)}
            twins = sum(guid_of(part) in regions for part in children(carrier, "PlainTextSelection"))
            if twins:
                self._report.find(
                    f"Source {self._name!r}: {twins} selections are there twice under one GUID, as regions "
                    "and as text, and so are their codings.",
                    row=row_of(element),
                )

    def _remember(self, element: Element) -> None:
        """Keep the description of a source or an annotation; notes that it refers to are the project's."""
        description = text_of(element, "Description")
        if description:
            self._memos.append(Memo(description, self._name, self._user(element)))

    def _user(self, element: Element) -> str:
        guid = guid_of(element, "creatingUser")
        self._strangers += bool(guid) and guid not in self._project.users
        return self._project.users.get(guid, "")

    def _code(
        self, parts: Sequence[Element], position: Position, selection: Element | None, text: str
    ) -> None:
        """Add the codings of one selection, or of a source as a whole."""
        span = position.span
        quote = None if span is None else text[span.start : span.end]
        selected_by = "" if selection is None else self._user(selection)
        for part in parts:
            reference = child(part, "CodeRef")
            guid = "" if reference is None else target_of(reference)
            code = self._project.codes.get(guid)
            if code is None:
                self._drop(guid, part)
                continue
            coded_by = self._user(part)
            stamped = self._project.one_coding_time and selection is not None
            moments = [one.get("creationDateTime", "") for one in (part, selection) if one is not None]
            uncertain = self._stamps_coders and selection is not None and selected_by != coded_by
            self._codings.append(
                Coding(
                    code.path,
                    (stamped and selected_by) or coded_by or selected_by,
                    span,
                    quote,
                    position.verification,
                    position.original,
                    next(filter(None, reversed(moments) if stamped else moments), ""),
                    selected_by,
                    uncertain,
                    self._memo(selection, part),
                )
            )
            self._report.keep("coding")
            if position.trouble and position.original is not None:
                self._report.downgrade(
                    "coding",
                    f"Source {self._name!r}, code {str(code)!r}, position {position.original.start} to "
                    f"{position.original.end}: {position.trouble}.",
                    "Look at the passage in the tool that wrote the file.",
                    row_of(part),
                )

    def _memo(self, *elements: Element | None) -> str:
        """What is noted with a selection and its coding: descriptions, and notes referred to."""
        found: list[str] = []
        for element in elements:
            for part in () if element is None else element:
                if local(part) == "Description":
                    found.append(part.text or "")
                elif local(part) == "NoteRef":
                    found.append(self._project.notes.get(target_of(part), ""))
        return "\n".join(note for note in found if note)

    def _drop(self, guid: str, coding: Element) -> None:
        if guid in self._project.case_guids:
            what, remedy = "belongs to a case", "Its source is read as one of the case's."
        else:
            what = f"names a code that is not in the codebook ({guid or 'no GUID'})"
            remedy = "Export the project again with its codebook."
        self._report.drop("coding", f"Source {self._name!r}: a coding {what}.", remedy, row_of(coding))


def _selections(carrier: Element) -> tuple[list[Element], list[Selection]]:
    elements = list(children(carrier, "PlainTextSelection", "TranscriptSelection"))
    points = {guid_of(point): _number(point, "position") for point in children(carrier, "SyncPoint")}
    return elements, [_selection(element, points) for element in elements]


def _selection(element: Element, points: dict[str, int]) -> Selection:
    """Two offsets: a selection's own, or those of the sync points between which it lies (section 10.4)."""
    if local(element) == "TranscriptSelection":
        start = points.get(guid_of(element, "fromSyncPoint"), -1)
        return Selection(start, points.get(guid_of(element, "toSyncPoint"), -1), element.get("name", ""))
    return Selection(
        _number(element, "startPosition"), _number(element, "endPosition"), element.get("name", "")
    )


def _elsewhere(element: Element) -> Position:
    """The place of a region or a stretch of time, which is none in a text."""
    if local(element).startswith(("Audio", "Video")):
        return _unplaced(Original(_number(element, "begin"), _number(element, "end"), "millisecond"))
    corners = ", ".join(
        f"{name} {element.get(name)}" for name in ("page", *_CORNERS) if element.get(name) is not None
    )
    return _unplaced(
        Original(_number(element, "firstX"), _number(element, "secondX"), "region", detail=corners)
    )


def _unplaced(original: Original | None) -> Position:
    return Position(None, Verification.UNVERIFIABLE, original)


def _number(element: Element, name: str) -> int:
    """An integer attribute; -1, which is no position, where it is missing or none."""
    try:
        return int(element.get(name, "-1"))
    except ValueError:
        return -1
