"""What the page of a thing shows: its statements in words, those of its parts, and of a study all that it holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.things import Study
from cmograph.api.studies import CITATIONS, LINKSET
from cmograph.citation import citation_text
from cmograph.engine.formats import GRAPHS
from cmograph.release.versions import History
from cmograph.vocabulary import ID, RDF, RDFS

__all__ = ["shown"]


def shown(
    casebook: Casebook, thing: NamedNode, triples: Sequence[Triple], history: History
) -> dict[str, Any]:
    """What `thing.html` names, of the thing, what is said of it, and its versions if it is a study."""
    labels = {
        one.subject.value: one.object.value
        for one in triples
        if one.predicate.value == RDFS.label
        and isinstance(one.subject, NamedNode)
        and isinstance(one.object, Literal)
    }
    own = [one for one in triples if one.subject == thing]
    parts: defaultdict[str, list[Triple]] = defaultdict(list)
    for one in triples:
        if isinstance(one.subject, NamedNode) and one.subject.value.startswith(f"{thing.value}/"):
            parts[one.subject.value].append(one)
    study = casebook.studies.get(thing.value)
    of = next((one for one in casebook.studies.values() if thing.value.startswith(f"{one.id}/")), study)
    return {
        "title": labels.get(thing.value) or (study.title if study else thing.value.rpartition("/")[2]),
        "iri": thing.value,
        "synthetic": of is not None and of.synthetic,
        "study": of,
        "sections": [
            ("", _rows(own, labels)),
            *(
                (labels.get(part) or part.removeprefix(f"{thing.value}/"), _rows(said, labels))
                for part, said in sorted(parts.items())
            ),
        ],
        "held": list(_held(casebook, study)) if study else [],
        "formats": [format.name for format in (*GRAPHS, *(CITATIONS if study else ()), LINKSET)],
        "history": history,
        "citation": citation_text(study, history.latest) if study else "",
        "snapshot": casebook.snapshot,
    }


def _held(casebook: Casebook, study: Study) -> Iterable[tuple[str, list[tuple[str, str, str]]]]:
    """What a study holds, by kind: the IRI, the id and the words of each."""
    theories = [one for one in casebook.theories.values() if one.study == study.id]
    components = [one for one in casebook.components.values() if one.study == study.id]
    yield "Programme theories", [(one.id, one.name, one.title or one.name) for one in theories]
    configurations = casebook.by_study.get(study.id, ())
    yield "Configurations", [(one.id, one.name, one.title or one.name) for one in configurations]
    yield "Components", [(one.id, one.name, one.wording or one.name) for one in components]


def _rows(triples: Iterable[Triple], labels: dict[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Statements by property: its label, and each value as words and a link, which may be empty."""
    rows: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in triples:
        name = (
            "type"
            if one.predicate.value == RDF.type
            else labels.get(one.predicate.value) or _local(one.predicate.value)
        )
        if isinstance(one.object, NamedNode):
            iri = one.object.value
            link = (
                iri.replace(ID, "/id/", 1)
                if iri.startswith(ID)
                else iri
                if iri.startswith(("https://", "http://"))
                else ""
            )
            rows[name].append((labels.get(iri) or _local(iri), link))
        elif isinstance(one.object, (Literal, BlankNode)):
            rows[name].append((one.object.value, ""))
    return sorted(rows.items())


def _local(iri: str) -> str:
    return iri.rpartition("#")[2].rpartition("/")[2] or iri
