"""Study folders for the tests of the build, and ways to look at what came out."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from pyoxigraph import Quad, QuerySolutions, Store

from cmograph.release import Release, current, open_store, write_nquads
from tests.benchmarks.generate_study import Size, generate_study

__all__ = ["edit_row", "make_study", "nquads", "quads", "select", "served"]


def make_study(folder: Path, name: str = "one", seed: int = 1, sources: int = 9, codings: int = 6) -> Path:
    """A small synthetic study."""
    return generate_study(folder / name, Size(sources, codings, codes=4, configurations=5), seed, name)


def edit_row(table: Path, row: int, values: Mapping[str, str]) -> None:
    """Changes columns of a table's row; the header is row 1."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[row - 2].update(values)
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def served(store: Path) -> Release:
    """The release that is served."""
    release = current(open_store(store))
    assert release is not None
    return release


def quads(store: Path, edition: str = "restricted") -> set[Quad]:
    """All quads of an edition of the served release."""
    return set(Store.read_only(str(served(store).store(edition))))


def nquads(store: Path, edition: str = "restricted") -> bytes:
    """The served release as N-Quads."""
    out = BytesIO()
    write_nquads(open_store(store), served(store), edition, out)
    return out.getvalue()


def select(store: Path, edition: str, query: str) -> list[tuple[str, ...]]:
    """The rows of a SELECT query."""
    prefixes = """
      PREFIX realist: <https://w3id.org/cmograph/realist#> PREFIX oa: <http://www.w3.org/ns/oa#>
      PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dcterms: <http://purl.org/dc/terms/>
      PREFIX void: <http://rdfs.org/ns/void#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    """
    found = Store.read_only(str(served(store).store(edition))).query(prefixes + query)
    assert isinstance(found, QuerySolutions)
    return [tuple(getattr(value, "value", "") for value in row) for row in found]
