"""The demonstration's casebooks, and readings of its editions: read once a session, and never changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.inquiries import INQUIRIES
from cmograph.analysis.inquiry import Findings, inquire
from cmograph.analysis.reading import Reading
from cmograph.engine import LocalBackend, open_backend


class Asking:
    """Asks inquiries of one edition: `ask("support", study="…")`."""

    def __init__(self, backend: LocalBackend) -> None:
        self._backend = backend
        self._reading = Reading(backend.backend)

    def __call__(
        self, id: str, values: Mapping[str, str | Sequence[str]] | None = None, /, **given: Any
    ) -> Findings:
        return self._backend.run(inquire(INQUIRIES[id], self._reading, {**(values or {}), **given}))

    def casebook(self) -> Casebook:
        return self._backend.run(self._reading.casebook())


@pytest.fixture(scope="session")
def casebook(ask_open: Asking) -> Casebook:
    """What the open edition of the bundled studies says."""
    return ask_open.casebook()


@pytest.fixture(scope="session")
def restricted_casebook(ask_restricted: Asking) -> Casebook:
    """What the restricted edition of the bundled studies says."""
    return ask_restricted.casebook()


@pytest.fixture(scope="session")
def ask_open(demonstration: Path) -> Iterator[Asking]:
    """Asks an inquiry by its id of the open edition: `ask_open("support", study="…")`."""
    yield from _asking(demonstration, "open")


@pytest.fixture(scope="session")
def ask_restricted(demonstration: Path) -> Iterator[Asking]:
    """Asks an inquiry by its id of the restricted edition."""
    yield from _asking(demonstration, "restricted")


def _asking(store: Path, edition: str) -> Iterator[Asking]:
    with open_backend(store, edition) as backend:
        yield Asking(backend)
