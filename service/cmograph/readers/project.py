"""What belongs to the whole of a REFI-QDA project, known before any source is read."""

from __future__ import annotations

from dataclasses import dataclass, field

from cmograph.corpus import Case, Code, Link, Memo
from cmograph.readers.archive import Container
from cmograph.readers.qde import Element, child, children, target_of

__all__ = ["Project", "content_of", "variable_values"]

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
        source_names: unique, in the order in which they are read: GUIDs and names may both be doubled.
        names_by_guid: a source's name; the first one's where a GUID is doubled.
        case_variables: by a source's name, the variables of cases without a name, which only carry them.
        notes: a note's text by its GUID.
        coded_notes: the names under which the notes that are coded are read as sources, in the file's order.
        annotated: selections that a note is linked to.
        one_coding_time: several codings carry one moment and selections do not: the exporter stamped them.
    """

    origin: str = ""
    users: dict[str, str] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    case_guids: set[str] = field(default_factory=set)
    variables: dict[str, str] = field(default_factory=dict)
    source_names: list[str] = field(default_factory=list)
    names_by_guid: dict[str, str] = field(default_factory=dict)
    case_variables: dict[str, dict[str, str]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    coded_notes: list[str] = field(default_factory=list)
    annotated: set[str] = field(default_factory=set)
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
