"""What mappings lead to: IRIs that cannot be are refused, those that nobody looked up are told of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmograph import resources
from cmograph.build import check
from cmograph.errors import InputError, StudyError
from cmograph.mapping.sssom import read_sssom
from cmograph.mapping.targets import KNOWN, check_form, check_targets, vocabulary_of
from cmograph.mapping.vocabularies import read_vocabulary
from cmograph.ontology import Ontology
from cmograph.study import read_study
from tests.mapping.conftest import Mapped
from tests.samples import SHARED, needs_vocabularies

OBO = "http://purl.obolibrary.org/obo/"
VOCABULARIES = SHARED / "vocabularies"
HOPE = f"{OBO}MFOEM_000177"
WORDS = """
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix obo: <http://purl.obolibrary.org/obo/> . @prefix oio: <http://www.geneontology.org/formats/oboInOwl#> .
<http://purl.obolibrary.org/obo/MFOEM.owl> a owl:Ontology .
obo:MFOEM_000177 a owl:Class ; rdfs:label "hope" ; oio:hasExactSynonym "hopefulness" .
obo:MFOEM_000178 a owl:Class ; rdfs:label "old hope" ; owl:deprecated true .
"""
"""Synthetic: two classes, in the form of the Emotion Ontology's file."""


@pytest.fixture
def words(tmp_path: Path) -> str:
    """The name of a vocabulary's file, for study.toml."""
    (tmp_path / "words.ttl").write_text(WORDS, encoding="utf-8")
    return json.dumps(["../words.ttl"])


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        ("http://humanbehaviourchange.org/ontology/BCIO_044009", "BCIO"),
        (HOPE, "MFOEM"),
        ("https://purl.obolibrary.org/obo/MFOEM_000224", "MFOEM"),  # its own file writes this one so
        (f"{OBO}MF_0000041", "MF"),
        (f"{OBO}GMHO_0000123", "GMHO"),
        ("https://galenos.org.uk/ontologies/GMHO_0000253", "GMHO"),  # as BCIO carries it
        (f"{OBO}DOID_1596", "DOID"),
        (f"{OBO}DOID_0060145", "DOID"),
        ("http://id.nlm.nih.gov/mesh/D003863", "MeSH"),
        ("http://id.nlm.nih.gov/mesh/D000066388", "MeSH"),
    ],
)
def test_what_can_be(iri: str, name: str) -> None:
    known = vocabulary_of(iri)
    assert known is not None and known.name == name and check_form(iri) is None


@pytest.mark.parametrize(
    "iri", [f"{OBO}GO_0098596", "http://addictovocab.org/ADDICTO_0001378", "https://example.org/z"]
)
def test_what_nobody_knows_the_form_of_can_be(iri: str) -> None:
    assert vocabulary_of(iri) is None and check_form(iri) is None


@pytest.mark.parametrize(
    ("iri", "name", "remedy"),
    [
        (f"{OBO}MFOEM_00177", "MFOEM", "Look it up"),  # a digit is missing
        (f"{OBO}MFOEM:000177", "MFOEM", f"Write {HOPE}"),
        (f"{OBO}mfoem_000177", "MFOEM", f"Write {HOPE}"),
        ("https://purl.obolibrary.org/obo/MFOEM_000177", "MFOEM", f"Write {HOPE}"),
        (f"{OBO}DOID:1596", "DOID", f"Write {OBO}DOID_1596"),
        (f"{OBO}BCIO_044009", "BCIO", "Write http://humanbehaviourchange.org/ontology/BCIO_044009"),
        (
            "https://humanbehaviourchange.org/ontology/BCIO_044009",
            "BCIO",
            "Write http://humanbehaviourchange.org/",
        ),
        ("http://humanbehaviourchange.org/ontology/044009", "BCIO", "Look it up"),
        ("http://humanbehaviourchange.org/ontology/active_listening", "BCIO", "Look it up"),
        (
            "http://galenos.org.uk/ontologies/GMHO_0000253",
            "GMHO",
            "Write https://galenos.org.uk/ontologies/GMHO_",
        ),
        ("http://id.nlm.nih.gov/mesh/d003863", "MeSH", "Write http://id.nlm.nih.gov/mesh/D003863"),
        ("https://id.nlm.nih.gov/mesh/D003863", "MeSH", "Write http://id.nlm.nih.gov/mesh/D003863"),
        ("http://id.nlm.nih.gov/mesh/Depression", "MeSH", "Look it up"),
        (f"{OBO}0000041", "OBO", "Write letters"),
        ("https://purl.obolibrary.org/obo/GO_0098596", "OBO", f"Write {OBO}GO_0098596"),
    ],
)
def test_what_cannot_be_is_refused_with_what_was_meant(iri: str, name: str, remedy: str) -> None:
    wrong = check_form(iri)
    assert wrong is not None
    assert iri in wrong[0] and name in wrong[0] and wrong[1].startswith(remedy)


@given(st.sampled_from(KNOWN), st.text("0123456789DMFbcio_:", min_size=1, max_size=12))
def test_a_remedy_is_an_iri_that_can_be(one: object, local: str) -> None:
    assert isinstance(one, type(KNOWN[0]))
    wrong = check_form(one.spaces[0] + local)
    if wrong is not None and wrong[1].startswith("Write http"):
        assert check_form(wrong[1].removeprefix("Write ")) is None


