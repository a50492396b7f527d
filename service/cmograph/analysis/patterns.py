"""Patterns: which kind of context, of mechanism and of outcome each configuration joins, study by study."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from cmograph.vocabulary import REALIST

if TYPE_CHECKING:
    from cmograph.analysis.casebook import Casebook
from cmograph.analysis.things import Component, Configuration

__all__ = [
    "LEVELS",
    "Held",
    "Lattice",
    "Lattices",
    "Pattern",
    "broader",
    "every_of",
    "find_patterns",
    "held_in",
    "sign_of",
    "telling",
]

LEVELS = ("full", "context-mechanism", "context-outcome", "mechanism-outcome")
"""Which parts of a pattern are looked at: all, or a pair."""

_PARTS = ("context", "mechanism", "outcome")
"""The parts of a pattern, in its order."""


class Pattern(NamedTuple):
    """What a configuration joins, as kinds; a part that is left out of account is "".

    Attributes:
        context, mechanism, outcome: IRIs of classes; the mechanism's is one of resources or of reasonings. What is of
            no class but the realist core's is "" too.
        absent: whether the mechanism is lacking.
        sign: `good`, `bad`, or `unclear`, so that good and bad outcomes are never counted together.
    """

    context: str
    mechanism: str
    outcome: str
    absent: bool
    sign: str


Held = Mapping[int, list[str]]
"""By the number of a pattern in its lattice: the IRIs of configurations that have it themselves."""


class Lattice:
    """The patterns of a casebook and every broader one, as numbers, so that what lies above what is worked out once.

    Attributes:
        patterns: all of them by number: a narrower one has a lower number than any that takes it in.
        above, below: by number: the patterns that take it in, and those it takes in that configurations have; both with
            itself.
        by_study: the configurations of each pattern that they have themselves.
        answers: what was found in it, kept by what was asked.
    """

    def __init__(self, casebook: Casebook, level: str) -> None:
        """Work it out; seconds for a hundred thousand configurations."""
        by_study = {study: _projected(several, level) for study, several in casebook.patterns.items()}
        lines = _Lines(casebook)
        own = {pattern for several in by_study.values() for pattern in several}
        every = {higher for pattern in own for higher in lines.above(pattern)}
        self.patterns = sorted(every, key=lambda one: (-lines.depth(one), one))
        number = {pattern: place for place, pattern in enumerate(self.patterns)}
        self.above = [tuple(number[higher] for higher in lines.above(one)) for one in self.patterns]
        below: list[list[int]] = [[] for _ in self.patterns]
        for pattern in own:
            for higher in self.above[number[pattern]]:
                below[higher].append(number[pattern])
        self.below = [tuple(sorted(several)) for several in below]
        self.answers: dict[object, list[Any]] = {}
        self.by_study = {
            study: tuple((number[pattern], tuple(several)) for pattern, several in patterns.items())
            for study, patterns in by_study.items()
        }


class Lattices:
    """The lattice of each level, made when it is first asked for.

    Attributes:
        people: how many people speak for each configuration, by IRI; at least so many in the open edition.
        contested: the configurations that there is evidence for and against.
    """

    def __init__(self, casebook: Casebook) -> None:
        """No lattice is made yet."""
        several = casebook.configurations.values()
        self.people = {one.id: one.tally("supports").people for one in several}
        self.contested = frozenset(one.id for one in several if one.contested)
        self._casebook = casebook
        self._made: dict[str, Lattice] = {}

    def of(self, level: str) -> Lattice:
        """The lattice of one of `LEVELS`."""
        if (made := self._made.get(level)) is None:
            made = self._made[level] = Lattice(self._casebook, level)
        return made


class _Lines:
    """What lies above a pattern, kind by kind; each kind's line is looked up once."""

    def __init__(self, casebook: Casebook) -> None:
        self._casebook = casebook
        self._of: dict[str, tuple[str, ...]] = {}

    def of(self, kind: str) -> tuple[str, ...]:
        if (line := self._of.get(kind)) is None:
            line = self._of[kind] = broader(self._casebook, kind)
        return line

    def above(self, one: Pattern) -> list[Pattern]:
        lines = (self.of(one.context), self.of(one.mechanism), self.of(one.outcome))
        return [Pattern(*kinds, one.absent, one.sign) for kinds in product(*lines)]

    def depth(self, one: Pattern) -> int:
        """How narrow a pattern is: one that takes in another is less deep than that."""
        return len(self.of(one.context)) + len(self.of(one.mechanism)) + len(self.of(one.outcome))


