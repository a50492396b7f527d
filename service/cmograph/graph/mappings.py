"""The open file's part on mappings: what each decided one says, and who holds it why (SSSOM); and what to tell of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from cmograph.graph.names import Names
from cmograph.mapping.targets import vocabulary_of
from cmograph.ntriples import decimal, iri, literal, triple
from cmograph.study import Study
from cmograph.study.mappings import mapping_id
from cmograph.vocabulary import DCTERMS, PPS, RDF, RDFS, REALIST, SSSOM

__all__ = ["mapping_lines", "mapping_reports"]

_SHOWN = 8


def mapping_lines(study: Study, names: Names) -> Iterator[str]:
    """Every mapping that a person signed; a proposal is no mapping."""
    for one in study.mappings:
        if not one.decided:
            continue
        if not one.negated:
            yield triple(iri(one.subject), f"<{one.predicate}>", iri(one.object))
        this = names.below("mapping", mapping_id(one))
        yield triple(this, f"<{RDF.type}>", f"<{SSSOM.Mapping}>")
        yield triple(this, f"<{REALIST.inEvaluation}>", names.study)
        yield triple(this, f"<{SSSOM.subject_id}>", iri(one.subject))
        yield triple(this, f"<{SSSOM.predicate_id}>", iri(one.predicate))
        yield triple(this, f"<{SSSOM.object_id}>", iri(one.object))
        yield triple(this, f"<{SSSOM.mapping_justification}>", iri(one.justification))
        if one.negated:
            yield triple(this, f"<{SSSOM.predicate_modifier}>", literal("Not"))
        if one.confidence is not None:
            yield triple(this, f"<{SSSOM.confidence}>", decimal(one.confidence))
        for predicate, text in (
            (SSSOM.object_label, one.object_label),
            (SSSOM.author_label, one.author),
            (SSSOM.reviewer_label, one.reviewer),
            (RDFS.comment, one.comment),
            (DCTERMS.created, one.date),
        ):
            if text:
                yield triple(this, f"<{predicate}>", literal(text))
        for predicate, people in (
            (SSSOM.author_id, one.author_ids),
            (SSSOM.reviewer_id, one.reviewer_ids),
        ):
            for person in people:
                yield triple(this, f"<{predicate}>", iri(person))


def mapping_reports(study: Study) -> Iterator[str]:
    """What nobody has decided, and what nobody has looked up: neither is wrong, and both are to be known."""
    if waiting := sum(not one.decided for one in study.mappings):
        yield f"{waiting} proposed mappings wait for somebody to sign them: they count for nothing yet."
    unseen: defaultdict[str, list[int]] = defaultdict(list)
    for one in study.mappings:
        if one.decided and not one.found_in and not one.object.startswith((REALIST.NS, PPS.NS)):
            known = vocabulary_of(one.object)
            unseen[f"{known.name} ({known.source})" if known else "other vocabularies"].append(one.row)
    for name, rows in unseen.items():
        listed = ", ".join(map(str, rows[:_SHOWN])) + (", …" if len(rows) > _SHOWN else "")
        yield (
            f"warning: whether {len(rows)} mapped classes of {name} exist was not looked up (rows {listed} of the "
            'mappings): give the vocabulary\'s file, under [files] of study.toml: vocabularies = ["FILE.owl"].'
        )
