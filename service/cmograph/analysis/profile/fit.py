"""How one configuration fits a profile: what of it holds, the score that places it, and the sentences that say why.

A mechanism is a resource together with the reasoning that it changes (DOI 10.1186/s13012-015-0237-x). So it is there
only if all its parts are, and lacking as soon as one of them is: time to listen may be there, and being understood still
not come of it. A configuration about a mechanism that is there is excluded by one part that is lacking; one about an
absent mechanism is met by it, and is excluded only where every part is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.profile.given import Profile
from cmograph.analysis.things import Configuration, Ref, Tally
from cmograph.vocabulary import REALIST

__all__ = [
    "FITS",
    "FitScore",
    "Judgement",
    "excluded_by",
    "judge",
    "known",
    "known_through",
    "objections",
    "outcomes_of",
    "reasons",
    "score",
]

FITS = ("excluded", "possible", "applies")


@dataclass(frozen=True, slots=True)
class FitScore:
    """What places a configuration: its parts are compared one after the other, and the first that differs decides.

    The order is `fit`, `met`, `specific`, `mechanism`, `support`, the more the better; then what is not `contested`, then
    the fewer `against`; what is equal in all of these is in the order of its IRIs. `unknown` is told and decides nothing.
    There is no sum: how many people outweigh a context that nobody knows of is not for a program to say.

    Attributes:
        fit: 2 where it applies, 1 where it is possible, 0 where it is excluded.
        met: the share of its contexts that hold, 0 to 1; 0 where it names none.
        unknown: the share of its contexts of which the profile says nothing.
        specific: how many of its contexts hold: of two that are met in full, the one that asks for more comes first.
        mechanism: how far its mechanism is known to be as it says: 1 it is (there, or for an absence lacking); 0 nothing
            is known; between them the share of its parts that are there; below 0, for an absence, the share that is
            there all the same; -1 it is not as it says.
        support: the people and published statements for it; of people at least so many in the open edition.
        contested: whether there is evidence for it and against it.
        against: the people and published statements against it, likewise.
    """

    fit: int
    met: float
    unknown: float
    specific: int
    mechanism: float
    support: int
    contested: bool
    against: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a profile says of a configuration.

    Attributes:
        fit: `applies`, `possible` or `excluded`.
        matched, unknown, excluding: its contexts that hold, of which nothing is said, and that do not hold.
        there, lacking: the parts of its mechanism that are there, and that are not.
        mechanism: see `FitScore`.
    """

    fit: str
    matched: tuple[str, ...]
    unknown: tuple[str, ...]
    excluding: tuple[str, ...]
    there: tuple[str, ...]
    lacking: tuple[str, ...]
    mechanism: float


def judge(profile: Profile, one: Configuration, excluded: bool) -> Judgement:
    """How a configuration fits.

    It applies where something of it is known to be so, no context is unknown, and nothing speaks against its mechanism.

    Args:
        profile: what is said.
        one: the configuration.
        excluded: whether it is among those that `excluded_by` finds.
    """
    matched = tuple(part for part in one.contexts if part in profile.holds)
    excluding = tuple(part for part in one.contexts if part in profile.fails)
    unknown = tuple(part for part in one.contexts if part not in profile.holds and part not in profile.fails)
    there = tuple(part for part in one.mechanism_parts if part in profile.there) if profile.there else ()
    lacking = tuple(part for part in one.mechanism_parts if part in profile.lacks) if profile.lacks else ()
    mechanism = _mechanism(one, there, lacking)
    applies = (matched or mechanism == 1) and not unknown and mechanism >= 0
    fit = "excluded" if excluded else "applies" if applies else "possible"
    return Judgement(fit, matched, unknown, excluding, there, lacking, mechanism)


def known(one: Configuration, fits: Judgement) -> tuple[int, float, int, float]:
    """What the profile decides of a score: `fit`, `met`, `specific`, `mechanism`; the more, the better."""
    matched = len(fits.matched)
    return FITS.index(fits.fit), matched / (len(one.contexts) or 1), matched, fits.mechanism


def score(one: Configuration, fits: Judgement) -> FitScore:
    """What places a configuration that was judged so."""
    fit, met, specific, mechanism = known(one, fits)
    return FitScore(
        fit=fit,
        met=met,
        unknown=len(fits.unknown) / (len(one.contexts) or 1),
        specific=specific,
        mechanism=mechanism,
        support=_voices(one.tally("supports")),
        contested=one.contested,
        against=_voices(one.tally("refutes")),
    )


def objections(casebook: Casebook, profile: Profile, one: Configuration) -> Iterator[str]:
    """What speaks against a configuration, in sentences: something of each that `excluded_by` finds, and of no other."""
    for part in one.contexts:
        if part in profile.fails:
            yield f"It needs {_quoted(casebook, part)}, which does not hold."
    parts = one.mechanism_parts
    if one.absent:
        if parts and profile.there.issuperset(parts):
            yield f"It is about the absence of {_quoted(casebook, *parts)}, which {_is(parts)} there."
    else:
        for part in parts:
            if part in profile.lacks:
                yield f"It needs {_quoted(casebook, part)}, which is lacking."
    if profile.delivery and profile.delivery in one.not_reported:
        yield f"It was not reported in the mode {casebook.ref(profile.delivery).label}."
    if profile.role and one.roles and profile.role not in one.roles:
        yield f"It concerns {' and '.join(casebook.ref(role).label for role in one.roles)}."


