"""The header of a question file: lines that begin with `#+ ` and are one YAML document together.

The form is grlc's (https://github.com/CLARIAH/grlc); the types, the strictness and the safe binding are ours.
"""

from __future__ import annotations

from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cmograph.errors import InputError, Problem

__all__ = ["Column", "Header", "Parameter", "read_header"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Parameter(_Strict):
    """What a question can be narrowed by.

    Attributes:
        type: `iri`, `string`, `integer` or `boolean`.
        class_: for an IRI, the class whose members or subclasses it is one of, as a CURIE; they can be
            given by name.
        kinds_of: for an IRI, the class whose subclasses alone it is one of, likewise.
        description: what it does.
        example: a value to try.
    """

    type: Literal["iri", "string", "integer", "boolean"]
    class_: str | None = Field(None, alias="class")
    kinds_of: str | None = None
    description: str
    example: str | int | bool | None = None

    @model_validator(mode="after")
    def _is_named_one_way(self) -> Self:
        if self.class_ and self.kinds_of:
            raise ValueError("It is of a class, or a kind of one: give class or kinds_of")
        return self

    @property
    def names(self) -> str | None:
        """Among which names its values can be given: those of a class, or, with a `+`, of the kinds below it."""
        return f"{self.kinds_of}+" if self.kinds_of else self.class_


class Column(_Strict):
    """What one column of the answer holds."""

    type: Literal["iri", "string", "integer", "decimal", "boolean", "date", "dateTime"]
    description: str


class Header(_Strict):
    """What a question is, asks for and answers with.

    Attributes:
        id: its name in commands and URLs; the file is `cq-NN-ID.rq`.
        title: the question, as a person asks it.
        description: what the answer holds and how it is found.
        realist: what a realist researcher uses it for.
        edition: the edition that holds what it needs.
        parameters: by the name of the variable they bind.
        columns: by the name of the variable they show, in the order of the query's SELECT.
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str
    description: str
    realist: str
    edition: Literal["open", "restricted"] = "open"
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    columns: dict[str, Column]


def read_header(text: str, file: str) -> Header:
    """Read the header of a question's text.

    Raises:
        InputError: it has none, or not one that a question needs; names the file.
    """
    lines = [line.removeprefix("#+").removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    if not lines:
        raise InputError(Problem("There is no header.", "Begin the file with `#+ id: …` lines.", file))
    try:
        return Header.model_validate(yaml.safe_load("\n".join(lines)))
    except yaml.YAMLError as error:
        raise InputError(Problem(f"The header is not YAML: {error}", "", file)) from error
    except ValidationError as error:
        raise InputError(
            *(
                Problem(f"{'.'.join(map(str, wrong['loc'])) or 'The header'}: {wrong['msg']}.", "", file)
                for wrong in error.errors(include_url=False)
            )
        ) from error
