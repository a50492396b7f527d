"""Where a person starts: the first page, and the API's reference."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from cmograph.api.caching import entity_tag, is_fresh, validators
from cmograph.api.reading import HTML, page
from cmograph.api.service import ServiceDependency, notice_headers
from cmograph.engine.formats import JSON
from cmograph.engine.guard import check
from cmograph.questions.answers import read_rows

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_STUDIES = """
PREFIX realist: <https://w3id.org/cmograph/realist#>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?study (SAMPLE(?name) AS ?title) (SAMPLE(?words) AS ?description) (SAMPLE(?from) AS ?source)
       (COUNT(DISTINCT ?configuration) AS ?configurations)
WHERE {
  ?study a realist:Evaluation .
  OPTIONAL { ?study dcterms:title ?name }
  OPTIONAL { ?study dcterms:description ?words }
  OPTIONAL { ?study dcterms:source ?from }
  OPTIONAL { ?configuration realist:inEvaluation ?study ; a realist:Configuration }
} GROUP BY ?study ORDER BY ?study
"""


@router.get("/")
async def start(request: Request, service: ServiceDependency) -> Response:
    """The first page: the studies, the questions, how to ask."""
    tag = entity_tag(service.backend.snapshot, HTML)
    if is_fresh(request, tag):
        return Response(status_code=304, headers=validators(tag))
    found = await service.backend.query(check(_STUDIES), JSON)
    columns, rows = read_rows(found.body)
    headers = await notice_headers(service) | validators(entity_tag(found.snapshot, HTML))
    return page(
        "start.html",
        headers,
        studies=[
            {name: cell.value if cell else "" for name, cell in zip(columns, row, strict=True)}
            for row in rows
        ],
        synthetic=await service.desk.synthetic_studies(),
        questions=list(service.library.values()),
        snapshot=found.snapshot,
        base=str(request.base_url).rstrip("/"),
    )


@router.get("/docs")
async def reference(request: Request) -> Response:
    """The reference of the API, read off its OpenAPI document."""
    schema: dict[str, Any] = request.app.openapi()
    operations = [
        {"method": method.upper(), "path": path, **operation}
        for path, item in schema["paths"].items()
        for method, operation in item.items()
    ]
    return page("reference.html", operations=operations)
