"""What the outside may not see of a store, and where it is found in a response, however it is written there.

Everything that the restricted edition says and the open one does not: names, ids, IRIs, whole quotations, and any
six words in a row of what was said. Escapes of JSON, XML, Turtle, CSV and URLs are undone, and words compared
without case and punctuation.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

from pyoxigraph import Literal, NamedNode, Store, Triple

from cmograph.disclosure import RUN

__all__ = ["Withheld", "words_of"]

_WORD = re.compile(r"[^\W_]+")
_CODE_POINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_ESCAPE = re.compile(r"\\[ntrbf]")
_STUDY = re.compile(r"^https://w3id\.org/cmograph/id/study/[^/]+/")
_THINGS = "https://w3id.org/cmograph/id/"
_FORMATS = {("refi", "qda"), ("cmograph",)}
"""Literals of the evidence that name a format or a program: no one's secret."""

Words = tuple[str, ...]


class Withheld:
    """What only the restricted edition of a release holds."""

    def __init__(self, release: Path, transcripts: Iterable[str] = ()) -> None:
        """Takes the difference of a release's two editions, and the texts that were coded."""
        open_terms = _terms(release / "open")
        self.terms = frozenset(_terms(release / "restricted") - open_terms)
        shown = [words_of(term.value) for term in open_terms]
        shown_runs = {run for words in shown for run in _runs(words)}
        shown_whole = set(shown)
        self._secrets: defaultdict[str, defaultdict[int, dict[Words, str]]] = defaultdict(
            lambda: defaultdict(dict)
        )
        for text in (*(term.value for term in self.terms if isinstance(term, Literal)), *transcripts):
            for run in _runs(words_of(text)):
                if run not in shown_runs:
                    self._add(run, f"words: {' '.join(run)}")
        for term in self.terms:
            words = _telling(term)
            if words and words not in shown_whole and words not in shown_runs:
                self._add(words, term.value)

    def _add(self, words: Words, what: str) -> None:
        self._secrets[words[0]][len(words)][words] = what

    def __len__(self) -> int:
        return sum(len(by_words) for by_length in self._secrets.values() for by_words in by_length.values())

    def literals(self) -> list[str]:
        """The texts that are withheld: quotations and names."""
        return sorted(
            term.value for term in self.terms if isinstance(term, Literal) and len(words_of(term.value)) > 1
        )

    def iris(self) -> list[str]:
        """The things that are withheld."""
        return sorted(
            term.value
            for term in self.terms
            if isinstance(term, NamedNode) and term.value.startswith(_THINGS)
        )

    def found_in(self, response: bytes, asked: str = "") -> set[str]:
        """What is withheld and stands in a response, but for what the request itself said."""
        told = {what: words for words, what in self._hits(words_of(response.decode("utf-8", "replace")))}
        if not told:
            return set()
        known = {what for _, what in self._hits(words_of(asked))}
        return told.keys() - known

    def _hits(self, words: Words) -> Iterator[tuple[Words, str]]:
        for place, word in enumerate(words):
            by_length = self._secrets.get(word)
            if by_length is None:
                continue
            for length, known in by_length.items():
                here = words[place : place + length]
                if here in known:
                    yield here, known[here]


def words_of(text: str) -> Words:
    """The words of a text in any of the spellings in which a response may have it."""
    if "%" in text:
        text = unquote(text, errors="replace")
    if "&" in text:
        text = html.unescape(text)
    if "\\" in text:
        text = _CODE_POINT.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
        text = _ESCAPE.sub(" ", text)
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _runs(words: Words) -> Iterator[Words]:
    for place in range(len(words) - RUN + 1):
        yield words[place : place + RUN]


def _telling(term: NamedNode | Literal) -> Words:
    """The words by which a term is known wherever they stand; none where they could be anything."""
    if isinstance(term, NamedNode):
        if not term.value.startswith(_THINGS):  # a word of somebody's vocabulary
            return ()
        return words_of(_STUDY.sub("", term.value))
    words = words_of(term.value)
    if term.datatype.value.endswith("#string") and len(words) > 2 and len(term.value) > 11:
        return words
    mixed = any(not word.isalpha() and not word.isdigit() for word in words)
    return words if mixed and words not in _FORMATS else ()


def _terms(edition: Path) -> set[NamedNode | Literal]:
    found: set[NamedNode | Literal] = set()
    for quad in Store.read_only(str(edition)):
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
            if isinstance(term, Triple):
                raise AssertionError("a triple term: look inside it here")
            if isinstance(term, NamedNode | Literal):
                found.add(term)
    return found
