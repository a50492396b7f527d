"""The gate: from the `Authorization` header of a request to who asks."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from cmograph.access.oidc import Issuer
from cmograph.access.principal import ANONYMOUS, Principal, Scope
from cmograph.access.tokens import PREFIX, TokenBook
from cmograph.errors import Forbidden, Problem, Unauthorised

__all__ = ["Gate", "require"]

_LIMIT = 16_384
_BEARER = re.compile(r"(?i:bearer) +([A-Za-z0-9._~+/-]+=*)")
"""RFC 6750, section 2.1; the scheme in any case: RFC 9110, section 11.1."""


class Gate:
    """Who is let in: anyone as anonymous, the store's tokens, an OpenID Connect issuer's tokens."""

    def __init__(self, book: TokenBook | None, issuer: Issuer | None) -> None:
        self._book = book
        self._issuer = issuer

    async def admit(self, authorization: str | None) -> Principal:
        """Who shows this `Authorization` header; None, for no header, is anonymous.

        A header that says nothing we know is refused, never taken as anonymous: who shows a token that no
        longer counts must learn of it.

        Raises:
            Unauthorised: it is no bearer token, or one that does not count.
            StoreError: the file of tokens is damaged.
        """
        if authorization is None:
            return ANONYMOUS
        bearer = _BEARER.fullmatch(authorization.strip(" \t")) if len(authorization) <= _LIMIT else None
        if bearer is None:
            raise Unauthorised(
                Problem(
                    "The Authorization header holds no bearer token.", "Send `Authorization: Bearer TOKEN`."
                )
            )
        token = bearer[1]
        if token.startswith(PREFIX):
            principal = self._book.find(token, datetime.now(UTC)) if self._book else None
        else:
            principal = await self._issuer.principal(token) if self._issuer else None
        if principal is None:
            raise Unauthorised(
                Problem(
                    "The token does not count: it is unknown, expired or revoked.",
                    "Ask for a new one, or send none to read what anyone may.",
                )
            )
        return principal


def require(principal: Principal, scope: Scope) -> None:
    """Lets pass who has the scope.

    Raises:
        Unauthorised: nobody said who asks.
        Forbidden: who asks has other scopes.
    """
    if scope in principal.scopes:
        return
    if principal.anonymous:
        raise Unauthorised(
            Problem(f"This needs a token with the scope {scope!s}.", "Send `Authorization: Bearer TOKEN`.")
        )
    raise Forbidden(Problem(f"The token has no scope {scope!s}.", "Ask for one that has it."))
