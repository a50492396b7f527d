"""What is read of a backend: the casebook of its release, kept until that changes, and rows of further queries."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.edition import read_casebook, rows_of
from cmograph.analysis.queries import PREFIXES
from cmograph.engine.backend import Backend
from cmograph.engine.formats import CSV
from cmograph.engine.guard import check
from cmograph.errors import Problem, StoreError

__all__ = ["Reading"]


class Reading:
    """What is read of a backend: the casebook of the release it answers from, kept until that changes."""

    def __init__(self, backend: Backend, casebook: Casebook | None = None) -> None:
        """Nothing is read yet, but perhaps the casebook."""
        self.backend = backend
        self._casebook = casebook
        self._turn = asyncio.Lock()

    async def casebook(self) -> Casebook:
        """The casebook of the current release.

        Raises:
            QueryError: see `Backend.query`.
            StoreError: releases follow each other faster than one can be read.
        """
        async with self._turn:  # whoever else asks waits for the same
            if self._casebook is None or self._casebook.snapshot.tag != self.backend.snapshot.tag:
                self._casebook = await read_casebook(self.backend)
            return self._casebook

    async def rows(self, text: str, parts: Mapping[str, str] | None = None) -> list[list[str]]:
        """The rows of a SELECT over the release that the casebook is of, each cell as text; "" where there is nothing.

        Args:
            text: the query, without its prefixes, and `%(name)s` where a part goes.
            parts: pieces of SPARQL that we wrote; what a user gave is in them as `str(NamedNode(…))` alone.

        Raises:
            QueryError: see `Backend.query`.
            StoreError: a newer release is served meanwhile.
        """
        expected = (await self.casebook()).snapshot.tag
        answer = await self.backend.query(check(PREFIXES + (text % (parts or {}))), CSV)
        if answer.snapshot.tag != expected:
            raise StoreError(Problem("The release changed while it was read.", "Ask again."))
        return rows_of(answer.body)
