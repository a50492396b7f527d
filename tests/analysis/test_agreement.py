"""What SPARQL can say, the questions of the library say; and what they and the inquiries both say is the same.

Which question belongs to which inquiry, and what it leaves to it, is in `queries/README.md`. The facts that a pair shares
are compared on all bundled studies together, on the demonstration, and on the published change model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cmograph import resources
from cmograph.analysis.inquiries import INQUIRIES
from cmograph.engine import open_backend
from tests.analysis import agreements_across
from tests.analysis.agreements import AGREEMENTS, ALL_STUDIES, INTERVIEWS, LIBRARY, Both

assert agreements_across.__doc__  # it adds its pairs to those of `agreements`

DEMONSTRATION = "synthetic-demonstration"
STUDIES = ("", DEMONSTRATION, "mcleish-2024")


def _cases() -> Iterator[tuple[str, str, str]]:
    for pair in AGREEMENTS:
        for study in ("",) if pair in ALL_STUDIES else (DEMONSTRATION,) if pair in INTERVIEWS else STUDIES:
            yield (*pair, study)


@pytest.fixture(scope="module")
def editions(demonstration: Path) -> Iterator[dict[str, Both]]:
    with open_backend(demonstration, "open") as shown, open_backend(demonstration, "restricted") as whole:
        yield {"open": Both(shown), "restricted": Both(whole)}


@pytest.mark.parametrize(("inquiry", "question", "study"), list(_cases()))
def test_an_inquiry_and_its_question_say_the_same(
    inquiry: str, question: str, study: str, editions: dict[str, Both]
) -> None:
    both = editions["restricted" if (inquiry, question) in INTERVIEWS else "open"]
    found, told = AGREEMENTS[inquiry, question](both.about(study))
    assert found == told
    assert found or study in STUDIES[1:], "a pair that says nothing agrees on nothing"


def test_the_table_of_inquiries_and_questions_is_whole() -> None:
    """Every inquiry is in it, with questions that exist and are held to say the same, or with the reason for none."""
    index = (resources.QUERIES / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*?) \| (.*?) \|$", index, re.MULTILINE)
    assert [inquiry for inquiry, _, _ in rows] == list(INQUIRIES)
    pairs = {
        (inquiry, question) for inquiry, said, _ in rows for question in re.findall(r"`([a-z-]+)`", said)
    }
    assert pairs == AGREEMENTS.keys()
    assert {question for _, question in pairs} <= set(LIBRARY)
    assert all(left for _, _, left in rows)
