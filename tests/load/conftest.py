"""The questions of the tests of the API serve here too."""

from __future__ import annotations

from tests.api.conftest import queries

__all__ = ["queries"]
