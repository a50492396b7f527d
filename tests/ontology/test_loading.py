"""Loading: the same bytes every time, no blank node, nothing fetched; a term by any of its names."""

from __future__ import annotations

import shutil
import socket
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, RdfFormat, parse

from cmograph import resources
from cmograph.errors import InputError, UnknownName
from cmograph.ontology import Ontology, load_ontology
from cmograph.vocabulary import OWL, PPS, RDF, REALIST

ONTOLOGY = load_ontology()


def copy(folder: Path) -> Path:
    return Path(shutil.copytree(resources.ONTOLOGY, folder / "ontology"))


def test_it_is_the_same_every_time_and_quick(ontology: Ontology) -> None:
    begun = time.perf_counter()
    again = load_ontology()
    assert time.perf_counter() - begun < 0.5
    assert again.ntriples() == ontology.ntriples()
    assert again.digest == ontology.digest
    lines = ontology.ntriples().decode().splitlines()
    assert lines == sorted(set(lines))


def test_it_has_no_blank_node_but_its_axioms_do(ontology: Ontology) -> None:
    terms = [term for triple in ontology.triples for term in (triple.subject, triple.object)]
    assert not [term for term in terms if isinstance(term, BlankNode)]
    assert [line for line in ontology.axioms if line.startswith("_:")]
    assert len(list(parse(ontology.ntriples(), format=RdfFormat.N_TRIPLES))) == len(ontology.triples)


def test_no_two_lists_share_an_end(ontology: Ontology) -> None:
    rests = [str(triple.object) for triple in ontology.triples if triple.predicate.value == RDF.rest]
    assert max(Counter(rest for rest in rests if rest != f"<{RDF.nil}>").values()) == 1


def test_a_change_of_comment_changes_the_digest_only(tmp_path: Path, ontology: Ontology) -> None:
    folder = copy(tmp_path)
    file = folder / "realist.ttl"
    file.write_text("# a comment\n\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    changed = load_ontology(folder)
    assert changed.ntriples() == ontology.ntriples()
    assert changed.digest != ontology.digest


def test_an_added_term_renames_no_class_expression(tmp_path: Path, ontology: Ontology) -> None:
    folder = copy(tmp_path)
    file = folder / "realist.ttl"
    expression = (
        "[ a owl:Restriction ; owl:onProperty realist:revises ; owl:someValuesFrom realist:RevisedTheory ]"
    )
    lines = file.read_text(encoding="utf-8").split("\n# ----", 1)
    file.write_text(f"{lines[0]}\nrealist:New a owl:Class ; rdfs:subClassOf {expression} .\n# ----{lines[1]}")
    assert set(ontology.triples) <= set(load_ontology(folder).triples)


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the loader opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    assert any(triple.predicate.value == OWL.imports for triple in load_ontology().triples)


def test_every_import_is_a_module_of_the_folder(ontology: Ontology) -> None:
    imported = {str(triple.object) for triple in ontology.triples if triple.predicate.value == OWL.imports}
    assert imported <= {f"<{module.iri}>" for module in ontology.modules}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("this is not turtle", "module.ttl: Not Turtle"),
        ("<urn:x> a <urn:y> .", "no owl:Ontology"),
        ("<urn:x> a <http://www.w3.org/2002/07/owl#Ontology> .", "has no http"),
    ],
)
def test_a_bad_module_is_named(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "module.ttl").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_ontology(tmp_path)


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no module"):
        load_ontology(tmp_path)


def test_a_bad_mapping_is_named_by_file_and_row(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    with (folder / "mappings" / "mf.sssom.tsv").open("a", encoding="utf-8") as file:
        file.write("pps:Belief\tbelief\tskos:closeMatch\tunknown:X\tx\n")
    rows = len((folder / "mappings" / "mf.sssom.tsv").read_text(encoding="utf-8").splitlines())
    with pytest.raises(InputError, match=rf"mf.sssom.tsv, row {rows}: object_id is not a CURIE: 'unknown:X'"):
        load_ontology(folder)


@pytest.mark.parametrize(
    "name", ["https://w3id.org/cmograph/perinatal-peer-support#Hope", "pps:Hope", "Hope", "hope", " HOPE ",
             "<https://w3id.org/cmograph/perinatal-peer-support#Hope>"],
)  # fmt: skip
def test_a_term_goes_by_many_names(name: str) -> None:
    assert ONTOLOGY.resolve(name) == PPS.NS + "Hope"


def test_kind_and_place_choose_among_namesakes() -> None:
    assert ONTOLOGY.resolve("mother", below=REALIST.ActorRole) == PPS.NS + "MotherRole"
    assert ONTOLOGY.resolve("mother", kind="class") == PPS.NS + "Mother"
    assert ONTOLOGY.resolve("One-to-one", below=REALIST.DeliveryMode) == PPS.NS + "OneToOne"
    assert ONTOLOGY.resolve("1:1", below=REALIST.DeliveryMode) == PPS.NS + "OneToOne"
    assert ONTOLOGY.resolve("Level") == REALIST.Level
    assert ONTOLOGY.resolve("level", kind="object property") == REALIST.level
    for polarity in ("Positive", "negative", "MIXED"):
        assert ONTOLOGY.resolve(polarity, below=REALIST.Polarity).startswith(REALIST.NS)


@pytest.mark.parametrize(
    ("name", "kind", "below", "message"),
    [
        ("hoope", None, None, "Did you mean 'hope'"),
        (
            "hope",
            None,
            REALIST.ContextFactor,
            r"no term below realist:ContextFactor called 'hope'.*pps:Hope is another",
        ),
        ("Hope", "individual", None, "no individual called 'Hope'"),
        ("xyzzy", "individual", None, "These are known: "),
        ("", None, None, "no term called ''"),
    ],
)
def test_an_unknown_name_says_what_is_near(name: str, kind: None, below: str | None, message: str) -> None:
    with pytest.raises(UnknownName, match=f"(?i){message}"):
        ONTOLOGY.resolve(name, kind, below)


def test_a_name_of_several_terms_is_not_guessed(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    with (folder / "realist.ttl").open("a", encoding="utf-8") as file:
        file.write('realist:Hope a owl:Class ; rdfs:label "expectation of good"@en .\n')
    with pytest.raises(
        UnknownName, match=r"Several terms are called 'Hope'\. Write pps:Hope or realist:Hope"
    ):
        load_ontology(folder).resolve("Hope")


@given(st.sampled_from(sorted(ONTOLOGY.terms)), st.sampled_from(["iri", "curie", "label"]))
def test_every_term_is_found_by_what_it_is_called(iri: str, name: str) -> None:
    term = ONTOLOGY.terms[iri]
    assert ONTOLOGY.resolve(getattr(term, name), kind=term.kind) == iri


@given(st.text(max_size=30))
def test_any_text_is_a_term_or_an_unknown_name(name: str) -> None:
    try:
        assert ONTOLOGY.resolve(name) in ONTOLOGY.terms
    except UnknownName as error:
        assert error.problems[0].remedy


def test_ancestors_come_nearest_first() -> None:
    found = ONTOLOGY.ancestors(PPS.NS + "HopeFromComparison")
    assert found[:2] == (PPS.NS + "HelpfulComparison", PPS.NS + "Hope")
    assert found[-1] == REALIST.Claim
    assert ONTOLOGY.ancestors(PPS.NS + "Group") == (REALIST.DeliveryMode,)
    assert ONTOLOGY.ancestors("urn:unknown") == ()
