"""How good proposals are: for how many components the analysts' own class is among the first three.

    python -m tests.mapping.leave_one_out

Each component is left out: its class is looked for by its words, and by what its study calls all others. Components whose
only class is one of the realist core (a resource, a good outcome) are not counted: the core says what part a component
plays, not what it is. What was tried, first class right and among the first three:

                                                                71 of the demonstration   83 of published studies
    overlap of stems, the best text alone, from 0.35 on (before)       19, 27                    34, 44
    TF-IDF of trigrams of letters, cosine                              27, 42                    41, 57
    … and all studies' uses of a class among its texts                 28, 47                    38, 56
    soft TF-IDF of words over all texts, and names (Dice)              23, 40                    41, 57
    … and the study's uses of a class among its names                  26, 43                    40, 57
    … and the classes right above and below: what is used              25, 48                    41, 58

Of the classes that the ontology's own mappings lead to, by our class's names alone, 18 of 31 (BCIO), 7 of 12 (MFOEM) and
3 of 4 (MF) come among the first three; 18, 6 and 2 before. There the classes above and below took BCIO to 12, so that they
count in the ontology only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cmograph import resources
from cmograph.linking import propose_mappings
from cmograph.ontology import Ontology, load_ontology
from cmograph.study import read_study
from cmograph.vocabulary import REALIST

__all__ = ["Figures", "measure"]


@dataclass(frozen=True, slots=True)
class Figures:
    """Of how many components, for how many the first proposal is a class of theirs, and for how many one of three."""

    components: int
    first: int
    among_three: int


def measure(folders: Iterable[Path], ontology: Ontology) -> Figures:
    """Proposes for every component of studies, each by itself left out."""
    components = first = among_three = 0
    for folder in folders:
        study = read_study(folder, ontology)
        proposed: defaultdict[str, list[str]] = defaultdict(list)
        for one in propose_mappings(study, ontology, most=3):
            proposed[one.subject.rpartition("/")[2]].append(one.object)
        for component in study.components.values():
            classes = set(component.classes)
            if all(kind.startswith(REALIST.NS) for kind in classes):
                continue
            components += 1
            first += bool(classes & set(proposed[component.id][:1]))
            among_three += bool(classes & set(proposed[component.id]))
    return Figures(components, first, among_three)


def studies() -> tuple[list[Path], list[Path]]:
    """The demonstration, and the published studies that come with it."""
    folders = sorted(path.parent for path in resources.DATA.glob("*/study.toml"))
    own = [folder for folder in folders if folder.name == "synthetic-demonstration"]
    return own, [folder for folder in folders if folder not in own]


if __name__ == "__main__":
    for name, group in zip(("demonstration", "published studies"), studies(), strict=True):
        print(name, measure(group, load_ontology()))  # noqa: T201 - what the script is for
