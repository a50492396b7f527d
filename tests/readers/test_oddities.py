"""What real files have that no standard foresees: doubled names, notes about selections, transcripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmograph.corpus import Corpus, Memo, Source, Span, Verification
from cmograph.errors import CodedFileError
from cmograph.readers import read_corpus
from cmograph.readers.names import UniqueNames
from tests.readers.test_hostile import pack, taguette


def guid(number: int) -> str:
    return f"00000000-0000-0000-0000-{number:012d}"


def codes(*names: str) -> str:
    return "".join(f'<Code guid="{guid(n)}" name="{name}"/>' for n, name in enumerate(names, 100))


def coding(code: int, user: int = 1) -> str:
    return f'<Coding creatingUser="{guid(user)}"><CodeRef targetGUID="{guid(code)}"/></Coding>'


def selection(number: int, start: int, end: int, inside: str) -> str:
    return f'<PlainTextSelection guid="{guid(number)}" startPosition="{start}" endPosition="{end}">{inside}</PlainTextSelection>'


def text_source(number: int, name: str, text: str, inside: str = "") -> str:
    return f'<TextSource guid="{guid(number)}" name="{name}"><PlainTextContent>{text}</PlainTextContent>{inside}</TextSource>'


def read(tmp_path: Path, body: str) -> tuple[Corpus, list[Source]]:
    users = f'<Users><User guid="{guid(1)}" name="Coder One"/></Users>'
    xml = f'<Project xmlns="urn:QDA-XML:project:1.0" name="p">{users}{body}</Project>'
    corpus = read_corpus(pack(tmp_path / "odd.qdpx", {"project.qde": xml}))
    return corpus, list(corpus.sources())


def test_names_are_handed_out_once() -> None:
    unique = UniqueNames()
    wanted = ["A", "A", "A (2)", "A", "B"]
    assert [unique.take(name) for name in wanted] == ["A", "A (2)", "A (2) (2)", "A (3)", "B"]


def test_codes_and_sources_of_one_name_stay_two(tmp_path: Path) -> None:
    corpus, sources = read(
        tmp_path,
        f"<CodeBook><Codes>{codes('Trust', 'Trust')}</Codes></CodeBook><Sources>"
        + text_source(200, "Talk", "One.", selection(300, 0, 3, coding(100)))
        + text_source(201, "Talk", "Two.", selection(301, 0, 3, coding(101)))
        + "</Sources>",
    )
    assert [str(code) for code in corpus.codes] == ["Trust", "Trust (2)"]
    assert [(s.name, s.codings[0].code, s.codings[0].quote) for s in sources] == [
        ("Talk", ("Trust",), "One"),
        ("Talk (2)", ("Trust (2)",), "Two"),
    ]
    said = " ".join(finding.what for finding in corpus.report.findings)
    assert "Two codes have the path 'Trust'" in said
    assert "Two sources have the name 'Talk'" in said


def test_a_name_that_looks_like_a_path_is_one(tmp_path: Path) -> None:
    """Tables write paths joined by " > ": a code could not be named there otherwise, or be taken for another."""
    nested = f'<Code guid="{guid(100)}" name="Trust"><Code guid="{guid(101)}" name="In peers"/></Code>'
    more = f'<Code guid="{guid(102)}" name="Trust &gt; In peers"/><Code guid="{guid(103)}" name="Hope &gt;  Of rest"/>'
    corpus, _ = read(tmp_path, f"<CodeBook><Codes>{nested}{more}</Codes></CodeBook>")
    assert [code.path for code in corpus.codes] == [
        ("Trust",),
        ("Trust", "In peers"),
        ("Trust", "In peers (2)"),
        ("Hope", "Of rest"),
    ]


def test_cases_of_one_name_stay_two_and_name_a_source_once(tmp_path: Path) -> None:
    reference = f'<SourceRef targetGUID="{guid(200)}"/>'
    corpus, _ = read(
        tmp_path,
        f'<Cases><Case guid="{guid(10)}" name="Ada">{reference * 2}</Case>'
        f'<Case guid="{guid(11)}" name="Ada"><SourceRef targetGUID="{guid(999)}"/></Case></Cases>'
        f"<Sources>{text_source(200, 'Talk', 'One.')}</Sources>",
    )
    assert [(case.name, case.sources) for case in corpus.cases] == [("Ada", ("Talk",)), ("Ada (2)", ())]
    assert corpus.report.tallies["case"].downgraded == 1


def test_a_note_about_a_selection_is_a_memo_about_its_source(tmp_path: Path) -> None:
    """NVivo: a link from the note to a selection without a coding. The standard: a reference to the note."""
    note = f'<Note guid="{guid(400)}" name="Hm"><PlainTextContent>Why?</PlainTextContent></Note>'
    by_link = (
        f"<Sources>{text_source(200, 'Talk', 'One.', selection(300, 0, 3, ''))}</Sources><Notes>{note}</Notes>"
        f'<Links><Link guid="{guid(500)}" originGUID="{guid(400)}" targetGUID="{guid(300)}"/></Links>'
    )
    by_reference = (
        "<Sources>"
        + text_source(200, "Talk", "One.", selection(300, 0, 3, f'<NoteRef targetGUID="{guid(400)}"/>'))
        + f"</Sources><Notes>{note}</Notes>"
    )
    for body in (by_link, by_reference):
        corpus, _ = read(tmp_path, body)
        assert corpus.memos == (Memo("Why?", "Talk", title="Hm"),)
        assert corpus.report.tallies["annotation"].kept == 1


def test_what_is_noted_with_a_coding_is_its_memo(tmp_path: Path) -> None:
    note = f'<Note guid="{guid(400)}"><PlainTextContent>Why?</PlainTextContent></Note>'
    inside = f'<Description>Here.</Description>{coding(100)}<NoteRef targetGUID="{guid(400)}"/>'
    _, (source,) = read(
        tmp_path,
        f"<CodeBook><Codes>{codes('Trust')}</Codes></CodeBook>"
        f"<Sources>{text_source(200, 'Talk', 'One.', selection(300, 0, 3, inside))}</Sources>"
        f"<Notes>{note}</Notes>",
    )
    assert source.codings[0].memo == "Here.\nWhy?"


@pytest.mark.parametrize(
    ("moments", "coders"),
    [
        (["2020-02-02T00:00:00Z", "2020-02-02T00:00:00Z"], {"Coder One"}),
        (["2020-02-02T00:00:00Z", "2020-02-03T00:00:00Z"], {"Coder Two"}),
        (["2020-02-02T00:00:00Z"], {"Coder Two"}),
        (["", ""], {"Coder Two"}),
    ],
)
def test_codings_are_stamped_where_several_have_one_moment(
    moments: list[str], coders: set[str], tmp_path: Path
) -> None:
    """Else whoever is said to have coded has, and not who made the selection."""
    made = ""
    for day in (1, 2):
        when = moments[day - 1] if day <= len(moments) else None
        stamp = f' creationDateTime="{when}"' if when else ""
        inside = "" if when is None else coding(100, 2).replace("<Coding", f"<Coding{stamp}")
        begin = f'<PlainTextSelection creatingUser="{guid(1)}" creationDateTime="2020-01-0{day}T00:00:00Z"'
        whole = selection(300 + day, 0, 3, inside or "<Description>Look again</Description>")
        made += whole.replace("<PlainTextSelection", begin)
    _, (source,) = read(
        tmp_path,
        f'<Users><User guid="{guid(1)}" name="Coder One"/><User guid="{guid(2)}" name="Coder Two"/></Users>'
        f"<CodeBook><Codes>{codes('Trust')}</Codes></CodeBook>"
        f"<Sources>{text_source(200, 'Talk', 'One.', made)}</Sources>",
    )
    assert {one.coder for one in source.codings} == coders


@pytest.mark.parametrize("folder", ["sources", "Sources"])
def test_files_whose_names_differ_by_case_only_stay_two(folder: str, tmp_path: Path) -> None:
    sources = "".join(
        f'<TextSource guid="{guid(200 + n)}" name="{n}" plainTextPath="internal://{name}"/>'
        for n, name in enumerate(("ann.txt", "Ann.txt", "ANN.TXT", "bea.TXT"))
    )
    xml = f'<Project xmlns="urn:QDA-XML:project:1.0" name="p"><Sources>{sources}</Sources></Project>'
    files = {f"{folder}/{name}": name for name in ("ann.txt", "Ann.txt", "ANN.TXT", "Bea.txt")}
    corpus = read_corpus(pack(tmp_path / "cases.qdpx", {"project.qde": xml, **files}))
    assert [source.text for source in corpus.sources()] == ["ann.txt", "Ann.txt", "ANN.TXT", "Bea.txt"]


def test_a_transcript_is_the_text_of_a_recording(tmp_path: Path) -> None:
    points = "".join(
        f'<SyncPoint guid="{guid(600 + n)}" timeStamp="{n}" position="{position}"/>'
        for n, position in enumerate((0, 5, 14))
    )
    between = f'fromSyncPoint="{guid(601)}" toSyncPoint="{guid(602)}"'
    _, (source,) = read(
        tmp_path,
        f"<CodeBook><Codes>{codes('Trust')}</Codes></CodeBook><Sources><AudioSource guid='{guid(200)}' name='Talk'>"
        f"<Transcript guid='{guid(201)}'><PlainTextContent>Q: A? A: it did.</PlainTextContent>{points}"
        f"<TranscriptSelection guid='{guid(300)}' {between}>{coding(100)}</TranscriptSelection></Transcript>"
        f"<AudioSelection guid='{guid(301)}' begin='5' end='9'>{coding(100)}</AudioSelection>"
        "</AudioSource></Sources>",
    )
    said, heard = source.codings
    assert (source.kind, source.text) == ("audio", "Q: A? A: it did.")
    assert (said.quote, said.span) == (" A: it di", Span(5, 14))
    assert (heard.verification, heard.span) == (Verification.UNVERIFIABLE, None)
    assert heard.original is not None
    assert (heard.original.start, heard.original.end, heard.original.unit) == (5, 9, "millisecond")


def test_the_codings_of_a_second_transcript_are_kept(tmp_path: Path) -> None:
    selected = f"<TranscriptSelection guid='{guid(300)}'>{coding(100)}</TranscriptSelection>"
    corpus, (source,) = read(
        tmp_path,
        f"<CodeBook><Codes>{codes('Trust')}</Codes></CodeBook><Sources><VideoSource guid='{guid(200)}' name='Talk'>"
        f"<Transcript guid='{guid(201)}'><PlainTextContent>One</PlainTextContent></Transcript>"
        f"<Transcript guid='{guid(202)}'><PlainTextContent>Two</PlainTextContent>{selected}</Transcript>"
        "</VideoSource></Sources>",
    )
    assert source.text == "One"
    assert [one.verification for one in source.codings] == [Verification.UNVERIFIABLE]
    assert any("first transcript" in finding.what for finding in corpus.report.findings)


def test_sections_may_come_in_any_order(tmp_path: Path) -> None:
    sources = f"<Sources>{text_source(200, 'Talk', 'One.', selection(300, 0, 3, coding(100)))}</Sources>"
    book = f"<CodeBook><Codes>{codes('Trust')}</Codes></CodeBook>"
    assert read(tmp_path, sources + book)[1] == read(tmp_path, book + sources)[1]


def test_long_tokens(tmp_path: Path) -> None:
    """A quote of two megabytes in an attribute is read; a text of twelve inside the XML is refused, not half read."""
    long = "a" * 2_000_000
    body = f"<CodeBook><Codes>{codes('Trust')}</Codes></CodeBook><Sources>%s</Sources>"
    inside = selection(300, 0, len(long), coding(100)).replace("guid=", f'name="{long}" guid=', 1)
    users_xml = f'<Project xmlns="urn:QDA-XML:project:1.0" name="p">{body}</Project>'
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "a.txt").write_text(long)
    source = (
        f'<TextSource guid="{guid(200)}" name="Talk" plainTextPath="internal://a.txt">{inside}</TextSource>'
    )
    path = tmp_path / "long.qde"
    path.write_text(users_xml % source)
    (read_source,) = read_corpus(path).sources()
    assert read_source.codings[0].quote == long
    path.write_text(users_xml % text_source(200, "Talk", "b" * 12_000_000))
    with pytest.raises(CodedFileError, match="larger than any transcript"):
        list(read_corpus(path).sources())


def test_a_coded_note_is_a_source_too(tmp_path: Path) -> None:
    note = (
        f'<Note guid="{guid(400)}" name="Diary"><PlainTextContent>We wondered.</PlainTextContent>'
        f"{selection(300, 3, 11, coding(100))}</Note>"
    )
    plain = f'<Note guid="{guid(401)}"><PlainTextContent>Nothing.</PlainTextContent></Note>'
    corpus, sources = read(
        tmp_path,
        f"<CodeBook><Codes>{codes('Trust')}</Codes></CodeBook>"
        f"<Sources>{text_source(200, 'Talk', 'One.')}</Sources><Notes>{plain}{note}</Notes>",
    )
    assert [source.name for source in sources] == list(corpus.source_names) == ["Talk", "Diary"]
    assert sources[1].codings[0].quote == "wondered"
    assert len(corpus.memos) == 2


def test_coded_notes_of_one_guid_stay_two(tmp_path: Path) -> None:
    notes = "".join(
        f'<Note guid="{guid(700)}" name="{name}"><PlainTextContent>{name} said.</PlainTextContent>{inside}</Note>'
        for name, inside in (
            ("None", ""),
            ("One", selection(701, 0, 3, coding(100))),
            ("Two", selection(702, 0, 3, coding(100))),
        )
    )
    corpus, sources = read(
        tmp_path, f"<CodeBook><Codes>{codes('Trust')}</Codes></CodeBook><Notes>{notes}</Notes>"
    )
    assert corpus.source_names == ("One", "Two")
    assert [(source.name, source.text) for source in sources] == [("One", "One said."), ("Two", "Two said.")]


def test_links_and_cases_that_name_selections(tmp_path: Path) -> None:
    """Sources hold them, whatever the order of the sections."""
    corpus, _ = read(
        tmp_path,
        f"<CodeBook><Codes>{codes('Trust')}</Codes></CodeBook>"
        f"<Sources>{text_source(200, 'Talk', 'One.', selection(300, 0, 3, coding(100)))}"
        f"{text_source(201, 'Visit', 'Two.', selection(301, 0, 3, coding(100)))}</Sources>"
        f'<Cases><Case guid="{guid(10)}" name="Ada"><SelectionRef targetGUID="{guid(301)}"/></Case></Cases>'
        f'<Links><Link guid="{guid(500)}" name="why" originGUID="{guid(300)}" targetGUID="{guid(100)}"/>'
        f'<Link guid="{guid(501)}" name="gone" originGUID="{guid(999)}" targetGUID="{guid(10)}"/></Links>',
    )
    assert [(link.origin, link.target) for link in corpus.links] == [("Talk", "Trust"), ("", "Ada")]
    assert corpus.cases[0].sources == ("Visit",)
    assert (corpus.report.tallies["link"].kept, corpus.report.tallies["link"].downgraded) == (2, 1)


def test_what_is_not_kept_is_said(tmp_path: Path) -> None:
    """Drawn graphs, selections that say nothing, a case's codes, people who are no users."""
    corpus, _ = read(
        tmp_path,
        f"<CodeBook><Codes>{codes('Trust')}</Codes></CodeBook>"
        f'<Cases><Case guid="{guid(10)}" name="Ada"><CodeRef targetGUID="{guid(100)}"/></Case></Cases>'
        f"<Sources>{text_source(200, 'Talk', 'One.', selection(300, 0, 3, '') + coding(100, user=77))}</Sources>"
        f'<Graphs><Graph guid="{guid(600)}"/><Graph guid="{guid(601)}"/></Graphs>',
    )
    dropped = {kind: tally.dropped for kind, tally in corpus.report.tallies.items() if tally.dropped}
    assert dropped == {"selection": 1, "code of a case": 1, "graph": 2}
    said = " ".join(finding.what for finding in corpus.report.findings)
    for part in ("2 drawn graphs", "no code and no note", "case's codes", "not among the project's users"):
        assert part in said
    assert all(finding.row == 1 for finding in corpus.report.findings)


