"""The inquiries as routes: one each, described by its parameters and the dataclass of its items."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, get_args, get_origin

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, create_model
from starlette.responses import JSONResponse, Response

from cmograph.analysis.inquiry import Inquiry
from cmograph.analysts.tasks import LINKED, Inquire
from cmograph.api.caching import entity_tag, is_fresh, validators
from cmograph.api.negotiation import choose, format_parameter
from cmograph.api.paging import OPENAPI_PARAMETERS, Page
from cmograph.api.problems import ProblemDetails
from cmograph.api.service import Service, ServiceDependency, notice_headers, unless_gone
from cmograph.api.shaping import openapi_parameters, shape_of
from cmograph.engine.formats import CSV, JSON_LD, Format

__all__ = ["router_for"]

_JSON = Format("json", "application/json")
_SEVERAL = {False: " Several values mean any of them.", True: " Several values hold together."}
_RESERVED = ("format", "limit", "offset", "fields", "sort")


class InquirySummary(BaseModel):
    """An inquiry that can be made."""

    id: str
    title: str
    description: str
    edition: str = Field(description="The edition that holds what it needs: `open` or `restricted`.")
    parameters: dict[str, Any] = Field(description="What narrows it, as JSON Schema.")


class InquiryList(BaseModel):
    """The inquiries that can be made."""

    items: list[InquirySummary]
    total: int


def router_for(inquiries: Mapping[str, Inquiry]) -> APIRouter:
    """The routes: `/inquiries`, which lists them, and `/ID` for each."""
    router = APIRouter(tags=["inquiries"])

    @router.get("/inquiries", summary="What can be inquired into?", response_model=InquiryList)
    async def list_inquiries() -> Response:
        """Every inquiry: what it asks, what narrows it, which edition it needs."""
        items = [
            InquirySummary(
                id=one.id,
                title=one.title,
                description=one.description,
                edition=one.edition,
                parameters=one.parameters.model_json_schema().get("properties", {}),
            )
            for one in inquiries.values()
        ]
        return JSONResponse(InquiryList(items=items, total=len(items)).model_dump(mode="json"))

    for inquiry in inquiries.values():
        router.add_api_route(
            f"/{inquiry.id}",
            _endpoint(inquiry),
            name=f"inquire_{inquiry.id.replace('-', '_')}",
            summary=inquiry.title,
            description=inquiry.description,
            response_model=_model(inquiry),
            responses={
                200: {"content": {format.media_type: {} for format in _formats(inquiry)[1:]}},
                "default": {"model": ProblemDetails, "description": "An error."},
            },
            openapi_extra={"parameters": _openapi_parameters(inquiry)},
        )
    return router


def _formats(inquiry: Inquiry) -> tuple[Format, ...]:
    return (_JSON, CSV, JSON_LD) if inquiry.id in LINKED else (_JSON, CSV)


def _endpoint(inquiry: Inquiry) -> Callable[[Request, Service], Awaitable[Response]]:
    formats = _formats(inquiry)

    async def ask_inquiry(request: Request, service: ServiceDependency) -> Response:
        query = request.query_params
        chosen = choose(request.headers.get("accept"), formats, query.get("format"))
        page, shape = Page.of(request), shape_of(query, inquiry.item)
        asked = f"{request.url.path}?{request.url.query}"
        tag = entity_tag(service.backend.snapshot, chosen.format, asked)
        if is_fresh(request, tag, answered=False):
            return Response(status_code=304, headers=validators(tag))
        values = {name: query.getlist(name) for name in query if name not in _RESERVED}
        context = str(request.base_url.replace(path="/context.jsonld"))
        task = Inquire(inquiry.id, values, shape, page.offset, page.limit, chosen.format.name, context)
        done = await unless_gone(request.receive, service.analysts.ask(task))
        tag = entity_tag(done.snapshot, chosen.format, asked)
        if is_fresh(request, tag):
            return Response(status_code=304, headers=validators(tag))
        headers = await notice_headers(service) if done.about["notices"] else {}
        headers |= validators(tag)
        page.add_links(headers, request, done.about["total"])
        return Response(done.body, headers={**headers, "Content-Type": chosen.content_type})

    return ask_inquiry


def _model(inquiry: Inquiry) -> type[BaseModel]:
    """The answer's shape, for the OpenAPI document."""
    return create_model(
        f"{''.join(part.capitalize() for part in inquiry.id.split('-'))}Findings",
        __doc__=f"The answer to: {inquiry.title}",
        id=(str, ...),
        title=(str, ...),
        items=(list[inquiry.item], ...),  # type: ignore[name-defined]
        total=(int, Field(description="How many there are; `items` holds a page of them.")),
        notices=(list[str], Field(description="What must be shown with it, such as that data is synthetic.")),
        release=(str, ...),
        edition=(str, ...),
    )


def _openapi_parameters(inquiry: Inquiry) -> list[dict[str, Any]]:
    properties = inquiry.parameters.model_json_schema().get("properties", {})
    parameters, examples = [], _examples(inquiry)
    for name, known in inquiry.parameters.model_fields.items():
        schema = {
            key: value for key, value in properties[name].items() if key not in ("title", "description")
        }
        several = get_origin(known.annotation) is tuple
        if several and str in get_args(known.annotation):
            schema = {"type": "array", "items": {"type": "string"}}
        parameters.append(
            {
                "name": name,
                "in": "query",
                "required": known.is_required(),
                "description": f"{known.description}{_SEVERAL[name in inquiry.parameters.together] if several else ''}",
                "schema": schema,
                **({"example": examples[name]} if name in inquiry.example else {}),
            }
        )
    shaped = openapi_parameters(inquiry.item)
    return [*parameters, *shaped, *OPENAPI_PARAMETERS, format_parameter(_formats(inquiry))]


def _examples(inquiry: Inquiry) -> dict[str, Any]:
    """The example's values, of the types that the parameters have."""
    fields = inquiry.parameters.model_fields
    given = {
        name: [value] if isinstance(value, str) and get_origin(fields[name].annotation) is tuple else value
        for name, value in inquiry.example.items()
    }
    return inquiry.parameters.model_validate(given).model_dump(mode="json")
