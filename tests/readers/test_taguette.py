"""What real Taguette projects have that nobody foresees: odd HTML, two projects in one file, renamed owners."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cmograph.corpus import Verification
from cmograph.errors import CodedFileError
from cmograph.readers import read_corpus
from cmograph.readers.taguette import _Text
from tests.readers.test_hostile import TAGUETTE, database, taguette


def test_a_tag_that_looks_like_a_path_is_one(tmp_path: Path) -> None:
    more = (
        "INSERT INTO tags VALUES (2, 'trust > in peers', '')",
        "INSERT INTO tags VALUES (3, 'trust >  in peers ', '')",
    )
    corpus = read_corpus(database(tmp_path / "paths.sqlite3", *TAGUETTE, *more))
    assert [code.path for code in corpus.codes] == [
        ("trust",),
        ("trust", "in peers"),
        ("trust", "in peers (2)"),
    ]


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<p>a</p><p>b</p>", "a\nb"),
        ("<p>a</p>\n<p>b</p>", "a\nb"),
        ("<p>a</p> \n<p>b</p>", "a \nb"),
        ("a<br>b<br/>\nc", "a\nb\nc"),
        ("<p>a\r\nb\rc</p>", "a\nb\nc"),
        ("<p>a &amp; b</p>", "a & b"),
        ("<ul><li>a</li><li><b>b</b>c</li></ul>", "a\nbc"),
        ("<p></p><p></p>a", "a"),
        ("a<p></p>", "a"),
    ],
)
def test_html_as_text(html: str, kept: str) -> None:
    assert _Text(html).kept == kept


def test_bytes_of_html_lie_where_taguette_counts_them() -> None:
    """Line breaks that we add, and the CR of a CRLF that we leave out, move nothing."""
    text = _Text("<p>Ça</p><p>va 🙂</p>\r\n<p>oui</p>")
    counted = "Çava 🙂\r\noui".encode()
    for word in ("Ça", "va", "🙂", "oui"):
        start = counted.index(word.encode())
        span = text.span(start, start + len(word.encode()))
        assert span is not None
        assert text.kept[span.start : span.end] == word


def test_two_projects_in_one_database_are_not_merged_in_silence(tmp_path: Path) -> None:
    path = database(
        tmp_path / "server.sqlite3",
        *TAGUETTE,
        "INSERT INTO projects VALUES (2, 'Another', '')",
        "INSERT INTO tags VALUES (2, 'trust', '')",
        "INSERT INTO documents VALUES (2, 'Talk', '', '<p>Oui.</p>')",
    )
    corpus = read_corpus(path)
    assert [str(code) for code in corpus.codes] == ["trust", "trust (2)"]
    assert corpus.source_names == ("Talk", "Talk (2)")
    assert any("2 projects" in finding.what for finding in corpus.report.findings)


def test_who_highlighted_is_in_the_log(tmp_path: Path) -> None:
    path = taguette(tmp_path / "log.sqlite3", 0, 3, "Ça")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE commands (id INTEGER, user_login TEXT, payload TEXT)")
        deep = "[" * 100_000
        for payload in ('{"type": "highlight_add", "highlight_id": 1}', "not JSON", deep, None):
            connection.execute("INSERT INTO commands VALUES (1, 'ada', ?)", (payload,))
        connection.commit()
    corpus = read_corpus(path)
    assert [coder.name for coder in corpus.coders] == ["ada"]
    assert [one.coder for source in corpus.sources() for one in source.codings] == ["ada"]


def test_html_that_no_editor_writes(tmp_path: Path) -> None:
    """Some versions of Python's parser stop at it, others read on: both ways nothing is raised of its own."""
    path = database(
        tmp_path / "html.sqlite3", *TAGUETTE, "UPDATE documents SET contents = '<p>a<![nonsense[ b</p>'"
    )
    try:
        (source,) = read_corpus(path).sources()
    except CodedFileError as error:
        assert error.problems[0].file == path.name
        assert error.problems[0].remedy
    else:
        assert (source.text or "").startswith("a")


def test_each_tag_of_a_highlight_has_its_coder_and_moment(tmp_path: Path) -> None:
    """A highlight is written to the log again when a tag is added: who came later gave only the later tag."""
    path = taguette(tmp_path / "log.sqlite3", 0, 3, "Ça")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO tags VALUES (2, 'help', '')")
        connection.execute("INSERT INTO highlight_tags VALUES (1, 2)")
        connection.execute("CREATE TABLE commands (id INTEGER, date TEXT, user_login TEXT, payload TEXT)")
        for number, (coder, tags) in enumerate((("ada", "[1]"), ("bea", "[1, 2]"))):
            payload = f'{{"type": "highlight_add", "highlight_id": 1, "tags": {tags}}}'
            moment = f"2026-01-0{number + 1} 10:00:00"
            connection.execute("INSERT INTO commands VALUES (?, ?, ?, ?)", (number, moment, coder, payload))
        connection.commit()
    codings = {one.code[0]: one for source in read_corpus(path).sources() for one in source.codings}
    assert {code: (one.coder, one.created) for code, one in codings.items()} == {
        "trust": ("ada", "2026-01-01T10:00:00"),
        "help": ("bea", "2026-01-02T10:00:00"),
    }
    assert not any(one.coder_uncertain for one in codings.values())


def test_an_owner_whom_taguette_renamed_is_uncertain(tmp_path: Path) -> None:
    path = taguette(tmp_path / "log.sqlite3", 0, 3, "Ça")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE commands (id INTEGER, user_login TEXT, payload TEXT)")
        payload = '{"type": "highlight_add", "highlight_id": 1}'
        connection.execute("INSERT INTO commands VALUES (1, 'admin', ?)", (payload,))
        connection.commit()
    ((coding,),) = (source.codings for source in read_corpus(path).sources())
    assert (coding.coder, coding.coder_uncertain) == ("admin", True)


def test_a_snippet_that_stands_elsewhere_moves_the_highlight(tmp_path: Path) -> None:
    (source,) = read_corpus(taguette(tmp_path / "moved.sqlite3", 0, 3, "Beaucoup")).sources()
    (coding,) = source.codings
    assert (coding.verification, coding.quote) == (Verification.RELOCATED, "Beaucoup")
    (source,) = read_corpus(taguette(tmp_path / "lost.sqlite3", 0, 3, "nowhere at all")).sources()
    assert (source.codings[0].verification, source.codings[0].span) == (Verification.FAILED, None)
