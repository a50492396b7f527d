"""A store on trial: what a study would add, to be asked before anything is published."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import QuerySolutions, RdfFormat, Store

__all__ = ["open_trial"]

_IN_MEMORY = 32 << 20
"""Bytes of N-Triples up to which the store is in memory, at about four times their size."""


@contextmanager
def open_trial(files: Sequence[Path]) -> Iterator[Callable[[str], Iterator[dict[str, str]]]]:
    """Loads N-Triples into the default graph of a store that is gone afterwards; yields a way to ask it.

    A SELECT query gives rows of variable name to IRI or lexical form, unbound variables left out.
    """
    with TemporaryDirectory(dir=files[0].parent, prefix="building-trial-") as folder:
        store = Store() if sum(file.stat().st_size for file in files) <= _IN_MEMORY else Store(folder)

        def select(query: str) -> Iterator[dict[str, str]]:
            found = store.query(query)
            if not isinstance(found, QuerySolutions):
                raise ValueError("a check is a SELECT query")
            names = [variable.value for variable in found.variables]
            for row in found:
                yield {
                    name: getattr(value, "value", str(value))
                    for name, value in zip(names, row, strict=True)
                    if value is not None
                }

        for file in files:
            store.bulk_load(path=file, format=RdfFormat.N_TRIPLES)
        yield select
