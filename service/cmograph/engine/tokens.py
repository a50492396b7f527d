"""The tokens of SPARQL (SPARQL 1.1 Query, section 19.8), as one expression that matches at every character.

It is linear in the text and loses none of it: what is no token is a mark of one character, an unclosed quote
too. What was taken is never given back (`++`, `*+`): where a token ends, its next character decides. Each match
names its kind by `lastgroup`: space, string, iri, variable, language, run or mark.
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
TOKEN = re.compile(
    rf"""(?P<space>(?:[\x20\t\r\n]++|\#[^\r\n]*+)++)
    |(?P<string>{_STRING})
    |(?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]++|\\[uU][0-9A-Fa-f]++)*+>)
    |(?P<variable>[?$]\w+)
    |(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<run>[\w:](?:[\w:.\-·]++|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%])*+)
    |(?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
