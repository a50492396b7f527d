"""The ontology: its modules and mappings as one graph, its terms by any of their names, its consistency.

Nothing is fetched: a module that imports another finds it in the same folder or not at all.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal as OneOf

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from . import hermit, resources
from .errors import Inconsistency, InputError, Problem, UnknownName, nearest
from .mapping.clashes import Disjointness, Link, exact_links, find_clashes
from .mapping.sssom import MappingSet, read_sssom
from .mapping.targets import check_targets
from .naming import readable
from .ntriples import lines_of
from .skolem import skolemise
from .vocabulary import DCTERMS, ID, OWL, RDF, RDFS, SKOS

__all__ = [
    "Classification",
    "Kind",
    "Module",
    "Ontology",
    "Term",
    "check_consistency",
    "classify",
    "load_ontology",
]

Kind = OneOf["class", "object property", "datatype property", "individual"]

_KINDS: Mapping[str, Kind] = {
    OWL.Class: "class",
    OWL.ObjectProperty: "object property",
    OWL.DatatypeProperty: "datatype property",
    OWL.NamedIndividual: "individual",
}
_PARENT: Mapping[Kind, str] = {
    "class": RDFS.subClassOf,
    "object property": RDFS.subPropertyOf,
    "datatype property": RDFS.subPropertyOf,
    "individual": RDF.type,
}
_PREFIX = "http://purl.org/vocab/vann/preferredNamespacePrefix"
_NAMESPACE = "http://purl.org/vocab/vann/preferredNamespaceUri"
_SKOLEM = ID + "ontology/"


@dataclass(frozen=True, slots=True)
class Term:
    """A class, property or individual of one of our modules.

    Attributes:
        iri: its IRI.
        curie: prefix and local name, as in "realist:Configuration".
        label: its English label.
        definition: its English definition.
        kind: what it is.
        parents: direct superclasses or superproperties; of an individual, its classes. Named ones only.
        synonyms: other labels.
        example: an example of its use.
        source: the IRI of the publication or specification it comes from.
        module: the IRI of the module that defines it.
    """

    iri: str
    curie: str
    label: str
    definition: str
    kind: Kind
    parents: tuple[str, ...]
    synonyms: tuple[str, ...] = ()
    example: str = ""
    source: str = ""
    module: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """One file of the ontology."""

    iri: str
    version: str
    """The IRI of this version."""
    title: str
    prefix: str
    namespace: str
    file: Path


@dataclass(frozen=True, slots=True)
class Ontology:
    """Modules, mappings, shapes and checks, read once.

    Attributes:
        terms: every term of our modules by IRI, in the order of IRIs.
        modules: the files they come from.
        triples: all statements of modules and mappings, sorted; class expressions have IRIs, made from what
            they say, in place of blank nodes: the form for a graph that is to hold no blank node.
        axioms: the same statements as lines of N-Triples with blank nodes, as OWL 2 DL asks: for HermiT.
        digest: SHA-256 of every file the ontology is made of, shapes and checks included.
        shapes: SHACL files for a study's graph.
        checks: queries that must return nothing on a release.
        mappings: SSSOM files.
    """

    terms: Mapping[str, Term]
    modules: tuple[Module, ...]
    triples: tuple[Triple, ...]
    axioms: tuple[str, ...]
    digest: str
    shapes: tuple[Path, ...]
    checks: tuple[Path, ...]
    mappings: tuple[Path, ...]

    def ntriples(self) -> bytes:
        """`triples` as N-Triples: the same bytes every time."""
        return _write(self.triples)

    def ancestors(self, iri: str) -> tuple[str, ...]:
        """Every class above a class or individual, or property above a property: the nearest first."""
        found: dict[str, None] = {}
        level = [iri]
        while level:
            level = [parent for one in level if one in self.terms for parent in self.terms[one].parents]
            level = [parent for parent in level if parent not in found and parent != iri]
            found.update(dict.fromkeys(level))
        return tuple(found)

    def resolve(self, name: str, kind: Kind | None = None, below: str | None = None) -> str:
        """The IRI of the one term that a researcher means by a name.

        Args:
            name: IRI, CURIE, local name, label or synonym; the last three in any case of letters.
            kind: only terms of this kind.
            below: only this class and what is below it, individuals included.

        Raises:
            UnknownName: no term has the name, or several have.
        """
        eligible = [
            term
            for term in self.terms.values()
            if (kind is None or term.kind == kind)
            and (below is None or term.iri == below or below in self.ancestors(term.iri))
        ]
        wanted = " ".join(name.strip().strip("<>").split())
        for names in _naming(wanted):
            found = [term for term in eligible if names(term)]
            if len(found) == 1:
                return found[0].iri
            if found:
                choice = " or ".join(term.curie for term in found)
                raise UnknownName(Problem(f"Several terms are called {wanted!r}.", f"Write {choice}."))
        asked = f"{kind or 'term'}" + (f" below {self.curie(below)}" if below else "")
        known = [text for term in eligible for text in (term.label, *term.synonyms, _local(term))]
        remedy = (
            nearest(wanted, known) or f"These are known: {', '.join(sorted(t.curie for t in eligible)[:8])} …"
        )
        other = next((t for names in _naming(wanted) for t in self.terms.values() if names(t)), None)
        if other is not None:
            remedy = f"{other.curie} is another kind of thing ({other.kind}). {remedy}"
        raise UnknownName(Problem(f"There is no {asked} called {wanted!r}.", remedy))

    def curie(self, iri: str) -> str:
        """A term's CURIE; any other IRI as it is."""
        return self.terms[iri].curie if iri in self.terms else iri


