"""What answers queries: one protocol that every engine satisfies, embedded or remote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from cmograph.engine.editions import Snapshot
from cmograph.engine.formats import Format
from cmograph.engine.guard import Query
from cmograph.engine.spool import Spool

__all__ = ["Answer", "Backend"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; there is no such thing as half of one.

    Attributes:
        spool: the answer, serialised.
        format: the format it is in.
        form: the form of the query: `SELECT`, `ASK`, `CONSTRUCT` or `DESCRIBE`.
        snapshot: the data that it was answered from.
    """

    spool: Spool
    format: Format
    form: str
    snapshot: Snapshot

    @property
    def body(self) -> bytes:
        """The answer, serialised, in memory."""
        return self.spool.read()


class Backend(Protocol):
    """Answers queries over one edition of the data."""

    @property
    def snapshot(self) -> Snapshot:
        """The data that a query sent now is answered from."""

    async def query(self, query: Query, format: Format | None = None, timeout: float | None = None) -> Answer:
        """Answer a query.

        Args:
            query: what the guard let through.
            format: one of `formats_of(query.form)`; the first of them by default.
            timeout: seconds for waiting, planning, evaluating and serialising; the backend's own by default,
                and never more than it allows.

        Raises:
            QuerySyntaxError: it is not SPARQL.
            QueryTimeout: the deadline passed; whatever ran was killed.
            QueryTooLarge: it needed too much memory, or its answer is longer than the backend hands out.
            QueryError: the engine could not evaluate it.
            StoreError: there is nothing to answer from.
        """

    async def close(self) -> None:
        """Let what runs end, then let everything go."""
