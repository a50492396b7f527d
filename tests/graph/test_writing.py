"""A study's two graphs: what stands in which, the same bytes every time, nothing of a person in the open one."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from cmograph.errors import StudyError
from cmograph.graph import StudyGraphs, write_study
from cmograph.ontology import Ontology, load_ontology
from cmograph.readers import read_corpus
from cmograph.study import read_study, write_template
from cmograph.vocabulary import DCTERMS, OA, PPS, RDF, REALIST, SKOS

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return load_ontology()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_template(tmp_path / "study")
    return tmp_path / "study"


def write(folder: Path, ontology: Ontology, name: str = "out", cell: int = 5) -> StudyGraphs:
    out = folder.parent / name
    out.mkdir()
    study = read_study(folder, ontology)
    return write_study(
        study, [read_corpus(file) for file in study.interviews], ontology, out, minimum_cell=cell
    )


def triples(file: Path) -> list[Triple]:
    return [quad.triple for quad in parse(path=str(file), format=RdfFormat.N_TRIPLES)]


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def values(found: list[Triple], predicate: str) -> set[str]:
    wanted = NamedNode(predicate)
    return {
        t.object.value for t in found if t.predicate == wanted and isinstance(t.object, Literal | NamedNode)
    }


@pytest.mark.parametrize("name", ["study.nt", "evidence.nt"])
def test_the_template_gives_the_golden_graphs(folder: Path, ontology: Ontology, name: str) -> None:
    write(folder, ontology)
    written = (folder.parent / "out" / name).read_text(encoding="utf-8")
    if os.environ.get("CMOGRAPH_REGENERATE"):
        GOLDEN.mkdir(exist_ok=True)
        (GOLDEN / name).write_text(written, encoding="utf-8")
    assert written == (GOLDEN / name).read_text(encoding="utf-8")


def test_two_runs_give_the_same_bytes(folder: Path, ontology: Ontology) -> None:
    one, two = write(folder, ontology, "one"), write(folder, ontology, "two")
    assert one.study.read_bytes() == two.study.read_bytes()
    assert one.evidence.read_bytes() == two.evidence.read_bytes()


def test_there_is_no_blank_node(folder: Path, ontology: Ontology) -> None:
    graphs = write(folder, ontology)
    for file in (graphs.study, graphs.evidence):
        for triple in triples(file):
            assert not isinstance(triple.subject, BlankNode)
            assert not isinstance(triple.object, BlankNode)


def test_new_guids_make_no_new_things(folder: Path, ontology: Ontology) -> None:
    """Tools give new GUIDs at each export: a coding is the same coding all the same."""
    before = write(folder, ontology, "before").evidence.read_text(encoding="utf-8")
    change(folder / "interviews.qde", "7d7f0000", "7d7f9999")
    after = write(folder, ontology, "after").evidence.read_text(encoding="utf-8")
    imports = re.compile(r"/(?:import|file)/[0-9a-f]+|\"[0-9a-f]{64}\"")
    assert imports.sub("", before) == imports.sub("", after)


def test_a_quote_stands_at_its_position(folder: Path, ontology: Ontology) -> None:
    found = triples(write(folder, ontology).evidence)
    texts = [file.read_text(encoding="utf-8") for file in (folder / "sources").iterdir()]
    said: dict[str, dict[str, str]] = {}
    for triple in found:
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, Literal | NamedNode):
            said.setdefault(triple.subject.value, {})[triple.predicate.value] = triple.object.value
    quotes = [iri for iri, about in said.items() if about.get(RDF.type) == OA.TextQuoteSelector]
    assert len(quotes) == 7
    for iri in quotes:
        position, quote = said[iri.replace("/quote", "/position")], said[iri]
        start, end = int(position[OA.start]), int(position[OA.end])
        whole = quote.get(OA.prefix, "") + quote[OA.exact] + quote.get(OA.suffix, "")
        assert any(text[start:end] == quote[OA.exact] and whole in text for text in texts)


def test_a_quote_holds_nothing_that_an_answer_in_xml_cannot(folder: Path, ontology: Ontology) -> None:
    """Page breaks are common in the text of a PDF; each stays one code point, so that positions stay as they are."""
    change(
        folder / "sources" / "7d7f0001-0000-4000-8000-000000000001.txt", "I slept better", "I slept\x0cbetter"
    )
    assert "I slept better that week." in values(triples(write(folder, ontology).evidence), OA.exact)


def test_two_coders_on_one_span_are_two_codings_of_one_target(folder: Path, ontology: Ontology) -> None:
    project = folder / "interviews.qde"
    text = project.read_text(encoding="utf-8")
    coding = re.search(r"    <Coding .*?</Coding>\n", text)
    assert coding is not None
    second = (
        coding[0].replace("000000000100", "000000000101").replace('Coding guid="7d7f', 'Coding guid="8d7f')
    )
    user = '  <User guid="7d7f0000-0000-4000-8000-000000000101" name="Coder B (synthetic)"/>\n </Users>'
    project.write_text(
        text.replace(coding[0], coding[0] + second, 1).replace(" </Users>", user, 1), encoding="utf-8"
    )
    found = triples(write(folder, ontology).evidence)
    targets = Counter(str(t.object) for t in found if t.predicate == NamedNode(OA.hasTarget))
    assert sorted(targets.values()) == [1, 1, 1, 1, 1, 1, 2]


def test_the_open_file_holds_nothing_of_a_person(folder: Path, ontology: Ontology) -> None:
    graphs = write(folder, ontology)
    shown = graphs.study.read_text(encoding="utf-8")
    hidden = triples(graphs.evidence)
    private = (
        values(hidden, OA.exact)
        | values(hidden, DCTERMS.title)
        | values(hidden, REALIST.attribute)
        | {"P01", "P02", "Coder A", "coder-a", "interview-1"}
    )
    assert len(private) > 10
    assert [text for text in private if text in shown] == []
    found = triples(graphs.study)
    assert not values(found, REALIST.participantsAtLeast)  # two people are fewer than five
    assert values(found, REALIST.participantsWithheld) == {"true"}
    assert not values(found, REALIST.participantCount)
    assert values(hidden, REALIST.participantCount) == {"1", "2"}


def test_counts_are_shown_where_they_are_many_enough(folder: Path, ontology: Ontology) -> None:
    change(folder / "study.toml", "minimum_cell = 5", "minimum_cell = 1")
    found = triples(write(folder, ontology, cell=1).study)
    assert values(found, REALIST.participantsAtLeast) == {"1", "2"}


def test_synthetic_data_says_so(folder: Path, ontology: Ontology) -> None:
    found = triples(write(folder, ontology).study)
    assert values(found, REALIST.synthetic) == {"true"}
    assert any(
        text.startswith("Synthetic: nobody said any of it") for text in values(found, DCTERMS.description)
    )


def test_a_withdrawn_source_leaves_a_tombstone_and_no_word(folder: Path, ontology: Ontology) -> None:
    change(folder / "study.toml", "withdrawn = []", 'withdrawn = ["Interview 1 (synthetic)"]')
    graphs = write(folder, ontology)
    found = triples(graphs.evidence)
    assert len(values(found, OA.exact)) == 3
    assert values(found, REALIST.disclosureClass) == {REALIST.WithdrawnQuotation, REALIST.ProjectQuotation}
    assert values(found, REALIST.participantCount) == {"1"}
    withdrawn = {t.subject for t in found if t.object == NamedNode(REALIST.WithdrawnQuotation)}
    kept = {t.predicate.value for t in found if t.subject in withdrawn}
    assert OA.hasBody in kept
    assert not {REALIST.supports, REALIST.refutes, REALIST.refines} & kept


def test_of_who_withdrew_no_role_and_no_attribute_is_kept(folder: Path, ontology: Ontology) -> None:
    """Of who withdrew one of two interviews, what the other's row says is kept."""
    change(folder / "study.toml", "withdrawn = []", 'withdrawn = ["Interview 1 (synthetic)"]')
    about = {REALIST.hasRole, REALIST.receivedThrough, REALIST.attribute}

    def told(person: str, name: str) -> list[str]:
        found = triples(write(folder, ontology, name).evidence)
        (subject,) = {t.subject for t in found if t.object == Literal(person)}
        kept = [t.object for t in found if t.subject == subject and t.predicate.value in about]
        return [one.value for one in kept if isinstance(one, Literal | NamedNode)]

    of_two = [f"{PPS.NS}MotherRole", f"{PPS.NS}Group", "first baby: no"]
    assert told("P01", "one") == [] and told("P02", "two") == of_two
    change(folder / "participants.csv", "P02", "P01")
    assert told("P01", "three") == of_two


