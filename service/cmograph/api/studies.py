"""The forms in which a study is described: what each is called, and how each is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from fastapi import Request
from pyoxigraph import RdfFormat, Triple, serialize
from starlette.exceptions import HTTPException

from cmograph.analysis.things import Study
from cmograph.api.negotiation import Chosen, choose
from cmograph.api.reading import HTML
from cmograph.citation import Distribution, citation_cff, datacite, schema_org
from cmograph.engine.editions import Snapshot
from cmograph.engine.formats import GRAPHS, JSON_LD, TURTLE, Format
from cmograph.exports import EXPORTS
from cmograph.exports.linked import dcat_statements
from cmograph.release.versions import History
from cmograph.vocabulary import DCAT, DCTERMS, ID, OWL, PPS, RDFS, REALIST, XSD

__all__ = [
    "CFF",
    "CITATIONS",
    "DATACITE",
    "DCAT_JSON_LD",
    "DCAT_TURTLE",
    "LINKSET",
    "LINKSET_TEXT",
    "SCHEMA_ORG",
    "address",
    "base_of",
    "choose_form",
    "exports_of",
    "kind_of",
    "schema_org_of",
    "write_form",
    "write_rdf",
]

DATACITE = Format("datacite", "application/vnd.datacite.datacite+json")
CFF = Format("cff", "application/yaml")
LINKSET = Format("linkset", "application/linkset+json")
LINKSET_TEXT = Format("linkset-text", "application/linkset")

# Two forms can share a media type and differ in its profile, which `choose` does not look at: within us each has a
# name of its own, that no client sends and none is sent.
SCHEMA_ORG = Format("schema-org", "application/x-cmograph-schema-org")
DCAT_TURTLE = Format("dcat", "application/x-cmograph-dcat-turtle")
DCAT_JSON_LD = Format("dcat-jsonld", "application/x-cmograph-dcat-json-ld")
_SCHEMA_ORG_PROFILE = "https://schema.org"
_DCAT_PROFILE = "http://www.w3.org/ns/dcat#"
_PROFILED = {
    SCHEMA_ORG: ("application/ld+json", _SCHEMA_ORG_PROFILE),
    DCAT_TURTLE: ("text/turtle", _DCAT_PROFILE),
    DCAT_JSON_LD: ("application/ld+json", _DCAT_PROFILE),
}
_BY_PROFILE = {
    (media_type, profile.partition(":")[2].rstrip("/#")): format.media_type
    for format, (media_type, profile) in _PROFILED.items()
}

CITATIONS = (DATACITE, CFF, SCHEMA_ORG, DCAT_TURTLE, DCAT_JSON_LD)
"""Forms in which only a study comes, and no other thing."""

_RDF = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "rdf": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}
_PREFIXES = {
    "realist": REALIST.NS,
    "pps": PPS.NS,
    "dcterms": DCTERMS.NS,
    "dcat": DCAT.NS,
    "owl": OWL.NS,
    "rdfs": RDFS.NS,
    "xsd": XSD.NS,
    "foaf": "http://xmlns.com/foaf/0.1/",
}
# One range of an Accept header: a quoted string may hold commas (RFC 9110, section 5.6.4).
_RANGE = re.compile(r'(?:[^,"]|"[^"]*")+')
_PROFILE = re.compile(r';\s*profile\s*=\s*(?:"([^"]*)"|([^;\s]+))', re.I)
_LONGEST = 4096


def address(iri: str) -> str:
    """Where a thing of ours is described: `/about/…`."""
    return f"/about/{quote(iri.removeprefix(ID))}"


def base_of(request: Request) -> str:
    """Our address as the client reached us."""
    return str(request.base_url).rstrip("/")


def choose_form(accept: str | None, study: bool, named: str | None = None) -> Chosen:
    """The form that a client would rather have, its profile looked at (RFC 6906, section 3.1).

    Args:
        accept: the `Accept` header.
        study: whether it is a study that is described.
        named: the value of `format` in the URL. `dcat` is Turtle, or JSON-LD where `Accept` prefers that.

    Raises:
        UnknownName: there is no form of that name.
        HTTPException: 406, with what there is.
    """
    rest = (LINKSET, LINKSET_TEXT)
    offered = (HTML, *GRAPHS, *CITATIONS, *rest) if study or named else (HTML, *GRAPHS, *rest)
    chosen = choose(_by_profile(accept), offered, named)
    if chosen.format == DCAT_TURTLE and named and _prefers_json_ld(accept):
        return Chosen(DCAT_JSON_LD, DCAT_JSON_LD.media_type)
    return chosen


def _prefers_json_ld(accept: str | None) -> bool:
    try:
        return choose(accept, (TURTLE, JSON_LD)).format == JSON_LD
    except HTTPException:  # it accepts neither: the URL counts
        return False


def kind_of(format: Format) -> tuple[str, str]:
    """A form's media type, and its profile or ""."""
    return _PROFILED.get(format, (format.media_type, ""))


