"""Access: who asks, and what they may; what is on record of it.

STORE/tokens.json      the store's own tokens, as digests
STORE/tokens.lock      held by the one process that changes them
STORE/audit.jsonl      who did what, when
"""

from __future__ import annotations

from .audit import Audit, digest_of
from .gate import Gate, require
from .oidc import Issuer
from .principal import ANONYMOUS, Principal, Scope
from .tokens import Token, TokenBook

__all__ = [
    "ANONYMOUS",
    "Audit",
    "Gate",
    "Issuer",
    "Principal",
    "Scope",
    "Token",
    "TokenBook",
    "digest_of",
    "require",
]
