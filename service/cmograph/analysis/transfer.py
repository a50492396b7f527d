"""The transfer matrix: which patterns of mechanism and outcome hold in which evaluations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import ClassVar, Literal, NamedTuple

from pydantic import Field

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.inquiry import Inquiry, Parameters
from cmograph.analysis.lazy import Lazy
from cmograph.analysis.patterns import broader, sign_of
from cmograph.analysis.reading import Reading
from cmograph.analysis.side_by_side import Kinds, Note, notes_on, studies_named
from cmograph.analysis.things import Configuration, Ref

__all__ = ["TRANSFER", "Cell", "Transfer", "TransferParameters", "transfer_matrix"]

State = Literal["holds", "contested", "opposite", "not reported"]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one study has of a pattern.

    Attributes:
        study: the evaluation.
        state: `holds`; `contested`, where there is evidence against it too; `opposite`, where only that is found; or
            `not reported`.
        configurations: those that have it, or have it of narrower kinds.
        opposite: those in which the mechanism does the opposite: an outcome of the other sign that is below one class of
            the domain with this one, or of no class.
        contexts: the kinds of the contexts of those that have it; where none does, of the opposite ones.
        notes: what named reviewers say of any of them.
    """

    study: Ref
    state: State
    configurations: tuple[Ref, ...]
    opposite: tuple[Ref, ...]
    contexts: tuple[Ref, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Transfer:
    """A pattern, and where it holds: one row of a transfer matrix.

    Attributes:
        mechanism, outcome: kinds: the most specific ones of some configuration.
        presence: whether the mechanism is `present` or `absent`.
        sign: `good` or `bad` outcomes, or `unclear`; never counted together.
        holds_in: in how many of the studies.
        opposite_in: in how many the mechanism does the opposite, whether it holds there too or not.
        states: by the identifier of each study, the state of its cell: the row as a table shows it.
        cells: study by study, in order.
    """

    mechanism: Ref
    outcome: Ref
    presence: str
    sign: str
    holds_in: int
    opposite_in: int
    states: Mapping[str, State]
    cells: tuple[Cell, ...]


class TransferParameters(Parameters):
    """Which patterns, in which studies."""

    together: ClassVar[frozenset[str]] = frozenset({"study"})

    study: tuple[str, ...] = Field((), description="In these evaluations; all where none is named.")
    mechanism: str = Field("", description="Only mechanisms of this kind.")
    least: int = Field(1, ge=1, description="Only what holds in so many studies at least.")


class _Pattern(NamedTuple):
    """What a mechanism of a kind does; the outcome is "" where it is of no kind."""

    mechanism: str
    outcome: str
    absent: bool
    sign: str


_Found = Mapping[str, Mapping[str, Configuration]]
"""By study and by IRI."""
_KindsOf = Callable[[Iterable[str]], frozenset[str]]
"""Of components, their kinds: the most specific ones, or all."""


class _Row(NamedTuple):
    pattern: _Pattern
    holding: _Found
    opposite: _Found


def transfer_matrix(casebook: Casebook, asked: TransferParameters) -> Sequence[Transfer]:
    """The patterns of mechanism and outcome, and study by study where they hold; what holds most widely first.

    Raises:
        InputError: a name that nothing has, or more configurations than can be laid side by side.
    """
    studies = studies_named(casebook, asked.study)
    kinds = Kinds(casebook)
    own: dict[_Pattern, None] = {}
    found: defaultdict[_Pattern, defaultdict[str, dict[str, Configuration]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for study in studies:
        for one in casebook.by_study.get(study, ()):
            own |= dict.fromkeys(_patterns(casebook, one, kinds.specific))
            for pattern in _patterns(casebook, one, kinds.all_of):
                found[pattern][study][one.id] = one
    below = casebook.find_kind(asked.mechanism).id if asked.mechanism else ""
    rows = [
        _Row(pattern, found[pattern], _opposite(casebook, pattern, found))
        for pattern in own
        if pattern.outcome
        and len(found[pattern]) >= asked.least
        and (not below or below == pattern.mechanism or below in casebook.kinds[pattern.mechanism].above)
    ]
    rows.sort(key=lambda row: _rank(casebook, row))
    return Lazy(rows, partial(_transfer_of, casebook, kinds, studies))


def _patterns(casebook: Casebook, one: Configuration, kinds_of: _KindsOf) -> Iterator[_Pattern]:
    """The patterns of a configuration, whose kinds are the most specific ones or all, as it is asked for them."""
    outcomes = {
        (kind, sign_of(casebook, one, outcome)): None
        for outcome in one.outcomes
        for kind in sorted(kinds_of((outcome,))) or ("",)
    }
    for mechanism, (outcome, sign) in product(sorted(kinds_of(one.mechanism_parts)), outcomes):
        yield _Pattern(mechanism, outcome, one.absent, sign)


def _opposite(casebook: Casebook, pattern: _Pattern, found: Mapping[_Pattern, _Found]) -> _Found:
    """Where the mechanism does the opposite: what has the other sign, and is not known to be another matter."""
    sign = {"good": "bad", "bad": "good"}.get(pattern.sign, "")
    every: defaultdict[str, dict[str, Configuration]] = defaultdict(dict)
    for outcome in ("", *broader(casebook, pattern.outcome)):
        for study, several in found.get(pattern._replace(outcome=outcome, sign=sign), {}).items():
            every[study] |= several
    return every


def _rank(casebook: Casebook, row: _Row) -> tuple[object, ...]:
    pattern = row.pattern
    labels = (casebook.ref(pattern.mechanism).label, casebook.ref(pattern.outcome).label)
    return -len(row.holding), -len(row.opposite), *labels, pattern


def _transfer_of(casebook: Casebook, kinds: Kinds, studies: Sequence[str], row: _Row) -> Transfer:
    pattern = row.pattern
    cells = tuple(
        _cell(casebook, kinds, study, row.holding.get(study, {}), row.opposite.get(study, {}))
        for study in studies
    )
    return Transfer(
        mechanism=casebook.ref(pattern.mechanism),
        outcome=casebook.ref(pattern.outcome),
        presence="absent" if pattern.absent else "present",
        sign=pattern.sign,
        holds_in=len(row.holding),
        opposite_in=len(row.opposite),
        states={casebook.studies[cell.study.id].name: cell.state for cell in cells},
        cells=cells,
    )


def _cell(
    casebook: Casebook,
    kinds: Kinds,
    study: str,
    holding: Mapping[str, Configuration],
    opposite: Mapping[str, Configuration],
) -> Cell:
    state: State = "opposite" if opposite else "not reported"
    if holding:
        state = "contested" if any(one.contested for one in holding.values()) else "holds"
    contexts = kinds.specific(
        component for one in (holding or opposite).values() for component in one.contexts
    )
    return Cell(
        study=casebook.ref(study),
        state=state,
        configurations=casebook.refs(sorted(holding)),
        opposite=casebook.refs(sorted(opposite)),
        contexts=casebook.refs(sorted(contexts)),
        notes=tuple(notes_on(casebook, {**holding, **opposite}.values())),
    )


async def _transfer(reading: Reading, asked: TransferParameters) -> Sequence[Transfer]:
    return transfer_matrix(await reading.casebook(), asked)


TRANSFER = Inquiry(
    id="transfer",
    title="Which patterns of mechanism and outcome hold in which evaluations?",
    description=(
        "A transfer matrix: for each pattern, study by study, whether it holds, is contested, is opposite or was not "
        "reported, and the kinds of context it was found in. What holds of a narrower kind holds. Good and bad outcomes "
        "are told apart. Not reported is not the same as not there."
    ),
    parameters=TransferParameters,
    item=Transfer,
    work=_transfer,
    example={"mechanism": "social comparison"},
)
