"""More of `agreements`: what is found across configurations, theories, studies and interviews."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from typing import Any

from cmograph.analysis.side_by_side import CLOSE, Kinds
from cmograph.analysis.things import Configuration
from cmograph.vocabulary import REALIST
from tests.analysis.agreements import ALL_STUDIES, INTERVIEWS, Both, Facts, agree, label_of

_SIGNED = {"good": REALIST.PositiveOutcome, "bad": REALIST.NegativeOutcome}


@agree("compare", "found-again", ALL_STUDIES)
def _(both: Both) -> Facts:
    found = {
        frozenset((one.configuration.id, one.other.id))
        for one in both.items("compare", relation="replicates")
    }
    kinds = ("context", "mechanism", "presence", "outcome", "effect")
    alike: defaultdict[object, set[tuple[str, str]]] = defaultdict(set)
    for *pattern, study, configuration in both.rows("found-again", *kinds, "study", "configuration"):
        alike[tuple(pattern)].add((study, configuration))
    pairs = [pair for several in alike.values() for pair in combinations(several, 2)]
    return found, {frozenset((one[1], other[1])) for one, other in pairs if one[0] != other[0]}


@agree("compare", "found-nowhere-else", ALL_STUDIES)
def _(both: Both) -> Facts:
    """The inquiry calls new also what has a mechanism like another's and nothing else in common with it."""
    kinds, held = Kinds(both.book), both.book.configurations.values()

    def is_like(one: Configuration, other: Configuration) -> bool:
        parts = (kinds.match(one.resources, other.resources), kinds.match(one.reasonings, other.reasonings))
        return one.study != other.study and not CLOSE.isdisjoint(parts)

    found = {one.id for one in held if not any(is_like(one, other) for other in held)}
    assert found <= {one.configuration.id for one in both.items("compare", relation="new")}
    return found, set(both.rows("found-nowhere-else", "configuration"))


@agree("transfer", "across-evaluations", ALL_STUDIES)
def _(both: Both) -> Facts:
    found = {
        (row.mechanism.label, row.presence, row.outcome.label, row.sign, row.holds_in, cell.study.id, len(cell.configurations))
        for row in both.items("transfer", least="1")
        for cell in row.cells
        if cell.configurations
    }  # fmt: skip
    columns = ("mechanism", "presence", "outcome", "sign", "evaluations", "study", "configurations")
    return found, set(both.rows("across-evaluations", *columns, times=1))


@agree("theories", "theory-history")
def _(both: Both) -> Facts:
    found = {
        (one.id, one.version or None, label_of(one.stage), label_of(one.revises), one.rationale or None, drawn, len(one.configurations))
        for one in both.items("theories")
        for drawn in one.substantive or (None,)
    }  # fmt: skip
    columns = ("theory", "version", "stage", "revises", "rationale", "substantive", "configurations")
    return found, set(both.rows("theory-history", *columns))


@agree("theory-changes", "theory-changes")
def _(both: Both) -> Facts:
    found = {
        (one.before.label, one.after.label, change, ref.id)
        for one in both.items("theory-changes")
        for change in ("added", "dropped", "kept")
        for ref in getattr(one, change)
    }
    return found, set(both.rows("theory-changes", "earlier", "later", "change", "configuration"))


@agree("reporting", "reporting-gaps")
def _(both: Both) -> Facts:
    """What only the authors can write the question leaves out, and so what data there are: of that they write the rest."""
    found = {
        (one.study.id, one.item, one.status)
        for one in both.items("reporting", missing="true")
        if one.item not in ("The programme", "Collecting and documenting data")
    }
    return found, set(both.rows("reporting-gaps", "study", "item", "status"))


@agree("confidence", "summary-of-findings")
def _(both: Both) -> Facts:
    parts = ("overall", "methodological_limitations", "coherence", "adequacy", "relevance")
    found = {
        (one.finding.id, *(label_of(getattr(one, part)) for part in parts), one.rationale)
        for one in both.items("confidence")
    }
    columns = ("overall", "methodologicalLimitations", "coherence", "adequacy", "relevance", "rationale")
    return found, set(both.rows("summary-of-findings", "configuration", *columns))


@agree("confidence", "not-yet-rated")
def _(both: Both) -> Facts:
    found = {one.finding.id for one in both.items("confidence", unrated="true")}
    return found, set(both.rows("not-yet-rated", "configuration"))


def _recurring(both: Both, level: str) -> list[Any]:
    """Regularities of reasoning that is there, and of outcomes that are good or bad by their kind."""
    return [
        one
        for one in both.items("regularities", level=level)
        if one.presence == "present"
        and both.is_below(one.mechanism.id, REALIST.Reasoning)
        and one.sign in _SIGNED
        and both.is_below(one.outcome.id, _SIGNED[one.sign])
    ]


