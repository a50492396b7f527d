"""The tokens of SPARQL (SPARQL 1.1 Query, section 19.8), as one expression that matches at every character.

It is linear in the text and loses none of it: what is no token is a mark of one character, an unclosed quote
too. A quote behind a backslash begins no string, and the two are one mark: else a row of them would be looked
through to its end from each. What was taken is never given back (`++`, `*+`): where a token ends, its next
character decides. Each match names its kind by `lastgroup`: space, string, iri, variable, language, run or mark.
"""

from __future__ import annotations

import re

__all__ = ["TOKEN"]

_STRING = "|".join(
    (
        r'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""',
        r"'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''",
        r'"(?!"")[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*"',
        r"'(?!'')[^'\\\r\n]*(?:\\.[^'\\\r\n]*)*'",
    )
)
_NAME = r"\w\x80-\U0010ffff"  # beyond ASCII more than a name may hold, for nothing else may stand there
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]"
# The grammar lets a local name hold any number of dots. Oxigraph ends it before the second row of them, and before
# one that follows the colon: what comes then may be a keyword, and so is a token of its own.
_LOCAL = rf"(?:[{_NAME}:]|{_ESCAPED})(?:[{_NAME}:\-]++|{_ESCAPED})*+(?:\.++(?:[{_NAME}:\-]++|{_ESCAPED})++)?+"
TOKEN = re.compile(
    rf"""(?P<space>(?:[\x20\t\r\n]++|\#[^\r\n]*+)++)
    |(?P<string>{_STRING})
    |(?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]++|\\[uU][0-9A-Fa-f]++)*+>)
    |(?P<variable>[?$][{_NAME}]+)
    |(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<run>_:[{_NAME}.\-]*+|(?:[{_NAME}][{_NAME}.\-]*+)?+:(?:{_LOCAL})?+|[{_NAME}][{_NAME}.\-]*+)
    |(?P<mark>\\["']|.)""",
    re.VERBOSE | re.DOTALL,
)