@dataclass(frozen=True, slots=True)
class Classification:
    """What HermiT says of the ontology by itself.

    Attributes:
        consistent: whether all of it can be true together.
        unsatisfiable: classes that can have no member.
        parents: pairs of a class and a direct superclass, found ones included.
        problems: what clashes, and what to do.
    """

    consistent: bool
    unsatisfiable: tuple[str, ...]
    parents: frozenset[tuple[str, str]]
    problems: tuple[Problem, ...]


def load_ontology(folder: Path = resources.ONTOLOGY) -> Ontology:
    """Reads the modules (`*.ttl`) and the mappings of a folder; lists its shapes and checks.

    Raises:
        InputError: a file is not Turtle or SSSOM, a module does not say what it is, or a mapping cannot be.
    """
    files = sorted(folder.glob("*.ttl"))
    shapes = tuple(sorted(folder.glob("shapes/*.ttl")))
    checks = tuple(sorted(folder.glob("checks/*-violation.rq")))
    mappings = tuple(sorted(folder.glob("mappings/*.sssom.tsv")))
    if not files:
        raise InputError(Problem(f"There is no module in {folder.name}.", "A module is a Turtle file there."))
    digest = hashlib.sha256()
    for file in (*files, *shapes, *checks, *mappings):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)

    parsed = {file: list(_read(file)) for file in files}
    modules = tuple(_module(file, triples) for file, triples in parsed.items())
    statements = [triple for triples in parsed.values() for triple in triples]
    tables = {file: _read_mappings(file) for file in mappings}
    statements += [triple for table in tables.values() for triple in _matches(table)]
    ontology = Ontology(
        terms=MappingProxyType(
            {term.iri: term for term in sorted(_terms(statements, modules), key=lambda t: t.iri)}
        ),
        modules=modules,
        triples=tuple(skolemise(statements, _SKOLEM)),
        axioms=tuple(lines_of(_write(statements).decode())),
        digest=digest.hexdigest(),
        shapes=shapes,
        checks=checks,
        mappings=mappings,
    )
    links = [link for file, table in tables.items() for link in exact_links(table.mappings, file.name)]
    if links:
        _refuse_clashes(ontology, links)
    return ontology


def classify(ontology: Ontology) -> Classification:
    """Asks HermiT whether the ontology is consistent and each of its classes can have a member.

    Raises:
        StoreError: there is no Java.
        InputError: the ontology is not OWL 2 DL.
    """
    hierarchy = hermit.classify(ontology.axioms)
    if hierarchy is None:
        # Suspects are the axioms between names; a label contradicts nothing, a class expression falls apart.
        named = [line for line in ontology.axioms if "_:" not in line and '"' not in line]
        rest = [line for line in ontology.axioms if "_:" in line]
        conflict = hermit.minimal_conflict(rest, named)[0] if hermit.is_consistent(rest) else rest
        what = f"The ontology contradicts itself: {_sentence(conflict, ontology)}"
        return Classification(False, (), frozenset(), (Problem(what, "Take one of these axioms back."),))
    problems = tuple(
        Problem(
            f"{ontology.curie(iri)} can have no member.",
            "Look for two of its superclasses that are disjoint, and take one of them back.",
        )
        for iri in hierarchy.unsatisfiable
    )
    return Classification(True, hierarchy.unsatisfiable, hierarchy.parents, problems)


def check_consistency(ontology: Ontology, statements: str, seconds: float = 30.0) -> None:
    """Asks HermiT whether a study's statements can be true together with the ontology.

    Meant for a study's open graph, some thousand statements, not for its evidence.

    Args:
        ontology: the ontology.
        statements: N-Triples.
        seconds: how long to look for the fewest statements that clash, if any do.

    Raises:
        Inconsistency: they cannot; the problem names the fewest statements that clash.
        StoreError: there is no Java.
    """
    lines = [line + "\n" for line in statements.split("\n") if line.strip()]
    if hermit.is_consistent([*ontology.axioms, *lines]):
        return
    conflict, minimal = hermit.minimal_conflict(ontology.axioms, lines, seconds)
    said = _sentence(conflict, ontology) if minimal else f"it is among {len(conflict)} statements"
    subjects = dict.fromkeys(
        readable(t.subject.value) for t in _lines(conflict) if isinstance(t.subject, NamedNode)
    )
    what = f"The ontology does not allow these together: {said}"
    remedy = f"Correct one of them, in what the study says of {', '.join(list(subjects)[:3])}."
    raise Inconsistency(Problem(what, remedy))


