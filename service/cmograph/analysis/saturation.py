"""Saturation: what each interview adds to those before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import Field

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.inquiry import Inquiry, Parameters
from cmograph.analysis.interviews import Interview, natural, one_study, read_interviews
from cmograph.analysis.reading import Reading
from cmograph.analysis.things import Ref
from cmograph.errors import InputError, Problem, nearest
from cmograph.vocabulary import REALIST

__all__ = ["SATURATION", "Addition", "SaturationParameters", "find_additions"]


@dataclass(frozen=True, slots=True)
class Addition:
    """What one interview adds to those before it.

    Attributes:
        place: which it is, from 1.
        interview: the source.
        roles: of who speaks.
        value: of the attribute that orders them; "" without one.
        codes, components, configurations: how many it has, or supports.
        new_codes, new_components, new_configurations: how many of them no interview before it has.
        all_codes, all_components, all_configurations: how many it and those before it have.
        nothing_new: whether it adds none of the three.
        recent: how many interviews the last few are, up to this one: as many as were asked for, or as there are.
        recent_without: how many of those add nothing.
    """

    place: int
    interview: Ref
    roles: tuple[Ref, ...]
    value: str
    codes: int
    components: int
    configurations: int
    new_codes: int
    new_components: int
    new_configurations: int
    all_codes: int
    all_components: int
    all_configurations: int
    nothing_new: bool
    recent: int
    recent_without: int


class SaturationParameters(Parameters):
    """Which interviews, in which order."""

    study: str = Field(
        "", description="The evaluation: IRI, identifier or title; needed where there are several."
    )
    order: str = Field(
        "",
        description="In the order of this attribute of participants; else of the sources' names, M2 before M10.",
    )
    role: str = Field("", description="Only interviews with people of this role, such as mother.")
    last: int = Field(5, ge=1, description="So many interviews are the last few, of which some add nothing.")


def find_additions(
    casebook: Casebook, interviews: Iterable[Interview], asked: SaturationParameters
) -> list[Addition]:
    """What each interview adds, in order; those without a value of the attribute that orders them come last.

    Raises:
        InputError: no such role, no such attribute, or no interview; suggests the nearest.
    """
    held = _ordered(_of_role(casebook, interviews, asked.role), asked.order)
    codes: set[str] = set()
    components: set[str] = set()
    configurations: set[str] = set()
    found: list[Addition] = []
    for place, one in enumerate(held, start=1):
        fresh = one.codes - codes, one.components - components, one.configurations - configurations
        codes |= one.codes
        components |= one.components
        configurations |= one.configurations
        before = found[-(asked.last - 1) :] if asked.last > 1 else []
        found.append(
            Addition(
                place=place,
                interview=Ref(one.id, one.title),
                roles=casebook.refs(one.roles),
                value=one.attributes.get(asked.order, "") if asked.order else "",
                codes=len(one.codes),
                components=len(one.components),
                configurations=len(one.configurations),
                new_codes=len(fresh[0]),
                new_components=len(fresh[1]),
                new_configurations=len(fresh[2]),
                all_codes=len(codes),
                all_components=len(components),
                all_configurations=len(configurations),
                nothing_new=not any(fresh),
                recent=len(before) + 1,
                recent_without=sum(earlier.nothing_new for earlier in before) + (not any(fresh)),
            )
        )
    return found


def _of_role(casebook: Casebook, interviews: Iterable[Interview], role: str) -> list[Interview]:
    if not role:
        return list(interviews)
    wanted = casebook.find_term(role, REALIST.ActorRole)
    found = [one for one in interviews if wanted in one.roles]
    if not found:
        raise InputError(
            Problem(f"Nobody of the role {role!r} was interviewed.", "Leave the role out, or name another.")
        )
    return found


def _ordered(interviews: Sequence[Interview], attribute: str) -> list[Interview]:
    if not attribute:
        return sorted(interviews, key=lambda one: (natural(one.title), one.id))
    known = sorted({name for one in interviews for name in one.attributes})
    if attribute not in known:
        remedy = nearest(attribute, known) or f"There is {', '.join(known) or 'none'}."
        raise InputError(Problem(f"order: no participant has an attribute {attribute!r}.", remedy))
    return sorted(
        interviews,
        key=lambda one: (
            attribute not in one.attributes,
            natural(one.attributes.get(attribute, "")),
            natural(one.title),
            one.id,
        ),
    )


async def _work(reading: Reading, asked: SaturationParameters) -> list[Addition]:
    casebook = await reading.casebook()
    interviews = await read_interviews(reading, one_study(casebook, asked.study))
    return find_additions(casebook, interviews, asked)


SATURATION = Inquiry(
    id="saturation",
    title="What does each interview add, and do the last ones still add anything?",
    description=(
        "The interviews of one study in order: how many codes, components and configurations each has that none before "
        "it had, the curve of all so far, and how many of the last few added nothing. All codes count, those for the "
        "analysts' own use too. That nothing new was coded does not show that there was nothing new to say. Restricted: "
        "it names interviews."
    ),
    parameters=SaturationParameters,
    item=Addition,
    work=_work,
    example={"study": "synthetic-demonstration"},
    edition="restricted",
)
