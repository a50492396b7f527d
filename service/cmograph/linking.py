"""`cmograph map`: proposes what a study's components may be in the ontology and in other vocabularies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Annotated

import typer

from cmograph.errors import InputError, Problem
from cmograph.mapping.proposing import Proposer, Use
from cmograph.mapping.sssom import PREDICATES, ConceptMapping, MappingSet, read_sssom, write_sssom
from cmograph.mapping.targets import check_targets
from cmograph.mapping.vocabularies import Concept, Vocabulary, read_vocabulary
from cmograph.ontology import Ontology, load_ontology
from cmograph.study import Component, Stance, Study, read_study
from cmograph.study.mappings import component_prefix
from cmograph.terminal import notes, write_file
from cmograph.vocabulary import REALIST

__all__ = ["add_map", "propose_mappings"]


_ROOTS = (
    REALIST.ContextFactor,
    REALIST.Resource,
    REALIST.Reasoning,
    REALIST.OutcomeFactor,
    REALIST.Component,
)
_OWN, _OTHER = 0.05, 0.35
"""The least similarity to a class of the ontology, of which a part has some thirty, and of a file's thousands."""
_OF_CLASS = 0.9
"""What a likeness to a component's class counts, beside one to its own words."""
_CHAINING = "https://w3id.org/semapv/vocab/MappingChaining"


def add_map(app: typer.Typer) -> None:
    """Give a command line the command `map`."""

    @app.command("map")
    def map_study(
        study: Annotated[Path, typer.Argument(help="A study folder.", metavar="STUDY")],
        vocabulary: Annotated[
            list[Path] | None,
            typer.Option(
                help="An OWL file to map to as well, such as bcio.owl; may be given again.", metavar="FILE"
            ),
        ] = None,
        output: Annotated[
            Path | None,
            typer.Option(
                "--output", "-o", help="The SSSOM file; what it holds already is kept.", metavar="FILE"
            ),
        ] = None,
        threshold: Annotated[
            float | None,
            typer.Option(
                help=f"The least similarity, 0 to 1; else {_OWN} to the ontology and {_OTHER} to a file's classes.",
                min=0.0,
                max=1.0,
            ),
        ] = None,
        most: Annotated[
            int, typer.Option(help="Proposals for each component, in the ontology and in each file.", min=1)
        ] = 3,
    ) -> None:
        """Propose mappings of a study's components, each explained; a person decides.

        A proposal counts for nothing until somebody signs it: write your name in author_label or reviewer_label (or
        orcid:0000-…, your ORCID, in a column author_id or reviewer_id), set the predicate as you see it, and delete the
        rows that do not hold (or write Not in predicate_modifier). Then name the file under [files] of study.toml:
        mappings = "mappings.sssom.tsv"; and, so that every build looks up what you mapped to, the vocabularies:
        vocabularies = ["bcio.owl"].
        """
        ontology = load_ontology()
        read = read_study(study, ontology)
        vocabularies = [read_vocabulary(file) for file in vocabulary or ()]
        held: tuple[ConceptMapping, ...] = ()
        prefixes = component_prefix(read.iri)
        metadata: dict[str, object] = {
            "mapping_set_id": f"{read.iri}/mappings",
            "mapping_set_title": f"Mappings of {read.title}",
            "license": "https://creativecommons.org/licenses/by/4.0/",
        }
        if output is not None and output.is_file():
            known = _held(output, prefixes)
            checked = check_targets(known.mappings, vocabularies, output.name)
            if known.problems or checked.problems:
                raise InputError(*known.problems, *checked.problems)
            held, metadata = known.mappings, dict(known.metadata) or metadata
            prefixes = {**prefixes, **known.prefixes}
        have = {(one.subject, one.object) for one in held}
        proposed = [
            one
            for one in propose_mappings(read, ontology, vocabularies, threshold, most)
            if (one.subject, one.object) not in have
        ]
        out = StringIO()
        write_sssom(out, (*held, *proposed), metadata, prefixes)
        if output is None:
            typer.echo(out.getvalue(), nl=False)
        else:
            write_file(output, out.getvalue())
        notes.print(
            f"{len(proposed)} proposals, {len(held)} rows kept. A proposal counts once somebody signs it."
        )


def _held(file: Path, prefixes: Mapping[str, str]) -> MappingSet:
    """What a table holds already."""
    try:
        return read_sssom(file, prefixes)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            Problem(
                "It cannot be read, or is not UTF-8.", "Name another file, or save it as UTF-8.", file.name
            )
        ) from error


