"""For each pair of an inquiry and a question: the facts that both say, from the one and from the other.

Where a question says less than its inquiry, the function leaves out what the table in `queries/README.md` says it leaves out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.inquiries import INQUIRIES
from cmograph.engine import LocalBackend
from cmograph.questions import Library, ask
from tests.analysis.conftest import Asking

__all__ = ["AGREEMENTS", "ALL_STUDIES", "INTERVIEWS", "LIBRARY", "Both", "Facts", "agree", "label_of"]

LIBRARY = Library.load()


class Both:
    """Asks inquiries and questions of one edition, about one study or, where that is "", about all."""

    def __init__(self, backend: LocalBackend, asking: Asking | None = None, study: str = "") -> None:
        self._backend, self._asking, self.study = backend, asking or Asking(backend), study

    def about(self, study: str) -> Both:
        """The same edition, asked about this study."""
        return Both(self._backend, self._asking, study)

    @property
    def book(self) -> Casebook:
        return self._asking.casebook()

    def items(self, id: str, **values: Any) -> list[Any]:
        """The answer of an inquiry."""
        takes = "study" in INQUIRIES[id].parameters.model_fields
        given = {"study": self.study} if self.study and takes else {}
        return list(self._asking(id, {**given, **values}).items)

    def rows(self, id: str, *columns: str, **values: Any) -> list[Any]:
        """The answer of a question: these columns of each row, or the cell where it is one; all by name without any."""
        given = {"study": self.study} if self.study else {}
        found = ask(self._backend, LIBRARY, id, {**given, **values}).records()
        if not columns:
            return list(found)
        return [
            row[columns[0]] if len(columns) == 1 else tuple(row[name] for name in columns) for row in found
        ]

    def kind(self, name: str) -> str:
        """The IRI of the kind that a question calls so."""
        return self.book.find_kind(name).id

    def is_below(self, kind: str, *above: str) -> bool:
        return not self.book.kinds[kind].above.isdisjoint(above)


Facts = tuple[Any, Any]
AGREEMENTS: dict[tuple[str, str], Callable[[Both], Facts]] = {}
ALL_STUDIES: set[tuple[str, str]] = set()
"""Pairs whose question counts over all studies, whichever is named."""
INTERVIEWS: set[tuple[str, str]] = set()
"""Pairs whose inquiry is of the interviews of one study."""


def agree(
    inquiry: str, question: str, among: set[tuple[str, str]] | None = None
) -> Callable[[Callable[[Both], Facts]], Callable[[Both], Facts]]:
    def note(facts: Callable[[Both], Facts]) -> Callable[[Both], Facts]:
        AGREEMENTS[inquiry, question] = facts
        if among is not None:
            among.add((inquiry, question))
        return facts

    return note


def label_of(ref: Any) -> str | None:
    return ref.label if ref else None


def _ids(refs: Iterable[Any]) -> set[str]:
    return {ref.id for ref in refs}


@agree("studies", "studies")
def _(both: Both) -> Facts:
    found = {
        (one.id, one.title, one.programme, one.place or None, one.publication or None, one.configurations)
        for one in both.items("studies")
        if both.study in ("", one.identifier)
    }
    columns = ("study", "title", "programme", "place", "publication", "configurations")
    return found, set(both.rows("studies", *columns))


@agree("studies", "interviewed")
def _(both: Both) -> Facts:
    found = {
        (one.id, part.role.label, part.people)
        for one in both.items("studies")
        if both.study in ("", one.identifier)
        for part in one.interviewed
    }
    return found, set(both.rows("interviewed", "study", "role", "people"))


@agree("configurations", "configurations")
def _(both: Both) -> Facts:
    found = {
        (one.id, one.title, one.if_clause or None, one.then_clause or None, one.because_clause or None)
        for one in both.items("configurations")
    }
    return found, set(both.rows("configurations", "configuration", "title", "if", "then", "because"))


@agree("configurations", "what-works")
def _(both: Both) -> Facts:
    return _ids(both.items("configurations", beneficial="true")), set(
        both.rows("what-works", "configuration")
    )


@agree("configurations", "harms")
def _(both: Both) -> Facts:
    return _ids(both.items("configurations", harmful="true")), set(both.rows("harms", "configuration"))


@agree("configurations", "absent-mechanisms")
def _(both: Both) -> Facts:
    found = {
        (one.id, part.label)
        for one in both.items("configurations", presence="absent")
        for part in (*one.resources, *one.reasonings)
    }
    return found, set(both.rows("absent-mechanisms", "configuration", "missing"))


@agree("configurations", "how-an-outcome-comes-about")
def _(both: Both) -> Facts:
    found = {(one.id, one.presence) for one in both.items("configurations", outcome="emotional wellbeing")}
    rows = both.rows("how-an-outcome-comes-about", "configuration", "presence", kind="emotional wellbeing")
    return found, set(rows)


@agree("configurations", "mitigations")
def _(both: Both) -> Facts:
    harmful = both.items("configurations", harmful="true")
    found = {(one.id, words) for one in harmful for words in one.mitigations}
    return found, set(both.rows("mitigations", "configuration", "mitigation"))


@agree("configurations", "unmitigated-harms")
def _(both: Both) -> Facts:
    harmful = both.items("configurations", harmful="true")
    return {one.id for one in harmful if not one.mitigations}, set(
        both.rows("unmitigated-harms", "configuration")
    )


@agree("configurations", "levels")
def _(both: Both) -> Facts:
    found = {(one.id, one.level.label) for one in both.items("configurations") if one.level}
    return found, set(both.rows("levels", "configuration", "level"))


@agree("configurations", "shared-by-both-modes")
def _(both: Both) -> Facts:
    found = {
        one.id
        for one in both.items("configurations")
        if {"one-to-one", "group"} <= {ref.label for ref in one.deliveries}
    }
    return found, set(both.rows("shared-by-both-modes", "configuration"))


@agree("configurations", "thin-evidence")
def _(both: Both) -> Facts:
    found = {
        (one.id, "too few people to show" if one.supports.withheld else "none")
        for one in both.items("configurations")
        if not one.supports.people and not one.supports.statements
    }
    return found, set(both.rows("thin-evidence", "configuration", "why"))


@agree("components", "outcomes")
def _(both: Both) -> Facts:
    found = {
        (one.id, one.label, len(one.outcome_of), len(one.context_of))
        for one in both.items("components", part="outcome")
    }
    return found, set(both.rows("outcomes", "outcome", "wording", "configurations", "onwards"))


@agree("components", "contexts")
def _(both: Both) -> Facts:
    social = {one.label for one in both.items("components", part="context", kind="social situation")}
    every = {one.label for one in both.items("components", part="context")}
    rows = both.rows("contexts", "context", kind="social situation")
    return (social, every), (set(rows), set(both.rows("contexts", "context")))


@agree("evidence", "published-statements")
def _(both: Both) -> Facts:
    found = {
        (one.about.id, one.stance, one.words, one.publication, one.locator or None, label_of(one.detail))
        for one in both.items("evidence", kind="statement")
        if one.about_kind == "configuration"
    }
    columns = ("configuration", "stance", "statement", "publication", "locator", "detail")
    return found, set(both.rows("published-statements", *columns))


@agree("evidence", "quotations", INTERVIEWS)
def _(both: Both) -> Facts:
    found = Counter(
        (one.about.id, one.stance, one.source, one.code, one.coder, label_of(one.role), one.words)
        for one in both.items("evidence", kind="coding")
        if one.about_kind == "configuration"
    )
    columns = ("about", "stance", "source", "code", "coder", "role", "quote")
    return found, Counter(both.rows("quotations", *columns))


def _claims(both: Both, **values: str) -> list[Any]:
    return [one for one in both.items("support", **values) if one.kind == "configuration"]


@agree("support", "strength-of-evidence")
def _(both: Both) -> Facts:
    found = {
        (one.claim.id, one.people, one.codings, one.withheld, one.statements)
        for one in _claims(both, stance="supports")
    }
    columns = ("configuration", "participantsFor", "codingsFor", "withheld", "statements")
    rows = both.rows("strength-of-evidence", *columns)
    return found, {
        (one, people or 0, codings or 0, bool(cut), said) for one, people, codings, cut, said in rows
    }


@agree("support", "contested-configurations")
def _(both: Both) -> Facts:
    people: dict[str, dict[str, int]] = defaultdict(dict)
    for one in _claims(both, contested="true"):
        people[one.claim.id][one.stance] = one.people
    rows = both.rows("contested-configurations", "configuration", "participantsFor", "participantsAgainst")
    return (
        {(one, told["supports"], told["refutes"]) for one, told in people.items()},
        {(one, told or 0, against or 0) for one, told, against in rows},
    )


@agree("support", "who-speaks-for-it")
def _(both: Both) -> Facts:
    found = {
        (one.claim.id, one.stance, part.role.label, part.people)
        for one in _claims(both)
        for part in one.roles
    }
    return found, set(both.rows("who-speaks-for-it", "configuration", "stance", "role", "people"))


@agree("support", "refined-configurations")
def _(both: Both) -> Facts:
    found = {one.claim.id for one in _claims(both, stance="refines")}
    return found, set(both.rows("refined-configurations", "configuration"))


@agree("support", "evidence-on-components")
def _(both: Both) -> Facts:
    found = {
        (one.claim.id, one.claim.label, one.stance, one.people, one.codings, one.withheld, one.statements)
        for one in both.items("support")
        if one.kind == "component"
    }
    columns = ("component", "words", "stance", "people", "codings", "withheld", "statements")
    rows = both.rows("evidence-on-components", *columns)
    return found, {
        (one, words, stance, people or 0, codings or 0, bool(cut), said)
        for one, words, stance, people, codings, cut, said in rows
    }


@agree("profile", "for-whom")
def _(both: Both) -> Facts:
    asked = {"context": "lack of social support", "role": "mother", "delivery": "group"}
    found = {
        (one.configuration.id, one.fit, len(one.matched), len(one.matched) + len(one.unknown))
        for one in both.items("profile", **asked)
        if one.matched
    }
    columns = ("configuration", "fit", "holding", "contexts")
    return found, set(
        both.rows("for-whom", *columns, context="lack of social support", who="mother", mode="group")
    )


def _change(both: Both, change: str) -> set[str]:
    found = both.items("counterfactual", delivery="one-to-one", to_delivery="group")
    return {one.configuration.id for one in found if one.change == change}


@agree("counterfactual", "only-in-groups")
def _(both: Both) -> Facts:
    return _change(both, "gained"), set(both.rows("only-in-groups", "configuration"))


@agree("counterfactual", "only-one-to-one")
def _(both: Both) -> Facts:
    return _change(both, "lost"), set(both.rows("only-one-to-one", "configuration"))


def _paths(both: Both, **values: str) -> list[list[Any]]:
    return [list(chain.steps) for chain in both.items("chains", **values)]


@agree("chains", "ripples")
def _(both: Both) -> Facts:
    found = {
        (one.configuration.id, after.via.label, after.configuration.id)
        for steps in _paths(both)
        for one, after in pairwise(steps)
    }
    return found, set(both.rows("ripples", "configuration", "link", "next"))


@agree("chains", "chains-of-three")
def _(both: Both) -> Facts:
    paths = [[step.configuration.id for step in steps] for steps in _paths(both)]
    threes = {tuple(path[place : place + 3]) for path in paths for place in range(len(path) - 2)}
    rows = both.rows("chains-of-three", "start", "middle", "last")
    return {three for three in threes if len(set(three)) == 3}, set(rows)


@agree("chains", "where-a-chain-leads")
def _(both: Both) -> Facts:
    rows = set(both.rows("where-a-chain-leads", "start", "reached"))
    found = {
        (start, step.configuration.id)
        for start in {one for one, _ in rows}
        for steps in _paths(both, start=start)
        for step in steps[1:]
    }
    return found, rows


@agree("chains", "self-reinforcing")
def _(both: Both) -> Facts:
    circles = set()
    for chain in both.items("chains"):
        path = [step.configuration.id for step in chain.steps]
        if chain.circle:
            circles.update(path[path.index(path[-1]) :])
    return circles, set(both.rows("self-reinforcing", "configuration"))


@agree("chains", "compounding-harm")
def _(both: Both) -> Facts:
    found = {
        (one.configuration.id, after.configuration.id)
        for steps in _paths(both)
        for one, after in pairwise(steps)
        if one.harmful and after.harmful
    }
    return found, set(both.rows("compounding-harm", "configuration", "next"))
