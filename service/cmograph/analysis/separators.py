"""Separators: the same mechanism helps in one context and harms in another; which context goes with which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import Field

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.inquiry import Inquiry, Parameters
from cmograph.analysis.patterns import broader, every_of, held_in
from cmograph.analysis.reading import Reading
from cmograph.analysis.things import Ref
from cmograph.errors import InputError, Problem, nearest

__all__ = ["SEPARATORS", "Separator", "SeparatorParameters", "find_separators"]

_ORDER = ("good", "bad", "both", "neither")
_Seen = Mapping[tuple[bool, str], set[str]]
"""By whether the mechanism is lacking, and by the sign of the outcome: configurations."""


@dataclass(frozen=True, slots=True)
class Separator:
    """What a kind of mechanism leads to in a kind of context.

    Attributes:
        mechanism, context: kinds.
        goes_with: where the mechanism is there: only `good` outcomes, only `bad` ones, `both`, or `neither`.
        good, bad: how many configurations, where it is there; one with outcomes of both signs counts for both.
        lacking_good, lacking_bad: how many, where it is lacking.
        good_in, bad_in, lacking_in: which configurations, as many as are to be listed; it is lacking also in such as have
            no clear sign.
        cut: whether there are more of any than are listed.
    """

    mechanism: Ref
    context: Ref
    goes_with: str
    good: int
    bad: int
    lacking_good: int
    lacking_bad: int
    good_in: tuple[Ref, ...]
    bad_in: tuple[Ref, ...]
    lacking_in: tuple[Ref, ...]
    cut: bool


class SeparatorParameters(Parameters):
    """Which mechanisms, and where."""

    mechanism: tuple[str, ...] = Field(
        (), description="Only these kinds of resource or reasoning; else each that leads to good and to bad."
    )
    study: tuple[str, ...] = Field((), description="Only in these evaluations: IRI, identifier or title.")
    delivery: str = Field("", description="Only configurations found in this mode, such as group.")
    role: str = Field("", description="Only configurations about this role, such as mother.")
    listed: int = Field(
        50, ge=1, description="Of each, list at most so many configurations; all are counted."
    )


def find_separators(casebook: Casebook, asked: SeparatorParameters) -> list[Separator]:
    """For each kind of mechanism the contexts that go with good, with bad, and with both, in that order.

    A broader kind that holds the same configurations as a narrower one is not told again, unless it is asked for.

    Raises:
        InputError: a name that nothing has, or that no mechanism has; suggests the nearest.
    """
    lattice = casebook.lattices.of("context-mechanism")
    held = held_in(casebook, lattice, asked.study, asked.delivery, asked.role)
    seen: defaultdict[str, defaultdict[str, dict[tuple[bool, str], set[str]]]]
    seen = defaultdict(lambda: defaultdict(dict))
    for number, pattern in enumerate(lattice.patterns):
        if configurations := every_of(lattice, held, number):
            seen[pattern.mechanism][pattern.context][pattern.absent, pattern.sign] = configurations
    wanted = _asked_for(casebook, asked.mechanism) or _untold(
        casebook, {kind: _total(_joined(contexts)) for kind, contexts in seen.items()}
    )
    found = []
    for mechanism in wanted:
        contexts = seen[mechanism]
        whole = _joined(contexts)
        if asked.mechanism or (whole.get((False, "good")) and whole.get((False, "bad"))):
            told = _untold(casebook, {context: _total(parts) for context, parts in contexts.items()})
            found += [
                _separator(casebook, mechanism, context, contexts[context], asked.listed) for context in told
            ]
    return sorted(
        found,
        key=lambda one: (one.mechanism.label, one.mechanism.id, _ORDER.index(one.goes_with), -one.good - one.bad, one.context),
    )  # fmt: skip


def _asked_for(casebook: Casebook, names: Iterable[str]) -> list[str]:
    used = {pattern.mechanism for pattern in casebook.lattices.of("context-mechanism").patterns}
    found = []
    for name in names:
        kind = casebook.find_kind(name)
        if kind.id not in used:
            remedy = nearest(name, [casebook.kinds[one].label for one in sorted(used)])
            raise InputError(
                Problem(
                    f"No configuration has a mechanism of the kind {kind.label!r}.",
                    remedy or "Name a kind of resource or reasoning that a configuration has.",
                )
            )
        found.append(kind.id)
    return list(dict.fromkeys(found))


def _untold(casebook: Casebook, held: Mapping[str, frozenset[str]]) -> list[str]:
    """The kinds without those that hold just what a kind below them holds."""
    same = {
        higher
        for kind, configurations in held.items()
        for higher in broader(casebook, kind)
        if higher != kind and held.get(higher) == configurations
    }
    return sorted(held.keys() - same)


def _joined(contexts: Mapping[str, _Seen]) -> dict[tuple[bool, str], set[str]]:
    whole: defaultdict[tuple[bool, str], set[str]] = defaultdict(set)
    for parts in contexts.values():
        for key, configurations in parts.items():
            whole[key] |= configurations
    return dict(whole)


def _total(parts: _Seen) -> frozenset[str]:
    return frozenset().union(*parts.values())


def _separator(casebook: Casebook, mechanism: str, context: str, parts: _Seen, listed: int) -> Separator:
    good, bad = parts.get((False, "good"), set()), parts.get((False, "bad"), set())
    lacking_good, lacking_bad = parts.get((True, "good"), set()), parts.get((True, "bad"), set())
    lacking = lacking_good | lacking_bad | parts.get((True, "unclear"), set())
    return Separator(
        mechanism=casebook.ref(mechanism),
        context=casebook.ref(context),
        goes_with="both" if good and bad else "good" if good else "bad" if bad else "neither",
        good=len(good),
        bad=len(bad),
        lacking_good=len(lacking_good),
        lacking_bad=len(lacking_bad),
        good_in=casebook.refs(sorted(good)[:listed]),
        bad_in=casebook.refs(sorted(bad)[:listed]),
        lacking_in=casebook.refs(sorted(lacking)[:listed]),
        cut=max(len(good), len(bad), len(lacking)) > listed,
    )


async def _work(reading: Reading, asked: SeparatorParameters) -> list[Separator]:
    return find_separators(await reading.casebook(), asked)


SEPARATORS = Inquiry(
    id="separators",
    title="In which contexts does the same mechanism help, and in which does it harm?",
    description=(
        "For each kind of resource or reasoning that is triggered with good outcomes and with bad ones, the kinds of "
        "context that go only with the good, only with the bad, and with both; beside them what follows where it is "
        "lacking. A context that goes with one sign alone was seen with no other here, which is no proof that it "
        "decides."
    ),
    parameters=SeparatorParameters,
    item=Separator,
    work=_work,
    example={"study": "synthetic-demonstration"},
)
