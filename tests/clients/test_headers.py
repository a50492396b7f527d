"""The headers that real clients send, and what each must get, from the running server.

Those of SPARQLWrapper, rdflib, Comunica, curl and Python were read off the wire, the others in their sources. A
client that asks for what cannot be (a graph as CSV) gets 406; whoever sends nothing, or anything, gets JSON or Turtle.
"""

from __future__ import annotations

from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest

from tests.api.conftest import Served
from tests.clients.conftest import EVALUATIONS, TYPES, YES

JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV = "text/csv; charset=utf-8", "text/tab-separated-values; charset=utf-8"
TURTLE, N_TRIPLES = "text/turtle; charset=utf-8", "application/n-triples"
RDF_XML, JSON_LD, HTML = "application/rdf+xml", "application/ld+json", "text/html; charset=utf-8"
PLAIN_XML, PLAIN_JSON = "application/xml", "application/json"


@dataclass(frozen=True)
class Client:
    """What a client says, and what it must get: the type of SELECT and ASK, of CONSTRUCT, and without a query."""

    name: str
    agent: str
    accept: str | None
    results: str | None
    graph: str | None
    service: str | None
    content_type: str = "application/x-www-form-urlencoded"

    @property
    def headers(self) -> dict[str, str]:
        headers = {"User-Agent": self.agent}
        return headers if self.accept is None else headers | {"Accept": self.accept}


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0.0.0 Safari/537.36"
)
WRAPPER = "sparqlwrapper 2.0.0 (rdflib.github.io/sparqlwrapper)"
URLLIB, JENA, R = "Python-urllib/3.11", "Apache-Jena-ARQ/5.2.0", "libcurl/8.5.0 r-curl/5.2.3 httr/1.4.7"
COMUNICA = "Comunica/5.0 (linux; x64) ActorHttpFetch/5.4.0 Node.js/20"
DIRECT, DIRECT_UTF8 = "application/sparql-query", "application/sparql-query; charset=UTF-8"
FORM_UTF8 = "application/x-www-form-urlencoded; charset=UTF-8"
PAGES = "text/html,application/xhtml+xml,application/xml;q=0.9"

