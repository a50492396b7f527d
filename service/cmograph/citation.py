"""How a study is cited: DataCite metadata, a CITATION.cff and schema.org; made from what an edition says of it.

Whoever made a study is named in its `study.toml`, and may add their ORCID: `McLeish J <https://orcid.org/…>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from urllib.parse import unquote

import yaml

from cmograph.analysis.things import Study
from cmograph.engine.editions import Snapshot
from cmograph.release.catalogue import CATALOGUE
from cmograph.release.versions import StudyVersion

__all__ = [
    "Creator",
    "Distribution",
    "citation_cff",
    "citation_text",
    "datacite",
    "described",
    "doi_of",
    "schema_org",
]

_SYNTHETIC = "Synthetic: nobody said any of it; invented to show what cmograph does."
_PUBLISHER = "cmograph"
_CFF_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+")
"""What schema 1.2.0 takes for a DOI."""
_ORCID = re.compile(r"[\s<(,;]*(?:https?://)?(?:www\.)?orcid\.org/((?:\d{4}-){3}\d{3}[\dX])/?[\s>)]*", re.I)


@dataclass(frozen=True, slots=True)
class Creator:
    """Who made a study.

    Attributes:
        name: as the study has it, the ORCID left out.
        orcid: https://orcid.org/…, or "" where there is none whose check digit is right.
    """

    name: str
    orcid: str = ""

    @classmethod
    def of(cls, text: str) -> Self:
        """Who is named; an ORCID that is wrong is left where it stands, for people to see."""
        found = _ORCID.search(text)
        if found is None or not _is_orcid(found[1].upper()):
            return cls(text)
        orcid = f"https://orcid.org/{found[1].upper()}"
        return cls(f"{text[: found.start()]} {text[found.end() :]}".strip() or orcid, orcid)


@dataclass(frozen=True, slots=True)
class Distribution:
    """A form in which a study can be had.

    Attributes:
        address: its URL.
        media_type: what comes.
        title: for people.
    """

    address: str
    media_type: str
    title: str


def described(study: Study) -> str:
    """A study's description, which says that it is synthetic if it is; it may be empty."""
    if not study.synthetic or study.description.startswith("Synthetic:"):  # so what a build writes begins
        return study.description
    return f"{_SYNTHETIC} {study.description}".strip()


def doi_of(study: Study) -> str:
    """The DOI of a study's publication as it is registered; "" where there is none.

    Its IRI has it with what no IRI may hold, such as the angle brackets of older ones, percent-encoded.
    """
    start = "https://doi.org/"
    return unquote(study.doi.removeprefix(start)) if study.doi.startswith(start) else ""


def citation_text(study: Study, version: StudyVersion | None = None) -> str:
    """A citation for people: who, when, what, which version, where (DataCite's recommended form)."""
    names = "; ".join(Creator.of(one).name for one in study.creators)
    issued = day_of(study.issued)
    year = f" ({issued.year})" if issued else ""
    which = f" Version {version.name}." if version else ""
    start = f"{names}{year}: " if names else f"{year.strip()} ".lstrip()
    return f"{start}{study.title}.{which} {_PUBLISHER}. {version.iri if version else study.id}"


def datacite(study: Study, snapshot: Snapshot, version: StudyVersion | None = None) -> dict[str, Any]:
    """A study as DataCite metadata, in the JSON of its REST API (https://schema.datacite.org/meta/kernel-4.6/).

    The study is a data set that is derived from its publication, which has a DOI of its own; the data set's identifier
    is its IRI, and that of the version which is described is related to it.
    """
    issued = day_of(study.issued)
    year = issued or (day_of(version.created) if version else None) or date.today()
    metadata: dict[str, Any] = {
        "identifiers": [{"identifier": study.id, "identifierType": "URL"}],
        "creators": [_datacite_creator(Creator.of(one)) for one in study.creators] or [{"name": ":unav"}],
        "titles": [{"title": study.title}],
        "publisher": {"name": _PUBLISHER},
        "publicationYear": year.year,
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Realist evaluation"},
        "url": study.id,
        "version": _version(snapshot, version),
        "schemaVersion": "http://datacite.org/schema/kernel-4",
    }
    if words := described(study):
        metadata["descriptions"] = [{"description": words, "descriptionType": "Abstract"}]
    if study.language:
        metadata["language"] = study.language
    if issued:
        metadata["dates"] = [{"date": issued.isoformat(), "dateType": "Issued"}]
    if _is_web(study.licence):
        metadata["rightsList"] = [{"rightsUri": study.licence}]
    related = []
    if doi := doi_of(study):
        related.append(("IsDerivedFrom", "DOI", doi))
    if version:
        related.append(("HasVersion", "URL", version.iri))
    if related:
        metadata["relatedIdentifiers"] = [
            {"relatedIdentifier": name, "relatedIdentifierType": kind, "relationType": relation}
            for relation, kind, name in related
        ]
    return metadata


