"""What a profile says: the components that it names as there or not, once what contradicts itself is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from pydantic import Field

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.inquiry import Parameters
from cmograph.errors import InputError, Problem
from cmograph.vocabulary import REALIST

__all__ = ["Names", "Profile", "ProfileParameters"]

Names = tuple[str, ...]


class ProfileParameters(Parameters):
    """Whom it is about. What is not named is unknown."""

    together: ClassVar[frozenset[str]] = frozenset({"context", "without", "offered", "lacking"})

    context: Names = Field((), description="A kind of context, or a component, that holds.")
    without: Names = Field((), description="A kind of context, or a component, that does not hold.")
    offered: Names = Field((), description="A kind of resource or reasoning that is there.")
    lacking: Names = Field((), description="A kind of resource or reasoning that is not there.")
    role: str = Field("", description="Whom it is about, such as mother.")
    delivery: str = Field("", description="How support comes, such as group.")
    study: Names = Field((), description="Only from these evaluations: IRI, identifier or title.")
    excluded: bool = Field(False, description="List also what is excluded, with the reason.")


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile, its names read.

    Attributes:
        holds, fails: the contexts that hold, and that do not; no component is in both.
        there, lacks: the resources and reasonings that are there, and that are not; likewise.
        role, delivery: IRIs, or "".
        studies: the IRIs of the only studies that count; empty for all.
    """

    holds: frozenset[str]
    fails: frozenset[str]
    there: frozenset[str]
    lacks: frozenset[str]
    role: str
    delivery: str
    studies: tuple[str, ...]

    @classmethod
    def read(cls, casebook: Casebook, asked: ProfileParameters) -> Self:
        """Read the names. Of two of which one takes in the other the narrower wins: "a need, but not of care".

        Raises:
            InputError: a name that nothing has, or a profile that contradicts itself: names what, and the remedy.
        """
        _refuse_contradictions(
            casebook,
            {"context": asked.context, "offered": asked.offered},
            {"without": asked.without, "lacking": asked.lacking},
        )
        fails, lacks = _like(casebook, asked.without), _like(casebook, asked.lacking)
        return cls(
            holds=_like(casebook, asked.context) - fails,
            fails=fails,
            there=_like(casebook, asked.offered) - lacks,
            lacks=lacks,
            role=casebook.find_term(asked.role, REALIST.ActorRole) if asked.role else "",
            delivery=casebook.find_term(asked.delivery, REALIST.DeliveryMode) if asked.delivery else "",
            studies=tuple(casebook.find_study(name).id for name in asked.study),
        )

    def otherwise(
        self,
        casebook: Casebook,
        *,
        add: Names = (),
        remove: Names = (),
        add_offer: Names = (),
        remove_offer: Names = (),
        role: str = "",
        delivery: str = "",
    ) -> Self:
        """The profile as it would be: what is added holds whatever was said of it, and what is removed does not.

        Raises:
            InputError: as `read`, where what is added is also removed.
        """
        _refuse_contradictions(
            casebook, {"add": add, "add_offer": add_offer}, {"remove": remove, "remove_offer": remove_offer}
        )
        added, removed = _like(casebook, add), _like(casebook, remove)
        offered, withdrawn = _like(casebook, add_offer), _like(casebook, remove_offer)
        return replace(
            self,
            holds=(self.holds | added) - removed,
            fails=(self.fails - added) | removed,
            there=(self.there | offered) - withdrawn,
            lacks=(self.lacks - offered) | withdrawn,
            role=casebook.find_term(role, REALIST.ActorRole) if role else self.role,
            delivery=casebook.find_term(delivery, REALIST.DeliveryMode) if delivery else self.delivery,
        )


def _like(casebook: Casebook, names: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*map(casebook.components_like, names))


@dataclass(frozen=True, slots=True)
class _Name:
    """A name, the parameter it was given as, and its meaning: an IRI, the kinds that it lies within, its components."""

    parameter: str
    name: str
    iri: str
    within: frozenset[str]
    components: frozenset[str]


def _refuse_contradictions(
    casebook: Casebook, said: Mapping[str, Names], denied: Mapping[str, Names]
) -> None:
    """Refuse what is said and denied by what the names mean, whether or not any component is of such a kind."""
    problems = []
    for one in _meant(casebook, said):
        for no in _meant(casebook, denied):
            narrower = one.iri in no.within
            if no.iri == one.iri:
                says, remedy = "is also", "Take one of them out."
            elif no.iri in one.within:
                says = "lies within"
                remedy = f"Take one of them out, or deny only something narrower than {one.name!r}."
            elif one.components and one.components <= no.components and not narrower:
                says = "has nothing but what is also"
                remedy = "Take one of them out: nothing would be left of what holds."
            else:
                continue
            problem = f"{one.parameter} {one.name!r} {says} {no.parameter} {no.name!r}."
            problems.append(Problem(f"The profile contradicts itself: {problem}", remedy))
    if problems:
        raise InputError(*problems)


def _meant(casebook: Casebook, named: Mapping[str, Names]) -> Iterator[_Name]:
    for parameter, names in named.items():
        for name in names:
            components = casebook.components_like(name)
            if casebook.is_kind(name):
                kind = casebook.find_kind(name)
                yield _Name(parameter, name, kind.id, kind.above, components)
            else:
                (iri,) = components
                yield _Name(parameter, name, iri, casebook.components[iri].kinds, components)
