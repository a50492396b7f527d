"""The first pass over a REFI-QDA project: all that belongs to the whole, before any source is read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from cmograph.corpus import Case, Code, Link, Memo
from cmograph.readers.archive import Container
from cmograph.readers.names import UniqueNames
from cmograph.readers.qde import (
    SELECTIONS,
    SOURCES,
    Element,
    check_root,
    child,
    children,
    clear,
    events,
    guid_of,
    local,
    target_of,
    text_of,
)
from cmograph.readers.report import ReadReport
from cmograph.readers.texts import decode_text

__all__ = ["Project", "content_of", "read_project", "variable_values"]

_VALUES = ("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue")


@dataclass(slots=True)
class Project:
    """What belongs to the whole, by GUID.

    Attributes:
        origin: the tool, as it names itself.
        users: coders' names.
        codes: by GUID; where two codes have one, the second is under a key of its own.
        case_guids: NVivo writes a case as a code too, under the same GUID.
        variables: their names.
        source_names: unique, in the file's order: GUIDs and names may both be doubled.
        names_by_guid: a source's name; the first one's where a GUID is doubled.
        notes: a note's text by its GUID.
        one_coding_time: all codings carry one moment and selections do not: the exporter stamped them.
    """

    origin: str = ""
    users: dict[str, str] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    case_guids: set[str] = field(default_factory=set)
    variables: dict[str, str] = field(default_factory=dict)
    source_names: list[str] = field(default_factory=list)
    names_by_guid: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)
    sets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    memos: list[Memo] = field(default_factory=list)
    one_coding_time: bool = False

    def named(self, guid: str) -> str:
        """The code's path or the source's name that a GUID stands for; "" for others."""
        if guid in self.codes:
            return str(self.codes[guid])
        return self.names_by_guid.get(guid, "")


def read_project(container: Container, report: ReadReport) -> Project:
    """Read all but the insides of sources.

    Raises:
        CodedFileError: the XML is not a project's, is broken, or is hostile.
    """
    with container.project() as stream:
        project = Project(check_root(stream, report.file).get("origin", ""))
    with container.project() as stream:
        pass_ = _Pass(project, container, report)
        for event, element in events(stream, report.file, ("start", "end"), _WATCHED):
            pass_.see(event, element)
    pass_.finish()
    return project


def content_of(element: Element, container: Container) -> bytes | str | None:
    """The text of a TextSource, Representation, Transcript or Note; None where its file is missing."""
    inline = child(element, "PlainTextContent")
    if inline is not None:
        return inline.text or ""
    path = element.get("plainTextPath")
    return container.source(path) if path else None


def variable_values(project: Project, element: Element) -> dict[str, str]:
    """The values of an element's variables, by their names."""
    values: dict[str, str] = {}
    for value in children(element, "VariableValue"):
        reference, given = child(value, "VariableRef"), child(value, *_VALUES)
        name = project.variables.get(target_of(reference), "") if reference is not None else ""
        if name:
            values[name] = "" if given is None else given.text or ""
    return values


