"""Files that are broken, or meant to break us: each is refused with its name and a remedy, or kept and reported."""

from __future__ import annotations

import random
import sqlite3
import stat
import zipfile
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmograph.corpus import Source, Verification
from cmograph.errors import CodedFileError
from cmograph.readers import archive, read_corpus

PROJECT = """<?xml version="1.0" encoding="utf-8"?>
<Project xmlns="urn:QDA-XML:project:1.0" name="Made up" origin="{origin}">
<Users><User guid="00000000-0000-0000-0000-000000000001" name="Coder One"/></Users>
<CodeBook><Codes><Code guid="00000000-0000-0000-0000-00000000000C" name="Trust" isCodable="true"/></Codes></CodeBook>
<Sources><TextSource guid="00000000-0000-0000-0000-00000000000A" name="Talk" plainTextPath="{path}">{selections}</TextSource></Sources>
</Project>"""
SELECTION = """<PlainTextSelection guid="00000000-0000-0000-0000-0000000{place:05d}" name="" startPosition="{start}" endPosition="{end}">
<Coding guid="00000000-0000-0000-0000-0000001{place:05d}"><CodeRef targetGUID="{code}"/></Coding></PlainTextSelection>"""
CODE = "00000000-0000-0000-0000-00000000000C"
TEXT = "We talked. \U0001f642 It helped."


def project(
    spans: Iterable[tuple[object, object]] = (),
    origin: str = "",
    path: str = "internal://a.txt",
    code: str = CODE,
) -> str:
    selections = "".join(
        SELECTION.format(place=place, start=start, end=end, code=code)
        for place, (start, end) in enumerate(spans)
    )
    return PROJECT.format(origin=origin, path=path, selections=selections)


def pack(path: Path, entries: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in entries.items():
            out.writestr(name, content)
    return path


def read(path: Path) -> list[Source]:
    return list(read_corpus(path).sources())


def only(sources: list[Source]) -> Source:
    assert len(sources) == 1
    return sources[0]


def refused(path: Path) -> str:
    with pytest.raises(CodedFileError) as caught:
        read(path)
    for problem in caught.value.problems:
        assert problem.file == path.name
        assert problem.remedy.strip()
    return str(caught.value)


def not_a_zip(path: Path) -> None:
    path.write_text("These are no project at all.")


def random_bytes(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(5000))


def nothing(path: Path) -> None:
    path.write_bytes(b"")


def cut_short(path: Path) -> None:
    pack(path, {"project.qde": project()})
    path.write_bytes(path.read_bytes()[:-40])


def bomb(path: Path) -> None:
    pack(path, {"project.qde": project(), "sources/a.txt": b"\0" * 5_000_000})


def bomb_in_the_project(path: Path) -> None:
    pack(path, {"project.qde": project().replace("Made up", " " * 5_000_000)})


def traversal(path: Path) -> None:
    pack(path, {"project.qde": project(), "sources/../../a.txt": TEXT})


def traversal_by_backslash(path: Path) -> None:
    pack(path, {"project.qde": project(), "sources\\..\\..\\a.txt": TEXT})


def absolute_path(path: Path) -> None:
    pack(path, {"project.qde": project(), "/etc/a.txt": TEXT})


def drive_letter(path: Path) -> None:
    pack(path, {"project.qde": project(), "C:/a.txt": TEXT})


def symbolic_link(path: Path) -> None:
    link = zipfile.ZipInfo("sources/a.txt")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("project.qde", project())
        out.writestr(link, "/etc/passwd")


def password(path: Path) -> None:
    pack(path, {"project.qde": project()})
    data = bytearray(path.read_bytes())
    data[6] |= 1  # the flag in the entry's own header, and in the directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))


def document_type(path: Path) -> None:
    pack(path, {"project.qde": project().replace("<Project", "<!DOCTYPE Project>\n<Project", 1)})


def outside_entity(path: Path) -> None:
    declared = '<!DOCTYPE Project [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<Project'
    pack(path, {"project.qde": project().replace("<Project", declared, 1).replace("Trust", "&x;")})


def billion_laughs(path: Path) -> None:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 11))
    declared = f"<!DOCTYPE Project [{entities}]>\n<Project"
    pack(path, {"project.qde": project().replace("<Project", declared, 1).replace("Trust", "&a10;")})


def two_projects(path: Path) -> None:
    pack(path, {"one.qde": project(), "two.qde": project()})


def two_projects_but_for_case(path: Path) -> None:
    pack(path, {"project.qde": project(), "Project.QDE": project()})


def no_project(path: Path) -> None:
    pack(path, {"sources/a.txt": TEXT})


def broken_xml(path: Path) -> None:
    pack(path, {"project.qde": project().replace("</Codes>", "")})


