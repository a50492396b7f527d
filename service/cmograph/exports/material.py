"""What an export is made of: some studies of one edition."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.reading import Reading
from cmograph.analysis.things import Component, Configuration, Study
from cmograph.errors import InputError, Problem, QueryRefused, UnknownName

__all__ = ["Export", "Material", "gather"]

SYNTHETIC = "Synthetic: nobody said any of it; invented to show what cmograph does."


@dataclass(frozen=True, slots=True)
class Material:
    """Some studies, and where more can be read of them.

    Attributes:
        reading: of the edition.
        casebook: what the edition says.
        studies: those that are exported, in order.
    """

    reading: Reading
    casebook: Casebook
    studies: tuple[Study, ...]

    @property
    def configurations(self) -> list[Configuration]:
        """The studies' configurations, in order."""
        return [one for study in self.studies for one in self.casebook.by_study.get(study.id, ())]

    @property
    def components(self) -> list[Component]:
        """The studies' components, in order."""
        wanted = {study.id for study in self.studies}
        return [one for one in self.casebook.components.values() if one.study in wanted]

    @property
    def synthetic(self) -> str:
        """A sentence where one of the studies is synthetic, else ""."""
        return SYNTHETIC if any(study.synthetic for study in self.studies) else ""

    def bound(self) -> dict[str, str]:
        """The studies as a part of a query: `%(studies)s`."""
        return {"studies": f"VALUES ?study {{ {' '.join(str(NamedNode(one.id)) for one in self.studies)} }}"}

    def only_study(self, format: str) -> Study:
        """The one study, for formats that hold one; raises InputError where there are several or none."""
        if len(self.studies) == 1:
            return self.studies[0]
        names = ", ".join(study.name for study in self.studies[:8]) or "none"
        raise InputError(Problem(f"The format {format} holds one study.", f"Name it; there is {names}."))


@dataclass(frozen=True, slots=True)
class Export:
    """A format that studies can be had in.

    Attributes:
        id: its name on the command line and in the URL.
        title: what it is, in a few words.
        description: one sentence: what it holds, and which tools take it.
        media_type: of the HTTP response.
        extension: of the file, without a dot.
        make: makes the whole file.
        edition: the edition that holds what it needs.
        one_study: it holds one study, which must be named where there are several.
    """

    id: str
    title: str
    description: str
    media_type: str
    extension: str
    make: Callable[[Material], Coroutine[Any, Any, bytes]]
    edition: str = "open"
    one_study: bool = False


async def gather(export: Export, reading: Reading, studies: Sequence[str]) -> Material:
    """What an export of these studies is made of; all studies where none is named.

    Raises:
        UnknownName: there is no such study; suggests the nearest.
        InputError: several studies have a name that is given, or the format holds one study and here are several.
        QueryRefused: the edition does not hold what the format needs.
        QueryError: see `Backend.query`.
    """
    if export.edition == "restricted" and reading.backend.snapshot.edition == "open":
        raise QueryRefused(
            Problem(
                f"The format {export.id} holds what only the restricted edition does.",
                "Ask with a token whose scope is restricted, or with --edition restricted where the store is.",
            )
        )
    casebook = await reading.casebook()
    named = dict.fromkeys(_study(casebook, name) for name in studies)
    material = Material(reading, casebook, tuple(casebook.studies[iri] for iri in named or casebook.studies))
    if export.one_study:
        material.only_study(export.id)
    return material


def _study(casebook: Casebook, name: str) -> str:
    try:
        return casebook.find_study(name).id
    except InputError as error:
        if casebook.is_study(name):
            raise  # several have this name: what to do is say which
        raise UnknownName(*error.problems) from None