def test_what_was_withdrawn_before_it_was_coded_is_no_source(folder: Path, ontology: Ontology) -> None:
    """Nothing would tell it from an interview in which nothing was coded."""
    uncoded = '<TextSource guid="7d7f0001-0000-4000-8000-000000000003" name="Interview 3 (synthetic)"><PlainTextContent>Short.</PlainTextContent></TextSource>'  # fmt: skip
    change(folder / "interviews.qde", "</Sources>", f"{uncoded}</Sources>")
    title = "Interview 3 (synthetic)"
    assert title in values(triples(write(folder, ontology).evidence), DCTERMS.title)
    change(folder / "study.toml", "withdrawn = []", f'withdrawn = ["{title}"]')
    assert title not in values(triples(write(folder, ontology, "after").evidence), DCTERMS.title)


def test_participants_words_in_a_table_are_refused_with_file_and_row(
    folder: Path, ontology: Ontology
) -> None:
    change(
        folder / "configurations.csv", "then she feels calmer", "then she slept better that week she said it"
    )
    change(
        folder / "sources" / "7d7f0001-0000-4000-8000-000000000001.txt",
        "I slept better that week.",
        "I slept better that week she said.",
    )
    with pytest.raises(StudyError) as raised:
        write(folder, ontology)
    (problem,) = raised.value.problems
    assert (problem.file, problem.row) == ("configurations.csv", 2)
    assert "slept" not in str(problem)