def exports_of(study: Study, edition: str) -> Iterator[Distribution]:
    """The files in which an edition gives a study out, by their addresses here."""
    for export in EXPORTS.values():
        if export.edition in ("open", edition):
            there = f"/exports/{export.id}?study={quote(study.name)}"
            yield Distribution(there, export.media_type, export.title)


def write_form(
    form: Format, study: Study, snapshot: Snapshot, history: History, base: str
) -> tuple[bytes, str]:
    """A study in one of the `CITATIONS`, and what `Content-Type` says.

    Args:
        form: which of them.
        study: the study.
        snapshot: what is served.
        history: the study's versions.
        base: our address, as the client reached us.
    """
    media_type, profile = kind_of(form)
    if form == CFF:
        return citation_cff(study, snapshot, history.latest).encode(), media_type
    if form == DATACITE:
        return _json(datacite(study, snapshot, history.latest)), media_type
    with_profile = f'{media_type}; profile="{profile}"'  # which JSON-LD has, and Turtle has not
    if form == SCHEMA_ORG:
        return _json(schema_org_of(study, snapshot, history, base)), with_profile
    page = base + address(study.id)
    distributions = _whole(study, snapshot, base)
    statements = sorted(set(dcat_statements(study, history, page, distributions)), key=str)  # by subject
    if form == DCAT_JSON_LD:
        return write_rdf(statements, JSON_LD), with_profile
    return write_rdf(statements, TURTLE), f"{media_type}; charset=utf-8"


def schema_org_of(study: Study, snapshot: Snapshot, history: History, base: str) -> dict[str, Any]:
    """A study in schema.org's words, as its page has it too."""
    return schema_org(study, snapshot, history.latest, _whole(study, snapshot, base))


def write_rdf(triples: list[Triple], format: Format) -> bytes:
    """Statements in one of the `GRAPHS`."""
    body = serialize(triples, format=_RDF[format.name], prefixes=_PREFIXES)
    assert body is not None  # noqa: S101 - pyoxigraph returns the bytes where no file is given
    return body


def _whole(study: Study, snapshot: Snapshot, base: str) -> list[Distribution]:
    """The exports by whole URLs."""
    return [
        Distribution(base + one.address, one.media_type, one.title)
        for one in exports_of(study, snapshot.edition)
    ]


def _by_profile(accept: str | None) -> str | None:
    """An `Accept` header in which what is asked for by a profile of ours goes by our own name for it."""
    if accept is None or "profile" not in accept[:_LONGEST].lower():
        return accept
    return ",".join(_named(part) for part in _RANGE.findall(accept[:_LONGEST]))


def _named(part: str) -> str:
    media_type = part.partition(";")[0].strip().lower()
    if (found := _PROFILE.search(part)) is None:
        return part
    rest = _PROFILE.sub("", part)
    for profile in (found[1] or found[2] or "").split():  # several, parted by spaces
        if ours := _BY_PROFILE.get((media_type, profile.partition(":")[2].rstrip("/#"))):
            return ours + rest[len(rest.partition(";")[0]) :]
    return rest


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