def broken_sources(path: Path) -> None:
    pack(path, {"project.qde": project([(0, 2)]).replace("</PlainTextSelection>", "")})


def empty_xml(path: Path) -> None:
    pack(path, {"project.qde": ""})


def a_codebook(path: Path) -> None:
    pack(path, {"project.qde": '<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes/></CodeBook>'})


def too_deep(path: Path) -> None:
    deep = "".join(f'<Code guid="{n}" name="c" isCodable="true">' for n in range(600)) + "</Code>" * 600
    pack(path, {"project.qde": project().replace("</Codes>", f"{deep}</Codes>")})


def other_compression(path: Path) -> None:
    pack(path, {"project.qde": project()})
    data = bytearray(path.read_bytes())
    data[8] = data[data.index(b"PK\x01\x02") + 10] = 99
    path.write_bytes(bytes(data))


def wrong_checksum(path: Path) -> None:
    pack(path, {"project.qde": project()})
    data = bytearray(path.read_bytes())
    data[14] ^= 0xFF
    data[data.index(b"PK\x01\x02") + 16] ^= 0xFF
    path.write_bytes(bytes(data))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (not_a_zip, "not a readable zip"),
        (random_bytes, "not a readable zip"),
        (nothing, "not a readable zip"),
        (cut_short, "not a readable zip"),
        (other_compression, "not a readable zip"),
        (wrong_checksum, "not a readable zip"),
        (bomb, "zip bomb"),
        (bomb_in_the_project, "zip bomb"),
        (traversal, "outside"),
        (traversal_by_backslash, "outside"),
        (absolute_path, "outside"),
        (drive_letter, "outside"),
        (symbolic_link, "symbolic link"),
        (password, "password"),
        (document_type, "document type"),
        (outside_entity, "document type"),
        (billion_laughs, "document type"),
        (two_projects, "one.qde, two.qde"),
        (two_projects_but_for_case, "project.qde, Project.QDE"),
        (no_project, "none"),
        (broken_xml, "XML is broken"),
        (broken_sources, "XML is broken"),
        (empty_xml, "XML is"),
        (a_codebook, "'CodeBook'"),
        (too_deep, "XML is broken"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_refused(make: Callable[[Path], None], says: str, tmp_path: Path) -> None:
    path = tmp_path / "hostile.qdpx"
    make(path)
    assert says in refused(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "nowhere.qdpx")
    assert refused(tmp_path)


def test_a_format_that_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "notes.docx2"
    path.write_text("words")
    assert ".qdpx" in refused(path)


def test_a_source_larger_than_any_transcript(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES_A_SOURCE", 10)
    path = pack(tmp_path / "large.qdpx", {"project.qde": project(), "sources/a.txt": TEXT})
    assert "source" in refused(path)


def test_a_folder_leads_nowhere_else(tmp_path: Path) -> None:
    """A bare .qde reads beside itself only, even through a link."""
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "link.txt").symlink_to(tmp_path / "secret.txt")
    for place in (
        "internal://link.txt",
        "internal://../secret.txt",
        "absolute:///etc/passwd",
        "file:///etc/passwd",
    ):
        path = tmp_path / "bare.qde"
        path.write_text(project([(0, 2)], path=place))
        source = only(read(path))
        assert source.text is None, place
        assert source.codings[0].verification is Verification.UNVERIFIABLE


def test_text_that_is_not_utf_8(tmp_path: Path) -> None:
    for encoding in ("cp1252", "utf-16"):
        data = "Ça aide. Déjà vu.".encode(encoding)
        path = pack(tmp_path / f"{encoding}.qdpx", {"project.qde": project([(0, 2)]), "sources/a.txt": data})
        corpus = read_corpus(path)
        source = only(list(corpus.sources()))
        assert source.text == "Ça aide. Déjà vu."
        assert source.codings[0].quote == "Ça"
        assert any(encoding in finding.what for finding in corpus.report.findings)


def test_a_code_that_is_not_in_the_codebook(tmp_path: Path) -> None:
    nobody = "00000000-0000-0000-0000-00000000DEAD"
    path = pack(
        tmp_path / "dangling.qdpx", {"project.qde": project([(0, 2)], code=nobody), "sources/a.txt": TEXT}
    )
    corpus = read_corpus(path)
    assert only(list(corpus.sources())).codings == ()
    tally = corpus.report.tallies["coding"]
    assert (tally.seen, tally.kept, tally.dropped) == (1, 0, 1)
    assert any(nobody in finding.what and "'Talk'" in finding.what for finding in corpus.report.findings)


@pytest.mark.parametrize(
    ("start", "end", "trouble"),
    [
        (5, 10_000, "past"),
        (9_000, 10_000, "past"),
        (8, 3, "before its start"),
        (-4, 3, "before the text"),
        (0, 12, "inside a character"),
        (4, 4, "empty"),
        ("x", 3, "before the text"),
        (0, 10**30, "past"),
    ],
)
def test_a_position_that_cannot_be_right(start: object, end: object, trouble: str, tmp_path: Path) -> None:
    path = pack(
        tmp_path / "odd.qdpx",
        {"project.qde": project([(start, end), (0, 2)], origin="NVivo"), "sources/a.txt": TEXT},
    )
    corpus = read_corpus(path)
    bad, good = only(list(corpus.sources())).codings
    assert bad.verification is Verification.FAILED
    assert bad.original is not None
    assert not bad.quote
    assert (good.verification, good.quote) == (Verification.EXACT_BY_CONSTRUCTION, "We")
    (finding,) = (one for one in corpus.report.findings if trouble in one.what)
    assert "'Talk'" in finding.what
    assert "'Trust'" in finding.what
    assert finding.remedy
    tally = corpus.report.tallies["coding"]
    assert (tally.kept, tally.downgraded) == (2, 1)


def database(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path


TAGUETTE = (
    "CREATE TABLE projects (id INTEGER, name TEXT, description TEXT)",
    "CREATE TABLE documents (id INTEGER, name TEXT, description TEXT, contents TEXT)",
    "CREATE TABLE tags (id INTEGER, path TEXT, description TEXT)",
    "CREATE TABLE highlights (id INTEGER, document_id INTEGER, start_offset INTEGER, end_offset INTEGER, snippet TEXT)",
    "CREATE TABLE highlight_tags (highlight_id INTEGER, tag_id INTEGER)",
    "INSERT INTO projects VALUES (1, 'Made up', '')",
    "INSERT INTO documents VALUES (1, 'Talk', '', '<p>Ça aide.</p><p>Beaucoup</p>')",
    "INSERT INTO tags VALUES (1, 'trust', '')",
    "INSERT INTO highlight_tags VALUES (1, 1)",
)


def taguette(path: Path, start: object, end: object, snippet: str) -> Path:
    return database(path, *TAGUETTE, f"INSERT INTO highlights VALUES (1, 1, {start}, {end}, '{snippet}')")


def test_another_programs_database(tmp_path: Path) -> None:
    assert "not a Taguette" in refused(database(tmp_path / "other.sqlite3", "CREATE TABLE t (x)"))


def test_a_database_cut_short(tmp_path: Path) -> None:
    path = taguette(tmp_path / "cut.sqlite3", 0, 3, "Ça")
    whole = path.read_bytes()
    for size in (16, 50, 100, 1000, 4096, len(whole) // 2, len(whole) - 4096):
        path.write_bytes(whole[:size])
        refused(path)


def test_a_database_whose_columns_are_missing(tmp_path: Path) -> None:
    tables = ("projects", "documents", "tags", "highlights", "highlight_tags")
    refused(database(tmp_path / "columns.sqlite3", *(f"CREATE TABLE {table} (id)" for table in tables)))


@pytest.mark.parametrize(
    ("start", "end"), [(0, 999), (9, 3), (-5, 3), ("NULL", 3), ("'x'", 3), (2.5, 3), (3, 3)]
)
def test_a_taguette_position_that_cannot_be_right(start: object, end: object, tmp_path: Path) -> None:
    corpus = read_corpus(taguette(tmp_path / "odd.sqlite3", start, end, "Ça"))
    (coding,) = only(list(corpus.sources())).codings
    assert coding.verification is Verification.FAILED
    assert corpus.report.tallies["coding"].downgraded == 1


def test_a_taguette_snippet_that_does_not_agree(tmp_path: Path) -> None:
    corpus = read_corpus(taguette(tmp_path / "odd.sqlite3", 0, 3, "Beaucoup"))
    (coding,) = only(list(corpus.sources())).codings
    assert coding.verification is not Verification.EXACT
    assert any("snippet" in finding.what for finding in corpus.report.findings)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mutated")


@settings(max_examples=300)
@given(data=st.data())
def test_mutated_files_raise_nothing_of_their_own(data: st.DataObject, whole: Path) -> None:
    kind = data.draw(st.sampled_from(["qdpx", "qde", "sqlite3"]))
    path = whole / f"mutated.{kind}"
    path.unlink(missing_ok=True)
    if kind == "qdpx":
        pack(path, {"project.qde": project([(0, 2), (5, 13)]), "sources/a.txt": TEXT})
    elif kind == "qde":
        path.write_text(project([(0, 2), (5, 13)]))
    else:
        taguette(path, 0, 3, "Ça")
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content))
    try:
        read(path)
    except CodedFileError as error:
        assert all(problem.file == path.name and problem.remedy for problem in error.problems)
