"""What would change for someone like this if something were otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.inquiry import Inquiry
from cmograph.analysis.lazy import Lazy
from cmograph.analysis.profile.fit import (
    FitScore,
    Judgement,
    excluded_by,
    judge,
    known,
    known_through,
    objections,
    outcomes_of,
    reasons,
    score,
)
from cmograph.analysis.profile.given import Names, Profile, ProfileParameters
from cmograph.analysis.reading import Reading
from cmograph.analysis.things import Configuration, Ref
from cmograph.errors import InputError, Problem

__all__ = ["COUNTERFACTUAL", "CounterfactualParameters", "Difference", "compare_profiles"]

_CHANGES = ("gained", "lost", "more likely", "less likely", "nearer", "further")


@dataclass(frozen=True, slots=True)
class Difference:
    """How the fit of a configuration changes with the profile.

    Attributes:
        study, configuration: which.
        change: `gained`: it was excluded and no longer is; `lost`; `more likely`: from possible to applies;
            `less likely`; `nearer`: its fit is the same, and more of what it says is so; `further`.
        before, after: its fit.
        harmful, beneficial: what kind of configuration comes or goes.
        mechanism, presence, good, bad, mitigations: see a profile's answer.
        score_before, score_after: see a profile's answer: in what it changes.
        why: what decides it now.
    """

    study: Ref
    configuration: Ref
    change: str
    before: str
    after: str
    harmful: bool
    beneficial: bool
    mechanism: tuple[Ref, ...]
    presence: str
    good: tuple[Ref, ...]
    bad: tuple[Ref, ...]
    mitigations: tuple[str, ...]
    score_before: FitScore
    score_after: FitScore
    why: tuple[str, ...]


class CounterfactualParameters(ProfileParameters):
    """Whom it is about, and what would be otherwise."""

    together: ClassVar[frozenset[str]] = ProfileParameters.together | {
        "add",
        "remove",
        "add_offer",
        "remove_offer",
    }

    to_delivery: str = Field("", description="If support came so instead.")
    to_role: str = Field("", description="If it were about someone of this role instead.")
    add: Names = Field((), description="If this kind of context held too.")
    remove: Names = Field((), description="If this kind of context did not hold.")
    add_offer: Names = Field((), description="If this kind of resource or reasoning were there.")
    remove_offer: Names = Field((), description="If this kind of resource or reasoning were not there.")


def compare_profiles(casebook: Casebook, asked: CounterfactualParameters) -> Sequence[Difference]:
    """The configurations whose place changes: what is gained and lost first, then in the order of their scores.

    Raises:
        InputError: as `fit_profile`, or nothing is to change, or something is to be both added and removed.
    """
    if not any(
        (asked.to_delivery, asked.to_role, asked.add, asked.remove, asked.add_offer, asked.remove_offer)
    ):
        remedy = "Say what: to_delivery, to_role, add, remove, add_offer, remove_offer."
        raise InputError(Problem("Nothing is to change.", remedy))
    before = Profile.read(casebook, asked)
    after = before.otherwise(
        casebook,
        add=asked.add,
        remove=asked.remove,
        add_offer=asked.add_offer,
        remove_offer=asked.remove_offer,
        role=asked.to_role,
        delivery=asked.to_delivery,
    )
    out_before, out_after = excluded_by(casebook, before), excluded_by(casebook, after)
    # Only what is excluded on one side, or has a part of which something else is known, can change.
    touched = out_before ^ out_after
    touched |= known_through(
        casebook, before.holds ^ after.holds, (before.there ^ after.there) | (before.lacks ^ after.lacks)
    )
    found = []
    for one in casebook.by_support:
        if one.id not in touched or (before.studies and one.study not in before.studies):
            continue
        was, now = judge(before, one, one.id in out_before), judge(after, one, one.id in out_after)
        change = _change(one, was, now)
        if change:
            found.append((change, one, was, now))
    # Equals stay in the order of their evidence.
    found.sort(key=lambda item: known(item[1], item[3]), reverse=True)
    found.sort(key=lambda item: _CHANGES.index(item[0]))
    return Lazy(found, lambda item: _difference(casebook, before, after, *item))


def _change(one: Configuration, was: Judgement, now: Judgement) -> str:
    """What becomes of a configuration, in one of `_CHANGES`; "" where it stays where it is, or stays excluded."""
    if was.fit == now.fit == "excluded":
        return ""
    if was.fit == "excluded":
        return "gained"
    if now.fit == "excluded":
        return "lost"
    before, after = known(one, was), known(one, now)
    if before == after:
        return ""
    if was.fit == now.fit:
        return "nearer" if after > before else "further"
    return "more likely" if after > before else "less likely"


def _difference(
    casebook: Casebook,
    before: Profile,
    after: Profile,
    change: str,
    one: Configuration,
    was: Judgement,
    now: Judgement,
) -> Difference:
    good, bad = outcomes_of(casebook, one)
    why = tuple(objections(casebook, after, one)) or tuple(
        f"No longer: {reason}" for reason in objections(casebook, before, one)
    )
    return Difference(
        study=casebook.ref(one.study),
        configuration=casebook.ref(one.id),
        change=change,
        before=was.fit,
        after=now.fit,
        harmful=one.harmful,
        beneficial=one.beneficial,
        mechanism=casebook.refs(one.mechanism_parts),
        presence="absent" if one.absent else "present",
        good=good,
        bad=bad,
        mitigations=one.mitigations,
        score_before=score(one, was),
        score_after=score(one, now),
        why=why or tuple(reasons(casebook, after, one, now)),
    )


async def _work(reading: Reading, asked: CounterfactualParameters) -> Sequence[Difference]:
    return compare_profiles(await reading.casebook(), asked)


COUNTERFACTUAL = Inquiry(
    id="counterfactual",
    title="What would change for someone like this if something were otherwise?",
    description=(
        "The same profile twice, as it is and as it would be: if support came in a group, if a context held or did not, "
        "if a resource were there or lacking. Lists the configurations that are gained, lost, become more or less "
        "likely, or as likely as before come nearer or go further, with the reason. A comparison of what the "
        "evidence says of two cases, not a prediction."
    ),
    parameters=CounterfactualParameters,
    item=Difference,
    work=_work,
    example={"role": "mother", "delivery": "one-to-one", "to_delivery": "group"},
)
