"""One evaluation beside another: what replicates, extends or contradicts, component by component, and what is new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import ClassVar, Literal

from pydantic import Field

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.inquiry import Inquiry, Parameters
from cmograph.analysis.lazy import Lazy
from cmograph.analysis.reading import Reading
from cmograph.analysis.side_by_side import (
    CLOSE,
    WEIGHTS,
    Kinds,
    Match,
    Note,
    PartComparison,
    notes_on,
    studies_named,
)
from cmograph.analysis.things import Configuration, Ref
from cmograph.errors import InputError, Problem

__all__ = ["COMPARE", "Comparison", "ComparisonParameters", "compare_studies"]

_MOST_PAIRS = 20_000

_RELATIONS = ("replicates", "contradicts", "contrasts", "mirrors", "extends", "new")
Relation = Literal["replicates", "contradicts", "contrasts", "mirrors", "extends", "new"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A configuration of one study beside one of another.

    Attributes:
        relation: of two whose mechanisms match, and of what has no like. A context or an outcome whose match is `unknown`
            counts as another one, for nobody said that it is like.
            `replicates`: outcome and context match too.
            `extends`: the mechanism is found in another context, or to lead to another outcome.
            `contradicts`: in a like context it does good in the one and harm in the other, and that not in two matters
            that have nothing to do with each other.
            `contrasts`: good in the one and harm in the other, but in another context or matter, which may explain it.
            `mirrors`: where the one has the mechanism the other lacks it, and one does good and the other harm.
            `new`: no other study has its like; or nobody knows, where the match of its mechanism is `unknown`.
        study, configuration: the one.
        other_study, other: the other; None for what is new.
        contexts, mechanism, outcomes: part by part.
        score: how close the parts are, 0 to 9: three a part for the same class, two for one above the other, one for
            two below a third.
        notes: what named reviewers say of either.
    """

    relation: Relation
    study: Ref
    configuration: Ref
    other_study: Ref | None
    other: Ref | None
    contexts: PartComparison
    mechanism: PartComparison
    outcomes: PartComparison
    score: int
    notes: tuple[Note, ...]


