"""Long answers of which a page is looked at: an item is made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, overload

__all__ = ["Lazy"]


class Lazy(Sequence[Any]):
    """What is made of some things: a page of a hundred of it does not pay for all."""

    def __init__(self, things: Sequence[Any], record: Callable[[Any], Any]) -> None:
        self._things = things
        self._record = record

    def __len__(self) -> int:
        return len(self._things)

    @overload
    def __getitem__(self, place: int) -> Any: ...
    @overload
    def __getitem__(self, place: slice) -> list[Any]: ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return [self._record(thing) for thing in self._things[place]]
        return self._record(self._things[place])