def propose_mappings(
    study: Study,
    ontology: Ontology,
    vocabularies: Sequence[Vocabulary] = (),
    threshold: float | None = None,
    most: int = 3,
) -> Iterator[ConceptMapping]:
    """What each component of a study may be, the likeliest first: in the ontology, then in each vocabulary.

    A class of the ontology is looked for by the component's words and by what the study calls other things of that
    class; where the analysts have put the component itself is not looked at. A class of another vocabulary is looked for
    by the component's words, by the names of its class, and by what the ontology's own mappings say of its class.

    Args:
        study: the study.
        ontology: the ontology.
        vocabularies: others.
        threshold: the least similarity; None for the usual ones.
        most: how many to propose for each component in each.
    """
    names = _names(study)
    iris = {id: f"{study.iri}/component/{id}" for id in study.components}
    uses = [
        Use(kind, text, iris[id])
        for id, component in study.components.items()
        for kind in component.classes
        for text in names[id]
    ]
    own = {root: Proposer(_concepts(ontology, root), uses, kin=True) for root in _ROOTS}
    others = [(one, Proposer(list(one.concepts.values()))) for one in vocabularies]
    chains = _chains(ontology) if others else {}
    for id, component in study.components.items():
        root = _root(ontology, component.classes)
        yield from own[root].propose(iris[id], names[id], _OWN if threshold is None else threshold, most)
        least = _OTHER if threshold is None else threshold
        for vocabulary, proposer in others:
            found = [
                *_chained(iris[id], component, ontology, chains, vocabulary),
                *proposer.propose(iris[id], names[id], least, most),
                *_by_class(iris[id], component, ontology, proposer, least, most),
            ]
            yield from _best(found)[:most]


def _names(study: Study) -> dict[str, list[str]]:
    """What a study calls each of its components: in its own words, and by its codes."""
    names = {id: [component.wording] for id, component in study.components.items()}
    for code in study.codes:
        if code.component in names and code.stance is Stance.supports:
            names[code.component].append(code.path[-1])
    return {id: list(dict.fromkeys(texts)) for id, texts in names.items()}


def _concepts(ontology: Ontology, below: str) -> list[Concept]:
    """The ontology's own classes that lie below one, itself included."""
    return [
        Concept(
            term.iri,
            term.label,
            term.synonyms,
            term.definition,
            (term.example,) if term.example else (),
            term.parents,
        )
        for term in ontology.terms.values()
        if term.kind == "class" and below in (term.iri, *ontology.ancestors(term.iri))
    ]


def _root(ontology: Ontology, classes: Sequence[str]) -> str:
    """Below which class a component's match is looked for: the part that its own classes say it plays."""
    above = {name for kind in classes for name in (kind, *ontology.ancestors(kind))}
    return next((root for root in _ROOTS if root in above), REALIST.Component)


def _by_class(
    subject: str, component: Component, ontology: Ontology, proposer: Proposer, threshold: float, most: int
) -> Iterator[ConceptMapping]:
    """What the names of a component's class may be elsewhere: the component is of that kind, and no more."""
    for term in (ontology.terms[kind] for kind in component.classes):
        for one in proposer.propose(subject, [term.label, *term.synonyms], threshold / _OF_CLASS, most):
            yield replace(
                one,
                predicate=PREDICATES["skos:relatedMatch"],
                similarity=round((one.similarity or 0.0) * _OF_CLASS, 3),
                subject_label=component.wording,
                comment=f"its class {term.curie}: {one.comment}",
            )


def _chains(ontology: Ontology) -> dict[str, list[ConceptMapping]]:
    """What the ontology's own mappings say of each of its classes."""
    found: defaultdict[str, list[ConceptMapping]] = defaultdict(list)
    for file in ontology.mappings:
        for one in read_sssom(file).mappings:
            if not one.negated:
                found[one.subject].append(one)
    return found


def _chained(
    subject: str,
    component: Component,
    ontology: Ontology,
    chains: dict[str, list[ConceptMapping]],
    vocabulary: Vocabulary,
) -> Iterator[ConceptMapping]:
    """What a component's class is mapped to, as far as the vocabulary has it."""
    predicates = {iri: name for name, iri in PREDICATES.items()}
    for kind in component.classes:
        for one in chains.get(kind, ()):
            if one.object in vocabulary.concepts:
                held = f" ({one.confidence:g})" if one.confidence is not None else ""
                yield ConceptMapping(
                    subject,
                    PREDICATES["skos:relatedMatch"],
                    one.object,
                    _CHAINING,
                    subject_label=component.wording,
                    object_label=vocabulary.concepts[one.object].label,
                    comment=f"its class {ontology.curie(kind)}: {predicates[one.predicate]} by {one.author}{held}",
                )


def _best(found: Iterable[ConceptMapping]) -> list[ConceptMapping]:
    """One proposal for each class, the likeliest first; what people have mapped a class to before what is only alike."""
    best: dict[str, ConceptMapping] = {}
    for one in sorted(
        found, key=lambda one: (one.similarity is not None, -(one.similarity or 0.0), one.object)
    ):
        best.setdefault(one.object, one)
    return list(best.values())
