"""Words as a proposal compares them: without the small ones, by their stems, and how alike two stems are.

English only, and by rule: nothing is learnt and nothing fetched, so that the same words are always as alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

__all__ = ["LEAST_LIKENESS", "likeness", "opening", "stems"]

LEAST_LIKENESS = 0.5
"""Below this, two stems have nothing to do with each other."""
_OPENING = 3
_WORD = re.compile(r"[^\W\d_]+")
_STOP = frozenset(
    """a about all also an and any are as at be been being but by can could did do does doing done each enough ever every for
    from had has have having he her hers herself him his how i if in into is it its itself just me might my no nobody
    not of off on one oneself ones only or other others our out over own she should so some somebody someone something
    such than that the their them themselves then there these they this those to too up us very was we were what when
    where which while who whom whose will with without would you your""".split()  # noqa: SIM905 - read as a text
)
_ENDINGS = "ingly edly ness ment ings ing ies ied ed es ly s y e".split()  # noqa: SIM905 - read as a text
_FORMS = """
bear bore born birth|begin began begun|break broke broken|bring brought|choose chose chosen choice|come came|
fall fell fallen|feel felt|fight fought|find found|forget forgot|forgive forgave|get got gotten|
give gave given|go went gone|grow grew grown|hear heard|hide hid hidden|hold held|keep kept|know knew known|
lead led|lean leant|learn learnt|leave left|lie lay|lose lost loss|make made|mean meant|meet met|pay paid|say said|
see saw seen|seek sought|sell sold|send sent|sit sat|sleep slept|speak spoke spoken speech|spend spent|stand stood|
stick stuck|take took taken|teach taught|tell told|think thought|understand understood|wear wore worn|win won|
write wrote written|child children|man men|woman women|bad worse worst|good better best|much more most|
little less least|far further furthest farther
"""
_IRREGULAR = {
    form: word
    for word, *forms in (line.split() for line in _FORMS.replace("\n", "").split("|"))
    for form in forms
}


def stems(text: str) -> Mapping[str, str]:
    """The stems of a text's words, in their order, each with the word as it is written first."""
    found: dict[str, str] = {}
    for stem, word in _stemmed(text):
        found.setdefault(stem, word)
    return found


def opening(stem: str) -> str:
    """The letters that two stems share if they are alike at all: what to look them up by."""
    return stem[:_OPENING]


@lru_cache(maxsize=100_000)
def likeness(one: str, other: str) -> float:
    """How alike two stems are, 0 to 1: what they share of their trigrams (Dice), or nothing at all.

    Stems that do not begin alike are not compared: `judg` and `judgement` are one matter, `able` and `table` two.
    """
    if one == other:
        return 1.0
    if opening(one) != opening(other):
        return 0.0
    first, second = _trigrams(one), _trigrams(other)
    shared = 2 * len(first & second) / (len(first) + len(second))
    return shared if shared >= LEAST_LIKENESS else 0.0


def _stemmed(text: str) -> Iterator[tuple[str, str]]:
    for word in _WORD.findall(text.casefold()):
        if word not in _STOP:
            yield _stem(word), word


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    word = _IRREGULAR.get(word, word)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word[: -len(ending)]
            # stopping, stop; but telling, tell, and missing, miss
            return stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "ls" else stem
    return word


@lru_cache(maxsize=100_000)
def _trigrams(stem: str) -> frozenset[str]:
    marked = f"^{stem}$"
    return frozenset(marked[at : at + 3] for at in range(len(marked) - 2))
