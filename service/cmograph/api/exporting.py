"""`/exports`: studies in the formats of other tools."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from cmograph.analysts.tasks import WriteExport
from cmograph.api.caching import entity_tag, is_fresh, validators
from cmograph.api.problems import ProblemDetails
from cmograph.api.service import ServiceDependency, notice_headers, unless_gone
from cmograph.engine.formats import Format
from cmograph.errors import InputError, Problem
from cmograph.exports import EXPORTS, export_named

__all__ = ["router"]

router = APIRouter(prefix="/exports", tags=["exports"])


class ExportSummary(BaseModel):
    """A format."""

    id: str
    title: str
    description: str = Field(description="What it holds, and which tools take it.")
    media_type: str
    extension: str
    edition: str = Field(description="The edition that holds what it needs: `open` or `restricted`.")
    one_study: bool = Field(description="Whether it holds one study, which must be named.")


class ExportList(BaseModel):
    """The formats that there are."""

    items: list[ExportSummary]
    total: int


@router.get("", summary="In which formats can studies be had?", response_model=ExportList)
async def list_exports() -> Response:
    """Every format: what it holds and which tools take it, its media type, and the edition that it needs."""
    items = [
        ExportSummary(
            id=one.id,
            title=one.title,
            description=one.description,
            media_type=one.media_type,
            extension=one.extension,
            edition=one.edition,
            one_study=one.one_study,
        )
        for one in EXPORTS.values()
    ]
    return JSONResponse(ExportList(items=items, total=len(items)).model_dump(mode="json"))


@router.get(
    "/{format}",
    summary="Studies in one format, as a file",
    response_class=Response,
    responses={
        200: {"content": {one.media_type: {} for one in EXPORTS.values()}, "description": "The file."},
        "default": {"model": ProblemDetails, "description": "An error."},
    },
    openapi_extra={
        "parameters": [
            {
                "name": "study",
                "in": "query",
                "required": False,
                "description": "Only these evaluations: IRI, identifier or title; all where none is named.",
                "schema": {"type": "array", "items": {"type": "string"}},
            }
        ]
    },
)
async def export_studies(format: str, request: Request, service: ServiceDependency) -> Response:
    """The file is whole, and of one release; its ETag changes with that alone."""
    export, asked = export_named(format), f"{request.url.path}?{request.url.query}"
    _refuse_others(request.query_params)
    made_as = Format(export.id, export.media_type)
    tag = entity_tag(service.backend.snapshot, made_as, asked)
    if is_fresh(request, tag, answered=False):  # whoever holds a tag of this URL has been answered
        return Response(status_code=304, headers=validators(tag))
    task = WriteExport(export.id, tuple(request.query_params.getlist("study")))
    done = await unless_gone(request.receive, service.analysts.ask(task))
    tag = entity_tag(done.snapshot, made_as, asked)
    if is_fresh(request, tag):
        return Response(status_code=304, headers=validators(tag))
    headers = await notice_headers(service) if done.about["synthetic"] else {}
    headers |= validators(tag)
    name = f"{done.about['study'] or 'cmograph'}-{export.id}.{export.extension}"
    safe = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "-" for letter in name
    )
    headers["Content-Disposition"] = f'attachment; filename="{safe}"'
    return Response(done.body, headers=headers, media_type=export.media_type)


def _refuse_others(given: Iterable[str]) -> None:
    """Raises InputError where something else than a study is asked for: a misspelt name would give every study."""
    if others := sorted(set(given) - {"study"}):
        raise InputError(
            *(Problem(f"An export has no parameter {name[:40]!r}.", "It takes study.") for name in others)
        )
