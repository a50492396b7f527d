"""What evaluations are laid side by side by: the classes of a domain, and each study's own words beside them.

Studies word things differently, and their words stay: two components are compared by the ontology's classes that they
are of. Classes of the realist core (a reasoning, an outcome) say only which part a thing plays, so that sharing
one means nothing; sharing a class of a domain module does. What named reviewers say stays beside what it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.things import Configuration, Ref
from cmograph.errors import InputError, Problem
from cmograph.vocabulary import REALIST

__all__ = [
    "CLOSE",
    "WEIGHTS",
    "Kinds",
    "Match",
    "Note",
    "PartComparison",
    "Wording",
    "notes_on",
    "studies_named",
]

Match = Literal["same", "narrower", "broader", "crossing", "related", "none", "unknown"]
"""How two parts match; see `PartComparison`."""

WEIGHTS: dict[Match, int] = {
    "same": 3,
    "narrower": 2,
    "broader": 2,
    "crossing": 2,
    "related": 1,
    "none": 0,
    "unknown": 0,
}
CLOSE: frozenset[Match] = frozenset({"same", "narrower", "broader", "crossing"})
"""The matches of what is alike: of one class, or one above the other."""

_MOST_CONFIGURATIONS = 2_000
"""So many are two million pairs, which take seconds."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A class that two parts share, and the words of each study beside it.

    Attributes:
        kind: the class.
        ours, theirs: the components of it, or of a class below it, in each study's own words.
    """

    kind: Ref
    ours: tuple[Ref, ...]
    theirs: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class PartComparison:
    """One part of a configuration beside the same part of another.

    Attributes:
        match: `same`: a component of each is of one class; `narrower` or `broader`: one of ours lies below one of theirs,
            or above; `crossing`: below in one thing and above in another; `related`: both lie below one class;
            `none`; or `unknown`, where nobody gave a class of a domain to ours or to theirs.
        ours, theirs: the components, in each study's own words.
        shared: the most specific classes that both are of.
        wordings: of each shared class, which of ours and of theirs are of it.
    """

    match: Match
    ours: tuple[Ref, ...]
    theirs: tuple[Ref, ...]
    shared: tuple[Ref, ...]
    wordings: tuple[Wording, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """What a named reviewer says: kept beside what it is about, whatever was found of that, and never counted.

    Attributes:
        reviewer, stance, text, date: who, how, what and when; "" where nobody says.
        about: what it is said of.
        suggested: the classes that the reviewer would give instead.
    """

    reviewer: str
    stance: str
    text: str
    date: str
    about: Ref
    suggested: tuple[Ref, ...]


def studies_named(casebook: Casebook, names: Sequence[str]) -> list[str]:
    """The IRIs of the evaluations of these names, each once and in this order; of all where none is named.

    Raises:
        InputError: a name that nothing has, or more configurations than can be laid side by side.
    """
    studies = list(dict.fromkeys(casebook.find_study(name).id for name in names)) or list(casebook.studies)
    number = sum(len(casebook.by_study.get(study, ())) for study in studies)
    if number > _MOST_CONFIGURATIONS:
        raise InputError(
            Problem(
                f"These evaluations have {number} configurations; {_MOST_CONFIGURATIONS} can be laid side by side.",
                "Name fewer with study.",
            )
        )
    return studies


def notes_on(casebook: Casebook, configurations: Iterable[Configuration]) -> Iterator[Note]:
    """What reviewers say of these configurations and of their components, each note once."""
    for about in dict.fromkeys(iri for one in configurations for iri in (one.id, *one.components)):
        for said in casebook.annotations_on.get(about, ()):
            yield Note(
                reviewer=said.reviewer,
                stance=casebook.ref(said.stance).label,
                text=said.text,
                date=said.date,
                about=casebook.ref(about),
                suggested=casebook.refs(said.suggested),
            )


class Kinds:
    """Which classes of a domain components are of, and how they match."""

    def __init__(self, casebook: Casebook) -> None:
        self._casebook = casebook
        self._known: dict[frozenset[str], tuple[frozenset[str], frozenset[str]]] = {}
        self._parts: dict[tuple[str, ...], tuple[frozenset[str], frozenset[str]]] = {}

    def specific(self, components: Iterable[str]) -> frozenset[str]:
        """The most specific ones of each of these components."""
        return self._of_part(tuple(components))[0]

    def all_of(self, components: Iterable[str]) -> frozenset[str]:
        """Every one, those that follow included."""
        return self._of_part(tuple(components))[1]

    def match(self, ours: Sequence[str], theirs: Sequence[str]) -> Match:
        """How two parts match: as their closest components do."""
        one, other = self.specific(ours), self.specific(theirs)
        if not one or not other:
            return "unknown"
        if one & other:
            return "same"
        every, every_other = self.all_of(ours), self.all_of(theirs)
        above, below = bool(one & every_other), bool(other & every)
        if above or below:
            return "crossing" if above and below else "broader" if above else "narrower"
        return "related" if every & every_other else "none"

    def match_mechanisms(self, one: Configuration, other: Configuration) -> Match:
        """How two mechanisms match: as the weaker of what is offered and how it is met, where both studies say both."""
        parts = (self.match(one.resources, other.resources), self.match(one.reasonings, other.reasonings))
        said = [match for match in parts if match != "unknown"]
        if not said:
            return self.match(one.mechanism_parts, other.mechanism_parts)
        least = min(WEIGHTS[match] for match in said)
        weakest = {match for match in said if WEIGHTS[match] == least}
        return weakest.pop() if len(weakest) == 1 else "crossing"

    def beside(self, match: Match, ours: Sequence[str], theirs: Sequence[str]) -> PartComparison:
        """Two parts that match so, each in its study's words."""
        casebook = self._casebook
        shared = casebook.most_specific(self.all_of(ours) & self.all_of(theirs))

        def of_kind(kind: str, components: Sequence[str]) -> tuple[Ref, ...]:
            return casebook.refs(one for one in components if kind in self.all_of((one,)))

        return PartComparison(
            match=match,
            ours=casebook.refs(ours),
            theirs=casebook.refs(theirs),
            shared=casebook.refs(shared),
            wordings=tuple(
                Wording(casebook.ref(kind), of_kind(kind, ours), of_kind(kind, theirs)) for kind in shared
            ),
        )

    def _of_part(self, components: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
        if (known := self._parts.get(components)) is None:
            each = [self._of(component) for component in components]
            known = (
                frozenset().union(*(one for one, _ in each)),
                frozenset().union(*(every for _, every in each)),
            )
            self._parts[components] = known
        return known

    def _of(self, component: str) -> tuple[frozenset[str], frozenset[str]]:
        kinds = self._casebook.components[component].kinds
        if kinds not in self._known:
            every = frozenset(
                kind for kind in kinds if kind in self._casebook.kinds and not kind.startswith(REALIST.NS)
            )
            self._known[kinds] = frozenset(self._casebook.most_specific(every)), every
        return self._known[kinds]
