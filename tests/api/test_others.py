"""The service and others: an issuer whose tokens count, an endpoint that may be called, a document that may not."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from cmograph.access import Scope, TokenBook
from tests.access.keys import AUDIENCE, ISSUER, RSA, claims, jwk, jwks, sign
from tests.api.conftest import serving
from tests.engine.small import SECRET, publish

pytestmark = pytest.mark.slow

EVERYTHING = {"query": "SELECT * { ?s ?p ?o }"}


def test_an_issuers_token_counts(queries: Path, tmp_path: Path) -> None:
    store = publish(tmp_path / "store")
    (tmp_path / "jwks.json").write_text(jwks(jwk(RSA)), encoding="utf-8")
    settings = {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE, "oidc_jwks": tmp_path / "jwks.json"}
    with serving(queries, store, **settings) as served:
        for scope, sees in (("cmograph:restricted", True), ("openid", False)):
            token = {"Authorization": f"Bearer {sign(claims(scope=scope))}"}
            answer = served.client.get("/sparql", params=EVERYTHING, headers=token)
            assert answer.status_code == 200 and (SECRET in answer.text) is sees
        token = {"Authorization": f"Bearer {sign(claims(aud='another', scope='cmograph:restricted'))}"}
        assert served.client.get("/sparql", params=EVERYTHING, headers=token).status_code == 401


def test_a_listed_endpoint_is_called_and_no_other(queries: Path, tmp_path: Path) -> None:
    ours = publish(tmp_path / "ours")
    theirs = publish(tmp_path / "theirs", more="<demo/configuration/C01> <e:told> 'elsewhere' .")
    with serving(queries, theirs) as other:
        listed = f"{other.address}/sparql"
        settings = {"federation": json.dumps([listed]), "federation_private": json.dumps(["127.0.0.1"])}
        with serving(queries, ours, **settings) as served:
            join = "SELECT ?l ?o { ?c <http://www.w3.org/2000/01/rdf-schema#label> ?l . SERVICE <%s> { ?c <e:told> ?o } }"
            answer = served.client.post("/sparql", data={"query": join % listed})
            assert answer.status_code == 200, answer.text
            assert [row["o"]["value"] for row in answer.json()["results"]["bindings"]] == ["elsewhere"]
            assert "etag" not in answer.headers and answer.headers["cache-control"] == "no-store"
            for endpoint in (f"{other.address}/sparql/", f"{other.address}/graphs"):
                refused = served.client.post("/sparql", data={"query": join % endpoint})
                assert refused.status_code == 400
        with serving(queries, ours) as served:
            assert served.client.post("/sparql", data={"query": join % listed}).status_code == 400


@pytest.mark.parametrize("kind", ["application/ld+json", "application/rdf+xml"])
def test_a_document_reaches_nothing(queries: Path, tmp_path: Path, kind: str) -> None:
    (tmp_path / "empty").mkdir()
    token = {"Authorization": f"Bearer {TokenBook(tmp_path / 'empty').add([Scope.WRITE], None)}"}
    with socket.create_server(("127.0.0.1", 0)) as listener, serving(queries, tmp_path / "empty") as served:
        listener.settimeout(0.2)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        body = {
            "application/ld+json": f'{{"@context": "{url}", "@id": "e:s", "e:p": 1}}',
            "application/rdf+xml": f'<!DOCTYPE r [<!ENTITY x SYSTEM "{url}">]><rdf:RDF '
            'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="e:"><rdf:Description '
            'rdf:about="e:s"><e:p>&x;</e:p></rdf:Description></rdf:RDF>',
        }[kind]
        answer = served.client.put("/graphs?graph=e:g", content=body, headers={**token, "Content-Type": kind})
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
        with pytest.raises(TimeoutError):
            listener.accept()
        assert served.client.get("/graphs?graph=e:g").status_code == 404
