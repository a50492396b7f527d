r"""Calls to other endpoints (SERVICE): made by us before the engine runs, and only to those on a list.

The engine's workers have no network and never see a call. One that may be made is asked of its endpoint as
`SELECT * WHERE { pattern }`, which is what it means (SPARQL 1.1 Federated Query, section 4), and a VALUES
block of the answer's solutions takes its place in the query. Whatever is left of SERVICE — a variable for
an endpoint, one that is not listed, a prefixed or relative name, a call within a call, any odd spelling —
stays where it is, for the guard to refuse. So a mistake here can reach a listed endpoint and nothing else.

    found = federation.find(text)           # reads only
    query = check(found.judged)             # the guard, before anything is called
    text = await federation.fill(found)     # calls

An answer is data from a stranger. It becomes typed RDF terms, and the engine's own library writes these down,
so that none can end the block that it stands in. VALUES holds no blank nodes: one of an answer becomes an IRI
that is new with every answer, `https://w3id.org/cmograph/.well-known/genid/UUID` (RDF 1.1 Concepts, section
3.5).
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx2
from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, QuerySolutions, Triple
from pyoxigraph import parse_query_results as parse

from cmograph.engine.guard import MAXIMUM_BYTES, check
from cmograph.engine.tokens import TOKEN
from cmograph.errors import FederationError, InputError, Problem, QueryRefused
from cmograph.vocabulary import BASE

__all__ = ["Call", "Federation", "FederationError", "Found"]

_JSON = "application/sparql-results+json"
_GENID = f"{BASE}.well-known/genid/"
_FORMS = ("select", "ask", "construct", "describe")
_DEEPEST = 20
"""Objects and arrays inside each other in an answer: 5 are usual, 10,000 end the process that parses them."""
_AT_ONCE = 8
"""Calls under way at once, whoever asks: each may hold a whole answer in memory."""

# An escape that stands for ASCII may be a quote or a brace to one engine and not to another.
_ASCII_ESCAPE = re.compile(r"\\(?:u00|U000000)[0-7][0-9A-Fa-f]")
_JSON_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NO_BRACKET = bytes(set(range(256)) - set(b"{}[]"))

_GLOBAL_UNICAST = ip_network("2000::/3")  # leaves out mapped, translated, local and multicast addresses
_NOT_PUBLIC = tuple(
    ip_network(network) for network in ("192.0.0.0/24", "192.88.99.0/24", "2002::/16", "3fff::/20")
)


@dataclass(frozen=True, slots=True)
class Call:
    """A call in a query that may be made.

    Attributes:
        endpoint: the URL, as the list has it.
        silent: whether a failure counts as one solution without bindings (SERVICE SILENT).
        query: what the endpoint is asked.
        variables: the names that its answer may bind.
        start: where the call begins in the query's text, in code points.
        end: where it ends.
    """

    endpoint: str
    silent: bool
    query: str
    variables: frozenset[str]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """A query, and the calls in it that may be made, in their order.

    Attributes:
        text: the query as it came.
        calls: none of them overlap; empty where nothing is to be called.
    """

    text: str
    calls: tuple[Call, ...] = ()

    @property
    def judged(self) -> str:
        """The query for the guard: in place of each call, whose answer is only data, an empty group."""
        return self.filled(["{ }"] * len(self.calls))

    def filled(self, groups: Sequence[str]) -> str:
        """The query with these groups in place of its calls."""
        pieces, at = [], 0
        for call, group in zip(self.calls, groups, strict=True):
            pieces += [self.text[at : call.start], group]
            at = call.end
        return "".join(pieces) + self.text[at:]


@dataclass(frozen=True, slots=True)
class Federation:
    """The endpoints that queries may call, and how far.

    Attributes:
        endpoints: their exact URLs (http or https, no user or password).
        private_hosts: hosts among these that may have an address that is not public.
        seconds: for one call, from the wait for its turn to the end of its answer.
        answer: bytes of one answer as it comes, and characters of it as it stands in the query.
        calls: calls in one query.

    Raises:
        InputError: an endpoint is no such URL.
    """

    endpoints: frozenset[str] = frozenset()
    private_hosts: frozenset[str] = frozenset()
    seconds: float = 10.0
    answer: int = 5 << 20
    calls: int = 5
    _turns: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(_AT_ONCE), init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        wrong = sorted(endpoint for endpoint in self.endpoints if not _is_endpoint(endpoint))
        if wrong:
            raise InputError(
                *(
                    Problem(
                        f"{endpoint!r} cannot be called as a SPARQL endpoint.",
                        "Give a URL that begins with http:// or https:// and holds no user or password.",
                    )
                    for endpoint in wrong
                )
            )

    def find(self, text: str) -> Found:
        """The calls in a query that may be made; reaches nothing, and takes time in proportion to the text.

        Raises:
            QueryError: the guard refuses what an endpoint would be asked.
            QueryRefused: there are more calls than one query may have.
        """
        if not self.endpoints or len(text) > MAXIMUM_BYTES or "service" not in text.lower():
            return Found(text)
        if _ASCII_ESCAPE.search(text):
            return Found(text)
        calls = tuple(self._read(text))
        if len(calls) > self.calls:
            raise QueryRefused(
                Problem(f"The query calls other endpoints more than {self.calls} times.", "Split the query.")
            )
        return Found(text, calls)

    def _read(self, text: str) -> Iterator[Call]:
        tokens = [token for token in TOKEN.finditer(text) if token.lastgroup != "space"]
        words = [token[0].lower() if token.lastgroup == "run" else "" for token in tokens]
        begin = next((at for at, word in enumerate(words) if word in _FORMS), len(words))
        prologue = text[: tokens[begin].start()] if begin < len(words) else ""
        while begin < len(words):
            at = begin
            begin += 1
            if words[at] != "service":
                continue
            silent = words[at + 1 : at + 2] == ["silent"]
            name = at + 1 + silent
            end = _close(tokens, name + 1)
            if end is None or tokens[name].lastgroup != "iri" or tokens[name][0][1:-1] not in self.endpoints:
                continue
            begin = end + 1
            if any("service" in word.partition(":")[0] for word in words[name + 1 : end]):
                continue  # a call within a call
            query = f"{prologue}SELECT * WHERE {text[tokens[name + 1].start() : tokens[end].end()]}"
            check(query)
            inside = tokens[name + 1 : end]
            variables = frozenset(token[0][1:] for token in inside if token.lastgroup == "variable")
            yield Call(tokens[name][0][1:-1], silent, query, variables, tokens[at].start(), tokens[end].end())

    async def fill(self, found: Found) -> str:
        """The query with the answers to its calls in their place; all calls are made at once.

        Raises:
            FederationError: an endpoint that is not called SILENT gave no answer that can be used.
        """
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._group(call)) for call in found.calls]
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        return found.filled([task.result() for task in tasks])

    async def _group(self, call: Call) -> str:
        try:
            async with asyncio.timeout(self.seconds), self._turns:
                body = await self._ask(call)
                return await asyncio.to_thread(_values, body, call.variables, self.answer)
        except TimeoutError:
            why = f"gave no answer in {self.seconds:g} seconds"
        except _Unusable as unusable:
            why = str(unusable)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, UnicodeError):
            why = "cannot be reached"
        if call.silent:
            return "{ }"  # one solution without bindings (SPARQL 1.1 Federated Query, section 2.3)
        raise FederationError(
            Problem(
                f"The endpoint {call.endpoint} {why}.", "Try later, or go on without it by SERVICE SILENT."
            )
        )

    async def _ask(self, call: Call) -> bytes:
        """The body of an endpoint's answer."""
        url = httpx2.URL(call.endpoint)
        addresses = await self._resolve(url)
        timeout = httpx2.Timeout(None, connect=self.seconds / len(addresses))  # for the rest, see `_group`
        secure = url.scheme == "https" and ssl.create_default_context()  # plain HTTP has nothing to verify
        async with httpx2.AsyncClient(trust_env=False, timeout=timeout, verify=secure) as client:
            while True:
                address = addresses.pop(0)
                try:
                    return await self._post(client, url, address, call.query)
                except (httpx2.ConnectError, httpx2.ConnectTimeout):
                    if not addresses:
                        raise

    async def _resolve(self, url: httpx2.URL) -> list[str]:
        """The addresses of a host; looked up once, for the name may mean another the next time."""
        found = await asyncio.get_running_loop().getaddrinfo(
            url.raw_host.decode(), url.port, type=socket.SOCK_STREAM
        )
        addresses = list(dict.fromkeys(str(place[0]) for *_, place in found))
        private = {host.strip("[]").lower() for host in self.private_hosts}
        if url.host not in private and not all(_is_public(ip_address(address)) for address in addresses):
            raise _Unusable("has an address that is not public")
        return addresses

    async def _post(self, client: httpx2.AsyncClient, url: httpx2.URL, address: str, query: str) -> bytes:
        """Ask an address by the protocol's POST with URL-encoded parameters (SPARQL 1.1 Protocol, 2.1.2)."""
        headers = {
            "Host": url.netloc.decode(),
            "Accept": _JSON,
            "Accept-Encoding": "identity",  # and whatever comes is read as it comes, so that it cannot grow
            "User-Agent": "cmograph",
        }
        async with client.stream(
            "POST",
            url.copy_with(host=address),
            headers=headers,
            data={"query": query},
            extensions={"sni_hostname": url.raw_host.decode()},
            follow_redirects=False,
        ) as response:
            if response.status_code != 200:
                raise _Unusable(f"answered with status {response.status_code}")
            kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if kind != _JSON:
                raise _Unusable(f"did not answer in {_JSON}")
            if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
                raise _Unusable("answered compressed, which it was not asked to")
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > self.answer:
                    raise _too_long(self.answer)
            return bytes(body)


