"""An issuer's tokens: those that it signed, for us, now, and no others."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import hmac
import json
import threading
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from cmograph.access import Issuer, Principal, Scope, oidc
from cmograph.errors import InputError, Unauthorised

from .keys import AUDIENCE, EC, ED, ISSUER, RSA, Pages, Private, claims, jwk, jwks, pem, serving, sign

SCOPES = {"cmograph:restricted": "restricted", "cmograph:write": "write"}
ANN = Principal("oidc:ann", frozenset({Scope.RESTRICTED}))
KEYS = jwks(jwk(RSA), jwk(EC, "two"), jwk(ED, "three"))


def issuer(source: Path | str, claim: str = "scope") -> Issuer:
    return Issuer(ISSUER, AUDIENCE, str(source), claim, SCOPES)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    file = tmp_path / "jwks.json"
    file.write_text(KEYS, encoding="utf-8")
    return file


def admit(one: Issuer, token: str) -> Principal:
    return asyncio.run(one.principal(token))


def refused(one: Issuer, token: str) -> None:
    with pytest.raises(Unauthorised) as caught:
        admit(one, token)
    assert str(caught.value) == "The token does not count. Get a new one from your identity provider.", (
        "why helps whoever forges one"
    )


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"),
    [
        *((RSA, algorithm, "one") for algorithm in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")),
        (EC, "ES256", "two"),
        (ED, "EdDSA", "three"),
    ],
)
def test_a_token_counts_that_is_signed_with_a_key_of_the_issuer(
    keys: Path, key: Private, algorithm: str, kid: str
) -> None:
    assert admit(issuer(keys), sign(claims(), key, algorithm, kid)) == ANN


@pytest.mark.parametrize(("curve", "algorithm"), [(ec.SECP384R1(), "ES384"), (ec.SECP521R1(), "ES512")])
def test_longer_curves_count_too(tmp_path: Path, curve: ec.EllipticCurve, algorithm: str) -> None:
    key = ec.generate_private_key(curve)
    (tmp_path / "keys").write_text(jwks(jwk(key)), encoding="utf-8")
    assert admit(issuer(tmp_path / "keys"), sign(claims(), key, algorithm)) == ANN


@pytest.mark.parametrize(
    ("value", "scopes"),
    [
        ("cmograph:write cmograph:restricted", {Scope.WRITE, Scope.RESTRICTED}),
        (["cmograph:write", 3, None], {Scope.WRITE}),
        ("openid", set()),
        ("cmograph:writer write restricted", set()),
        (None, set()),
        ({"cmograph:write": True}, set()),
        ([["cmograph:write"]], set()),
    ],
)
def test_values_of_the_claim_give_scopes_by_the_mapping_alone(
    keys: Path, value: object, scopes: set[Scope]
) -> None:
    found = admit(issuer(keys, "roles"), sign(claims(roles=value)))
    assert found.scopes == scopes
    assert found.edition == ("restricted" if Scope.RESTRICTED in scopes else "open")
    assert not found.anonymous


def test_a_subject_is_never_taken_for_anonymous_or_for_a_token(keys: Path) -> None:
    assert admit(issuer(keys), sign(claims(sub="anonymous"))).name == "oidc:anonymous"


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": None},
        {"exp": -60.0},
        {"exp": "soon"},
        {"exp": [1]},
        {"exp": float("inf")},
        {"nbf": 600.0},
        {"iat": 600.0},
        {"iss": None},
        {"iss": ISSUER + "/"},
        {"iss": "https://login.example.org/other"},
        {"aud": None},
        {"aud": "cmograph2"},
        {"aud": []},
        {"aud": ["someone else"]},
        {"aud": {"cmograph": 1}},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
    ],
    ids=str,
)
def test_claims_that_do_not_count(keys: Path, changed: dict[str, Any]) -> None:
    """Times are seconds from now."""
    now = time.time()
    moved = {name: now + value if isinstance(value, float) else value for name, value in changed.items()}
    refused(issuer(keys), sign(claims(**moved)))


def test_clocks_may_differ_by_half_a_minute(keys: Path) -> None:
    now = int(time.time())
    assert admit(issuer(keys), sign(claims(exp=now - 10, nbf=now + 20))) == ANN


def test_our_audience_may_be_one_of_several(keys: Path) -> None:
    assert admit(issuer(keys), sign(claims(aud=["other", AUDIENCE]))) == ANN


def _segment(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None], ids=repr)
def test_a_token_that_nobody_signed(keys: Path, algorithm: str | None) -> None:
    for signature in ("", "AAAA"):
        header = {"alg": algorithm, "kid": "one"}
        refused(issuer(keys), f"{_segment(header)}.{_segment(claims())}.{signature}")


@pytest.mark.parametrize("kid", ["one", "two", None])
def test_a_public_key_is_no_shared_secret(keys: Path, kid: str | None) -> None:
    for secret in (pem(RSA), pem(EC), jwks(jwk(RSA)).encode(), b""):
        content = f"{_segment({'alg': 'HS256', 'kid': kid})}.{_segment(claims())}"
        digest = hmac.new(secret, content.encode(), hashlib.sha256).digest()
        refused(issuer(keys), f"{content}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}")


def test_a_shared_secret_among_the_keys_is_passed_over(tmp_path: Path) -> None:
    secret = {"kty": "oct", "kid": "one", "k": base64.urlsafe_b64encode(b"s" * 32).decode()}
    (tmp_path / "keys").write_text(jwks(secret, jwk(EC, "two")), encoding="utf-8")
    refused(issuer(tmp_path / "keys"), jwt.encode(claims(), b"s" * 32, "HS256", {"kid": "one"}))
    assert admit(issuer(tmp_path / "keys"), sign(claims(), EC, "ES256", "two")) == ANN


def test_a_key_counts_only_as_what_it_was_published_for(tmp_path: Path) -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    file = tmp_path / "keys"
    for key in (
        jwk(RSA, use="enc"),
        jwk(RSA, key_ops=["encrypt"]),
        jwk(RSA, alg="PS256"),
        jwk(RSA, kty="EC"),
        jwk(RSA, n="AQAB"),
        jwk(RSA, alg=["RS256"]),
    ):
        file.write_text(jwks(key), encoding="utf-8")
        refused(issuer(file), sign(claims()))
    file.write_text(jwks(jwk(weak)), encoding="utf-8")
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        token = sign(claims(), weak)
    refused(issuer(file), token)


def test_another_key_of_the_same_name_signs_nothing(keys: Path) -> None:
    refused(issuer(keys), sign(claims(), rsa.generate_private_key(public_exponent=65537, key_size=2048)))


def test_a_key_that_the_token_brings_itself_is_not_used(keys: Path) -> None:
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for header in ({"jwk": jwk(own)}, {"jku": "http://127.0.0.1:1/keys"}, {"x5u": "http://127.0.0.1:1/"}):
        refused(issuer(keys), jwt.encode(claims(), own, "RS256", {"kid": "one", **header}))


def test_without_a_kid_only_a_single_key_can_be_meant(tmp_path: Path, keys: Path) -> None:
    assert admit(issuer(keys), sign(claims(), kid=None)) == ANN, "the others are of other kinds"
    keys.write_text(jwks(jwk(RSA), jwk(RSA, "more")), encoding="utf-8")
    refused(issuer(keys), sign(claims(), kid=None))


def test_changed_and_cut_tokens(keys: Path) -> None:
    one, token = issuer(keys), sign(claims())
    header, payload, signature = token.split(".")
    forged = _segment(claims(scope="cmograph:write"))
    crit = jwt.encode(claims(), RSA, "RS256", {"kid": "one", "crit": ["exp"], "exp": 1})
    for wrong in (
        f"{header}.{forged}.{signature}",
        f"{header}.{payload}.",
        f"{header}.{payload}",
        f"{header}..{signature}",
        f"{token}.{signature}",
        crit,
        "",
        "..",
        "a.b.c",
        _segment([]) + f".{payload}.{signature}",
        _segment({"alg": ["RS256"], "kid": "one"}) + f".{payload}.{signature}",
        _segment({"alg": "RS256", "kid": 1}) + f".{payload}.{signature}",
    ):
        refused(one, wrong)


def test_a_huge_token_is_refused_before_it_is_read(keys: Path) -> None:
    one = issuer(keys)
    assert admit(one, sign(claims(note="x" * 4_000))) == ANN
    refused(one, sign(claims(note="x" * 20_000)))
    started = time.perf_counter()
    refused(one, "A" * 50_000_000)
    assert time.perf_counter() - started < 0.5


@given(
    token=st.text(max_size=200)
    | st.from_regex(r"[A-Za-z0-9_-]{0,60}\.[A-Za-z0-9_-]{0,60}\.[A-Za-z0-9_-]{0,20}")
)
def test_whatever_else_comes_is_refused_and_breaks_nothing(
    token: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "keys for any"
    file.write_text(KEYS, encoding="utf-8")
    refused(issuer(file), token)


def test_keys_come_from_the_web_once_and_again_for_an_unknown_one_once_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    later = 0.0
    now = time.monotonic
    monkeypatch.setattr("time.monotonic", lambda: now() + later)
    pages = Pages(jwks(jwk(RSA)).encode())
    with serving(pages) as url:
        one = issuer(url)
        assert [admit(one, sign(claims())) for _ in range(3)] == [ANN] * 3
        assert pages.asked == 1
        pages.body = jwks(jwk(RSA), jwk(EC, "two")).encode()
        new = sign(claims(), EC, "ES256", "two")
        for _ in range(5):
            refused(one, new)
        assert pages.asked == 1, "anyone can name an unknown key"
        later = 61
        assert admit(one, new) == ANN
        assert pages.asked == 2
        pages.body = jwks(jwk(EC, "two")).encode()
        later += 3601
        refused(one, sign(claims()))
        assert pages.asked == 3, "keys that are withdrawn count no longer than an hour"


def test_an_issuer_that_is_away_is_waited_for_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    later = 0.0
    now = time.monotonic
    monkeypatch.setattr("time.monotonic", lambda: now() + later)
    pages = Pages(jwks(jwk(RSA)).encode())
    with serving(pages) as url:
        one = issuer(url)
        assert admit(one, sign(claims())) == ANN
        pages.status = 500
        later = 3700
        assert admit(one, sign(claims())) == ANN
        later = 90_000
        refused(one, sign(claims()))
        pages.status, later = 200, 90_061
        assert admit(one, sign(claims())) == ANN


@pytest.mark.parametrize(
    "pages",
    [
        Pages(status=302, headers={"Location": "/elsewhere"}),
        Pages(status=404, body=KEYS.encode()),
        Pages(body=KEYS.encode() + b" " * (1 << 18)),
        Pages(body=gzip.compress(KEYS.encode(), mtime=0), headers={"Content-Encoding": "gzip"}),
        Pages(body=b"<html>"),
        Pages(body=b"[]"),
        Pages(body=b'{"keys": 5}'),
        Pages(body=b'{"keys": [5, {}, {"kty": []}, {"kty": "RSA"}, {"kty": "EC", "crv": {}}]}'),
        Pages(body=b"[" * 100_000),
    ],
    ids=["moved", "missing", "long", "compressed", "html", "list", "no list", "odd keys", "deep"],
)
def test_what_is_no_key_set_lets_nobody_in(pages: Pages) -> None:
    pages.asked = 0
    with serving(pages) as url:
        refused(issuer(url), sign(claims()))
        assert pages.asked == 1, "no redirect is followed"


def test_an_issuer_that_never_answers_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc, "_FETCH_SECONDS", 0.3)
    pages = Pages(silent=threading.Event())
    with serving(pages) as url:
        started = time.perf_counter()
        refused(issuer(url), sign(claims()))
        assert time.perf_counter() - started < 3
        assert pages.silent
        pages.silent.set()


def test_many_at_once_fetch_once_also_when_the_first_one_leaves() -> None:
    pages = Pages(jwks(jwk(RSA)).encode(), silent=threading.Event())

    async def crowd(one: Issuer) -> list[Principal]:
        tasks = [asyncio.create_task(one.principal(sign(claims()))) for _ in range(20)]
        await asyncio.sleep(0.1)
        tasks[0].cancel()
        assert pages.silent
        pages.silent.set()
        return await asyncio.gather(*tasks[1:])

    with serving(pages) as url:
        assert asyncio.run(crowd(issuer(url))) == [ANN] * 19
        assert pages.asked == 1


def test_no_proxy_of_the_environment_learns_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with serving(Pages(KEYS.encode())) as url:
        assert admit(issuer(url), sign(claims())) == ANN


def test_a_missing_file_lets_nobody_in(tmp_path: Path) -> None:
    refused(issuer(tmp_path / "none"), sign(claims()))


@pytest.mark.parametrize(
    "url",
    [
        "http://login.example.org/keys",
        "http://127.0.0.1.example.org/keys",
        "http://169.254.169.254/keys",
        "ftp://127.0.0.1/keys",
        "file:///keys",
        "https://",
        "https://name:word@login.example.org/keys",
        "http://[::1",
    ],
)
def test_keys_are_never_fetched_from_there(url: str) -> None:
    with pytest.raises(InputError, match="URL"):
        issuer(url)


@pytest.mark.parametrize(
    "url", ["https://login.example.org/keys", "http://[::1]:8000/k", "http://localhost/k"]
)
def test_keys_may_be_fetched_from_there(url: str) -> None:
    issuer(url)


def test_settings_that_would_let_anyone_in_are_refused(keys: Path) -> None:
    for empty in range(4):
        first, second, third, fourth = (
            "" if place == empty else value
            for place, value in enumerate((ISSUER, AUDIENCE, str(keys), "scope"))
        )
        with pytest.raises(InputError, match="is empty"):
            Issuer(first, second, third, fourth, SCOPES)
    with pytest.raises(InputError, match="'admin' is no scope"):
        Issuer(ISSUER, AUDIENCE, str(keys), "scope", {"x": "admin"})