class _Pass:
    """What the first pass gathers on its way; sections are read at its end, in the order they need."""

    def __init__(self, project: Project, container: Container, report: ReadReport) -> None:
        self._project = project
        self._container = container
        self._report = report
        self._sections: dict[str, Element] = {}
        self._guids: Counter[str] = Counter()
        self._unique = UniqueNames()
        self._moments: dict[str, set[str]] = {"Coding": set(), "selection": set()}
        self._source = ""
        """The name of the source that is being passed."""
        self._about: dict[str, str] = {}
        """What a note is about, by the note's GUID: a code's path or a source's name."""
        self._annotated: dict[str, str] = {}
        """The source of each selection without a coding, by the selection's GUID."""
        self._in_case: defaultdict[str, list[str]] = defaultdict(list)
        """Sources coded with a code that is a case, by the case's GUID."""

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
            if name in _SECTION_NAMES and local(_parent(element)) == "Project":
                self._sections[name] = element
                if name == "Cases":
                    self._project.case_guids = {guid_of(case) for case in element}
        elif name == "NoteRef":
            self._about[target_of(element)] = self._source
        elif name == "CodeRef":
            if target_of(element) in self._project.case_guids:
                self._in_case[target_of(element)].append(self._source)
        else:
            moments = self._moments["Coding" if name == "Coding" else "selection"]
            if len(moments) < 2:
                moments.add(element.get("creationDateTime", ""))
            if name in SELECTIONS and child(element, "Coding") is None:
                self._annotated[guid_of(element)] = self._source

    def finish(self) -> None:
        """Read the sections and say what is odd about the whole."""
        codings, selections = self._moments["Coding"], self._moments["selection"]
        self._project.one_coding_time = len(codings) == 1 and len(selections) > 1
        takers: dict[str, Callable[[Element], None]] = {
            "Users": self._take_users,
            "CodeBook": self._take_codes,
            "Variables": self._take_variables,
            "Cases": self._take_cases,
            "Sets": self._take_sets,
            "Links": self._take_links,
            "Notes": self._take_notes,
        }
        for name, take in takers.items():
            if name in self._sections:
                take(self._sections[name])
        for section in self._sections.values():
            self._guids.update(
                guid_of(element)
                for element in section.iter(
                    "{*}User", "{*}Code", "{*}Variable", "{*}Case", "{*}Note", "{*}Set"
                )
            )
        doubled = sum(
            count > (2 if guid in self._project.case_guids else 1)
            for guid, count in self._guids.items()
            if guid
        )
        if doubled:
            self._report.find(
                f"{doubled} GUIDs are given to more than one thing.",
                "Nothing is lost: GUIDs are no identities here.",
            )

    def _begin_source(self, element: Element) -> None:
        wanted = element.get("name") or f"unnamed {SOURCES[local(element)]} source"
        self._source = self._unique.take(wanted)
        if self._source != wanted and element.get("name"):
            self._report.find(
                f"Two sources have the name {wanted!r}; the later is read as {self._source!r}.",
                "Give each source a name of its own.",
            )
        self._project.source_names.append(self._source)
        self._project.names_by_guid.setdefault(guid_of(element), self._source)
        self._guids[guid_of(element)] += 1

    def _take_users(self, section: Element) -> None:
        unique = UniqueNames()
        for user in children(section, "User"):
            wanted = user.get("name") or user.get("id") or "unnamed coder"
            self._project.users[guid_of(user)] = unique.take(wanted)
            if wanted != self._project.users[guid_of(user)]:
                self._report.find("Two coders have one name; they are kept apart by a number.")
        self._report.keep("coder", len(self._project.users))

    def _take_codes(self, section: Element) -> None:
        taken: defaultdict[tuple[str, ...], UniqueNames] = defaultdict(UniqueNames)
        # By hand, not by recursion: the file decides how deep codes are.
        waiting: list[tuple[Element, tuple[str, ...]]] = [(codes, ()) for codes in children(section, "Codes")]
        while waiting:
            element, path = waiting.pop()
            if local(element) == "Code":
                path = self._take_code(element, path, taken[path])
            waiting += [(code, path) for code in reversed(list(children(element, "Code")))]

    def _take_code(self, element: Element, above: tuple[str, ...], names: UniqueNames) -> tuple[str, ...]:
        guid, wanted = guid_of(element), element.get("name") or "unnamed code"
        if guid in self._project.case_guids:
            path = (*above, wanted)
            self._report.drop(
                "code", f"Code {' > '.join(path)!r} is a case written as a code too.", "It is read as a case."
            )
            return path
        path = (*above, names.take(wanted))
        if path[-1] != wanted:
            self._report.find(
                f"Two codes have the path {' > '.join((*above, wanted))!r}; the later is read as {path[-1]!r}.",
                "Rename or merge one of them in the tool that wrote the file.",
            )
        if guid in self._project.codes:
            self._report.find(
                f"Two codes have one GUID: {str(self._project.codes[guid])!r} and {' > '.join(path)!r}. "
                "What is coded with it is read as the first's.",
                "Export the project again.",
            )
            guid = f"{guid} again {len(self._project.codes)}"
        for note in children(element, "NoteRef"):
            self._about[target_of(note)] = " > ".join(path)
        self._project.codes[guid] = Code(
            path,
            text_of(element, "Description"),
            element.get("guid", ""),
            element.get("color", ""),
            element.get("isCodable", "true").lower() in ("true", "1"),
        )
        self._report.keep("code")
        return path

    def _take_variables(self, section: Element) -> None:
        for variable in children(section, "Variable"):
            self._project.variables[guid_of(variable)] = variable.get("name", "")
        self._report.keep("variable", len(self._project.variables))

    def _take_cases(self, section: Element) -> None:
        unique = UniqueNames()
        for case in children(section, "Case"):
            guid = guid_of(case)
            wanted = [
                self._project.names_by_guid.get(target_of(ref), "") for ref in children(case, "SourceRef")
            ]
            sources = tuple(dict.fromkeys(name for name in [*wanted, *self._in_case[guid]] if name))
            given = case.get("name") or (sources[0] if sources else "") or "unnamed case"
            name = unique.take(given)
            if name != given:
                self._report.find(f"Two cases have the name {given!r}; the later is read as {name!r}.")
            if not all(wanted):
                self._report.downgrade("case", f"Case {name!r} names a source that is not there.")
            self._project.cases.append(
                Case(name, sources, variable_values(self._project, case), case.get("guid", ""))
            )
            self._report.keep("case")

    def _take_sets(self, section: Element) -> None:
        unique = UniqueNames()
        for one in children(section, "Set"):
            guids = [target_of(member) or guid_of(member) for member in one if local(member) in _MEMBERS]
            name = unique.take(one.get("name", ""))
            members = tuple(named for named in map(self._project.named, guids) if named)
            self._project.sets[name] = members
            self._report.keep("set")
            notes = len(list(children(one, "MemberNote")))
            if len(members) + notes < len(guids):
                self._report.downgrade("set", f"Set {name!r} names members that are not there.")

    def _take_links(self, section: Element) -> None:
        notes = {guid_of(note) for note in children(self._sections.get("Notes", section), "Note")}
        for link in children(section, "Link"):
            origin, target = guid_of(link, "originGUID"), guid_of(link, "targetGUID")
            if origin in notes:  # NVivo: a note is linked to what it is about
                self._about.setdefault(origin, self._project.named(target) or self._annotated.get(target, ""))
            self._project.links.append(
                Link(
                    link.get("name", ""),
                    self._project.named(origin),
                    self._project.named(target),
                    link.get("direction", "Associative"),
                )
            )
            self._report.keep("link")

    def _take_notes(self, section: Element) -> None:
        for note in children(section, "Note"):
            content = content_of(note, self._container)
            text = decode_text(content).text if content else text_of(note, "Description")
            author = self._project.users.get(guid_of(note, "creatingUser"), "")
            about = self._about.get(guid_of(note), "")
            title = note.get("name", "")
            self._project.notes[guid_of(note)] = text
            self._project.memos.append(Memo(text, about, author, note.get("creationDateTime", ""), title))
            self._report.keep("memo")
            if not text:
                self._report.downgrade("memo", f"Note {title!r} has no text.")


_SECTION_NAMES = ("Users", "CodeBook", "Variables", "Cases", "Notes", "Links", "Sets")
_MEMBERS = ("MemberCode", "MemberSource", "MemberNote")
_WATCHED = (*_SECTION_NAMES, *SOURCES, *SELECTIONS, "Coding", "CodeRef", "NoteRef")


def _parent(element: Element) -> Element:
    parent = element.getparent()
    return element if parent is None else parent
