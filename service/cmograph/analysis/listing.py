"""The studies, their configurations and their components, filtered: the lists of the study API."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from functools import partial
from typing import Any, Literal

from pydantic import Field

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.inquiry import Inquiry, Parameters
from cmograph.analysis.lazy import Lazy
from cmograph.analysis.reading import Reading
from cmograph.analysis.records import (
    ComponentRecord,
    ConfigurationRecord,
    StudyRecord,
    component_record,
    configuration_record,
    study_record,
)
from cmograph.analysis.things import Component, Configuration, Study
from cmograph.vocabulary import REALIST

__all__ = [
    "COMPONENTS",
    "CONFIGURATIONS",
    "STUDIES",
    "ComponentFilter",
    "ConfigurationFilter",
    "StudyFilter",
    "list_components",
    "list_configurations",
    "list_studies",
]

_WORD = re.compile(r"\w+")


class StudyFilter(Parameters):
    """Which studies."""

    q: str = Field(
        "", description="Only studies whose title, description, programme or place has these words."
    )
    synthetic: bool | None = Field(None, description="Only synthetic ones, or only real ones.")
    published: bool | None = Field(None, description="Only those that name a publication, or only others.")


class ConfigurationFilter(Parameters):
    """Which configurations. Several values of one filter mean any of them; several filters must all hold."""

    study: tuple[str, ...] = Field((), description="Of these evaluations: IRI, identifier or title.")
    context: tuple[str, ...] = Field((), description="With a context of this kind, or this component.")
    mechanism: tuple[str, ...] = Field(
        (), description="With a resource or reasoning of this kind, or this component."
    )
    outcome: tuple[str, ...] = Field((), description="With an outcome of this kind, or this component.")
    delivery: tuple[str, ...] = Field((), description="Found in this mode of delivery, such as group.")
    role: tuple[str, ...] = Field((), description="That concerns people of this role, such as mother.")
    level: tuple[str, ...] = Field((), description="At this level: micro level, meso level or macro level.")
    theory: tuple[str, ...] = Field((), description="Held by this programme theory, by its IRI or id.")
    presence: Literal["present", "absent"] | None = Field(
        None, description="Only where the mechanism is present, or lacking."
    )
    harmful: bool | None = Field(None, description="Only harmful ones, or only others.")
    beneficial: bool | None = Field(None, description="Only beneficial ones, or only others.")
    contested: bool | None = Field(
        None, description="Only those with evidence for and against, or only others."
    )
    q: str = Field("", description="Only those in whose title, clauses or components these words are.")


class ComponentFilter(Parameters):
    """Which components. Several values of one filter mean any of them; several filters must all hold."""

    study: tuple[str, ...] = Field((), description="Of these evaluations: IRI, identifier or title.")
    kind: tuple[str, ...] = Field((), description="Of this class of the ontology, or one below it.")
    part: Literal["context", "resource", "reasoning", "outcome"] | None = Field(
        None,
        description="Only what is a context, a resource, a reasoning or an outcome of some configuration.",
    )
    contested: bool | None = Field(
        None, description="Only those with evidence for and against, or only others."
    )
    q: str = Field("", description="Only those in whose wording these words are.")


def list_studies(casebook: Casebook, asked: StudyFilter) -> list[Study]:
    """The studies that a filter lets through, in order."""
    return [
        study
        for study in casebook.studies.values()
        if asked.synthetic in (None, study.synthetic)
        and asked.published in (None, bool(study.doi))
        and _has_words(asked.q, (study.title, study.description, study.programme, study.place))
    ]


def list_configurations(casebook: Casebook, asked: ConfigurationFilter) -> list[Configuration]:
    """The configurations that a filter lets through, in order.

    Raises:
        InputError: a name that nothing has; suggests the nearest.
    """
    studies = [casebook.find_study(name).id for name in asked.study]
    contexts, mechanisms, outcomes = (
        _matching(casebook, names) for names in (asked.context, asked.mechanism, asked.outcome)
    )
    deliveries, roles, levels = (
        {casebook.find_term(name, of) for name in names}
        for names, of in (
            (asked.delivery, REALIST.DeliveryMode),
            (asked.role, REALIST.ActorRole),
            (asked.level, REALIST.Level),
        )
    )
    theories = {one.id for name in asked.theory for one in casebook.find_theories(name)}
    absent = None if asked.presence is None else asked.presence == "absent"
    pool: Iterable[Configuration] = (
        [one for study in dict.fromkeys(studies) for one in casebook.by_study.get(study, ())]
        if studies
        else casebook.configurations.values()
    )
    return [
        one
        for one in pool
        if (contexts is None or not contexts.isdisjoint(one.contexts))
        and (mechanisms is None or not mechanisms.isdisjoint((*one.resources, *one.reasonings)))
        and (outcomes is None or not outcomes.isdisjoint(one.outcomes))
        and (not deliveries or not deliveries.isdisjoint(one.deliveries))
        and (not roles or not roles.isdisjoint(one.roles))
        and (not levels or one.level in levels)
        and (not asked.theory or not theories.isdisjoint(one.theories))
        and absent in (None, one.absent)
        and asked.harmful in (None, one.harmful)
        and asked.beneficial in (None, one.beneficial)
        and asked.contested in (None, one.contested)
        and (not asked.q or _has_words(asked.q, _texts(casebook, one)))
    ]


def list_components(casebook: Casebook, asked: ComponentFilter) -> list[Component]:
    """The components that a filter lets through, in order.

    Raises:
        InputError: a name that nothing has; suggests the nearest.
    """
    studies = {casebook.find_study(name).id for name in asked.study}
    kinds = {casebook.find_kind(name).id for name in asked.kind}
    part = casebook.used_as[asked.part] if asked.part else None
    return [
        one
        for one in casebook.components.values()
        if (not studies or one.study in studies)
        and (not kinds or not kinds.isdisjoint(one.kinds))
        and (part is None or one.id in part)
        and asked.contested in (None, one.contested)
        and _has_words(asked.q, (one.wording,))
    ]


def _matching(casebook: Casebook, names: Collection[str]) -> set[str] | None:
    """The components that are of any of these kinds, or are named themselves; None where nothing is asked."""
    if not names:
        return None
    found: set[str] = set()
    for name in names:
        found |= casebook.components_like(name)
    return found


def _has_words(wanted: str, texts: Iterable[str]) -> bool:
    words = _WORD.findall(wanted.casefold())
    if not words:
        return True
    text = " ".join(texts).casefold()
    return all(word in text for word in words)


def _texts(casebook: Casebook, one: Configuration) -> Iterable[str]:
    yield from (one.title, one.if_clause, one.then_clause, one.because_clause)
    yield from (casebook.components[part].wording for part in one.components)


def _work(
    listed: Callable[[Casebook, Any], Sequence[Any]], record: Callable[[Casebook, Any], Any]
) -> Callable[[Reading, Any], Awaitable[Sequence[Any]]]:
    async def work(reading: Reading, asked: Any) -> Sequence[Any]:
        casebook = await reading.casebook()
        return Lazy(listed(casebook, asked), partial(record, casebook))

    return work


STUDIES = Inquiry(
    id="studies",
    title="Which evaluations are there?",
    description=(
        "The studies of this store, each with its publication, how closely it was seen, whom it interviewed and how "
        "much it holds. Their IRIs are stable across releases."
    ),
    parameters=StudyFilter,
    item=StudyRecord,
    work=_work(list_studies, study_record),
    example={"synthetic": "true"},
)
CONFIGURATIONS = Inquiry(
    id="configurations",
    title="Which configurations are there?",
    description=(
        "Context-mechanism-outcome configurations, whole: components in their study's words with the ontology's classes "
        "beside, evidence for and against, whom it concerns and how it was delivered. A kind takes in what lies below it."
    ),
    parameters=ConfigurationFilter,
    item=ConfigurationRecord,
    work=_work(list_configurations, configuration_record),
    example={"mechanism": "social comparison", "harmful": "true"},
)
COMPONENTS = Inquiry(
    id="components",
    title="Which contexts, resources, reasonings and outcomes are there?",
    description=(
        "Components in their study's words, with the ontology's most specific classes, the configurations that they "
        "are part of, and the evidence for and against them."
    ),
    parameters=ComponentFilter,
    item=ComponentRecord,
    work=_work(list_components, component_record),
    example={"kind": "social comparison"},
)
