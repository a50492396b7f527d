"""A study's own mappings: what its components are to the ontology and to other vocabularies, as people decided."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from cmograph.errors import InputError, StudyError, nearest
from cmograph.mapping.clashes import Disjointness, Link, exact_links, find_clashes
from cmograph.mapping.sssom import ConceptMapping, read_sssom
from cmograph.mapping.targets import check_targets
from cmograph.mapping.vocabularies import Vocabulary, read_vocabulary
from cmograph.naming import readable
from cmograph.ntriples import digest
from cmograph.ontology import Ontology
from cmograph.study.checking import Checking
from cmograph.study.model import Component
from cmograph.study.tables import NO_TEXT
from cmograph.vocabulary import ID, PPS, REALIST, SKOS

__all__ = ["component_prefix", "mapping_id", "read_mappings", "refuse_clashes"]


def component_prefix(study: str) -> dict[str, str]:
    """The prefix by which a study's table names its components: `component:ID`."""
    return {"component": f"{study}/component/"}


def mapping_id(one: ConceptMapping) -> str:
    """By what a mapping is known within its study: what it says of what."""
    return digest(one.subject, one.predicate, one.object, str(one.negated))


def read_mappings(
    folder: Path,
    name: object,
    study: str,
    components: Mapping[str, Component],
    ontology: Ontology,
    check: Checking,
    vocabularies: Sequence[str] = (),
) -> tuple[ConceptMapping, ...]:
    """Every mapping of a table, proposals that nobody has signed included; problems go to `check`.

    Args:
        folder: the study's.
        name: the file's, or None where there is none.
        study: the study's IRI.
        components: its components by their ids.
        ontology: what may be mapped to.
        check: where problems are collected.
        vocabularies: the names of the files in which other targets are looked up, as seen from the folder.
    """
    if not isinstance(name, str):
        return ()
    try:
        read = read_sssom(folder / name, component_prefix(study))
    except (OSError, UnicodeDecodeError):
        check.problem(
            name, None, "There is no such file, or it is not UTF-8.", "Make it: cmograph map STUDY -o FILE"
        )
        return ()
    check.problems += read.problems
    known = list(_vocabularies(folder, vocabularies, check)) if read.mappings else []
    named = [
        one for one in read.mappings if _names_what_there_is(one, name, study, components, ontology, check)
    ]
    checked = check_targets(named, known, name)
    check.problems += checked.problems
    links = exact_links(checked.mappings, name)
    if links:
        links += _kinds(links, study, components)
        links += _ontology_links(ontology)
        check.problems += find_clashes(
            links, ontology.terms, Disjointness(ontology.triples), lambda iri: _short(iri, ontology)
        )
    return checked.mappings


def refuse_clashes(studies: Sequence[Path], ontology: Ontology) -> None:
    """Refuses studies whose exact matches together make two disjoint classes one, though each by itself does not.

    Args:
        studies: folders of studies that could be read.
        ontology: the ontology.

    Raises:
        StudyError: with the rows of every such chain.
    """
    links = [link for study in studies for link in _links_of(study)]
    if len({link.file for link in links}) < 2:
        return
    problems = find_clashes(
        [*links, *_ontology_links(ontology)],
        ontology.terms,
        Disjointness(ontology.triples),
        lambda iri: _short(iri, ontology),
    )
    if problems:
        raise StudyError(*problems)


def _names_what_there_is(
    one: ConceptMapping,
    file: str,
    study: str,
    components: Mapping[str, Component],
    ontology: Ontology,
    check: Checking,
) -> bool:
    """Whether a row maps a component of the study, as one may be mapped, and to a class if to the ontology."""
    if found := NO_TEXT.search("".join((one.object_label, one.author, one.reviewer, one.date, one.comment))):
        what = f"It holds the character U+{ord(found[0]):04X}, which is not of a text."
        check.problem(file, one.row, what, "Type that cell anew; such a character is seldom seen.")
    own = component_prefix(study)["component"]
    id = one.subject.removeprefix(own)
    if not one.subject.startswith(own) or id not in components:
        remedy = nearest(id, sorted(components)) or "Write component:ID, with the id of one of the study's."
        check.problem(file, one.row, f"There is no component {id!r} to map.", remedy)
        return False
    if not one.predicate.startswith(SKOS.NS):
        check.problem(
            file, one.row, "A component is no class: it is not equivalent to one, nor below it.",
            "Write skos:exactMatch, closeMatch, broadMatch, narrowMatch or relatedMatch.",
        )  # fmt: skip
        return False
    if one.object.startswith((REALIST.NS, PPS.NS)) and one.object not in ontology.terms:
        names = {iri.rpartition("#")[2]: iri for iri in ontology.terms}
        remedy = (
            nearest(one.object.rpartition("#")[2], list(names)) or "The ontology's terms are at /ontology."
        )
        check.problem(file, one.row, f"The ontology has no {readable(one.object)}.", remedy)
        return False
    return True


def _vocabularies(folder: Path, names: Iterable[str], check: Checking) -> Iterator[Vocabulary]:
    for name in names:
        try:
            yield read_vocabulary(folder / name)
        except InputError as error:
            for one in error.problems:
                check.problem(one.file or "study.toml", None, one.what, one.remedy)


def _kinds(links: Iterable[Link], study: str, components: Mapping[str, Component]) -> list[Link]:
    """What the study's tables say its mapped components are."""
    own = component_prefix(study)["component"]
    found = []
    for subject in dict.fromkeys(link.one for link in links):
        component = components[subject.removeprefix(own)]
        place = component.place
        found += [Link(subject, kind, place.file, place.row, True) for kind in component.classes]
    return found


def _ontology_links(ontology: Ontology) -> list[Link]:
    """What the ontology's own mappings say is the same."""
    return [link for file in ontology.mappings for link in exact_links(read_sssom(file).mappings, file.name)]


def _links_of(study: Path) -> list[Link]:
    """What one study's table says is the same; nothing where it has no table."""
    settings = tomllib.loads((study / "study.toml").read_text(encoding="utf-8"))
    name, id = settings.get("files", {}).get("mappings"), settings["study"]["id"]
    if not isinstance(name, str):
        return []
    read = read_sssom(study / name, component_prefix(f"{ID}study/{id}"))
    return exact_links(read.mappings, f"{study.resolve().name}/{name}")


def _short(iri: str, ontology: Ontology) -> str:
    """A name for messages."""
    return ontology.curie(iri) if iri in ontology.terms else readable(iri)