@pytest.mark.parametrize("name", ["P01", "Interview 1 (synthetic)", "Coder A (synthetic)"])
def test_names_of_people_and_sources_in_a_table_are_refused(
    folder: Path, ontology: Ontology, name: str
) -> None:
    change(folder / "configurations.csv", "then she feels calmer", f"then {name} feels calmer")
    with pytest.raises(StudyError, match="names a source, a participant or a coder") as raised:
        write(folder, ontology)
    (problem,) = raised.value.problems
    assert (problem.file, problem.row) == ("configurations.csv", 2)
    assert name not in str(problem)


def test_a_text_that_names_a_case_is_odd(folder: Path, ontology: Ontology) -> None:
    """Of which nobody says whether it is a participant: it may be a place, and so is not refused."""
    case = '<Case guid="7d7f0000-0000-4000-8000-000000000301" name="Ann Lee"/>'
    change(folder / "interviews.qde", "<Sources>", f"<Cases>{case}</Cases><Sources>")
    before = len(write(folder, ontology, "before").warnings)
    change(folder / "configurations.csv", "then she feels calmer", "then Ann Lee feels calmer")
    odd, *others = write(folder, ontology).warnings
    assert len(others) == before
    assert (odd.file, odd.row) == ("configurations.csv", 2)
    assert "names a case" in odd.what and "Ann" not in str(odd)


def test_words_in_a_code_are_refused_in_the_file_that_has_it(folder: Path, ontology: Ontology) -> None:
    project = folder / "interviews.qde"
    other = project.read_text(encoding="utf-8").replace("(synthetic)", "(later)")
    (folder / "later.qde").write_text(other, encoding="utf-8")
    change(folder / "study.toml", '["interviews.qde"]', '["interviews.qde", "later.qde"]')
    change(
        folder / "later.qde", "</Codes>", '<Code guid="0" name="I had nobody to talk to all day"/></Codes>'
    )
    with pytest.raises(StudyError, match="A code's name repeats six words") as raised:
        write(folder, ontology)
    assert [problem.file for problem in raised.value.problems] == ["later.qde"]


def test_a_theorys_version_is_a_text_like_others(folder: Path, ontology: Ontology) -> None:
    change(folder / "theories.csv", ",1,initial", ",as P01 told it,initial")
    with pytest.raises(StudyError, match="names a source") as raised:
        write(folder, ontology)
    assert [(problem.file, problem.row) for problem in raised.value.problems] == [("theories.csv", 2)]


def test_a_code_below_a_case_does_not_tell_its_name(folder: Path, ontology: Ontology) -> None:
    project, ann = folder / "interviews.qde", "7d7f0000-0000-4000-8000-000000000301"
    change(project, "<Codes>", f'<Codes><Code guid="{ann}" name="Ann Lee"><Code guid="0" name="Own"/></Code>')
    source = '<SourceRef targetGUID="7d7f0001-0000-4000-8000-000000000001"/>'
    change(project, "<Sources>", f'<Cases><Case guid="{ann}" name="Ann Lee">{source}</Case></Cases><Sources>')
    (folder / "participants.csv").write_text("source,participant\n", encoding="utf-8")
    with (folder / "study.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[participants]\ncases = true\n")
    with pytest.raises(StudyError, match="A code's name names a source, a participant or a coder"):
        write(folder, ontology)


