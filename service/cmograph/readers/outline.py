"""The first pass over a REFI-QDA project: all that belongs to the whole, before any source is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from cmograph.naming import tidy
from cmograph.readers.archive import Container
from cmograph.readers.names import Guids, UniqueNames
from cmograph.readers.project import Project
from cmograph.readers.qde import (
    SELECTIONS,
    SOURCES,
    Element,
    check_root,
    children,
    clear,
    events,
    guid_of,
    local,
    row_of,
    target_of,
)
from cmograph.readers.report import ReadReport
from cmograph.readers.sections import Sections

__all__ = ["read_project"]

_SECTIONS = ("Users", "CodeBook", "Variables", "Cases", "Notes", "Links", "Sets", "Graphs", "Description")
_INSIDE = (*SELECTIONS, "Coding", "CodeRef", "NoteRef")


def read_project(container: Container, report: ReadReport) -> Project:
    """Read all but the insides of sources.

    Raises:
        CodedFileError: the XML is not a project's, is broken, or is hostile.
    """
    with container.project() as stream:
        project = Project(check_root(stream, report.file).get("origin", ""))
    with container.project() as stream:
        outline = _Outline(project, report)
        for event, element in events(stream, report.file, ("start", "end"), (*_SECTIONS, *SOURCES, *_INSIDE)):
            outline.see(event, element)
    sections = Sections(project, container, report, outline.sections, outline.about)
    outline.finish()
    wanted = sections.selections_wanted()
    traces = _Traces()
    if wanted or project.case_guids & outline.coded_with:
        with container.project() as stream:
            passing = events(stream, report.file, ("start", "end"), (*SOURCES, *SELECTIONS, "CodeRef"))
            traces = _trace(passing, project, wanted)
    for note, name in zip(outline.coded_notes, project.coded_notes, strict=True):
        for part in note.iter(*(f"{{*}}{selection}" for selection in SELECTIONS)):
            traces.selections.setdefault(guid_of(part), name)
    sections.take(traces.selections, traces.in_case)
    return project


class _Outline:
    """What the first pass gathers on its way: sections whole, of sources only what they are called."""

    def __init__(self, project: Project, report: ReadReport) -> None:
        self.sections: dict[str, Element] = {}
        self.about: dict[str, str] = {}
        """What a note is about, by the note's GUID: a code's path or a source's name."""
        self.coded_with: set[str] = set()
        """The codes that are used."""
        self.coded_notes: list[Element] = []
        self._project = project
        self._report = report
        self._guids = Guids()
        self._unique = UniqueNames()
        self._moments: dict[str, set[str]] = {"Coding": set(), "selection": set()}
        self._codings = 0
        self._source = ""
        """The name of the source that is being passed."""

    def see(self, event: str, element: Element) -> None:
        """Take one event of the stream."""
        name = local(element)
        if event == "start":
            if name in SOURCES:
                self._begin_source(element)
        elif name in SOURCES:
            self._source = ""
            clear(element)
        elif not self._source:
            if name in _SECTIONS and local(_parent(element)) == "Project":
                self.sections[name] = element
        elif name == "NoteRef":
            self.about[target_of(element)] = self._source
        elif name == "CodeRef":
            self.coded_with.add(target_of(element))
        elif name == "Coding" or name in SELECTIONS:
            self._guids.add(guid_of(element))
            self._codings += name == "Coding"
            moments = self._moments["Coding" if name == "Coding" else "selection"]
            if len(moments) < 2:
                moments.add(element.get("creationDateTime", ""))
            if name in SELECTIONS:
                clear(element)

    def finish(self) -> None:
        """Say what is odd about the whole, and find the notes that are coded."""
        project = self._project
        codings, selections = self._moments["Coding"], self._moments["selection"]
        # One coding has one moment by itself, and no moment is none that could be stamped.
        project.one_coding_time = (
            len(codings) == 1 and "" not in codings and self._codings > 1 and len(selections) > 1
        )
        if "Cases" in self.sections:
            project.case_guids = {guid_of(case) for case in children(self.sections["Cases"], "Case")}
        codes: set[str] = set()
        for section in self.sections.values():
            for element in section.iter(
                "{*}User", "{*}Code", "{*}Variable", "{*}Case", "{*}Note", "{*}Set", "{*}Link"
            ):
                self._guids.add(guid_of(element))
                if local(element) == "Code":
                    codes.add(guid_of(element))
        doubled = self._guids.doubled() - len(codes & project.case_guids)
        if doubled > 0:
            self._report.find(
                f"{doubled} GUIDs are given to more than one thing.",
                "Nothing is lost: GUIDs are no identities here.",
            )
        for note in children(self.sections["Notes"], "Note") if "Notes" in self.sections else ():
            if next(note.iter("{*}Coding"), None) is not None:
                name = self._name(note, "unnamed note")
                project.coded_notes.append(name)
                project.source_names.append(name)
                self.coded_notes.append(note)

    def _begin_source(self, element: Element) -> None:
        self._source = self._name(element, f"unnamed {SOURCES[local(element)]} source")
        self._project.source_names.append(self._source)
        self._project.names_by_guid.setdefault(guid_of(element), self._source)
        self._guids.add(guid_of(element))

    def _name(self, element: Element, otherwise: str) -> str:
        given = tidy(element.get("name", ""))
        wanted = given or otherwise
        name = self._unique.take(wanted)
        if name != wanted and given:
            self._report.find(
                f"Two sources have the name {wanted!r}; the later is read as {name!r}.",
                "Give each source a name of its own.",
                row_of(element),
            )
        return name


class _Traces:
    """Where the things lie that the whole refers to, but that only sources hold."""

    def __init__(self) -> None:
        self.selections: dict[str, str] = {}
        """The source of a selection that a link or a case names, by the selection's GUID."""
        self.in_case: defaultdict[str, list[str]] = defaultdict(list)
        """Sources coded with a code that is a case, by the case's GUID."""


def _trace(passing: Iterator[tuple[str, Element]], project: Project, wanted: set[str]) -> _Traces:
    traces = _Traces()
    names = iter(project.source_names)
    source = ""
    for event, element in passing:
        name = local(element)
        if name in SOURCES:
            source = next(names) if event == "start" else ""
            if event == "end":
                clear(element)
        elif event == "end" and source:
            if name in SELECTIONS:
                if guid_of(element) in wanted:
                    traces.selections.setdefault(guid_of(element), source)
                clear(element)
            elif target_of(element) in project.case_guids:
                traces.in_case[target_of(element)].append(source)
    return traces


def _parent(element: Element) -> Element:
    parent = element.getparent()
    return element if parent is None else parent
