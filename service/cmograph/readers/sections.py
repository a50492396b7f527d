"""The sections of a REFI-QDA project: coders, codes, variables, cases, sets, links and notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cmograph.corpus import Case, Code, Link, Memo
from cmograph.naming import code_path, tidy
from cmograph.readers.archive import Container
from cmograph.readers.names import UniqueNames
from cmograph.readers.project import Project, content_of, variable_values
from cmograph.readers.qde import Element, children, guid_of, local, row_of, target_of, text_of
from cmograph.readers.report import ReadReport
from cmograph.readers.texts import decode_text

__all__ = ["Sections"]

_MEMBERS = ("MemberCode", "MemberSource", "MemberNote")


class Sections:
    """Reads the sections in the order that they need, whatever the file's, into the project."""

    def __init__(
        self,
        project: Project,
        container: Container,
        report: ReadReport,
        sections: Mapping[str, Element],
        about: dict[str, str],
    ) -> None:
        self._project = project
        self._container = container
        self._report = report
        self._sections = sections
        self._about = about
        self._selections: Mapping[str, str] = {}
        self._in_case: Mapping[str, Sequence[str]] = {}
        self._titles = {guid_of(note): note.get("name", "") for note in self._parts("Notes", "Note")}

    def selections_wanted(self) -> set[str]:
        """The GUIDs that links and cases name and that must be selections, as nothing else has them."""
        ends = {
            guid_of(link, end)
            for link in self._parts("Links", "Link")
            for end in ("originGUID", "targetGUID")
        }
        in_cases = {
            target_of(part)
            for case in self._parts("Cases", "Case")
            for part in children(case, "SelectionRef")
        }
        codes = {guid_of(code) for code in self._section("CodeBook", "{*}Code")}
        known = {*self._project.names_by_guid, *self._project.case_guids, *self._titles, *codes, ""}
        return (ends | in_cases) - known

    def take(self, selections: Mapping[str, str], in_case: Mapping[str, Sequence[str]]) -> None:
        """Read every section.

        Args:
            selections: the source's name of each selection that was wanted, by its GUID.
            in_case: the names of the sources coded with a case, by the case's GUID.
        """
        self._selections, self._in_case = selections, in_case
        takers: dict[str, Callable[[Element], None]] = {
            "Users": self._take_users,
            "CodeBook": self._take_codes,
            "Variables": self._take_variables,
            "Cases": self._take_cases,
            "Sets": self._take_sets,
            "Links": self._take_links,
            "Notes": self._take_notes,
            "Graphs": self._take_graphs,
            "Description": self._take_description,
        }
        for name, take in takers.items():
            if name in self._sections:
                take(self._sections[name])

    def _parts(self, section: str, name: str) -> list[Element]:
        return list(children(self._sections[section], name)) if section in self._sections else []

    def _section(self, section: str, name: str) -> list[Element]:
        return list(self._sections[section].iter(name)) if section in self._sections else []

    def _named(self, guid: str) -> str:
        """What a person calls the thing with this GUID; a selection is called by its source."""
        named = self._project.named(guid) or self._selections.get(guid, "")
        if not named and guid in self._titles:
            return self._titles[guid] or "unnamed note"
        return named or next((case.name for case in self._project.cases if _same(case.guid, guid)), "")

    def _take_users(self, section: Element) -> None:
        unique = UniqueNames()
        for user in children(section, "User"):
            wanted = user.get("name") or user.get("id") or "unnamed coder"
            self._project.users[guid_of(user)] = unique.take(wanted)
            if wanted != self._project.users[guid_of(user)]:
                self._report.find("Two coders have one name; they are kept apart by a number.")
        self._report.keep("coder", len(self._project.users))

    def _take_codes(self, section: Element) -> None:
        taken = UniqueNames()
        # By hand, not by recursion: the file decides how deep codes are.
        waiting: list[tuple[Element, tuple[str, ...]]] = [(codes, ()) for codes in children(section, "Codes")]
        while waiting:
            element, path = waiting.pop()
            if local(element) == "Code":
                path = self._take_code(element, path, taken)
            waiting += [(code, path) for code in reversed(list(children(element, "Code")))]

    def _take_code(self, element: Element, above: tuple[str, ...], names: UniqueNames) -> tuple[str, ...]:
        guid, wanted = guid_of(element), tidy(element.get("name", "")) or "unnamed code"
        # A name may look like a path: it is read as one, for a table could not tell it from one.
        whole = " > ".join(code_path(" > ".join((*above, wanted))))
        if guid in self._project.case_guids:
            self._report.drop(
                "code",
                f"Code {whole!r} is a case written as a code too.",
                "It is read as a case.",
                row_of(element),
            )
            return code_path(whole)
        path = code_path(names.take(whole))
        if path != code_path(whole):
            self._report.find(
                f"Two codes have the path {whole!r}; the later is read as {path[-1]!r}.",
                "Rename or merge one of them in the tool that wrote the file.",
                row_of(element),
            )
        if guid in self._project.codes:
            self._report.find(
                f"Two codes have one GUID: {str(self._project.codes[guid])!r} and {' > '.join(path)!r}. "
                "What is coded with it is read as the first's.",
                "Export the project again.",
                row_of(element),
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
            self._project.variables[guid_of(variable)] = tidy(variable.get("name", ""))
        self._report.keep("variable", len(self._project.variables))

    def _take_cases(self, section: Element) -> None:
        unique = UniqueNames()
        for case in children(section, "Case"):
            guid = guid_of(case)
            wanted = [
                self._project.names_by_guid.get(target_of(ref), "") for ref in children(case, "SourceRef")
            ]
            wanted += [self._selections.get(target_of(ref), "") for ref in children(case, "SelectionRef")]
            sources = tuple(dict.fromkeys(name for name in [*wanted, *self._in_case.get(guid, ())] if name))
            own = tidy(case.get("name", ""))
            given = own or (sources[0] if sources else "") or "unnamed case"
            name = unique.take(given)
            if name != given and own:
                self._report.find(f"Two cases have the name {given!r}; the later is read as {name!r}.")
            if not all(wanted):
                self._report.downgrade(
                    "case", f"Case {name!r} names a source that is not there.", row=row_of(case)
                )
            values = variable_values(self._project, case)
            if not own:  # MAXQDA, Quirkos: it is there only to carry the sources' variables
                for source in sources:
                    self._project.case_variables.setdefault(source, {}).update(values)
            codes = len(list(children(case, "CodeRef")))
            if codes:
                self._report.drop(
                    "code of a case",
                    f"Case {name!r} as a whole is coded with {codes} codes; a case's codes are not kept.",
                    "Code its source as a whole instead.",
                    row_of(case),
                    codes,
                )
            self._describe(case, f"case {name}")
            self._project.cases.append(Case(name, sources, values, case.get("guid", "")))
            self._report.keep("case")

    def _take_sets(self, section: Element) -> None:
        unique = UniqueNames()
        for one in children(section, "Set"):
            guids = [target_of(member) or guid_of(member) for member in one if local(member) in _MEMBERS]
            name = unique.take(one.get("name", ""))
            members = tuple(named for named in map(self._named, guids) if named)
            self._describe(one, f"set {name}")
            self._project.sets[name] = members
            self._report.keep("set")
            if len(members) < len(guids):
                self._report.downgrade(
                    "set", f"Set {name!r} names members that are not there.", row=row_of(one)
                )

    def _take_links(self, section: Element) -> None:
        for link in children(section, "Link"):
            origin, target = guid_of(link, "originGUID"), guid_of(link, "targetGUID")
            if origin in self._titles:  # NVivo: a note is linked to what it is about
                self._about.setdefault(
                    origin, self._project.named(target) or self._selections.get(target, "")
                )
                self._project.annotated.add(target)
            ends = self._named(origin), self._named(target)
            self._project.links.append(
                Link(link.get("name", ""), *ends, link.get("direction", "Associative"))
            )
            self._report.keep("link")
            if not all(ends):
                self._report.downgrade(
                    "link",
                    f"Link {link.get('name', '')!r}: an end of it is not in the project.",
                    row=row_of(link),
                )

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
                self._report.downgrade("memo", f"Note {title!r} has no text.", row=row_of(note))

    def _take_graphs(self, section: Element) -> None:
        count = len(list(children(section, "Graph")))
        self._report.drop(
            "graph",
            f"{count} drawn graphs are not kept.",
            "What their nodes stand for is kept where it is a code, a source, a case or a note.",
            row_of(section),
            count,
        )

    def _take_description(self, description: Element) -> None:
        if description.text:
            self._project.memos.append(Memo(description.text, title="the project"))
            self._report.keep("memo")

    def _describe(self, element: Element, title: str) -> None:
        """Keep the description of what has no place of its own for it, as a memo on the project."""
        description = text_of(element, "Description")
        if description:
            self._project.memos.append(Memo(description, title=title))
            self._report.keep("memo")


def _same(written: str, guid: str) -> bool:
    return bool(guid) and written.strip().strip("{}").upper() == guid
