"""What the casebook says of one study, as an analyst copied it out: kept for those that are looked at most."""

from __future__ import annotations

from collections import OrderedDict

from cmograph.analysis.casebook import Casebook
from cmograph.analysts.office import Analysts
from cmograph.analysts.tasks import Excerpt, read_excerpt
from cmograph.engine.backend import Backend
from cmograph.vocabulary import ID

__all__ = ["Excerpts"]

_KEPT = 32
_STUDY = f"{ID}study/"


class Excerpts:
    """The excerpts of an edition."""

    def __init__(self, backend: Backend, analysts: Analysts) -> None:
        """None is kept yet."""
        self._backend = backend
        self._analysts = analysts
        self._kept: OrderedDict[tuple[str, str], Casebook] = OrderedDict()

    async def of(self, iri: str) -> Casebook:
        """A casebook of the study that has this IRI, or that a thing with it belongs to; of none where it belongs to none.

        Raises:
            CmographError: see `Analysts.ask`.
        """
        study = _STUDY + iri.removeprefix(_STUDY).partition("/")[0] if iri.startswith(_STUDY) else ""
        if (kept := self._kept.get((self._backend.snapshot.tag, study))) is not None:
            self._kept.move_to_end((self._backend.snapshot.tag, study))
            return kept
        done = await self._analysts.ask(Excerpt(study))
        casebook = self._kept[done.snapshot.tag, study] = read_excerpt(done.body)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return casebook
