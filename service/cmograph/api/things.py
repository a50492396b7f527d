"""Everything that has an IRI of ours, on the web: `/id/…` sends on to `/about/…`, a page or RDF (FAIR signposting).

An IRI names a thing, and what is served is about it: hence 303 (https://www.w3.org/TR/cooluris/, section 4.2). An IRI
that nothing has leads nowhere, and is told so at once.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from pyoxigraph import NamedNode, RdfFormat, Triple, parse
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from cmograph import __version__
from cmograph.analysis.casebook import Casebook
from cmograph.api import records
from cmograph.api.caching import is_fresh, validators
from cmograph.api.negotiation import format_parameter
from cmograph.api.problems import ProblemDetails
from cmograph.api.reading import HTML, page
from cmograph.api.service import Service, ServiceDependency, unless_gone
from cmograph.api.showing import shown
from cmograph.api.signposting import add_to_header, link_set, links_of_study, links_of_thing
from cmograph.api.studies import (
    CITATIONS,
    LINKSET,
    LINKSET_TEXT,
    base_of,
    choose_form,
    kind_of,
    schema_org_of,
    write_form,
    write_rdf,
)
from cmograph.api.versions import answer_with_manifest, asked_version, find_version, history_of
from cmograph.engine.formats import GRAPHS, JSON, JSON_LD, N_TRIPLES
from cmograph.engine.guard import check
from cmograph.errors import Problem, StoreError, UnknownName
from cmograph.exports.linked import context, history_statements
from cmograph.release.versions import History, StudyVersion
from cmograph.vocabulary import ID

__all__ = ["router"]

router = APIRouter(tags=["things"])

_ERRORS: dict[int | str, dict[str, Any]] = {"default": {"model": ProblemDetails, "description": "An error."}}
_FORMS = (HTML, *GRAPHS, *CITATIONS, LINKSET, LINKSET_TEXT)
_ATTEMPTS = 3

# What is said of a thing; of what hangs below it and has no standing of its own, such as its mechanism and the counts of its
# evidence; and the label of all that it names. What hangs below a study stands by itself.
_ABOUT = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
CONSTRUCT { ?s ?p ?o . ?property rdfs:label ?name } WHERE {
  { VALUES ?s { %(thing)s } ?s ?p ?o OPTIONAL { ?p rdfs:label ?name BIND(?p AS ?property) } }
  UNION { VALUES ?whole { %(thing)s } { ?whole ?link ?s } UNION { ?s ?link ?whole }
    FILTER(%(parts)s && ISIRI(?s) && STRSTARTS(STR(?s), CONCAT(STR(?whole), "/"))) ?s ?p ?o }
  UNION { VALUES ?whole { %(thing)s } ?whole ?link ?s . ?s rdfs:label ?o BIND(rdfs:label AS ?p) }
  UNION { VALUES ?whole { %(thing)s } ?whole ?link ?part . FILTER(STRSTARTS(STR(?part), CONCAT(STR(?whole), "/")))
    ?part ?on ?s . ?s rdfs:label ?o BIND(rdfs:label AS ?p) }
}"""


@router.get("/id/{path:path}", include_in_schema=False)
async def one_thing(path: str, request: Request, service: ServiceDependency) -> Response:
    """Send whoever follows a thing's IRI to what is said of it: a page, or RDF, as `Accept` asks."""
    thing = _thing(path)
    casebook = await service.excerpts.of(thing.value)
    served = False
    if asked := asked_version(path):
        history, version = await find_version(request, casebook, *asked)
        served = version is not None and _is_served(casebook, history, version)
    elif not _is_held(casebook, thing) and not await unless_gone(request.receive, _is_said(service, thing)):
        raise _nothing()
    study = thing.value in casebook.studies or served
    chosen = choose_form(request.headers.get("accept"), study)
    where = f"/about/{quote(path)}" + ("" if chosen.format == HTML else f"?format={chosen.format.name}")
    return RedirectResponse(where, 303, headers={"Vary": "Accept"})


