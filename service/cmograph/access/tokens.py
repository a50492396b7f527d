"""The store's own tokens: made once, kept as digests, listed, revoked."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cmograph.access.principal import Principal, Scope
from cmograph.errors import InputError, Problem, StoreError, UnknownName, nearest

__all__ = ["PREFIX", "Token", "TokenBook"]

PREFIX = "cmograph_"
"""How every token begins, so that one is found where it should not be (a log, a repository)."""

_SHAPE = re.compile(r"cmograph_([0-9a-f]{8})_[A-Za-z0-9_-]{43}")
_FORMAT = 1
_NO_DIGEST = "0" * 64
_LABEL = 100


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token, which is not the token.

    Attributes:
        id: eight hexadecimal digits, by which it is named in lists and in the audit.
        digest: its sha256. A token is 256 random bits, which nobody can try one by one, so that a slow or
            salted hash would add nothing (NIST SP 800-63B, section 5.1.2.2, DOI 10.6028/NIST.SP.800-63b: a secret
            of at least 112 bits needs no salt and no slow function).
        scopes: what it allows.
        label: what its maker said that it is for.
        created: when.
        expires: from when on it does not count; None for never.
        revoked: since when it does not count; None where it does.
    """

    id: str
    digest: str
    scopes: frozenset[Scope]
    label: str
    created: datetime
    expires: datetime | None
    revoked: datetime | None = None

    def state(self, now: datetime) -> str:
        """Whether it counts: "valid", "expired" or "revoked"."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and now >= self.expires else "valid"


class TokenBook:
    """The tokens of a store, in `STORE/tokens.json`, which only its owner can read.

    Looking costs a `stat`: the file is read again only when it has changed, so that what is revoked by
    another process stops to count at once.
    """

    def __init__(self, store: Path) -> None:
        self._store = store
        self._file = store / "tokens.json"
        self._seen: tuple[int, ...] | None = None
        self._tokens: dict[str, Token] = {}

    def add(self, scopes: Collection[Scope], expires: datetime | None, label: str = "") -> str:
        """Makes a token and returns it: the only time that anyone sees it.

        Args:
            scopes: what it allows, at least one.
            expires: from when on it does not count, with its time zone; None for never.
            label: what it is for, at most 100 printable characters.

        Raises:
            InputError: no scope, a time that is past, a label that is too long or not printable.
            StoreError: the file is damaged or can't be written.
        """
        self.check(scopes, expires, label)
        with self._writing() as tokens:
            name = secrets.token_hex(4)
            while name in tokens:
                name = secrets.token_hex(4)
            token = f"{PREFIX}{name}_{secrets.token_urlsafe(32)}"
            tokens[name] = Token(name, _digest(token), frozenset(scopes), label, _now(), expires)
        return token

    @staticmethod
    def check(scopes: Collection[Scope], expires: datetime | None, label: str) -> None:
        """Looks at what a token is to be, and makes none.

        Raises:
            InputError: as `add`.
        """
        if not scopes:
            raise InputError(Problem("A token needs a scope.", f"Take {' or '.join(Scope)}."))
        if expires is not None and expires <= _now():
            raise InputError(
                Problem(f"The token would have expired at {expires.isoformat()}.", "Name a time to come.")
            )
        if len(label) > _LABEL or not label.isprintable():
            raise InputError(
                Problem("The label is too long or not printable.", f"Take at most {_LABEL} plain characters.")
            )

    def tokens(self) -> tuple[Token, ...]:
        """All tokens, the first made first, also those that no longer count.

        Raises:
            StoreError: the file is damaged or can't be read.
        """
        return tuple(self._current().values())

    def revoke(self, id: str) -> Token:
        """Makes a token count no longer; revoking it again changes nothing.

        Raises:
            UnknownName: there is no such token.
            StoreError: the file is damaged or can't be written.
        """
        with self._writing() as tokens:
            if id not in tokens:
                raise UnknownName(
                    Problem(
                        f"There is no token {id[:40]!r}.",
                        nearest(id[:40], list(tokens)) or "See `token list`.",
                    )
                )
            if tokens[id].revoked is None:
                tokens[id] = replace(tokens[id], revoked=_now())
            return tokens[id]

    def find(self, token: str, now: datetime) -> Principal | None:
        """Who shows this token; None where it is malformed, unknown, expired or revoked.

        Digests are compared in constant time, so that how long it takes tells nothing of them.

        Raises:
            StoreError: the file is damaged or can't be read.
        """
        shape = _SHAPE.fullmatch(token)
        if shape is None:
            return None
        known = self._current().get(shape[1])
        same = hmac.compare_digest(known.digest if known else _NO_DIGEST, _digest(token))
        if known is None or not same or known.state(now) != "valid":
            return None
        return Principal(known.id, known.scopes)

    def _current(self) -> dict[str, Token]:
        try:
            found = os.stat(self._file)  # noqa: PTH116 - half the cost of Path.stat
            seen = (found.st_ino, found.st_mtime_ns, found.st_size)
            if seen != self._seen:
                self._tokens, self._seen = _read(self._file), seen
            return self._tokens
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise _unusable(self._file, error) from error

    @contextmanager
    def _writing(self) -> Iterator[dict[str, Token]]:
        """The tokens, to be changed by one writer at a time, and written when the block ends well."""
        try:
            self._store.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._store / "tokens.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unusable(self._file, error) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            tokens = dict(self._current())
            yield tokens
            try:
                _write(self._file, tokens)
            except OSError as error:
                raise _unusable(self._file, error) from error
        finally:
            os.close(handle)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _read(file: Path) -> dict[str, Token]:
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept["format"] != _FORMAT:
            raise ValueError(f"its format is not {_FORMAT}")
        tokens = [_from_json(item) for item in kept["tokens"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StoreError(
            Problem(
                "The file of tokens is damaged; nobody who shows one is let in.",
                "Put it back from a backup, or remove it and make new tokens.",
                str(file),
            )
        ) from error
    return {token.id: token for token in tokens}


def _write(file: Path, tokens: dict[str, Token]) -> None:
    """Writes the file whole or not at all, and never with a time that a reader has already seen.

    A file's time may be too coarse to tell two changes apart, and its inode may come again.
    """
    text = json.dumps(
        {"format": _FORMAT, "tokens": [_as_json(token) for token in tokens.values()]},
        ensure_ascii=False,
        indent=1,
    )
    temporary = file.with_name("tokens.json.tmp")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text + "\n")
        stream.flush()
        before = file.stat().st_mtime_ns if file.exists() else 0
        moment = max(time.time_ns(), before + 1)
        os.utime(handle, ns=(moment, moment))
        os.fsync(handle)
    temporary.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _as_json(token: Token) -> dict[str, object]:
    return {
        "id": token.id,
        "sha256": token.digest,
        "scopes": sorted(token.scopes),
        "label": token.label,
        "created": token.created.isoformat(),
        "expires": token.expires.isoformat() if token.expires else None,
        "revoked": token.revoked.isoformat() if token.revoked else None,
    }


def _from_json(item: dict[str, str]) -> Token:
    if not re.fullmatch(r"[0-9a-f]{64}", item["sha256"]):
        raise ValueError("a digest is not one")
    return Token(
        id=item["id"],
        digest=item["sha256"],
        scopes=frozenset(map(Scope, item["scopes"])),
        label=item["label"],
        created=_moment(item["created"]),
        expires=_moment(item["expires"]) if item["expires"] is not None else None,
        revoked=_moment(item["revoked"]) if item["revoked"] is not None else None,
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time has no time zone")
    return moment


def _unusable(file: Path, error: OSError) -> StoreError:
    return StoreError(
        Problem(
            f"The file of tokens can't be used: {error.strerror}.",
            "Look at the store's permissions and at its disk, and try again.",
            str(file),
        )
    )
