"""A participant withdraws: the next release is made without their words, and still says that they were coded."""

from __future__ import annotations

from pathlib import Path

from cmograph.build import build
from cmograph.study import write_template

from .studies import select

_WITHDRAWN = "Interview 1 (synthetic)"


def test_a_withdrawn_source_is_built_without_its_words(tmp_path: Path) -> None:
    folder, store = tmp_path / "study", tmp_path / "store"
    write_template(folder)
    settings = folder / "study.toml"
    text = settings.read_text(encoding="utf-8")
    assert "withdrawn = []" in text
    settings.write_text(text.replace("withdrawn = []", f'withdrawn = ["{_WITHDRAWN}"]'), encoding="utf-8")
    build([folder], store)
    codings = "?coding realist:inSource ?source . ?source dcterms:title ?title"
    words = (
        f"SELECT DISTINCT ?title WHERE {{ {codings} . ?coding oa:hasTarget/oa:hasSelector/oa:exact ?words }}"
    )
    tombstones = (
        f"SELECT DISTINCT ?title WHERE {{ {codings} ; a realist:Source . "
        "?coding realist:disclosureClass realist:WithdrawnQuotation }"
    )
    assert select(store, "restricted", words) == [("Interview 2 (synthetic)",)]
    assert select(store, "restricted", tombstones) == [(_WITHDRAWN,)]
