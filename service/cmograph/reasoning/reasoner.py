"""OWL 2 RL by materialisation: all that follows, kept apart from what was said."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import reasonable
from pyoxigraph import Literal, RdfFormat, parse
from rdflib import Literal as Text
from rdflib import URIRef

from cmograph.errors import Inconsistency, Problem
from cmograph.naming import Locate, nowhere
from cmograph.ntriples import literal, typed

from .axioms import ANONYMOUS, OWL, RDF_TYPE, SUBCLASS, Axioms
from .clashes import Facts, find_clashes

__all__ = ["Closure", "Reasoner"]

CHUNK = 50_000
"""Statements reasoned over at once: `reasonable` takes about 2 kB for each and all it implies."""

_VOCABULARIES = (
    OWL,
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://www.w3.org/2000/01/rdf-schema#",
    "http://www.w3.org/2001/XMLSchema#",
)
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_SAME = f"{OWL}sameAs"

Statement = tuple[str, str, str]
"""Subject and predicate as IRIs, object as an IRI or as a literal's N-Triples text."""


@dataclass(frozen=True, slots=True)
class Closure:
    """A set of statements and what follows from it.

    Attributes:
        inferred: what follows and says something new, as sorted N-Triples lines.
        about: all that holds of each thing, class expressions included: the lines of its statements.
    """

    inferred: tuple[str, ...]
    about: dict[str, list[str]]


class Reasoner:
    """Applies one ontology's axioms to statements about things."""

    def __init__(self, axioms: str) -> None:
        """Reads the ontology, as N-Triples without blank nodes, and finds what follows from it alone."""
        self.axioms = Axioms.read(axioms)
        self._known: frozenset[str] = self.axioms.statements
        self.ontology: tuple[str, ...] = self.close(()).inferred
        """Sorted lines: subclass relations of named classes, and what holds of the ontology's individuals."""
        self._known = self.axioms.statements | frozenset(self.ontology)

    def close(self, facts: Iterable[str], locate: Locate = nowhere) -> Closure:
        """All that follows from the ontology and these statements (N-Triples lines).

        Raises:
            Inconsistency: they contradict an axiom. Each problem names the things, the axiom, and where
                `locate` finds the first of the things.
        """
        lines = list(facts)
        useful = [line for line in lines if self._can_matter(line)]
        triples = self._saturate(useful, locate)
        stated = self._known.union(lines, _normalised(useful))
        about: dict[str, list[str]] = defaultdict(list)
        inferred = []
        for statement in triples:
            line = _line(*statement)
            if statement[0] not in self.axioms.schema:
                about[statement[0]].append(line)
            if line not in stated and self._says_something(*statement):
                inferred.append(line)
        return Closure(tuple(sorted(inferred)), dict(about))

    def close_evidence(
        self, study: Closure, evidence: Path, begins: str, locate: Locate = nowhere
    ) -> Iterator[str]:
        """What the evidence adds to what a study's open statements imply, in chunks, in a repeatable order.

        Memory holds one chunk and the evidence's shared things (people, coders, imports), never all of it.
        The evidence file begins with its shared things; then comes block after block, each begun by a line
        that ends with `begins`. A chunk is some whole blocks, and all that is known of what they mention:
        what the study implies of it, class expressions included, and what the shared part says of it. That is
        complete as long as no axiom makes the membership of a study's or shared thing rest on two blocks
        together. Ours rest on the study's summaries of evidence, which are open. A test compares with one
        whole closure.

        Raises:
            Inconsistency: as `close`.
        """
        known = self._known.union(*study.about.values())
        shared: dict[str, list[str]] = defaultdict(list)
        seen: set[str] = set()
        for number, block in enumerate(_chunks(evidence, begins, CHUNK, self._can_matter)):
            own = {_subject(line) for line in block}
            context = _about(_mentioned(block) | own, own, study.about, shared)
            stated = known.union(block, context, _normalised([*context, *block]))
            found = []
            for statement in self._saturate([*context, *block], locate):
                line = _line(*statement)
                if line not in stated and line not in seen and self._says_something(*statement):
                    found.append(line)
                    if number == 0 or (statement[0] not in own and statement[2] not in own):
                        seen.add(line)  # of shared things only: a later block may imply it again
            yield from sorted(found)
            if number == 0:
                for line in block:
                    shared[_subject(line)].append(line)

    def _saturate(self, facts: Sequence[str], locate: Locate) -> Iterator[Statement]:
        """Every statement that holds, once each; refuses what clashes."""
        engine = reasonable.PyReasoner()
        _load(engine, self.axioms.text + "".join(_line(*statement) for statement in self.axioms.implied))
        _load(engine, "".join(facts))
        while True:
            statements = list(_plain(engine.reason()))
            index = Facts(self.axioms)
            for statement in statements:
                index.add(*statement)
            added = self._chained(index).difference(statements)
            if not added:
                break
            _load(engine, "".join(_line(*statement) for statement in sorted(added)))
        clashes = list(find_clashes(self.axioms, index))
        if clashes:
            raise Inconsistency(
                *(Problem(clash.what, clash.remedy, *locate(clash.things[0])) for clash in clashes)
            )
        return iter(statements)

    def _chained(self, index: Facts) -> set[Statement]:
        """What property chains imply (prp-spo2), a rule that `reasonable` 0.4.4 lacks."""
        found: set[Statement] = set()
        for name, steps in self.axioms.chains:
            reached = index.pairs[steps[0]]
            for step in steps[1:]:
                onward: dict[str, list[str]] = defaultdict(list)
                for start, end in index.pairs[step]:
                    onward[start].append(end)
                reached = {(start, end) for start, middle in reached for end in onward.get(middle, ())}
            found |= {(start, name, end) for start, end in reached}
        return found

    def _can_matter(self, line: str) -> bool:
        """Whether some axiom is about the line's property, or its class."""
        _, predicate, rest = line.split(" ", 2)
        name = predicate[1:-1]
        if name == RDF_TYPE:
            name = rest[1:-4]
        return name in self.axioms.names or name.startswith(OWL)

    def _says_something(self, subject: str, predicate: str, value: str) -> bool:
        """Whether an inferred statement is worth keeping: of a named thing, no tautology, no bookkeeping."""
        if subject.startswith(ANONYMOUS) or value.startswith(ANONYMOUS) or subject.startswith(_VOCABULARIES):
            return False
        if predicate in (SUBCLASS, _SAME):
            return subject != value and not value.startswith(_VOCABULARIES)
        if subject in self.axioms.schema or predicate.startswith(_VOCABULARIES[0]):
            return False
        return predicate != RDF_TYPE or not value.startswith(_VOCABULARIES)


