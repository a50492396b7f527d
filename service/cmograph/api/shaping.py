"""`fields` and `sort`: which parts of an item are given out, and in which order the items come."""

from __future__ import annotations

import dataclasses
from typing import Any

from starlette.datastructures import QueryParams

from cmograph.analysts.shaping import Shape

__all__ = ["openapi_parameters", "shape_of"]


def shape_of(query: QueryParams, item: type) -> Shape:
    """What the URL says of items of a dataclass; see `Shape.of`."""
    return Shape.of(query.getlist("fields"), query.getlist("sort"), item)


def openapi_parameters(item: type) -> list[dict[str, Any]]:
    """How `fields` and `sort` are documented."""
    names = [field.name for field in dataclasses.fields(item)]
    listed = {
        "fields": "Only these parts of each item, separated by commas; its id is always there.",
        "sort": "By these parts, separated by commas; one that begins with a minus descends.",
    }
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": f"{described} There is {', '.join(names)}.",
            "schema": {"type": "string"},
        }
        for name, described in listed.items()
    ]
