"""The items of an answer, with what belongs to them."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from cmograph.client.refusals import ServiceError
from cmograph.errors import Problem

__all__ = ["Rows"]


class Rows(list[dict[str, Any]]):
    """The items of an answer.

    Attributes:
        notices: sentences that must be shown with them, above all which studies are synthetic.
        release, edition: what they are drawn from.
    """

    def __init__(
        self,
        items: Sequence[dict[str, Any]],
        notices: Sequence[str] = (),
        release: str = "",
        edition: str = "",
    ) -> None:
        super().__init__(items)
        self.notices: tuple[str, ...] = ()
        self.tell(notices, release, edition)

    def tell(self, notices: Sequence[str], release: str, edition: str) -> None:
        """Note what must be shown with the items, beside what must already, and what they are drawn from."""
        self.notices = tuple(dict.fromkeys((*self.notices, *notices)))
        self.release, self.edition = release, edition

    def frame(self) -> Any:
        """The items as a pandas DataFrame, whose `attrs` hold the notices, the release and the edition.

        A column a field, a part's parts as `part_field`. A thing has two columns: its words, and `…_id` with its IRI;
        several things have a list in each.

        Raises:
            ServiceError: pandas is not installed.
        """
        try:
            pandas = importlib.import_module("pandas")
        except ImportError as error:
            raise ServiceError(
                Problem("pandas is not installed.", "Install it: pip install pandas")
            ) from error
        rows = [_row(item) for item in self]
        several = {column for row in rows for column, value in row.items() if isinstance(value, list)}
        for row in rows:  # of no things there are no IRIs: a list too, and no gap
            row |= {column: [] for column in several - row.keys() if _of_nothing(row, column)}
        table = pandas.DataFrame(rows)
        table.attrs.update(notices=list(self.notices), release=self.release, edition=self.edition)
        return table


def _row(item: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """An item in columns, as tables have it (`cmograph.sheets.flatten`), but what is several stays a list."""
    row: dict[str, Any] = {}
    for name, value in item.items():
        here = before + name
        if _is_thing(value):
            row |= {here: value["label"]} | _row(_but_label(value), f"{here}_")
        elif isinstance(value, dict):
            row |= _row(value, f"{here}_")
        elif isinstance(value, list) and value and all(map(_is_thing, value)):
            row[here] = [one["label"] for one in value]
            row |= {f"{here}_{field}": [one[field] for one in value] for field in _but_label(value[0])}
        else:
            row[here] = value
    return row


def _of_nothing(row: Mapping[str, Any], column: str) -> bool:
    """Whether a column would tell more of things, of which the row has none."""
    return any(row.get(column[:place]) == [] for place, letter in enumerate(column) if letter == "_")


def _is_thing(value: object) -> bool:
    return isinstance(value, dict) and value.keys() >= {"id", "label"}


def _but_label(thing: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in thing.items() if name != "label"}
