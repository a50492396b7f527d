"""The web door: FastAPI for what is typed, a small ASGI application beside it for `/sparql`.

server        create the application, serve it
app           the application: its parts, its errors, its headers
negotiation   which format a client would have
problems      every error as RFC 9457 problem details
caching       ETag and 304
limits        requests a second, a client
protocol      SPARQL 1.1 Protocol: a request → what it asks
sparql        the endpoint
description   the endpoint about itself, in RDF and in OpenAPI
asking        /questions
inquiring     /inquiries, and one route each
exporting     /exports
things        /id and /about: what has an IRI, as a page or RDF; records: as JSON
excerpts      what an analyst copied out of its casebook
operating     /health, /ready, /version
reading       the pages for people
"""

from cmograph.api.app import create_app
from cmograph.api.server import serve

__all__ = ["create_app", "serve"]
