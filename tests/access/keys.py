"""An issuer for the tests: real keys, real tokens, and a real web server for its key set."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

__all__ = [
    "AUDIENCE",
    "EC",
    "ED",
    "ISSUER",
    "RSA",
    "Pages",
    "claims",
    "jwk",
    "jwks",
    "pem",
    "serving",
    "sign",
]

ISSUER = "https://login.example.org/realm"
AUDIENCE = "cmograph"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()
Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def claims(**changed: object) -> dict[str, Any]:
    """Claims that count, but for what is changed; None takes a claim away."""
    now = int(time.time())
    whole: dict[str, object] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "ann",
        "exp": now + 300,
        "scope": "openid cmograph:restricted",
    } | changed
    return {name: value for name, value in whole.items() if value is not None}


def sign(
    content: Mapping[str, Any], key: Private = RSA, algorithm: str = "RS256", kid: str | None = "one"
) -> str:
    """A token."""
    return jwt.encode(dict(content), key, algorithm, {"kid": kid} if kid is not None else None)


def jwk(key: Private, kid: str | None = "one", **more: object) -> dict[str, Any]:
    """The public key as an issuer publishes it."""
    public = key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        item = RSAAlgorithm.to_jwk(public, as_dict=True)
    elif isinstance(public, ec.EllipticCurvePublicKey):
        item = ECAlgorithm.to_jwk(public, as_dict=True)
    else:
        item = OKPAlgorithm.to_jwk(public, as_dict=True)
    item.pop("key_ops", None)
    return item | ({"kid": kid} if kid is not None else {}) | more


def jwks(*keys: dict[str, Any]) -> str:
    """A key set."""
    return json.dumps({"keys": keys})


def pem(key: Private) -> bytes:
    """The public key, as an attacker would take it for a shared secret."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@dataclass
class Pages:
    """What the web server says, and how often it was asked."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    url: str = ""
    silent: threading.Event | None = None


@contextmanager
def serving(pages: Pages) -> Iterator[str]:
    """A web server on loopback; yields the URL of its key set."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pages.asked += 1
            if pages.silent:
                pages.silent.wait(10)
            self.send_response(pages.status)
            for name, value in pages.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(pages.body)))
            self.end_headers()
            with suppress(OSError):  # the client may have heard enough
                self.wfile.write(pages.body)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/keys"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
