"""How much speaks for and against each claim, counted while the evidence is written."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cmograph.graph.people import Person
from cmograph.study import Stance, Study

__all__ = ["Claim", "Claims", "Support"]

Claim = tuple[str, str]
"""`component` or `configuration`, and its id."""


@dataclass(slots=True)
class Support:
    """What one stance on one claim rests on."""

    codings: int = 0
    people: dict[str, str] = field(default_factory=dict)
    """Participants by id, with the IRI of the role of each, or ""."""

    def by_role(self, roles: Iterable[str]) -> Counter[str]:
        """People by role: each role that anyone in the study has, "" for those whose role nobody says."""
        counts = Counter(dict.fromkeys(roles, 0))
        counts.update(self.people.values())
        return counts


class Claims:
    """What each code speaks for or against, and how much does."""

    def __init__(self, study: Study, roles: Iterable[str]) -> None:
        """Takes the code map, the evidence that the configurations name, and the roles that people have."""
        self.roles = tuple(sorted(set(roles)))
        self.support: dict[tuple[Claim, Stance], Support] = {}
        self._everywhere: defaultdict[tuple[str, ...], list[tuple[Claim, Stance]]] = defaultdict(list)
        self._there: defaultdict[tuple[tuple[str, ...], str], list[tuple[Claim, Stance]]] = defaultdict(list)
        for mapping in study.codes:
            if mapping.component:
                self._everywhere[mapping.path].append((("component", mapping.component), mapping.stance))
        for configuration in study.configurations:
            claim = ("configuration", configuration.id)
            for reference in configuration.evidence:
                if reference.code and reference.source:
                    self._there[reference.code, reference.source].append((claim, reference.stance))
                elif reference.code:
                    self._everywhere[reference.code].append((claim, reference.stance))
        self.unmet = {place for place in self._there if place[1] not in study.withdrawn}
        """The codes that a table names as evidence and no coding has been of yet: in a source, or in none ("")."""
        self.unmet |= {(code, "") for code in self._everywhere}

    def of(self, code: tuple[str, ...], source: str) -> tuple[tuple[Claim, Stance], ...]:
        """What a coding of this code in this source speaks for or against, each once."""
        self.unmet.discard((code, source))
        self.unmet.discard((code, ""))
        return tuple(dict.fromkeys((*self._everywhere.get(code, ()), *self._there.get((code, source), ()))))

    def count(self, claims: tuple[tuple[Claim, Stance], ...], person: Person) -> None:
        """Count one coding of what this person said."""
        for claim in claims:
            support = self.support.get(claim)
            if support is None:
                support = self.support[claim] = Support()
            support.codings += 1
            support.people[person.id] = person.role

    def __iter__(self) -> Iterator[tuple[Claim, Stance, Support]]:
        for (claim, stance), support in sorted(self.support.items()):
            yield claim, stance, support
