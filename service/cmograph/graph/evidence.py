"""The restricted file: who said what where, and what coders made of it.

PROV (https://www.w3.org/TR/prov-o/) and Web Annotation (https://www.w3.org/TR/annotation-vocab/). A million
codings go through here: what codings of one code in one source share is made once, and lines are joined text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from cmograph.corpus import Coding, Corpus, Original, Source, Span, Verification
from cmograph.graph.names import Names
from cmograph.graph.people import Person
from cmograph.graph.support import Claims
from cmograph.ntriples import digest, integer, literal, moment, triple
from cmograph.study import Study
from cmograph.study.tables import NO_TEXT
from cmograph.vocabulary import DCTERMS, OA, PROV, RDF, RDFS, REALIST

__all__ = ["EvidenceWriter"]

_AROUND = 32
"""Code points before and after a quote, by which a quote selector finds it again."""

_STATES = {
    Verification.EXACT: REALIST.Exact,
    Verification.EXACT_BY_CONSTRUCTION: REALIST.ExactByConstruction,
    Verification.RELOCATED: REALIST.Relocated,
    Verification.INFERRED: REALIST.Inferred,
    Verification.UNVERIFIABLE: REALIST.Unverifiable,
    Verification.FAILED: REALIST.Failed,
}


def _tail(predicate: str, value: str) -> str:
    """The end of a line, from its predicate on."""
    return f" <{predicate}> {value} .\n"


_CODING = (
    _tail(RDF.type, f"<{REALIST.Coding}>")
    + "\0"
    + _tail(RDF.type, f"<{OA.Annotation}>")
    + "\0"
    + _tail(OA.motivatedBy, f"<{OA.classifying}>")
)
_TARGET = _tail(RDF.type, f"<{OA.SpecificResource}>")
_POSITION = _tail(RDF.type, f"<{OA.TextPositionSelector}>")
_QUOTE = _tail(RDF.type, f"<{OA.TextQuoteSelector}>")


class EvidenceWriter:
    """Writes the evidence of a study, a source at a time, and has what it finds counted."""

    def __init__(self, study: Study, names: Names, people: dict[str, Person], claims: Claims) -> None:
        """Nothing is written yet."""
        self._study = study
        self._names = names
        self._people = people
        self._claims = claims
        self._written: set[str] = set()
        self.codings = 0

    def people(self) -> Iterator[str]:
        """Everyone who speaks in a source: ahead of all sources, for one person may speak in several.

        Of whom it was withdrawn nothing is told but that they were there, as of its codings.
        """
        records: dict[str, list[Person]] = {}
        for source, person in self._people.items():
            told = records.setdefault(person.id, [])
            if source not in self._study.withdrawn:
                told.append(person)
        for id, of_one in records.items():
            yield from self._person(id, of_one)

    def corpus(self, corpus: Corpus) -> Iterator[str]:
        """What belongs to a coded file as a whole: its import, and its coders."""
        activity, file = self._import(corpus), self._names.below("file", corpus.sha256[:16])
        yield triple(activity, f"<{RDF.type}>", f"<{REALIST.Import}>")
        yield triple(activity, f"<{PROV.used}>", file)
        yield triple(activity, f"<{RDFS.label}>", literal(f"Import of a {corpus.format} file"))
        yield triple(file, f"<{RDF.type}>", f"<{PROV.Entity}>")
        yield triple(file, f"<{DCTERMS.identifier}>", literal(corpus.sha256))
        yield triple(file, f"<{REALIST.fileFormat}>", literal(corpus.format))
        if corpus.origin:
            yield triple(file, f"<{REALIST.toolOrigin}>", literal(corpus.origin))
        for coder in sorted({coder.name for coder in corpus.coders}):
            yield from self._coder(coder)

    def source(self, corpus: Corpus, source: Source) -> Iterator[str]:
        """A source and every coding in it. Its first line gives its type; one that was withdrawn uncoded is left out."""
        subject = self._names.source(source.name)
        person = self._people[source.name]
        withdrawn = source.name in self._study.withdrawn
        if withdrawn and not source.codings:
            return  # only its codings say that it is withdrawn: without any it would count as an interview
        yield triple(subject, f"<{RDF.type}>", f"<{REALIST.Source}>")
        yield triple(subject, f"<{DCTERMS.title}>", literal(source.name))
        yield triple(subject, f"<{REALIST.contributedBy}>", self._names.participant(person.id))
        yield triple(subject, f"<{PROV.wasGeneratedBy}>", self._import(corpus))
        if source.sha256 and not withdrawn:
            yield triple(subject, f"<{REALIST.textSha256}>", literal(source.sha256))
        if source.text is not None and not withdrawn:
            yield triple(subject, f"<{REALIST.characterCount}>", integer(len(source.text)))
        for name in sorted({coding.coder for coding in source.codings if coding.coder}):
            yield from self._coder(name)
        yield from self._codings(corpus, source, subject, person, withdrawn)

    def _person(self, id: str, records: Sequence[Person]) -> Iterator[str]:
        """One person: all that any row or case says of them, as each of their sources has its own."""
        subject = self._names.participant(id)
        yield triple(subject, f"<{RDF.type}>", f"<{REALIST.Participant}>")
        yield triple(subject, f"<{DCTERMS.identifier}>", literal(id))
        yield triple(subject, f"<{REALIST.inEvaluation}>", self._names.study)
        for role in dict.fromkeys(one.role for one in records if one.role):
            yield triple(subject, f"<{REALIST.hasRole}>", f"<{role}>")
        for mode in dict.fromkeys(mode for one in records for mode in one.deliveries):
            yield triple(subject, f"<{REALIST.receivedThrough}>", f"<{mode}>")
        for name, value in sorted({pair for one in records for pair in one.attributes.items()}):
            # A name ends where the first colon and blank stand: one that has them itself goes without the blank.
            known = name.replace(": ", ":")
            yield triple(subject, f"<{REALIST.attribute}>", literal(f"{known}: {value}"))

    def _coder(self, name: str) -> Iterator[str]:
        subject = self._names.coder(name)
        if subject in self._written:
            return
        self._written.add(subject)
        yield triple(subject, f"<{RDF.type}>", f"<{REALIST.Coder}>")
        yield triple(subject, f"<{RDFS.label}>", literal(name))

    def _codings(
        self, corpus: Corpus, source: Source, subject: str, person: Person, withdrawn: bool
    ) -> Iterator[str]:
        study, names = self._study.id, self._names
        disclosure = REALIST.WithdrawnQuotation if withdrawn else self._study.disclosure
        shared = "\0" + "\0".join(
            [
                _CODING,
                _tail(REALIST.inSource, subject),
                _tail(REALIST.disclosureClass, f"<{disclosure}>"),
                _tail(PROV.wasGeneratedBy, self._import(corpus)),
            ]
        )
        text = NO_TEXT.sub(" ", source.text or "")  # a page break, say: no answer in XML could hold it
        of_code: dict[tuple[str, ...], str] = {}
        of_state: dict[tuple[str, Verification], str] = {}
        targets: set[Span] = set()
        seen: dict[str, int] = {}
        for coding in source.codings:
            claims = self._claims.of(coding.code, source.name)
            if withdrawn:
                claims = ()  # the code was given, and is evidence of nothing any more
            self._claims.count(claims, person)
            about = of_code.get(coding.code)
            if about is None:
                about = of_code[coding.code] = "".join(
                    [
                        "\0" + _tail(OA.hasBody, names.code(coding.code)),
                        *(
                            "\0" + _tail(REALIST.NS + stance, names.below(kind, id))
                            for (kind, id), stance in claims
                        ),
                    ]
                )
            state = of_state.get((coding.coder, coding.verification))
            if state is None:
                coder = "\0" + _tail(REALIST.codedBy, names.coder(coding.coder)) if coding.coder else ""
                state = of_state[coding.coder, coding.verification] = (
                    coder + "\0" + _tail(REALIST.verification, f"<{_STATES[coding.verification]}>")
                )
            identity = _identity(study, source.name, coding)
            ordinal = seen[identity] = seen.get(identity, 0) + 1
            if ordinal > 1:
                identity = digest(identity, str(ordinal))
            lines = shared + about + state
            if coding.created:
                lines += "\0" + _tail(DCTERMS.created, moment(coding.created))
            this = f"<{names.base}/coding/{identity}>"
            target = ""
            if coding.span is None or withdrawn:
                # An annotation has a target; without a place, or with one that may not be told, it is the source.
                lines += "\0" + _tail(OA.hasTarget, subject)
            else:
                span = coding.span
                at = f"{names.base}/target/{digest(study, source.name, str(span.start), str(span.end))}"
                lines += "\0" + _tail(OA.hasTarget, f"<{at}>")
                if span not in targets:
                    targets.add(span)
                    target = _target(at, subject, span, text)
            self.codings += 1
            yield lines.replace("\0", this) + target

    def _import(self, corpus: Corpus) -> str:
        return self._names.below("import", corpus.sha256[:16])


def _identity(study: str, source: str, coding: Coding) -> str:
    """What makes a coding this one: where, which code, who. A GUID does not: it is another at each export."""
    place = coding.span or coding.original
    where = [str(place.start), str(place.end)] if place else ["", ""]
    if isinstance(place, Original) and place.detail:
        where.append(place.detail)  # a region has a page and heights too
    return digest(study, source, *coding.code, "\x1e", *where, coding.coder)


def _target(at: str, source: str, span: Span, text: str) -> str:
    """A span of a source, by position and by quote."""
    start, end = span.start, span.end
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    position, quote = f"<{at}/position>", f"<{at}/quote>"
    selectors = chain(
        (f"<{at}>{_TARGET}<{at}>{_tail(OA.hasSource, source)}",),
        (f"<{at}>{_tail(OA.hasSelector, position)}<{at}>{_tail(OA.hasSelector, quote)}",),
        (
            f"{position}{_POSITION}{position}{_tail(OA.start, integer(start))}{position}{_tail(OA.end, integer(end))}",
        ),
        (f"{quote}{_QUOTE}{quote}{_tail(OA.exact, literal(text[start:end]))}",),
        (f"{quote}{_tail(OA.prefix, literal(before))}",) if before else (),
        (f"{quote}{_tail(OA.suffix, literal(after))}",) if after else (),
    )
    return "".join(selectors)
