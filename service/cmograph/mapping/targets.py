"""What mappings lead to: whether an IRI can be one of its vocabulary's, and whether it is there.

Nothing is fetched: whether a class exists is looked up in the vocabulary's own file, where somebody gave it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cmograph.errors import Problem
from cmograph.mapping.sssom import ConceptMapping
from cmograph.mapping.vocabularies import Vocabulary

__all__ = ["KNOWN", "Checked", "KnownVocabulary", "check_form", "check_targets", "vocabulary_of"]

_OBO = "http://purl.obolibrary.org/obo/"


@dataclass(frozen=True, slots=True)
class KnownVocabulary:
    """A vocabulary whose IRIs have a form that we know.

    Attributes:
        name: the letters that its identifiers begin with, or are known by.
        spaces: what its IRIs begin with; the first is the usual one.
        local: what follows.
        example: one of its IRIs.
        files: the last parts of the IRIs that its own file may have, in small letters.
        source: where its file is to be had.
    """

    name: str
    spaces: tuple[str, ...]
    local: str
    example: str
    files: tuple[str, ...]
    source: str


KNOWN = (
    KnownVocabulary(
        "BCIO", ("http://humanbehaviourchange.org/ontology/",), r"BCIO_\d{6}",
        "http://humanbehaviourchange.org/ontology/BCIO_044009", ("bcio.owl",),
        "http://humanbehaviourchange.org/ontology/bcio.owl",
    ),
    KnownVocabulary(
        "MFOEM", (_OBO,), r"MFOEM_\d{6}", f"{_OBO}MFOEM_000177", ("mfoem.owl",), f"{_OBO}MFOEM.owl"
    ),
    KnownVocabulary("MF", (_OBO,), r"MF_\d{7}", f"{_OBO}MF_0000041", ("mf.owl",), f"{_OBO}MF.owl"),
    KnownVocabulary(
        "GMHO", (_OBO, "https://galenos.org.uk/ontologies/"), r"GMHO_\d{7}", f"{_OBO}GMHO_0000123", ("gmho.owl",),
        "https://galenos.org.uk/ontologies/gmho.owl",
    ),
    KnownVocabulary(
        "DOID", (_OBO,), r"DOID_\d{1,7}", f"{_OBO}DOID_1596", ("doid.owl",), f"{_OBO}doid.owl"
    ),
    KnownVocabulary(
        "MeSH", ("http://id.nlm.nih.gov/mesh/",), r"(?:D\d{6}(?:\d{3})?(?:Q\d{6})?|[CM]\d{6,9}|[QT]\d{6,9})",
        "http://id.nlm.nih.gov/mesh/D003863", (), "https://nlmpubs.nlm.nih.gov/projects/mesh/rdf/",
    ),
)  # fmt: skip
"""BCIO 2026-08-06 and GALENOS's classes in it; MFOEM 2025-06-16; MF 2022-07-19; DOID; MeSH RDF (id.nlm.nih.gov/mesh)."""
_SPACES = tuple(dict.fromkeys(space for one in KNOWN for space in one.spaces))
_IRREGULAR = {
    "https://purl.obolibrary.org/obo/MFOEM_000224": "MFOEM",
    "https://purl.obolibrary.org/obo/MFOEM:000225": "MFOEM",
}
"""Two classes of the Emotion Ontology that its own file writes so."""
_OBO_LOCAL = re.compile(r"[A-Za-z][A-Za-z]*_[A-Za-z0-9-]+")
_LOCAL = re.compile(r"(?P<name>[A-Za-z]+)[_:]?(?P<number>\d+)")


@dataclass(frozen=True, slots=True)
class Checked:
    """Mappings whose targets were looked at.

    Attributes:
        mappings: those that can be, each with where its target was found.
        problems: what is wrong with the others, each with its row.
    """

    mappings: tuple[ConceptMapping, ...]
    problems: tuple[Problem, ...]


def vocabulary_of(iri: str) -> KnownVocabulary | None:
    """The known vocabulary that an IRI is one of, if it has the form."""
    for one in KNOWN:
        if iri in _IRREGULAR and _IRREGULAR[iri] == one.name:
            return one
        for space in one.spaces:
            if iri.startswith(space) and re.fullmatch(one.local, iri.removeprefix(space)):
                return one
    return None


