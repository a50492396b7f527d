"""An RO-Crate: tables, linked data and how to cite them in one archive (https://w3id.org/ro/crate/1.1)."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from typing import Any
from urllib.parse import quote

from cmograph.analysis.things import Study
from cmograph.citation import Creator, day_of
from cmograph.exports.linked import write_jsonld, write_nquads
from cmograph.exports.material import SYNTHETIC, Material
from cmograph.exports.references import write_bibtex
from cmograph.exports.tables import write_configurations, write_evidence

__all__ = ["write_crate"]

_CRATE = "https://w3id.org/ro/crate/1.1"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_FILES = {
    "configurations.csv": ("Configurations, a row each", "text/csv", write_configurations),
    "evidence.csv": ("Pieces of evidence, a row each", "text/csv", write_evidence),
    "studies.jsonld": ("Studies, components and configurations", "application/ld+json", write_jsonld),
    "studies.nq": ("Everything that the edition says of the studies", "application/n-quads", write_nquads),
    "references.bib": ("The publications", "application/x-bibtex", write_bibtex),
}


async def write_crate(material: Material) -> bytes:
    """The archive; the same studies of the same release give the same bytes."""
    files = {name: await make(material) for name, (_, _, make) in _FILES.items()}
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        metadata = json.dumps(_metadata(material, files), ensure_ascii=False, indent=1)
        archive.writestr(zipfile.ZipInfo("ro-crate-metadata.json", _ZIP_TIME), metadata.encode("utf-8"))
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _ZIP_TIME), content)
    return out.getvalue()


def _metadata(material: Material, files: dict[str, bytes]) -> dict[str, Any]:
    snapshot = material.casebook.snapshot
    licences = sorted({study.licence for study in material.studies if study.licence})
    issued = max(filter(None, (day_of(study.issued) for study in material.studies)), default=None)
    names = "; ".join(study.title for study in material.studies)
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"cmograph: {names}",
        "description": f"{material.synthetic} Release {snapshot.release}, {snapshot.edition} edition.".strip(),
        "datePublished": issued.isoformat() if issued else "1970-01-01",
        "creator": [{"@id": _person(one)} for one in _creators(material)],
        "license": [{"@id": _licence(licence)} for licence in licences],
        "hasPart": [{"@id": name} for name in files],
        "about": [{"@id": study.id} for study in material.studies],
    }
    described = {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}}
    parts = [
        {
            "@id": name,
            "@type": "File",
            "name": _FILES[name][0],
            "encodingFormat": _FILES[name][1],
            "contentSize": str(len(content)),
        }
        for name, content in files.items()
    ]
    return {
        "@context": f"{_CRATE}/context",
        "@graph": [
            {**described, "conformsTo": {"@id": _CRATE}},
            root,
            *parts,
            *(_study(study) for study in material.studies),
            *({"@id": _licence(licence), "@type": "CreativeWork", "name": licence} for licence in licences),
            *({"@id": _person(one), "@type": "Person", "name": one.name} for one in _creators(material)),
            *(
                {"@id": doi, "@type": "ScholarlyArticle", "identifier": doi}
                for doi in sorted({study.doi for study in material.studies if study.doi})
            ),
        ],
    }


def _study(study: Study) -> dict[str, Any]:
    return {
        "@id": study.id,
        "@type": "CreativeWork",
        "name": study.title,
        "description": f"{SYNTHETIC} {study.description}" if study.synthetic else study.description,
        "creator": [{"@id": _person(Creator.of(name))} for name in study.creators],
        **({"citation": {"@id": study.doi}} if study.doi else {}),
    }


def _creators(material: Material) -> list[Creator]:
    return list(dict.fromkeys(Creator.of(name) for study in material.studies for name in study.creators))


def _person(creator: Creator) -> str:
    """What a person goes by: an ORCID, or within this file; nothing may be told of one within another thing."""
    return creator.orcid or f"#person-{quote(creator.name, safe='')}"


def _licence(licence: str) -> str:
    """What a licence goes by: its address, or within this file; words are no identifier."""
    return licence if licence.startswith(("https://", "http://")) else f"#licence-{quote(licence, safe='')}"
