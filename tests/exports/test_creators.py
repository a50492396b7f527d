"""People and licences in exports go by their names; what identifies them is an identifier, and no part of a name."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

from cmograph.analysis.reading import Reading
from cmograph.engine import open_backend
from cmograph.exports import export_named
from cmograph.exports.material import Material
from tests.exports.conftest import DEMONSTRATION

ORCID = "https://orcid.org/0000-0002-1825-0097"
"""ORCID's own example."""


def test_names_are_names_and_an_orcid_is_an_identifier(demonstration: Path) -> None:
    with open_backend(demonstration) as backend:
        casebook = backend.run((reading := Reading(backend.backend)).casebook())
        study = casebook.find_study(DEMONSTRATION)
        study = replace(study, creators=(f"Carberry, Josiah <{ORCID}>", "Another, Ann"))
        material = Material(reading, replace(casebook, studies={study.id: study}), (study,))
        made = {
            format: backend.run(export_named(format).make(material))
            for format in ("ris", "bibtex", "eppi", "ro-crate")
        }
    authors = [line for line in made["ris"].decode().splitlines() if line.startswith("AU")]
    assert authors == ["AU  - Carberry, Josiah", "AU  - Another, Ann"]
    assert "author = {Carberry, Josiah and Another, Ann}" in made["bibtex"].decode()
    (reference,) = json.loads(made["eppi"])["References"]
    assert reference["Authors"] == "Carberry, Josiah; Another, Ann;"
    with zipfile.ZipFile(io.BytesIO(made["ro-crate"])) as crate:
        graph = json.loads(crate.read("ro-crate-metadata.json"))["@graph"]
    people = {one["@id"]: one["name"] for one in graph if one["@type"] == "Person"}
    assert people == {ORCID: "Carberry, Josiah", "#person-Another%2C%20Ann": "Another, Ann"}
    (root,) = (one for one in graph if one["@id"] == "./")
    assert [one["@id"] for one in root["creator"]] == list(people)


def test_what_is_no_address_and_no_day_is_none_in_a_crate(demonstration: Path) -> None:
    """RO-Crate 1.1: an @id is a URI reference, and datePublished a day at least."""
    with open_backend(demonstration) as backend:
        casebook = backend.run((reading := Reading(backend.backend)).casebook())
        study = replace(casebook.find_study("mcleish-2024"), licence="Ask us, please", issued="June 2026")
        other = replace(casebook.find_study(DEMONSTRATION), issued="2026-11-20T10:00:00Z")
        book = replace(casebook, studies={study.id: study, other.id: other})
        crates = [
            backend.run(export_named("ro-crate").make(Material(reading, book, several)))
            for several in ((study,), (study, other))
        ]
    roots = []
    for crate in crates:
        with zipfile.ZipFile(io.BytesIO(crate)) as archive:
            graph = {one["@id"]: one for one in json.loads(archive.read("ro-crate-metadata.json"))["@graph"]}
        roots.append(graph["./"])
        assert graph["#licence-Ask%20us%2C%20please"]["name"] == "Ask us, please"
    assert roots[0]["license"] == [{"@id": "#licence-Ask%20us%2C%20please"}]
    assert [root["datePublished"] for root in roots] == ["1970-01-01", "2026-11-20"]