def _normalised(lines: Iterable[str]) -> Iterator[str]:
    """Lines with a literal as `reasonable` gives them back: its numbers are in canonical form."""
    literals = "".join(line for line in lines if not line.endswith("> .\n") or '"^^<' in line)
    for quad in parse(literals, format=RdfFormat.N_TRIPLES):
        if isinstance(value := quad.object, Literal):
            datatype = None if value.language else value.datatype.value
            text = Text(value.value, lang=value.language, datatype=datatype)
            yield _line(str(quad.subject)[1:-1], quad.predicate.value, _literal(text))


def _mentioned(lines: Iterable[str]) -> set[str]:
    return {name for line in lines if (name := _object(line))}


def _about(
    names: set[str], own: set[str], study: dict[str, list[str]], shared: dict[str, list[str]]
) -> list[str]:
    """What a study implies of these things; what the shared part says of them and of what they lead to."""
    found: list[str] = []
    reached: set[str] = set()
    while names:
        reached |= names
        said = [line for name in sorted(names - own) for line in shared.get(name, ())]
        found += said
        found += (line for name in sorted(names) for line in study.get(name, ()))
        names = _mentioned(said) - reached
    return found


def _load(engine: reasonable.PyReasoner, text: str) -> None:
    """Gives the engine N-Triples, which it reads from files alone and knows by the name's end."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".n3") as file:
        file.write(text)
        file.flush()
        engine.load_file(file.name)


def _plain(triples: Iterable[tuple[object, object, object]]) -> Iterator[Statement]:
    """Terms of rdflib as plain strings, which compare and hash ten times faster; no literal is a subject."""
    for subject, predicate, value in triples:
        if type(value) is URIRef and type(subject) is URIRef:
            yield str(subject), str(predicate), str(value)
        elif not isinstance(subject, Text):
            yield str(subject), str(predicate), _literal(value) if isinstance(value, Text) else str(value)


def _literal(value: Text) -> str:
    if value.language:
        return literal(str(value), value.language)
    return (
        literal(str(value))
        if value.datatype in (None, URIRef(_XSD_STRING))
        else typed(str(value), str(value.datatype))
    )


def _line(subject: str, predicate: str, value: str) -> str:
    return (
        f"<{subject}> <{predicate}> {value} .\n"
        if value.startswith('"')
        else f"<{subject}> <{predicate}> <{value}> .\n"
    )


def _subject(line: str) -> str:
    return line[1 : line.index(">")]


def _object(line: str) -> str:
    """The object's IRI, or "" where it is a literal."""
    value = line.split(" ", 2)[2]
    return value[1:-4] if value.startswith("<") else ""


def _chunks(path: Path, begins: str, size: int, useful: Callable[[str], bool]) -> Iterator[list[str]]:
    """The file's useful lines: first the shared part, then whole blocks, about `size` lines at once."""
    chunk: list[str] = []
    first = True
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            if line.endswith(begins) and (first or len(chunk) >= size):
                yield chunk
                chunk, first = [], False
            if useful(line):
                chunk.append(line)
    yield chunk
