"""Who speaks in a source where the coded file's cases say so, and what the cases cannot say."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmograph.errors import StudyError
from cmograph.graph.people import Person, find_people
from cmograph.ontology import Ontology, load_ontology
from cmograph.readers import read_corpus
from cmograph.study import read_study, write_template
from cmograph.vocabulary import PPS

ROLE = "7d7f0000-0000-4000-8000-000000000300"
ONE, TWO = "Interview 1 (synthetic)", "Interview 2 (synthetic)"


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return load_ontology()


def case(name: str, role: str, *sources: int) -> str:
    said = f'<VariableValue><VariableRef targetGUID="{ROLE}"/><TextValue>{role}</TextValue></VariableValue>'
    refs = "".join(f'<SourceRef targetGUID="7d7f0001-0000-4000-8000-{n:012d}"/>' for n in sources)
    return f'<Case guid="7d7f0000-0000-4000-8000-00000000030{len(name)}" name="{name}">{said if role else ""}{refs}</Case>'


def people(
    tmp_path: Path, ontology: Ontology, *cases: str, variable: str = "Role", table: str = ""
) -> dict[str, Person]:
    """The participants of the template's two interviews, where it has these cases."""
    folder = tmp_path / "study"
    write_template(folder)
    file, settings = folder / "interviews.qde", folder / "study.toml"
    variables = f'<Variables><Variable guid="{ROLE}" name="Role" typeOfVariable="Text"/></Variables>'
    text = file.read_text(encoding="utf-8")
    text = text.replace(" <Sources>", f"{variables}<Cases>{''.join(cases)}</Cases><Sources>")
    file.write_text(text, encoding="utf-8")
    (folder / "participants.csv").write_text(f"source,participant,role\n{table}", encoding="utf-8")
    with settings.open("a", encoding="utf-8") as out:
        out.write(f'\n[participants]\ncases = true\nrole_variable = "{variable}"\n')
    study = read_study(folder, ontology)
    return find_people(study, [read_corpus(one) for one in study.interviews], ontology)


def test_a_case_is_who_speaks(tmp_path: Path, ontology: Ontology) -> None:
    found = people(tmp_path, ontology, case("Ann", "mother", 1), case("Beate", "", 2))
    assert {source: (one.id, one.role) for source, one in found.items()} == {
        ONE: ("Ann", f"{PPS.NS}MotherRole"),
        TWO: ("Beate", ""),
    }


def test_a_source_of_two_cases_is_somebody_s_whom_nobody_knows(tmp_path: Path, ontology: Ontology) -> None:
    """Places and groups may be cases as well: the last one took every source of theirs."""
    cases = case("Ann", "mother", 1), case("Beate", "mother", 2), case("Site", "", 1, 2)
    with pytest.raises(StudyError, match="belongs to the cases 'Ann' and 'Site'") as raised:
        people(tmp_path / "refused", ontology, *cases)
    assert {one.file for one in raised.value.problems} == {"interviews.qde"}
    table = f"{ONE},P01,mother\n{TWO},P02,mother\n"
    assert {one.id for one in people(tmp_path, ontology, *cases, table=table).values()} == {"P01", "P02"}


def test_a_variable_that_no_case_has_is_named(tmp_path: Path, ontology: Ontology) -> None:
    with pytest.raises(StudyError, match="No case has the variable 'Rolle'"):
        people(tmp_path, ontology, case("Ann", "mother", 1), variable="Rolle")
