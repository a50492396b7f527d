"""How a study is cited, whatever it says of itself: what a schema asks for is there, what is no date is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from cmograph.citation import citation_cff, datacite
from cmograph.engine.editions import Snapshot
from tests.analysis.books import study

SNAPSHOT = Snapshot(None, "0001", "open", "0" * 12)


@pytest.mark.parametrize("issued", ["2024", "2024-13-99", "soon", ""])
def test_what_is_no_date_is_left_out(issued: str) -> None:
    one = replace(study(), issued=issued)
    assert "date-released" not in yaml.safe_load(citation_cff(one, SNAPSHOT))
    metadata = datacite(one, SNAPSHOT)
    assert "dates" not in metadata and isinstance(metadata["publicationYear"], int)


def test_a_licence_that_is_no_address_is_none() -> None:
    one = replace(study(), licence="javascript:alert(1)")
    assert "rightsList" not in datacite(one, SNAPSHOT)
    assert "javascript" not in citation_cff(one, SNAPSHOT)


@example("\x85", ["\u2028"])  # line breaks to YAML 1.1, which would be folded to spaces
@given(st.text(min_size=1, max_size=80), st.lists(st.text(min_size=1, max_size=20), max_size=3))
def test_a_citation_is_yaml_whatever_a_title_holds(title: str, creators: list[str]) -> None:
    one = replace(study(), title=title, creators=tuple(creators), synthetic=True)
    content = yaml.safe_load(citation_cff(one, SNAPSHOT))
    assert content["title"] == title and "Synthetic" in content["abstract"]
    assert [author["name"] for author in content["authors"]] == (creators or ["Unknown"])
    assert datacite(one, SNAPSHOT)["titles"] == [{"title": title}]
