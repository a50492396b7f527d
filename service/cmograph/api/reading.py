"""The pages for people: plain HTML that needs no script, every value escaped by the template engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from cmograph import __version__
from cmograph.engine.formats import Format

__all__ = ["HTML", "STATIC", "page", "query_page"]

HTML = Format("html", "text/html", ("application/xhtml+xml",))
"""A page, where people and programs share a URL."""

_WEB = Path(__file__).parent.parent / "web"
STATIC = _WEB / "static"
"""The style sheet, served under /static."""

_THINGS = "https://w3id.org/cmograph/id/"
_TEMPLATES = Environment(
    loader=FileSystemLoader(_WEB / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _local_name(iri: str) -> str:
    """The end of an IRI, which is what a person reads of it."""
    return iri.removeprefix(_THINGS).rpartition("#")[2] if iri.startswith(_THINGS) else iri.rpartition("#")[2]


def _address(iri: str) -> str:
    """Where a page leads for an IRI: to a thing of ours here, or to the web; "" for what leads to neither.

    That is a blank node, words in an IRI's place, or a script.
    """
    if iri.startswith(_THINGS):
        return "/id/" + iri.removeprefix(_THINGS)
    return iri if iri.startswith(("https://", "http://")) else ""


_TEMPLATES.filters["address"] = _address
_TEMPLATES.filters["local_name"] = _local_name
_TEMPLATES.globals["version"] = __version__


def page(template: str, headers: dict[str, str] | None = None, **values: Any) -> HTMLResponse:
    """A page.

    Args:
        template: the name of a template in `web/templates`.
        headers: of the response.
        values: what the template names.
    """
    return HTMLResponse(_TEMPLATES.get_template(template).render(values), headers=headers)


def query_page() -> HTMLResponse:
    """A box to write a query in."""
    return page("query.html", {"Vary": "Accept"})
