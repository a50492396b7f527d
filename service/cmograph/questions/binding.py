"""Values of parameters → the text of a query: the only place where what a user gives meets SPARQL.

A value never becomes text of the query. It becomes a typed RDF term, the engine's own library writes that
term down, and it replaces the inside of one marked block. pyoxigraph's `substitutions` is not used: it is
wrong for variables that are not projected, and silently wrong in sub-selects.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pyoxigraph import Literal, NamedNode

from cmograph.errors import InputError, Problem, nearest
from cmograph.questions.header import Parameter
from cmograph.questions.library import PARAMETER_BLOCK, Question

__all__ = ["Names", "Value", "bind", "needs_names"]

Value = str | int | bool
"""What a user gives: text from a URL or a command line, or a value from Python."""

Names = Mapping[str, Mapping[str, tuple[str, ...]]]
"""For what a parameter's values are named among (`Parameter.names`): the names, and the IRIs that go by each."""

_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_ABSOLUTE = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]*://|urn:)")


def bind(
    question: Question, values: Mapping[str, Value | Sequence[Value]], names: Names | None = None
) -> str:
    """The question's query with these values in it; what is not given, or empty, keeps its default.

    Args:
        question: the question.
        values: by the parameter's name, one value or several (any of them may hold).
        names: by which an IRI may be given instead; see `needs_names`.

    Raises:
        InputError: no such parameter, or a value that its type does not take; suggests the nearest.
    """
    parameters = question.header.parameters
    problems: list[Problem] = []
    blocks: dict[str, str] = {}
    for name, given in values.items():
        if name not in parameters:
            remedy = nearest(name, list(parameters)) or _offer(list(parameters))
            problems.append(Problem(f"The question {question.id} has no parameter {name!r}.", remedy))
            continue
        terms = []
        for value in _several(given):
            try:
                terms.append(_term(question, parameters[name], value, names or {}))
            except _Unfit as unfit:
                problems.append(Problem(f"{name}: {unfit.what}", unfit.remedy))
        if terms:
            blocks[name] = " ".join(terms)
    if problems:
        raise InputError(*problems)

    def replace(block: re.Match[str]) -> str:
        name = block["name"]
        return f"VALUES ?{name} {{ {blocks[name]} }}{block['mark']}" if name in blocks else block[0]

    # One pass over the text as it was written: what is put in is never read again.
    return PARAMETER_BLOCK.sub(replace, question.text)


def needs_names(question: Question, values: Mapping[str, Value | Sequence[Value]]) -> set[str]:
    """The `Parameter.names` that must be known to bind these values: empty where every IRI is given in full."""
    return {
        parameter.names
        for name, parameter in question.header.parameters.items()
        if parameter.type == "iri" and parameter.names
        for value in _several(values.get(name, ()))
        if _full_iri(question, str(value)) is None
    }


class _Unfit(Exception):
    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


def _several(given: Value | Sequence[Value]) -> list[Value]:
    values = [given] if isinstance(given, str | int) else list(given)
    return [value for value in values if value != ""]


def _term(question: Question, parameter: Parameter, value: Value, names: Names) -> str:
    if parameter.type == "iri":
        return " ".join(map(str, _iris(question, parameter, str(value).strip(), names)))
    if parameter.type == "integer":
        try:
            return str(Literal(int(value)))
        except (ValueError, OverflowError):
            raise _Unfit(f"{value!r} is not a whole number.") from None
    if parameter.type == "boolean":
        known = value if isinstance(value, bool) else _BOOLEANS.get(str(value).strip().lower())
        if known is None:
            raise _Unfit(f"{value!r} is neither true nor false.", "Write true or false.")
        return str(Literal(known))
    try:
        return str(Literal(str(value)))
    except ValueError:  # half a surrogate pair
        raise _Unfit("The text holds what is not a character.") from None


def _full_iri(question: Question, value: str) -> str | None:
    value = value.strip()
    if value.startswith("<") and value.endswith(">"):
        value = value[1:-1]
    expanded = question.expand(value)
    return expanded if expanded != value or _ABSOLUTE.match(value) else None


def _iris(question: Question, parameter: Parameter, value: str, names: Names) -> list[NamedNode]:
    """The IRI that is given, or all that go by the name: several studies may have a configuration C01."""
    iri = _full_iri(question, value)
    iris: tuple[str, ...] = () if iri is None else (iri,)
    if iri is None:
        known = names.get(parameter.names or "", {})
        iris = known.get(value.lower(), ())
        if not iris:
            # Of several names the first.
            one_each = {one: name for name, several in reversed([*known.items()]) for one in several}
            remedy = nearest(value, list(known)) or _offer([*{*one_each.values()}]) or "Give the whole IRI."
            raise _Unfit(f"{value!r} names nothing here.", remedy)
    try:
        return [NamedNode(one) for one in iris]
    except ValueError as error:
        raise _Unfit(f"{value!r} is not an IRI: {error}.") from None


def _offer(known: list[str]) -> str:
    shown = sorted(known)[:8]
    return f"There is {', '.join(shown)}{' …' if len(known) > len(shown) else ''}." if shown else ""
