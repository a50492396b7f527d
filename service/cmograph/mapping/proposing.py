"""Proposes mappings: which classes a study's words may stand for, each explained by the words that met; a person decides.

Three likenesses, each by the weight of words (the fewer classes have a word, the more it weighs):

- how much of what is said is found anywhere in a class's texts, each word where it counts most (soft TF-IDF: Cohen,
  Ravikumar and Fienberg 2003, IIWeb-03, with the trigrams of `words` in place of their edit distance);
- how much what is said and one of its names have in common (Dice), the study's own uses of the class among them;
- where it is asked for, how like the classes right above and below it are.

Nothing is learnt and nothing fetched, so that the same words always get the same proposals. How good they are, and what
else was tried, is in tests/mapping/leave_one_out.py.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cmograph.mapping.sssom import PREDICATES, ConceptMapping
from cmograph.mapping.vocabularies import Concept
from cmograph.mapping.words import likeness, opening, stems

__all__ = ["Proposer", "Use"]

_LEXICAL = "https://w3id.org/semapv/vocab/LexicalMatching"
_SEMANTIC = "https://w3id.org/semapv/vocab/SemanticSimilarityThresholdMatching"
_MEASURE = "weighted overlap of words by field"
_WEIGHTS = {"label": 1.0, "synonym": 1.0, "use": 0.7, "definition": 0.8, "note": 0.7}
_SAME = ("label", "synonym")
"""The fields that make a class the likeliest where they are what is said, in this order."""
_NAMES = frozenset({*_SAME, "use"})
_FOUND = 0.4
"""What the first likeness counts beside the second."""
_ABOVE, _BELOW = 0.4, 0.1
"""What of a likeness is lent to the classes right below, and right above."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a study calls something that its analysts put into a class: a further name of the class, in that study.

    Attributes:
        concept: the class's IRI.
        text: the study's words.
        subject: the IRI of what is called so; nothing is proposed for it on the ground of its own class.
    """

    concept: str
    text: str
    subject: str


@dataclass(frozen=True, slots=True)
class _Text:
    """One text of a class."""

    place: int
    field: str
    text: str
    stems: Mapping[str, str]
    subject: str = ""


_Met = dict[tuple[str, str], float]
"""How alike a stem that is said and a stem of a text are, of those that are."""


@dataclass(frozen=True, slots=True)
class _Likeness:
    """How like one wording is to a class."""

    score: float = 0.0
    named: bool = False
    why: str = ""


class Proposer:
    """Finds classes for words."""

    def __init__(self, concepts: Sequence[Concept], uses: Iterable[Use] = (), kin: bool = False) -> None:
        """Takes the classes.

        Args:
            concepts: the classes; one that comes twice counts once.
            uses: what the study calls things that it put into them.
            kin: whether a class is the likelier for the classes right above and below it: in a small hierarchy it is,
                in one of thousands of classes the many that share a parent only crowd out the one that is meant.
        """
        self._kin = kin
        self._concepts = sorted({one.id: one for one in concepts}.values(), key=lambda one: one.id)
        places = {one.id: place for place, one in enumerate(self._concepts)}
        self._texts = [text for place, one in enumerate(self._concepts) for text in _texts(place, one)]
        counts = Counter(stem for _, stem in {(t.place, stem) for t in self._texts for stem in t.stems})
        self._weights = {
            stem: math.log(1 + len(self._concepts) / (1 + count)) for stem, count in counts.items()
        }
        self._unheard = math.log(1 + len(self._concepts))
        self._texts += [
            _Text(places[use.concept], "use", use.text, stems(use.text), use.subject)
            for use in uses
            if use.concept in places
        ]
        self._having: defaultdict[str, list[int]] = defaultdict(list)
        for number, text in enumerate(self._texts):
            for stem in text.stems:
                self._having[stem].append(number)
        self._beginning: defaultdict[str, list[str]] = defaultdict(list)
        for stem in sorted(self._having):
            self._beginning[opening(stem)].append(stem)
        self._named: defaultdict[str, dict[int, _Text]] = defaultdict(dict)
        for text in self._texts:
            if text.field in _SAME:
                self._named[_plain(text.text)].setdefault(text.place, text)
        self._above = [[places[id] for id in one.parents if id in places] for one in self._concepts]
        self._below: defaultdict[int, list[int]] = defaultdict(list)
        for place, above in enumerate(self._above):
            for one in above:
                self._below[one].append(place)

    def propose(
        self, subject: str, wordings: Sequence[str], threshold: float = 0.0, most: int = 3
    ) -> list[ConceptMapping]:
        """The classes that words may stand for, the likeliest first, each explained.

        A class whose label is what is said comes first, one with such a synonym next.

        Args:
            subject: the IRI of what is worded so.
            wordings: the words, and other names for the same.
            threshold: the least similarity, 0 to 1; a class that shares no word is never proposed.
            most: how many to propose.
        """
        alike: dict[int, _Likeness] = {}
        for wording in wordings:
            for place, found in self._like(subject, wording, len(wordings) > 1).items():
                if found.score > alike.get(place, _Likeness()).score:
                    alike[place] = found
        same: dict[int, _Text] = {}
        for wording in wordings:
            for place, text in self._named.get(_plain(wording), {}).items():
                if place not in same or text.field == "label":
                    same[place] = text
        ranked = [
            (1.0 if place in same else self._among_kin(place, alike), place)
            for place in alike.keys() | same.keys()
        ]
        rank = {place: _SAME.index(text.field) for place, text in same.items()}
        ranked.sort(key=lambda item: (rank.get(item[1], len(_SAME)), -item[0], self._concepts[item[1]].id))
        return [
            ConceptMapping(
                subject=subject,
                predicate=PREDICATES["skos:closeMatch" if place in same else "skos:relatedMatch"],
                object=self._concepts[place].id,
                justification=_LEXICAL if place in same or alike[place].named else _SEMANTIC,
                similarity=round(score, 3),
                measure=_MEASURE,
                subject_label=wordings[0],
                object_label=self._concepts[place].label,
                comment=f"{_where(same[place])}: the same words"
                if place in same
                else self._why(place, alike),
            )
            for score, place in ranked
            if score >= threshold
        ][:most]

    def _like(self, subject: str, wording: str, several: bool) -> dict[int, _Likeness]:
        """How like a wording is to each class that shares a word with it."""
        said = stems(wording)
        met: defaultdict[int, _Met] = defaultdict(dict)
        for stem in said:
            for other in self._beginning.get(opening(stem), ()):
                if alike := likeness(stem, other):
                    for number in self._having[other]:
                        if not (self._texts[number].subject and self._texts[number].subject == subject):
                            met[number][stem, other] = alike
        of_place: defaultdict[int, list[int]] = defaultdict(list)
        for number in sorted(met):
            of_place[self._texts[number].place].append(number)
        return {
            place: self._likeness(
                said, {number: met[number] for number in numbers}, wording if several else ""
            )
            for place, numbers in of_place.items()
        }

    def _likeness(self, said: Mapping[str, str], met: Mapping[int, _Met], wording: str) -> _Likeness:
        best: dict[str, tuple[float, int, str]] = {}
        names: list[tuple[float, int]] = []
        for number, pairs in met.items():
            text = self._texts[number]
            weight = _WEIGHTS[text.field]
            for (stem, other), alike in pairs.items():
                if weight * alike > best.get(stem, (0.0, 0, ""))[0]:
                    best[stem] = weight * alike, number, other
            if text.field in _NAMES:
                names.append((weight * self._in_common(said, text.stems, pairs), number))
        whole = sum(map(self._weight, said))
        found = sum(self._weight(stem) * best[stem][0] for stem in said if stem in best) / whole
        name, nearest = max(names, key=lambda item: (item[0], -item[1]), default=(0.0, -1))
        shown: defaultdict[int, dict[str, str]] = defaultdict(dict)
        for stem in said:
            if stem in best:
                _, number, other = best[stem]
                shown[number].setdefault(other, said[stem])
        if nearest >= 0:
            for stem, other in met[nearest]:
                shown[nearest].setdefault(other, said[stem])
        why = "; ".join(self._met_in(number, shown[number]) for number in sorted(shown))
        return _Likeness(
            _FOUND * found + (1 - _FOUND) * name,
            nearest >= 0 and self._texts[nearest].field != "use",
            f"“{wording}”, {why}" if wording else why,
        )

    def _in_common(self, one: Mapping[str, str], other: Mapping[str, str], met: _Met) -> float:
        """The share of the two's weight that they have in common (Dice), each word by the one it is most like."""
        of_one, of_other = dict.fromkeys(one, 0.0), dict.fromkeys(other, 0.0)
        for (stem, its), alike in met.items():
            of_one[stem], of_other[its] = max(of_one[stem], alike), max(of_other[its], alike)
        shared = sum(
            self._weight(stem) * alike for part in (of_one, of_other) for stem, alike in part.items()
        )
        return shared / (sum(map(self._weight, one)) + sum(map(self._weight, other)))

    def _among_kin(self, place: int, alike: Mapping[int, _Likeness]) -> float:
        """How like a class is, the classes right above and below it counted in."""
        if not self._kin:
            return alike[place].score
        above, below = (
            alike[one].score if one is not None else 0.0
            for one in (
                self._likest(self._above[place], alike),
                self._likest(self._below.get(place, ()), alike),
            )
        )
        return 1 - (1 - alike[place].score) * (1 - _ABOVE * above) * (1 - _BELOW * below)

    def _likest(self, kin: Iterable[int], alike: Mapping[int, _Likeness]) -> int | None:
        return max(
            (one for one in kin if one in alike), key=lambda one: (alike[one].score, -one), default=None
        )

    def _why(self, place: int, alike: Mapping[int, _Likeness]) -> str:
        """What met, and which kin speak for the class."""
        kin = (("above", self._above[place]), ("below", self._below.get(place, ()))) if self._kin else ()
        also = "".join(
            f"; right {where} it, “{self._concepts[one].label}” is alike too"
            for where, those in kin
            if (one := self._likest(those, alike)) is not None
        )
        return alike[place].why + also

    def _met_in(self, number: int, words: Mapping[str, str]) -> str:
        """A field, and the words of it that what is said met."""
        text = self._texts[number]
        told = (
            text.stems[other] if text.stems[other] == word else f"{text.stems[other]} (for {word})"
            for other, word in words.items()
        )
        return f"{_where(text)}: {', '.join(told)}"

    def _weight(self, stem: str) -> float:
        return self._weights.get(stem, self._unheard)


def _texts(place: int, concept: Concept) -> Iterable[_Text]:
    yield _Text(place, "label", concept.label, stems(concept.label))
    for field, texts in (
        ("synonym", concept.synonyms),
        ("definition", (concept.definition,)),
        ("note", concept.notes),
    ):
        for text in texts:
            yield _Text(place, field, text, stems(text))


def _where(text: _Text) -> str:
    """A field, for a reader."""
    return {"synonym": f"synonym “{text.text}”", "use": f"the study's “{text.text}”"}.get(
        text.field, text.field
    )


def _plain(text: str) -> str:
    """A text as it is compared whole."""
    return " ".join(text.casefold().split())
