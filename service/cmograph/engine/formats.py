"""The formats of an answer: what each is called, in a URL, in a header and in a file name."""

from __future__ import annotations

from dataclasses import dataclass

from cmograph.errors import Problem, UnknownName, nearest

__all__ = [
    "CSV",
    "GRAPHS",
    "JSON",
    "JSON_LD",
    "N_TRIPLES",
    "RDF_XML",
    "RESULTS",
    "TSV",
    "TURTLE",
    "XML",
    "Format",
    "format_named",
    "formats_of",
]


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Attributes:
        name: its short name, as in `?format=csv`.
        media_type: what `Content-Type` says.
        aliases: other media types by which clients ask for it.
        other_names: other short names by which people ask for it.
    """

    name: str
    media_type: str
    aliases: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()


# SPARQL 1.1 Query Results JSON, XML, CSV and TSV Formats, section on the media type of each.
JSON = Format("json", "application/sparql-results+json", ("application/json",), ("srj",))
XML = Format("xml", "application/sparql-results+xml", ("application/xml", "text/xml"), ("srx",))
CSV = Format("csv", "text/csv")
TSV = Format("tsv", "text/tab-separated-values")
RESULTS = (JSON, XML, CSV, TSV)

TURTLE = Format("ttl", "text/turtle", ("application/x-turtle", "application/turtle"), ("turtle", "n3"))
N_TRIPLES = Format("nt", "application/n-triples", ("text/plain",), ("ntriples", "n-triples"))
RDF_XML = Format(
    "rdf", "application/rdf+xml", ("application/xml", "text/xml"), ("xml", "rdfxml", "rdf/xml", "rdf+xml")
)
JSON_LD = Format("jsonld", "application/ld+json", ("application/json",), ("json", "json-ld"))
GRAPHS = (TURTLE, N_TRIPLES, RDF_XML, JSON_LD)


def formats_of(form: str) -> tuple[Format, ...]:
    """The formats in which a query of this form can be answered, the default first.

    Args:
        form: `SELECT`, `ASK`, `CONSTRUCT` or `DESCRIBE`.
    """
    return RESULTS if form in ("SELECT", "ASK") else GRAPHS


def format_named(name: str | None, offered: tuple[Format, ...]) -> Format:
    """The format of that short name; the first offered where no name is given.

    Raises:
        UnknownName: none of those offered is called so.
    """
    if not name:
        return offered[0]
    wanted = name.lower()
    for format in offered:
        if wanted in (format.name, *format.other_names, format.media_type):
            return format
    names = [format.name for format in offered]
    remedy = nearest(name, names) or f"It comes as {', '.join(names)}."
    raise UnknownName(Problem(f"This answer has no format {name!r}.", remedy))