def test_who_signs_the_study_may_be_named(folder: Path, ontology: Ontology) -> None:
    change(folder / "study.toml", '["Your name"]', '["Coder A (synthetic)"]')
    change(folder / "configurations.csv", "then she feels calmer", "then Coder A (synthetic) finds her calm")
    assert "Coder A (synthetic)" in write(folder, ontology).study.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "doi", ["10.1002/(SICI)1097(1998)1:1<1::AID>3.0.CO;2-#", '10.1234/a"b#c#d', "10.1234/é"]
)
def test_whatever_a_doi_or_a_licence_holds_is_an_iri(folder: Path, ontology: Ontology, doi: str) -> None:
    change(folder / "study.toml", 'licence = "https://', f"doi = '{doi}'\nlicence = \"https://x.org/ a#b#")
    found = triples(write(folder, ontology).study)
    assert all(source.startswith("https://doi.org/10.") for source in values(found, DCTERMS.source))
    assert "#" not in "".join(values(found, DCTERMS.source))
    assert any(licence.startswith("https://x.org/%20a#b%23") for licence in values(found, DCTERMS.license))


def test_each_source_begins_with_its_type(folder: Path, ontology: Ontology) -> None:
    """The build reasons over the evidence in blocks, and cuts where a source begins."""
    lines = write(folder, ontology).evidence.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if line.endswith(f"<{REALIST.Source}> ."):
            subject = line.split(" ", 1)[0]
            assert all(subject not in earlier.split(" ", 1)[0] for earlier in lines[:number])


def test_texts_in_another_script_stay_apart(folder: Path, ontology: Ontology) -> None:
    """An IRI holds ASCII letters and digits, and two mitigations may share all that they have of these."""
    change(
        folder / "configurations.csv",
        "Outcomes > No different,,,",
        "Outcomes > No different,,研修を2回; 相談員2人; कि 2; का 2; Train staff; train staff.,",
    )
    change(folder / "theories.csv", "interviews.,", "interviews.,社会学習 1; 愛着 1")
    found = triples(write(folder, ontology).study)
    for kind, count in ((REALIST.Mitigation, 5), (REALIST.SubstantiveTheory, 2)):
        things = {t.subject for t in found if t.predicate.value == RDF.type and t.object == NamedNode(kind)}
        assert len(things) == count


def test_a_person_of_two_interviews_is_all_that_both_rows_say(folder: Path, ontology: Ontology) -> None:
    change(folder / "participants.csv", "P02", "P01")
    found = triples(write(folder, ontology).evidence)
    assert values(found, REALIST.attribute) == {"first baby: yes", "first baby: no"}
    assert values(found, REALIST.receivedThrough) == {f"{PPS.NS}OneToOne", f"{PPS.NS}Group"}


def test_one_codebook_in_two_files_is_counted_once(folder: Path, ontology: Ontology) -> None:
    project = folder / "interviews.qde"
    other = project.read_text(encoding="utf-8").replace("(synthetic)", "(later)")
    (folder / "later.qde").write_text(other, encoding="utf-8")
    change(folder / "study.toml", '["interviews.qde"]', '["interviews.qde", "later.qde"]')
    before = write(folder, ontology)
    assert (before.counts["codes"], before.counts["unmapped codes"], before.counts["sources"]) == (8, 0, 4)
    for file in (project, folder / "later.qde"):
        change(file, '<Code guid="7d7f0000-0000-4000-8000-000000000004"', '<Code guid="0" name="New"/>\n<Code guid="7d7f0000-0000-4000-8000-000000000004"')  # fmt: skip
    definition = 'name="New"><Description>What nobody had foreseen.</Description></Code>'
    change(project, 'name="New"/>', definition)
    after = write(folder, ontology, "after")
    assert (after.counts["codes"], after.counts["unmapped codes"]) == (9, 1)
    assert sum("not in the code map" in sentence for sentence in after.reports) == 1
    assert values(triples(after.study), SKOS.definition) == {"What nobody had foreseen."}


def test_an_attributes_name_ends_at_its_first_colon_and_blank(folder: Path, ontology: Ontology) -> None:
    """As questions of a survey are named: who asks for an attribute by its name takes the value from there."""
    change(folder / "participants.csv", "first baby", "Q1: first baby")
    found = values(triples(write(folder, ontology).evidence), REALIST.attribute)
    assert {tuple(text.split(": ", 1)) for text in found} == {
        ("Q1:first baby", "yes"),
        ("Q1:first baby", "no"),
    }
