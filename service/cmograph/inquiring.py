"""The inquiries as commands: `cmograph profile --context …`, each made of its parameters."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, get_origin

import typer
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from cmograph.analysis.inquiries import INQUIRIES
from cmograph.analysis.inquiry import Findings, Inquiry, inquire
from cmograph.analysis.reading import Reading
from cmograph.sheets import columns_of, flatten, write_rows
from cmograph.terminal import notes, print_table

__all__ = ["Edition", "Opened", "StoreOption", "add_commands"]


class Edition(StrEnum):
    """Which edition of a release is read."""

    open = "open"
    restricted = "restricted"


class _Format(StrEnum):
    table = "table"
    json = "json"
    csv = "csv"


Opened = Callable[[Path | None, str], Any]
"""What opens an edition of a store: a context manager that gives a LocalBackend."""

StoreOption = Annotated[
    Path | None,
    typer.Option(
        "--store",
        help="The store's directory; by default CMOGRAPH_STORE, else the demonstration.",
        metavar="DIR",
    ),
]
_EDITION = typer.Option("--edition", help="open or restricted: keep what you get of that to yourself.")
_AS = typer.Option("--format", help="table, json, or csv with every IRI.")


def add_commands(app: typer.Typer, opened: Opened) -> None:
    """Give a command line one command an inquiry.

    Args:
        app: the command line.
        opened: opens an edition of a store.
    """
    for inquiry in INQUIRIES.values():
        app.command(
            inquiry.id, help=f"{inquiry.title}\n\n{inquiry.description}", rich_help_panel="Inquiries"
        )(_command(inquiry, opened))


def _command(inquiry: Inquiry, opened: Opened) -> Callable[..., None]:
    def command(
        store: Path | None, edition: Edition, format: _Format, **given: str | bool | list[str] | None
    ) -> None:
        values = {
            name: [str(value).lower()] if isinstance(value, bool) else value
            for name, value in given.items()
            if value
        }
        with opened(store, edition.value) as backend:
            found = backend.run(inquire(inquiry, Reading(backend.backend), values))
        _print(found, format)

    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_option(name, known))
        for name, known in inquiry.parameters.model_fields.items()
    ]
    shared = {
        "store": (StoreOption, None),
        "edition": (Annotated[Edition, _EDITION], Edition.open),
        "format": (Annotated[_Format, _AS], _Format.table),
    }
    options += [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in shared.items()
    ]
    command.__signature__ = inspect.Signature(options)  # type: ignore[attr-defined]
    return command


def _option(name: str, known: FieldInfo) -> Any:
    several = get_origin(known.annotation) is tuple
    # What takes one value is a list as well: a second is refused by name, where an option would keep the last.
    kind: Any = bool if known.annotation is bool else list[str]
    option = f"--{name.replace('_', '-')}"
    described = f"{known.description or ''}{' May be given again.' if several else ''}"
    return Annotated[kind | None, typer.Option(option, help=described, show_default=False)]


def _print(found: Findings, format: _Format) -> None:
    for notice in found.notices:
        notes.print(notice, style="yellow", soft_wrap=True)
    item = found.inquiry.item
    columns = columns_of(item, found.items[0] if found.items else None)
    if format is _Format.json:
        shape = TypeAdapter(list[item])  # type: ignore[valid-type]
        content = {"notices": list(found.notices), "items": shape.dump_python(list(found.items), mode="json")}
        typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
    elif format is _Format.csv:
        write_rows(sys.stdout, columns, map(flatten, found.items))
    else:
        columns = [name for name in columns if name != "id" and not name.endswith("_id")]
        print_table(columns, ([row.get(name, "") for name in columns] for row in map(flatten, found.items)))
