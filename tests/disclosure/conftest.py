"""The demonstration as it is seen from outside, served once for all tests of what may be seen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.disclosure.outside import Names, Outside
from tests.disclosure.sides import (
    DEMONSTRATION,
    Side,
    copied,
    made_up_names,
    opened,
    seen_from_outside,
    transcripts,
)


@pytest.fixture(scope="package")
def side(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Side]:
    """The demonstration, served from a copy that nothing else rests on."""
    with seen_from_outside(demonstration, tmp_path_factory.mktemp("leaks"), transcripts()) as seen:
        yield seen


@pytest.fixture(scope="package")
def bare(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """The same open edition, the same manifest; but there is nothing restricted, anywhere."""

    def forget(release: Path) -> None:
        shutil.rmtree(release / "restricted")
        shutil.copytree(release / "open", release / "restricted")

    with opened(copied(demonstration, tmp_path_factory.mktemp("bare"), forget)) as outside:
        yield outside


@pytest.fixture(scope="package")
def names(side: Side) -> list[tuple[Names, Names]]:
    """Things that are withheld, each beside a made-up one."""
    return made_up_names(side.withheld, DEMONSTRATION)
