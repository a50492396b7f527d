"""The command line: a thin door on the core. Each command reads its arguments, calls one function, prints.

Answers go to standard output, everything else to standard error. Exit codes: 0 done; 2 a wrong option;
3 the input has a problem; 4 the store cannot be used; 5 the query cannot be answered; 6 access is not allowed;
1 anything else.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from pydantic import ValidationError
from rich.text import Text

from cmograph import __version__, resources
from cmograph.errors import CmographError, Inconsistency, InputError, Problem, StoreError
from cmograph.exporting import add_export
from cmograph.inquiring import StoreOption, add_commands
from cmograph.keeping import releases, token
from cmograph.linking import add_map
from cmograph.querying import add_questions
from cmograph.settings import Settings
from cmograph.terminal import notes, print_error, print_table, show_progress

if TYPE_CHECKING:
    from cmograph.engine.local import LocalBackend

__all__ = ["app", "main"]

app = typer.Typer(
    name="cmograph",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "Coded interviews go in; a knowledge graph of *what works, for whom, in what circumstances, and why* "
        "comes out.\n\n"
        "Try it: `cmograph serve`, then open http://127.0.0.1:8000. Without a store, every command that "
        "reads one takes the bundled synthetic demonstration.\n\n"
        "Your own study: `cmograph init my-study`, edit it, `cmograph check my-study`, then "
        "`cmograph build my-study --store my-store` and `cmograph serve --store my-store`.\n\n"
        "Exit codes: 0 done, 2 wrong option, 3 input has a problem, 4 store cannot be used, "
        "5 query cannot be answered, 6 access not allowed."
    ),
)
app.add_typer(token)
app.add_typer(releases)


class Inspection(StrEnum):
    """How `inspect` prints."""

    table = "table"
    json = "json"
    csv = "csv"


Studies = Annotated[
    list[Path], typer.Argument(help="Study folders, each with a study.toml.", metavar="STUDY…")
]


def main() -> NoReturn:
    """Run the command line, and exit with the documented code."""
    try:
        try:
            app()
        except SystemExit as end:
            if isinstance(end.__context__, BrokenPipeError):  # typer makes a 1 of it
                raise end.__context__ from None
            sys.stdout.flush()
            raise
    except CmographError as error:
        print_error(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader of our output left, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(f"cmograph {__version__}")
        raise typer.Exit


@app.command()
def serve(
    store: StoreOption = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.", metavar="H")] = None,
    port: Annotated[
        int | None, typer.Option(help="The port; 0 takes any free one.", min=0, max=65535)
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Queries that run at once; twice as many may be long.", min=1, max=256)
    ] = None,
) -> None:
    """Serve the current release; without a store, the bundled demonstration.

    A new or empty DIR is served as an empty dataset. Anyone may read the open edition; `cmograph token add`
    makes a token that reads the restricted one, or writes.
    """
    from cmograph import api

    given = {"host": host, "port": port, "store": store, "workers": workers}
    settings = _settings().model_copy(
        update={name: value for name, value in given.items() if value is not None}
    )
    settings = settings.model_copy(update={"store": settings.store or _demonstration()})
    api.serve(
        settings,
        lambda address: notes.print(Text.assemble("Serving ", (address, "bold"), "  (Ctrl-C stops)")),
    )


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="A new or empty folder.", metavar="DIR")]) -> None:
    """Make a new study folder that builds as it is, every file explained."""
    from cmograph.study import write_template

    write_template(folder)
    notes.print(f"Made {folder}. Read {folder / 'README.md'}, then: cmograph check {folder}")


@app.command()
def inspect(
    file: Annotated[
        Path, typer.Argument(help="A coded file: .qdpx, .qde, Taguette .sqlite3.", metavar="FILE")
    ],
    format: Annotated[
        Inspection, typer.Option("--format", help="`csv` is one row a coding.")
    ] = Inspection.table,
) -> None:
    """Show what a coded file holds, and how sure the reader is of each position.

    `csv` has the columns source,code,start,end,quote,coder,verification: code paths joined by " > ",
    positions in code points of the text as cmograph keeps it, the exact quote. Beware: these are
    participants' words.
    """
    from cmograph.readers import inspection, read_corpus

    corpus = read_corpus(file)
    if format is Inspection.csv:
        inspection.write_csv(corpus, sys.stdout)
    elif format is Inspection.json:
        typer.echo(json.dumps(inspection.summarise(corpus), ensure_ascii=False, indent=2))
    else:
        print_table(("what", "how many"), inspection.summary_rows(corpus))


@app.command()
def build(
    studies: Studies,
    store: Annotated[
        Path | None,
        typer.Option("--store", help="The store's directory; by default CMOGRAPH_STORE.", metavar="DIR"),
    ] = None,
) -> None:
    """Read, check, reason over study folders, and release exactly these.

    A failed build leaves the served release as it was.
    """
    from cmograph.build import build as build_release

    settings = _settings()
    target = store or settings.store
    if target is None:
        raise typer.BadParameter("say where to build: --store DIR, or CMOGRAPH_STORE")
    with show_progress() as progress:
        result = build_release(studies, target, progress, minimum_cell=settings.minimum_cell)
    for study in result.studies:
        _print_study(study.title, study.counts, study.reports, study.warnings)
    notes.print(f"Release {result.release.number} is served from {target}.")


@app.command()
def check(
    studies: Annotated[list[Path] | None, typer.Argument(help="Study folders.", metavar="STUDY…")] = None,
    ontology: Annotated[
        bool, typer.Option("--ontology", help="Classify the ontology with HermiT (needs Java).")
    ] = False,
    hermit: Annotated[
        bool, typer.Option("--hermit", help="Ask HermiT of each study too, beyond the rules (needs Java).")
    ] = False,
) -> None:
    """Do everything that a build does, and write nothing."""
    if not studies and not ontology:
        raise typer.BadParameter("name study folders, or --ontology")
    if ontology:
        _check_ontology()
    if studies:
        from cmograph.build import check as check_studies

        with show_progress() as progress:
            checked = check_studies(studies, progress, _settings().minimum_cell, hermit)
        for study in checked:
            _print_study(study.title, study.counts, study.reports, study.warnings)
        notes.print("Nothing is wrong that a build would refuse.")


@contextmanager
def _opened(store: Path | None, edition: str, timeout: float | None = None) -> Iterator[LocalBackend]:
    from cmograph.engine import open_backend

    where, limit = _store(store), _settings().query_timeout
    with open_backend(where, edition, timeout or limit) as backend:
        yield backend


add_questions(app, _opened)
add_commands(app, _opened)
add_export(app, _opened)
add_map(app)


def _demonstration() -> Path:
    """The store with the bundled studies, built where it is missing or its inputs have changed."""
    from cmograph.build import build as build_release

    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    store = cache / "cmograph" / "demonstration"
    studies = sorted(path.parent for path in resources.DATA.glob("*/study.toml"))
    with show_progress() as progress:
        build_release(studies, store, progress)
    return store


def _settings() -> Settings:
    """The settings of this shell, or which of them is wrong and how."""
    try:
        return Settings()
    except ValidationError as error:
        problems = []
        for wrong in error.errors(include_url=False):
            name = "CMOGRAPH_" + "_".join(map(str, wrong["loc"])).upper()
            problems.append(Problem(f"The setting {name} is wrong: {wrong['msg']}.", "Correct or unset it."))
        raise InputError(*problems) from error


def _store(given: Path | None) -> Path:
    """The store to read: none is an error, for its name is mistyped; one without a release is told to be empty."""
    from cmograph.engine.editions import current_release

    store = given or _settings().store or _demonstration()
    if not store.exists():
        remedy = "Correct its name, or build one there: cmograph build STUDY --store DIR"
        raise StoreError(Problem(f"There is no store {store}.", remedy))
    if store.is_dir() and current_release(store) is None:
        notes.print(f"The store {store} has no release: it is empty.", style="yellow", soft_wrap=True)
    return store


def _check_ontology() -> None:
    from cmograph.ontology import classify, load_ontology

    ontology = load_ontology()
    found = classify(ontology)
    if found.problems:
        raise Inconsistency(*found.problems)
    notes.print(f"The ontology is consistent: {len(ontology.terms)} terms, every class can have members.")


def _print_study(
    title: str, counts: Mapping[str, int], reports: Iterable[str], warnings: Iterable[Problem]
) -> None:
    counted = ", ".join(f"{count} {name}" for name, count in counts.items())
    notes.print(Text.assemble((title, "bold"), f": {counted}"))
    for sentence in reports:
        notes.print(f"  {sentence}", soft_wrap=True)
    for warning in warnings:
        notes.print(f"  warning: {warning}", soft_wrap=True)
