"""Which parts of an inquiry's items are wanted, and in which order the items come."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from cmograph.errors import InputError, Problem, nearest

__all__ = ["Shape"]

_ALWAYS = "id"


@dataclass(frozen=True, slots=True)
class Shape:
    """How items are given out.

    Attributes:
        fields: the fields that are wanted; empty for all.
        sort: fields to sort by, each with whether it is descending.
    """

    fields: tuple[str, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()

    @classmethod
    def of(cls, fields: Sequence[str], sort: Sequence[str], item: type) -> Self:
        """What is asked of items of a dataclass: names separated by commas; to sort by, with a minus to descend.

        Raises:
            InputError: there is no such field, or it cannot be sorted by; suggests the nearest.
        """
        known = [field.name for field in dataclasses.fields(item)]
        wanted = _listed(fields)
        _check("fields", wanted, known)
        if wanted and _ALWAYS in known and _ALWAYS not in wanted:
            wanted = (_ALWAYS, *wanted)  # an item without its identity is of no use
        by = tuple((name.lstrip("-+"), name.startswith("-")) for name in _listed(sort))
        _check("sort", [name for name, _ in by], known)
        return cls(wanted, by)

    def sorted(self, items: Sequence[Any]) -> Sequence[Any]:
        """The items in order: stable, so that what is equal stays as it was; what is empty comes last."""
        for name, descending in reversed(self.sort):
            keyed = [(_key(getattr(item, name)), item) for item in items]
            some = [pair for pair in keyed if pair[0] is not None]
            some.sort(key=lambda pair: pair[0], reverse=descending)
            items = [item for _, item in some] + [item for key, item in keyed if key is None]
        return items

    def keeps(self, column: str) -> bool:
        """Whether a column of a flat table belongs to a wanted part."""
        return not self.fields or any(column == name or column.startswith(f"{name}_") for name in self.fields)

    def pick(self, item: Mapping[str, Any]) -> Mapping[str, Any]:
        """The wanted parts of an item."""
        return {name: item[name] for name in self.fields} if self.fields else item


def _listed(given: Sequence[str]) -> tuple[str, ...]:
    entries = (entry.strip() for text in given for entry in text.split(","))
    return tuple(dict.fromkeys(entry for entry in entries if entry))


def _check(parameter: str, names: Sequence[str], known: Sequence[str]) -> None:
    problems = [
        Problem(
            f"{parameter}: there is no {name!r}.", nearest(name, known) or f"There is {', '.join(known)}."
        )
        for name in names
        if name not in known
    ]
    if problems:
        raise InputError(*problems)


def _key(value: Any) -> Any:
    """By what a value is sorted: a thing by its words, several by how many, text whatever its case; None where it is empty."""
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return _key(getattr(value, "label" if "label" in names else names[0]))
    if isinstance(value, (tuple, list, frozenset, Mapping)):
        return len(value)
    return (value.casefold() or None) if isinstance(value, str) else value
