"""Keeping a service, from the command line: its tokens and its releases.

Each command that changes or copies anything is on the audit before it is done, and again when it is.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cmograph.access.audit import Audit
from cmograph.access.principal import Principal, Scope
from cmograph.access.tokens import TokenBook
from cmograph.errors import InputError, Problem, StoreError
from cmograph.terminal import notes, print_table

if TYPE_CHECKING:
    from cmograph.release import Release, StoreFolder

__all__ = ["releases", "token"]

token = typer.Typer(name="token", no_args_is_help=True, help="Tokens: who may read more, or write.")
releases = typer.Typer(name="releases", no_args_is_help=True, help="Releases: list, verify, go back, keep.")


class Listing(StrEnum):
    """How a list is printed."""

    table = "table"
    json = "json"


StoreOption = Annotated[
    Path | None,
    typer.Option("--store", envvar="CMOGRAPH_STORE", help="The store's directory.", metavar="DIR"),
]
FormatOption = Annotated[Listing, typer.Option("--format", help="How to print.")]


@token.command("add")
def add(
    scope: Annotated[list[Scope], typer.Option("--scope", help="What it allows; may come again.")],
    expires: Annotated[
        str, typer.Option(help="Days (90d), a date (its beginning in UTC), or never.", metavar="WHEN")
    ] = "365d",
    label: Annotated[str, typer.Option(help="What it is for.", metavar="TEXT")] = "",
    store: StoreOption = None,
) -> None:
    """Make a token and print it, once, alone on standard output.

    `restricted` reads the restricted edition, `write` may change what is served. Only its digest is kept:
    it can't be shown again. The store may be new.
    """
    path = _path(store)
    until = _moment(expires, datetime.now(UTC).replace(microsecond=0))
    book = TokenBook(path)
    book.check(scope, until, label)
    _ask(path, "token-add", new=True)
    made = book.add(scope, until, label)
    name = made.split("_")[1]
    _done(path, "token-add", name)
    notes.print(
        f"Token {name} allows: {', '.join(sorted(set(scope)))}. It "
        + (f"expires at {until.isoformat()}." if until else "never expires.")
        + " It is not shown again.",
        soft_wrap=True,
    )
    typer.echo(made)


@token.command("list")
def list_tokens(format: FormatOption = Listing.table, store: StoreOption = None) -> None:
    """List all tokens, never the tokens themselves."""
    now = datetime.now(UTC)
    rows = [
        {
            "id": item.id,
            "scopes": sorted(item.scopes),
            "label": item.label,
            "created": item.created.isoformat(),
            "expires": item.expires.isoformat() if item.expires else None,
            "revoked": item.revoked.isoformat() if item.revoked else None,
            "state": item.state(now),
        }
        for item in TokenBook(_path(store)).tokens()
    ]
    _print(rows, format, ("id", "scopes", "label", "created", "expires", "state"))


@token.command("revoke")
def revoke(
    id: Annotated[str, typer.Argument(help="The token's id.", metavar="ID")], store: StoreOption = None
) -> None:
    """Make a token count no longer, at once, also for a service that runs."""
    path = _path(store)
    # What is no token's id may be a token.
    _ask(path, "token-revoke", id if re.fullmatch("[0-9a-f]{8}", id) else "")
    gone = TokenBook(path).revoke(id)
    _done(path, "token-revoke", gone.id)
    notes.print(f"Token {gone.id} counts no longer.")


@releases.command("list")
def list_all(format: FormatOption = Listing.table, store: StoreOption = None) -> None:
    """List the releases that the store holds."""
    from cmograph.release import current, list_releases

    folder = _folder(store)
    served = current(folder)
    rows = [
        {
            "number": item.number,
            "created": item.created,
            "studies": [study["id"] for study in item.studies],
            **{f"{name}_quads": edition.quads for name, edition in item.editions.items()},
            "made_by": item.made_by,
            "current": served is not None and served.number == item.number,
        }
        for item in list_releases(folder)
    ]
    _print(
        rows, format, ("number", "created", "studies", "open_quads", "restricted_quads", "made_by", "current")
    )


@releases.command("verify")
def verify_releases(
    number: Annotated[
        int | None, typer.Argument(help="By default the current one.", metavar="NUMBER")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every release.")] = False,
    store: StoreOption = None,
) -> None:
    """Hold a release against its manifest: parts, patches, files, numbers of quads."""
    from cmograph.release import list_releases, verify

    folder = _folder(store)
    chosen = list_releases(folder) if all_ else (_chosen(folder, number),)
    problems = [problem for release in chosen for problem in verify(folder, release)]
    if problems:
        raise StoreError(*problems)
    for release in chosen:
        notes.print(f"Release {release.number} is as its manifest says.")


@releases.command("rollback")
def roll_back(
    number: Annotated[
        int | None, typer.Argument(help="By default the one served before the current one.", metavar="NUMBER")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Serve an earlier release again; one that runs goes on with it at once.

    Beware: what was withdrawn since then is served again.
    """
    from cmograph.release import current, rollback

    folder = _folder(store)
    before = None
    with suppress(StoreError):  # it may be damaged: then one goes back because of that
        before = current(folder)
    _ask(folder.path, "rollback", str(number or ""))
    release = rollback(folder, number)
    _done(folder.path, "rollback", str(release.number))
    notes.print(f"Release {release.number} is served from {folder.path}.", soft_wrap=True)
    if before is None or release.number < before.number:
        notes.print("warning: it may hold what was withdrawn since.", style="yellow")
        for sentence in _differing(release, before) if before else ():
            notes.print(f"  {sentence}", soft_wrap=True)


