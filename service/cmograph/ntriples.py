"""RDF terms as N-Triples text, and names as parts of IRIs.

Terms are plain strings: a graph of a million codings is written by joining lines, with no object for a triple.
Grammar: https://www.w3.org/TR/n-triples/#n-triples-grammar
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

__all__ = [
    "XSD",
    "boolean",
    "decimal",
    "digest",
    "integer",
    "iri",
    "lines_of",
    "literal",
    "moment",
    "slug",
    "slugs",
    "triple",
    "typed",
]

XSD = "http://www.w3.org/2001/XMLSchema#"

_LITERAL_SPECIAL = re.compile(r'[\x00-\x1f"\\\x7f\ud800-\udfff]')
_LITERAL_ESCAPES: dict[str, str] = {
    "\t": "\\t", "\b": "\\b", "\n": "\\n", "\r": "\\r", "\f": "\\f", '"': '\\"', "\\": "\\\\",
}  # fmt: skip
_IRI_SPECIAL = re.compile(r'[^\x21-\x7e]|[<>"{}|^`\\\[\]]|%(?![0-9A-Fa-f]{2})')
_DATE_TIME = re.compile(
    r"-?\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    r"(?P<time>T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?)?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d)?",
    re.ASCII,
)
_TRUE = f'"true"^^<{XSD}boolean>'
_FALSE = f'"false"^^<{XSD}boolean>'
_LONGEST_SLUG = 80


def iri(text: str) -> str:
    """An IRI in angle brackets; what is not ASCII, or not allowed in an IRI, is percent-encoded (as UTF-8)."""
    before, sign, fragment = _IRI_SPECIAL.sub(_percent, text).partition("#")
    return f"<{before}{sign}{fragment.replace('#', '%23')}>"


def literal(text: str, language: str = "") -> str:
    """A string literal; with a language tag where one is given.

    A lone surrogate, which no Unicode text can hold, becomes U+FFFD.
    """
    if _LITERAL_SPECIAL.search(text):
        text = _LITERAL_SPECIAL.sub(_escape, text)
    return f'"{text}"@{language}' if language else f'"{text}"'


def typed(text: str, datatype: str) -> str:
    """A literal of the datatype with that IRI."""
    return f"{literal(text)}^^{iri(datatype)}"


def integer(number: int) -> str:
    """An xsd:integer."""
    return f'"{number}"^^<{XSD}integer>'


def decimal(number: float) -> str:
    """An xsd:decimal, which knows no exponent: the shortest that is this number."""
    return f'"{Decimal(repr(number)).normalize():f}"^^<{XSD}decimal>'


def boolean(value: bool) -> str:
    """An xsd:boolean."""
    return _TRUE if value else _FALSE


def moment(text: str) -> str:
    """An xsd:dateTime or xsd:date where the text is one (ISO 8601 as XSD allows it), else a plain string."""
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        return literal(text)
    return f'"{text}"^^<{XSD}{"dateTime" if found["time"] else "date"}>'


def triple(subject: str, predicate: str, value: str) -> str:
    """One line, ended by a newline, of three terms that are already N-Triples."""
    return f"{subject} {predicate} {value} .\n"


def lines_of(text: str) -> list[str]:
    """The lines of N-Triples, each with its end. A literal may hold other line ends of Unicode's, such as U+2028."""
    return [f"{line}\n" for line in text.split("\n") if line]


def digest(*parts: str, length: int = 16) -> str:
    """The first `length` hexadecimal digits of the SHA-256 of the parts, each ended by U+001F."""
    joined = "".join(f"{part}\x1f" for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def slug(name: str) -> str:
    """A readable part of an IRI for one name: lower-case ASCII letters, digits and hyphens.

    Accents go, everything else becomes a hyphen. A name of which nothing is left, or that is very long, gets a
    part of its hash; two names may share a slug, see `slugs`.
    """
    folded = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(character for character in folded if not unicodedata.combining(character))
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if found and len(found) <= _LONGEST_SLUG:
        return found
    return _suffixed(found[:_LONGEST_SLUG].rstrip("-"), name)


def slugs(names: Iterable[str]) -> dict[str, str]:
    """A slug for each name, different names never sharing one, whatever their order.

    Names whose plain slugs are equal all get a suffix of their hash after an underscore, which no plain slug holds.
    """
    plain = {name: slug(name) for name in names}
    seen: dict[str, int] = {}
    for found in plain.values():
        seen[found] = seen.get(found, 0) + 1
    return {name: found if seen[found] == 1 else _suffixed(found, name) for name, found in plain.items()}


def _suffixed(stem: str, name: str) -> str:
    return f"{stem}_{digest(name, length=12)}"


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"
    return _LITERAL_ESCAPES.get(character) or f"\\u{ord(character):04X}"