def find_patterns(casebook: Casebook) -> Mapping[str, Mapping[Pattern, tuple[str, ...]]]:
    """By study: the configurations of each pattern, of the most specific kinds alone, in order.

    A part of which the ontology says nothing is "": pairs that leave it out need no kind of it.
    """
    narrow = {one.id: telling(casebook, one) for one in casebook.components.values()}
    shared: dict[Pattern, Pattern] = {}
    found: dict[str, Mapping[Pattern, tuple[str, ...]]] = {}
    for study, configurations in casebook.by_study.items():
        of_study: defaultdict[Pattern, list[str]] = defaultdict(list)
        for one in configurations:
            for pattern in dict.fromkeys(_patterns_of(casebook, narrow, one)):
                of_study[shared.setdefault(pattern, pattern)].append(one.id)
        found[study] = {pattern: tuple(several) for pattern, several in of_study.items()}
    return found


def held_in(casebook: Casebook, lattice: Lattice, studies: Sequence[str], delivery: str, role: str) -> Held:
    """The patterns of these studies, of what fits the delivery and the role, each named as users do; "" for any.

    Raises:
        InputError: a name that nothing has; suggests the nearest.
    """
    wanted: Iterable[str] = [casebook.find_study(name).id for name in studies] or lattice.by_study
    held: defaultdict[int, list[str]] = defaultdict(list)
    for study in dict.fromkeys(wanted):
        for number, configurations in lattice.by_study.get(study, ()):
            held[number] += configurations
    mode = casebook.find_term(delivery, REALIST.DeliveryMode) if delivery else ""
    whom = casebook.find_term(role, REALIST.ActorRole) if role else ""
    if not mode and not whom:
        return held
    fitting = {
        one.id
        for one in casebook.configurations.values()
        if (not mode or mode in one.deliveries) and (not whom or whom in one.roles)
    }
    kept = ((number, [one for one in several if one in fitting]) for number, several in held.items())
    return {number: several for number, several in kept if several}


def every_of(lattice: Lattice, held: Held, number: int) -> set[str]:
    """The configurations of a pattern, those of narrower ones included."""
    return set[str]().union(*[held[lower] for lower in lattice.below[number] if lower in held])


def telling(casebook: Casebook, component: Component) -> tuple[str, ...]:
    """The most specific kinds of a component that say more than the realist core does: not just `context`."""
    return tuple(kind for kind in casebook.most_specific(component.kinds) if not _is_core(kind))


def broader(casebook: Casebook, kind: str) -> tuple[str, ...]:
    """A kind, and those above it that say more than the realist core does; sorted."""
    if not kind:
        return ("",)
    above = casebook.kinds[kind].above
    return tuple(sorted({kind, *(one for one in above if not _is_core(one) and one in casebook.kinds)}))


def sign_of(casebook: Casebook, one: Configuration, outcome: str) -> str:
    """Whether an outcome is `good` or `bad`: by its kind, or else by its configuration; `unclear` where they don't say."""
    kinds = casebook.components[outcome].kinds
    good, bad = REALIST.PositiveOutcome in kinds, REALIST.NegativeOutcome in kinds
    if good == bad:
        good, bad = one.beneficial, one.harmful
    return "unclear" if good == bad else "good" if good else "bad"


def _patterns_of(
    casebook: Casebook, narrow: Mapping[str, tuple[str, ...]], one: Configuration
) -> Iterator[Pattern]:
    def kinds(components: Iterable[str]) -> list[str]:
        return [kind for component in components for kind in narrow.get(component, ())] or [""]

    mechanisms, contexts = kinds((*one.resources, *one.reasonings)), kinds(one.contexts)
    outcomes = [
        (kind, sign_of(casebook, one, outcome))
        for outcome in one.outcomes
        for kind in narrow.get(outcome) or ("",)
    ]
    for context, mechanism, (outcome, sign) in product(contexts, mechanisms, outcomes):
        yield Pattern(context, mechanism, outcome, one.absent, sign)


def _projected(patterns: Mapping[Pattern, tuple[str, ...]], level: str) -> Mapping[Pattern, Iterable[str]]:
    """The patterns that have kinds of what is looked at, without the part that a pair leaves out."""
    needed = [place for place, part in enumerate(_PARTS) if level == "full" or part in level]
    whole = {one: several for one, several in patterns.items() if all(one[place] for place in needed)}
    if level == "full":
        return whole
    pairs: defaultdict[Pattern, dict[str, None]] = defaultdict(dict)
    for one, configurations in whole.items():
        if level == "context-mechanism":
            pair = one._replace(outcome="")
        elif level == "mechanism-outcome":
            pair = one._replace(context="")
        else:
            pair = one._replace(mechanism="", absent=False)
        pairs[pair].update(dict.fromkeys(configurations))
    return pairs


def _is_core(kind: str) -> bool:
    return kind.startswith(REALIST.NS)