def check_form(iri: str) -> tuple[str, str] | None:
    """What is wrong with the form of an IRI, and what to do; None where it can be, or nobody knows its vocabulary."""
    if vocabulary_of(iri) is not None:
        return None
    local = iri.rpartition("/")[2]
    lettered = _LOCAL.fullmatch(local)
    for one in KNOWN:
        if (
            lettered is not None
            and lettered["name"].casefold() == one.name.casefold()
            and _is_below(iri, _SPACES)
        ):
            return _cannot_be(
                iri, one, next((s for s in one.spaces if _is_below(iri, [s])), one.spaces[0]), local
            )
        for space in one.spaces:
            if space != _OBO and _is_below(iri, [space]):  # OBO has many beside
                return _cannot_be(iri, one, space, local)
    if not _is_below(iri, [_OBO]):
        return None
    if not iri.startswith(_OBO):
        return f"{iri} is not how OBO's IRIs begin.", f"Write {_OBO}{local}"
    if not _OBO_LOCAL.fullmatch(iri.removeprefix(_OBO)):
        return f"{iri} is no IRI of OBO's, which are like {_OBO}MF_0000041.", "Write letters, _ and a number."
    return None


def check_targets(
    mappings: Iterable[ConceptMapping], vocabularies: Sequence[Vocabulary], file: str
) -> Checked:
    """Looks at what mappings lead to: by its form, and in the files that somebody gave.

    Args:
        mappings: the mappings.
        vocabularies: the files.
        file: where the mappings are written.
    """
    kept, problems = [], []
    for one in mappings:
        wrong = check_form(one.object) or _look_up(one, vocabularies)
        if wrong is not None:
            problems.append(Problem(*wrong, file, one.row))
            continue
        holds = next((v.file for v in vocabularies if one.object in v.concepts), "")
        kept.append(replace(one, found_in=holds))
    return Checked(tuple(kept), tuple(problems))


def _look_up(one: ConceptMapping, vocabularies: Sequence[Vocabulary]) -> tuple[str, str] | None:
    """What is wrong with a target by the files that were given, and what to do."""
    for vocabulary in vocabularies:
        concept = vocabulary.concepts.get(one.object)
        if concept is not None:
            names = {" ".join(name.casefold().split()) for name in (concept.label, *concept.synonyms)}
            if one.object_label and " ".join(one.object_label.casefold().split()) not in names:
                return (
                    f"{one.object} is {concept.label!r} in {vocabulary.file}, not {one.object_label!r}.",
                    "Correct the object_id or the object_label.",
                )
            return None
        if one.object in vocabulary.retired:
            return f"{vocabulary.file} no longer uses {one.object}.", "Map to the class that took its place."
    known = vocabulary_of(one.object)
    if known is None:
        return None
    for vocabulary in vocabularies:
        if vocabulary.iri.rpartition("/")[2].casefold() in known.files:
            named = {concept.label: iri for iri, concept in vocabulary.concepts.items()}
            like = named.get(one.object_label, "")
            remedy = f"{one.object_label!r} is {like} there." if like else ""
            return f"There is no {one.object} in {vocabulary.file}.", remedy or "Look its number up there."
    return None


def _is_below(iri: str, spaces: Iterable[str]) -> bool:
    """Whether an IRI begins as one of these, if http and https, and www, are all one."""
    return any(_bare(iri).startswith(_bare(space)) for space in spaces)


def _bare(iri: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", iri)


def _cannot_be(iri: str, one: KnownVocabulary, space: str, local: str) -> tuple[str, str]:
    return (
        f"{iri} cannot be of {one.name}, whose IRIs are like {one.example}.",
        _meant(one, space, local) or "Look it up there, and write it as it is there.",
    )


def _meant(one: KnownVocabulary, space: str, local: str) -> str:
    """The IRI that was meant, if only the letters, the colon or the beginning are wrong."""
    meant = _LOCAL.fullmatch(local)
    if meant is None:
        return ""
    for text in (f"{one.name}_{meant['number']}", f"{meant['name'].upper()}{meant['number']}"):
        if re.fullmatch(one.local, text):
            return f"Write {space}{text}"
    return ""
