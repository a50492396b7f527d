"""Linked data: JSON-LD by the published context, N-Quads as the store holds them, and DCAT of one study."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from cmograph.analysis.things import Component, Configuration, Study
from cmograph.citation import Creator, Distribution, described
from cmograph.engine.formats import N_TRIPLES
from cmograph.engine.guard import check
from cmograph.errors import Problem, StoreError
from cmograph.exports.material import Material
from cmograph.ntriples import moment
from cmograph.release.catalogue import CATALOGUE
from cmograph.release.versions import History, StudyVersion
from cmograph.resources import ONTOLOGY
from cmograph.vocabulary import DCAT, DCTERMS, GRAPH, OWL, RDF, REALIST, XSD

__all__ = [
    "CONTEXT",
    "component_node",
    "configuration_node",
    "context",
    "dcat_statements",
    "history_statements",
    "study_node",
    "version_statements",
    "write_jsonld",
    "write_nquads",
]

CONTEXT = "https://w3id.org/cmograph/context.jsonld"
"""The context's own name: tools that want it as an IRI are given this."""


_FOAF = "http://xmlns.com/foaf/0.1/"
_LANGUAGE = "http://id.loc.gov/vocabulary/iso639-1/"
_MEDIA_TYPE = "https://www.iana.org/assignments/media-types/"
_PUBLIC = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"


def context() -> dict[str, Any]:
    """The published context (JSON-LD 1.1), as the ontology's folder holds it."""
    held: dict[str, Any] = json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))
    return held


async def write_jsonld(material: Material) -> bytes:
    """Studies, components and configurations with the context beside them, so that nothing need be fetched."""
    nodes: list[dict[str, Any]] = [study_node(study) for study in material.studies]
    nodes += [component_node(one) for one in material.components]
    nodes += [configuration_node(one) for one in material.configurations]
    content = {**context(), "@graph": nodes}
    return json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8")


def study_node(study: Study) -> dict[str, Any]:
    """A study in the context's terms."""
    return _said(
        id=study.id,
        type="Evaluation",
        identifier=study.name,
        title=study.title,
        description=study.description,
        creator=[Creator.of(one).name for one in study.creators],
        language=study.language,
        synthetic=study.synthetic,
        source=study.doi,
        detailLevel=study.detail,
    )


def component_node(one: Component) -> dict[str, Any]:
    """A component in the context's terms, with every class that it is of."""
    return _said(
        id=one.id,
        type=sorted(one.kinds),
        identifier=one.name,
        label=one.wording,
        inEvaluation=one.study,
        wordingStatus=one.wording_status,
        detailLevel=one.detail,
        locator=one.locator,
    )


def configuration_node(one: Configuration) -> dict[str, Any]:
    """A configuration in the context's terms, its mechanism within it."""
    mechanism = _said(
        id=one.mechanism,
        type="Mechanism",
        offersResource=list(one.resources),
        changesReasoning=list(one.reasonings),
    )
    return _said(
        id=one.id,
        type=sorted(one.kinds),
        identifier=one.name,
        label=one.title,
        inEvaluation=one.study,
        ifClause=one.if_clause,
        thenClause=one.then_clause,
        becauseClause=one.because_clause,
        hasContext=list(one.contexts),
        hasOutcome=list(one.outcomes),
        triggersMechanism=mechanism if one.mechanism and not one.absent else "",
        lacksMechanism=mechanism if one.mechanism and one.absent else "",
        polarity=one.polarity,
        level=one.level,
        deliveredThrough=list(one.deliveries),
        notReportedThrough=list(one.not_reported),
        concernsRole=list(one.roles),
        wordingStatus=one.wording_status,
        detailLevel=one.detail,
        source=one.source,
        locator=one.locator,
        extractedBy=one.extractor,
        note=one.note,
    )


