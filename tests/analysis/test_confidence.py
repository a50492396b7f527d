"""GRADE-CERQual of findings: by hand from the demonstration's confidence.csv."""

from __future__ import annotations

from collections import Counter

import pytest

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.confidence import ConfidenceParameters, Finding, assess_findings
from cmograph.errors import InputError

DEMONSTRATION = "synthetic-demonstration"


def ids(found: list[Finding]) -> list[str]:
    return [one.finding.id.rpartition("/")[2] for one in found]


def test_the_rated_findings_and_their_levels(casebook: Casebook) -> None:
    """confidence.csv has 12 rows: high C01 C12; moderate C02 C03 C05 C10 C20 C32; low C15 C26; very low C35 C40."""
    found = assess_findings(casebook, ConfidenceParameters(study=(DEMONSTRATION,)))
    assert " ".join(ids(found)) == "C01 C02 C03 C05 C10 C12 C15 C20 C26 C32 C35 C40"
    levels = Counter(one.overall.label for one in found if one.overall)
    assert levels == {
        "high confidence": 2,
        "moderate confidence": 6,
        "low confidence": 2,
        "very low confidence": 2,
    }


def test_one_finding_whole(casebook: Casebook) -> None:
    """C05,minor,moderate,minor,no,moderate, Reviewer B, 2026-11-20; configurations.csv has evidence for and against."""
    (one,) = assess_findings(casebook, ConfidenceParameters(configuration=(f"{DEMONSTRATION}/C05",)))
    concerns = (one.methodological_limitations, one.coherence, one.adequacy, one.relevance)
    assert [concern.label for concern in concerns if concern] == [
        "minor concerns",
        "moderate concerns",
        "minor concerns",
        "no concerns",
    ]
    assert one.rationale == "Synthetic rating: evidence against it is not yet explained."
    assert (one.assessor, one.date) == ("Reviewer B (synthetic)", "2026-11-20")
    assert one.contested and one.supports.people and not one.supports.exact
    assert one.statement.startswith("If a mother who holds that good mothers cope")


def test_a_level_narrows(casebook: Casebook) -> None:
    for name in ("very low", "very low confidence", "VeryLowConfidence"):
        assert ids(assess_findings(casebook, ConfidenceParameters(study=(DEMONSTRATION,), overall=name))) == [
            "C35",
            "C40",
        ]


def test_what_nobody_rated(casebook: Casebook) -> None:
    """The other 28 of 40."""
    found = assess_findings(casebook, ConfidenceParameters(study=(DEMONSTRATION,), unrated=True))
    assert len(found) == 28 and "C04" in ids(found) and "C05" not in ids(found)
    assert all(one.overall is one.coherence is None and one.rationale == "" for one in found)


@pytest.mark.parametrize(
    "name", [DEMONSTRATION, "https://w3id.org/cmograph/id/study/synthetic-demonstration"]
)
def test_a_study_has_no_rating(casebook: Casebook, name: str) -> None:
    with pytest.raises(InputError, match="of a finding, never of a study") as refused:
        assess_findings(casebook, ConfidenceParameters(configuration=(name,)))
    assert "10.1186/s12874-019-0728-6" in str(refused.value)
    assert "10.1186/s12961-023-00999-3" in str(refused.value)


def test_what_contradicts_itself_is_refused(casebook: Casebook) -> None:
    with pytest.raises(InputError, match="nobody rated has no level"):
        assess_findings(casebook, ConfidenceParameters(overall="high", unrated=True))
    with pytest.raises(InputError, match="no configuration 'C99'"):
        assess_findings(casebook, ConfidenceParameters(configuration=("C99",)))


def test_the_restricted_edition_counts_exactly(restricted_casebook: Casebook) -> None:
    (one,) = assess_findings(
        restricted_casebook, ConfidenceParameters(configuration=(f"{DEMONSTRATION}/C05",))
    )
    assert one.supports.exact
