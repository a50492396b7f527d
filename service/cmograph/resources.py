"""Where the ontology, the questions and the bundled studies are, in a checkout and in a wheel."""

from __future__ import annotations

from pathlib import Path

__all__ = ["DATA", "ONTOLOGY", "QUERIES"]

_PACKAGE = Path(__file__).parent
_BUNDLED = _PACKAGE / "bundled"
_ROOT = _BUNDLED if _BUNDLED.is_dir() else _PACKAGE.parent.parent

ONTOLOGY: Path = _ROOT / "ontology"
"""The ontology's modules, shapes, checks and mappings."""

QUERIES: Path = _ROOT / "queries"
"""The questions, one `.rq` file each."""

DATA: Path = _ROOT / "data"
"""The studies that come with cmograph, one folder each."""
