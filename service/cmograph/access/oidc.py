"""Bearer tokens of an OpenID Connect issuer: JSON Web Tokens, held against the keys that it publishes."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from jwt.exceptions import InvalidSubjectError

from cmograph.access.principal import Principal, Scope
from cmograph.errors import InputError, Problem, Unauthorised

__all__ = ["Issuer"]

_LOG = logging.getLogger(__name__)

_TOKEN_LIMIT = 16_384
_KEYS_LIMIT = 1 << 18
_FETCH_SECONDS = 5.0
_PAUSE_SECONDS = 60.0
_FRESH_SECONDS = 3600.0
_STALE_SECONDS = 86_400.0
_LEEWAY_SECONDS = 30
_SUBJECT_LIMIT = 255  # OpenID Connect Core 1.0, section 2

_RSA = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
_BY_CURVE = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512", "Ed25519": "EdDSA"}


@dataclass(frozen=True, slots=True)
class _Key:
    """A public key, once for each algorithm that it may be used with (RFC 8725, section 3.1)."""

    id: str | None
    by_algorithm: Mapping[str, jwt.PyJWK]


class Issuer:
    """An issuer whose tokens count here, and what their claims allow.

    Only asymmetric algorithms count, each only with a key that it fits, so that neither `none` nor a public
    key taken for a shared secret lets anyone in (RFC 8725, sections 2.1 and 3.1).

    Args:
        issuer: what the claim `iss` must be.
        audience: what the claim `aud` must be, or hold.
        jwks: a file, or an https URL, of the issuer's keys (RFC 7517, section 5); http for loopback only.
            Only this is ever fetched: no redirect is followed, no proxy of the environment is used.
        claim: the claim that holds scopes, a string with spaces or a list.
        scopes: which value of that claim gives which scope of ours.

    Raises:
        InputError: one of these is empty or wrong.
    """

    def __init__(self, issuer: str, audience: str, jwks: str, claim: str, scopes: Mapping[str, str]) -> None:
        wrong = [
            Problem(f"The OpenID Connect setting {name!r} is empty.", "Set all of issuer, audience and jwks.")
            for name, value in (
                ("issuer", issuer),
                ("audience", audience),
                ("jwks", jwks),
                ("claim", claim),
            )
            if not value
        ]
        wrong += [
            Problem(f"{scope!r} is no scope.", f"Map values of the claim to {' or '.join(Scope)}.")
            for scope in scopes.values()
            if scope not in set(Scope)
        ]
        if wrong:
            raise InputError(*wrong)
        self._issuer, self._audience, self._claim = issuer, audience, claim
        self._scopes = {value: Scope(scope) for value, scope in scopes.items()}
        self._keys = _KeySet(jwks)

    async def principal(self, token: str) -> Principal:
        """Who shows this token.

        Raises:
            Unauthorised: it does not count. Why is logged, and not told: it would help whoever forges one.
        """
        try:
            claims = await self._claims(token)
            subject = claims["sub"]
            if not 0 < len(subject) <= _SUBJECT_LIMIT:
                raise InvalidSubjectError("the subject is empty or too long")
            granted = {self._scopes[value] for value in _values(claims.get(self._claim)) & set(self._scopes)}
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
            _LOG.info("a bearer token was refused: %s", type(error).__name__)
            raise Unauthorised(
                Problem("The token does not count.", "Get a new one from your identity provider.")
            ) from error
        return Principal(f"oidc:{subject}", frozenset(granted))

    async def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > _TOKEN_LIMIT:
            raise jwt.DecodeError("the token is too long")
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if not isinstance(algorithm, str) or algorithm not in _RSA | set(_BY_CURVE.values()):
            raise jwt.InvalidAlgorithmError("the algorithm is not one that counts")
        return jwt.decode(
            token,
            await self._keys.find(header.get("kid"), algorithm),
            algorithms=[algorithm],
            audience=self._audience,
            issuer=self._issuer,
            leeway=_LEEWAY_SECONDS,
            options={"require": ["exp", "iss", "aud", "sub"], "enforce_minimum_key_length": True},
        )


class _KeySet:
    """The issuer's keys, fetched when they are first needed, when they are old, or when one is unknown.

    An unknown key is no reason to fetch more than once a minute: anyone can name one. Keys that can't be
    fetched anew count for a day, so that an issuer may be away for a while.
    """

    def __init__(self, source: str) -> None:
        self._source = _url(source) or Path(source)
        self._fresh = _PAUSE_SECONDS if isinstance(self._source, Path) else _FRESH_SECONDS
        self._keys: tuple[_Key, ...] = ()
        self._tried = self._fetched = -_STALE_SECONDS
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, id: str | None, algorithm: str) -> jwt.PyJWK:
        """The key of this id; without one, the only key that fits (OpenID Connect Core 1.0, section 10.1).

        Raises:
            jwt.InvalidKeyError: there is none.
        """
        await self._renew(self._fresh)
        if (found := self._pick(id, algorithm)) is None:
            await self._renew(_PAUSE_SECONDS)
            found = self._pick(id, algorithm)
        if found is None:
            raise jwt.InvalidKeyError("no key of the issuer fits")
        return found

    def _pick(self, id: str | None, algorithm: str) -> jwt.PyJWK | None:
        keys = [
            key.by_algorithm[algorithm]
            for key in self._keys
            if (id is None or key.id == id) and algorithm in key.by_algorithm
        ]
        return keys[0] if len(keys) == 1 else None

    async def _renew(self, age: float) -> None:
        """Fetches the keys if the last fetch is longer ago than `age` seconds, once for all who wait.

        The fetch is nobody's own: it goes on when the client that began it leaves.
        """
        if self._due(age):
            self._fetching = self._fetching or asyncio.create_task(self._fetch())
            await asyncio.shield(self._fetching)

    async def _fetch(self) -> None:
        try:
            self._keys = _parse(await self._load())
            self._fetched = time.monotonic()
        except (OSError, ValueError, RecursionError, httpx2.HTTPError) as error:
            _LOG.warning("the issuer's keys can't be had: %s", type(error).__name__)
            if time.monotonic() - self._fetched > _STALE_SECONDS:
                self._keys = ()
        finally:
            self._tried, self._fetching = time.monotonic(), None

    def _due(self, age: float) -> bool:
        now = time.monotonic()
        return now - self._tried >= _PAUSE_SECONDS and now - self._fetched >= age

    async def _load(self) -> bytes:
        if isinstance(self._source, Path):
            with self._source.open("rb") as stream:
                return _limited(stream.read(_KEYS_LIMIT + 1))
        # The environment may name authorities (SSL_CERT_FILE), but no proxy and no passwords (.netrc).
        client = httpx2.AsyncClient(
            timeout=_FETCH_SECONDS,
            follow_redirects=False,
            trust_env=False,
            verify=ssl.create_default_context(),
        )
        async with (
            asyncio.timeout(_FETCH_SECONDS),
            client,
            # Raw bytes are counted: what is small on the wire could be unpacked to any size.
            client.stream("GET", self._source, headers={"Accept-Encoding": "identity"}) as answer,
        ):
            if answer.status_code != 200:
                raise ValueError(f"the issuer answered {answer.status_code}")
            body = b""
            async for block in answer.aiter_raw():
                body = _limited(body + block)
            return body


def _url(source: str) -> httpx2.URL | None:
    """The URL that a setting names; None where it names a file."""
    if "://" not in source:
        return None
    remedy = "Name a file, or an https URL without a name and password; http is for loopback only."
    try:
        url = httpx2.URL(source)
    except (httpx2.InvalidURL, ValueError) as error:
        raise InputError(Problem("The URL of the issuer's keys is malformed.", remedy)) from error
    allowed = url.scheme == "https" or (url.scheme == "http" and _loopback(url.host))
    if not allowed or not url.host or url.userinfo:
        raise InputError(Problem("The issuer's keys can't be fetched from that URL.", remedy))
    return url


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _limited(body: bytes) -> bytes:
    if len(body) > _KEYS_LIMIT:
        raise ValueError("the issuer's keys are too large")
    return body


def _parse(body: bytes) -> tuple[_Key, ...]:
    """The keys of a JWKS that may check signatures; others are passed over (RFC 7517, section 5)."""
    found = json.loads(body)
    if not isinstance(found, dict) or not isinstance(found.get("keys"), list):
        raise ValueError("that is no set of keys")
    keys = (_key(item) for item in found["keys"] if isinstance(item, dict))
    return tuple(key for key in keys if key.by_algorithm)


def _key(item: dict[str, Any]) -> _Key:
    operations = item.get("key_ops", ["verify"])
    usable = item.get("use", "sig") == "sig" and isinstance(operations, list) and "verify" in operations
    by_algorithm = {}
    for algorithm in _fitting(item) if usable else ():
        try:
            by_algorithm[algorithm] = jwt.PyJWK(item, algorithm)
        except (jwt.PyJWTError, UnsupportedAlgorithm, ValueError, TypeError):
            continue  # a key that is not one
    return _Key(item.get("kid"), by_algorithm)


def _fitting(item: dict[str, Any]) -> Iterable[str]:
    """The algorithms that a key may be used with: the one that it names, else those of its kind."""
    kind, curve, named = item.get("kty"), item.get("crv"), item.get("alg")
    if kind == "RSA":
        fitting = _RSA
    elif (kind == "EC" or (kind == "OKP" and curve == "Ed25519")) and isinstance(curve, str):
        fitting = frozenset({_BY_CURVE[curve]} if curve in _BY_CURVE else ())
    else:
        fitting = frozenset()
    return fitting if named is None else fitting & {named} if isinstance(named, str) else ()


def _values(claim: object) -> set[str]:
    if isinstance(claim, str):
        return set(claim.split(" "))
    return {value for value in claim if isinstance(value, str)} if isinstance(claim, list) else set()
