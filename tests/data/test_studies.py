"""The studies that come with cmograph: made as they say, synthetic where they say so, no more than was seen."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from cmograph import resources
from cmograph.corpus import Source, Verification
from cmograph.ontology import Ontology, load_ontology
from cmograph.readers import read_corpus
from cmograph.study import Configuration, Stance, match_study, read_study
from cmograph.vocabulary import REALIST
from tests.samples import needs_samples, sample

DEMONSTRATION = resources.DATA / "synthetic-demonstration"
PUBLISHED = resources.DATA / "mcleish-2024"


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return load_ontology()


@pytest.fixture(scope="module")
def sources() -> list[Source]:
    return list(read_corpus(DEMONSTRATION / "interviews.qdpx").sources())


def passages() -> list[str]:
    return [
        line
        for file in sorted((DEMONSTRATION / "passages").glob("*.txt"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith(("#", "==", "+"))
    ]


def runs_of_six(text: str) -> list[tuple[str, ...]]:
    words = re.findall(r"[\w']+", text.lower())
    return list(zip(*(words[start:] for start in range(6)), strict=False))


def test_the_project_is_what_its_script_writes() -> None:
    checked = subprocess.run(
        [sys.executable, DEMONSTRATION / "generate.py", "--check"], capture_output=True, text=True, timeout=60
    )
    assert checked.returncode == 0, f"{checked.stdout} Run data/synthetic-demonstration/generate.py"


def test_the_project_is_stored_so_that_its_bytes_hang_on_no_zlib() -> None:
    with zipfile.ZipFile(DEMONSTRATION / "interviews.qdpx") as archive:
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}


@needs_samples
def test_the_project_is_valid_refi_qda() -> None:
    schema = etree.XMLSchema(etree.parse(str(sample("refi-qda/Project.xsd"))))
    with zipfile.ZipFile(DEMONSTRATION / "interviews.qdpx") as archive:
        schema.assertValid(etree.fromstring(archive.read("project.qde")))


def test_there_are_many_passages_and_no_two_alike() -> None:
    said = passages()
    assert len(said) == len(set(said)) == 369
    of_run: dict[tuple[str, ...], int] = {}
    for number, passage in enumerate(said):
        words = passage.lower().split()
        for run in zip(*(words[start:] for start in range(8)), strict=False):
            assert of_run.setdefault(run, number) == number, f"two passages share {' '.join(run)!r}"


def test_what_analysts_wrote_repeats_no_six_words_of_an_interview() -> None:
    said = {run for passage in passages() for run in runs_of_six(passage)}
    for name in ("codes", "configurations", "theories"):
        with (DEMONSTRATION / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for cell in row.values():
                    assert not said & set(runs_of_six(cell)), f"{name}.csv repeats an interview: {cell}"


def test_the_interviews_are_as_many_as_the_published_ones_and_say_that_they_are_synthetic(
    sources: list[Source],
) -> None:
    assert Counter(source.name[0] for source in sources) == {"M": 20, "V": 27, "S": 9}
    for source in sources:
        assert source.name.endswith("(synthetic)")
        assert (source.text or "").startswith("SYNTHETIC INTERVIEW")


def test_two_coders_coded_and_every_quote_is_exact(sources: list[Source]) -> None:
    codings = [coding for source in sources for coding in source.codings]
    coders = Counter(coding.coder for coding in codings)
    assert len(codings) == 1309
    assert set(coders) == {"Coder A (synthetic)", "Coder B (synthetic)"}
    assert min(coders.values()) > 500
    assert {coding.verification for coding in codings} == {Verification.EXACT}
    for source in sources:
        for coding in source.codings:
            assert coding.span and coding.quote == (source.text or "")[coding.span.start : coding.span.end]


@pytest.mark.parametrize("folder", [DEMONSTRATION, PUBLISHED], ids=lambda folder: folder.name)
def test_a_study_reads_without_a_problem(folder: Path, ontology: Ontology) -> None:
    study = read_study(folder, ontology)
    match_study(study, [read_corpus(file) for file in study.interviews])
    assert sum(count for _, count in study.interviewed) == 56


def test_the_demonstration_says_everywhere_that_it_is_synthetic(ontology: Ontology) -> None:
    study = read_study(DEMONSTRATION, ontology)
    assert study.synthetic
    assert study.title.startswith("Synthetic demonstration")
    assert "synthetic" in study.id
    assert all("synthetic" in one.id and "synthetic" in one.source for one in study.participants)
    assert all(
        "ynthetic" in file.read_text(encoding="utf-8")[:200] for file in DEMONSTRATION.glob("passages/*.txt")
    )


@pytest.fixture(scope="module")
def configurations(ontology: Ontology) -> tuple[Configuration, ...]:
    return read_study(DEMONSTRATION, ontology).configurations


@pytest.fixture(scope="module")
def sources_of_code(sources: list[Source]) -> dict[tuple[str, ...], set[str]]:
    found: dict[tuple[str, ...], set[str]] = {}
    for source in sources:
        for coding in source.codings:
            found.setdefault(tuple(coding.code), set()).add(source.name)
    return found


def speakers(one: Configuration, stance: Stance, of_code: dict[tuple[str, ...], set[str]]) -> set[str]:
    """The sources whose codings stand for, against or beside a configuration."""
    return {
        name
        for reference in one.evidence
        if reference.stance == stance
        for name in of_code.get(reference.code, set())
        if reference.source in ("", name)
    }


def test_the_readme_of_the_demonstration_counts_its_configurations_right(
    configurations: tuple[Configuration, ...], sources_of_code: dict[tuple[str, ...], set[str]]
) -> None:
    contexts = {context for one in configurations for context in one.contexts}
    counted: Counter[str] = Counter()
    for one in configurations:
        backing, opposing, refining = (speakers(one, stance, sources_of_code) for stance in Stance)
        modes = {iri.rpartition("#")[2] for iri in one.deliveries}
        counted[one.polarity.rpartition("#")[2].lower()] += 1
        counted[one.level.rpartition("#")[2].removesuffix("Level").lower()] += 1
        counted["group only"] += modes == {"Group"}
        counted["one-to-one only"] += modes == {"OneToOne"}
        counted["both modes"] += modes == {"OneToOne", "Group"}
        counted["by an absent mechanism"] += one.absent
        counted["contested: evidence for and against"] += bool(backing and opposing)
        counted["refined"] += bool(refining)
        counted["with a mitigation"] += bool(one.mitigations)
        counted["leading to another"] += bool(contexts & set(one.outcomes))
        counted["with five or more participants for"] += len(backing) >= 5
        for role, name in (("Mother", "mothers"), ("Volunteer", "volunteers"), ("Staff", "staff")):
            counted[f"of {name}"] += any(iri.endswith(f"#{role}Role") for iri in one.roles)
    readme = (DEMONSTRATION / "README.md").read_text(encoding="utf-8")
    said = {kind: int(number) for kind, number in re.findall(r"^\| (.+?) \| (\d+) \|$", readme, re.MULTILINE)}
    assert said == dict(counted)


def test_some_configurations_stay_below_the_cell_and_two_feed_each_other(
    configurations: tuple[Configuration, ...], sources_of_code: dict[tuple[str, ...], set[str]]
) -> None:
    of_id = {one.id: one for one in configurations}
    assert 0 < len(speakers(of_id["C35"], Stance.supports, sources_of_code)) < 5
    assert not of_id["C40"].evidence
    assert set(of_id["C10"].outcomes) & set(of_id["C11"].contexts)
    assert set(of_id["C11"].outcomes) & set(of_id["C10"].contexts)


def test_evidence_names_codings_that_are_there_and_takes_one_side(
    configurations: tuple[Configuration, ...], sources_of_code: dict[tuple[str, ...], set[str]]
) -> None:
    for one in configurations:
        side: dict[tuple[str, ...], Stance] = {}
        for reference in one.evidence:
            names = sources_of_code[reference.code]
            assert not reference.source or reference.source in names, f"{one.id}: nothing is coded there"
            assert side.setdefault(reference.code, reference.stance) == reference.stance, one.id
    assert any(reference.source for one in configurations for reference in one.evidence)


def test_what_is_missing_is_never_what_does_harm_elsewhere(
    configurations: tuple[Configuration, ...],
) -> None:
    harmful = {
        reasoning
        for one in configurations
        if not one.absent and one.polarity.endswith("Negative")
        for reasoning in one.reasonings
    }
    assert harmful
    assert not [one.id for one in configurations if one.absent and harmful & set(one.reasonings)]


def test_the_published_study_asserts_no_more_than_its_abstract(ontology: Ontology) -> None:
    study = read_study(PUBLISHED, ontology)
    assert study.doi == "https://doi.org/10.1080/02646838.2024.2416448"
    assert not study.synthetic
    for one in study.configurations:
        assert one.detail.endswith("AbstractLevel")
        assert one.wording_status.endswith("OwnWords")
        assert one.contexts == ("mothers-differ",)  # which context goes with which mechanism was not seen
        assert not one.deliveries  # nor what differs between one-to-one and group
        assert [bool(reference.statement) for reference in one.evidence] == [True]
    with (PUBLISHED / "components.csv").open(encoding="utf-8", newline="") as file:
        classes = {row["component"]: row["class"] for row in csv.DictReader(file)}
    assert classes["harm"] == "negative outcome"  # of what kind was not seen


def test_the_readme_of_the_demonstration_counts_right() -> None:
    readme = (DEMONSTRATION / "README.md").read_text(encoding="utf-8")
    with (DEMONSTRATION / "configurations.csv").open(encoding="utf-8", newline="") as file:
        assert f"{sum(1 for _ in csv.DictReader(file))} context-mechanism-outcome configurations" in readme
    assert "1,309 codings" in readme
    assert f"{len(passages())} passages" in readme


EVERY_PUBLISHED = sorted(
    path.parent
    for path in resources.DATA.glob("*/study.toml")
    if 'kind = "published"' in path.read_text(encoding="utf-8")
)


def test_there_are_a_dozen_published_evaluations_and_the_list_has_them() -> None:
    assert len(EVERY_PUBLISHED) >= 12
    listed = (resources.DATA / "README.md").read_text(encoding="utf-8")
    for folder in resources.DATA.glob("*/study.toml"):
        with (folder.parent / "configurations.csv").open(encoding="utf-8", newline="") as file:
            rows = len(list(csv.DictReader(file)))
        assert re.search(rf"\[{folder.parent.name}\]\({folder.parent.name}/\) .*\| {rows} \|", listed)


def test_the_list_says_of_each_publication_what_its_folder_says(ontology: Ontology) -> None:
    listed = (resources.DATA / "README.md").read_text(encoding="utf-8")
    table, left_out = listed.split("## Left out")
    for folder in EVERY_PUBLISHED:
        study = read_study(folder, ontology)
        (row,) = [line for line in table.splitlines() if line.startswith(f"| [{folder.name}](")]
        _, _, publication, seen, _, unseen, _ = (cell.strip() for cell in row.split("|"))
        assert publication == f"[{study.doi.removeprefix('https://doi.org/')}]({study.doi})"
        assert study.doi not in left_out
        assert {one.detail for one in study.configurations} == {
            REALIST.AbstractLevel if seen == "abstract" else REALIST.TableLevel
        }
        words = " ".join((folder / "README.md").read_text(encoding="utf-8").split())
        assert f"Not seen, and so not asserted: {unseen}." in words


@pytest.mark.parametrize("folder", EVERY_PUBLISHED, ids=lambda folder: folder.name)
def test_a_published_study_keeps_only_components_that_a_configuration_uses(
    folder: Path, ontology: Ontology
) -> None:
    study = read_study(folder, ontology)
    used = {
        component
        for one in study.configurations
        for component in (*one.contexts, *one.resources, *one.reasonings, *one.outcomes)
    }
    assert set(study.components) == used
    for one in study.configurations:
        assert (one.resources or one.reasonings) and one.outcomes
        assert re.fullmatch(
            r"Abstract|Public record" if one.detail == REALIST.AbstractLevel else r"Table \d+", one.locator
        )


@pytest.mark.parametrize("folder", EVERY_PUBLISHED, ids=lambda folder: folder.name)
def test_a_published_study_says_where_it_comes_from_and_in_whose_words(
    folder: Path, ontology: Ontology
) -> None:
    study = read_study(folder, ontology)
    assert not study.synthetic and study.doi.startswith("https://doi.org/10.")
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert study.doi in readme and "ot seen" in readme
    for configuration in study.configurations:
        assert configuration.wording_status == REALIST.OwnWords
        assert configuration.detail in (REALIST.AbstractLevel, REALIST.TableLevel)
        assert configuration.locator and configuration.extractor and configuration.source == study.doi
        assert [one for one in configuration.evidence if one.statement]
    clauses = [(one.if_clause, one.then_clause, one.because_clause) for one in study.configurations]
    assert len(set(clauses)) == len(clauses)
    assert all(one.wording_status == REALIST.OwnWords for one in study.components.values())


def test_numbers_of_people_are_those_that_were_published(ontology: Ontology) -> None:
    """As the references of the studies give them: 139 women of ten teams, 47 mothers of ten projects, and so on."""
    told = {
        folder.name: [count for _, count in read_study(folder, ontology).interviewed]
        for folder in EVERY_PUBLISHED
    }
    assert {name: counts for name, counts in told.items() if counts} == {
        "fisher-2024-engagement": [139],
        "mcleish-2024": [20, 27, 9],
        "mcleish-2026-take-up": [20, 27, 9],
        "mcleish-redshaw-2017": [47],
        "orourke-2022-recognition": [13, 8],
        "project20-2022": [20],
    }
