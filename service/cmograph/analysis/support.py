"""Evidence for and against: what speaks for a claim, what against it, what refines it, and who says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.inquiry import Inquiry, Parameters
from cmograph.analysis.reading import Reading
from cmograph.analysis.records import RolePeople
from cmograph.analysis.things import Component, Configuration, Ref, Tally
from cmograph.vocabulary import REALIST

__all__ = ["SUPPORT", "Support", "SupportParameters", "support"]


@dataclass(frozen=True, slots=True)
class Support:
    """The evidence of one stance on one claim.

    Attributes:
        study, claim: what is claimed, and by which study.
        kind: `configuration` or `component`.
        stance: `supports`, `refutes` or `refines`.
        people: so many participants; at least, unless `exact`.
        codings: so many codings, likewise.
        withheld: whether there are participants whose number is too small to be told.
        exact: whether the counts are exact, as in the restricted edition.
        statements: published statements.
        roles: participants by role, without those withheld.
        deliveries: the modes in which a configuration was found.
        contested: whether there is evidence for the claim and against it.
    """

    study: Ref
    claim: Ref
    kind: str
    stance: str
    people: int
    codings: int
    withheld: bool
    exact: bool
    statements: int
    roles: tuple[RolePeople, ...]
    deliveries: tuple[Ref, ...]
    contested: bool


class SupportParameters(Parameters):
    """Which claims, and what of their evidence."""

    study: tuple[str, ...] = Field((), description="Only of these evaluations: IRI, identifier or title.")
    configuration: tuple[str, ...] = Field(
        (), description="Only of these configurations: IRI, `study/id`, or id where one study has it."
    )
    component: tuple[str, ...] = Field((), description="Only of these components, named likewise.")
    stance: Literal["supports", "refutes", "refines"] | None = Field(
        None, description="Only evidence that supports, refutes or refines."
    )
    role: str = Field("", description="Only what people of this role say, such as mother.")
    contested: bool = Field(False, description="Only what there is evidence for and against.")


def support(casebook: Casebook, asked: SupportParameters) -> list[Support]:
    """The evidence on each claim that is asked for, a stance at a time; configurations before components.

    Raises:
        InputError: a name that nothing has; suggests the nearest.
    """
    studies = {casebook.find_study(name).id for name in asked.study}
    role = casebook.find_term(asked.role, REALIST.ActorRole) if asked.role else ""
    wanted = {casebook.find_configuration(name).id for name in asked.configuration}
    wanted |= {casebook.find_component(name).id for name in asked.component}
    found = []
    claims: Iterable[Configuration | Component] = (
        *casebook.configurations.values(),
        *casebook.components.values(),
    )
    for claim in claims:
        if (wanted and claim.id not in wanted) or (studies and claim.study not in studies):
            continue
        for one in _of_claim(casebook, claim):
            if asked.stance not in (None, one.stance) or (asked.contested and not one.contested):
                continue
            if not role or any(part.role.id == role for part in one.roles):
                found.append(one)
    return found


def _of_claim(casebook: Casebook, claim: Configuration | Component) -> Iterator[Support]:
    deliveries = claim.deliveries if isinstance(claim, Configuration) else ()
    contested = all(claim.evidence.get(stance) for stance in ("supports", "refutes"))
    for stance in ("supports", "refutes", "refines"):
        tally = claim.evidence.get(stance, Tally())
        if tally:
            yield Support(
                study=casebook.ref(claim.study),
                claim=casebook.ref(claim.id),
                kind="configuration" if isinstance(claim, Configuration) else "component",
                stance=stance,
                people=tally.people,
                codings=tally.codings,
                withheld=tally.withheld,
                exact=tally.exact,
                statements=tally.statements,
                roles=tuple(RolePeople(casebook.ref(role), people) for role, people in tally.roles.items()),
                deliveries=casebook.refs(deliveries),
                contested=contested,
            )


async def _work(reading: Reading, asked: SupportParameters) -> list[Support]:
    return support(await reading.casebook(), asked)


SUPPORT = Inquiry(
    id="support",
    title="What speaks for and against each claim, and who says so?",
    description=(
        "The evidence on every configuration and component, a stance at a time: how many people at least, of which "
        "role, in which delivery, and how many published statements. A number of people below the minimum cell is "
        "withheld in the open edition. `contested` finds what there is evidence for and against."
    ),
    parameters=SupportParameters,
    item=Support,
    work=_work,
    example={"contested": "true", "study": "synthetic-demonstration"},
)