def test_what_is_coded_in_a_regions_own_text_is_kept(tmp_path: Path) -> None:
    """A region of a PDF may hold its text, and that may be coded (Project.xsd, PDFSelectionType)."""
    inside = f"<PlainTextContent>Trust me.</PlainTextContent>{selection(301, 0, 5, coding(100))}{coding(101)}"
    region = f'<PDFSelection guid="{guid(300)}" page="1" firstX="1" firstY="2" secondX="3" secondY="4"><Representation guid="{guid(400)}">{inside}</Representation></PDFSelection>'
    corpus, (source,) = read(
        tmp_path,
        f"<CodeBook><Codes>{codes('Trust', 'Hope')}</Codes></CodeBook>"
        f'<Sources><PDFSource guid="{guid(200)}" name="Paper">{region}</PDFSource></Sources>',
    )
    assert {one.code: one.verification for one in source.codings} == {
        ("Trust",): Verification.UNVERIFIABLE,
        ("Hope",): Verification.UNVERIFIABLE,
    }
    assert corpus.report.tallies["coding"].seen == 2
    assert corpus.report.tallies["selection"].dropped == 0


def test_the_report_says_which_rule_a_plain_text_follows(tmp_path: Path) -> None:
    begin = '<PlainTextSelection name="Second line"'
    passage = selection(300, 12, 23, coding(100)).replace("<PlainTextSelection", begin)
    corpus, (source,) = read(
        tmp_path,
        f"<CodeBook><Codes>{codes('Trust')}</Codes></CodeBook>"
        f"<Sources>{text_source(200, 'Talk', 'First line' + chr(10) + 'Second line', passage)}</Sources>",
    )
    assert source.codings[0].quote == "Second line"
    assert dict(corpus.report.decisions) == {"code point, newlines LF counts 2 (evidence of the text)": 1}


