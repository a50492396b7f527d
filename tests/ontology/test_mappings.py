"""The mappings: valid SSSOM, and every target is there, with the label that we give it."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest
import yaml
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from cmograph import resources
from cmograph.ontology import Ontology
from cmograph.vocabulary import RDFS
from tests.samples import SHARED, needs_vocabularies

FILES = sorted(resources.ONTOLOGY.glob("mappings/*.sssom.tsv"))
OWL_FILES = {"bcio": "bcio.owl", "mfoem": "MFOEM.owl", "mf": "MF.owl"}
COLUMNS = {
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
}


def read(file: Path) -> tuple[dict[str, dict[str, str]], list[dict[str, str]]]:
    lines = file.read_text(encoding="utf-8").splitlines()
    header = yaml.safe_load("\n".join(line[1:] for line in lines if line.startswith("#")))
    return header, list(csv.DictReader((line for line in lines if line[0] != "#"), delimiter="\t"))


def labels(file: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for quad in parse(path=str(file), format=RdfFormat.RDF_XML):
        if quad.predicate.value == RDFS.label and isinstance(quad.subject, NamedNode):
            assert isinstance(quad.object, Literal)
            if quad.object.language in (None, "en"):
                found[quad.subject.value].add(quad.object.value)
    return found


def test_there_is_a_mapping_to_each_vocabulary() -> None:
    assert {file.name.partition(".")[0] for file in FILES} == set(OWL_FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_it_says_what_sssom_asks_for(file: Path, ontology: Ontology) -> None:
    """https://mapping-commons.github.io/sssom/MappingSet/ and …/Mapping/."""
    header, rows = read(file)
    assert {"mapping_set_id", "mapping_set_version", "license", "curie_map", "object_source"} <= set(header)
    assert rows
    for row in rows:
        assert set(row) >= COLUMNS
        term = ontology.terms[ontology.resolve(row["subject_id"])]
        assert row["subject_label"] == term.label, f"{term.curie}: its label is now {term.label!r}"
        assert row["predicate_id"] in {
            f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")
        }
        assert row["mapping_justification"] == "semapv:ManualMappingCuration"
        assert 0 < float(row["confidence"]) <= 1
    keys = [(row["subject_id"], row["predicate_id"], row["object_id"]) for row in rows]
    assert keys == sorted(set(keys)), f"{file.name}: sort the rows, and say each thing once"


@needs_vocabularies
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_target_is_there_with_its_label(file: Path) -> None:
    known = labels(SHARED / "vocabularies" / OWL_FILES[file.name.partition(".")[0]])
    header, rows = read(file)
    for row in rows:
        prefix, _, local = row["object_id"].partition(":")
        iri = header["curie_map"][prefix] + local
        assert row["object_label"] in known.get(iri, set()), (
            f"{file.name}: {iri} is labelled {known.get(iri) or 'nothing'} and not {row['object_label']!r}"
        )


def test_mappings_are_among_the_statements(ontology: Ontology) -> None:
    header, rows = read(FILES[0])
    matches = [triple for triple in ontology.triples if triple.predicate.value.endswith("Match")]
    assert len(matches) == sum(len(read(file)[1]) for file in FILES)
    assert header["curie_map"]["bcio"] + rows[-1]["object_id"].partition(":")[2]
