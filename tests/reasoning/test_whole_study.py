"""On the ontology itself and a study as a build writes it, chunks give what one whole closure gives."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cmograph.graph import write_study
from cmograph.ontology import load_ontology
from cmograph.readers import read_corpus
from cmograph.reasoning import Reasoner, reasoner
from cmograph.study import read_study
from cmograph.vocabulary import REALIST
from tests.benchmarks.generate_study import Size, generate_study


def test_chunks_give_what_the_whole_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = generate_study(tmp_path / "study", Size(sources=12, codings=9, codes=4, configurations=6))
    participants = folder / "participants.csv"
    # One person speaks in many sources, so that what is known of her is needed in many chunks.
    participants.write_text(re.sub(r"P\d+,volunteer", "P000001,volunteer", participants.read_text()))
    ontology = load_ontology()
    study = read_study(folder, ontology)
    graphs = write_study(study, [read_corpus(file) for file in study.interviews], ontology, tmp_path)
    stated = graphs.study.read_text().splitlines(keepends=True)
    evidence = graphs.evidence.read_text().splitlines(keepends=True)

    reason = Reasoner(ontology.ntriples().decode())
    closure = reason.close(stated)
    monkeypatch.setattr(reasoner, "CHUNK", 60)
    chunked = list(reason.close_evidence(closure, graphs.evidence, f"<{REALIST.Source}> .\n"))

    whole = set(reason.close([*stated, *evidence]).inferred)
    assert len(chunked) == len(set(chunked))
    # What the open edition infers of a summary may be stated in the evidence: then the whole does not infer it.
    assert set(chunked) == whole - set(closure.inferred)
    assert sum("EvidenceFromVolunteers" in line for line in chunked) > 9
