"""A store on trial: what a study would add, to be asked before anything is published."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from pyoxigraph import QuerySolutions, RdfFormat, Store

from .folder import scratch
from .parts import blocks

__all__ = ["Trial", "open_trial"]


class Trial:
    """A store that nobody else sees: everything is in its default graph, as it will be in an edition."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def load(self, file: Path) -> None:
        """Adds a file of N-Triples."""
        for block in blocks(file):
            self._store.bulk_load(block, RdfFormat.N_TRIPLES)

    @contextmanager
    def loading(self, file: Path) -> Iterator[None]:
        """Adds a file beside what is done within: Oxigraph frees the interpreter while it loads."""
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(self.load, file)
            yield
            done.result()

    def select(self, query: str) -> Iterator[dict[str, str]]:
        """Answers a SELECT query: rows of variable name to IRI or lexical form, unbound ones left out."""
        found = self._store.query(query)
        if not isinstance(found, QuerySolutions):
            raise ValueError("only a SELECT query has rows")
        names = [variable.value for variable in found.variables]
        for row in found:
            yield {
                name: getattr(value, "value", str(value))
                for name, value in zip(names, row, strict=True)
                if value is not None
            }

    def close(self) -> None:
        """Lets go of the store. RocksDB ends its work in the background with the last reference, and no sooner."""
        del self._store


@contextmanager
def open_trial(folder: Path) -> Iterator[Trial]:
    """A trial store on disk, so that memory does not grow with it, in a folder where it leaves nothing."""
    with scratch(folder, "trial-") as place:
        trial = Trial(Store(place))
        try:
            yield trial
        finally:
            trial.close()