def citation_cff(study: Study, snapshot: Snapshot, version: StudyVersion | None = None) -> str:
    """A study as a CITATION.cff (https://github.com/citation-file-format/citation-file-format, schema 1.2.0)."""
    creators = [Creator.of(one) for one in study.creators] or [Creator("Unknown")]
    authors = [{"name": one.name} | ({"orcid": one.orcid} if one.orcid else {}) for one in creators]
    content: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "Please cite this data set as below, and the publication that it describes.",
        "type": "dataset",
        "title": study.title,
        "authors": authors,
        "version": _version(snapshot, version),
        "url": study.id,
    }
    if version:
        content["identifiers"] = [{"type": "url", "value": version.iri, "description": "This version."}]
    if words := described(study):
        content["abstract"] = words
    if issued := day_of(study.issued):
        content["date-released"] = issued.isoformat()
    if study.licence == "https://creativecommons.org/licenses/by/4.0/":
        content["license"] = "CC-BY-4.0"
    elif _is_web(study.licence):
        content["license-url"] = study.licence
    if doi := doi_of(study):
        content["references"] = [
            {
                "type": "article",
                "title": study.title,
                "authors": [dict(one) for one in authors],  # the same object twice is an anchor in YAML
                **({"doi": doi} if _CFF_DOI.fullmatch(doi) else {"url": study.doi}),
            }
        ]
    written: str = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return written


def schema_org(
    study: Study,
    snapshot: Snapshot,
    version: StudyVersion | None = None,
    distributions: Iterable[Distribution] = (),
) -> dict[str, Any]:
    """A study as a `Dataset` of schema.org (https://schema.org/Dataset), in JSON-LD, for what crawls pages.

    Args:
        study: the study.
        snapshot: what is served.
        version: the version that is served, where it has one.
        distributions: the forms in which the study can be had.
    """
    creators = [Creator.of(one) for one in study.creators]
    node: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": study.id,
        "name": study.title,
        "description": described(study),
        "identifier": [study.id, version.iri] if version else study.id,
        "url": study.id,
        "version": version.name if version else _version(snapshot, version),
        "datePublished": issued.isoformat() if (issued := day_of(study.issued)) else "",
        "dateModified": version.created if version else "",
        "inLanguage": study.language,
        "license": study.licence if _is_web(study.licence) else "",
        "creator": [
            {"@type": "Person", "name": one.name} | ({"@id": one.orcid} if one.orcid else {})
            for one in creators
        ],
        "publisher": {"@type": "Organization", "name": _PUBLISHER},
        "isBasedOn": {"@type": "ScholarlyArticle", "@id": study.doi, "url": study.doi} if study.doi else "",
        "measurementTechnique": "Realist evaluation",
        "spatialCoverage": study.place,
        "isAccessibleForFree": True,
        "includedInDataCatalog": {"@type": "DataCatalog", "@id": CATALOGUE},
        "distribution": [
            {
                "@type": "DataDownload",
                "name": one.title,
                "encodingFormat": one.media_type,
                "contentUrl": one.address,
            }
            for one in distributions
        ],
    }
    return {name: value for name, value in node.items() if value not in ("", [])}


class _Dumper(yaml.SafeDumper):
    """Writes text that holds a line break of Unicode's between quotes, where it is escaped and not folded."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    breaks = any(letter in text for letter in "\x85\u2028\u2029")
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if breaks else None)


_Dumper.add_representer(str, _text)


def _datacite_creator(creator: Creator) -> dict[str, Any]:
    if not creator.orcid:
        return {"name": creator.name}
    named = {
        "nameIdentifier": creator.orcid,
        "nameIdentifierScheme": "ORCID",
        "schemeUri": "https://orcid.org",
    }
    return {"name": creator.name, "nameType": "Personal", "nameIdentifiers": [named]}


def _version(snapshot: Snapshot, version: StudyVersion | None) -> str:
    content = f", content {version.digest}" if version else ""
    return f"release {snapshot.release}, {snapshot.edition} edition{content}"


def _is_orcid(name: str) -> bool:
    """Whether the check digit is right (ISO/IEC 7064, MOD 11-2)."""
    digits = name.replace("-", "")
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11] == digits[-1]


def _is_web(text: str) -> bool:
    return text.startswith(("https://", "http://"))


def day_of(text: str) -> date | None:
    """The day that a text begins with, if it is one."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
