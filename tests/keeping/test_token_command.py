"""`cmograph token`: printed once and alone, listed, revoked, on record."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cmograph.access import Scope, TokenBook
from cmograph.release import current, list_releases, open_store
from tests.release.parts import publish_studies, study

from .shell import audited, cmograph

NOW = datetime.now(UTC)


def test_a_token_is_printed_once_alone_and_works(tmp_path: Path) -> None:
    store = tmp_path / "new" / "store"
    made = cmograph(
        "token", "add", "--scope", "write", "--scope", "restricted", "--label", "R", "--store", store
    )
    assert made.returncode == 0, made.stderr
    assert re.fullmatch(r"cmograph_[0-9a-f]{8}_[A-Za-z0-9_-]{43}\n", made.stdout)
    assert "restricted, write" in made.stderr
    token = made.stdout.strip()
    found = TokenBook(store).find(token, NOW)
    assert found is not None
    assert found.may_write
    assert found.edition == "restricted"
    listed = cmograph("token", "list", "--format", "json", "--store", store)
    (item,) = json.loads(listed.stdout)
    assert (item["id"], item["label"], item["state"]) == (found.name, "R", "valid")
    assert item["scopes"] == ["restricted", "write"]
    year = datetime.fromisoformat(item["expires"]) - datetime.fromisoformat(item["created"])
    assert year == timedelta(days=365)
    secret = token.split("_", 2)[2]
    for kept in (made.stderr, listed.stdout, *(file.read_text("utf-8") for file in store.iterdir())):
        assert secret not in kept

    revoked = cmograph("token", "revoke", found.name, env={"CMOGRAPH_STORE": str(store)})
    assert revoked.returncode == 0, revoked.stderr
    assert revoked.stdout == ""
    assert TokenBook(store).find(token, NOW) is None
    table = cmograph("token", "list", "--store", store).stdout
    assert "revoked" in table
    assert [(line["action"], line["digest"], line["outcome"]) for line in audited(store)] == [
        ("token-add", "", "asked"),
        ("token-add", found.name, "done"),
        ("token-revoke", found.name, "asked"),
        ("token-revoke", found.name, "done"),
    ]
    assert audited(store)[0]["principal"] == f"uid:{os.getuid()}"


def test_nothing_is_done_that_cannot_be_put_on_record(tmp_path: Path) -> None:
    """Neither a token made nor one revoked, nor a release gone back to or pruned."""
    store = open_store(tmp_path / "store")
    publish_studies(store, {"a": study("a")})
    publish_studies(store, {"b": study("b")})
    token = TokenBook(store.path).add({Scope.WRITE}, None)
    (store.path / "audit.jsonl").symlink_to("/dev/full")
    for command in (
        ["token", "add", "--scope", "write"],
        ["token", "revoke", token.split("_")[1]],
        ["releases", "rollback"],
        ["releases", "backup", str(tmp_path / "b.tar")],
        ["releases", "prune", "--keep", "1"],
    ):
        said = cmograph(*command, "--store", store.path)
        assert said.returncode == 4 and "The audit can't be written" in said.stderr, command
        assert said.stdout == ""
    assert [one.name for one in tmp_path.iterdir()] == ["store"]
    assert len(TokenBook(store.path).tokens()) == 1 and TokenBook(store.path).find(token, NOW)
    served = current(store)
    assert served is not None and served.number == 2 and len(list_releases(store)) == 2


def test_a_token_that_is_given_for_its_id_is_not_put_on_record(tmp_path: Path) -> None:
    token = TokenBook(tmp_path).add({Scope.WRITE}, None)
    assert cmograph("token", "revoke", token, "--store", tmp_path).returncode == 3
    assert [(line["digest"], line["outcome"]) for line in audited(tmp_path)] == [("", "asked")]


@pytest.mark.parametrize(
    ("given", "expires"),
    [
        ("never", None),
        ("2999-12-31", "2999-12-31T00:00:00+00:00"),
        ("2999-12-31T12:00:00+02:00", "2999-12-31T12:00:00+02:00"),
    ],
)
def test_a_token_expires_when_it_is_told_to(tmp_path: Path, given: str, expires: str | None) -> None:
    assert (
        cmograph("token", "add", "--scope", "write", "--expires", given, "--store", tmp_path).returncode == 0
    )
    (token,) = TokenBook(tmp_path).tokens()
    assert (token.expires.isoformat() if token.expires else None) == expires


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--scope", "admin"], 2, "admin"),
        ([], 2, "--scope"),
        (["--scope", "write", "--expires", "soon"], 3, "90d"),
        (["--scope", "write", "--expires", "99999d"], 0, ""),
        (["--scope", "write", "--expires", "9999999d"], 3, "90d"),
        (["--scope", "write", "--expires", "2020-01-01"], 3, "time to come"),
        (["--scope", "write", "--label", "x" * 101], 3, "label"),
    ],
    ids=str,
)
def test_a_wrong_option_says_which(tmp_path: Path, arguments: list[str], code: int, said: str) -> None:
    made = cmograph("token", "add", *arguments, "--store", tmp_path / "store")
    assert made.returncode == code
    assert said in made.stderr
    assert bool(made.stdout) == (code == 0)
    assert (tmp_path / "store").exists() == (code == 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ["token", "add", "--scope", "write"],
        ["token", "list"],
        ["token", "revoke", "00000000"],
        ["releases", "list"],
        ["releases", "verify"],
        ["releases", "rollback"],
        ["releases", "backup", "x.tar"],
        ["releases", "restore", "x.tar"],
        ["releases", "prune", "--keep", "1"],
    ],
    ids=" ".join,
)
def test_without_a_store_each_command_asks_for_one(tmp_path: Path, command: list[str]) -> None:
    for empty in ({}, {"CMOGRAPH_STORE": ""}):
        said = cmograph(*command, cwd=tmp_path, env={"XDG_CACHE_HOME": str(tmp_path)} | empty)
        assert said.returncode == 2
        assert "CMOGRAPH_STORE" in said.stderr
        assert not list(tmp_path.iterdir()), "the demonstration is nobody's to keep"
    assert cmograph(*command[:2], "--help").returncode == 0


def test_an_unknown_id_and_a_damaged_file_are_told(tmp_path: Path) -> None:
    unknown = cmograph("token", "revoke", "00000000", "--store", tmp_path)
    assert unknown.returncode == 3
    assert "no token '00000000'" in unknown.stderr
    (tmp_path / "tokens.json").write_text("{", encoding="utf-8")
    damaged = cmograph("token", "list", "--store", tmp_path)
    assert damaged.returncode == 4
    assert "backup" in damaged.stderr


def test_a_token_whose_making_cannot_be_recorded_is_shown_to_nobody(tmp_path: Path) -> None:
    (tmp_path / "audit.jsonl").symlink_to("/dev/full")
    made = cmograph("token", "add", "--scope", "write", "--store", tmp_path)
    assert made.returncode == 4
    assert made.stdout == ""


def test_the_store_is_as_it_was_for_whoever_serves_it(tmp_path: Path) -> None:
    """Tokens, kept in a store that holds no release, do not make it anything but empty."""
    assert cmograph("token", "add", "--scope", "write", "--store", tmp_path).returncode == 0
    program = (
        "import sys; from pathlib import Path; from cmograph.release import *\n"
        "assert current(open_store(Path(sys.argv[1]))) is None"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