def excluded_by(casebook: Casebook, profile: Profile) -> set[str]:
    """The configurations that something speaks against, from indexes: the same that `objections` words."""
    configurations = casebook.configurations
    out = _opened_by(casebook, profile.fails)
    out.update(one for one in _resting_on(casebook, profile.lacks) if not configurations[one].absent)
    for one in _resting_on(casebook, profile.there):
        held = configurations[one]
        if held.absent and profile.there.issuperset(held.mechanism_parts):
            out.add(one)
    if profile.delivery:
        out |= casebook.not_reported_through.get(profile.delivery, frozenset())
    if profile.role:
        concerned = casebook.concerning
        out |= frozenset().union(*concerned.values()) - concerned.get(profile.role, frozenset())
    return out


def known_through(casebook: Casebook, holds: Iterable[str], mechanism: Iterable[str]) -> set[str]:
    """The configurations that any of these contexts opens, or that rest on any of these parts of a mechanism."""
    return _opened_by(casebook, holds) | _resting_on(casebook, mechanism)


def reasons(casebook: Casebook, profile: Profile, one: Configuration, fits: Judgement) -> Iterator[str]:
    """Why a configuration was chosen, and placed where it is, in sentences: what speaks against it first."""
    yield from objections(casebook, profile, one)
    for part in fits.matched:
        yield f"{_quoted(casebook, part)} holds."
    for part in fits.unknown:
        yield f"Whether {_quoted(casebook, part)} holds is not known."
    if not one.contexts:
        yield "It names no context, so that none has to hold."
    yield from _of_mechanism(casebook, one, fits)
    yield from _of_setting(casebook, profile, one)
    yield from _of_evidence(one.tally("supports"), "for")
    yield from _of_evidence(one.tally("refutes"), "against")


def outcomes_of(casebook: Casebook, one: Configuration) -> tuple[tuple[Ref, ...], tuple[Ref, ...]]:
    """A configuration's good and bad outcomes: by their kind, or where that is neither, by the configuration's."""
    good, bad = [], []
    for outcome in one.outcomes:
        kinds = casebook.components[outcome].kinds
        positive, negative = REALIST.PositiveOutcome in kinds, REALIST.NegativeOutcome in kinds
        if positive or (not negative and one.beneficial):
            good.append(casebook.ref(outcome))
        if negative or (not positive and one.harmful):
            bad.append(casebook.ref(outcome))
    return tuple(good), tuple(bad)


def _mechanism(one: Configuration, there: tuple[str, ...], lacking: tuple[str, ...]) -> float:
    if lacking:
        return 1.0 if one.absent else -1.0
    if not there:
        return 0.0
    share = len(there) / len(one.mechanism_parts)
    return -share if one.absent else share


def _of_mechanism(casebook: Casebook, one: Configuration, fits: Judgement) -> Iterator[str]:
    if one.absent and fits.lacking:
        yield f"{_quoted(casebook, *fits.lacking)} {_is(fits.lacking)} lacking, as it says."
        return
    rest = tuple(part for part in one.mechanism_parts if part not in fits.there and part not in fits.lacking)
    if one.absent and fits.there and rest:
        yield (
            f"Of what it says is lacking, {_quoted(casebook, *fits.there)} {_is(fits.there)} there; "
            f"whether {_quoted(casebook, *rest)} {_is(rest)} too is not known."
        )
    elif one.absent and rest:
        yield f"It is so where {_quoted(casebook, *rest, by=' or ')} is lacking, which is not known."
    elif fits.there and not one.absent:
        yield f"{_quoted(casebook, *fits.there)} {_is(fits.there)} there, as it needs."


def _of_setting(casebook: Casebook, profile: Profile, one: Configuration) -> Iterator[str]:
    if profile.delivery in one.deliveries:
        yield f"It was found in the mode {casebook.ref(profile.delivery).label}."
    elif profile.delivery and profile.delivery not in one.not_reported:
        yield f"Whether it is so in the mode {casebook.ref(profile.delivery).label} is not known."
    if profile.role and not one.roles:
        yield "Whom it concerns nobody says."


def _of_evidence(tally: Tally, which: str) -> Iterator[str]:
    if tally.people:
        speak = "person speaks" if tally.people == 1 else "people speak"
        yield f"{'' if tally.exact else 'At least '}{tally.people} {speak} {which} it."
    elif tally.withheld:
        yield f"Some people speak {which} it, too few to say how many."
    if tally.statements:
        yield f"Published statements {which} it: {tally.statements}."


def _opened_by(casebook: Casebook, contexts: Iterable[str]) -> set[str]:
    return {one for context in contexts for one in casebook.opened_by.get(context, ())}


def _resting_on(casebook: Casebook, parts: Iterable[str]) -> set[str]:
    used = casebook.used_as
    return {one for part in parts for slot in ("resource", "reasoning") for one in used[slot].get(part, ())}


def _voices(tally: Tally) -> int:
    return tally.people + tally.statements


def _quoted(casebook: Casebook, *parts: str, by: str = " and ") -> str:
    return by.join(f"“{casebook.ref(part).label}”" for part in parts)


def _is(parts: tuple[str, ...]) -> str:
    return "is" if len(parts) == 1 else "are"
