"""A deadline, and a count of how what runs under it ends."""

from __future__ import annotations

import asyncio
from collections import Counter
from types import TracebackType

from cmograph.errors import Problem, QueryTimeout, QueryTooLarge

__all__ = ["Deadline"]

_ENDS: dict[type[BaseException], str] = {QueryTooLarge: "memory", asyncio.CancelledError: "left"}


class Deadline:
    """Ends what runs within it; `async with` raises QueryTimeout where the time was up."""

    def __init__(self, seconds: float, tally: Counter[str], well: str) -> None:
        """Begins when it is entered.

        Args:
            seconds: until then.
            tally: where its end is counted: as `deadline`, `memory` or `left`, or as `failed`.
            well: what a good end is counted as.
        """
        self._seconds = seconds
        self._tally = tally
        self._well = well
        self._timeout = asyncio.timeout(seconds)

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        end = self._well if kind is None else _ENDS.get(kind, "failed")
        try:
            await self._timeout.__aexit__(kind, error, traceback)
        except TimeoutError:
            end = "deadline"
            raise QueryTimeout(
                Problem(
                    f"There was no answer within {self._seconds:g} s.", "Ask for less, or ask again later."
                )
            ) from None
        finally:
            self._tally[end] += 1