def _read(file: Path) -> Iterator[Triple]:
    try:
        for quad in parse(path=str(file), format=RdfFormat.TURTLE):
            yield quad.triple
    except (SyntaxError, ValueError) as error:
        raise InputError(Problem(f"Not Turtle: {error}", "Correct it there.", file.name)) from error


def _read_mappings(file: Path) -> MappingSet:
    """An SSSOM file, none of whose targets is impossible."""
    read = read_sssom(file)
    problems = (*read.problems, *check_targets(read.mappings, (), file.name).problems)
    if problems:
        raise InputError(*problems)
    return read


def _refuse_clashes(ontology: Ontology, links: Sequence[Link]) -> None:
    problems = find_clashes(links, ontology.terms, Disjointness(ontology.triples), ontology.curie)
    if problems:
        raise InputError(*problems)


def _matches(read: MappingSet) -> Iterator[Triple]:
    """Mappings as plain statements."""
    for one in read.mappings:
        if not one.negated:
            yield Triple(NamedNode(one.subject), NamedNode(one.predicate), NamedNode(one.object))


def _module(file: Path, triples: Iterable[Triple]) -> Module:
    said: dict[str, dict[str, str]] = defaultdict(dict)
    for triple in triples:
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode | Literal):
            said[triple.subject.value].setdefault(triple.predicate.value, triple.object.value)
    for iri, values in said.items():
        if values.get(RDF.type) == OWL.Ontology:
            missing = [p for p in (OWL.versionIRI, DCTERMS.title, _PREFIX, _NAMESPACE) if p not in values]
            if missing:
                raise InputError(
                    Problem(f"The module has no {', '.join(missing)}.", "Say it there.", file.name)
                )
            return Module(
                iri, values[OWL.versionIRI], values[DCTERMS.title], values[_PREFIX], values[_NAMESPACE], file
            )
    raise InputError(Problem("The module is no owl:Ontology.", "Declare one, with a versionIRI.", file.name))


def _terms(statements: Iterable[Triple], modules: Iterable[Module]) -> Iterator[Term]:
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for triple in statements:
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode | Literal):
            said[triple.subject.value][triple.predicate.value].append(triple.object.value)
    for module in modules:
        for iri, values in said.items():
            kind = next((_KINDS[name] for name in values[RDF.type] if name in _KINDS), None)
            if kind is None or not iri.startswith(module.namespace):
                continue
            local = iri.removeprefix(module.namespace)
            yield Term(
                iri=iri,
                curie=f"{module.prefix}:{local}",
                label=(values[RDFS.label] or [local])[0],
                definition=" ".join(values[SKOS.definition]),
                kind=kind,
                parents=tuple(parent for parent in values[_PARENT[kind]] if parent not in _KINDS),
                synonyms=tuple(values[SKOS.altLabel]),
                example=" ".join(values[SKOS.example]),
                source=(values[DCTERMS.source] or [""])[0],
                module=module.iri,
            )


def _write(triples: Iterable[Triple]) -> bytes:
    return serialize(triples, format=RdfFormat.N_TRIPLES) or b""


def _lines(lines: Iterable[str]) -> Iterator[Triple]:
    for quad in parse("".join(lines), format=RdfFormat.N_TRIPLES):
        yield quad.triple


def _sentence(conflict: Iterable[str], ontology: Ontology) -> str:
    """Statements for a reader, a few of them; a literal is not told, for it may be someone's words."""

    def short(term: NamedNode | BlankNode | Literal | Triple) -> str:
        if isinstance(term, NamedNode):
            return (
                "a"
                if term.value == RDF.type
                else ontology.terms[term.value].curie
                if term.value in ontology.terms
                else readable(term.value)
            )
        return "…"

    said = [f"{short(t.subject)} {short(t.predicate)} {short(t.object)}" for t in _lines(conflict)]
    return "; ".join(said[:6]) + ("; …" if len(said) > 6 else ".")


def _local(term: Term) -> str:
    return term.curie.partition(":")[2]


def _naming(name: str) -> Iterator[Callable[[Term], bool]]:
    """Ways in which a term can have a name, the surest first."""
    folded = name.casefold()
    yield lambda term: name in (term.iri, term.curie)
    yield lambda term: name == _local(term)
    yield lambda term: folded == term.label.casefold()
    yield lambda term: folded == _local(term).casefold()
    yield lambda term: folded in (synonym.casefold() for synonym in term.synonyms)
