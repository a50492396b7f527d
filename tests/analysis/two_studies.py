"""Two small studies side by side, whose components are named after the one kind that they are of."""

from __future__ import annotations

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.things import Configuration, Kind
from tests.analysis.books import book, component, study

__all__ = ["ONE", "TREE", "TWO", "beside"]

ONE, TWO = "https://example.org/study/one", "https://example.org/study/two"
TREE = {
    "trust": "",
    "deep-trust": "trust",
    "new-trust": "trust",
    "alone": "",
    "young": "",
    "mood": "",
    "calm": "mood",
    "worry": "mood",
    "friends": "",
}
"""Each kind, and the one above it."""
_KIND = "https://example.org/kind/"
_KINDS = [
    Kind(f"{_KIND}{name}", name, "", frozenset({f"{_KIND}{above}"} if above else ()))
    for name, above in TREE.items()
]


def beside(ours: list[Configuration], theirs: list[Configuration]) -> Casebook:
    """Two studies whose components are of the kind that they are named after, and of what lies above it; others of none."""
    components = [
        component(name, [f"{_KIND}{name}", *([f"{_KIND}{above}"] if above else [])], of=of)
        for of in (ONE, TWO)
        for name, above in TREE.items()
    ]
    studies = [study(ONE, "One (synthetic)"), study(TWO, "Two (synthetic)")]
    return book([*ours, *theirs], components, _KINDS, studies)
