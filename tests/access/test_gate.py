"""The gate: what a header says, and who is let in for it."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmograph.access import ANONYMOUS, Gate, Issuer, Principal, Scope, TokenBook, require
from cmograph.errors import AccessError, Forbidden, StoreError, Unauthorised

from .keys import AUDIENCE, ISSUER, RSA, claims, jwk, jwks, sign


def admit(gate: Gate, header: str | None) -> Principal:
    return asyncio.run(gate.admit(header))


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    (tmp_path / "keys").write_text(jwks(jwk(RSA)), encoding="utf-8")
    issuer = Issuer(ISSUER, AUDIENCE, str(tmp_path / "keys"), "scope", {"cmograph:restricted": "restricted"})
    return Gate(TokenBook(tmp_path), issuer)


def test_who_shows_nothing_is_anonymous_and_reads_what_is_open(gate: Gate) -> None:
    found = admit(gate, None)
    assert found is ANONYMOUS
    assert (found.anonymous, found.edition, found.may_write) == (True, "open", False)


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER   ", " Bearer ", "\tbEaReR "])
def test_the_scheme_is_read_as_the_standard_says(gate: Gate, scheme: str, tmp_path: Path) -> None:
    token = TokenBook(tmp_path).add({Scope.WRITE}, None)
    found = admit(gate, scheme + token)
    assert found.name == token.split("_")[1]
    assert (found.anonymous, found.edition, found.may_write) == (False, "open", True)
    assert admit(gate, scheme + sign(claims())).name == "oidc:ann"


def test_a_revoked_token_is_refused_at_once_by_a_gate_that_knew_it(gate: Gate, tmp_path: Path) -> None:
    token = TokenBook(tmp_path).add({Scope.RESTRICTED}, None)
    assert admit(gate, f"Bearer {token}").edition == "restricted"
    TokenBook(tmp_path).revoke(token.split("_")[1])
    with pytest.raises(Unauthorised, match="does not count"):
        admit(gate, f"Bearer {token}")


@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "Bearer a b",
        "Bearer a, Bearer b",
        "Bearer é",
        "Bearer a\nX: y",
        "Bearer\ta",
        "Token a",
        "cmograph_00000000_" + "a" * 43,
        "Bearer cmograph_00000000_" + "a" * 43,
        "Bearer cmograph_",
        "Bearer a.b.c",
        "Bearer " + "a" * 20_000,
    ],
)
def test_anything_else_is_refused_and_never_taken_as_anonymous(gate: Gate, header: str) -> None:
    for one in (gate, Gate(None, None)):
        with pytest.raises(Unauthorised):
            admit(one, header)


@given(header=st.text(max_size=60) | st.from_regex(re.compile(r"bearer[ \t]+\S{0,60}", re.IGNORECASE)))
def test_no_header_breaks_it_or_gets_in(header: str) -> None:
    with pytest.raises(Unauthorised) as caught:
        admit(Gate(None, None), header)
    assert caught.value.problems[0].what in {
        "The Authorization header holds no bearer token.",
        "The token does not count: it is unknown, expired or revoked.",
    }, "what was shown is not told again"


def test_a_gate_without_a_store_knows_no_token(tmp_path: Path) -> None:
    token = TokenBook(tmp_path).add({Scope.WRITE}, None)
    with pytest.raises(Unauthorised):
        admit(Gate(None, None), f"Bearer {token}")


def test_a_damaged_book_is_an_error_and_anonymous_readers_are_still_answered(
    gate: Gate, tmp_path: Path
) -> None:
    token = TokenBook(tmp_path).add({Scope.WRITE}, None)
    (tmp_path / "tokens.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreError):
        admit(gate, f"Bearer {token}")
    assert admit(gate, None) is ANONYMOUS


def test_no_scope_implies_another() -> None:
    for scope in Scope:
        for held in Scope:
            principal = Principal("0" * 8, frozenset({held}))
            if held is scope:
                require(principal, scope)
            else:
                with pytest.raises(Forbidden, match=f"no scope {scope}"):
                    require(principal, scope)
        with pytest.raises(Unauthorised, match=f"the scope {scope}"):
            require(ANONYMOUS, scope)


def test_a_refusal_says_how_to_answer_it() -> None:
    assert [(kind.status, kind.exit_code) for kind in (AccessError, Unauthorised, Forbidden)] == [
        (403, 6),
        (401, 6),
        (403, 6),
    ]
    assert Unauthorised.challenge == 'Bearer realm="cmograph"'
    assert Forbidden.challenge == 'Bearer realm="cmograph", error="insufficient_scope"'
