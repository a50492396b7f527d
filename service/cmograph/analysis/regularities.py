"""Regularities: which kinds of context, mechanism and outcome recur together (demi-regularities)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, overload

from pydantic import Field

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.inquiry import Inquiry, Parameters
from cmograph.analysis.interviews import speakers_by_attribute
from cmograph.analysis.patterns import Held, Lattice, Pattern, every_of, held_in
from cmograph.analysis.reading import Reading
from cmograph.analysis.things import Configuration, Ref
from cmograph.errors import InputError, Problem

__all__ = ["REGULARITIES", "Regularity", "RegularityParameters", "find_regularities"]

_OWN = ("", "study", "delivery", "role")
"""What the groups of `by` are that have an IRI; those of an attribute are its values."""
_KEPT = 16
"""So many answers of each level are kept with the casebook: pages of one answer are asked for one after another."""

Groups = Mapping[str, Iterable[str]]
"""By the IRI of a configuration: the names of the groups that it belongs to."""


@dataclass(frozen=True, slots=True)
class Regularity:
    """Kinds that recur together.

    Attributes:
        group: the study, delivery, role or value of an attribute within which it recurs; None where nothing is told apart.
        context, mechanism, outcome: kinds; None for the one that pairs leave out.
        presence: whether the mechanism is `present` or `absent`; "" where it is left out.
        sign: `good` or `bad` outcomes, or `unclear`; never counted together.
        times: how many configurations join these kinds.
        configurations: which, as many as are to be listed.
        studies_count, studies: in how many evaluations, and in which, as many as are to be listed.
        cut: whether there are more of either than are listed.
        deliveries, roles: found in which modes, and about whom.
        people: the most people who speak for one of the configurations; at least so many in the open edition. People
            of several configurations may be the same, so they are never added up.
        contested: how many of the configurations have evidence for them and against.
        both_signs: whether the same context and mechanism lead to the opposite too; for pairs, the part that is told.
    """

    group: Ref | None
    context: Ref | None
    mechanism: Ref | None
    outcome: Ref | None
    presence: str
    sign: str
    times: int
    configurations: tuple[Ref, ...]
    studies_count: int
    studies: tuple[Ref, ...]
    cut: bool
    deliveries: tuple[Ref, ...]
    roles: tuple[Ref, ...]
    people: int
    contested: int
    both_signs: bool


class RegularityParameters(Parameters):
    """Where regularities are sought, and what counts as one."""

    study: tuple[str, ...] = Field((), description="Only in these evaluations: IRI, identifier or title.")
    delivery: str = Field("", description="Only configurations found in this mode, such as group.")
    role: str = Field("", description="Only configurations about this role, such as mother.")
    least: int = Field(2, description="In so many configurations at least; from 2.")
    level: Literal["full", "context-mechanism", "context-outcome", "mechanism-outcome"] = Field(
        "full", description="Kinds of context, mechanism and outcome together, or of two of them."
    )
    listed: int = Field(
        50, ge=1, description="Of each, list at most so many configurations and evaluations; all are counted."
    )
    by: str = Field(
        "",
        description=(
            "Sought in each `study`, `delivery` or `role` by itself; in the restricted edition also by a participants' "
            "attribute, such as site: a configuration is in each group in which someone speaks for it."
        ),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    group: str
    pattern: Pattern
    configurations: tuple[str, ...]
    both: bool


def find_regularities(
    casebook: Casebook, asked: RegularityParameters, groups: Groups | None = None
) -> Sequence[Regularity]:
    """What recurs, the most frequent first; each item is made when it is looked at.

    Kinds that configurations have themselves are listed where they recur. Broader ones are listed only where they hold a
    configuration that no narrower regularity of the list does.

    Args:
        casebook: where it is sought.
        asked: what narrows it.
        groups: of `by`, where that is an attribute of participants, which no casebook holds.

    Raises:
        InputError: a name that nothing has, or a `least` at which everything recurs.
    """
    if asked.least < 2:
        raise InputError(
            Problem(f"least: what is found {asked.least} times does not recur.", "Give a number from 2.")
        )
    lattice = casebook.lattices.of(asked.level)
    if groups is None and (known := lattice.answers.get(asked)) is not None:
        return _Items(known, lambda one: _regularity(casebook, one, asked))
    found = [
        one
        for group, held in _grouped(
            casebook, asked, groups, held_in(casebook, lattice, asked.study, asked.delivery, asked.role)
        ).items()
        for one in _recurring(lattice, group, held, asked.least)
    ]
    found.sort(key=lambda one: (-len(one.configurations), one.group, one.pattern))
    if groups is None:
        lattice.answers[asked] = found
        while len(lattice.answers) > _KEPT:
            lattice.answers.pop(next(iter(lattice.answers)), None)
    return _Items(found, lambda one: _regularity(casebook, one, asked))


def _grouped(
    casebook: Casebook, asked: RegularityParameters, given: Groups | None, held: Held
) -> Mapping[str, Held]:
    if not asked.by:
        return {"": held}
    named: dict[str, Callable[[Configuration], Iterable[str]]] = {
        "study": lambda one: (one.study,),
        "delivery": lambda one: one.deliveries,
        "role": lambda one: one.roles,
    }
    if given is not None:
        of_each = given
    elif asked.by in named:
        of_each = {one.id: named[asked.by](one) for one in casebook.configurations.values()}
    else:
        raise InputError(
            Problem(
                f"by: nothing here is told apart by {asked.by!r}.",
                "Give study, delivery or role; an attribute of participants needs the restricted edition.",
            )
        )
    groups: defaultdict[str, defaultdict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for number, configurations in held.items():
        for one in configurations:
            for group in of_each.get(one, ()):
                groups[group][number].append(one)
    return groups


def _recurring(lattice: Lattice, group: str, held: Held, least: int) -> Iterator[_Found]:
    """The regularities of one group, narrow before broad.

    What recurs at its own level is done with at once. Only the rest, mostly little, is looked for higher up.
    """
    signs = _signs(lattice, held)
    found: dict[int, Iterable[str]] = {}
    rest: defaultdict[int, set[str]] = defaultdict(set)
    for number, configurations in held.items():
        if len(configurations) < least:
            for higher in lattice.above[number]:
                rest[higher].update(configurations)
        elif lattice.below[number] == (number,):
            found[number] = configurations
        else:
            found[number] = every_of(lattice, held, number)
    left = set[str]().union(*rest.values())
    told: defaultdict[int, set[str]] = defaultdict(set)

    def tell(number: int) -> None:
        """Note for all that is broader that a narrower regularity holds these."""
        several = left.intersection(found[number])
        for higher in lattice.above[number] if several else ():
            told[higher] |= several

    for number in found:
        tell(number)
    for number in sorted(rest):
        if number in found or rest[number] <= told[number]:
            continue
        every = every_of(lattice, held, number)
        if len(every) >= least:
            found[number] = every
            tell(number)
    for number, several in found.items():
        pattern = lattice.patterns[number]
        opposite = {"good": "bad", "bad": "good"}.get(pattern.sign, "")
        yield _Found(group, pattern, tuple(sorted(several)), (*_cause(pattern), opposite) in signs)


def _cause(pattern: Pattern) -> tuple[str, str, bool]:
    return pattern.context, pattern.mechanism, pattern.absent


def _signs(lattice: Lattice, held: Held) -> set[tuple[str, str, bool, str]]:
    """Which kinds of context and mechanism lead to which sign, those of narrower kinds included."""
    narrow = {(*_cause(one), one.sign): number for number in held for one in (lattice.patterns[number],)}
    above = {higher for number in narrow.values() for higher in lattice.above[number]}
    return {(*_cause(one), one.sign) for one in (lattice.patterns[higher] for higher in above)}


class _Items(Sequence[Regularity]):
    def __init__(self, found: Sequence[_Found], make: Callable[[_Found], Regularity]) -> None:
        self._found = found
        self._make = make

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, place: int) -> Regularity: ...
    @overload
    def __getitem__(self, place: slice) -> list[Regularity]: ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return [self._make(one) for one in self._found[place]]
        return self._make(self._found[place])


def _regularity(casebook: Casebook, found: _Found, asked: RegularityParameters) -> Regularity:
    held = [casebook.configurations[iri] for iri in found.configurations]
    studies = sorted({one.study for one in held})
    pattern, lattices, listed = found.pattern, casebook.lattices, asked.listed

    def kind(iri: str) -> Ref | None:
        return casebook.ref(iri) if iri else None

    return Regularity(
        group=kind(found.group) if asked.by in _OWN else Ref(found.group, found.group),
        context=kind(pattern.context),
        mechanism=kind(pattern.mechanism),
        outcome=kind(pattern.outcome),
        presence=("absent" if pattern.absent else "present") if pattern.mechanism else "",
        sign=pattern.sign,
        times=len(held),
        configurations=casebook.refs(found.configurations[:listed]),
        studies_count=len(studies),
        studies=casebook.refs(studies[:listed]),
        cut=max(len(held), len(studies)) > listed,
        deliveries=casebook.refs(sorted(set().union(*{one.deliveries for one in held}))),
        roles=casebook.refs(sorted(set().union(*{one.roles for one in held}))),
        people=max(map(lattices.people.__getitem__, found.configurations)),
        contested=len(lattices.contested.intersection(found.configurations)),
        both_signs=found.both,
    )


async def _work(reading: Reading, asked: RegularityParameters) -> Sequence[Regularity]:
    casebook = await reading.casebook()
    groups = None
    if asked.by not in _OWN and casebook.snapshot.edition == "restricted":
        studies = [casebook.find_study(name).id for name in asked.study] or list(casebook.studies)
        groups = await speakers_by_attribute(reading, studies, asked.by)
    return find_regularities(casebook, asked, groups)


REGULARITIES = Inquiry(
    id="regularities",
    title="Which contexts, mechanisms and outcomes recur together?",
    description=(
        "Kinds of context, of resource or reasoning, and of outcome that several configurations join, or pairs of them, "
        "with the evaluations, deliveries and roles in which they do. Good and bad outcomes are told apart, and so are "
        "mechanisms that are there and that are lacking. Each is listed for the most specific kinds that recur; a "
        "broader kind only where it takes in a configuration that none of the narrower ones does. What is of no kind "
        "but the realist core's own (just a context) takes no part."
    ),
    parameters=RegularityParameters,
    item=Regularity,
    work=_work,
    example={"study": "synthetic-demonstration", "by": "role"},
)