CLIENTS = [
    Client("curl", "curl/7.88.1", "*/*", JSON, TURTLE, TURTLE),
    Client("wget", "Wget/1.21.3", "*/*", JSON, TURTLE, TURTLE),
    Client("nothing said", "", None, JSON, TURTLE, TURTLE),
    # A browser shows XML, and where there is a page it gets that.
    Client("Firefox", FIREFOX, f"{PAGES},*/*;q=0.8", PLAIN_XML, PLAIN_XML, HTML),
    Client(
        "Firefox with pictures",
        FIREFOX,
        f"{PAGES},image/avif,image/webp,image/png,image/svg+xml,*/*;q=0.8",
        PLAIN_XML,
        PLAIN_XML,
        HTML,
    ),
    Client(
        "Chrome",
        CHROME,
        f"{PAGES},image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
        PLAIN_XML,
        PLAIN_XML,
        HTML,
    ),
    Client("a script in a page", CHROME, "*/*", JSON, TURTLE, TURTLE, FORM_UTF8),
    Client(
        "SPARQLWrapper JSON",
        WRAPPER,
        "application/sparql-results+json,application/json,text/javascript,application/javascript",
        JSON,
        PLAIN_JSON,
        PLAIN_JSON,
    ),
    Client("SPARQLWrapper XML", WRAPPER, "application/sparql-results+xml", XML, None, None),
    Client("SPARQLWrapper CSV", WRAPPER, "text/csv", CSV, None, None),
    Client("SPARQLWrapper TSV", WRAPPER, "text/tab-separated-values", TSV, None, None),
    Client("SPARQLWrapper RDF/XML", WRAPPER, "application/rdf+xml", None, RDF_XML, RDF_XML),
    Client("SPARQLWrapper Turtle", WRAPPER, "application/turtle,text/turtle", None, TURTLE, TURTLE, DIRECT),
    Client(
        "SPARQLWrapper N3",
        WRAPPER,
        "application/turtle,text/turtle,text/rdf+n3,application/n-triples,application/n3,text/n3",
        None,
        TURTLE,
        TURTLE,
    ),
    Client(
        "SPARQLWrapper JSON-LD", WRAPPER, "application/ld+json,application/x-json+ld", None, JSON_LD, JSON_LD
    ),
    Client(
        "rdflib SPARQLStore XML",
        URLLIB,
        "application/rdf+xml, application/sparql-results+xml",
        XML,
        RDF_XML,
        RDF_XML,
        DIRECT,
    ),
    Client("rdflib SPARQLStore JSON", URLLIB, "application/sparql-results+json", JSON, None, None, DIRECT),
    Client("rdflib SPARQLStore CSV", URLLIB, "text/csv", CSV, None, None, DIRECT),
    Client(
        "R SPARQL", "R (4.3.1 x86_64-pc-linux-gnu) RCurl", "application/sparql-results+xml", XML, None, None
    ),
    Client("R httr", R, "application/json, text/xml, application/xml, */*", PLAIN_JSON, PLAIN_XML, PLAIN_XML),
    Client("R httr2", "httr2/1.0.5 r-curl/5.2.3 libcurl/8.5.0", "*/*", JSON, TURTLE, TURTLE),
    Client("R read_csv", R, "text/csv, */*", CSV, TURTLE, TURTLE),
    Client("Python requests", "python-requests/2.32.3", "*/*", JSON, TURTLE, TURTLE),
    Client("Python httpx", "python-httpx/0.27.2", "*/*", JSON, TURTLE, TURTLE),
    Client("Python urllib, pandas", URLLIB, None, JSON, TURTLE, TURTLE),
    Client(
        "YASGUI, rows", FIREFOX, "application/sparql-results+json,*/*;q=0.9", JSON, TURTLE, TURTLE, FORM_UTF8
    ),
    Client(
        "YASGUI, a graph", FIREFOX, "application/n-triples,*/*;q=0.9", JSON, N_TRIPLES, N_TRIPLES, FORM_UTF8
    ),
    Client("YASGUI, Turtle", FIREFOX, "text/turtle,*/*;q=0.9", JSON, TURTLE, TURTLE, FORM_UTF8),
    Client(
        "YASGUI, its long list",
        FIREFOX,
        "application/sparql-results+json,application/sparql-results+xml;q=0.9,text/csv;q=0.8,"
        "text/tab-separated-values;q=0.8,text/turtle;q=0.7,application/n-triples;q=0.6,"
        "application/rdf+xml;q=0.5,application/ld+json;q=0.4,text/plain;q=0.2,*/*;q=0.1",
        JSON,
        TURTLE,
        TURTLE,
        FORM_UTF8,
    ),
    Client(
        "Jena ARQ, rows",
        JENA,
        "application/sparql-results+json, application/sparql-results+xml;q=0.9, text/tab-separated-values;q=0.7, "
        "text/csv;q=0.5, application/json;q=0.2, application/xml;q=0.2, */*;q=0.1",
        JSON,
        PLAIN_XML,
        PLAIN_XML,
        DIRECT_UTF8,
    ),
    Client(
        "Jena ARQ, yes or no",
        JENA,
        "application/sparql-results+json, application/sparql-results+xml;q=0.9,application/json;q=0.2,"
        "application/xml;q=0.2,*/*;q=0.1",
        JSON,
        PLAIN_XML,
        PLAIN_XML,
        DIRECT_UTF8,
    ),
    Client(
        "Jena ARQ, a graph",
        JENA,
        "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3",
        JSON,
        TURTLE,
        TURTLE,
        DIRECT_UTF8,
    ),
    Client(
        "RDF4J, rows",
        "Eclipse RDF4J/4.3.8",
        "application/x-binary-rdf-results-table, application/sparql-results+json;q=0.8, application/json;q=0.8, "
        "application/sparql-results+xml;q=0.8, application/xml;q=0.8, text/tab-separated-values;q=0.8, "
        "text/csv;q=0.8",
        JSON,
        PLAIN_XML,
        PLAIN_XML,
        FORM_UTF8,
    ),
    Client(
        "RDF4J, a graph",
        "Eclipse RDF4J/4.3.8",
        "application/x-binary-rdf, text/x-turtle-star;q=0.8, application/n-triples;q=0.8, text/plain;q=0.5, "
        "application/rdf+xml;q=0.8, application/xml;q=0.5, text/turtle;q=0.8, application/ld+json;q=0.7",
        PLAIN_XML,
        TURTLE,
        TURTLE,
        FORM_UTF8,
    ),
    Client(
        "Comunica, rows",
        COMUNICA,
        "application/sparql-results+json;q=1.0,application/sparql-results+xml;q=0.7",
        JSON,
        None,
        None,
    ),
    Client("Comunica, a graph", COMUNICA, "text/turtle", None, TURTLE, TURTLE),
    Client(
        "Comunica, what is it?",
        COMUNICA,
        "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,application/n-triples;q=0.8,"
        "text/turtle;q=0.6,application/rdf+xml;q=0.5,text/n3;q=0.35,application/xml;q=0.3,text/html;q=0.2",
        PLAIN_XML,
        JSON_LD,
        JSON_LD,
    ),
    Client(
        "Protégé (OWL API 5)",
        "okhttp/3.14.9",
        "application/rdf+xml, application/xml; q=0.5, text/xml; q=0.3, */*; q=0.2",
        PLAIN_XML,
        RDF_XML,
        RDF_XML,
    ),
    Client(
        "Protégé (OWL API 4)",
        "Java/1.8.0_392",
        "application/rdf+xml, application/xml; q=0.7, text/xml; q=0.6, text/plain; q=0.1, */*; q=0.09",
        PLAIN_XML,
        RDF_XML,
        RDF_XML,
    ),
    Client(
        "Excel, Power Query",
        "Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/?LinkID=304225)",
        None,
        JSON,
        TURTLE,
        TURTLE,
    ),
    Client(
        "Excel, Power Query for JSON",
        "Microsoft.Data.Mashup",
        "application/json",
        PLAIN_JSON,
        PLAIN_JSON,
        PLAIN_JSON,
    ),
    Client(
        "Java URLConnection",
        "Java/11.0.21",
        "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
        JSON,
        TURTLE,
        HTML,
    ),
    Client("Java HttpClient", "Java-http-client/21.0.1", None, JSON, TURTLE, TURTLE),
    Client("a client that wants pictures", "x", "image/png", None, None, None),
]