class _Unusable(Exception):
    """Why an endpoint's answer cannot be used: the end of a sentence that begins with the endpoint."""


def _too_long(limit: int) -> _Unusable:
    return _Unusable(f"answered with more than {limit:,} bytes")


def _is_endpoint(endpoint: str) -> bool:
    try:
        url = httpx2.URL(endpoint)
    except httpx2.InvalidURL:
        return False
    known = url.scheme in ("http", "https") and bool(url.host) and not url.userinfo
    return known and (url.port is None or 0 < url.port < 65536)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    special = (
        address.is_multicast or address.is_reserved or any(address in network for network in _NOT_PUBLIC)
    )
    return address.is_global and not special


def _close(tokens: Sequence[re.Match[str]], opening: int) -> int | None:
    """Where the brace that is opened there is closed; None where there is none, or it never is."""
    depth = 0
    for at in range(opening, len(tokens)):
        if tokens[at].lastgroup == "mark":
            depth += (tokens[at][0] == "{") - (tokens[at][0] == "}")
        if depth <= 0:
            return at if at > opening else None
    return None


def _values(body: bytes, variables: frozenset[str], limit: int) -> str:
    """An answer's solutions as a group with a VALUES block (SPARQL 1.1 Query, section 10.2)."""
    frame = _JSON_STRING.sub(b"", body).translate(None, _NO_BRACKET)
    for _ in range(_DEEPEST):
        frame = frame.replace(b"{}", b"").replace(b"[]", b"")
    if frame:
        raise _Unusable("answered with JSON that is not whole, or nested too deeply")
    names: dict[BlankNode, NamedNode] = defaultdict(lambda: NamedNode(f"{_GENID}{uuid.uuid4()}"))

    def write(term: NamedNode | BlankNode | Literal | Triple | None) -> str:
        if term is None:
            return "UNDEF"
        if isinstance(term, BlankNode):
            return str(names[term])
        if isinstance(term, Triple):  # a triple term of SPARQL 1.2
            return f"<<( {write(term.subject)} {term.predicate} {write(term.object)} )>>"
        return str(term)

    solutions = None
    try:
        solutions = parse(body, QueryResultsFormat.JSON)
        if not isinstance(solutions, QuerySolutions):
            raise _Unusable("did not answer with solutions")
        if not variables.issuperset(variable.value for variable in solutions.variables):
            raise _Unusable("answered with a variable that it was not asked for")
        rows = [f"{{ VALUES ({' '.join(map(str, solutions.variables))}) {{"]
        size = len(rows[0])
        for solution in solutions:
            rows.append(f"({' '.join(map(write, solution))})")
            size += len(rows[-1])
            if size > limit:
                raise _too_long(limit)
    except (SyntaxError, ValueError):
        raise _Unusable(f"did not answer in valid {_JSON}") from None
    finally:
        del solutions  # an error takes this frame to another thread, where the library's results may not die
    return "\n".join(rows) + "} }"
