"""A casebook's chapters: what is said of some studies, read apart and bound together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.things import Annotation, Assessment, Component, Configuration, Kind, Study, Theory
from cmograph.engine.editions import Snapshot

__all__ = ["Chapter", "bind", "copy_out", "excerpt"]

_Of = TypeVar("_Of", Component, Configuration, Theory, Assessment)


@dataclass(frozen=True, slots=True)
class Chapter:
    """What is said of some studies, by IRI. Its configurations need not know their theories."""

    components: Mapping[str, Component]
    configurations: Mapping[str, Configuration]
    theories: Mapping[str, Theory]
    assessments: Mapping[str, Assessment]
    annotations: Mapping[str, Annotation]


def copy_out(book: Casebook, studies: Collection[str]) -> Chapter:
    """The chapter of some of a casebook's studies."""
    components = {one.id: one for one in book.components.values() if one.study in studies}
    configurations = {one.id: one for one in book.configurations.values() if one.study in studies}
    about = {*components, *configurations}
    return Chapter(
        components,
        configurations,
        {one.id: one for one in book.theories.values() if one.study in studies},
        {one.id: one for one in book.assessments.values() if one.study in studies},
        {one.id: one for one in book.annotations.values() if one.about in about},
    )


def excerpt(book: Casebook, iri: str) -> Casebook:
    """A casebook of the study that has this IRI, or that a thing with it belongs to; of no study where there is none."""
    study = next((one for one in book.studies if f"{iri}/".startswith(f"{one}/")), "")
    studies = {study: book.studies[study]} if study else {}
    return bind(book.snapshot, studies, [copy_out(book, studies)], book.kinds, book.terms, book.terms_of)


def bind(
    snapshot: Snapshot,
    studies: Mapping[str, Study],
    chapters: Sequence[Chapter],
    kinds: Mapping[str, Kind],
    terms: Mapping[str, str],
    terms_of: Mapping[str, frozenset[str]],
) -> Casebook:
    """A casebook of chapters: things come by study and then by IRI, in whichever chapter they are."""
    place = {iri: number for number, iri in enumerate(studies)}
    theories = _bound(place, (one.theories for one in chapters))
    configurations = _bound(place, (one.configurations for one in chapters))
    held: defaultdict[str, list[str]] = defaultdict(list)
    for theory in theories.values():
        for one in theory.configurations:
            held[one].append(theory.id)
    for iri, several in held.items():
        if (found := configurations.get(iri)) is not None:
            configurations[iri] = replace(found, theories=tuple(several))
    return Casebook(
        snapshot,
        studies,
        _bound(place, (one.components for one in chapters)),
        configurations,
        theories,
        _bound(place, (one.assessments for one in chapters)),
        dict(sorted(found for one in chapters for found in one.annotations.items())),
        kinds,
        terms,
        terms_of,
    )


def _bound(place: Mapping[str, int], chapters: Iterable[Mapping[str, _Of]]) -> dict[str, _Of]:
    every = [one for chapter in chapters for one in chapter.values()]
    every.sort(key=lambda one: (place.get(one.study, len(place)), one.id))
    return {one.id: one for one in every}
