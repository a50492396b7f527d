"""A backend in this very process: for one that may be killed as a whole, whatever it is doing."""

from __future__ import annotations

from cmograph.engine.backend import Answer
from cmograph.engine.editions import Snapshot
from cmograph.engine.formats import Format, formats_of
from cmograph.engine.guard import Query
from cmograph.engine.spool import Spool
from cmograph.engine.wire import request_of
from cmograph.engine.worker import evaluate, open_snapshot
from cmograph.errors import Problem, QueryError, QuerySyntaxError, StoreError

__all__ = ["DirectBackend"]


class DirectBackend:
    """Answers queries over one snapshot, each to its end: nobody but the operating system can stop one."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Opens it.

        Raises:
            StoreError: it cannot be opened.
        """
        self.snapshot = snapshot
        try:
            self._store = open_snapshot(None if snapshot.path is None else str(snapshot.path))
        except (OSError, RuntimeError) as error:
            raise StoreError(Problem(f"The store's release cannot be opened: {error}.")) from error

    async def query(self, query: Query, format: Format | None = None, timeout: float | None = None) -> Answer:  # noqa: ARG002 - nothing here could keep it
        """Answer a query; see `Backend.query`. It takes as long as it takes."""
        format = format or formats_of(query.form)[0]
        spool = Spool()
        try:
            evaluate(self._store, request_of(query, format.media_type), spool)
        except SyntaxError as error:
            raise QuerySyntaxError(Problem(f"The query is not valid SPARQL: {error}.")) from error
        except (OSError, RuntimeError, ValueError) as error:
            raise QueryError(Problem(f"The query cannot be answered: {error}.")) from error
        return Answer(spool, format, query.form, self.snapshot)

    async def close(self) -> None:
        """Nothing runs; what it opened goes with it."""
