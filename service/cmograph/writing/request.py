"""What the writing process is asked, and what it says when it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Request", "Written"]


@dataclass(frozen=True, slots=True)
class Request:
    """A change.

    Attributes:
        kind: an `update`, or what becomes of a graph: `put`, `merge` or `remove`.
        edition: the edition that it sees and is made over.
        graph: the graph's IRI; None for the default graph.
        base: the IRI against which relative ones are read.
        default_graphs: an update's using-graph-uri values.
        named_graphs: its using-named-graph-uri values.
        media_types: of the documents that follow; an update is one body without a type.
        bodies: how many bodies follow.
    """

    kind: Literal["update", "put", "merge", "remove"]
    edition: str
    graph: str | None = None
    base: str | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    media_types: tuple[str, ...] = ()
    bodies: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it.

    Attributes:
        release: the name of the release that it made; None where nothing changed.
        created: whether it made a graph that was not there.
    """

    release: str | None
    created: bool
