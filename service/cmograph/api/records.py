"""One study, one configuration, one component, as a record: what the lists at `/studies` and so on hold of each."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from cmograph.analysis.casebook import Casebook
from cmograph.analysts.tasks import Record
from cmograph.api.caching import entity_tag, is_fresh, validators
from cmograph.api.problems import ProblemDetails
from cmograph.api.service import Service, ServiceDependency, notice_headers, unless_gone
from cmograph.api.studies import address
from cmograph.api.versions import history_of
from cmograph.engine.formats import Format

__all__ = ["notices", "router"]

router = APIRouter(tags=["things"])

_ERRORS: dict[int | str, dict[str, Any]] = {"default": {"model": ProblemDetails, "description": "An error."}}
_JSON = Format("json", "application/json")


@router.get("/studies/{study}", summary="One evaluation", responses=_ERRORS)
async def one_study(study: str, request: Request, service: ServiceDependency) -> Response:
    """A study by its identifier, as in the list of studies; `Link` names the version that this is."""
    return await _answer(request, service, Record("study", study))


@router.get("/configurations/{study}/{id}", summary="One configuration", responses=_ERRORS)
async def one_configuration(study: str, id: str, request: Request, service: ServiceDependency) -> Response:
    """A configuration by its study's identifier and its own, as in the list of configurations."""
    return await _answer(request, service, Record("configuration", f"{study}/{id}"))


@router.get("/components/{study}/{id}", summary="One component", responses=_ERRORS)
async def one_component(study: str, id: str, request: Request, service: ServiceDependency) -> Response:
    """A component by its study's identifier and its own, as in the list of components."""
    return await _answer(request, service, Record("component", f"{study}/{id}"))


async def notices(service: Service, casebook: Casebook, iri: str) -> dict[str, str]:
    """The headers that say that a thing is of a synthetic study, if it is."""
    synthetic = (study.id for study in casebook.studies.values() if study.synthetic)
    if any(iri == study or iri.startswith(f"{study}/") for study in synthetic):
        return await notice_headers(service)
    return {}


async def _answer(request: Request, service: Service, task: Record) -> Response:
    done = await unless_gone(request.receive, service.analysts.ask(task))
    # Asked once it is sure that there is something: what is not there is never fresh.
    if is_fresh(request, tag := entity_tag(done.snapshot, _JSON)):
        return Response(status_code=304, headers=validators(tag))
    headers = await notice_headers(service) if done.about["synthetic"] else {}
    headers |= validators(tag)
    links = [
        f'<{quote(done.about["id"], safe="/:")}>; rel="cite-as"',
        f'<{address(done.about["id"])}>; rel="describedby"; type="text/html"',
    ]
    if task.kind == "study":
        casebook = await service.excerpts.of(done.about["id"])
        if latest := (await history_of(request, casebook, done.about["id"])).latest:
            links.append(f'<{latest.iri}>; rel="latest-version"')
    headers["Link"] = ", ".join([*([headers["Link"]] if "Link" in headers else []), *links])
    return Response(done.body, headers=headers, media_type=_JSON.media_type)
