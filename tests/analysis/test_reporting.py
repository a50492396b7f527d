"""The reporting standard, filled from the graph: by hand for the demonstration and for a publication's abstract."""

from __future__ import annotations

from pathlib import Path

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.edition import read_casebook
from cmograph.analysis.reporting import ReportingParameters, ReportItem, report
from cmograph.build import build
from cmograph.engine import open_backend
from cmograph.study import write_template


def items(casebook: Casebook, study: str) -> dict[int | str, ReportItem]:
    found = report(casebook, ReportingParameters(study=(study,)))
    return {one.number or one.item: one for one in found}


def test_the_demonstration_has_theories_findings_and_people(casebook: Casebook) -> None:
    """Its theories.csv has one initial and two refined theories, of which T2 and T3 say why; C40 has no evidence."""
    found = items(casebook, "synthetic-demonstration")
    assert list(found)[:9] == list(range(1, 10)) and len(found) == 16
    assert found[4].status == "present" and found[4].filled.startswith("Peers help by being alike")
    assert found["Who took part"].filled == "20 mother, 9 staff, 27 volunteer"
    assert found["Key findings, as configurations"].status == "partly" and found[
        "Key findings, as configurations"
    ].remedy.endswith("for C40.")
    assert found["Analysis, and how theory was refined"].status == "present"
    assert found["Conclusions, and the refined theory"].status == "present"
    assert found[6].status == found["Recruiting and sampling"].status == "to write"


def test_an_abstract_lacks_what_an_abstract_lacks(casebook: Casebook) -> None:
    found = items(casebook, "mcleish-2024")
    assert found[1].status == "present"  # it calls itself realist
    assert found[4].status == "missing" and "theories.csv" in found[4].remedy
    assert found[8].filled == "England"
    assert found["Key findings, as configurations"].status == "present"


def test_what_is_neither_good_nor_bad_is_not_called_good(casebook: Casebook) -> None:
    """T4 of the take-up study is mixed by its analysts' own call; T5 and T6 are negative."""
    found = items(casebook, "mcleish-2026-take-up")["Key findings, as configurations"]
    assert found.filled == "6 configurations: 3 beneficial, 2 harmful, 1 mixed, each with evidence."


def test_interviews_are_coded_also_where_their_number_is_withheld(tmp_path: Path) -> None:
    """Of a new study, whose two interviews are too few to count in the open edition."""
    write_template(tmp_path / "study")
    build([tmp_path / "study"], tmp_path / "store")
    for edition in ("open", "restricted"):
        with open_backend(tmp_path / "store", edition) as backend:
            found = items(backend.run(read_casebook(backend.backend)), "my-study")
        collecting = found["Collecting and documenting data"]
        assert (collecting.status, collecting.filled) == ("partly", "Interviews, coded")


def test_only_what_is_missing_can_be_listed(casebook: Casebook) -> None:
    found = report(casebook, ReportingParameters(study=("mcleish-2024",), missing=True))
    assert found and {one.status for one in found} <= {"partly", "missing"}
    assert all(one.remedy for one in found)
