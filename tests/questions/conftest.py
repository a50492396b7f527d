"""A library of one question that uses every type of parameter, and a backend that can answer it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cmograph.engine import LocalBackend, open_backend
from cmograph.questions import Library
from tests.engine.small import publish
from tests.questions.samples import CONFIGURATIONS, PLAIN


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("queries")
    (folder / "cq-01-configurations.rq").write_text(CONFIGURATIONS, encoding="utf-8")
    (folder / "cq-02-plain.rq").write_text(PLAIN, encoding="utf-8")
    return Library.load(folder)


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBackend]:
    with open_backend(publish(tmp_path_factory.mktemp("store"))) as opened:
        yield opened
