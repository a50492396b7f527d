"""References hold a DOI as its registry knows it, names as names, and what they hold can be read back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from cmograph.analysis.reading import Reading
from cmograph.citation import citation_cff, datacite
from cmograph.engine import open_backend
from cmograph.exports import export_named
from cmograph.exports.material import Material

DOI = "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968_x>3.0.CO;2-2"
IRI = "https://doi.org/10.1002/(SICI)1097-0258(19980815/30)17:15/16%3C1661::AID-SIM968_x%3E3.0.CO;2-2"
CREATORS = ("Centre for Health and Social Care", "Carberry, Josiah", "Anderson and Brand")
TITLE = "What works { a review of @misc{reviews,"


@pytest.fixture(scope="module")
def made(demonstration: Path) -> dict[str, str]:
    """A study of several hands, whose publication's DOI holds what no IRI may, in each format."""
    with open_backend(demonstration) as backend:
        casebook = backend.run((reading := Reading(backend.backend)).casebook())
        study = replace(casebook.find_study("mcleish-2024"), doi=IRI, creators=CREATORS, title=TITLE)
        material = Material(reading, replace(casebook, studies={study.id: study}), (study,))
        files = {
            format: backend.run(export_named(format).make(material)).decode()
            for format in ("ris", "bibtex", "eppi")
        }
    files["datacite"] = json.dumps(datacite(study, casebook.snapshot))
    files["cff"] = citation_cff(study, casebook.snapshot)
    return files


def test_a_doi_is_given_as_it_is_registered(made: dict[str, str]) -> None:
    assert f"DO  - {DOI}" in made["ris"].splitlines()
    assert f"UR  - {IRI}" in made["ris"].splitlines()
    assert json.loads(made["eppi"])["References"][0]["DOI"] == DOI
    related = json.loads(made["datacite"])["relatedIdentifiers"][0]
    assert (related["relatedIdentifierType"], related["relatedIdentifier"]) == ("DOI", DOI)
    assert f"  doi = {{{DOI}}},\n" in made["bibtex"]
    (reference,) = yaml.safe_load(made["cff"])["references"]
    assert "doi" not in reference and reference["url"] == IRI, "the schema has no DOI with angle brackets"


def test_whose_name_holds_and_is_one_author(made: dict[str, str]) -> None:
    """BibTeX parts authors at every `and` that is in no braces."""
    expected = "{Centre for Health and Social Care} and Carberry, Josiah and {Anderson and Brand}"
    assert f"  author = {{{expected}}},\n" in made["bibtex"]


def test_a_brace_in_a_title_ends_no_entry(made: dict[str, str]) -> None:
    """BibTeX counts them, also after a backslash: one too many would take the next entry in."""
    assert made["bibtex"].count("{") == made["bibtex"].count("}")
    library = pytest.importorskip("bibtexparser", reason="it is not installed: pip install -e '.[dev]'")
    (entry,) = library.loads(made["bibtex"]).entries
    assert entry["url"] == IRI and "What works \\textbraceleft{} a review" in entry["title"]
