"""Mappings that cannot all hold: an exact match, or a chain of them, that makes two disjoint classes one.

skos:exactMatch is symmetric and transitive (SKOS Reference, S44 and S45), so that what is exactly two things makes the
two the same, however many tables and studies the chain goes through.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from cmograph.errors import Problem
from cmograph.mapping.sssom import PREDICATES, ConceptMapping
from cmograph.vocabulary import OWL, RDF, RDFS

__all__ = ["Disjointness", "Link", "exact_links", "find_clashes"]

_EXACT = frozenset({PREDICATES["skos:exactMatch"], PREDICATES["owl:equivalentClass"]})


@dataclass(frozen=True, slots=True)
class Link:
    """Two things that a row says are the same; or, where `kind` is true, one thing and a class that it is one of."""

    one: str
    other: str
    file: str
    row: int | None
    kind: bool = False

    @property
    def place(self) -> str:
        """Where it is written, for a reader."""
        return f"{self.file}, row {self.row}" if self.row else self.file


class Disjointness:
    """Which classes of an ontology can have no member in common, by what it says of them and of those above them.

    Read are subclasses, equivalent classes, intersections, unions and complements, named or not; HermiT alone knows what
    follows of restrictions (`cmograph check --hermit`).
    """

    def __init__(self, triples: Iterable[Triple]) -> None:
        """Takes the statements; class expressions and lists have IRIs in place of blank nodes."""
        self._above: defaultdict[str, set[str]] = defaultdict(set)
        self._apart: defaultdict[str, set[str]] = defaultdict(set)
        said: defaultdict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for triple in triples:
            if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode):
                said[triple.predicate.value][triple.subject.value].append(triple.object.value)
        first, rest = said[RDF.first], said[RDF.rest]

        def members(head: str) -> list[str]:
            found = []
            while head in first:
                found += first[head]
                head = rest[head][0]
            return found

        for one, others in [*said[RDFS.subClassOf].items(), *said[OWL.equivalentClass].items()]:
            self._above[one].update(others)
        for one, others in said[OWL.equivalentClass].items():
            for other in others:
                self._above[other].add(one)
        for one, heads in said[OWL.intersectionOf].items():
            self._above[one].update(member for head in heads for member in members(head))
        for whole, heads in [*said[OWL.unionOf].items(), *said[f"{OWL.NS}disjointUnionOf"].items()]:
            for head in heads:
                for member in members(head):
                    self._above[member].add(whole)
        groups = [members(head) for heads in said[f"{OWL.NS}disjointUnionOf"].values() for head in heads]
        groups += [
            members(head)
            for one, heads in said[OWL.members].items()
            if OWL.AllDisjointClasses in said[RDF.type].get(one, ())
            for head in heads
        ]
        for predicate in (OWL.disjointWith, f"{OWL.NS}complementOf"):
            groups += [[one, other] for one, others in said[predicate].items() for other in others]
        for group in groups:
            for one in group:
                self._apart[one].update(other for other in group if other != one)
        self._known: dict[str, frozenset[str]] = {}

    def between(self, one: str, other: str) -> tuple[str, str] | None:
        """The two classes that are said to be disjoint, of which these are kinds; None where they are not disjoint."""
        above = self._upwards(other)
        for mine in sorted(self._upwards(one)):
            for theirs in sorted(self._apart.get(mine, set()) & above):
                return mine, theirs
        return None

    def _upwards(self, one: str) -> frozenset[str]:
        """A class and everything above it."""
        if one not in self._known:
            found, level = {one}, [one]
            while level:
                level = [
                    above for below in level for above in self._above.get(below, ()) if above not in found
                ]
                found.update(level)
            self._known[one] = frozenset(found)
        return self._known[one]


def exact_links(mappings: Iterable[ConceptMapping], file: str) -> list[Link]:
    """The rows that say that two things are the same, as far as somebody stands for them."""
    return [
        Link(one.subject, one.object, file, one.row)
        for one in mappings
        if one.decided and not one.negated and one.predicate in _EXACT
    ]


def find_clashes(
    links: Sequence[Link], classes: Iterable[str], disjoint: Disjointness, curie: Callable[[str], str]
) -> tuple[Problem, ...]:
    """Every two disjoint classes that links make one, or one thing a member of, by the shortest chain between them.

    Args:
        links: what is said, wherever.
        classes: the ontology's.
        disjoint: which of them are disjoint.
        curie: how a message names a thing.
    """
    known = frozenset(classes)
    beside: defaultdict[str, list[tuple[str, Link]]] = defaultdict(list)
    for link in links:
        if not link.kind:
            beside[link.one].append((link.other, link))
            beside[link.other].append((link.one, link))
    kinds: defaultdict[str, list[Link]] = defaultdict(list)
    for link in links:
        if link.kind:
            kinds[link.one].append(link)
    problems = []
    for start in sorted(known & beside.keys()):
        for end, chain in _chains(start, beside, kinds).items():
            mutual = end in beside and not chain[-1].kind
            if end not in known or (mutual and end < start):
                continue
            said = disjoint.between(start, end)
            if said is not None and not _goes_through(chain, start, end, known, disjoint):
                problems.append(_problem(start, end, chain, said, curie))
    return tuple(problems)


def _chains(
    start: str, beside: dict[str, list[tuple[str, Link]]], kinds: dict[str, list[Link]]
) -> dict[str, list[Link]]:
    """Everything that a thing is the same as, or that such a thing is a kind of, by the shortest chain."""
    found: dict[str, list[Link]] = {start: []}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for other, link in beside[here]:
            if other not in found:
                found[other] = [*found[here], link]
                waiting.append(other)
    for here, chain in list(found.items()):
        for link in kinds.get(here, ()):
            found.setdefault(link.other, [*chain, link])
    del found[start]
    return found


def _goes_through(
    chain: Sequence[Link], start: str, end: str, known: frozenset[str], disjoint: Disjointness
) -> bool:
    """Whether a part of the chain clashes by itself, so that there is no need to tell of the whole."""
    between = {name for link in chain for name in (link.one, link.other)} & known - {start, end}
    return any(disjoint.between(start, one) or disjoint.between(one, end) for one in between)


def _problem(
    start: str, end: str, chain: Sequence[Link], said: tuple[str, str], curie: Callable[[str], str]
) -> Problem:
    rows = sorted(chain, key=lambda link: (link.file, link.row or 0))
    last = next((link for link in reversed(rows) if not link.kind), rows[-1])
    elsewhere = " and ".join(dict.fromkeys(link.place for link in rows if link is not last))
    steps = "; ".join(
        f"{curie(link.one)} is {'a kind of' if link.kind else 'exactly'} {curie(link.other)} ({link.place})"
        for link in rows
    )
    by = f" ({curie(said[0])} and {curie(said[1])} are)" if set(said) != {start, end} else ""
    with_it = f"Together with {elsewhere}, this" if elsewhere else "This"
    return Problem(
        f"{with_it} makes {curie(start)} and {curie(end)} one, and the ontology holds them disjoint{by}: {steps}.",
        "Keep one of them, or write skos:closeMatch or skos:relatedMatch where it is not the same.",
        last.file,
        last.row,
    )
