"""`/questions`: every question of the library as an endpoint of its own, described by its header."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, create_model
from starlette.responses import JSONResponse, Response

from cmograph.api.caching import entity_tag, is_fresh, validators
from cmograph.api.negotiation import choose, format_parameter
from cmograph.api.problems import ProblemDetails
from cmograph.api.reading import HTML, page
from cmograph.api.service import Service, ServiceDependency, notice_headers, unless_gone
from cmograph.engine.formats import CSV, JSON, TSV, XML, Format
from cmograph.questions.answers import Answer
from cmograph.questions.header import Parameter
from cmograph.questions.library import Library, Question

__all__ = ["router_for"]

_ROWS = Format("json", "application/json")
_LIST_FORMATS = (_ROWS, HTML)
_ANSWER_FORMATS = (_ROWS, HTML, CSV, TSV, XML, Format("srj", JSON.media_type))
_OF_FORMATS = (
    " `csv` is for spreadsheets: what would start a formula there has an apostrophe before it. "
    "`srj`, `xml` and `tsv` are SPARQL results, every term as it is."
)
_JSON_TYPES = {"iri": "string", "string": "string", "integer": "integer", "boolean": "boolean"}
_PYTHON_TYPES: dict[str, Any] = {"integer": int, "decimal": float, "boolean": bool}


class QuestionSummary(BaseModel):
    """A question that can be asked."""

    id: str
    title: str
    description: str
    realist: str = Field(description="What a realist researcher uses it for.")
    edition: Literal["open", "restricted"] = Field(description="The edition that holds what it needs.")
    parameters: list[dict[str, Any]] = Field(
        description="By what it can be narrowed: name, type, description."
    )
    columns: list[dict[str, Any]] = Field(description="What its answer holds: name, type, description.")


class QuestionList(BaseModel):
    """The questions that can be asked."""

    items: list[QuestionSummary]
    total: int


def router_for(library: Library) -> APIRouter:
    """The routes of a library: the list, and one for each question."""
    router = APIRouter(prefix="/questions", tags=["questions"])

    @router.get(
        "",
        summary="What can be asked?",
        response_model=QuestionList,
        responses={
            200: {"content": {HTML.media_type: {}}},
            "default": {"model": ProblemDetails, "description": "An error."},
        },
        openapi_extra={"parameters": [format_parameter(_LIST_FORMATS)]},
    )
    async def list_questions(request: Request) -> Response:
        """Every question, with what it can be narrowed by and what its answer holds."""
        chosen = choose(request.headers.get("accept"), _LIST_FORMATS, request.query_params.get("format"))
        if chosen.format == HTML:
            return page("questions.html", {"Vary": "Accept"}, questions=list(library.values()))
        items = [_summary(question) for question in library.values()]
        body = QuestionList(items=items, total=len(items))
        return JSONResponse(body.model_dump(mode="json"), headers={"Vary": "Accept"})

    for question in library.values():
        router.add_api_route(
            f"/{question.id}",
            _endpoint(question),
            name=f"ask_{question.id.replace('-', '_')}",
            summary=question.header.title,
            description=f"{question.header.description}\n\n{question.header.realist}",
            response_model=_answer_model(question),
            responses={
                200: {"content": {format.media_type: {} for format in _ANSWER_FORMATS[1:]}},
                "default": {"model": ProblemDetails, "description": "An error."},
            },
            openapi_extra={"parameters": _openapi_parameters(question)},
        )

    @router.get("/{id}", include_in_schema=False)
    async def no_such_question(id: str) -> None:
        library[id]  # raises, with the nearest

    return router


def _endpoint(question: Question) -> Callable[[Request, Service], Awaitable[Response]]:
    async def ask_question(request: Request, service: ServiceDependency) -> Response:
        chosen = choose(request.headers.get("accept"), _ANSWER_FORMATS, request.query_params.get("format"))
        tag = entity_tag(service.backend.snapshot, chosen.format)
        if is_fresh(request, tag, answered=False):
            return Response(status_code=304, headers=validators(tag))
        values = {
            name: request.query_params.getlist(name) for name in request.query_params if name != "format"
        }
        headers = await notice_headers(service)
        if chosen.format in (_ROWS, HTML, CSV):
            answer = await unless_gone(request.receive, service.desk.answer(question.id, values))
            tag = entity_tag(answer.snapshot, chosen.format)
            if is_fresh(request, tag):
                return Response(status_code=304, headers=validators(tag))
            headers |= validators(tag)
            if chosen.format == _ROWS:
                return JSONResponse(_content(answer), headers=headers)
            if chosen.format == CSV:  # people open it in a spreadsheet; `/sparql` gives cells out as they are
                headers["Content-Type"] = chosen.content_type
                return Response(answer.as_csv().encode(), headers=headers)
            return await _page(service, answer, values, headers)
        format = JSON if chosen.format.name == "srj" else chosen.format
        found = await unless_gone(request.receive, service.desk.results(question.id, values, format))
        tag = entity_tag(found.snapshot, chosen.format)
        if is_fresh(request, tag):
            return Response(status_code=304, headers=validators(tag))
        headers |= validators(tag)
        return Response(found.body, headers={**headers, "Content-Type": chosen.content_type})

    return ask_question


async def _page(
    service: Service, answer: Answer, values: dict[str, list[str]], headers: dict[str, str]
) -> Response:
    return page(
        "question.html",
        headers,
        question=answer.question,
        answer=answer,
        given=values,
        choices=await service.desk.choices(answer.question),
        formats=[format.name for format in _ANSWER_FORMATS if format != HTML],
        here=urlencode(values, doseq=True),
    )


def _content(answer: Answer) -> dict[str, Any]:
    header = answer.question.header
    return {
        "id": header.id,
        "title": header.title,
        "items": answer.records(),
        "total": len(answer.rows),
        "notices": list(answer.notices),
        "release": answer.snapshot.release,
        "edition": answer.snapshot.edition,
    }


def _summary(question: Question) -> QuestionSummary:
    header = question.header
    return QuestionSummary(
        **header.model_dump(include={"id", "title", "description", "realist", "edition"}),
        parameters=[
            {"name": name, **parameter.model_dump(by_alias=True, exclude_none=True)}
            for name, parameter in header.parameters.items()
        ],
        columns=[{"name": name, **column.model_dump()} for name, column in header.columns.items()],
    )


def _openapi_parameters(question: Question) -> list[dict[str, Any]]:
    parameters = [_openapi_parameter(name, known) for name, known in question.header.parameters.items()]
    return [*parameters, format_parameter(_ANSWER_FORMATS, _OF_FORMATS)]


def _openapi_parameter(name: str, parameter: Parameter) -> dict[str, Any]:
    described = parameter.description
    if parameter.class_:
        described += f" The IRI, CURIE or name of something that is a {parameter.class_}."
    if parameter.kinds_of:
        described += f" The IRI, CURIE or name of a kind of {parameter.kinds_of}."
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": f"{described} Several values mean any of them.",
        "schema": {"type": "array", "items": {"type": _JSON_TYPES[parameter.type]}},
        **({} if parameter.example is None else {"example": [parameter.example]}),
    }


def _answer_model(question: Question) -> type[BaseModel]:
    """The answer's shape, for the OpenAPI document: the rows' columns are the header's."""
    name = "".join(part.capitalize() for part in question.id.split("-"))
    columns: dict[str, Any] = {
        column: (_PYTHON_TYPES.get(known.type, str) | None, Field(None, description=known.description))
        for column, known in question.header.columns.items()
    }
    row = create_model(f"{name}Row", **columns)
    return create_model(
        f"{name}Answer",
        __doc__=f"The answer to: {question.header.title}",
        id=(str, ...),
        title=(str, ...),
        items=(list[row], ...),
        total=(int, ...),
        notices=(list[str], Field(description="What must be shown with it, such as that data is synthetic.")),
        release=(str, ...),
        edition=(str, ...),
    )
