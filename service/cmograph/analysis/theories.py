"""How a programme theory was developed: its versions, what each holds, and what changed from one to the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import Field

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.inquiry import Inquiry, Parameters
from cmograph.analysis.reading import Reading
from cmograph.analysis.things import Configuration, Ref, Theory
from cmograph.errors import InputError, Problem

__all__ = [
    "THEORIES",
    "THEORY_CHANGES",
    "KindChange",
    "TheoryChange",
    "TheoryChangesParameters",
    "TheoryParameters",
    "TheoryRecord",
    "Weight",
    "change_theories",
    "list_theories",
]


@dataclass(frozen=True, slots=True)
class Weight:
    """How much of what a theory holds has evidence. Configurations are counted: people may speak for several.

    Attributes:
        configurations: how many there are.
        supported, refuted, refined: how many of them have evidence of that stance.
        without: how many have none of any stance.
        statements: published statements about them, of every stance.
    """

    configurations: int
    supported: int
    refuted: int
    refined: int
    without: int
    statements: int


@dataclass(frozen=True, slots=True)
class TheoryRecord:
    """One version of a programme theory.

    Attributes:
        id: its IRI, stable across releases.
        identifier: its id within its study.
        study: the evaluation.
        title, description, rationale: in the analysts' words; "" where they say nothing.
        version: as the analysts number it.
        stage: initial or refined, or None.
        revises: the version whose place it takes, or None.
        revised_by: the versions that take its place.
        line: the versions from the first to this one.
        substantive: the substantive theories that it draws on.
        evidence: how much of what it holds has evidence, for and against.
        challenged: whether there is evidence against one of its configurations at least.
        configurations: what it holds.
    """

    id: str
    identifier: str
    study: Ref
    title: str
    version: str
    stage: Ref | None
    revises: Ref | None
    revised_by: tuple[Ref, ...]
    line: tuple[Ref, ...]
    description: str
    rationale: str
    substantive: tuple[str, ...]
    evidence: Weight
    challenged: bool
    configurations: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class KindChange:
    """A kind of component that came or went.

    Attributes:
        part: `context`, `resource`, `reasoning` or `outcome`.
        kind: the most specific class of the ontology; the component itself where it has none.
    """

    part: str
    kind: Ref


@dataclass(frozen=True, slots=True)
class TheoryChange:
    """What changed from one version of a theory to another.

    Attributes:
        study: the evaluation of the later version.
        before, after: the two versions.
        rationale: why, in the analysts' words about the later version; "" where they say nothing.
        added, dropped, kept: configurations.
        came, went: kinds of component that only the later, or only the earlier, version has.
        evidence_added, evidence_dropped: how much of what was added, and dropped, has evidence.
    """

    study: Ref
    before: Ref
    after: Ref
    rationale: str
    added: tuple[Ref, ...]
    dropped: tuple[Ref, ...]
    kept: tuple[Ref, ...]
    came: tuple[KindChange, ...]
    went: tuple[KindChange, ...]
    evidence_added: Weight
    evidence_dropped: Weight


class TheoryParameters(Parameters):
    """Which theories."""

    study: tuple[str, ...] = Field((), description="Only of these evaluations: IRI, identifier or title.")
    theory: tuple[str, ...] = Field((), description="Only these: IRI, `study/id`, or id.")
    challenged: bool | None = Field(
        None, description="Only theories with evidence against what they hold, or only others."
    )


class TheoryChangesParameters(Parameters):
    """Which changes: by itself, every version against the one it revises."""

    study: tuple[str, ...] = Field((), description="Only of these evaluations: IRI, identifier or title.")
    before: str = Field("", description="The earlier version: IRI, `study/id`, or id where one study has it.")
    after: str = Field("", description="The later version, named likewise.")


def list_theories(casebook: Casebook, asked: TheoryParameters) -> list[TheoryRecord]:
    """The versions that are asked for, by study and id.

    Raises:
        InputError: a name that nothing has; suggests the nearest.
    """
    studies = {casebook.find_study(name).id for name in asked.study}
    wanted = {one.id for name in asked.theory for one in casebook.find_theories(name)}
    records = (
        _record(casebook, one)
        for one in casebook.theories.values()
        if (not studies or one.study in studies) and (not wanted or one.id in wanted)
    )
    return [one for one in records if asked.challenged in (None, one.challenged)]


def change_theories(casebook: Casebook, asked: TheoryChangesParameters) -> list[TheoryChange]:
    """What changed between two versions, or at each revision.

    Raises:
        InputError: a name that nothing has, or that several theories have; suggests the nearest.
    """
    studies = {casebook.find_study(name).id for name in asked.study}
    before = _only(casebook, asked.before, studies) if asked.before else None
    after = _only(casebook, asked.after, studies) if asked.after else None
    if before and after:
        return [_change(casebook, before, after)]
    return [
        _change(casebook, casebook.theories[one.revises], one)
        for one in casebook.theories.values()
        if one.revises in casebook.theories
        and (not studies or one.study in studies)
        and (before is None or one.revises == before.id)
        and (after is None or one.id == after.id)
    ]


def _record(casebook: Casebook, one: Theory) -> TheoryRecord:
    weight = _weigh(_held(casebook, one))
    return TheoryRecord(
        id=one.id,
        identifier=one.name,
        study=casebook.ref(one.study),
        title=one.title,
        version=one.version,
        stage=casebook.ref(one.stage) if one.stage else None,
        revises=casebook.ref(one.revises) if one.revises else None,
        revised_by=casebook.refs(casebook.revised_by.get(one.id, ())),
        line=casebook.refs(_line(casebook, one)),
        description=one.description,
        rationale=one.rationale,
        substantive=one.substantive,
        evidence=weight,
        challenged=weight.refuted > 0,
        configurations=casebook.refs(one.configurations),
    )


def _line(casebook: Casebook, theory: Theory) -> list[str]:
    """From the first version to this one; stops where versions go round in a circle."""
    line = [theory.id]
    while (earlier := casebook.theories[line[-1]].revises) in casebook.theories and earlier not in line:
        line.append(earlier)
    return line[::-1]


def _change(casebook: Casebook, before: Theory, after: Theory) -> TheoryChange:
    old, new = set(before.configurations), set(after.configurations)
    added = [iri for iri in after.configurations if iri not in old]
    dropped = [iri for iri in before.configurations if iri not in new]
    had, has = (_kinds(casebook, _held(casebook, one)) for one in (before, after))
    return TheoryChange(
        study=casebook.ref(after.study),
        before=casebook.ref(before.id),
        after=casebook.ref(after.id),
        rationale=after.rationale,
        added=casebook.refs(added),
        dropped=casebook.refs(dropped),
        kept=casebook.refs(iri for iri in after.configurations if iri in old),
        came=tuple(KindChange(part, casebook.ref(kind)) for part, kind in sorted(has - had)),
        went=tuple(KindChange(part, casebook.ref(kind)) for part, kind in sorted(had - has)),
        evidence_added=_weigh(_known(casebook, added)),
        evidence_dropped=_weigh(_known(casebook, dropped)),
    )


def _only(casebook: Casebook, name: str, studies: set[str]) -> Theory:
    found = [one for one in casebook.find_theories(name) if not studies or one.study in studies]
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(
            Problem(
                f"The programme theory {name!r} is of another study.", "Ask without study, or name its own."
            )
        )
    named = " or ".join(f"{casebook.studies[one.study].name}/{one.name}" for one in found[:5])
    raise InputError(Problem(f"Several studies have a programme theory {name!r}.", f"Say which: {named}."))


def _held(casebook: Casebook, theory: Theory) -> list[Configuration]:
    return _known(casebook, theory.configurations)


def _known(casebook: Casebook, iris: Iterable[str]) -> list[Configuration]:
    return [casebook.configurations[iri] for iri in iris if iri in casebook.configurations]


def _kinds(casebook: Casebook, configurations: Iterable[Configuration]) -> set[tuple[str, str]]:
    found = set()
    for one in configurations:
        for part, components in (
            ("context", one.contexts),
            ("resource", one.resources),
            ("reasoning", one.reasonings),
            ("outcome", one.outcomes),
        ):
            for iri in components:
                kinds = casebook.most_specific(casebook.components[iri].kinds)
                found |= {(part, kind) for kind in kinds or (iri,)}
    return found


def _weigh(configurations: list[Configuration]) -> Weight:
    stances = ("supports", "refutes", "refines")
    tallies = [[one.tally(stance) for stance in stances] for one in configurations]
    supported, refuted, refined = (sum(bool(row[at]) for row in tallies) for at in range(3))
    return Weight(
        configurations=len(configurations),
        supported=supported,
        refuted=refuted,
        refined=refined,
        without=sum(not any(row) for row in tallies),
        statements=sum(tally.statements for row in tallies for tally in row),
    )


async def _list(reading: Reading, asked: TheoryParameters) -> list[TheoryRecord]:
    return list_theories(await reading.casebook(), asked)


async def _changes(reading: Reading, asked: TheoryChangesParameters) -> list[TheoryChange]:
    return change_theories(await reading.casebook(), asked)


THEORIES = Inquiry(
    id="theories",
    title="Which programme theories are there, in which versions, and how do they stand against the evidence?",
    description=(
        "Every version of every programme theory: its stage, what it revises and why, the substantive theory behind "
        "it, and how many of its configurations have evidence for, against, or that refined them. A theory is "
        "challenged where there is evidence against one of its configurations."
    ),
    parameters=TheoryParameters,
    item=TheoryRecord,
    work=_list,
    example={"study": "synthetic-demonstration"},
)

THEORY_CHANGES = Inquiry(
    id="theory-changes",
    title="What changed from one version of a programme theory to the next, and on which evidence?",
    description=(
        "Each version against the one that it revises, or `before` against `after`: configurations added, dropped "
        "and kept, kinds of context, resource, reasoning and outcome that came or went, and the evidence on what was "
        "added and dropped. RAMESES II (DOI 10.1186/s12916-016-0643-1) asks to show how a theory was refined."
    ),
    parameters=TheoryChangesParameters,
    item=TheoryChange,
    work=_changes,
    example={"study": "synthetic-demonstration"},
)