@agree("regularities", "regularities")
def _(both: Both) -> Facts:
    """The question lists broader kinds too where they add nothing."""
    found = {
        (one.mechanism.label, one.outcome.label): (one.times, one.studies_count)
        for one in _recurring(both, "mechanism-outcome")
    }
    rows = {
        (reasoning, outcome): (times, studies)
        for reasoning, outcome, times, studies in both.rows(
            "regularities", "reasoning", "outcome", "configurations", "studies"
        )
    }
    for pair in rows.keys() - found.keys():
        assert any(_takes_in(both, pair, narrower) for narrower in found), pair
    return found, {pair: rows.get(pair) for pair in found}


def _takes_in(both: Both, pair: Iterable[str], narrower: Iterable[str]) -> bool:
    kinds = [(both.kind(one), both.kind(other)) for one, other in zip(pair, narrower, strict=True)]
    return all(one == other or both.is_below(other, one) for one, other in kinds)


@agree("regularities", "regularities-in-context", ALL_STUDIES)
def _(both: Both) -> Facts:
    """The question leaves out what is said of one context alone, and lists broader kinds where they add nothing."""
    components, configurations = both.book.components, both.book.configurations
    found = {}
    for one in _recurring(both, "full"):
        contexts = {
            part
            for ref in one.configurations
            for part in configurations[ref.id].contexts
            if one.context.id in components[part].kinds
        }
        if len(contexts) > 1:
            kinds = (one.context.label, one.mechanism.label, one.outcome.label)
            found[kinds] = {ref.id for ref in one.configurations}
    rows: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for *listed, configuration in both.rows(
        "regularities-in-context", "context", "reasoning", "outcome", "configuration"
    ):
        rows[tuple(listed)].add(configuration)
    return found, {kinds: rows.get(kinds) for kinds in found}


@agree("separators", "contexts-that-separate")
def _(both: Both) -> Facts:
    """The question leaves out a kind of context that is nobody's narrowest there, and lists those that add nothing."""
    book = both.book

    def is_own(one: Any) -> bool:
        found = [book.configurations[ref.id] for ref in (*one.good_in, *one.bad_in, *one.lacking_in)]
        kinds = [book.components[part].kinds for there in found for part in there.contexts]
        return any(one.context.id in book.most_specific(several) for several in kinds)

    found = {
        (one.mechanism.label, one.context.label): (one.goes_with, one.good, one.bad, len(one.lacking_in))
        for one in both.items("separators")
        if is_own(one)
    }
    columns = ("mechanism", "context", "goesWith", "helps", "harms", "missing")
    rows = {
        (mechanism, context): tuple(told)
        for mechanism, context, *told in both.rows("contexts-that-separate", *columns)
    }
    return found, {kinds: rows.get(kinds) for kinds in found}


@agree("truth-table", "truth-table")
def _(both: Both) -> Facts:
    conditions = ("social situation", "helpful comparison", "reference group")
    names = {both.kind(one).rpartition("#")[2]: one for one in conditions}
    found = {
        (
            frozenset(f"{names[name]} {value}" for name, value in row.condition.items()),
            row.cases,
            row.with_outcome,
            row.outcome,
        )
        for row in both.items("truth-table", condition=list(conditions), outcome="positive outcome")
    }
    rows = both.rows("truth-table", "conditions", "cases", "withOutcome", "value")
    return found, {(frozenset(said.split("; ")), *told) for said, *told in rows}


@agree("saturation", "coverage-by-interview", INTERVIEWS)
def _(both: Both) -> Facts:
    found = {
        (one.interview.label, one.codes, one.new_codes, one.configurations)
        for one in both.items("saturation")
    }
    return found, set(both.rows("coverage-by-interview", "source", "codes", "newCodes", "configurations"))


@agree("candidates", "candidate-decisions", INTERVIEWS)
def _(both: Both) -> Facts:
    """The question lists also what was decided on three that no interview joins, or that a configuration was made of."""
    found = {
        (one.context_wording, one.mechanism_wording, one.outcome_wording): (
            one.decision,
            one.by,
            one.date,
            one.reason,
        )
        for one in both.items("candidates", least="1", all="true")
    }
    columns = ("context", "mechanism", "outcome", "decision", "by", "date", "reason")
    rows = {row[:3]: row[3:] for row in both.rows("candidate-decisions", *columns)}
    return {three: told for three, told in found.items() if told[0]}, {
        three: told for three, told in rows.items() if three in found
    }
