"""One of the realist's questions as a thing: from it come a REST route, a command, and their documentation."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from cmograph.analysis.reading import Reading
from cmograph.engine.editions import Snapshot
from cmograph.errors import InputError, Problem, QueryRefused, nearest

__all__ = ["Findings", "Inquiry", "Parameters", "inquire"]

Values = Mapping[str, str | Sequence[str]]
"""What is given: by a parameter's name, one text or several."""


class Parameters(BaseModel):
    """What an inquiry is narrowed by. Each field has a description; one of `tuple[str, ...]` may be given repeatedly."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    together: ClassVar[frozenset[str]] = frozenset()
    """Of those that may be given repeatedly, the ones whose values all count; of others any does."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question that takes more than SPARQL to answer.

    Attributes:
        id: the name of its route and of its command.
        title: what it asks, in a sentence that ends in a question mark.
        description: what its answer is, and how to read it.
        parameters: what narrows it.
        item: the dataclass of one item of its answer: texts, numbers, `Ref`s, and tuples or dataclasses of them.
        work: answers it; takes a reading and the parameters.
        example: values that find something in the demonstration.
        edition: the edition that holds what it needs.
    """

    id: str
    title: str
    description: str
    parameters: type[Parameters]
    item: type
    work: Callable[[Reading, Any], Awaitable[Sequence[Any]]]
    example: Values = field(default_factory=dict)
    edition: str = "open"


@dataclass(frozen=True, slots=True)
class Findings:
    """The answer to an inquiry.

    Attributes:
        inquiry: what was asked.
        items: of the inquiry's kind, in its order; some are made only when they are looked at.
        synthetic: the title of each synthetic study of the release, by IRI.
        snapshot: the release and the edition that it is drawn from.
    """

    inquiry: Inquiry
    items: Sequence[Any]
    synthetic: Mapping[str, str]
    snapshot: Snapshot

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences that must be shown with the items, above all which studies are synthetic."""
        return self.notices_of(self.items)

    def notices_of(self, items: Sequence[Any]) -> tuple[str, ...]:
        """The sentences that must be shown with some of the items."""
        found = {text for text in _texts(items) if text.startswith(("https://", "http://"))}
        named = {whole for text in found for whole in _wholes(text)}
        return tuple(
            f"Synthetic data: the interviews of “{title}” were invented to show what cmograph does. "
            "No conclusion about people can be drawn from them."
            for study, title in self.synthetic.items()
            if study in named
        )


async def inquire(inquiry: Inquiry, reading: Reading, values: Values | None = None) -> Findings:
    """Ask.

    Args:
        inquiry: what is asked.
        reading: of the edition that is asked.
        values: by parameter, as a URL or a command line gives them.

    Raises:
        InputError: no such parameter, or a value that it does not take; suggests the nearest.
        QueryRefused: the edition does not hold what the inquiry needs.
        QueryError: see `Backend.query`.
    """
    parameters = _read_parameters(inquiry, values or {})
    if inquiry.edition == "restricted" and reading.backend.snapshot.edition == "open":
        raise QueryRefused(
            Problem(
                f"{inquiry.id} needs what only the restricted edition holds.",
                "Ask with a token whose scope is restricted, or with --edition restricted where the store is.",
            )
        )
    casebook = await reading.casebook()
    items = await inquiry.work(reading, parameters)
    synthetic = {study.id: study.title for study in casebook.studies.values() if study.synthetic}
    return Findings(inquiry, items, synthetic, casebook.snapshot)


def _read_parameters(inquiry: Inquiry, values: Values) -> Parameters:
    known = inquiry.parameters.model_fields
    problems = []
    read: dict[str, object] = {}
    for name, given in values.items():
        name = name.replace("-", "_")
        if name not in known:
            remedy = nearest(name, list(known)) or f"It takes {', '.join(known) or 'none'}."
            problems.append(Problem(f"{inquiry.id} has no parameter {name!r}.", remedy))
            continue
        several = [given] if isinstance(given, str) else list(given)
        several = [text for text in several if text.strip()]
        if get_origin(known[name].annotation) is tuple:
            read[name] = tuple(several)
        elif len(several) > 1:
            problems.append(Problem(f"{name}: it takes one value, not {len(several)}.", "Keep one of them."))
        elif several:
            read[name] = several[0]
    if not problems:
        try:
            return inquiry.parameters.model_validate(read)
        except ValidationError as error:
            for wrong in error.errors(include_url=False):
                name = ".".join(map(str, wrong["loc"])) or inquiry.id
                remedy = known[name].description or "" if name in known else ""
                problems.append(Problem(f"{name}: {wrong['msg']}.", remedy))
    raise InputError(*problems)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value):
        for one in dataclasses.fields(value):
            yield from _texts(getattr(value, one.name))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, (Sequence, frozenset)):
        for inner in value:
            yield from _texts(inner)


def _wholes(iri: str) -> Iterator[str]:
    """An IRI, and those of what it may be a part of: each that ends before a slash."""
    yield iri
    while "/" in iri:
        iri = iri.rpartition("/")[0]
        yield iri
