"""Files by other people that some tests read; they are never part of this project.

They lie in `shared/` beside the checkout, where whoever keeps the project puts them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

__all__ = ["SHARED", "needs_samples", "needs_vocabularies", "sample"]

SHARED = Path(__file__).resolve().parents[2] / "shared"

needs_samples = pytest.mark.skipif(
    not (SHARED / "samples").is_dir(), reason="needs shared/samples beside the checkout: real coded files"
)
needs_vocabularies = pytest.mark.skipif(
    not (SHARED / "vocabularies").is_dir(),
    reason="needs shared/vocabularies beside the checkout: BCIO, MFOEM, MF",
)


def sample(path: str) -> Path:
    """The path of a sample file, such as `taguette/interviews.sqlite3`."""
    return SHARED / "samples" / path
