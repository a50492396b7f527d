"""Exact matches that make disjoint classes one are refused, with every row that has a part in it.

The golden answers rest on ontology/*.ttl: Trust and Mistrust are disjoint (asserted); RoleModel is a Resource and Trust
a Reasoning, which are disjoint (inferred for the two).
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Triple

from cmograph import hermit
from cmograph.build import build, check
from cmograph.errors import InputError, Problem, StudyError
from cmograph.mapping.clashes import Disjointness, Link, find_clashes
from cmograph.ontology import Ontology, load_ontology
from cmograph.study import read_study
from cmograph.study.mappings import refuse_clashes
from cmograph.vocabulary import OWL, PPS, RDF, RDFS, REALIST
from tests.mapping.conftest import Mapped

TRUST, MISTRUST = f"{PPS.NS}Trust", f"{PPS.NS}Mistrust"


def refused(study: Path, ontology: Ontology) -> tuple[Problem, ...]:
    with pytest.raises(StudyError) as error:
        read_study(study, ontology)
    return error.value.problems


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (TRUST, MISTRUST, (TRUST, MISTRUST)),
        (f"{PPS.NS}RoleModel", TRUST, (REALIST.Resource, REALIST.Reasoning)),
        # Both are members of one owl:AllDisjointClasses.
        (REALIST.Configuration, REALIST.Mechanism, (REALIST.Configuration, REALIST.Mechanism)),
        # HarmfulConfiguration is equivalent to an intersection of which Configuration is a member.
        (REALIST.HarmfulConfiguration, REALIST.Source, (REALIST.Configuration, REALIST.Source)),
        (TRUST, f"{PPS.NS}PsychologicalSafety", None),
        (TRUST, TRUST, None),
        (TRUST, "http://purl.obolibrary.org/obo/MFOEM_000177", None),
    ],
)
def test_what_is_disjoint(one: str, other: str, said: tuple[str, str] | None, ontology: Ontology) -> None:
    disjoint = Disjointness(ontology.triples)
    assert disjoint.between(one, other) == said
    assert disjoint.between(other, one) == (said and said[::-1])


@pytest.mark.slow
@pytest.mark.java
def test_hermit_finds_the_same_of_every_two_kinds_of_component(ontology: Ontology) -> None:
    """A class below both of two can have a member just where the two are not disjoint."""
    below = [i for i in ontology.terms if REALIST.Component in (i, *ontology.ancestors(i))]
    pairs = list(combinations([i for i in below if ontology.terms[i].kind == "class"], 2))
    lines = list(ontology.axioms)
    for number, pair in enumerate(pairs):
        probe = f"<urn:probe:{number}>"
        lines.append(f"{probe} <{RDF.type}> <{OWL.Class}> .\n")
        lines += [f"{probe} <{RDFS.subClassOf}> <{one}> .\n" for one in pair]
    hierarchy = hermit.classify(lines)
    assert hierarchy is not None
    disjoint = Disjointness(ontology.triples)
    assert {pairs[int(name.rpartition(":")[2])] for name in hierarchy.unsatisfiable} == {
        pair for pair in pairs if disjoint.between(*pair)
    }


def test_two_exact_matches_of_one_component(mapped: Mapped, ontology: Ontology) -> None:
    study = mapped(
        "component:inspired\tskos:exactMatch\t\tpps:Trust\t",
        "component:inspired\tskos:closeMatch\t\tpps:Hope\t",
        "component:inspired\tskos:exactMatch\t\tpps:Mistrust\t",
    )
    (problem,) = refused(study, ontology)
    assert (problem.file, problem.row) == ("m.sssom.tsv", 4)
    assert problem.what == (
        "Together with m.sssom.tsv, row 2, this makes pps:Mistrust and pps:Trust one, and the ontology holds them "
        "disjoint: thompson-2023/component/inspired is exactly pps:Trust (m.sssom.tsv, row 2); "
        "thompson-2023/component/inspired is exactly pps:Mistrust (m.sssom.tsv, row 4)."
    )
    assert "closeMatch" in problem.remedy


def test_a_match_that_its_own_class_rules_out(mapped: Mapped, ontology: Ontology) -> None:
    """`models` is a role model, which is a resource (components.csv, row 3); trust is reasoning."""
    (problem,) = refused(mapped("component:models\tskos:exactMatch\t\tpps:Trust\t"), ontology)
    assert problem.row == 2 and "components.csv, row 3" in problem.what
    assert "(realist:Reasoning and realist:Resource are)" in problem.what


@pytest.mark.parametrize(
    "second",
    [
        "component:inspired\tskos:exactMatch\tNot\tpps:Mistrust\t",
        "component:inspired\tskos:closeMatch\t\tpps:Mistrust\t",
        "component:inspired\tskos:exactMatch\t\tpps:PsychologicalSafety\t",
    ],
)
def test_what_does_not_clash_is_taken(second: str, mapped: Mapped, ontology: Ontology) -> None:
    study = mapped("component:inspired\tskos:exactMatch\t\tpps:Trust\t", second)
    assert len(read_study(study, ontology).mappings) == 2


def test_a_proposal_that_nobody_signed_clashes_with_nothing(mapped: Mapped, ontology: Ontology) -> None:
    rows = [f"component:inspired\tskos:exactMatch\t\tpps:{name}\t" for name in ("Trust", "Mistrust")]
    assert len(read_study(mapped(*rows, author=""), ontology).mappings) == 2


def test_a_chain_through_another_vocabulary_and_two_studies(
    mapped: Mapped, ontology: Ontology, tmp_path: Path
) -> None:
    """One study holds hope (MFOEM) to be Trust, the other holds it to be Mistrust: each may, both may not."""
    studies = [
        mapped(
            "component:inspired\tskos:exactMatch\t\tobo:MFOEM_000177\thope",
            f"component:inspired\tskos:exactMatch\t\tpps:{name}\t",
            id=id,
        )
        for id, name in (("one", "Trust"), ("two", "Mistrust"))
    ]
    for study in studies:
        refuse_clashes([study], ontology)
    with pytest.raises(StudyError) as error:
        refuse_clashes(studies, ontology)
    (problem,) = error.value.problems
    assert (problem.file, problem.row) == ("two/m.sssom.tsv", 3)
    for row in ("one/m.sssom.tsv, row 2", "one/m.sssom.tsv, row 3", "two/m.sssom.tsv, row 2"):
        assert row in problem.what
    with pytest.raises(StudyError, match=r"two/m\.sssom\.tsv, row 3"):
        check(studies)
    with pytest.raises(StudyError, match=r"two/m\.sssom\.tsv, row 3"):
        build(studies, tmp_path / "store")
    assert not (tmp_path / "store" / "current").exists(), "nothing is released"


def test_the_shortest_chain_is_told_and_no_longer_one_beside_it() -> None:
    """A = b = C = d = E, all three disjoint: A and C clash, and C and E; that A and E do follows, and is not told."""
    apart = [("x:A", "x:C"), ("x:C", "x:E"), ("x:A", "x:E")]
    disjoint = Disjointness(
        Triple(NamedNode(one), NamedNode(OWL.disjointWith), NamedNode(other)) for one, other in apart
    )
    pairs = [("x:b", "x:A"), ("x:b", "x:C"), ("x:d", "x:C"), ("x:d", "x:E")]
    links = [Link(*pair, "f", row) for row, pair in enumerate(pairs, 2)]
    found = find_clashes(links, ["x:A", "x:C", "x:E"], disjoint, str)
    assert [(one.row, one.what.partition(" one,")[0]) for one in found] == [
        (3, "Together with f, row 2, this makes x:A and x:C"),
        (5, "Together with f, row 4, this makes x:C and x:E"),
    ]


def test_the_ontologys_own_mappings_are_held_to_it(tmp_path: Path, ontology: Ontology) -> None:
    for module in ontology.modules:
        (tmp_path / module.file.name).write_bytes(module.file.read_bytes())
    (tmp_path / "mappings").mkdir()
    row = "pps:{}\tskos:exactMatch\tobo:MFOEM_000224\tsemapv:ManualMappingCuration\tA\n"
    table = "subject_id\tpredicate_id\tobject_id\tmapping_justification\tauthor_label\n"
    file = tmp_path / "mappings" / "mfoem.sssom.tsv"
    file.write_text(table + row.format("Trust"), encoding="utf-8")
    load_ontology(tmp_path)
    file.write_text(table + row.format("Trust") + row.format("Mistrust"), encoding="utf-8")
    with pytest.raises(InputError, match=r"mfoem\.sssom\.tsv, row 3: Together with mfoem\.sssom\.tsv, row 2"):
        load_ontology(tmp_path)
