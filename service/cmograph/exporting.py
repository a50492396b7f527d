"""`cmograph export`: studies in the formats of other tools, on standard output or in a file that is whole or not there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cmograph.analysis.reading import Reading
from cmograph.errors import InputError, Problem
from cmograph.exports import EXPORTS, export_named, write_export
from cmograph.inquiring import Edition, Opened
from cmograph.terminal import notes, print_table, write_file

__all__ = ["add_export"]

_HELP = (
    "Give out studies in the format of another tool.\n\n"
    "For example: `cmograph export eppi --study synthetic-demonstration -o evidence.json`\n\n"
    "The formats:\n\n" + "\n".join(f"- `{one.id}`: {one.description}" for one in EXPORTS.values())
)
_BINARY = {"xlsx", "qdpx", "ro-crate"}


def add_export(app: typer.Typer, opened: Opened) -> None:
    """Give a command line the command `export`.

    Args:
        app: the command line.
        opened: opens an edition of a store.
    """

    @app.command(help=_HELP)
    def export(
        format: Annotated[str, typer.Argument(help="The format; --list shows them.", metavar="FORMAT")] = "",
        study: Annotated[
            list[str] | None,
            typer.Option("--study", help="Only this evaluation; may be given again.", metavar="ID"),
        ] = None,
        output: Annotated[
            Path | None, typer.Option("--output", "-o", help="The file to write.", metavar="FILE")
        ] = None,
        list_: Annotated[bool, typer.Option("--list", help="List the formats.")] = False,
        store: Annotated[
            Path | None,
            typer.Option(
                "--store", help="The store's directory; else CMOGRAPH_STORE, else the demonstration."
            ),
        ] = None,
        edition: Annotated[
            Edition,
            typer.Option(
                "--edition", help="open or restricted, which holds quotations: keep it to yourself."
            ),
        ] = Edition.open,
    ) -> None:
        if list_ or not format:
            rows = ((one.id, f".{one.extension}", one.edition, one.description) for one in EXPORTS.values())
            print_table(("format", "file", "edition", "what it holds, and for which tools"), rows)
            return
        wanted = export_named(format)
        if output is None and wanted.id in _BINARY and sys.stdout.isatty():
            raise InputError(
                Problem(f"The format {format} is not text.", f"Name a file: -o studies.{wanted.extension}.")
            )
        with opened(store, edition.value) as backend:
            body, material = backend.run(write_export(wanted, Reading(backend.backend), study or ()))
        if material.synthetic:
            notes.print(material.synthetic, style="yellow")
        if output is None:
            sys.stdout.buffer.write(body)
            sys.stdout.flush()
        else:
            write_file(output, body)
            notes.print(f"Wrote {output}.")