@releases.command("backup")
def back_up_release(
    file: Annotated[Path, typer.Argument(help="A new .tar, .tar.gz or .tgz.", metavar="FILE")],
    release: Annotated[int | None, typer.Option(help="By default the current one.", metavar="NUMBER")] = None,
    store: StoreOption = None,
) -> None:
    """Write one release, with all that it rests on, to an archive; the service may run on.

    Beware: it holds the restricted edition. Tokens and the audit are not in it.
    """
    from cmograph.release import back_up

    folder = _folder(store)
    chosen = _chosen(folder, release)
    _ask(folder.path, "backup", str(chosen.number))
    size = back_up(folder, chosen, file)
    _done(folder.path, "backup", str(chosen.number))
    notes.print(f"Release {chosen.number} is in {file}, {size:,} bytes.", soft_wrap=True)


@releases.command("restore")
def restore_release(
    file: Annotated[Path, typer.Argument(help="An archive that `backup` made.", metavar="FILE")],
    store: StoreOption = None,
) -> None:
    """Make a store of an archive, verified first; a store that holds releases is left as it is."""
    from cmograph.release import restore

    folder = _folder(store)
    _ask(folder.path, "restore", new=True)
    release = restore(file, folder)
    _done(folder.path, "restore", str(release.number))
    notes.print(f"Release {release.number} is served from {folder.path}.", soft_wrap=True)


@releases.command("prune")
def prune_releases(
    keep: Annotated[int, typer.Option(min=1, help="How many of the newest stay.", metavar="N")],
    store: StoreOption = None,
) -> None:
    """Remove older releases, never the current one, and what no release holds any longer."""
    from cmograph.release import lock, prune

    folder = _folder(store)
    _ask(folder.path, "prune")
    with lock(folder, "prune"):
        gone = prune(folder, keep)
    for release in gone:
        _done(folder.path, "prune", str(release.number))
    notes.print("Removed: " + (", ".join(str(release.number) for release in gone) or "none") + ".")


def _path(given: Path | None) -> Path:
    """The store that was named; never the demonstration: what is kept must be somebody's own."""
    from cmograph.release import open_store

    if given is None:
        raise typer.BadParameter("say which store: --store DIR, or CMOGRAPH_STORE")
    return open_store(given).path


def _folder(given: Path | None) -> StoreFolder:
    from cmograph.release import open_store

    return open_store(_path(given))


def _chosen(folder: StoreFolder, number: int | None) -> Release:
    from cmograph.release import current, list_releases

    served = current(folder) if number is None else None
    found = [served] if served else [one for one in list_releases(folder) if one.number == number]
    if not found:
        known = ", ".join(str(one.number) for one in list_releases(folder)) or "none"
        wanted = "release" if number is None else f"release {number}"
        raise StoreError(Problem(f"There is no {wanted}.", f"The store has: {known}."))
    return found[0]


def _moment(text: str, now: datetime) -> datetime | None:
    if text == "never":
        return None
    try:
        if days := re.fullmatch(r"([0-9]{1,5})d", text):
            return now + timedelta(days=int(days[1]))
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise InputError(
            Problem(f"{text[:40]!r} is no time.", "Write days (90d), a date (2027-01-31), or never.")
        ) from None


def _differing(older: Release, newer: Release) -> Iterator[str]:
    """What an older release has that the newer one has not, or not so."""
    since = {study["id"]: study for study in newer.studies}
    for study in older.studies:
        name = study["id"]
        if name not in since:
            yield f"The study {name} is not in release {newer.number}."
            continue
        inputs = since[name].get("inputs", {})
        for file, sha256 in study.get("inputs", {}).items():
            if file not in inputs:
                yield f"{name}: {file} is not in release {newer.number}."
            elif inputs[file] != sha256:
                yield f"{name}: {file} is another one in release {newer.number}."
    undone = {patch for edition in newer.editions.values() for patch in edition.patches}
    undone -= {patch for edition in older.editions.values() for patch in edition.patches}
    if undone:
        yield f"Changes by clients that are undone: {len(undone)}."


def _ask(store: Path, action: str, subject: str = "", new: bool = False) -> None:
    """Puts on record that something is to be done: what can't be, must not be done.

    Args:
        store: the store's folder. Where it is not there nothing can be done in it, unless it may be new.
        action: what is to be done.
        subject: to what, as far as that is known.
        new: whether the store may be new.
    """
    if new:
        try:
            store.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            what = f"The store {store} can't be made: {error.strerror}."
            raise StoreError(Problem(what, "Name another folder, or look at its permissions.")) from error
    if store.is_dir():
        Audit(store).record(_whoever(), action, subject, "asked")


def _done(store: Path, action: str, subject: str) -> None:
    """Puts on record that it was done. That it was asked is there already: it stays done whatever happens."""
    try:
        Audit(store).record(_whoever(), action, subject, "done")
    except StoreError as error:
        for problem in error.problems:
            notes.print(f"warning: it is done, but not on record: {problem}", style="yellow", soft_wrap=True)


def _whoever() -> Principal:
    return Principal(f"uid:{os.getuid()}", frozenset(Scope))


def _print(rows: Sequence[Mapping[str, object]], format: Listing, columns: tuple[str, ...]) -> None:
    if format is Listing.json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        print_table(columns, ([_shown(row[name]) for name in columns] for row in rows))


def _shown(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else ""
    return ", ".join(value) if isinstance(value, list) else value
