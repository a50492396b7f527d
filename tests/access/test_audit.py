"""The audit: a line for each act, without what it was about."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmograph.access import ANONYMOUS, Audit, Principal, digest_of
from cmograph.errors import StoreError


def lines(store: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (store / "audit.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_line_says_who_did_what_when_and_how_it_ended(tmp_path: Path) -> None:
    Audit(tmp_path).record(ANONYMOUS, "query", digest_of("ASK {}"), 200)
    Audit(tmp_path).record(Principal("ab", frozenset()), "token-add", "cd", "done")
    first, second = lines(tmp_path)
    moment = datetime.fromisoformat(first.pop("time"))
    assert abs((datetime.now(UTC) - moment).total_seconds()) < 60
    assert first == {
        "principal": "anonymous",
        "action": "query",
        "digest": digest_of("ASK {}"),
        "outcome": "200",
    }
    assert second["principal"] == "ab"
    assert stat.S_IMODE((tmp_path / "audit.jsonl").stat().st_mode) == 0o600


def test_the_digest_is_the_beginning_of_a_sha256_of_any_text() -> None:
    assert digest_of("abc") == "ba7816bf8f01cfea"
    assert len(digest_of("\ud800")) == 16


@given(name=st.text(max_size=50))
def test_no_name_makes_a_second_line(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    store = tmp_path_factory.mktemp("audit")
    Audit(store).record(Principal(name, frozenset()), "query", "", 200)
    assert (store / "audit.jsonl").read_bytes().count(b"\n") == 1
    assert lines(store)[0]["principal"] == name


def test_lines_of_several_processes_never_mix(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from cmograph.access import *\n"
        "audit = Audit(Path(sys.argv[1]))\n"
        "for n in range(300): audit.record(Principal('x' * 200, frozenset()), 'query', str(n), 200)"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path)]) for _ in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert sorted(int(line["digest"]) for line in lines(tmp_path)) == sorted([*range(300)] * 3)


def test_the_file_may_be_moved_away_at_any_time(tmp_path: Path) -> None:
    audit = Audit(tmp_path)
    audit.record(ANONYMOUS, "query", "1", 200)
    (tmp_path / "audit.jsonl").rename(tmp_path / "audit.jsonl.1")
    audit.record(ANONYMOUS, "query", "2", 200)
    assert [line["digest"] for line in lines(tmp_path)] == ["2"]


def test_a_disk_that_fails_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="audit can't be written"):
        Audit(tmp_path / "not there").record(ANONYMOUS, "update", "", 200)
    (tmp_path / "audit.jsonl").symlink_to("/dev/full")
    with pytest.raises(StoreError, match="audit can't be written: No space left"):
        Audit(tmp_path).record(ANONYMOUS, "update", "", 200)


def test_a_full_disk_is_an_error(tmp_path: Path) -> None:
    program = (
        "import resource, signal, sys; from pathlib import Path; from cmograph.access import *\n"
        "from cmograph.errors import StoreError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))\n"
        "audit = Audit(Path(sys.argv[1]))\n"
        "try:\n"
        "    for n in range(9): audit.record(ANONYMOUS, 'update', str(n), 200)\n"
        "except StoreError as error: print(n, error)"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert said.stdout.startswith("1 "), "a line that was cut is told"
    assert "audit can't be written" in said.stdout
    assert [line["digest"] for line in lines(tmp_path)] == ["0"], "nothing of the second is left"
    Audit(tmp_path).record(ANONYMOUS, "update", "2", 200)
    assert [line["digest"] for line in lines(tmp_path)] == ["0", "2"]


def test_without_a_store_there_is_no_audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Audit(None).record(ANONYMOUS, "query", "", 200)
    assert not list(tmp_path.iterdir())
