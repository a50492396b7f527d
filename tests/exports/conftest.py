"""Exports of the demonstration, each made once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.edition import read_casebook
from cmograph.analysis.reading import Reading
from cmograph.engine import open_backend
from cmograph.exports import export_named, write_export

Exporting = Callable[..., bytes]
DEMONSTRATION = "synthetic-demonstration"


@pytest.fixture(scope="session")
def export_open(demonstration: Path) -> Iterator[Exporting]:
    """`export_open("csv", "mcleish-2024")`: the open edition's file."""
    yield from _exporting(demonstration, "open")


@pytest.fixture(scope="session")
def export_restricted(demonstration: Path) -> Iterator[Exporting]:
    """The restricted edition's file."""
    yield from _exporting(demonstration, "restricted")


@pytest.fixture(scope="session")
def casebook(demonstration: Path) -> Casebook:
    """What the open edition says."""
    with open_backend(demonstration) as backend:
        return backend.run(read_casebook(backend.backend))


def _exporting(store: Path, edition: str) -> Iterator[Exporting]:
    with open_backend(store, edition) as backend:
        reading = Reading(backend.backend)

        def export(format: str, *studies: str) -> bytes:
            body, _ = backend.run(write_export(export_named(format), reading, studies))
            return body

        yield export
