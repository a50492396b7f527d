"""What can be asked of an analyst."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import StringIO
from types import GenericAlias
from typing import Any, Literal

from pydantic import TypeAdapter

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.chapters import excerpt
from cmograph.analysis.inquiries import INQUIRIES
from cmograph.analysis.inquiry import Findings, inquire
from cmograph.analysis.reading import Reading
from cmograph.analysis.records import component_record, configuration_record, study_record
from cmograph.analysts.shaping import Shape
from cmograph.analysts.task import Reply
from cmograph.engine.formats import CSV, JSON_LD
from cmograph.errors import InputError, UnknownName
from cmograph.exports import export_named, write_export
from cmograph.exports.linked import component_node, configuration_node, study_node
from cmograph.sheets import columns_of, flatten, write_rows

__all__ = ["LINKED", "Excerpt", "Inquire", "Record", "WriteExport", "prepare", "read_excerpt"]

LINKED: Mapping[str, Callable[[Casebook, str], dict[str, Any]]] = {
    "studies": lambda book, id: study_node(book.studies[id]),
    "configurations": lambda book, id: configuration_node(book.configurations[id]),
    "components": lambda book, id: component_node(book.components[id]),
}
"""The inquiries whose items are things of the graph, and how each is said in the published context's terms."""


@dataclass(frozen=True, slots=True)
class Inquire:
    """A page of an inquiry's items.

    Its reply is about how many there are in `total`, and says in `notices` whether any must be shown with it.

    Attributes:
        inquiry: its id.
        values: what is given, by parameter.
        shape: which parts of the items, in which order.
        offset: how many to pass over.
        limit: how many at most.
        format: the short name of a format: `json`, `csv`, `jsonld`.
        context: where the JSON-LD context is.
    """

    inquiry: str
    values: Mapping[str, Sequence[str]]
    shape: Shape
    offset: int
    limit: int
    format: str
    context: str

    async def run(self, reading: Reading) -> Reply:
        """Inquire, and write the page."""
        found = await inquire(INQUIRIES[self.inquiry], reading, self.values)
        items = list(self.shape.sorted(found.items)[self.offset : self.offset + self.limit])
        notices = found.notices_of(items)
        if self.format == CSV.name:
            body = self._as_csv(found, items)
        elif self.format == JSON_LD.name:
            casebook, node = await reading.casebook(), LINKED[self.inquiry]
            graph = [node(casebook, item.id) for item in items]
            body = _json({"@context": self.context, "@graph": graph})
        else:
            body = self._as_json(found, items, notices)
        return Reply({"total": len(found.items), "notices": bool(notices)}, body)

    def _as_json(self, found: Findings, items: list[Any], notices: Sequence[str]) -> bytes:
        written = _adapter(self.inquiry).dump_python(items, mode="json")
        return _json(
            {
                "id": self.inquiry,
                "title": found.inquiry.title,
                "items": [self.shape.pick(item) for item in written],
                "total": len(found.items),
                "notices": list(notices),
                "release": found.snapshot.release,
                "edition": found.snapshot.edition,
            }
        )

    def _as_csv(self, found: Findings, items: list[Any]) -> bytes:
        out = StringIO()
        columns = columns_of(found.inquiry.item, items[0] if items else None)
        write_rows(out, [name for name in columns if self.shape.keeps(name)], map(flatten, items))
        return out.getvalue().encode()


@dataclass(frozen=True, slots=True)
class WriteExport:
    """A file of some studies.

    Its reply is about the one study's name in `study`, "" where there are several, and says in `synthetic`
    whether any is.

    Attributes:
        format: the export's id.
        studies: as they are named; all where none is.
    """

    format: str
    studies: tuple[str, ...]

    async def run(self, reading: Reading) -> Reply:
        """Write it."""
        body, material = await write_export(export_named(self.format), reading, self.studies)
        named = material.studies[0].name if len(material.studies) == 1 else ""
        return Reply({"study": named, "synthetic": bool(material.synthetic)}, body)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What the casebook says of one study, as JSON; its reply is about nothing.

    Attributes:
        iri: of the study, or of a thing that belongs to it.
    """

    iri: str

    async def run(self, reading: Reading) -> Reply:
        """Copy it out."""
        return Reply({}, _CASEBOOK.dump_json(excerpt(await reading.casebook(), self.iri)))


def read_excerpt(body: bytes) -> Casebook:
    """The casebook that an `Excerpt` replied with: of one study, or of none where the IRI belongs to none."""
    return _CASEBOOK.validate_json(body)


@dataclass(frozen=True, slots=True)
class Record:
    """One thing as it is in its list, as JSON; its reply is about the thing's `id`, and whether it is `synthetic`.

    Attributes:
        kind: `study`, `configuration` or `component`.
        name: as a casebook finds it.
    """

    kind: Literal["study", "configuration", "component"]
    name: str

    async def run(self, reading: Reading) -> Reply:
        """Find it; a name that nothing has is an UnknownName."""
        casebook = await reading.casebook()
        found: Any
        try:
            if self.kind == "study":
                found = study_record(casebook, casebook.find_study(self.name))
            elif self.kind == "configuration":
                found = configuration_record(casebook, casebook.find_configuration(self.name))
            else:
                found = component_record(casebook, casebook.find_component(self.name))
        except InputError as error:
            raise UnknownName(*error.problems) from error
        study = casebook.studies.get(found.id if self.kind == "study" else found.study.id)
        about = {"id": found.id, "synthetic": study is not None and study.synthetic}
        return Reply(about, TypeAdapter(type(found)).dump_json(found))


def prepare() -> None:
    """Make now what every analyst needs."""
    for id in INQUIRIES:
        _adapter(id)


_CASEBOOK = TypeAdapter(Casebook)


@cache
def _adapter(inquiry: str) -> TypeAdapter[list[Any]]:
    items: Any = GenericAlias(list, INQUIRIES[inquiry].item)
    return TypeAdapter(items)


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
