"""`cmograph query` and `cmograph ask`: SPARQL, and the library's questions, answered on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cmograph.errors import InputError, Problem, UnknownName
from cmograph.inquiring import Edition, StoreOption
from cmograph.naming import readable
from cmograph.terminal import notes, print_table

if TYPE_CHECKING:
    from cmograph.questions.answers import Cell

__all__ = ["add_questions"]

EditionOption = Annotated[
    Edition, typer.Option("--edition", help="`restricted` holds quotations: keep what you get to yourself.")
]


def add_questions(app: typer.Typer, opened: Callable[..., Any]) -> None:
    """Give a command line the commands `query` and `ask`.

    Args:
        app: the command line.
        opened: opens an edition of a store, for queries of so many seconds where that is given: a context manager
            that gives a LocalBackend.
    """

    @app.command()
    def query(
        text: Annotated[
            str,
            typer.Argument(
                help="SPARQL, or the name of a file with it, or - for standard input.", metavar="TEXT|FILE|-"
            ),
        ],
        store: StoreOption = None,
        format: Annotated[
            str, typer.Option("--format", help="table, json, csv, tsv, xml; for graphs ttl, nt, rdf, jsonld.")
        ] = "",
        edition: EditionOption = Edition.open,
        timeout: Annotated[float | None, typer.Option(help="Seconds the query may take.", min=0.1)] = None,
    ) -> None:
        """Ask SPARQL 1.1 of the current release."""
        from cmograph.questions.answers import read_rows

        sparql = _read_query(text)
        with opened(store, edition.value, timeout) as backend:
            as_table = format == "table" or (not format and sys.stdout.isatty())
            answer = backend.query(sparql, None if as_table else format or None)
        if as_table and answer.format.name == "json" and b'"results"' in answer.body:
            columns, rows = read_rows(answer.body)
            print_table(columns, (map(_shown, row) for row in rows))
        else:
            _write(answer.body)

    @app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
    def ask(
        context: typer.Context,
        question: Annotated[str, typer.Argument(help="The question's id.", metavar="QUESTION")] = "",
        list_: Annotated[bool, typer.Option("--list", help="List what can be asked.")] = False,
        store: StoreOption = None,
        format: Annotated[str, typer.Option("--format", help="table, json or csv.")] = "table",
        edition: EditionOption = Edition.open,
    ) -> None:
        """Ask a question of the library, narrowed by `--NAME VALUE…`.

        For example: cmograph ask contested-configurations --mode group
        """
        from cmograph.questions import Library
        from cmograph.questions import ask as ask_question

        library = Library.load()
        if list_ or not question:
            print_table(("question", "asks"), ((item.id, item.header.title) for item in library.values()))
            return
        values = _values(context.args)
        if format not in ("table", "json", "csv"):
            raise UnknownName(
                Problem(f"A question's answer has no format {format!r}.", "Take table, json or csv.")
            )
        library[question]  # an unknown question is refused before the demonstration is built
        with opened(store, edition.value) as backend:
            answer = ask_question(backend, library, question, values)
        for notice in answer.notices:
            notes.print(notice, style="yellow", soft_wrap=True)
        if format == "json":
            typer.echo(
                json.dumps(
                    {"notices": answer.notices, "items": answer.records()}, ensure_ascii=False, indent=2
                )
            )
        elif format == "csv":
            sys.stdout.write(answer.as_csv())
        else:
            print_table(answer.columns, (map(_shown, row) for row in answer.rows))


def _shown(cell: Cell | None) -> str:
    """A cell for people: of an IRI, the part that they can read."""
    if cell is None:
        return ""
    return readable(cell.text) if cell.kind == "uri" else cell.text


def _read_query(text: str) -> str:
    if text == "-":
        return sys.stdin.read()
    if "{" in text or not _is_file(text):
        return text
    try:
        return Path(text).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(Problem("It cannot be read, or is not UTF-8.", "Save it as UTF-8.", text)) from error


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except OSError:  # it is too long for a file's name
        return False


def _values(arguments: list[str]) -> dict[str, list[str]]:
    """`--name value value --other value` as a mapping; a name may come again."""
    values: dict[str, list[str]] = {}
    name = ""
    for argument in arguments:
        if argument.startswith("--") and len(argument) > 2:
            name, equals, value = argument[2:].partition("=")
            values.setdefault(name, []).extend([value] if equals else [])
        elif name:
            values[name].append(argument)
        else:
            raise typer.BadParameter(f"{argument!r} belongs to no option; write --NAME VALUE")
    for name, given in values.items():
        if not given:
            raise typer.BadParameter(f"--{name} needs a value")
    return values


def _write(body: bytes) -> None:
    sys.stdout.buffer.write(body)
    if sys.stdout.isatty() and not body.endswith(b"\n"):
        sys.stdout.buffer.write(b"\n")
    sys.stdout.flush()