def test_a_target_that_cannot_be_is_named_by_its_row(mapped: Mapped, ontology: Ontology) -> None:
    study = mapped(
        "component:hopeful\tskos:closeMatch\t\tobo:MFOEM_000177\thope",
        "component:hopeful\tskos:closeMatch\t\tmesh:Hope\thope",
    )
    with pytest.raises(
        StudyError, match=r"^m\.sssom\.tsv, row 3: .*mesh/Hope cannot be of MeSH.*mesh/D003863"
    ):
        read_study(study, ontology)


def test_what_was_not_looked_up_is_told_with_the_way_to_look_it_up(mapped: Mapped) -> None:
    study = mapped(
        "component:hopeful\tskos:closeMatch\t\tobo:MFOEM_000177\thope",
        "component:hopeful\tskos:relatedMatch\t\tobo:DOID_1596\t",
        "component:hopeful\tskos:relatedMatch\t\tpps:Hope\t",
    )
    (prepared,) = check([study])
    told = [sentence for sentence in prepared.reports if sentence.startswith("warning:")]
    assert [("MFOEM (http" in one, "DOID (http" in one) for one in told] == [(True, False), (False, True)]
    assert "(rows 2 of" in told[0] and 'vocabularies = ["FILE.owl"]' in told[0] and "study.toml" in told[0]


def test_what_was_looked_up_is_not_told(mapped: Mapped, words: str) -> None:
    study = mapped("component:hopeful\tskos:closeMatch\t\tobo:MFOEM_000177\tHopefulness", vocabularies=words)
    (prepared,) = check([study])
    assert not [sentence for sentence in prepared.reports if "looked up" in sentence]


@pytest.mark.parametrize(
    ("target", "label", "says"),
    [
        ("MFOEM_000999", "hope", rf"There is no {OBO}MFOEM_000999 in words\.ttl\. 'hope' is {HOPE} there"),
        ("MFOEM_000999", "", r"There is no .* Look its number up there"),
        ("MFOEM_000177", "trust", r"is 'hope' in words\.ttl, not 'trust'"),
        ("MFOEM_000178", "old hope", r"words\.ttl no longer uses"),
    ],
)
def test_what_the_file_does_not_have_is_refused(
    target: str, label: str, says: str, mapped: Mapped, words: str, ontology: Ontology
) -> None:
    study = mapped(f"component:hopeful\tskos:closeMatch\t\tobo:{target}\t{label}", vocabularies=words)
    with pytest.raises(StudyError, match=rf"^m\.sssom\.tsv, row 2: .*{says}"):
        read_study(study, ontology)


def test_a_file_of_one_vocabulary_says_nothing_of_another(
    mapped: Mapped, words: str, ontology: Ontology
) -> None:
    study = mapped("component:hopeful\tskos:closeMatch\t\tobo:DOID_1596\t", vocabularies=words)
    (mapping,) = read_study(study, ontology).mappings
    assert mapping.found_in == ""


def test_a_vocabulary_that_is_not_there_is_named(mapped: Mapped, ontology: Ontology) -> None:
    study = mapped("component:hopeful\tskos:closeMatch\t\tobo:DOID_1596\t", vocabularies='["doid.owl"]')
    with pytest.raises(StudyError, match=r"study\.toml: .*doid\.owl"):
        read_study(study, ontology)


def test_a_file_that_is_no_vocabulary_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "words.owl"
    file.write_text("not XML", encoding="utf-8")
    with pytest.raises(InputError, match=r"words\.owl: It cannot be read"):
        read_vocabulary(file)
    with pytest.raises(InputError, match=r"words\.docx: It is no OWL file by its name"):
        read_vocabulary(tmp_path / "words.docx")


def test_meshs_own_form_is_read(tmp_path: Path) -> None:
    """Synthetic, in the form of MeSH RDF (https://hhs.github.io/meshrdf/): descriptors are no owl:Class there."""
    file = tmp_path / "mesh.nt"
    mesh, label = "http://id.nlm.nih.gov/mesh/", "http://www.w3.org/2000/01/rdf-schema#label"
    file.write_text(
        f"<{mesh}D003863> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{mesh}vocab#TopicalDescriptor> .\n"
        f'<{mesh}D003863> <{label}> "Depression"@en .\n<{mesh}D003863> <{label}> "Depressão"@pt .\n',
        encoding="utf-8",
    )
    (concept,) = read_vocabulary(file).concepts.values()
    assert (concept.id, concept.label, concept.synonyms) == (f"{mesh}D003863", "Depression", ())


TABLES = [
    *sorted((resources.ONTOLOGY / "mappings").glob("*.tsv")),
    *sorted(resources.DATA.glob("*/mappings.sssom.tsv")),
]


@needs_vocabularies
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_target_of_ours_is_in_its_vocabulary(table: Path) -> None:
    files = [read_vocabulary(file) for file in sorted(VOCABULARIES.glob("*.owl"))]
    assert [len(file.concepts) > 300 for file in files] == [True, True, True]
    checked = check_targets(read_sssom(table).mappings, files, table.name)
    assert checked.problems == ()
    ours = [one for one in checked.mappings if not one.object.startswith("https://w3id.org/cmograph/")]
    assert ours and all(one.found_in for one in ours)


@needs_vocabularies
def test_every_class_of_a_vocabulary_has_the_form_that_we_ask_of_it() -> None:
    for file, name in (("bcio.owl", "BCIO"), ("MFOEM.owl", "MFOEM"), ("MF.owl", "MF")):
        iris = read_vocabulary(VOCABULARIES / file).concepts
        assert [iri for iri in iris if check_form(iri) is not None] == []
        assert sum(known.name == name for known in map(vocabulary_of, iris) if known) > 90
