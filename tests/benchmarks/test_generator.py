"""The generator's studies: the same for the same seed, valid REFI-QDA, and as big as asked for."""

from __future__ import annotations

import zipfile
from pathlib import Path

from lxml import etree

from tests.benchmarks.generate_study import Size, generate_study
from tests.samples import needs_samples, sample


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(tmp_path: Path) -> None:
    one = files(generate_study(tmp_path / "one", Size(3, 4)))
    assert one == files(generate_study(tmp_path / "two", Size(3, 4)))
    assert (
        one["interviews.qdpx"]
        != files(generate_study(tmp_path / "three", Size(3, 4), seed=2))["interviews.qdpx"]
    )


def test_it_says_that_it_is_synthetic(tmp_path: Path) -> None:
    assert "synthetic = true" in (generate_study(tmp_path / "one", Size(1, 1)) / "study.toml").read_text()


@needs_samples
def test_the_project_is_valid_against_the_schema(tmp_path: Path) -> None:
    folder = generate_study(tmp_path / "one", Size(7, 5))
    with zipfile.ZipFile(folder / "interviews.qdpx") as archive:
        project = etree.fromstring(archive.read("project.qde"))
        names = {name for name in archive.namelist() if name.startswith("sources/")}
    schema = etree.XMLSchema(etree.parse(sample("refi-qda/Project.xsd")))
    assert schema.validate(project), schema.error_log
    assert len(names) == 7
    assert len(project.findall(".//{*}PlainTextSelection")) == 35
