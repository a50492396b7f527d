"""The IRI of everything of a study: readable, stable across exports, in angle brackets as N-Triples writes it."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence

from cmograph.corpus import Corpus
from cmograph.ntriples import digest, slug, slugs
from cmograph.study import Study

__all__ = ["Names"]


class Names:
    """IRIs below a study's. GUIDs play no part: tools give new ones at each export."""

    def __init__(self, study: Study, corpora: Sequence[Corpus], participants: Iterable[str]) -> None:
        """Names codes, sources, coders and participants of the coded files."""
        self.base = study.iri
        self.study = f"<{study.iri}>"
        self.programme = f"<{study.iri}/programme>"
        self.codebook = f"<{study.iri}/codebook>"
        self._codes = slugs(" > ".join(code.path) for corpus in corpora for code in corpus.codes)
        self._sources = slugs(name for corpus in corpora for name in corpus.source_names)
        self._coders = slugs({coder.name for corpus in corpora for coder in corpus.coders})
        self._participants = slugs(participants)
        self._mitigations = _apart(text for one in study.configurations for text in one.mitigations)
        self._behind = _apart(name for theory in study.theories for name in theory.substantive)

    def below(self, *parts: str) -> str:
        """What hangs below the study by these parts, each fit for an IRI."""
        return f"<{'/'.join((self.base, *parts))}>"

    def code(self, path: tuple[str, ...]) -> str:
        """A code."""
        return self.below("code", self._codes[" > ".join(path)])

    def source(self, name: str) -> str:
        """A source."""
        return self.below("source", self._sources[name])

    def coder(self, name: str) -> str:
        """A coder; one that the coded file does not list is named by the hash of the name."""
        return self.below("coder", self._coders.get(name) or digest(name))

    def participant(self, id: str) -> str:
        """A participant."""
        return self.below("participant", self._participants[id])

    def component(self, id: str) -> str:
        """A component."""
        return self.below("component", id)

    def configuration(self, id: str) -> str:
        """A configuration."""
        return self.below("configuration", id)

    def theory(self, id: str) -> str:
        """A programme theory."""
        return self.below("theory", id)

    def mitigation(self, text: str) -> str:
        """A mitigation."""
        return self.below("mitigation", self._mitigations[text])

    def substantive_theory(self, name: str) -> str:
        """A theory behind a programme theory."""
        return self.below("substantive-theory", self._behind[name])


def _apart(texts: Iterable[str]) -> dict[str, str]:
    """A slug for each text: one for those that differ by capitals or punctuation only, else different ones."""
    told_apart, letters = slugs(texts), defaultdict[str, set[str]](set)
    for text in told_apart:
        read = unicodedata.normalize("NFC", text.casefold())
        letters[slug(text)].add("".join(one for one in read if unicodedata.category(one)[0] in "LMN"))
    return {text: slug(text) if len(letters[slug(text)]) == 1 else one for text, one in told_apart.items()}
