"""The store's own tokens: shown once, kept as digests, found only while they count."""

from __future__ import annotations

import hashlib
import json
import re
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmograph.access import Principal, Scope, TokenBook
from cmograph.errors import InputError, StoreError, UnknownName

WRITE = frozenset({Scope.WRITE})
NOW = datetime.now(UTC)


def test_a_token_is_found_with_its_scopes_and_never_kept(tmp_path: Path) -> None:
    book = TokenBook(tmp_path / "new")
    token = book.add({Scope.RESTRICTED, Scope.WRITE}, None, "the nightly export")
    assert re.fullmatch(r"cmograph_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", token)
    (kept,) = book.tokens()
    assert book.find(token, NOW) == Principal(kept.id, frozenset(Scope))
    file = tmp_path / "new" / "tokens.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text(encoding="utf-8")
    assert token not in text
    assert token.split("_", 2)[2] not in text
    assert json.loads(text)["tokens"][0]["sha256"] == hashlib.sha256(token.encode()).hexdigest()
    assert kept.label == "the nightly export"


def test_an_expired_token_counts_no_longer(tmp_path: Path) -> None:
    book = TokenBook(tmp_path)
    end = NOW + timedelta(days=1)
    token = book.add(WRITE, end)
    assert book.find(token, end - timedelta(seconds=1)) is not None
    assert book.find(token, end) is None
    assert book.tokens()[0].state(end) == "expired"


def test_a_revocation_counts_at_once_in_every_process_that_has_read_the_file(tmp_path: Path) -> None:
    readers = [TokenBook(tmp_path) for _ in range(2)]
    token, other = readers[0].add(WRITE, None), readers[0].add(WRITE, None)
    assert all(book.find(one, NOW) for book in readers for one in (token, other))
    for one in (token, other):
        revoked = TokenBook(tmp_path).revoke(one.split("_")[1])
        assert revoked.state(NOW) == "revoked"
        assert [book.find(one, NOW) for book in readers] == [None, None]
    again = TokenBook(tmp_path).revoke(token.split("_")[1])
    assert again.revoked == TokenBook(tmp_path).tokens()[0].revoked, "the first time stays"


def test_each_change_has_a_time_of_its_own_however_coarse_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 1_700_000_000_000_000_000)
    book, seen = TokenBook(tmp_path), set()
    for _ in range(5):
        book.add(WRITE, None)
        seen.add((tmp_path / "tokens.json").stat().st_mtime_ns)
    assert len(seen) == 5


def test_a_file_that_was_removed_lets_nobody_in(tmp_path: Path) -> None:
    book = TokenBook(tmp_path)
    token = book.add(WRITE, None)
    assert book.find(token, NOW)
    (tmp_path / "tokens.json").unlink()
    assert book.find(token, NOW) is None


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"format": 2, "tokens": []}',
        b'{"format": 1}',
        b'{"format": 1, "tokens": [{}]}',
        b'{"format": 1, "tokens": 3}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_an_error_and_lets_nobody_in(tmp_path: Path, damage: bytes) -> None:
    book = TokenBook(tmp_path)
    token = book.add(WRITE, None)
    (tmp_path / "tokens.json").write_bytes(damage)
    for attempt in (lambda: book.find(token, NOW), lambda: book.add(WRITE, None), book.tokens):
        with pytest.raises(StoreError, match="tokens is damaged") as caught:
            attempt()
        assert caught.value.problems[0].remedy
    assert (tmp_path / "tokens.json").read_bytes() == damage, "it is not written over"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sha256", ""),
        ("sha256", "é" * 64),
        ("scopes", ["everything"]),
        ("created", "2026-01-01"),
        ("expires", "soon"),
        ("expires", 5),
    ],
)
def test_a_token_that_was_edited_wrongly_is_damage(tmp_path: Path, field: str, value: object) -> None:
    book = TokenBook(tmp_path)
    token = book.add(WRITE, None)
    file = tmp_path / "tokens.json"
    kept = json.loads(file.read_text(encoding="utf-8"))
    kept["tokens"][0][field] = value
    file.write_text(json.dumps(kept), encoding="utf-8")
    with pytest.raises(StoreError, match="damaged"):
        book.find(token, NOW)


def test_an_unknown_id_is_told_with_the_nearest(tmp_path: Path) -> None:
    book = TokenBook(tmp_path)
    name = book.add(WRITE, None).split("_")[1]
    with pytest.raises(UnknownName, match=f"Did you mean '{name}'"):
        book.revoke(name[:-1])
    with pytest.raises(UnknownName, match="token list"):
        book.revoke("zzz")


@pytest.mark.parametrize(
    ("scopes", "expires", "label", "said"),
    [
        (frozenset(), None, "", "needs a scope"),
        (WRITE, NOW - timedelta(days=1), "", "would have expired"),
        (WRITE, None, "x" * 101, "label"),
        (WRITE, None, "a\x1b[2Jb", "label"),
    ],
)
def test_what_makes_no_sense_makes_no_token(
    tmp_path: Path, scopes: frozenset[Scope], expires: datetime | None, label: str, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        TokenBook(tmp_path).add(scopes, expires, label)
    assert TokenBook(tmp_path).tokens() == ()


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from cmograph.access import *\n"
        "book = TokenBook(Path(sys.argv[1]))\n"
        "for _ in range(10): print(book.add({Scope.WRITE}, None))"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    made = [line for writer in writers for line in writer.communicate(timeout=60)[0].split()]
    book = TokenBook(tmp_path)
    assert len(set(made)) == 30
    assert all(book.find(token, NOW) for token in made)
    assert not list(tmp_path.glob("*.tmp"))


@given(text=st.text(max_size=80) | st.from_regex(r"cmograph_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", fullmatch=True))
def test_nothing_else_is_ever_found(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    book = TokenBook(tmp_path_factory.getbasetemp() / "shared book")
    token = book.tokens()[0].id if book.tokens() else book.add(WRITE, None).split("_")[1]
    assert book.find(text, NOW) is None
    assert book.find(f"cmograph_{token}_" + text[-43:], NOW) is None


def test_a_token_counts_exactly_as_it_was_given(tmp_path: Path) -> None:
    book = TokenBook(tmp_path)
    token = book.add(WRITE, None)
    for other in (token.upper(), token[:-1], token + "\n", token + " ", " " + token, token + "\0"):
        assert book.find(other, NOW) is None
    assert book.find(token, NOW) is not None


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="can't be used"):
        TokenBook(tmp_path / "file").add(WRITE, None)
    with pytest.raises(StoreError, match="can't be used"):
        TokenBook(tmp_path / "file").tokens()
