"""Which configurations apply to a profile, the best fit first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.inquiry import Inquiry
from cmograph.analysis.lazy import Lazy
from cmograph.analysis.profile.fit import (
    FITS,
    FitScore,
    excluded_by,
    judge,
    known,
    known_through,
    outcomes_of,
    reasons,
    score,
)
from cmograph.analysis.profile.given import Profile, ProfileParameters
from cmograph.analysis.reading import Reading
from cmograph.analysis.things import Configuration, Ref

__all__ = ["PROFILE", "Fitting", "fit_profile"]

_NOTHING_KNOWN = (FITS.index("possible"), 0.0, 0, 0.0)
"""What the profile decides of a configuration of which it says nothing."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """How a configuration fits a profile.

    Attributes:
        study, configuration: which.
        fit: `applies`: all its contexts are named, or where it has none its mechanism is known to be as it says;
            `possible`: nothing speaks against it; `excluded`: something does.
        score: what places it, part by part.
        matched, unknown, excluding: its contexts that the profile names, says nothing of, and says do not hold.
        mechanism: what is offered and the reasoning that it changes; `presence`: whether it is there or lacking.
        there, lacking: of these what the profile says is there, and is not.
        good, bad: its outcomes, by their kind, or else by its polarity.
        mitigations: what eases the bad.
        people, statements, withheld: what supports it; people are "at least" in the open edition.
        contested: whether there is evidence against it too.
        people_against, statements_against, withheld_against: what speaks against it, likewise.
        why: why it was chosen, and placed where it is.
    """

    study: Ref
    configuration: Ref
    fit: str
    score: FitScore
    matched: tuple[Ref, ...]
    unknown: tuple[Ref, ...]
    excluding: tuple[Ref, ...]
    mechanism: tuple[Ref, ...]
    presence: str
    there: tuple[Ref, ...]
    lacking: tuple[Ref, ...]
    good: tuple[Ref, ...]
    bad: tuple[Ref, ...]
    mitigations: tuple[str, ...]
    people: int
    statements: int
    withheld: bool
    contested: bool
    people_against: int
    statements_against: int
    withheld_against: bool
    why: tuple[str, ...]


def fit_profile(casebook: Casebook, asked: ProfileParameters) -> Sequence[Fitting]:
    """The configurations in the order of their scores, of equals by IRI.

    Raises:
        InputError: a name that nothing has, or a profile that contradicts itself.
    """
    profile = Profile.read(casebook, asked)
    out = excluded_by(casebook, profile)
    near = known_through(casebook, profile.holds, profile.there | profile.lacks) - out
    # All are in the order of their evidence, and where the profile says nothing of one, that is all that places it.
    first, rest, last = [], [], []
    for one in casebook.by_support:
        if profile.studies and one.study not in profile.studies:
            continue
        if one.id in near:
            first.append((known(one, judge(profile, one, False)), one))
        elif one.id not in out:
            rest.append(one)
        elif asked.excluded:
            last.append((known(one, judge(profile, one, True)), one))
    for some in (first, last):
        some.sort(key=lambda item: item[0], reverse=True)  # equals stay in the order of their evidence
    ranked = [
        *(one for its, one in first if its > _NOTHING_KNOWN),
        *rest,
        *(one for its, one in first if its <= _NOTHING_KNOWN),
        *(one for _, one in last),
    ]
    return Lazy(ranked, lambda one: _fitting(casebook, profile, one, one.id in out))


def _fitting(casebook: Casebook, profile: Profile, one: Configuration, excluded: bool) -> Fitting:
    fits = judge(profile, one, excluded)
    supports, refutes = one.tally("supports"), one.tally("refutes")
    good, bad = outcomes_of(casebook, one)
    return Fitting(
        study=casebook.ref(one.study),
        configuration=casebook.ref(one.id),
        fit=fits.fit,
        score=score(one, fits),
        matched=casebook.refs(fits.matched),
        unknown=casebook.refs(fits.unknown),
        excluding=casebook.refs(fits.excluding),
        mechanism=casebook.refs(one.mechanism_parts),
        presence="absent" if one.absent else "present",
        there=casebook.refs(fits.there),
        lacking=casebook.refs(fits.lacking),
        good=good,
        bad=bad,
        mitigations=one.mitigations,
        people=supports.people,
        statements=supports.statements,
        withheld=supports.withheld,
        contested=one.contested,
        people_against=refutes.people,
        statements_against=refutes.statements,
        withheld_against=refutes.withheld,
        why=tuple(reasons(casebook, profile, one, fits)),
    )


async def _work(reading: Reading, asked: ProfileParameters) -> Sequence[Fitting]:
    return fit_profile(await reading.casebook(), asked)


PROFILE = Inquiry(
    id="profile",
    title="What works, and what harms, for someone like this?",
    description=(
        "Configurations for a profile: contexts that hold and that do not, role, delivery, what is offered or lacking. "
        "What is not named is unknown and excludes nothing. First what applies (every context is named), then what is "
        "possible; within these by the share of contexts that match and by their number, then by what is known of the "
        "mechanism (an absent one is met where a part of it is lacking), then by how many people and statements speak for "
        "it, then by how few speak against it. `score` has each of these. A kind takes in what lies below it. Each says "
        "why it is there."
    ),
    parameters=ProfileParameters,
    item=Fitting,
    work=_work,
    example={"context": ["lack of social support"], "role": "mother", "delivery": "one-to-one"},
)
