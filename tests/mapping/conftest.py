"""The ontology, read once, and a study folder whose mappings a test may write."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cmograph import resources
from cmograph.ontology import Ontology, load_ontology

Mapped = Callable[..., Path]
"""Makes a study of this id with these rows in its table, and these files of vocabularies named."""
COLUMNS = "subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tobject_label\tmapping_justification\tauthor_label\n"


@pytest.fixture(scope="session")
def ontology() -> Ontology:
    return load_ontology()


@pytest.fixture
def mapped(tmp_path: Path) -> Mapped:
    """A copy of a small published study: `row` is subject, predicate, modifier, object, label; signed unless said."""

    def make(*rows: str, id: str = "thompson-2023", vocabularies: str = "", author: str = "A") -> Path:
        study = tmp_path / id
        shutil.copytree(resources.DATA / "thompson-2023", study)
        settings = (study / "study.toml").read_text(encoding="utf-8")
        files = 'configurations = "configurations.csv"\nmappings = "m.sssom.tsv"\n'
        files += f"vocabularies = {vocabularies}\n" if vocabularies else ""
        settings = settings.replace('configurations = "configurations.csv"\n', files)
        settings = settings.replace('id = "thompson-2023"', f'id = "{id}"')
        (study / "study.toml").write_text(settings, encoding="utf-8")
        lines = [f"{row}\tsemapv:ManualMappingCuration\t{author}\n" for row in rows]
        (study / "m.sssom.tsv").write_text(COLUMNS + "".join(lines), encoding="utf-8")
        return study

    return make
