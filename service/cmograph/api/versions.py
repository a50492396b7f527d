"""The versions of a study on the web: `/about/study/ID/version`, and below it `/RELEASE-CONTENT`, one each.

The version that is served is answered with what is served. Of any other there is only what the manifest of its release
says: what it held may hold what was withdrawn since.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from fastapi import Request
from pyoxigraph import Triple
from starlette.responses import Response

from cmograph import __version__
from cmograph.analysis.casebook import Casebook
from cmograph.api.caching import is_fresh, validators
from cmograph.api.negotiation import choose
from cmograph.api.reading import HTML, page
from cmograph.api.signposting import add_to_header, link_set, links_of_version
from cmograph.api.studies import LINKSET, LINKSET_TEXT, address, base_of, write_rdf
from cmograph.engine.formats import GRAPHS
from cmograph.errors import Problem, UnknownName
from cmograph.exports.linked import history_statements, version_statements
from cmograph.release.versions import NO_HISTORY, History, StudyVersion, read_history
from cmograph.settings import Settings
from cmograph.vocabulary import ID

__all__ = ["answer_with_manifest", "asked_version", "find_version", "history_of"]

_VERSION = re.compile(r"(study/[^/]+)/version(?:/([^/]+))?")
_FORMATS = (HTML, *GRAPHS, LINKSET, LINKSET_TEXT)


def asked_version(path: str) -> tuple[str, str] | None:
    """The IRI of the study and the name of the version that a path is about, "" for all of them; None for any other."""
    found = _VERSION.fullmatch(path)
    return (ID + found[1], found[2] or "") if found else None


async def history_of(request: Request, casebook: Casebook, study: str, edition: str = "") -> History:
    """The versions of a study that whoever sees the casebook may know of; none of what is no study.

    Args:
        request: to whoever knows the store.
        casebook: of the edition that is read.
        study: the study's IRI.
        edition: another edition, that is within the one that is read.
    """
    settings: Settings = request.app.settings
    snapshot = casebook.snapshot
    if settings.store is None or snapshot.number == 0:
        return NO_HISTORY
    served = snapshot.release if study in casebook.studies else ""
    return await asyncio.to_thread(
        read_history, Path(settings.store), study, edition or snapshot.edition, served
    )


async def find_version(
    request: Request, casebook: Casebook, study: str, name: str
) -> tuple[History, StudyVersion | None]:
    """A version by its name, and the history that it is in; None in place of it where all of them are asked for.

    Who reads the restricted edition may follow an IRI that was made of the open one.

    Raises:
        UnknownName: no manifest tells of any such.
    """
    own = await history_of(request, casebook, study)
    histories = [own]
    if casebook.snapshot.edition != "open":
        histories.append(await history_of(request, casebook, study, "open"))
    for history in histories:
        version = history.find(name) if name else None
        if version or (not name and history.versions):
            return history, version
    what = f"This study has no version {name[:60]!r}." if name else "Nothing is known of any version of this."
    remedy = (
        f"The version that is served is {own.latest.iri}; releases that the store no longer keeps are forgotten."
        if own.latest
        else "The list at /studies leads on."
    )
    raise UnknownName(Problem(what, remedy))


def answer_with_manifest(
    request: Request, history: History, version: StudyVersion | None, notices: Mapping[str, str]
) -> Response:
    """What the manifests say of a version that is not served; of all versions where it is None.

    Args:
        request: for its format.
        history: of the study.
        version: which; None for all.
        notices: further headers.
    """
    chosen = choose(request.headers.get("accept"), _FORMATS, request.query_params.get("format"))
    study = history.versions[0].study
    # No release that is served makes this what it is: the history does, and pruning changes that too.
    tag = f'"{history.digest}-{history.versions[0].edition}-{__version__}-{chosen.format.name}"'
    if is_fresh(request, tag):
        return Response(status_code=304, headers=validators(tag))
    here = address(version.iri if version else f"{study}/version")
    links = links_of_version(history, version, here)
    headers = {**notices, **validators(tag)}
    asked = here if request.query_params.get("format") in (None, "", "html") else ""
    add_to_header(headers, links, here, asked)
    if chosen.format == HTML:
        latest = history.latest
        return page("version.html", headers, history=history, one=version, latest=latest, study=study)
    if chosen.format in (LINKSET, LINKSET_TEXT):
        body = link_set(links, base_of(request), chosen.format)
    else:
        body = write_rdf(sorted(set(_statements(history, version)), key=str), chosen.format)
    return Response(body, headers={**headers, "Content-Type": chosen.content_type})


def _statements(history: History, version: StudyVersion | None) -> Iterator[Triple]:
    if version is not None:
        yield from version_statements(history, version)
        return
    yield from history_statements(history)
    for one in history.distinct:
        yield from version_statements(history, one)
