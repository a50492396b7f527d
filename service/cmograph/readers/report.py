"""What a reader saw, kept, downgraded and dropped: counts that add up, and findings with their place.

REFI-QDA 1.5, section 7, asks an importer to name what it discards. A report holds no participant's words
and no coder's name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field

from cmograph.corpus import Verification
from cmograph.errors import Problem

__all__ = ["ReadReport", "Tally"]

_MANY = 1000


@dataclass(slots=True)
class Tally:
    """Counts of one kind of thing. `seen` is `kept` + `dropped`; what is downgraded is kept, but less sure."""

    kept: int = 0
    downgraded: int = 0
    dropped: int = 0

    @property
    def seen(self) -> int:
        """How many there were."""
        return self.kept + self.dropped


@dataclass(slots=True)
class ReadReport:
    """The report of one reading. It is complete when the sources have been used up.

    Attributes:
        file: the coded file's name.
        tallies: counts by kind: "code", "coder", "source", "coding", "case", "memo", "set", "link", …
        verification: how many codings are how sure.
        findings: what a person should know, each with its place and remedy; at most 1,000 are kept.
        unsaid: how many further findings there were.
        decisions: how many sources' positions follow which rule, by habit or by evidence.
        reasons: for each source with positions, the rule that they follow and why.
    """

    file: str
    tallies: dict[str, Tally] = field(default_factory=dict)
    verification: Counter[Verification] = field(default_factory=Counter)
    findings: list[Problem] = field(default_factory=list)
    unsaid: int = 0
    decisions: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, str] = field(default_factory=dict)
    _before: tuple[dict[str, Tally], int, int] | None = None

    def keep(self, kind: str, count: int = 1) -> None:
        """Count things that are kept as they are."""
        self._tally(kind).kept += count

    def downgrade(self, kind: str, what: str, remedy: str = "", row: int | None = None) -> None:
        """Count a thing that is kept but less sure; `keep` counts it as kept."""
        self._tally(kind).downgraded += 1
        self.find(what, remedy, row)

    def drop(self, kind: str, what: str, remedy: str = "", row: int | None = None, count: int = 1) -> None:
        """Count things that cannot be kept, and say which."""
        self._tally(kind).dropped += count
        self.find(what, remedy, row)

    def find(self, what: str, remedy: str = "", row: int | None = None) -> None:
        """Note what a person should know; `row` is the line of the file's XML where it stands."""
        if len(self.findings) < _MANY:
            self.findings.append(Problem(what, remedy, self.file, row))
        else:
            self.unsaid += 1

    def verified(self, state: Verification) -> None:
        """Count a coding by how sure its quote is."""
        self.verification[state] += 1

    def begin_sources(self) -> None:
        """Forget an earlier pass over the sources, as one begins anew; what was found before it stays."""
        if self._before is None:
            self._before = (deepcopy(self.tallies), len(self.findings), self.unsaid)
            return
        tallies, findings, self.unsaid = self._before
        self.tallies = deepcopy(tallies)
        del self.findings[findings:]
        self.verification.clear()
        self.decisions.clear()
        self.reasons.clear()

    def sentences(self) -> Iterator[str]:
        """The report in sentences, for people."""
        for kind, tally in sorted(self.tallies.items()):
            parts = [f"{tally.seen} seen", f"{tally.kept} kept"]
            parts += [f"{tally.downgraded} of them less sure"] if tally.downgraded else []
            parts += [f"{tally.dropped} dropped"] if tally.dropped else []
            yield f"{self.file}: {kind}s: {', '.join(parts)}."
        if self.verification:
            states = (
                f"{state.value} {count}" for state, count in sorted(self.verification.items(), key=_by_name)
            )
            yield f"{self.file}: quotes: {', '.join(states)}."
        for decision, count in sorted(self.decisions.items()):
            yield f"{self.file}: positions of {count} source{'s' * (count > 1)}: {decision}."
        yield from (str(finding) for finding in self.findings)
        if self.unsaid:
            yield f"{self.file}: {self.unsaid} further findings of the same kinds."

    def _tally(self, kind: str) -> Tally:
        return self.tallies.setdefault(kind, Tally())


def _by_name(item: tuple[Verification, int]) -> str:
    return item[0].value
