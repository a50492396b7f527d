"""SSSOM tables: what is written reads back, what is wrong is named by its row, what nobody signed counts for nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from cmograph import resources
from cmograph.build import build, check
from cmograph.cli import app
from cmograph.engine import open_backend
from cmograph.errors import InputError, StudyError
from cmograph.mapping.sssom import PREDICATES, PREFIXES, ConceptMapping, read_sssom, write_sssom
from tests.mapping.conftest import Mapped

DEMONSTRATION = resources.DATA / "synthetic-demonstration"
COMPONENT = "https://w3id.org/cmograph/id/study/synthetic-demonstration/component/"
HEAD = (
    "# curie_map:\n#   component: " + COMPONENT + "\n"
    "subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification\tauthor_label\tconfidence\n"
)
TITLE = st.text(st.characters(codec="utf-8"), min_size=1) | st.sampled_from(
    ["1.10", "no", "2026-11-25", "a\u2028b"]
)
TEXT = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=20).map(str.strip)
SHARE = st.none() | st.integers(0, 1000).map(lambda n: n / 1000)
MAPPINGS = st.builds(
    ConceptMapping,
    subject=st.sampled_from([f"{COMPONENT}a", f"{COMPONENT}b-2"]),
    predicate=st.sampled_from(sorted(PREDICATES.values())),
    object=st.sampled_from([f"{PREFIXES['bcio']}BCIO_1", f"{PREFIXES['obo']}X_2", "https://example.org/z"]),
    justification=st.just(f"{PREFIXES['semapv']}ManualMappingCuration"),
    negated=st.booleans(),
    confidence=SHARE,
    similarity=SHARE,
    author=TEXT,
    reviewer=TEXT,
    subject_label=TEXT,
    object_label=TEXT,
    comment=TEXT,
    more=st.dictionaries(st.sampled_from(["mapping_tool", "subject_source"]), TEXT.filter(bool)).map(
        lambda more: tuple(sorted(more.items()))
    ),
)


@given(st.lists(MAPPINGS, max_size=5, unique_by=lambda one: (one.subject, one.predicate, one.object)), TITLE)
def test_what_is_written_reads_back(mappings: list[ConceptMapping], title: str) -> None:

    out, prefixes = StringIO(), {"component": COMPONENT, "orcid": "https://orcid.org/"}
    write_sssom(out, mappings, {"mapping_set_title": title}, prefixes)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "m.sssom.tsv"
        file.write_bytes(out.getvalue().encode("utf-8"))
        read = read_sssom(file)
    assert read.problems == () and read.metadata == {"mapping_set_title": title}
    assert read.prefixes.items() >= prefixes.items()
    assert [replace(one, row=0, more=tuple(sorted(one.more))) for one in read.mappings] == mappings


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("compnent:a\tskos:closeMatch\t\tbcio:X\tsemapv:M\tA\t0.5", "Did you mean 'component'"),
        ("component:a\tskos:closMatch\t\tbcio:X\tsemapv:M\tA\t0.5", "skos:closeMatch"),
        (
            "component:a\thttp://www.w3.org/2004/02/skos/core#note\t\tbcio:X\tsemapv:M\tA\t0.5",
            "maps no concepts",
        ),
        ("component:a\t\t\tbcio:X\tsemapv:M\tA\t0.5", "predicate_id"),
        ("component:a\tskos:closeMatch\t\tbcio:X\t\tA\t0.5", "mapping_justification"),
        ("component:a\tskos:closeMatch\t\tbcio:X\tsemapv:M\tA\t0.5\tB", "more cells"),
        (
            'component:a\tskos:closeMatch\t\tbcio:X\tsemapv:M\t"A\t0.5\ncomponent:b\tskos:closeMatch',
            "in quotes",
        ),
        ("component:a\tskos:closeMatch\t\tbcio:X\tsemapv:M\tA\t1.5", "between 0 and 1"),
        ("component:a\tskos:closeMatch\tNo\tbcio:X\tsemapv:M\tA\t", "predicate_modifier"),
        ("component:a\tskos:closeMatch\t\tbcio:< >\tsemapv:M\tA\t", "not an IRI"),
    ],
)
def test_what_is_wrong_is_named_by_its_row(tmp_path: Path, row: str, says: str) -> None:
    file = tmp_path / "m.sssom.tsv"
    file.write_text(
        f"{HEAD}component:ok\tskos:closeMatch\t\tbcio:Y\tsemapv:M\tA\t\n{row}\n", encoding="utf-8"
    )
    read = read_sssom(file)
    assert len(read.mappings) == 1
    assert [problem.row for problem in read.problems] == [5] and says in str(read.problems[0])


@pytest.mark.parametrize(
    "header",
    [
        "# My own mappings",
        "# - a list",
        "# curie_map: x",
        "# curie_map:\n# - x",
        "# curie_map:\n#   x:",
        "# curie_map:\n#   x: [https://example.org/]",
    ],
)
def test_a_header_that_is_no_metadata_is_named(tmp_path: Path, header: str) -> None:
    file = tmp_path / "m.sssom.tsv"
    file.write_text(f"{header}\nsubject_id\tpredicate_id\n", encoding="utf-8")
    (problem,) = read_sssom(file).problems
    assert (problem.file, problem.row) == ("m.sssom.tsv", 1) and "header" in problem.what


def test_a_predicate_may_be_a_whole_iri_or_have_a_prefix_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "m.sssom.tsv"
    skos = "http://www.w3.org/2004/02/skos/core#"
    head = HEAD.replace("# curie_map:\n", f"# curie_map:\n#   s: {skos}\n")
    rows = [
        f"component:{n}\t{named}\t\tbcio:X\tsemapv:M\tA\t\n"
        for n, named in enumerate([f"{skos}closeMatch", "s:closeMatch"])
    ]
    file.write_text(head + "".join(rows), encoding="utf-8")
    read = read_sssom(file)
    assert read.problems == ()
    assert [one.predicate for one in read.mappings] == [PREDICATES["skos:closeMatch"]] * 2


def test_a_mapping_and_its_denial_contradict_each_other(tmp_path: Path) -> None:
    file = tmp_path / "m.sssom.tsv"
    said = "component:a\tskos:closeMatch\t{}\tbcio:X\tsemapv:M\tA\t\n"
    file.write_text(HEAD + said.format("") + said.format("Not") + said.format(""), encoding="utf-8")
    assert [(problem.row, "contradicts" in problem.what) for problem in read_sssom(file).problems] == [
        (5, True),
        (6, False),
    ]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("component:listenin\tskos:closeMatch\t\tbcio:X\tsemapv:M\tA\t", "listening"),
        (
            "component:listening\tskos:closeMatch\t\tpps:EmpathticListening\tsemapv:M\tA\t",
            "EmpatheticListening",
        ),
        ("component:listening\towl:equivalentClass\t\tbcio:X\tsemapv:M\tA\t", "is no class"),
        (
            "component:listening\tskos:closeMatch\t\tbcio:X\tsemapv:M\tA\x0bB\t",
            "row 4: It holds the character U.000B",
        ),
    ],
)
def test_a_study_maps_what_it_has_to_what_there_is(tmp_path: Path, row: str, says: str) -> None:
    study = tmp_path / "study"
    shutil.copytree(DEMONSTRATION, study)
    (study / "mappings.sssom.tsv").write_text(f"{HEAD}{row}\n", encoding="utf-8")
    with pytest.raises(StudyError, match=says):
        check([study])


def test_what_is_signed_is_in_the_graph_and_what_is_not_is_not(demonstration: Path) -> None:

    query = "SELECT ?o {{ <{}{}> <http://www.w3.org/2004/02/skos/core#{}Match> ?o }}"
    with open_backend(demonstration) as backend:
        asked = {
            name: backend.query(query.format(COMPONENT, name, kind), "csv").body.decode().split()[1:]
            for name, kind in (("listening", "related"), ("gets-out", "related"), ("same-boat", "exact"))
        }
    assert asked["listening"] == ["http://humanbehaviourchange.org/ontology/BCIO_044009"]
    assert asked["gets-out"] == [] and asked["same-boat"] == [], "a proposal and a denial are no mapping"


def test_the_command_keeps_what_people_decided(tmp_path: Path) -> None:
    out = tmp_path / "mappings.sssom.tsv"
    out.write_text((DEMONSTRATION / "mappings.sssom.tsv").read_text(encoding="utf-8"), encoding="utf-8")
    before = [one for one in read_sssom(out).mappings if one.decided]
    done = CliRunner().invoke(app, ["map", str(DEMONSTRATION), "-o", str(out)])
    assert done.exit_code == 0, done.output
    after = read_sssom(out)
    assert after.problems == () and len(after.mappings) > len(before)
    assert [(one.subject, one.object, one.author) for one in after.mappings if one.decided] == [
        (one.subject, one.object, one.author) for one in before
    ]
    again = out.read_bytes()
    CliRunner().invoke(app, ["map", str(DEMONSTRATION), "-o", str(out)])
    assert out.read_bytes() == again, "what was proposed is not proposed again"


def test_the_command_describes_a_table_that_does_not_describe_itself(tmp_path: Path) -> None:
    """SSSOM asks for an id and a licence of every table; one without a header, or an empty file, has neither."""
    out = tmp_path / "mappings.sssom.tsv"
    out.touch()
    assert CliRunner().invoke(app, ["map", str(DEMONSTRATION), "-o", str(out)]).exit_code == 0
    assert read_sssom(out).metadata.keys() == {"mapping_set_id", "mapping_set_title", "license"}


def test_the_command_keeps_what_it_does_not_know(tmp_path: Path) -> None:
    """Other columns of SSSOM, the prefixes that they use, and metadata that YAML would take for numbers."""
    out = tmp_path / "mappings.sssom.tsv"
    row = "component:listening\tskos:closeMatch\tbcio:BCIO_044009\tsemapv:ManualMappingCuration\torcid:0000-0002-1825-0097\n"
    out.write_text(
        f"# mapping_set_version: 1.10\n# curie_map:\n#   component: {COMPONENT}\n#   orcid: https://orcid.org/\n"
        f"subject_id\tpredicate_id\tobject_id\tmapping_justification\tauthor_id\n{row}",
        encoding="utf-8",
    )
    assert CliRunner().invoke(app, ["map", str(DEMONSTRATION), "-o", str(out)]).exit_code == 0
    after = read_sssom(out)
    assert len(after.mappings) > 1 and after.problems == ()
    assert after.metadata == {"mapping_set_version": "1.10"}
    assert after.prefixes["orcid"] == "https://orcid.org/"
    assert after.mappings[0].more == (("author_id", "orcid:0000-0002-1825-0097"),)


def test_the_command_looks_up_what_is_held(tmp_path: Path) -> None:
    """Synthetic: a vocabulary of one class, which is not the one that the table maps to."""
    out, words = tmp_path / "m.sssom.tsv", tmp_path / "bcio.ttl"
    out.write_text(
        f"{HEAD}component:listening\tskos:closeMatch\t\tbcio:BCIO_044009\tsemapv:M\tA\t\n", encoding="utf-8"
    )
    words.write_text(
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "<http://humanbehaviourchange.org/ontology/bcio.owl> a owl:Ontology .\n"
        "<http://humanbehaviourchange.org/ontology/BCIO_000001> a owl:Class ;\n"
        '  <http://www.w3.org/2000/01/rdf-schema#label> "listening" .\n',
        encoding="utf-8",
    )
    before = out.read_bytes()
    refused = CliRunner().invoke(app, ["map", str(DEMONSTRATION), "--vocabulary", str(words), "-o", str(out)])
    assert isinstance(refused.exception, InputError)
    assert "m.sssom.tsv, row 4: There is no http" in str(refused.exception)
    assert out.read_bytes() == before


@pytest.mark.parametrize("column", ["author_id", "reviewer_id"])
def test_an_identifier_is_a_signature(column: str, tmp_path: Path, mapped: Mapped) -> None:
    """SSSOM would rather have author_id and reviewer_id than the labels."""
    study = mapped(
        "component:matched\tskos:closeMatch\t\tobo:MF_0000041\tbelief",
        author="orcid:0000-0002-1825-0097|https://example.org/b",
    )
    table = study / "m.sssom.tsv"
    table.write_text(table.read_text(encoding="utf-8").replace("author_label", column), encoding="utf-8")
    build([study], tmp_path / "store")
    with open_backend(tmp_path / "store") as backend:
        asked = f"SELECT ?who {{ ?mapping <https://w3id.org/sssom/{column}> ?who }} ORDER BY ?who"
        found = json.loads(backend.query(asked).body)["results"]["bindings"]
    assert [row["who"] for row in found] == [
        {"type": "uri", "value": "https://example.org/b"},
        {"type": "uri", "value": "https://orcid.org/0000-0002-1825-0097"},
    ]


def test_a_signature_by_identifier_that_is_none_is_named(tmp_path: Path) -> None:
    file = tmp_path / "m.sssom.tsv"
    row = "component:a\tskos:closeMatch\t\tbcio:X\tsemapv:M\tJane Doe (invented)\t\n"
    file.write_text(HEAD.replace("author_label", "author_id") + row, encoding="utf-8")
    (problem,) = read_sssom(file).problems
    assert str(problem).startswith("m.sssom.tsv, row 4: author_id is not a CURIE: 'Jane Doe (invented)'")


def test_a_row_is_named_as_an_editor_numbers_it(tmp_path: Path) -> None:
    """Lines 1 and 2 are the header, 3 the columns, 4 is empty, 5 is a row, 6 begins with # and is no comment any more."""
    file = tmp_path / "m.sssom.tsv"
    good = "component:ok\tskos:closeMatch\t\tbcio:Y\tsemapv:M\tA\t"
    file.write_text(f"{HEAD}\n{good}\n#{good}\n", encoding="utf-8")
    read = read_sssom(file)
    assert [one.row for one in read.mappings] == [5]
    assert [problem.row for problem in read.problems] == [6]


