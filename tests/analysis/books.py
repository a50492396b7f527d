"""Small casebooks made by hand, for tests that need to see the whole of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.things import Component, Configuration, Kind, Study, Tally
from cmograph.engine.editions import Snapshot
from cmograph.vocabulary import REALIST

__all__ = ["STUDY", "book", "component", "configuration", "study"]

STUDY = "https://example.org/study/s"
_LABELS = {
    f"{REALIST.NS}MicroLevel": "micro level",
    "https://example.org/role/mother": "mother",
    "https://example.org/role/volunteer": "volunteer",
    "https://example.org/mode/group": "group",
    "https://example.org/mode/one": "one-to-one",
}


def study(iri: str = STUDY, title: str = "A synthetic study") -> Study:
    return Study(
        iri, iri.rpartition("/")[2], title, "", "2026-01-01", "", "en", ("A",), True, "", "", "P", "", {}
    )


def component(
    name: str, kinds: Iterable[str] = (), of: str = STUDY, evidence: Mapping[str, Tally] | None = None
) -> Component:
    return Component(
        f"{of}/component/{name}",
        name,
        of,
        name.replace("-", " "),
        frozenset(kinds),
        "",
        "",
        "",
        evidence or {},
    )


def configuration(
    name: str,
    contexts: Sequence[str] = (),
    mechanism: Sequence[str] = (),
    outcomes: Sequence[str] = (),
    *,
    of: str = STUDY,
    people: int = 0,
    against: int = 0,
    harmful: bool = False,
    absent: bool = False,
    deliveries: Sequence[str] = (),
    not_reported: Sequence[str] = (),
    roles: Sequence[str] = (),
    mitigations: Sequence[str] = (),
) -> Configuration:
    """A configuration whose mechanism is of reasonings, its components named by their ids."""
    evidence = {}
    if people:
        evidence["supports"] = Tally(people=people, codings=people)
    if against:
        evidence["refutes"] = Tally(people=against, codings=against)
    kind = REALIST.HarmfulConfiguration if harmful else REALIST.BeneficialConfiguration
    contexts, mechanism, outcomes = (
        tuple(f"{of}/component/{one}" for one in names) for names in (contexts, mechanism, outcomes)
    )
    return Configuration(
        id=f"{of}/configuration/{name}",
        name=name,
        study=of,
        title=f"Title of {name}",
        if_clause=f"If {name}",
        then_clause="then",
        because_clause="because",
        contexts=tuple(contexts),
        resources=(),
        reasonings=tuple(mechanism),
        outcomes=tuple(outcomes),
        mechanism=f"{of}/configuration/{name}/mechanism",
        absent=absent,
        polarity=REALIST.Negative if harmful else REALIST.Positive,
        level="",
        kinds=frozenset({REALIST.Configuration, kind}),
        deliveries=tuple(deliveries),
        not_reported=tuple(not_reported),
        roles=tuple(roles),
        mitigations=tuple(mitigations),
        theories=(),
        evidence=evidence,
        wording_status="",
        detail="",
        source="",
        locator="",
        extractor="",
        note="",
    )


def book(
    configurations: Iterable[Configuration],
    components: Iterable[Component] = (),
    kinds: Iterable[Kind] = (),
    studies: Iterable[Study] | None = None,
) -> Casebook:
    """A casebook of these; a component that is only named by a configuration is made without a kind."""
    held = sorted(configurations, key=lambda one: (one.study, one.id))
    known = {one.id: one for one in components}
    for one in held:
        for iri in one.components:
            known.setdefault(iri, component(iri.rpartition("/")[2], of=one.study))
    listed = (
        studies
        if studies is not None
        else [study(iri) for iri in sorted({one.study for one in held} | {STUDY})]
    )
    return Casebook(
        Snapshot(None, "0001", "open", "0" * 12),
        {one.id: one for one in listed},
        dict(sorted(known.items())),
        {one.id: one for one in held},
        {},
        {},
        {},
        {one.id: one for one in kinds},
        _LABELS,
        {
            REALIST.ActorRole: frozenset(iri for iri in _LABELS if "/role/" in iri),
            REALIST.DeliveryMode: frozenset(iri for iri in _LABELS if "/mode/" in iri),
        },
    )
