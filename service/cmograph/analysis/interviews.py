"""Interviews: what each one holds, as the restricted edition says; never what was said in it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.reading import Reading
from cmograph.analysis.things import Study
from cmograph.errors import InputError, Problem, nearest

__all__ = [
    "Interview",
    "Passages",
    "natural",
    "one_study",
    "read_interviews",
    "read_passages",
    "speakers_by_attribute",
    "these",
]

_SPEAKERS = """
SELECT DISTINCT ?claim ?attribute WHERE {
  %(studies)s
  ?claim realist:inEvaluation ?study ; a realist:Configuration .
  ?coding realist:supports ?claim ; realist:inSource/realist:contributedBy/realist:attribute ?attribute .
  FILTER NOT EXISTS { ?coding realist:disclosureClass realist:WithdrawnQuotation }
}"""

_SOURCES = """
SELECT ?source ?what ?value WHERE {
  %(studies)s
  ?person a realist:Participant ; realist:inEvaluation ?study .
  ?source realist:contributedBy ?person .
  { ?source dcterms:title ?value BIND("title" AS ?what) }
  UNION { ?person realist:hasRole ?value BIND("role" AS ?what) }
  UNION { ?person realist:receivedThrough ?value BIND("delivery" AS ?what) }
  UNION { ?person realist:attribute ?value BIND("attribute" AS ?what) }
}"""
_CODES = """
SELECT DISTINCT ?source ?what ?value WHERE {
  %(studies)s
  ?person a realist:Participant ; realist:inEvaluation ?study .
  ?source realist:contributedBy ?person .
  ?coding realist:inSource ?source ; oa:hasBody/realist:codePath ?code ; realist:disclosureClass ?disclosure .
  BIND(?disclosure = realist:WithdrawnQuotation AS ?withdrawn)
  BIND(IF(?withdrawn, "withdrawn", "code") AS ?what)
  BIND(IF(?withdrawn, "", ?code) AS ?value)
}"""
_CLAIMS = """
SELECT DISTINCT ?source ?what ?value WHERE {
  %(studies)s
  ?person a realist:Participant ; realist:inEvaluation ?study .
  ?source realist:contributedBy ?person .
  ?coding realist:inSource ?source ; realist:supports ?value .
  BIND("claim" AS ?what)
}"""

_PASSAGES = """
SELECT DISTINCT ?source ?component ?start ?end WHERE {
  %(studies)s
  ?component realist:inEvaluation ?study ; a realist:Component .
  ?coding realist:supports ?component ; realist:inSource ?source ; oa:hasTarget/oa:hasSelector ?position .
  ?position oa:start ?start ; oa:end ?end .
  FILTER NOT EXISTS { ?coding realist:disclosureClass realist:WithdrawnQuotation }
}"""

Passages = Mapping[str, Sequence[tuple[int, int]]]
"""By the IRI of a component: code points of the text from which and up to which it is coded."""


async def speakers_by_attribute(
    reading: Reading, studies: Sequence[str], name: str
) -> dict[str, tuple[str, ...]]:
    """By configuration: the values of one of the participants' attributes for which someone speaks for it.

    Raises:
        InputError: no participant has such an attribute; suggests the nearest.
        QueryError: see `Backend.query`.
    """
    found: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for claim, attribute in await reading.rows(_SPEAKERS, {"studies": these(*studies)}):
        known, _, value = attribute.partition(": ")
        found[known][claim].add(value)
    if name not in found:
        remedy = nearest(name, list(found)) or f"There is {', '.join(sorted(found)) or 'none'}."
        raise InputError(Problem(f"No participant has an attribute {name!r}.", remedy))
    return {claim: tuple(sorted(values)) for claim, values in found[name].items()}


def these(*studies: str) -> str:
    """The part of a query that binds `?study` to these IRIs."""
    return f"VALUES ?study {{ {' '.join(str(NamedNode(iri)) for iri in studies)} }}"


@dataclass(frozen=True, slots=True)
class Interview:
    """What coders found in one interview: codes and places, no words.

    Attributes:
        id: the IRI of the source.
        title: its name.
        roles, deliveries: of who speaks: IRIs.
        attributes: of who speaks, by name.
        codes: paths of the codes that it has.
        components, configurations: IRIs of what its codings support.
    """

    id: str
    title: str
    roles: tuple[str, ...]
    deliveries: tuple[str, ...]
    attributes: Mapping[str, str]
    codes: frozenset[str]
    components: frozenset[str]
    configurations: frozenset[str]


async def read_interviews(reading: Reading, study: Study) -> list[Interview]:
    """A study's interviews in the natural order of their names; those that were withdrawn are left out.

    Raises:
        InputError: the study has none.
        QueryError: see `Backend.query`.
    """
    casebook = await reading.casebook()
    bound = {"studies": these(study.id)}
    said: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for query in (_SOURCES, _CODES, _CLAIMS):
        for source, what, value in await reading.rows(query, bound):
            said[source][what].add(value)
    made = [
        Interview(
            id=source,
            title=min(parts["title"]),
            roles=tuple(sorted(parts["role"])),
            deliveries=tuple(sorted(parts["delivery"])),
            attributes=dict(sorted(text.split(": ", 1) for text in parts["attribute"] if ": " in text)),
            codes=frozenset(parts["code"]),
            components=frozenset(iri for iri in parts["claim"] if iri in casebook.components),
            configurations=frozenset(iri for iri in parts["claim"] if iri in casebook.configurations),
        )
        for source, parts in said.items()
        if parts["title"] and not parts["withdrawn"]
    ]
    if not made:
        raise InputError(
            Problem(
                f"{study.title!r} has no interviews.", "Name a study that was built from coded interviews."
            )
        )
    return sorted(made, key=lambda one: (natural(one.title), one.id))


async def read_passages(reading: Reading, study: Study) -> dict[str, Passages]:
    """By the IRI of a source: where its components are coded; what has no position, or may not be told, is left out.

    Raises:
        QueryError: see `Backend.query`.
    """
    found: defaultdict[str, defaultdict[str, set[tuple[int, int]]]] = defaultdict(lambda: defaultdict(set))
    for source, component, start, end in await reading.rows(_PASSAGES, {"studies": these(study.id)}):
        found[source][component].add((int(start), int(end)))
    return {
        source: {component: tuple(sorted(spans)) for component, spans in parts.items()}
        for source, parts in found.items()
    }


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts M2 before M10: runs of digits by their value."""
    parts = re.findall(r"[0-9]+|[^0-9]+", text.casefold())
    return tuple((0, int(part), "") if part[0] in "0123456789" else (1, 0, part) for part in parts)


def one_study(casebook: Casebook, name: str) -> Study:
    """The study of this name, or the only one that there is; raises InputError where neither is."""
    if name:
        return casebook.find_study(name)
    if len(casebook.studies) == 1:
        return next(iter(casebook.studies.values()))
    known = ", ".join(sorted(one.name for one in casebook.studies.values())[:12])
    raise InputError(Problem("Interviews are looked at one study at a time.", f"Name a study: {known}."))
