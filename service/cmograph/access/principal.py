"""Who asks, and what they may: a name and its scopes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["ANONYMOUS", "Principal", "Scope"]


class Scope(StrEnum):
    """What a token allows beyond what anyone may."""

    RESTRICTED = "restricted"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks.

    Attributes:
        name: a token's id, `oidc:` and an issuer's subject, or "anonymous".
        scopes: what it may; none of them implies another.
    """

    name: str
    scopes: frozenset[Scope]

    @property
    def edition(self) -> str:
        """The edition that it reads."""
        return "restricted" if Scope.RESTRICTED in self.scopes else "open"

    @property
    def may_write(self) -> bool:
        """Whether it may change what is served."""
        return Scope.WRITE in self.scopes

    @property
    def anonymous(self) -> bool:
        """Whether it showed no token."""
        return self == ANONYMOUS


ANONYMOUS = Principal("anonymous", frozenset())
"""Whoever shows no token. No token's name is this one: see `Principal.name`."""