class ComparisonParameters(Parameters):
    """What is laid beside what."""

    together: ClassVar[frozenset[str]] = frozenset({"study"})

    study: tuple[str, ...] = Field((), description="These evaluations, two or more; all where none is named.")
    relation: tuple[Relation, ...] = Field((), description=f"Only these: {', '.join(_RELATIONS)}.")
    configuration: str = Field("", description="Only what this configuration is compared with.")


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two configurations that have to do with each other, or one that stands alone."""

    relation: Relation
    one: Configuration
    other: Configuration | None
    matches: Mapping[str, Match]
    """By part: `contexts`, `mechanism`, `outcomes`."""

    @property
    def score(self) -> int:
        return sum(WEIGHTS[match] for match in self.matches.values())

    @property
    def rank(self) -> tuple[int, int, str, str]:
        place = _RELATIONS.index(self.relation)
        return place, -self.score, self.one.id, self.other.id if self.other else ""


def compare_studies(casebook: Casebook, asked: ComparisonParameters) -> Sequence[Comparison]:
    """Every pair of configurations of different studies that have to do with each other, and what stands alone.

    Raises:
        InputError: a name that nothing has, fewer than two studies, a configuration of none of them, or more than can be
            laid side by side.
    """
    only = casebook.find_configuration(asked.configuration) if asked.configuration else None
    studies = studies_named(casebook, asked.study)
    if len(studies) < 2:
        raise InputError(Problem("A comparison needs two evaluations or more.", "Name another with study."))
    if only and only.study not in studies:
        raise InputError(
            Problem(
                f"The configuration {asked.configuration!r} is of none of these evaluations.",
                f"Name its own with study: {casebook.studies[only.study].name}.",
            )
        )
    kinds = Kinds(casebook)
    held = [one for study in studies for one in casebook.by_study.get(study, ())]
    found = list(islice(_pairs(kinds, held, only), _MOST_PAIRS + 1))
    if len(found) > _MOST_PAIRS:
        raise InputError(Problem(f"There are more than {_MOST_PAIRS} pairs.", "Name fewer evaluations."))
    related = {one.id for pair in found for one in (pair.one, pair.other) if one}
    found += [_alone(kinds, one) for one in ([only] if only else held) if one.id not in related]
    wanted = [pair for pair in found if not asked.relation or pair.relation in asked.relation]
    wanted.sort(key=lambda pair: pair.rank)
    return Lazy(wanted, partial(_comparison_of, casebook, kinds))


def _pairs(kinds: Kinds, held: Sequence[Configuration], only: Configuration | None) -> Iterator[_Pair]:
    """Those that have to do with each other, each pair once: the study that comes first is the one."""
    place = {study: number for number, study in enumerate(dict.fromkeys(one.study for one in held))}
    sharing: defaultdict[str, list[Configuration]] = defaultdict(list)
    for one in held:
        for kind in kinds.all_of(one.mechanism_parts):
            sharing[kind].append(one)
    for one in held:
        like = {other.id: other for kind in kinds.all_of(one.mechanism_parts) for other in sharing[kind]}
        for other in like.values():
            if place[other.study] <= place[one.study] or (only and only.id not in (one.id, other.id)):
                continue
            if (pair := _pair(kinds, one, other)) is not None:
                yield pair


def _pair(kinds: Kinds, one: Configuration, other: Configuration) -> _Pair | None:
    """The two, or None where they have nothing to do with each other."""
    mechanism = kinds.match_mechanisms(one, other)
    if mechanism not in CLOSE:
        return None
    contexts, outcomes = kinds.match(one.contexts, other.contexts), kinds.match(one.outcomes, other.outcomes)
    relation = _relation(one, other, contexts, outcomes)
    if relation is None:
        return None
    return _Pair(relation, one, other, {"contexts": contexts, "mechanism": mechanism, "outcomes": outcomes})


def _alone(kinds: Kinds, one: Configuration) -> _Pair:
    """A configuration that no other study has the like of, as far as its classes tell."""
    parts = {"contexts": one.contexts, "mechanism": one.mechanism_parts, "outcomes": one.outcomes}
    return _Pair(
        "new", one, None, {name: "none" if kinds.all_of(part) else "unknown" for name, part in parts.items()}
    )


def _relation(one: Configuration, other: Configuration, contexts: Match, outcomes: Match) -> Relation | None:
    """What two configurations with like mechanisms are to each other."""
    opposite = {_direction(one), _direction(other)} == {"good", "bad"}
    if one.absent != other.absent:
        return "mirrors" if opposite else None
    like = contexts in CLOSE or not (one.contexts or other.contexts)
    if opposite:
        # What names no context claims to hold in every one.
        meets = like or not one.contexts or not other.contexts
        return "contradicts" if meets and outcomes != "none" else "contrasts"
    if outcomes in CLOSE:
        return "replicates" if like else "extends"
    return "extends" if like or outcomes == "related" else None


def _direction(one: Configuration) -> str:
    if one.harmful == one.beneficial:
        return "mixed"
    return "bad" if one.harmful else "good"


def _comparison_of(casebook: Casebook, kinds: Kinds, pair: _Pair) -> Comparison:
    one, other = pair.one, pair.other

    def part(name: str, ours: Sequence[str], theirs: Sequence[str]) -> PartComparison:
        return kinds.beside(pair.matches[name], ours, theirs)

    return Comparison(
        relation=pair.relation,
        study=casebook.ref(one.study),
        configuration=casebook.ref(one.id),
        other_study=casebook.ref(other.study) if other else None,
        other=casebook.ref(other.id) if other else None,
        contexts=part("contexts", one.contexts, other.contexts if other else ()),
        mechanism=part("mechanism", one.mechanism_parts, other.mechanism_parts if other else ()),
        outcomes=part("outcomes", one.outcomes, other.outcomes if other else ()),
        score=pair.score,
        notes=tuple(notes_on(casebook, (one, other) if other else (one,))),
    )


async def _comparison(reading: Reading, asked: ComparisonParameters) -> Sequence[Comparison]:
    return compare_studies(await reading.casebook(), asked)


COMPARE = Inquiry(
    id="compare",
    title="What replicates, extends or contradicts what another evaluation found, and what is new?",
    description=(
        "Configurations of two evaluations or more, pair by pair and part by part: each in its study's own words, with "
        "the classes that both are of. A pair has to do with each other where the mechanisms are of one class, or one "
        "above the other. What named reviewers say of either stands beside it."
    ),
    parameters=ComparisonParameters,
    item=Comparison,
    work=_comparison,
    example={"study": ["mcleish-2024", "synthetic-demonstration"]},
)