def test_a_line_that_the_parser_does_not_count_is_not_told(tmp_path: Path) -> None:
    for lines, row in ((65_000, 65_001), (70_000, None)):
        inside = "\n" * lines + text_source(200, "Talk", "One.", selection(300, 0, 3, coding(100)))
        corpus, _ = read(tmp_path, f"<Sources>{inside}</Sources>")
        (finding,) = (one for one in corpus.report.findings if "names a code" in one.what)
        assert finding.row == row


def test_regions_keep_their_page_and_corners(tmp_path: Path) -> None:
    region = f'<PDFSelection guid="{guid(300)}" page="3" firstX="1" firstY="2" secondX="9" secondY="8">{coding(100)}</PDFSelection>'
    _, (source,) = read(
        tmp_path,
        f"<CodeBook><Codes>{codes('Trust')}</Codes></CodeBook>"
        f'<Sources><PDFSource guid="{guid(200)}" name="Leaflet">{region}</PDFSource></Sources>',
    )
    original = source.codings[0].original
    assert original is not None
    assert (original.unit, original.detail) == ("region", "page 3, firstX 1, firstY 2, secondX 9, secondY 8")


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    """Archives packed on Windows, XML and databases under other names."""
    backslashes = pack(
        tmp_path / "a.qdpx.zip",
        {
            "project.qde": f'<Project xmlns="urn:QDA-XML:project:1.0"><Sources><TextSource guid="{guid(1)}" name="T" '
            'plainTextPath="internal://E%CC%81te%CC%81.txt"/></Sources></Project>',
            "SOURCES\\Été.txt": "Chaud.",
        },
    )
    assert [source.text for source in read_corpus(backslashes).sources()] == ["Chaud."]
    xml = tmp_path / "project.xml"
    xml.write_text('<Project xmlns="urn:QDA-XML:project:1.0" origin="x"/>')
    assert read_corpus(xml).origin == "x"
    assert read_corpus(taguette(tmp_path / "a.qdpx", 0, 3, "Ça")).format == "taguette"