@router.get(
    "/about/{path:path}",
    summary="What is said of one thing",
    response_class=Response,
    responses={
        200: {
            "description": "A page, RDF or a link set; of a study also how it is cited and catalogued.",
            "content": {media_type: {} for media_type in dict.fromkeys(kind_of(form)[0] for form in _FORMS)},
        },
        **_ERRORS,
    },
    openapi_extra={"parameters": [format_parameter(_FORMS)]},
)
async def about_thing(path: str, request: Request, service: ServiceDependency) -> Response:
    """A thing by the end of its IRI: `study/ID`, `study/ID/version`, `study/ID/configuration/C01`, and so on."""
    thing, here = _thing(path), f"/about/{quote(path)}"
    casebook = await service.excerpts.of(thing.value)
    if asked := asked_version(path):
        history, version = await find_version(request, casebook, *asked)
        if version is None or not _is_served(casebook, history, version):
            notices = await records.notices(service, casebook, asked[0])
            return answer_with_manifest(request, history, version, notices)
        thing = NamedNode(asked[0])
    chosen = choose_form(
        request.headers.get("accept"), thing.value in casebook.studies, request.query_params.get("format")
    )
    casebook, triples = await _about(request, service, thing)
    study, base = casebook.studies.get(thing.value), base_of(request)
    if study is None and chosen.format in CITATIONS:
        raise HTTPException(406, "Only a study is cited.")
    history = await history_of(request, casebook, thing.value)
    if asked and (history.latest is None or history.latest.name != asked[1]):
        raise _changed()
    name = chosen.format.name
    tag = f'"{casebook.snapshot.tag}-{history.digest}-{__version__}-{name}"'
    # Asked once it is sure that there is something: what is not there is never fresh.
    if is_fresh(request, tag):
        return Response(status_code=304, headers=validators(tag))
    headers = await records.notices(service, casebook, thing.value) | validators(tag)
    if study is not None:
        whole = chosen.format in (LINKSET, LINKSET_TEXT)
        links = links_of_study(casebook, study, history, here, whole)
    else:
        of = next((one for one in casebook.studies.values() if thing.value.startswith(f"{one.id}/")), None)
        links = links_of_thing(of, thing.value, here)
    named = request.query_params.get("format", "html")
    add_to_header(headers, links, here, here if named in ("", "html") else f"{here}?format={name}")
    if chosen.format == HTML:
        values = shown(casebook, thing, triples, history)
        embedded = schema_org_of(study, casebook.snapshot, history, base) if study else None
        return page("thing.html", headers, **values, schema_org=embedded)
    if chosen.format in (LINKSET, LINKSET_TEXT):
        body, media_type = link_set(links, base, chosen.format), chosen.format.media_type
    elif study is not None and chosen.format in CITATIONS:
        body, media_type = write_form(chosen.format, study, casebook.snapshot, history, base)
    else:
        said = sorted({*triples, *history_statements(history)}, key=str)
        body, media_type = write_rdf(said, chosen.format), chosen.content_type
    return Response(body, headers={**headers, "Content-Type": media_type})


@router.get(
    "/context.jsonld",
    summary="The JSON-LD context",
    response_class=Response,
    responses={200: {"content": {JSON_LD.media_type: {}}}, **_ERRORS},
)
async def json_ld_context() -> Response:
    """What the names in the JSON-LD that is given out mean."""
    return JSONResponse(
        context(), media_type=JSON_LD.media_type, headers={"Access-Control-Allow-Origin": "*"}
    )


router.include_router(records.router)


def _thing(path: str) -> NamedNode:
    try:
        return NamedNode(ID + path)
    except ValueError:
        raise HTTPException(404, "No thing has this address.") from None


def _nothing() -> UnknownName:
    return UnknownName(
        Problem("Nothing is said of this here.", "The lists at /studies and /configurations lead on.")
    )


def _is_served(casebook: Casebook, history: History, version: StudyVersion) -> bool:
    return version == history.latest and version.edition == casebook.snapshot.edition


def _is_held(casebook: Casebook, thing: NamedNode) -> bool:
    held = (casebook.studies, casebook.configurations, casebook.components, casebook.theories)
    return any(thing.value in things for things in held)


async def _is_said(service: Service, thing: NamedNode) -> bool:
    found = await service.backend.query(check(f"ASK {{ {thing} ?property ?value }}"), JSON)
    return bool(json.loads(found.body)["boolean"])


async def _about(request: Request, service: Service, thing: NamedNode) -> tuple[Casebook, list[Triple]]:
    """What is said of a thing, and the casebook of the release that says it.

    Raises:
        UnknownName: nothing is.
        StoreError: releases follow each other faster than one can be read.
    """
    whole = thing.value.removeprefix(f"{ID}study/")
    parts = "false" if "/" not in whole else "true"  # what hangs below a study stands by itself
    query = check(_ABOUT % {"thing": thing, "parts": parts})
    for _ in range(_ATTEMPTS):
        casebook = await service.excerpts.of(thing.value)
        found = await unless_gone(request.receive, service.backend.query(query, N_TRIPLES))
        if found.snapshot.tag != casebook.snapshot.tag:
            continue
        parsed = parse(found.body, format=RdfFormat.N_TRIPLES)
        triples = [Triple(quad.subject, quad.predicate, quad.object) for quad in parsed]
        if not any(triple.subject == thing for triple in triples):
            raise _nothing()
        return casebook, sorted(triples, key=str)
    raise _changed()


def _changed() -> StoreError:
    return StoreError(Problem("The release changed while it was read.", "Ask again."))
