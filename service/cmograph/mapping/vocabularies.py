"""Vocabularies as files: their classes, with the names and texts that a proposal compares and a check looks up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from cmograph.errors import InputError, Problem
from cmograph.vocabulary import OWL, RDF, RDFS, SKOS

__all__ = ["Concept", "Vocabulary", "read_vocabulary"]

_OBO, _OIO = "http://purl.obolibrary.org/obo/", "http://www.geneontology.org/formats/oboInOwl#"
_MESH = "http://id.nlm.nih.gov/mesh/vocab#"
_CLASSES = frozenset({OWL.Class, f"{SKOS.NS}Concept", f"{_MESH}TopicalDescriptor"})
_PARENTS = frozenset({RDFS.subClassOf, f"{SKOS.NS}broader", f"{_MESH}broaderDescriptor"})
_TEXTS = {
    RDFS.label: "label",
    f"{SKOS.NS}prefLabel": "label",
    f"{SKOS.NS}altLabel": "synonym",
    f"{_OIO}hasExactSynonym": "synonym",
    f"{_OIO}hasRelatedSynonym": "synonym",
    f"{_OBO}IAO_0000118": "synonym",
    f"{SKOS.NS}definition": "definition",
    f"{_OBO}IAO_0000115": "definition",
    f"{SKOS.NS}scopeNote": "note",
    f"{SKOS.NS}example": "note",
    f"{_OBO}IAO_0000112": "note",
}
_FORMATS = {
    ".owl": RdfFormat.RDF_XML,
    ".rdf": RdfFormat.RDF_XML,
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
}


@dataclass(frozen=True, slots=True)
class Concept:
    """A class that something can be mapped to.

    Attributes:
        id: its IRI.
        label, definition: its own; "" where it has none.
        synonyms: its other names.
        notes: scope notes and examples.
        parents: the IRIs of the classes right above it.
    """

    id: str
    label: str
    synonyms: tuple[str, ...] = ()
    definition: str = ""
    notes: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One file of classes.

    Attributes:
        file: its name.
        iri: the IRI of the ontology that it is, or "".
        concepts: its classes that have a name, by their IRIs.
        retired: the IRIs of those that it calls deprecated; they are no concepts.
    """

    file: str
    iri: str
    concepts: Mapping[str, Concept]
    retired: frozenset[str]


def read_vocabulary(path: Path) -> Vocabulary:
    """The classes of a file, with their English names: OWL, SKOS, or MeSH's own RDF; nothing that it imports is read.

    Raises:
        InputError: there is no such file, or it is not RDF/XML, Turtle or N-Triples.
    """
    format = _FORMATS.get(path.suffix.lower())
    if format is None:
        raise InputError(Problem("It is no OWL file by its name.", f"Give {', '.join(_FORMATS)}.", path.name))
    texts: defaultdict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    parents: defaultdict[str, set[str]] = defaultdict(set)
    classes, retired, itself = set[str](), set[str](), ""
    try:
        for one in parse(path=str(path), format=format):
            if not isinstance(one.subject, NamedNode):
                continue
            subject, predicate, value = one.subject.value, one.predicate.value, one.object
            if isinstance(value, NamedNode):
                if predicate == RDF.type and value.value in _CLASSES:
                    classes.add(subject)
                elif predicate == RDF.type and value.value == OWL.Ontology:
                    itself = subject
                elif predicate in _PARENTS:
                    parents[subject].add(value.value)
            elif isinstance(value, Literal):
                if predicate == f"{OWL.NS}deprecated" and value.value in ("true", "1"):
                    retired.add(subject)
                elif predicate in _TEXTS and (value.language or "en").startswith("en"):
                    texts[subject][_TEXTS[predicate]].append(value.value)
    except FileNotFoundError as error:
        raise InputError(
            Problem(f"There is no file {path.name}.", "Put it there, or correct its name.")
        ) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise InputError(Problem(f"It cannot be read: {error}", "Save it again.", path.name)) from error
    concepts = {
        iri: Concept(
            iri,
            min(texts[iri]["label"]),
            tuple(sorted({*texts[iri]["label"], *texts[iri]["synonym"]} - {min(texts[iri]["label"])})),
            " ".join(sorted(texts[iri]["definition"])),
            tuple(sorted(texts[iri]["note"])),
            tuple(sorted(parents[iri])),
        )
        for iri in sorted(classes - retired)
        if texts[iri]["label"]
    }
    return Vocabulary(path.name, itself, concepts, frozenset(retired))
