"""Only listed endpoints are reached, by public addresses, and only those that were looked up and judged."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cmograph.engine.federation import Federation, FederationError
from cmograph.errors import InputError
from tests.engine.endpoints import (
    LISTED,
    Endpoint,
    ask,
    evaluate,
    fill,
    running,
)


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1",
            "localhost",
            "LOCALHOST",
            "0x7f.1",
            "2130706433",
            "127.1",
            "0",
            "0.0.0.0",
        ),
        *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]"),
        *("[::ffff:8.8.8.8]", "[2002:7f00:1::]", "[fe80::1]", "[fc00::1]", "[fec0::1]", "[ff02::1]"),
        *("[2001:db8::1]", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1"),
        *("192.0.0.8", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    ],
)
def test_an_address_that_is_not_public_is_refused(endpoint: Endpoint, host: str) -> None:
    url = f"http://{host}:{endpoint.port}/sparql"
    for private in ([], ["elsewhere.test"]):
        with pytest.raises(FederationError, match="not public"):
            fill(
                f"ASK {{ SERVICE <{url}> {{ ?s ?p ?o }} }}", Federation(frozenset([url]), frozenset(private))
            )
    assert not endpoint.asked


class Resolver:
    """Look-ups of names, each answered by the next list of addresses."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[object] = []

    def __call__(self, host: object, port: int, *rest: object, **more: object) -> list[tuple[object, ...]]:
        self.asked.append(host)
        kind = socket.SOCK_STREAM
        return [(socket.AF_INET, kind, 6, "", (address, port)) for address in self.answers.pop(0)]


def test_one_private_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(["8.8.8.8", "10.0.0.1"]))
    url = "http://endpoint.test/sparql"
    with pytest.raises(FederationError, match="not public"):
        fill(f"ASK {{ SERVICE <{url}> {{ ?s ?p ?o }} }}", Federation(frozenset([url])))


def test_a_name_that_changes_its_meaning_is_reached_where_it_was_looked_up(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the address that was judged is the one that is connected to."""
    url = f"http://endpoint.test:{endpoint.port}/sparql"
    text = f"ASK {{ SERVICE <{url}> {{ ?s ?p ?o }} }}"
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(["8.8.8.8"], ["127.0.0.1"]))
    stopped = pytest.RaisesExc(
        AssertionError, match=r"tried to reach 8\.8\.8\.8"
    )  # by this suite's own guard
    with pytest.RaisesGroup(stopped):
        fill(text, Federation(frozenset([url])))
    assert not endpoint.asked

    resolver = Resolver(["127.0.0.1"], ["8.8.8.8"])
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    fill(text, Federation(frozenset([url]), frozenset(["Endpoint.test"])))
    assert resolver.asked == ["endpoint.test"]
    assert endpoint.headers[0]["host"] == f"endpoint.test:{endpoint.port}"


def test_the_next_address_is_tried(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(["::1", "127.0.0.1"]))
    url = f"http://endpoint.test:{endpoint.port}/sparql"
    fill(
        f"ASK {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
        Federation(frozenset([url]), frozenset(["endpoint.test"])),
    )
    assert len(endpoint.asked) == 1


def test_proxies_of_the_environment_do_not_count(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, LISTED)
    fill(f"ASK {{ SERVICE <{endpoint.url}> {{ ?s ?p ?o }} }}", endpoint.federation())
    assert len(endpoint.asked) == 1


@pytest.mark.parametrize(("name", "trusted"), [("endpoint.test", True), ("other.test", False)])
def test_a_certificate_counts_for_the_name_and_not_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, trusted: bool
) -> None:
    certificate = _certificate(tmp_path, name)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with running(evaluate, tls) as endpoint:
        monkeypatch.setattr(socket, "getaddrinfo", Resolver(["127.0.0.1"]))
        url = f"https://endpoint.test:{endpoint.port}/sparql"
        federation = Federation(frozenset([url]), frozenset(["endpoint.test"]))
        text = f'SELECT ?s {{ SERVICE <{url}> {{ ?s <http://e/name> "z" }} }}'
        if trusted:
            assert ask(text, federation) == [("<http://e/z>",)]
        else:
            with pytest.raises(FederationError, match="cannot be reached"):
                fill(text, federation)


def _certificate(folder: Path, name: str) -> Path:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "certificate.pem"
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://e.test/", "file:///etc/passwd", "/sparql", "e.test/sparql", "http:///sparql", ""),
        *(
            "http://user@e.test/",
            "http://user:word@e.test/",
            "http://e.test:99999/",
            "http://[::1/",
            "http://0177.0.0.1/",
        ),
    ],
)
def test_what_is_no_endpoint_cannot_be_listed(url: str) -> None:
    with pytest.raises(InputError) as wrong:
        Federation(frozenset([url]))
    assert wrong.value.problems[0].remedy
