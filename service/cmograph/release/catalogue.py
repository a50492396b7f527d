"""The catalogue: what studies there are and who may see them, in DCAT and VoID, the same in both editions.

It rests on what the open edition shows, so that nothing restricted can be worked out from it. It names no
release number and no time: the same studies give the same catalogue. Its version is a name for the content.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from cmograph.naming import local_name
from cmograph.ntriples import integer, iri, literal, triple

__all__ = ["CATALOGUE", "describe", "write_catalogue"]

CATALOGUE = "https://w3id.org/cmograph/id/catalogue"
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_DCAT = "http://www.w3.org/ns/dcat#"
_DCTERMS = "http://purl.org/dc/terms/"
_VOID = "http://rdfs.org/ns/void#"
_REALIST = "https://w3id.org/cmograph/realist#"
_ACCESS = "http://publications.europa.eu/resource/authority/access-right/"
_DESCRIPTIVE = {
    f"<{name}>"
    for name in (
        *(
            f"{_DCTERMS}{term}"
            for term in ("title", "description", "identifier", "source", "creator", "license")
        ),
        *(f"{_DCTERMS}{term}" for term in ("issued", "language")),
        f"{_REALIST}synthetic",
        f"{_REALIST}detailLevel",
    )
}


def describe(study: str, graph: str, lines: Iterable[str]) -> tuple[str, ...]:
    """What the catalogue says of a study, from the lines of its open graph.

    Args:
        study: its IRI.
        graph: the IRI of its open graph.
        lines: the graph as N-Triples.
    """
    about, evidence = iri(graph), iri(f"{graph}/evidence")
    start = f"{iri(study)} "
    classes: Counter[str] = Counter()
    said, triples = [], 0
    for line in lines:
        triples += 1
        _, predicate, rest = line.split(" ", 2)
        if predicate == _TYPE:
            classes[rest[:-3]] += 1
        if line.startswith(start) and predicate in _DESCRIPTIVE:
            said.append(line)
    said += [
        triple(iri(study), _TYPE, iri(f"{_DCAT}Dataset")),
        triple(iri(study), iri(f"{_DCTERMS}accessRights"), iri(f"{_ACCESS}PUBLIC")),
        triple(iri(CATALOGUE), iri(f"{_DCAT}dataset"), iri(study)),
        triple(iri(CATALOGUE), iri(f"{_VOID}subset"), about),
        triple(about, _TYPE, iri(f"{_VOID}Dataset")),
        triple(about, iri(f"{_DCTERMS}isPartOf"), iri(study)),
        triple(about, iri(f"{_VOID}triples"), integer(triples)),
        triple(evidence, _TYPE, iri(f"{_DCAT}Dataset")),
        triple(evidence, iri(f"{_DCTERMS}isPartOf"), iri(study)),
        triple(evidence, iri(f"{_DCTERMS}accessRights"), iri(f"{_ACCESS}RESTRICTED")),
    ]
    for name, count in sorted(classes.items()):
        partition = iri(f"{study}/statistics/{local_name(name[1:-1])}")
        said += [
            triple(about, iri(f"{_VOID}classPartition"), partition),
            triple(partition, iri(f"{_VOID}class"), name),
            triple(partition, iri(f"{_VOID}entities"), integer(count)),
        ]
    return tuple(said)


def write_catalogue(
    out: Path, version: str, studies: Sequence[Sequence[str]], vocabularies: Iterable[str]
) -> None:
    """Writes the catalogue of all studies (`describe`) as sorted N-Triples.

    Args:
        out: the file to write.
        version: a name for the content of the open edition.
        studies: what `describe` said of each.
        vocabularies: IRIs of the ontologies in use.
    """
    lines = [
        triple(iri(CATALOGUE), _TYPE, iri(f"{_DCAT}Catalog")),
        triple(iri(CATALOGUE), _TYPE, iri(f"{_VOID}Dataset")),
        triple(iri(CATALOGUE), iri(f"{_DCTERMS}title"), literal("Realist evaluations in this store", "en")),
        triple(iri(CATALOGUE), iri(f"{_DCAT}version"), literal(version)),
        *(triple(iri(CATALOGUE), iri(f"{_VOID}vocabulary"), iri(name)) for name in vocabularies),
        *(line for study in studies for line in study),
    ]
    out.write_text("".join(sorted(set(lines))), encoding="utf-8")
