"""Ripple effects: configurations of which one's outcome is the next one's context, as paths through a study.

The ripple effect: https://doi.org/10.1186/s12889-015-1949-1. A path never passes a configuration twice; one that comes
back to where it has been ends there, and says that it is a circle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, pairwise
from typing import Literal

from pydantic import Field

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.inquiry import Inquiry, Parameters
from cmograph.analysis.paths import Allowance, Path, Wanted, Ways
from cmograph.analysis.reading import Reading
from cmograph.analysis.things import Configuration, Ref
from cmograph.errors import InputError, Problem, nearest

__all__ = ["CHAINS", "Chain", "ChainParameters", "Step", "find_chains"]

_MOST_STEPS = 200_000
"""So many steps are looked at, for all studies together, before a search that finds too much is refused."""


@dataclass(frozen=True, slots=True)
class Step:
    """One configuration of a chain.

    Attributes:
        via: the component by which it was reached: an outcome of the one before, and a context of this; None at first.
        configuration: the configuration.
        harmful, beneficial, contested: see the list of configurations.
        people, codings, statements, withheld: what supports it; people and codings are "at least" in the open edition.
    """

    via: Ref | None
    configuration: Ref
    harmful: bool
    beneficial: bool
    contested: bool
    people: int
    codings: int
    statements: int
    withheld: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """A path from configuration to configuration.

    Attributes:
        study: the evaluation.
        length: how many configurations it has.
        steps: the configurations in order; of a circle the last is one that came before.
        starts, ends: the contexts of the first, the outcomes of the last.
        strength: people and statements that support the weakest of its steps.
        harmful: whether some step is harmful.
        circle: whether it comes back to a configuration on it.
        goes_on: whether its last configuration leads on: the end that was asked for, or `longest`, stopped it.
    """

    study: Ref
    length: int
    steps: tuple[Step, ...]
    starts: tuple[Ref, ...]
    ends: tuple[Ref, ...]
    strength: int
    harmful: bool
    circle: bool
    goes_on: bool


class ChainParameters(Parameters):
    """Which chains."""

    study: tuple[str, ...] = Field((), description="In these evaluations: IRI, identifier or title.")
    start: tuple[str, ...] = Field(
        (), description="That begin with a context of this kind, this component, or this configuration."
    )
    end: tuple[str, ...] = Field(
        (), description="That end in an outcome of this kind, this component, or this configuration."
    )
    through: tuple[str, ...] = Field(
        (),
        description=(
            "That pass through this configuration, or through one of which this component, or one of this kind, is any "
            "part; the first and the last count. Of several, through each."
        ),
    )
    which: Literal["all", "shortest", "strongest", "harmful"] = Field(
        "all",
        description=(
            "all that cannot be made longer; of each study the shortest (of equals the best supported), or the one "
            "whose weakest step has most support (of equals the shortest), and of those still equal the first by IRI; "
            "or those that end in a harmful configuration."
        ),
    )
    longest: int = Field(
        12,
        ge=2,
        le=50,
        description=(
            "Of at most so many configurations. Where no start is given, a longer way is told in pieces: one says that "
            "it goes on, and another begins where it ends."
        ),
    )
    most: int = Field(
        500,
        ge=1,
        le=5000,
        description="Refuse to answer where there are more chains than this; one a study is never too many.",
    )


def find_chains(casebook: Casebook, asked: ChainParameters) -> list[Chain]:
    """The chains that are asked for: by study, then the shortest and the best supported first.

    Raises:
        InputError: a name that nothing has, or more chains than were asked for.
    """
    studies = [casebook.find_study(name).id for name in asked.study] or list(casebook.studies)
    starts = _named(casebook, "start", asked.start, ("context",)) if asked.start else None
    ends = _named(casebook, "end", asked.end, ("outcome",)) if asked.end else None
    through = [_named(casebook, "through", [name], tuple(casebook.used_as)) for name in asked.through]
    found: list[Chain] = []
    allowance = Allowance(_MOST_STEPS)
    for study in dict.fromkeys(studies):
        named = [some if some is None else some.get(study, frozenset()) for some in (starts, ends, *through)]
        if any(some is not None and not some for some in named):
            continue  # before anything is reckoned: so it is with most studies where something is named
        first, last = named[:2]
        met = [some for some in named[2:] if some is not None]
        graph = _Graph(casebook, casebook.by_study.get(study, ()))
        if asked.which == "harmful":
            last = graph.harmful if last is None else last & graph.harmful
            if not last:
                continue
        if asked.which in ("shortest", "strongest"):
            begins: Set[str] = graph.nodes if first is None else first
            wanted = Wanted(begins, graph.nodes if last is None else last, met, asked.longest)
            best = graph.ways.best(wanted, graph.strength, allowance, fewest=asked.which == "shortest")
            found += [graph.chain(best)] if best else []
            continue
        begins = graph.ways.beginnings(asked.longest) if first is None else first
        search = graph.ways.paths(Wanted(begins, last, met, asked.longest), allowance)
        paths = list(islice(search, asked.most + 1 - len(found)))
        if len(found) + len(paths) > asked.most:
            raise InputError(
                Problem(
                    f"There are more chains than {asked.most}.",
                    "Name a study, a start, an end or what they pass through; or ask for the shortest, the strongest, "
                    "or shorter ones.",
                )
            )
        found += sorted(map(graph.chain, paths), key=_order)
    return found


def _order(chain: Chain) -> tuple[int, int, tuple[str, ...]]:
    return chain.length, -chain.strength, tuple(step.configuration.id for step in chain.steps)


def _named(
    casebook: Casebook, parameter: str, names: Sequence[str], parts: Sequence[str]
) -> Mapping[str, frozenset[str]]:
    """By study: the configurations that are named, or of which a component of this name or kind is such a part."""
    found: set[str] = set()
    for name in names:
        if casebook.is_configuration(name):
            found.add(casebook.find_configuration(name).id)
            continue
        try:
            components = casebook.components_like(name)
        except InputError as error:
            known = _known(casebook)
            if name.strip().lower() in known:
                raise  # several go by it, and the error says which
            likely = nearest(name.rpartition("/")[2], sorted(known.values()))
            remedy = likely or "Look it up in the lists of configurations and of components."
            what = f"{parameter}: there is no configuration, component or kind of component {name!r}."
            raise InputError(Problem(what, remedy)) from error
        for component in components:
            for part in parts:
                found.update(casebook.used_as[part].get(component, ()))
    by_study: defaultdict[str, set[str]] = defaultdict(set)
    for one in found:
        by_study[casebook.configurations[one].study].add(one)
    return {study: frozenset(several) for study, several in by_study.items()}


def _known(casebook: Casebook) -> dict[str, str]:
    """What may be named without its study, by itself in lower case; many studies share such names."""
    names = {one.name for one in casebook.components.values()}
    names |= {one.name for one in casebook.configurations.values()}
    for kind in casebook.kinds.values():
        names |= {kind.label, kind.id.rpartition("#")[2].rpartition("/")[2]}
    return {name.lower(): name for name in names}


class _Graph:
    """One study's configurations, and which leads to which by what."""

    def __init__(self, casebook: Casebook, configurations: Sequence[Configuration]) -> None:
        self._casebook = casebook
        self._by_id = {one.id: one for one in configurations}
        self.nodes = self._by_id.keys()

    @cached_property
    def ways(self) -> Ways:
        """Which leads to which."""
        onward = self._casebook.onward
        return Ways({one: onward[one] for one in self._by_id})

    @property
    def harmful(self) -> frozenset[str]:
        """The harmful configurations."""
        return frozenset(one.id for one in self._by_id.values() if one.harmful)

    def strength(self, configuration: str) -> int:
        """How many people and statements support it."""
        return self._casebook.voices_for[configuration]

    def chain(self, path: Path) -> Chain:
        """A path, with what each step is and what supports it."""
        leads_to, ref = self._casebook.leads_to, self._casebook.ref
        configurations = [self._by_id[one] for one in path]
        first, last = configurations[0], configurations[-1]
        via = [None, *(ref(dict(leads_to[one])[after]) for one, after in pairwise(path))]
        circle = last.id in path[:-1]
        return Chain(
            study=ref(first.study),
            length=len(path),
            steps=tuple(map(self._step, configurations, via)),
            starts=self._casebook.refs(first.contexts),
            ends=self._casebook.refs(last.outcomes),
            strength=min(map(self.strength, path)),
            harmful=any(one.harmful for one in configurations),
            circle=circle,
            goes_on=not circle and bool(leads_to[last.id]),
        )

    def _step(self, one: Configuration, via: Ref | None) -> Step:
        tally = one.tally("supports")
        return Step(
            via=via,
            configuration=self._casebook.ref(one.id),
            harmful=one.harmful,
            beneficial=one.beneficial,
            contested=one.contested,
            people=tally.people,
            codings=tally.codings,
            statements=tally.statements,
            withheld=tally.withheld,
        )


async def _work(reading: Reading, asked: ChainParameters) -> list[Chain]:
    return find_chains(await reading.casebook(), asked)


CHAINS = Inquiry(
    id="chains",
    title="What does one configuration bring about, and that one in turn?",
    description=(
        "Ripple effects as paths: an outcome of one configuration is a context of the next. Every chain that cannot be "
        "made longer, or of each study the shortest, or the best supported one between a start and an end; or those "
        "that end in harm. They can be narrowed to those that pass through a configuration or a component. A chain that "
        "comes back to where it has been is a circle and ends there. Each step tells what supports it; a chain is as "
        "strong as its weakest step."
    ),
    parameters=ChainParameters,
    item=Chain,
    work=_work,
    example={"study": "synthetic-demonstration", "start": "synthetic-demonstration/C02"},
)
