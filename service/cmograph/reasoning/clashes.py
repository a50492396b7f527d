"""The rules that end in false: what can't be, named by the things concerned and the axiom that forbids it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cmograph.naming import readable

from .axioms import OWL, RDF_TYPE, Axioms

__all__ = ["Clash", "Facts", "find_clashes"]


@dataclass(frozen=True, slots=True)
class Clash:
    """Statements that contradict an axiom.

    Attributes:
        rule: the rule's name in OWL 2 Profiles, section 4.3, such as "cax-dw".
        things: IRIs of the individuals concerned, the one to look at first.
        what: one sentence, names shortened.
        remedy: what to change.
    """

    rule: str
    things: tuple[str, ...]
    what: str
    remedy: str


class Facts:
    """Statements by what the clash and chain rules ask for: members of classes, pairs of properties."""

    def __init__(self, axioms: Axioms) -> None:
        classes = {name for pair in (*axioms.disjoint, *axioms.complements) for name in pair}
        classes |= {f"{OWL}Nothing"} | {
            name for rule in axioms.empty for name in (rule.expression, rule.filler)
        }
        properties = {name for pair in axioms.disjoint_properties for name in pair}
        properties |= {*axioms.irreflexive, *axioms.asymmetric, *axioms.functional, f"{OWL}sameAs"}
        properties |= {rule.on for rule in axioms.empty} | {predicate for _, predicate, _ in axioms.denied}
        properties |= {name for _, steps in axioms.chains for name in steps}
        self.members: Mapping[str, set[str]] = {name: set() for name in classes}
        self.pairs: Mapping[str, set[tuple[str, str]]] = {name: set() for name in properties}

    def add(self, subject: str, predicate: str, value: str) -> None:
        """One statement more; those that no rule asks for are let go."""
        if predicate == RDF_TYPE:
            if (members := self.members.get(value)) is not None:
                members.add(subject)
        elif (pairs := self.pairs.get(predicate)) is not None:
            pairs.add((subject, value))


def find_clashes(axioms: Axioms, facts: Facts) -> Iterator[Clash]:
    """Every clash in the statements, which must be closed under the other rules."""
    yield from _of_classes(axioms, facts)
    yield from _of_properties(axioms, facts)
    yield from _of_identity(axioms, facts)


def _of_classes(axioms: Axioms, facts: Facts) -> Iterator[Clash]:
    for one, other in axioms.disjoint:
        for thing in sorted(facts.members[one] & facts.members[other]):
            yield Clash(
                "cax-dw",
                (thing,),
                f"{readable(thing)} is both a {readable(one)} and a {readable(other)}, which share no member "
                f"(axiom: {readable(one)} disjoint with {readable(other)}).",
                "Give it one of the two classes, or change what makes it the other.",
            )
    for one, other in axioms.complements:
        for thing in sorted(facts.members[one] & facts.members[other]):
            yield Clash(
                "cls-com",
                (thing,),
                f"{readable(thing)} is both in {readable(one)} and in its complement {readable(other)} "
                f"(axiom: {readable(one)} complement of {readable(other)}).",
                "Take one of the two away.",
            )
    for thing in sorted(facts.members[f"{OWL}Nothing"]):
        yield Clash(
            "cls-nothing2",
            (thing,),
            f"{readable(thing)} has a class that can have no member (axiom: subclass of owl:Nothing).",
            "Give it another class.",
        )
    for rule in axioms.empty:
        for thing, value in sorted(facts.pairs[rule.on]):
            if thing in facts.members[rule.expression] and (
                not rule.filler or value in facts.members[rule.filler]
            ):
                yield Clash(
                    "cls-maxqc1" if rule.filler else "cls-maxc1",
                    (thing, value),
                    f"{readable(thing)} has {readable(rule.on)} {readable(value)}, but its class allows none "
                    f"(axiom: {readable(rule.on)} at most 0 {readable(rule.filler)}).".replace(" )", ")"),
                    f"Take the {readable(rule.on)} away, or give the thing another class.",
                )


def _of_properties(axioms: Axioms, facts: Facts) -> Iterator[Clash]:
    for name in axioms.irreflexive:
        for thing in sorted({one for one, other in facts.pairs[name] if one == other}):
            yield Clash(
                "prp-irp",
                (thing,),
                f"{readable(thing)} has itself as its {readable(name)} "
                f"(axiom: {readable(name)} is irreflexive).",
                "Break the circle: a thing can't be so related to itself, directly or round about.",
            )
    for name in axioms.asymmetric:
        for one, other in sorted(facts.pairs[name]):
            if one <= other and (other, one) in facts.pairs[name]:
                yield Clash(
                    "prp-asyp",
                    (one, other),
                    f"{readable(one)} and {readable(other)} each have the other as {readable(name)} "
                    f"(axiom: {readable(name)} is asymmetric).",
                    "Keep one direction.",
                )
    for first, second in axioms.disjoint_properties:
        for one, other in sorted(facts.pairs[first] & facts.pairs[second]):
            yield Clash(
                "prp-pdw",
                (one, other),
                f"{readable(one)} has {readable(other)} both as {readable(first)} and as {readable(second)} "
                f"(axiom: {readable(first)} disjoint with {readable(second)}).",
                "Keep one of the two.",
            )
    for one, name, other in axioms.denied:
        if (one, other) in facts.pairs[name]:
            yield Clash(
                "prp-npa1",
                (one, other),
                f"{readable(one)} has {readable(name)} {readable(other)}, which the ontology denies.",
                "Take the statement away.",
            )


def _of_identity(axioms: Axioms, facts: Facts) -> Iterator[Clash]:
    same = facts.pairs[f"{OWL}sameAs"]
    for one, other in axioms.different:
        if (one, other) in same or (other, one) in same:
            owners = _with_both(axioms.functional, facts, one, other)
            name, thing = next(owners, ("", ""))
            because = (
                f": both are {readable(name)} of {readable(thing)}, which can have one only" if thing else ""
            )
            yield Clash(
                "eq-diff1",
                tuple(filter(None, (thing, one, other))),
                f"{readable(one)} and {readable(other)} would be the same{because} "
                f"(axiom: {readable(one)} different from {readable(other)}).",
                "Keep one of the two values.",
            )
    for name in axioms.functional:
        values: dict[str, list[str]] = {}
        for thing, value in facts.pairs[name]:
            if value.startswith('"'):
                values.setdefault(thing, []).append(value)
        for thing, found in sorted(values.items()):
            if len(found) > 1:
                yield Clash(
                    "dt-diff",
                    (thing,),
                    f"{readable(thing)} has {len(found)} different values of {readable(name)} "
                    f"(axiom: {readable(name)} is functional).",
                    "Keep one value.",
                )


def _with_both(names: Iterable[str], facts: Facts, one: str, other: str) -> Iterator[tuple[str, str]]:
    """Functional properties, and whom they give both values: why two things would be the same."""
    for name in names:
        for thing in sorted({thing for thing, value in facts.pairs[name] if value == one}):
            if (thing, other) in facts.pairs[name]:
                yield name, thing
