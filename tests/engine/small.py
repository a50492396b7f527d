"""A small store with one release, as `release` lays it out, for whatever needs something to ask."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import RdfFormat, Store

from cmograph.engine import check
from cmograph.engine.backend import Backend
from cmograph.engine.formats import CSV

__all__ = ["GOOD", "SECRET", "publish", "still_answers"]

SECRET = "a participant's own words"
GOOD = check("SELECT ?s { ?s a <https://w3id.org/cmograph/realist#Evaluation> } ORDER BY ?s")

_PREFIXES = """
@prefix realist: <https://w3id.org/cmograph/realist#> .
@prefix pps: <https://w3id.org/cmograph/perinatal-peer-support#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix id: <https://w3id.org/cmograph/id/> .
@prefix study: <https://w3id.org/cmograph/id/study/> .
@base <https://w3id.org/cmograph/id/study/> .
"""
_OPEN = """
<demo> a realist:Evaluation ; dcterms:title "An invented “study”"@en ; dcterms:identifier "demo" ;
  realist:synthetic true .
<published> a realist:Evaluation ; dcterms:title "A published study" ; dcterms:identifier "published" ;
  realist:synthetic false .
<demo/configuration/C01> a realist:Configuration ; realist:inEvaluation <demo> ; dcterms:identifier "C01" ;
  rdfs:label "Heard & <understood>" ; realist:deliveredThrough pps:Group ; realist:weight 3 .
<demo/configuration/C02> a realist:Configuration ; realist:inEvaluation <demo> ; dcterms:identifier "C02" ;
  rdfs:label "Seul"@fr ; realist:deliveredThrough pps:OneToOne ; realist:weight 5 .
<published/configuration/C01> a realist:Configuration ; realist:inEvaluation <published> ;
  dcterms:identifier "C01" ;
  rdfs:label "Published" ; realist:deliveredThrough pps:OneToOne ; realist:weight 4 .
pps:Group a realist:DeliveryMode ; rdfs:label "group"@en .
pps:OneToOne a realist:DeliveryMode ; rdfs:label "one-to-one"@en .
"""
_RESTRICTED = f'<demo/coding/1> realist:quote "{SECRET}" .'


def publish(store: Path, number: int = 1, more: str = "") -> Path:
    """Publish a release of a store: make its editions, then move `current` in one step."""
    release = store / "releases" / f"{number:04d}"
    for edition, turtle in (("open", _OPEN), ("restricted", _OPEN + _RESTRICTED)):
        release.mkdir(parents=True, exist_ok=True)
        making = store / f"making-{number}-{edition}"
        writer = Store(str(making))
        writer.load((_PREFIXES + turtle + more).encode(), format=RdfFormat.TURTLE)
        writer.backup(str(release / edition))
        del writer
    (release / "manifest.json").write_text(f'{{"release": {number}}}', encoding="utf-8")
    link = store / "current.new"
    link.symlink_to(Path("releases") / release.name)
    link.replace(store / "current")
    return store


async def still_answers(backend: Backend) -> None:
    """A good query is answered, whatever happened before."""
    answer = await backend.query(GOOD, CSV)
    assert answer.body.count(b"\r\n") == 3
