"""A client of a cmograph service: `Client("https://…").configurations(mechanism="social comparison")`.

Answers are plain lists of dictionaries, with what must be shown with them; `frame()` makes a pandas DataFrame of one where
pandas is installed. What the service refuses is raised as one of `client.refusals`.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx2

from cmograph import __version__
from cmograph.client.refusals import (
    Busy,
    NotAllowed,
    NotFound,
    Refused,
    ReleaseChanged,
    ServiceError,
    TooCostly,
    Unreachable,
    refusal_of,
)
from cmograph.client.rows import Rows
from cmograph.errors import Problem

__all__ = [
    "Busy",
    "Client",
    "NotAllowed",
    "NotFound",
    "Refused",
    "ReleaseChanged",
    "Rows",
    "ServiceError",
    "TooCostly",
    "Unreachable",
]

Given = str | int | bool | Sequence[str]
"""What narrows an answer: one value, or several of which any may hold."""

_MOST_TRIES = 10
_MOST_READINGS = 3


class Client:
    """A service, over HTTP; usable in a `with` block.

    Every method raises ServiceError where the service refuses or cannot be reached.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        token: str = "",
        timeout: float = 60.0,
        *,
        patience: float = 30.0,
        page: int = 1000,
    ) -> None:
        """Connects when it is first asked.

        Args:
            url: where the service is.
            token: opens what `cmograph token add` made it for; "" for what anyone may see.
            timeout: seconds that an answer may take.
            patience: seconds to wait at most, in all, when the service is busy with what is asked (429, 503).
            page: how many items of a list to ask for at once, 1000 at most.

        Raises:
            ServiceError: the URL is none of a service.
        """
        headers = {"User-Agent": f"cmograph/{__version__}"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._http = httpx2.Client(base_url=_address(url), headers=headers, timeout=timeout)
        self._patience = patience
        self._page = page

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the connection go."""
        self._http.close()

    def studies(self, **narrowed: Given) -> Rows:
        """The evaluations of the store."""
        return self.inquire("studies", **narrowed)

    def configurations(self, **narrowed: Given) -> Rows:
        """Configurations: narrowed by study, context, mechanism, outcome, delivery, role, harmful, contested, …."""
        return self.inquire("configurations", **narrowed)

    def components(self, **narrowed: Given) -> Rows:
        """Components: narrowed by study, kind, part, …."""
        return self.inquire("components", **narrowed)

    def evidence(self, **narrowed: Given) -> Rows:
        """Pieces of evidence: narrowed by study, configuration, component, stance, …."""
        return self.inquire("evidence", **narrowed)

    def profile(self, **profile: Given) -> Rows:
        """Configurations for a profile: context, without, role, delivery, offered, lacking."""
        return self.inquire("profile", **profile)

    def chains(self, **narrowed: Given) -> Rows:
        """Ripple effects: study, start, end, which."""
        return self.inquire("chains", **narrowed)

    def compare(self, *studies: str, **narrowed: Given) -> Rows:
        """Evaluations side by side."""
        return self.inquire("compare", study=studies, **narrowed)

    def confidence(self, **narrowed: Given) -> Rows:
        """GRADE-CERQual assessments of findings."""
        return self.inquire("confidence", **narrowed)

    def inquire(self, inquiry: str, **narrowed: Given) -> Rows:
        """Any inquiry of `/inquiries`, all pages of it, and all of one release; at most `limit` items where that is given."""
        for reading in count(1):
            rows = Rows([])
            try:
                for content in self._pages(inquiry, narrowed):
                    rows += content["items"]
                    rows.tell(*_about(content))
                break
            except ReleaseChanged:
                if reading == _MOST_READINGS:
                    raise
        return rows

    def each(self, inquiry: str, **narrowed: Given) -> Iterator[dict[str, Any]]:
        """The items of an inquiry one by one: a page is asked for when those before it are used up.

        Raises:
            ReleaseChanged: on the way; what came before is of the release before.
        """
        for content in self._pages(inquiry, narrowed):
            yield from content["items"]

    def ask(self, question: str, **narrowed: Given) -> Rows:
        """Any question of `/questions`."""
        content = _content(
            self._get(f"/questions/{quote(question, safe='')}", {**narrowed, "format": "json"})
        )
        return Rows(content["items"], *_about(content))

    def sparql(self, query: str) -> Rows:
        """A SELECT or ASK query; each row's values as text, a triple term as JSON."""
        accepted = {"Accept": "application/sparql-results+json"}
        found = _content(self._send("POST", "/sparql", data={"query": query}, headers=accepted), "head")
        if "results" not in found:
            return Rows([{"answer": found.get("boolean")}])
        return Rows(
            [{name: _text(term) for name, term in row.items()} for row in found["results"]["bindings"]]
        )

    def export(self, format: str, *studies: str) -> bytes:
        """Studies as a file in one of the formats of `/exports`."""
        return self._get(f"/exports/{quote(format, safe='')}", {"study": studies}).content

    def _pages(self, inquiry: str, narrowed: Mapping[str, Given]) -> Iterator[dict[str, Any]]:
        path = f"/{quote(inquiry, safe='')}"
        limit = narrowed.get("limit", sys.maxsize)
        left = int(limit) if isinstance(limit, (int, str)) and str(limit).isdecimal() else 0
        # What is no number of items, or none, is for the service to refuse.
        response = self._get(path, {**narrowed, "limit": min(left, self._page) if left else limit})
        first = content = _content(response)
        content["items"] = content["items"][:left]  # a short list may come whole
        yield content
        while (following := response.links.get("next")) and (left := left - len(content["items"])) > 0:
            # The token goes wherever this leads, so that it may not lead away.
            url = response.url.join(following["url"])
            if (url.scheme, url.host, url.port) != (
                response.url.scheme,
                response.url.host,
                response.url.port,
            ):
                raise ServiceError(Problem(f"The next page of {path} is said to be at another service."))
            response = self._send("GET", url)
            content = _content(response)
            if content.get("release") != first.get("release"):
                raise ReleaseChanged(
                    Problem("Another release is served since the first page was read.", "Ask again.")
                )
            content["items"] = content["items"][:left]
            yield content

    def _get(self, path: str, narrowed: Mapping[str, Given]) -> httpx2.Response:
        return self._send("GET", path, params=list(_parameters(narrowed)))

    def _send(self, method: str, path: str | httpx2.URL, **options: Any) -> httpx2.Response:
        """What the service answers, after waiting where it is busy; nothing that is sent here changes anything."""
        left = self._patience
        for tries in count(1):
            try:
                response = self._http.request(method, path, **options)
            except httpx2.ConnectError as error:
                raise Unreachable(
                    Problem(f"{self._http.base_url} cannot be reached.", "Is it served there?")
                ) from error
            except httpx2.TimeoutException as error:
                raise Unreachable(
                    Problem(f"{self._http.base_url} did not answer in time.", "Give it a longer timeout.")
                ) from error
            except httpx2.HTTPError as error:
                raise Unreachable(
                    Problem(f"The answer of {self._http.base_url} broke off: {error}", "Ask again.")
                ) from error
            if response.is_success:
                break
            refusal = refusal_of(response)
            if not isinstance(refusal, Busy):
                raise refusal
            wait = min(2.0 ** (tries - 2), 8.0) if refusal.retry_after is None else refusal.retry_after
            if wait > left or tries == _MOST_TRIES:
                raise refusal
            time.sleep(wait)
            left -= wait
        return response


def _address(url: str) -> httpx2.URL:
    try:
        address = httpx2.URL(url.rstrip("/"))
    except httpx2.InvalidURL:
        address = httpx2.URL("")
    if address.scheme not in ("http", "https") or not address.host:
        raise ServiceError(
            Problem(f"{url!r} is not the URL of a service.", "Write http://127.0.0.1:8000, say.")
        )
    return address


def _parameters(narrowed: Mapping[str, Given]) -> Iterator[tuple[str, str]]:
    for name, given in narrowed.items():
        several: Sequence[Any] = [given] if isinstance(given, (str, int, bool)) else given
        yield from (
            (name, str(value).lower() if isinstance(value, bool) else str(value)) for value in several
        )


def _text(term: Mapping[str, Any]) -> str:
    """A term's IRI or lexical form; of a triple term (RDF 1.2), which has terms for its value, that value as JSON."""
    value = term["value"]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _about(content: Mapping[str, Any]) -> tuple[Sequence[str], str, str]:
    """What must be shown with a list, its release and its edition: of what can be asked there is nothing to tell."""
    return content.get("notices", ()), content.get("release", ""), content.get("edition", "")


def _content(response: httpx2.Response, needed: str = "items") -> dict[str, Any]:
    """The JSON object of an answer; raises ServiceError where it is something else."""
    try:
        content = response.json()
    except ValueError:
        content = None
    if not isinstance(content, dict) or needed not in content:
        raise ServiceError(
            Problem(
                f"{response.url} does not answer as cmograph does.", "Is it cmograph that is served there?"
            ),
            http_status=response.status_code,
        )
    return content
