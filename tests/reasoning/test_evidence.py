"""Evidence is reasoned over in chunks, and that loses nothing and adds nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmograph.errors import Inconsistency
from cmograph.reasoning import Reasoner, reasoner

from .axioms import E, axioms, facts

ONTOLOGY = axioms("""
:supports rdfs:domain :Evidence ; owl:inverseOf :supportedBy .
:refutes rdfs:domain :Evidence ; owl:inverseOf :refutedBy .
:Coding rdfs:subClassOf :Evidence . :Summary rdfs:subClassOf :Evidence . :Source rdfs:subClassOf :Entity .
:codedBy rdfs:subPropertyOf :attributedTo ; rdfs:range :Coder . :Coder rdfs:subClassOf :Agent .
:inSource rdfs:range :Source . :givenBy rdfs:range :Participant ; rdfs:domain :Source .
:Participant rdfs:subClassOf :Agent . :Participant owl:disjointWith :Source .
:Mother owl:equivalentClass [ owl:intersectionOf
  ( :Participant [ owl:onProperty :role ; owl:hasValue :mother ] ) ] .
:Contested owl:equivalentClass [ owl:intersectionOf
  ( [ owl:onProperty :supportedBy ; owl:someValuesFrom :Evidence ]
  [ owl:onProperty :refutedBy ; owl:someValuesFrom :Evidence ] ) ] .
:OfHarm owl:equivalentClass [ owl:onProperty :supports ; owl:someValuesFrom
  [ owl:onProperty :outcome ; owl:someValuesFrom :Bad ] ] .
:FromMother owl:equivalentClass [ owl:onProperty :inSource ; owl:someValuesFrom
  [ owl:onProperty :givenBy ; owl:someValuesFrom :Mother ] ] .
:count rdfs:subPropertyOf :number .
""")
STUDY = facts("""
:c1 :outcome :bad . :bad a :Bad . :c2 :outcome :good .
:s1 a :Summary ; :supports :c1 . :s2 a :Summary ; :refutes :c1 . :s3 a :Summary ; :supports :c2 .
""")
SOURCE = f"<{E}Source> .\n"


def evidence(sources: int, codings: int, seed: int = 0) -> list[str]:
    """An evidence file's lines: what is shared, then source by source."""
    draw = random.Random(seed)
    people = max(1, sources // 2)
    lines = facts(
        "".join(f":p{n} a :Participant ; :role :{draw.choice(['mother', 'staff'])} . " for n in range(people))
    )
    lines += facts(":s1 :count 7 . :coder a :Coder .")
    for source in range(sources):
        lines += facts(f":i{source} a :Source . ")
        lines += facts(f":i{source} :givenBy :p{draw.randrange(people)} .")
        for number in range(codings):
            about = draw.choice([":supports :c1", ":refutes :c1", ":supports :c2"])
            lines += facts(
                f":k{source}-{number} a :Coding ; :inSource :i{source} ; :codedBy :coder, :second ; {about} ."
            )
    return lines


def chunked(lines: list[str], folder: Path) -> list[str]:
    file = folder / "evidence.nt"
    file.write_text("".join(lines), encoding="utf-8")
    reason = Reasoner(ONTOLOGY)
    return list(reason.close_evidence(reason.close(STUDY), file, SOURCE))


def whole(lines: list[str]) -> set[str]:
    reason = Reasoner(ONTOLOGY)
    return set(reason.close([*STUDY, *lines]).inferred) - set(reason.close(STUDY).inferred)


@settings(max_examples=25)
@given(sources=st.integers(0, 6), codings=st.integers(0, 4), size=st.integers(1, 30), seed=st.integers(0, 99))
def test_chunks_of_any_size_give_what_the_whole_gives(
    tmp_path_factory: pytest.TempPathFactory, sources: int, codings: int, size: int, seed: int
) -> None:
    lines = evidence(sources, codings, seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reasoner, "CHUNK", size)
        found = chunked(lines, tmp_path_factory.mktemp("evidence"))
    assert len(found) == len(set(found)), "the same inference twice"
    assert set(found) == whole(lines)


def test_the_whole_has_something_to_say(tmp_path: Path) -> None:
    """So that the test above can't pass on nothing: a class through two steps, an inverse, a sub-property."""
    found = "".join(chunked(evidence(12, 3), tmp_path))
    assert all(
        f"/{word}>" in found for word in ("OfHarm", "FromMother", "supportedBy", "attributedTo", "number")
    )


def test_a_clash_in_the_evidence_is_found_in_its_chunk(tmp_path: Path) -> None:
    with pytest.raises(Inconsistency, match="i3 is both a Participant and a Source"):
        chunked([*evidence(4, 1), *facts(":k9 :inSource :i3 . :i3 a :Participant .")], tmp_path)
