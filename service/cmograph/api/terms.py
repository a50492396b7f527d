"""`/ontology`: the modules of the ontology, each version, as a page with every term and as RDF.

A term's IRI is `https://w3id.org/cmograph/MODULE#NAME`: a page has an anchor for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from pyoxigraph import BlankNode, RdfFormat, Triple, parse, serialize
from starlette.responses import Response

from cmograph import __version__
from cmograph.api.caching import is_fresh, validators
from cmograph.api.negotiation import choose, format_parameter
from cmograph.api.problems import ProblemDetails
from cmograph.api.reading import HTML, page
from cmograph.engine.formats import GRAPHS
from cmograph.errors import Problem, UnknownName, nearest
from cmograph.ontology import Module, Ontology, load_ontology

__all__ = ["router"]

router = APIRouter(prefix="/ontology", tags=["ontology"])

_ERRORS: dict[int | str, dict[str, Any]] = {"default": {"model": ProblemDetails, "description": "An error."}}
_RDF = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "rdf": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}
_FORMATS = (HTML, *GRAPHS)
_PAGE: dict[int | str, dict[str, Any]] = {
    200: {"description": "A page.", "content": {HTML.media_type: {}}},
    **_ERRORS,
}
_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "A page or RDF.", "content": {format.media_type: {} for format in _FORMATS}},
    **_ERRORS,
}


@cache
def _ontology() -> Ontology:
    return load_ontology()


@router.get("", summary="The ontology's modules", response_class=Response, responses=_PAGE)
async def ontology() -> Response:
    """What there is: modules, shapes, checks and mappings."""
    held = _ontology()
    return page(
        "ontology.html",
        modules=[(_name(module), module) for module in held.modules],
        shapes=[file.name for file in held.shapes],
        checks=[file.name for file in held.checks],
        mappings=[file.name for file in held.mappings],
        counts={
            module.iri: sum(term.module == module.iri for term in held.terms.values())
            for module in held.modules
        },
    )


@router.get(
    "/{module}",
    summary="One module, as it is now",
    response_class=Response,
    responses=_CONTENT,
    openapi_extra={"parameters": [format_parameter(_FORMATS)]},
)
async def ontology_module(module: str, request: Request) -> Response:
    """A module by the end of its IRI: a page of its terms, or RDF, as `Accept` or `format` asks."""
    return _shown(request, _module(module))


@router.get(
    "/{module}/{version}",
    summary="One version of a module",
    response_class=Response,
    responses=_CONTENT,
    openapi_extra={"parameters": [format_parameter(_FORMATS)]},
)
async def ontology_version(module: str, version: str, request: Request) -> Response:
    """A version by its date; older ones are in the repository's history."""
    found = _module(module)
    if version != (current := found.version.rpartition("/")[2]):
        raise UnknownName(
            Problem(f"This service has no version {version[:40]!r} of {module}.", f"It has {current}.")
        )
    return _shown(request, found)


def _module(name: str) -> Module:
    modules = {_name(module): module for module in _ontology().modules}
    if name not in modules:
        remedy = nearest(name, list(modules)) or f"There is {', '.join(modules)}."
        raise UnknownName(Problem(f"The ontology has no module {name[:40]!r}.", remedy))
    return modules[name]


def _shown(request: Request, module: Module) -> Response:
    chosen = choose(request.headers.get("accept"), _FORMATS, request.query_params.get("format"))
    tag = f'"{_ontology().digest[:16]}-{__version__}-{chosen.format.name}"'
    if is_fresh(request, tag):
        return Response(status_code=304, headers=validators(tag))
    headers = validators(tag) | {"Link": f'<{module.version}>; rel="canonical"'}
    if chosen.format == HTML:
        terms = [term for term in _ontology().terms.values() if term.module == module.iri]
        labels = {iri: term.label for iri, term in _ontology().terms.items()}
        return page("module.html", headers, module=module, name=_name(module), terms=terms, labels=labels)
    body = module.file.read_bytes()
    if chosen.format.name != "ttl":
        body = serialize(_statements(body), format=_RDF[chosen.format.name]) or b""
    return Response(body, headers={**headers, "Content-Type": chosen.content_type})


def _statements(turtle: bytes) -> Iterator[Triple]:
    """A file's statements, its blank nodes numbered as they come: the parser would name them at random."""
    numbered: dict[BlankNode, BlankNode] = {}

    def steady(term: Any) -> Any:
        return (
            numbered.setdefault(term, BlankNode(f"b{len(numbered)}")) if isinstance(term, BlankNode) else term
        )

    for quad in parse(turtle, format=RdfFormat.TURTLE):
        yield Triple(steady(quad.subject), quad.predicate, steady(quad.object))


def _name(module: Module) -> str:
    return module.iri.rpartition("/")[2]
