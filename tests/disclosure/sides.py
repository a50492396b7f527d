"""A store as it is seen from outside, and what may not be seen of it."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from cmograph import resources
from cmograph.questions import Library
from cmograph.readers import read_corpus
from tests.api.conftest import serving
from tests.disclosure.outside import Names, Outside, Request, Response, queries
from tests.disclosure.withheld import Withheld

__all__ = [
    "DEMONSTRATION",
    "GRAPH",
    "SEED",
    "Side",
    "ask_all",
    "copied",
    "made_up_names",
    "of_questions",
    "opened",
    "seen_from_outside",
    "transcripts",
]

_STUDY = "https://w3id.org/cmograph/id/study/"
GRAPH = "https://w3id.org/cmograph/graph/study/"
DEMONSTRATION = "synthetic-demonstration"
_SETTINGS = {"query_timeout": 10, "workers": 2}
SEED = 20261126


@dataclass(frozen=True)
class Side:
    """A store as it is seen from outside, and what may not be seen of it."""

    store: Path
    outside: Outside
    withheld: Withheld

    def see(self, request: Request) -> Response:
        """The response to a request, once it is sure that nothing withheld is in it."""
        response = self.outside.ask(request)
        found = self.withheld.found_in(response.everything, request.said)
        assert not found, f"{request.method} {request.target[:300]} tells {sorted(found)[:5]}"
        return response


@contextmanager
def seen_from_outside(
    store: Path,
    folder: Path,
    texts: Sequence[str] = (),
    change: Callable[[Path], None] = lambda _: None,
    **settings: object,
) -> Iterator[Side]:
    """A copy of a store, served: what only its restricted edition and these texts hold may not be seen."""
    withheld = Withheld(store / "current", texts)
    copy = copied(store, folder, change)
    with opened(copy, **settings) as outside:
        yield Side(copy, outside, withheld)


@contextmanager
def opened(store: Path, **settings: object) -> Iterator[Outside]:
    """Whoever has no token, before a server of this store."""
    with serving(resources.QUERIES, store, **(_SETTINGS | settings)) as served:
        outside = Outside(served.address)
        try:
            yield outside
        finally:
            outside.close()


def copied(store: Path, folder: Path, change: Callable[[Path], None]) -> Path:
    """A store like this one, after a change to its current release."""
    copy = folder / "store"
    shutil.copytree(store, copy, symlinks=True)
    change((copy / "current").resolve())
    return copy


def transcripts() -> list[str]:
    """Everything that was said in the demonstration's interviews."""
    corpus = read_corpus(resources.DATA / DEMONSTRATION / "interviews.qdpx")
    return [source.text or "" for source in corpus.sources()]


def made_up_names(withheld: Withheld, study: str, count: int = 40) -> list[tuple[Names, Names]]:
    """Things of the restricted edition, each beside a made-up one of the same shape and length."""
    draw = random.Random(SEED)
    by_kind: dict[str, list[str]] = {}
    for iri in withheld.iris():
        by_kind.setdefault(iri.removeprefix(f"{_STUDY}{study}/").partition("/")[0], []).append(iri)
    texts = [found[0] for text in withheld.literals() if (found := re.findall(r"[A-Za-z ,]{14,40}", text))]
    pairs = []
    for number in range(count):
        kinds = sorted(by_kind)
        thing, other = (draw.choice(by_kind[kinds[(number + step) % len(kinds)]]) for step in (0, 1))
        text = draw.choice(texts).strip()
        real = Names(f"{GRAPH}{study}/evidence", thing, other, text)
        made_up = Names(f"{GRAPH}{study}/evidenze", _mangle(thing), _mangle(other), _mangle(text))
        pairs.append((real, made_up))
    return pairs


def _mangle(name: str) -> str:
    """Something of the same shape that nothing is called: its last letters and digits are others."""
    turned = str.maketrans("abcdefghijklmnopqrstuvwxyz0123456789", "qzxjqzxjqzxjqzxjqzxjqzxjqz9876501234")
    return name[:-10] + name[-10:].lower().translate(turned)


def ask_all(side: Side, names: list[tuple[Names, Names]], seed: int, count: int) -> None:
    """Ask so many queries, each about what is there and about what is not: the answers are the same and tell nothing."""
    statuses = []
    for asked in queries(seed, names, count):
        seen, other = side.see(asked.real), side.see(asked.made_up)
        assert other.same_as(seen, asked.renamed), f"the answer tells that it is there: {asked.real.said}"
        statuses.append(seen.status)
    assert statuses.count(200) > count / 2, f"most of what was asked was no question: {statuses}"


def of_questions(names: Names) -> Iterator[Request]:
    """Every question of the library, in every format, with values that are right, withheld, empty or nonsense."""
    for question in Library.load().values():
        parameters = question.header.parameters
        address = f"/questions/{question.id}"
        for format in ("json", "html", "csv", "tsv", "xml", "srj"):
            yield Request(f"{address}?format={format}")
        for name, parameter in parameters.items():
            for value in (
                parameter.example,
                names.thing,
                names.text,
                names.other.rpartition("/")[2],
                "",
                "x'\"<",
            ):
                if value is not None:
                    yield Request(f"{address}?{urlencode({name: value})}")
            yield Request(f"{address}?{urlencode({name: names.thing, 'format': 'html'})}")
        yield Request(f"{address}?{urlencode({names.text: names.thing})}")
        yield Request(f"{address}?{urlencode({'format': names.text})}")
        yield Request(f"{address}/{quote(names.text)}")
