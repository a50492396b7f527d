"""A build's memory does not grow with the number of sources: they pass by one at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.build_throughput import measure_build
from tests.benchmarks.generate_study import Size, generate_study


@pytest.mark.slow
def test_three_times_the_sources_take_hardly_more_memory(tmp_path: Path) -> None:
    peaks = [
        measure_build(
            generate_study(tmp_path / f"study-{count}", Size(count, 30, configurations=40)),
            tmp_path / "store",
        ).peak
        for count in (200, 600)
    ]
    assert peaks[1] < 1.25 * peaks[0], peaks
