"""Truth tables: which combinations of conditions go with an outcome (crisp-set qualitative comparative analysis)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import ClassVar, Literal

from pydantic import Field

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.inquiry import Inquiry, Parameters
from cmograph.analysis.interviews import Interview, one_study, read_interviews
from cmograph.analysis.reading import Reading
from cmograph.analysis.things import Kind, Ref
from cmograph.errors import InputError, Problem, QueryRefused
from cmograph.naming import local_name

__all__ = [
    "TRUTH_TABLE",
    "Case",
    "TruthRow",
    "TruthTableParameters",
    "cases_of",
    "interview_cases",
    "tabulate",
]

_MOST = 12
"""Twelve conditions have 4,096 combinations: more than anyone has cases for."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a comparison.

    Attributes:
        thing: the configuration or the interview.
        there: IRIs of the components that are there: its contexts, and its mechanism where it is not lacking.
        outcomes: IRIs of the components that are its outcomes.
    """

    thing: Ref
    there: frozenset[str]
    outcomes: frozenset[str]


@dataclass(frozen=True, slots=True)
class TruthRow:
    """One combination of conditions.

    Attributes:
        condition: by the condition's name, whether it is there: 1 or 0.
        outcome: `1` where all cases have the outcome, `0` where none has, `contradictory`, or `remainder` without cases.
        cases: how many have this combination.
        with_outcome: how many of them have the outcome.
        consistency: the share of the cases that have the outcome; None without cases.
        members: the cases, as many as are to be listed.
        cut: whether there are more than are listed.
    """

    condition: Mapping[str, int]
    outcome: str
    cases: int
    with_outcome: int
    consistency: float | None
    members: tuple[Ref, ...]
    cut: bool


class TruthTableParameters(Parameters):
    """What is compared. Give the conditions, at most twelve, and the outcome."""

    together: ClassVar[frozenset[str]] = frozenset({"condition"})

    condition: tuple[str, ...] = Field(
        (), description="A kind of context, resource or reasoning; from one to twelve of them."
    )
    outcome: str = Field("", description="The kind of outcome, such as better emotional wellbeing.")
    cases: Literal["configurations", "interviews"] = Field(
        "configurations",
        description="What is compared; interviews are of one study, in the restricted edition.",
    )
    study: tuple[str, ...] = Field((), description="Only in these evaluations: IRI, identifier or title.")
    remainders: bool = Field(False, description="List also the combinations that no case has.")
    listed: int = Field(50, ge=1, description="Of each row, list at most so many cases; all are counted.")


def tabulate(casebook: Casebook, cases: Iterable[Case], asked: TruthTableParameters) -> list[TruthRow]:
    """The table: a row for each combination that cases have, those with most conditions there first.

    Raises:
        InputError: no condition, too many, one twice, no outcome, or a name that nothing has.
    """
    conditions = _conditions(casebook, asked.condition)
    if not asked.outcome.strip():
        raise InputError(Problem("outcome: none is given.", "Name the kind of outcome."))
    ends = casebook.of_kind.get(casebook.find_kind(asked.outcome).id, frozenset())
    held = [casebook.of_kind.get(kind.id, frozenset()) for kind in conditions.values()]
    rows: defaultdict[tuple[int, ...], list[tuple[Ref, bool]]] = defaultdict(list)
    for case in cases:
        values = tuple(int(not members.isdisjoint(case.there)) for members in held)
        rows[values].append((case.thing, not ends.isdisjoint(case.outcomes)))
    wanted = product((1, 0), repeat=len(held)) if asked.remainders else sorted(rows, reverse=True)
    return [_row(tuple(conditions), values, rows.get(values, []), asked.listed) for values in wanted]


def cases_of(casebook: Casebook, studies: Sequence[str]) -> list[Case]:
    """The configurations of the studies so named, or of all, as cases; a lacking mechanism is not there."""
    wanted = [casebook.find_study(name).id for name in studies] or list(casebook.studies)
    return [
        Case(
            casebook.ref(one.id),
            frozenset((*one.contexts, *(() if one.absent else (*one.resources, *one.reasonings)))),
            frozenset(one.outcomes),
        )
        for study in dict.fromkeys(wanted)
        for one in casebook.by_study.get(study, ())
    ]


def interview_cases(casebook: Casebook, interviews: Iterable[Interview]) -> list[Case]:
    """Interviews as cases; what is only ever spoken of as lacking is not there."""
    lacking = casebook.only_lacking
    return [Case(Ref(one.id, one.title), one.components - lacking, one.components) for one in interviews]


def _conditions(casebook: Casebook, names: Sequence[str]) -> dict[str, Kind]:
    if not 1 <= len(names) <= _MOST:
        raise InputError(
            Problem(
                f"condition: {len(names)} are given.",
                f"Give from 1 to {_MOST}: each one more doubles the combinations. Take what you have reason to compare.",
            )
        )
    found: dict[str, Kind] = {}
    for name in names:
        kind = casebook.find_kind(name)
        short = local_name(kind.id)
        if short in found:
            raise InputError(Problem(f"condition: {kind.label!r} is given twice.", "Take one of them out."))
        found[short] = kind
    return found


def _row(
    names: Sequence[str], values: Sequence[int], cases: Sequence[tuple[Ref, bool]], listed: int
) -> TruthRow:
    positive = sum(has for _, has in cases)
    if not cases:
        outcome = "remainder"
    else:
        outcome = "1" if positive == len(cases) else "contradictory" if positive else "0"
    return TruthRow(
        condition=dict(zip(names, values, strict=True)),
        outcome=outcome,
        cases=len(cases),
        with_outcome=positive,
        consistency=round(positive / len(cases), 4) if cases else None,
        members=tuple(sorted(case for case, _ in cases)[:listed]),
        cut=len(cases) > listed,
    )


async def _work(reading: Reading, asked: TruthTableParameters) -> list[TruthRow]:
    casebook = await reading.casebook()
    if asked.cases == "configurations":
        return tabulate(casebook, cases_of(casebook, asked.study), asked)
    if casebook.snapshot.edition == "open":
        raise QueryRefused(
            Problem(
                "Only the restricted edition holds interviews.",
                "Compare configurations, or ask with a token whose scope is restricted.",
            )
        )
    if len(asked.study) > 1:
        raise InputError(Problem("Interviews are looked at one study at a time.", "Name one study."))
    study = one_study(casebook, asked.study[0] if asked.study else "")
    interviews = await read_interviews(reading, study)
    return tabulate(casebook, interview_cases(casebook, interviews), asked)


TRUTH_TABLE = Inquiry(
    id="truth-table",
    title="Which combinations of conditions go with an outcome?",
    description=(
        "A crisp-set truth table, from which qualitative comparative analysis begins: each combination of up to twelve "
        "kinds of context, resource and reasoning (1 there, 0 not), how many cases have it, and whether they have the "
        "outcome: 1 all, 0 none, or contradictory. Cases are configurations, or the interviews of one study. A "
        "condition is 0 where nothing says that it is there, which is less than saying that it is not. As CSV, a "
        "column a condition, other software minimises it."
    ),
    parameters=TruthTableParameters,
    item=TruthRow,
    work=_work,
    example={
        "condition": ["social situation", "helpful comparison", "reference group"],
        "outcome": "positive outcome",
        "study": "synthetic-demonstration",
    },
)