def test_what_would_end_a_row_is_written_as_a_space() -> None:
    out = StringIO()
    one = ConceptMapping("x:a", PREDICATES["skos:closeMatch"], "x:b", "x:c", comment="two\tcells\r\nor rows")
    write_sssom(out, [one], {}, {})
    assert out.getvalue().splitlines()[-1].endswith("\ttwo cells or rows")


@pytest.mark.slow
def test_the_sssom_package_takes_every_table(tmp_path: Path) -> None:
    """By the package itself, in an environment made for it: it needs LinkML, which we do not."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cmograph" / "sssom"
    if not (cache / "bin" / "sssom").exists():
        subprocess.run([sys.executable, "-m", "venv", str(cache)], check=True, capture_output=True)
        install = [str(cache / "bin" / "pip"), "install", "-q", "sssom>=0.4.21,<0.5"]
        if subprocess.run(install, capture_output=True).returncode:
            pytest.skip("the sssom package cannot be installed here")
    proposed = tmp_path / "proposed.sssom.tsv"
    assert CliRunner().invoke(app, ["map", str(DEMONSTRATION), "-o", str(proposed)]).exit_code == 0
    tables = [
        *sorted((resources.ONTOLOGY / "mappings").glob("*.tsv")),
        DEMONSTRATION / "mappings.sssom.tsv",
        proposed,
    ]
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    for table in tables:
        done = subprocess.run(
            [str(cache / "bin" / "sssom"), "validate", str(table)], capture_output=True, text=True, env=clean
        )
        assert done.returncode == 0, f"{table.name}: {done.stderr[-1500:]}"
