"""What interviews add: worked out by hand, and against the question of the library that counts codes likewise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmograph.analysis.interviews import Interview, natural
from cmograph.analysis.saturation import SaturationParameters, find_additions
from cmograph.errors import InputError
from tests.analysis.books import book
from tests.analysis.conftest import Asking

DEMONSTRATION = "synthetic-demonstration"
MOTHER, VOLUNTEER = "https://example.org/role/mother", "https://example.org/role/volunteer"


def interview(title: str, codes: str, month: str = "", role: str = MOTHER) -> Interview:
    """An interview whose codes and components are letters, of which capitals are configurations too."""
    return Interview(
        f"https://example.org/{title}",
        title,
        (role,),
        (),
        {"month": month} if month else {},
        frozenset(codes),
        frozenset(codes.lower()),
        frozenset(code for code in codes if code.isupper()),
    )


THREE = [interview("M10", "abC", "2"), interview("M2", "ab", "11"), interview("M1", "a", role=VOLUNTEER)]


def test_each_adds_what_none_before_it_has() -> None:
    """In natural order: M1 has a; M2 adds b; M10 adds C, its component c, and its configuration."""
    found = find_additions(book([]), THREE, SaturationParameters(last=2))
    assert [
        (one.interview.label, one.new_codes, one.new_components, one.new_configurations, one.all_codes)
        for one in found
    ] == [("M1", 1, 1, 0, 1), ("M2", 1, 1, 0, 2), ("M10", 1, 1, 1, 3)]
    assert [one.recent for one in found] == [1, 2, 2] and not any(one.recent_without for one in found)


def test_another_order_adds_otherwise() -> None:
    """By month: M10 (2) has everything, M2 (11) and M1 (of none) add nothing."""
    found = find_additions(book([]), THREE, SaturationParameters(order="month", last=2))
    assert [(one.interview.label, one.value, one.nothing_new, one.recent_without) for one in found] == [
        ("M10", "2", False, 0),
        ("M2", "11", True, 1),
        ("M1", "", True, 2),
    ]
    (only,) = find_additions(book([]), THREE, SaturationParameters(role="volunteer"))
    assert only.interview.label == "M1"


@pytest.mark.parametrize(
    ("asked", "says"),
    [({"order": "mont"}, "month"), ({"role": "mothr"}, "mother"), ({"order": "x"}, "There is")],
)
def test_what_nobody_has_is_refused(asked: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        find_additions(book([]), THREE, SaturationParameters.model_validate(asked))


def test_numbers_in_names_count() -> None:
    assert sorted(["M10", "m2", "V1", "M1b", "M1"], key=natural) == ["M1", "M1b", "m2", "M10", "V1"]


def test_in_the_demonstration(ask_restricted: Asking) -> None:
    """participants.csv has 56 rows: M01 to M19 and so on. The first interview adds all that it has; what all add is
    what the last one's total says."""
    found = ask_restricted("saturation", study=DEMONSTRATION).items
    assert len(found) == 56 and found[0].interview.label.startswith("M01")
    assert found[0].new_codes == found[0].codes == found[0].all_codes > 0
    assert sum(one.new_configurations for one in found) == found[-1].all_configurations <= 40
    assert [ref.label for ref in found[0].roles] == ["mother"]


def test_it_needs_to_know_which_study(ask_restricted: Asking) -> None:
    with pytest.raises(InputError, match="one study at a time"):
        ask_restricted("saturation")
    with pytest.raises(InputError, match="has no interviews"):
        ask_restricted("saturation", study="mcleish-2024")


@given(st.lists(st.text("abcDEF", max_size=4), max_size=8), st.integers(1, 4))
def test_what_is_new_adds_up(codes: list[str], last: int) -> None:
    interviews = [interview(f"M{place}", text) for place, text in enumerate(codes)]
    found = find_additions(book([]), interviews, SaturationParameters(last=last))
    seen: set[str] = set()
    for one, text in zip(found, codes, strict=True):
        assert one.new_codes == len(set(text) - seen)
        seen |= set(text)
        assert one.all_codes == len(seen)
    for place, one in enumerate(found):
        window = found[max(0, place + 1 - last) : place + 1]
        assert (one.recent, one.recent_without) == (len(window), sum(other.nothing_new for other in window))
    assert find_additions(book([]), interviews[::-1], SaturationParameters(last=last)) == found