every_client = pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)


QUERIES = {"select": EVALUATIONS, "ask": YES, "construct": TYPES, "none": ""}


def send(
    served: Served, method: str, query: str, headers: dict[str, str], body: str | None = None
) -> tuple[int, str, bytes]:
    """Send these headers and no others: most libraries would add an Accept of their own."""
    connection = HTTPConnection(served.address.removeprefix("http://"), timeout=30)
    try:
        target = f"/sparql?{urlencode({'query': query})}" if query else "/sparql"
        connection.request(method, target, body, headers)
        reply = connection.getresponse()
        return reply.status, reply.headers.get("Content-Type", ""), reply.read()
    finally:
        connection.close()


def wanted(client: Client, form: str) -> tuple[int, str]:
    kind = {"construct": client.graph, "none": client.service}.get(form, client.results)
    return (406, "application/problem+json") if kind is None else (200, kind)


@every_client
@pytest.mark.parametrize("form", QUERIES)
def test_each_client_gets_what_it_asks_for(served: Served, client: Client, form: str) -> None:
    status, kind, body = send(served, "GET", QUERIES[form], client.headers)
    assert (status, kind) == wanted(client, form)
    assert body
    head = send(served, "HEAD", QUERIES[form], client.headers)
    assert head == (status, kind, b"")


@every_client
@pytest.mark.parametrize("form", ["select", "construct"])
def test_each_client_gets_the_same_by_post(served: Served, client: Client, form: str) -> None:
    direct = client.content_type.startswith("application/sparql-query")
    body = QUERIES[form] if direct else urlencode({"query": QUERIES[form]})
    headers = client.headers | {"Content-Type": client.content_type}
    assert send(served, "POST", "", headers, body)[:2] == wanted(client, form)


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("text/plain", EVALUATIONS, 415),
        ("application/json", '{"query": "ASK {}"}', 415),
        ("", EVALUATIONS, 415),
        ("application/sparql-query; charset=UTF-16", EVALUATIONS, 415),
        ("application/sparql-query", "", 400),
        ("application/x-www-form-urlencoded", "", 400),
        ("application/x-www-form-urlencoded", "query=", 400),
        ("application/x-www-form-urlencoded", "query=ASK%20%7B%7D&query=ASK%20%7B%7D", 400),
        ("application/sparql-query", "SELECT ?s {", 400),
    ],
)
def test_what_is_no_request_is_told_so(served: Served, content_type: str, body: str, status: int) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answered, kind, _ = send(served, "POST", "", headers, body)
    assert (answered, kind) == (status, "application/problem+json")


@pytest.mark.parametrize("path", ["/sparql", "/graphs", "/.well-known/void", "/questions"])
def test_what_may_be_sent_is_told(served: Served, path: str) -> None:
    reply = served.client.options(path)
    if path in ("/sparql", "/graphs"):
        assert reply.status_code == 204
        assert {"GET", "HEAD", "POST", "OPTIONS"} <= {m.strip() for m in reply.headers["allow"].split(",")}
    else:
        assert reply.status_code == 204
        assert "GET" in reply.headers["allow"]
    assert not reply.headers.get("access-control-allow-credentials")