def dcat_statements(
    study: Study, history: History, page: str, distributions: Iterable[Distribution]
) -> Iterator[Triple]:
    """A study as a data set of a catalogue (https://www.w3.org/TR/vocab-dcat-3/), with each form in which it can be had.

    Args:
        study: the study.
        history: its versions.
        page: the URL of its page.
        distributions: the forms.
    """
    this = NamedNode(study.id)
    licence = _named(study.licence)
    yield _says(this, RDF.type, NamedNode(DCAT.Dataset))
    yield _says(NamedNode(CATALOGUE), DCAT.dataset, this)
    yield _says(this, DCTERMS.identifier, Literal(study.id, datatype=NamedNode(XSD.NS + "anyURI")))
    yield _says(this, DCTERMS.title, Literal(study.title))
    yield _says(this, DCTERMS.accessRights, NamedNode(_PUBLIC))
    yield _says(this, DCAT.NS + "landingPage", NamedNode(page))
    yield _says(this, REALIST.synthetic, Literal(study.synthetic))
    if words := described(study):
        yield _says(this, DCTERMS.description, Literal(words))
    if study.issued:
        yield _says(this, DCTERMS.issued, _moment(study.issued))
    if len(study.language) == 2 and study.language.isascii() and study.language.isalpha():
        yield _says(this, DCTERMS.language, NamedNode(_LANGUAGE + study.language.lower()))
    if licence:
        yield _says(this, DCTERMS.license, licence)
    if source := _named(study.doi):
        yield _says(this, DCTERMS.source, source)
    for place, creator in enumerate(map(Creator.of, study.creators)):
        agent = NamedNode(creator.orcid) if creator.orcid else BlankNode(f"creator{place}")
        yield _says(this, DCTERMS.creator, agent)
        yield _says(agent, RDF.type, NamedNode(f"{_FOAF}Agent"))
        yield _says(agent, f"{_FOAF}name", Literal(creator.name))
    yield from history_statements(history)
    for one in distributions:
        form = NamedNode(one.address)
        yield _says(this, DCAT.distribution, form)
        yield _says(form, RDF.type, NamedNode(DCAT.Distribution))
        yield _says(form, DCTERMS.title, Literal(one.title, language="en"))
        yield _says(form, DCAT.accessURL, form)
        yield _says(form, DCAT.downloadURL, form)
        yield _says(form, DCAT.mediaType, NamedNode(_MEDIA_TYPE + one.media_type))
        if licence:
            yield _says(form, DCTERMS.license, licence)


def history_statements(history: History) -> Iterator[Triple]:
    """Which versions a study has, and which of them is served (DCAT 3, section 11.2): nothing where no version is."""
    for one in history.distinct:
        yield _says(NamedNode(one.study), DCAT.NS + "hasVersion", NamedNode(one.iri))
    if latest := history.latest:
        this = NamedNode(latest.study)
        yield _says(this, DCAT.version, Literal(latest.name))
        yield _says(this, OWL.NS + "versionInfo", _info(history, latest))
        yield _says(this, DCAT.NS + "hasCurrentVersion", NamedNode(latest.iri))
        yield from version_statements(history, latest)


def version_statements(history: History, version: StudyVersion) -> Iterator[Triple]:
    """What the manifest of its release says of a version of a study; nothing of what that held."""
    this, latest = NamedNode(version.iri), history.latest
    yield _says(this, RDF.type, NamedNode(DCAT.Dataset))
    yield _says(this, DCAT.NS + "isVersionOf", NamedNode(version.study))
    yield _says(this, DCTERMS.title, Literal(version.title))
    yield _says(this, DCAT.version, Literal(version.name))
    yield _says(this, OWL.NS + "versionInfo", _info(history, version))
    yield _says(this, DCTERMS.issued, _moment(version.created))
    yield _says(this, REALIST.synthetic, Literal(version.synthetic))
    if before := history.predecessor(version):
        yield _says(this, DCAT.NS + "previousVersion", NamedNode(before.iri))
    if latest and latest != version:
        yield _says(this, f"{DCTERMS.NS}isReplacedBy", NamedNode(latest.iri))


def _info(history: History, version: StudyVersion) -> Literal:
    return Literal(history.state(version), language="en")


def _says(subject: NamedNode | BlankNode, name: str, value: NamedNode | BlankNode | Literal) -> Triple:
    return Triple(subject, NamedNode(name), value)


def _named(iri: str) -> NamedNode | None:
    """The IRI of something on the web, or None: what a study says may be no IRI at all."""
    try:
        return NamedNode(iri) if iri.startswith(("https://", "http://")) else None
    except ValueError:
        return None


def _moment(text: str) -> Literal:
    """A moment or a day as what it is; a plain literal where it is neither."""
    _, typed, kind = moment(text).removesuffix(">").rpartition('"^^<')
    return Literal(text, datatype=NamedNode(kind)) if typed and kind.startswith(XSD.NS) else Literal(text)


def _said(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", [], None)}


async def write_nquads(material: Material) -> bytes:
    """The studies' named graphs, and what was inferred of them, as N-Quads, sorted.

    Raises:
        StoreError: a newer release is served meanwhile.
    """
    lines: list[bytes] = []
    backend, tag = material.reading.backend, material.casebook.snapshot.tag
    for study in material.studies:
        named = {
            study.graph: "",
            f"{study.graph}/evidence": "",
            f"{GRAPH}inferred": study.id,
        }
        for graph, below in named.items():
            only = ""
            if below:
                only = f"FILTER(STRSTARTS(STR(?s), {Literal(f'{below}/')}) || ?s = {NamedNode(below)})"
            text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {NamedNode(graph)} {{ ?s ?p ?o {only} }} }}"
            answer = await backend.query(check(text), N_TRIPLES)
            if answer.snapshot.tag != tag:
                raise StoreError(Problem("The release changed while it was read.", "Ask again."))
            end = f" <{graph}> .".encode()
            lines += sorted(
                line.removesuffix(b" .") + end for line in answer.body.splitlines() if line.strip()
            )
    return b"\n".join([*lines, b""])
