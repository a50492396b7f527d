"""Signposts: the typed links of a page, in its header and, where they are many, in a link set.

https://signposting.org/FAIR/: level 1 is the `Link` header (RFC 8288) of a page, level 2 a link set (RFC 9264) that has
the links of the page, of the data that it leads to, and of the metadata that describe it. Relations between versions
are those of RFC 5829.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.things import Study
from cmograph.api.studies import (
    CFF,
    DATACITE,
    DCAT_TURTLE,
    LINKSET,
    LINKSET_TEXT,
    SCHEMA_ORG,
    address,
    exports_of,
    kind_of,
)
from cmograph.citation import Creator
from cmograph.engine.formats import GRAPHS, Format
from cmograph.release.versions import History, StudyVersion

__all__ = ["Link", "add_to_header", "link_set", "links_of_study", "links_of_thing", "links_of_version"]

_ABOUT_PAGE = "https://schema.org/AboutPage"
_DATASET = "https://schema.org/Dataset"
_CITATIONS = (DATACITE, CFF, SCHEMA_ORG, DCAT_TURTLE)
_LINK_SETS = (LINKSET, LINKSET_TEXT)
_IN_HEADER = "ro-crate"
"""The one export that a header names: it holds the others. Proxies refuse a response whose headers pass 4 kB."""
_AUTHORS = 10


@dataclass(frozen=True, slots=True)
class Link:
    """A typed link.

    Attributes:
        anchor: what it leads from, an address of ours that begins with `/`.
        relation: how, by its registered name.
        target: what it leads to: such an address, or an IRI.
        type: the media type of what is there, or "".
        profile: what is there conforms to, or "".
        everywhere: whether the header has it too, and not the link set alone.
    """

    anchor: str
    relation: str
    target: str
    type: str = ""
    profile: str = ""
    everywhere: bool = True

    def written(self, base: str = "", anchored: bool = False) -> str:
        """As in a header; as in a link set of its text format where it is anchored."""
        parts = [f"<{_absolute(base, self.target)}>"]
        if anchored:
            parts.append(f'anchor="{_absolute(base, self.anchor)}"')
        parts.append(f'rel="{self.relation}"')
        parts += [f'type="{self.type}"'] if self.type else []
        parts += [f'profile="{self.profile}"'] if self.profile else []
        return "; ".join(parts)


def links_of_study(casebook: Casebook, study: Study, history: History, here: str, whole: bool) -> list[Link]:
    """The links of a study's page, and of the page of the version of it that is served.

    Args:
        casebook: of the edition.
        study: the study.
        history: its versions.
        here: the page's address.
        whole: with all that the study has, which may be thousands, as only a link set has them.
    """
    version = history.latest if here != address(study.id) else None
    links = [
        Link(here, "cite-as", version.iri if version else study.id),
        Link(here, "type", _ABOUT_PAGE),
        Link(here, "type", _DATASET),
    ]
    orcids = (orcid for name in study.creators if (orcid := Creator.of(name).orcid))
    links += [Link(here, "author", one, everywhere=at < _AUTHORS) for at, one in enumerate(orcids)]
    if study.licence.startswith(("https://", "http://")):
        links.append(Link(here, "license", study.licence))
    links += _described(here, (*GRAPHS, *_CITATIONS))
    links += _between(history, version or history.latest, here)
    for export in exports_of(study, casebook.snapshot.edition):
        in_header = export.address.startswith(f"/exports/{_IN_HEADER}?")
        links.append(Link(here, "item", export.address, export.media_type, everywhere=in_header))
        links.append(Link(export.address, "collection", here, "text/html"))
    for thing in _things(casebook, study) if whole else ():
        links.append(Link(here, "item", address(thing), "text/html", everywhere=False))
        links.append(Link(address(thing), "collection", here, "text/html"))
        links.append(Link(address(thing), "cite-as", thing))
    return links


def links_of_thing(study: Study | None, iri: str, here: str) -> list[Link]:
    """The links of the page of anything that is no study: a configuration, a component, a theory, ….

    Args:
        study: what it belongs to, if to any.
        iri: its IRI.
        here: its page's address.
    """
    links = [Link(here, "cite-as", iri), Link(here, "type", _ABOUT_PAGE), *_described(here, GRAPHS)]
    if study is not None:
        links.append(Link(here, "collection", address(study.id), "text/html"))
        if study.licence.startswith(("https://", "http://")):
            links.append(Link(here, "license", study.licence))
    return links


def links_of_version(history: History, version: StudyVersion | None, here: str) -> list[Link]:
    """The links of the page of a version that is not served; of the list of all versions where it is None."""
    study = history.versions[0].study
    return [
        Link(here, "cite-as", version.iri if version else study),
        Link(here, "type", _ABOUT_PAGE),
        *_described(here, GRAPHS),
        *_between(history, version, here),
    ]


def add_to_header(headers: dict[str, str], links: Iterable[Link], page: str, here: str) -> None:
    """Add to `Link` what a page of ours leads to.

    Args:
        headers: of the response.
        links: all links; those from elsewhere, and those that are too many, are left out.
        page: the page's address.
        here: the address that was asked for: the page's, or that of one format, which describes it.
    """
    written = [headers["Link"]] if "Link" in headers else []
    if here == page:
        written += [link.written() for link in links if link.everywhere and link.anchor == page]
    else:
        written.append(Link(here, "describes", page, "text/html").written())
    written += [
        Link(page, "linkset", f"{page}?format={one.name}", one.media_type).written() for one in _LINK_SETS
    ]
    headers["Link"] = ", ".join(written)


def link_set(links: Sequence[Link], base: str, format: Format) -> bytes:
    """A link set, in JSON or as text (RFC 9264, section 4); every address is whole.

    Args:
        links: what it holds.
        base: our address, as the client reached us.
        format: `LINKSET` or `LINKSET_TEXT`.
    """
    if format == LINKSET_TEXT:
        return ",\n".join(link.written(base, anchored=True) for link in links).encode()
    contexts: dict[str, dict[str, Any]] = {}
    for link in links:
        anchor = _absolute(base, link.anchor)
        context = contexts.setdefault(anchor, {"anchor": anchor})
        target: dict[str, Any] = {"href": _absolute(base, link.target)}
        if link.type:
            target["type"] = link.type
        if link.profile:
            target["profile"] = [link.profile]  # an extension attribute: an array (section 4.2.4.3)
        context.setdefault(link.relation, []).append(target)
    return json.dumps({"linkset": list(contexts.values())}, indent=1).encode()


def _described(here: str, formats: Iterable[Format]) -> Iterator[Link]:
    for format in formats:
        media_type, profile = kind_of(format)
        there = f"{here}?format={format.name}"
        yield Link(here, "describedby", there, media_type, profile)
        yield Link(there, "describes", here, "text/html")


def _between(history: History, version: StudyVersion | None, here: str) -> Iterator[Link]:
    """What RFC 5829 calls the relations between the versions of one thing."""
    if not history.versions:
        return
    if latest := history.latest:
        yield Link(here, "latest-version", latest.iri)
    if version and (before := history.predecessor(version)):
        yield Link(here, "predecessor-version", before.iri)
    if version and (after := history.successor(version)):
        yield Link(here, "successor-version", after.iri)
    yield Link(here, "version-history", f"{address(history.versions[0].study)}/version", "text/html")


def _things(casebook: Casebook, study: Study) -> Iterator[str]:
    for held in (casebook.theories, casebook.configurations, casebook.components):
        yield from (iri for iri, one in held.items() if one.study == study.id)


def _absolute(base: str, target: str) -> str:
    """An address as it can stand between angle brackets."""
    return quote(base + target if target.startswith("/") else target, safe="/:@!$&'()*+;=-._~%?#[]")
