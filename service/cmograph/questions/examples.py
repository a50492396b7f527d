"""The questions as examples that an editor can show: what each is called, what it asks, the prefixes in use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cmograph.questions.library import Question
from cmograph.vocabulary import (
    BIBO,
    DCAT,
    DCTERMS,
    OA,
    OWL,
    PPS,
    PROV,
    RDF,
    RDFS,
    REALIST,
    SH,
    SKOS,
    SSSOM,
    VOID,
    XSD,
)

__all__ = ["PREFIXES", "Example", "examples_of", "prefixes_of"]

PREFIXES: Mapping[str, str] = {
    "bibo": BIBO.NS,
    "dcat": DCAT.NS,
    "dcterms": DCTERMS.NS,
    "oa": OA.NS,
    "owl": OWL.NS,
    "pps": PPS.NS,
    "prov": PROV.NS,
    "rdf": RDF.NS,
    "rdfs": RDFS.NS,
    "realist": REALIST.NS,
    "sh": SH.NS,
    "skos": SKOS.NS,
    "sssom": SSSOM.NS,
    "vann": "http://purl.org/vocab/vann/",
    "void": VOID.NS,
    "xsd": XSD.NS,
}
"""The prefixes of the ontology, of the questions that come with cmograph, and of how the service describes itself."""

_HEADER = re.compile(r"^#\+[^\n]*\n", re.MULTILINE)
_TERM = re.compile(r"\b(?:realist|pps):(\w+)")


@dataclass(frozen=True, slots=True)
class Example:
    """One question as an example.

    Attributes:
        id: of the question.
        title: what is asked, as a person asks it.
        description: what the answer holds and how it is found.
        keywords: the ontology's terms that the query names, sorted.
        text: the query as it runs, without the header, every parameter at its default.
    """

    id: str
    title: str
    description: str
    keywords: tuple[str, ...]
    text: str


def examples_of(questions: Iterable[Question], edition: str) -> Iterator[Example]:
    """The questions that an edition can answer, as examples.

    Args:
        questions: in the order in which they are shown.
        edition: `open` or `restricted`; the open one has none that needs the restricted one.
    """
    for question in questions:
        header = question.header
        if edition == "restricted" or header.edition == "open":
            text = _HEADER.sub("", question.text)
            keywords = tuple(sorted(set(_TERM.findall(text))))
            yield Example(header.id, header.title, header.description.strip(), keywords, text)


def prefixes_of(questions: Iterable[Question]) -> dict[str, str]:
    """`PREFIXES` and those of the questions, sorted; where a question means another namespace, ours stays."""
    known: dict[str, str] = {}
    for question in questions:
        known |= question.prefixes
    return dict(sorted((known | dict(PREFIXES)).items()))
