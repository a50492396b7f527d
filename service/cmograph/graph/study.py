"""The open file: what the analysts say, and how much speaks for it, with no word and no small number of people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cmograph.corpus import Code, Corpus
from cmograph.disclosure import round_down, show
from cmograph.graph.judgements import judgement_lines
from cmograph.graph.mappings import mapping_lines
from cmograph.graph.names import Names
from cmograph.graph.support import Claims
from cmograph.naming import local_name
from cmograph.ntriples import boolean, integer, iri, literal, moment, slug, triple
from cmograph.study import Configuration, Study, Theory
from cmograph.vocabulary import BIBO, DCAT, DCTERMS, RDF, RDFS, REALIST, SKOS

__all__ = ["open_lines", "summary_counts"]

_SYNTHETIC = "Synthetic: nobody said any of it; it was written to show what cmograph does."


def open_lines(
    study: Study,
    corpora: Sequence[Corpus],
    names: Names,
    claims: Claims,
    withheld: frozenset[tuple[str, ...]],
    cell: int,
) -> Iterator[str]:
    """Every line of the open file, in the order of the study's own tables.

    Args:
        study: the study.
        corpora: its coded files, for their codebooks.
        names: the IRIs.
        claims: what was counted in the evidence.
        withheld: codes whose definitions repeat a transcript's words.
        cell: the minimum cell.
    """
    write = _Lines(study, names, cell)
    yield from write.evaluation()
    for theory in study.theories:
        yield from write.theory(theory)
    for component in study.components.values():
        this = names.component(component.id)
        yield from write.claim(this, REALIST.Component, component.id, component.wording)
        yield from write.iris(this, RDF.type, component.classes)
        yield from write.origin(this, component.wording_status, component.detail, "", component.locator)
    for configuration in study.configurations:
        yield from write.configuration(configuration)
    yield from judgement_lines(study, names)
    yield from mapping_lines(study, names)
    yield from write.codebook(corpora, withheld)
    yield from write.summaries(claims)


def summary_counts(names: Names, claims: Claims) -> Iterator[str]:
    """The exact counts of the same summaries: restricted."""
    for (kind, id), stance, support in claims:
        this = names.below(kind, id, "evidence", stance)
        yield triple(this, f"<{REALIST.participantCount}>", integer(len(support.people)))
        yield triple(this, f"<{REALIST.codingCount}>", integer(support.codings))
        for role, count in sorted(support.by_role(claims.roles).items()):
            if not role or not count:
                continue
            part = names.below(kind, id, "evidence", stance, slug(local_name(role)))
            yield triple(this, f"<{REALIST.hasRoleCount}>", part)
            yield triple(part, f"<{RDF.type}>", f"<{REALIST.RoleCount}>")
            yield triple(part, f"<{REALIST.ofRole}>", f"<{role}>")
            yield triple(part, f"<{REALIST.participantCount}>", integer(count))


class _Lines:
    def __init__(self, study: Study, names: Names, cell: int) -> None:
        self._study = study
        self._names = names
        self._cell = cell

    def evaluation(self) -> Iterator[str]:
        study, this, programme = self._study, self._names.study, self._names.programme
        description = f"{_SYNTHETIC} {study.description}".strip() if study.synthetic else study.description
        yield from self.iris(this, RDF.type, (REALIST.Evaluation, DCAT.Dataset))
        yield from self.texts(this, DCTERMS.identifier, study.id)
        yield from self.texts(this, DCTERMS.title, study.title)
        yield from self.texts(this, RDFS.label, study.title)
        yield from self.texts(this, DCTERMS.description, description)
        yield from self.texts(this, DCTERMS.creator, *study.creators)
        if len(study.creators) > 1:  # statements have no order, and who comes first matters in a citation
            order = self._names.below("authors")
            yield triple(this, f"<{BIBO.authorList}>", order)
            yield triple(order, f"<{RDF.type}>", f"<{RDF.NS}Seq>")
            for place, name in enumerate(study.creators, start=1):
                yield triple(order, f"<{RDF.NS}_{place}>", literal(name))
        yield from self.texts(this, DCTERMS.language, study.language)
        yield triple(this, f"<{REALIST.synthetic}>", boolean(study.synthetic))
        if study.licence:
            web = study.licence.startswith(("https://", "http://"))
            yield triple(this, f"<{DCTERMS.license}>", (iri if web else literal)(study.licence))
        if study.issued:
            yield triple(this, f"<{DCTERMS.issued}>", moment(study.issued))
        yield from self.iris(this, DCTERMS.source, (study.doi,))
        yield from self.iris(this, REALIST.detailLevel, (study.detail,))
        yield triple(this, f"<{REALIST.evaluates}>", programme)
        yield triple(programme, f"<{RDF.type}>", f"<{REALIST.Programme}>")
        yield from self.texts(programme, RDFS.label, study.programme["title"])
        yield from self.texts(programme, DCTERMS.description, study.programme["description"])
        yield from self.texts(programme, DCTERMS.spatial, study.programme["place"])
        for role, count in study.interviewed:
            part = self._names.below("interviewed", slug(local_name(role)))
            yield triple(this, f"<{REALIST.interviewed}>", part)
            yield triple(part, f"<{RDF.type}>", f"<{REALIST.InterviewCount}>")
            yield triple(part, f"<{REALIST.ofRole}>", f"<{role}>")
            yield triple(part, f"<{REALIST.participantCount}>", integer(count))

    def theory(self, theory: Theory) -> Iterator[str]:
        this = self._names.theory(theory.id)
        yield from self.claim(this, REALIST.ProgrammeTheory, theory.id, theory.title)
        yield from self.texts(this, DCTERMS.description, theory.description)
        yield from self.texts(this, REALIST.version, theory.version)
        yield from self.iris(this, REALIST.stage, (theory.stage,))
        yield from self.texts(this, REALIST.rationale, theory.rationale)
        if theory.revises:
            yield triple(this, f"<{REALIST.revises}>", self._names.theory(theory.revises))
        for name in theory.substantive:
            behind = self._names.substantive_theory(name)
            yield triple(this, f"<{REALIST.drawsOn}>", behind)
            yield triple(behind, f"<{RDF.type}>", f"<{REALIST.SubstantiveTheory}>")
            yield triple(behind, f"<{RDFS.label}>", literal(name))

    def configuration(self, one: Configuration) -> Iterator[str]:
        names, this = self._names, self._names.configuration(one.id)
        yield from self.claim(this, REALIST.Configuration, one.id, one.title)
        yield from self.texts(this, REALIST.ifClause, one.if_clause)
        yield from self.texts(this, REALIST.thenClause, one.then_clause)
        yield from self.texts(this, REALIST.becauseClause, one.because_clause)
        for id in one.contexts:
            yield triple(this, f"<{REALIST.hasContext}>", names.component(id))
        for id in one.outcomes:
            yield triple(this, f"<{REALIST.hasOutcome}>", names.component(id))
        yield from self._mechanism(one, this)
        yield from self.iris(this, REALIST.polarity, (one.polarity,))
        yield from self.iris(this, REALIST.deliveredThrough, one.deliveries)
        if one.deliveries:  # the column is exhaustive: what it leaves out, the analysts did not find there
            others = (mode for mode in self._study.deliveries if mode not in one.deliveries)
            yield from self.iris(this, REALIST.notReportedThrough, others)
        yield from self.iris(this, REALIST.concernsRole, one.roles)
        yield from self.iris(this, REALIST.level, (one.level,))
        for text in one.mitigations:
            mitigation = names.mitigation(text)
            yield triple(this, f"<{REALIST.mitigatedBy}>", mitigation)
            yield triple(mitigation, f"<{RDF.type}>", f"<{REALIST.Mitigation}>")
            yield triple(mitigation, f"<{RDFS.label}>", literal(text))
        for id in one.theories:
            yield triple(names.theory(id), f"<{REALIST.hasConfiguration}>", this)
        publication, detail = one.source or self._study.doi, one.detail or self._study.detail
        yield from self.origin(this, one.wording_status, detail, publication, one.locator)
        yield from self.texts(this, REALIST.extractedBy, one.extractor)
        yield from self.texts(this, SKOS.note, one.note)
        statements = [reference for reference in one.evidence if reference.statement]
        for number, reference in enumerate(statements, start=1):
            statement = names.below("statement", f"{one.id}-{number}")
            yield triple(statement, f"<{RDF.type}>", f"<{REALIST.PublishedStatement}>")
            yield triple(statement, f"<{RDFS.label}>", literal(reference.statement))
            yield triple(statement, f"<{REALIST.NS}{reference.stance}>", this)
            yield from self.origin(statement, REALIST.OwnWords, detail, publication, one.locator)

    def _mechanism(self, one: Configuration, this: str) -> Iterator[str]:
        if not one.resources and not one.reasonings:
            return
        part = "absent-mechanism" if one.absent else "mechanism"
        mechanism = self._names.below("configuration", one.id, part)
        yield triple(
            this, f"<{REALIST.lacksMechanism if one.absent else REALIST.triggersMechanism}>", mechanism
        )
        yield triple(mechanism, f"<{RDF.type}>", f"<{REALIST.Mechanism}>")
        yield triple(mechanism, f"<{REALIST.inEvaluation}>", self._names.study)
        wordings = [self._study.components[id].wording for id in (*one.resources, *one.reasonings)]
        yield triple(
            mechanism, f"<{RDFS.label}>", literal(("Absent: " if one.absent else "") + " → ".join(wordings))
        )
        for id in one.resources:
            yield triple(mechanism, f"<{REALIST.offersResource}>", self._names.component(id))
        for id in one.reasonings:
            yield triple(mechanism, f"<{REALIST.changesReasoning}>", self._names.component(id))

    def codebook(self, corpora: Sequence[Corpus], withheld: frozenset[tuple[str, ...]]) -> Iterator[str]:
        codes: dict[tuple[str, ...], Code] = {}
        for code in (code for corpus in corpora for code in corpus.codes):
            if not codes.setdefault(code.path, code).description.strip():
                codes[code.path] = code  # of one codebook in several files, the first definition counts
        if not codes:
            return
        this = self._names.codebook
        yield from self.iris(this, RDF.type, (REALIST.Codebook, SKOS.ConceptScheme))
        yield triple(this, f"<{RDFS.label}>", literal(f"Codebook of {self._study.title}"))
        yield triple(this, f"<{REALIST.inEvaluation}>", self._names.study)
        mapped = {mapping.path: mapping for mapping in self._study.codes}
        for path, code in codes.items():
            yield from self._code(path, code, codes, withheld)
            code_iri, mapping = self._names.code(path), mapped.get(path)
            if mapping is None:
                if code.codable:
                    yield triple(code_iri, f"<{REALIST.unmapped}>", boolean(True))
                continue
            yield triple(code_iri, f"<{REALIST.codeRole}>", literal(mapping.role))
            if mapping.component:
                yield triple(code_iri, f"<{REALIST.codesFor}>", self._names.component(mapping.component))

    def _code(
        self,
        path: tuple[str, ...],
        code: Code,
        codes: dict[tuple[str, ...], Code],
        withheld: frozenset[tuple[str, ...]],
    ) -> Iterator[str]:
        this = self._names.code(path)
        yield from self.iris(this, RDF.type, (REALIST.Code, SKOS.Concept))
        yield triple(this, f"<{SKOS.prefLabel}>", literal(path[-1]))
        yield triple(this, f"<{REALIST.codePath}>", literal(str(code)))
        yield triple(this, f"<{SKOS.inScheme}>", self._names.codebook)
        if path[:-1] in codes:
            yield triple(this, f"<{SKOS.broader}>", self._names.code(path[:-1]))
        if code.description.strip() and path not in withheld:
            yield triple(this, f"<{SKOS.definition}>", literal(code.description.strip()))

    def summaries(self, claims: Claims) -> Iterator[str]:
        """How much speaks for and against each claim: at least so many, and by role where that tells on nobody."""
        for (kind, id), stance, support in claims:
            this = self._names.below(kind, id, "evidence", stance)
            shown = show(support.by_role(claims.roles), self._cell, dict(self._study.interviewed))
            yield triple(this, f"<{RDF.type}>", f"<{REALIST.EvidenceSummary}>")
            yield triple(this, f"<{DCTERMS.identifier}>", literal(f"{id} {stance}"))
            yield triple(this, f"<{REALIST.NS}{stance}>", self._names.below(kind, id))
            yield triple(this, f"<{REALIST.participantsWithheld}>", boolean(shown.total == 0))
            if shown.total:
                yield triple(this, f"<{REALIST.participantsAtLeast}>", integer(shown.total))
            codings = round_down(support.codings, self._cell)
            if codings and shown.total:  # codings of too few people tell of them as well
                yield triple(this, f"<{REALIST.codingsAtLeast}>", integer(codings))
            for role, least in shown.parts.items():
                if not role:
                    continue  # people whose role nobody says
                part = self._names.below(kind, id, "evidence", stance, slug(local_name(role)))
                yield triple(this, f"<{REALIST.hasRoleCount}>", part)
                yield triple(part, f"<{RDF.type}>", f"<{REALIST.RoleCount}>")
                yield triple(part, f"<{REALIST.ofRole}>", f"<{role}>")
                yield triple(part, f"<{REALIST.participantsAtLeast}>", integer(least))

    def claim(self, this: str, kind: str, id: str, label: str) -> Iterator[str]:
        """What every claim of the study says of itself."""
        yield triple(this, f"<{RDF.type}>", f"<{kind}>")
        yield triple(this, f"<{DCTERMS.identifier}>", literal(id))
        yield triple(this, f"<{RDFS.label}>", literal(label))
        yield triple(this, f"<{REALIST.inEvaluation}>", self._names.study)

    def origin(self, this: str, status: str, detail: str, publication: str, locator: str) -> Iterator[str]:
        """Whose words these are, and how closely their source was seen."""
        yield from self.iris(this, REALIST.wordingStatus, (status,))
        yield from self.iris(this, REALIST.detailLevel, (detail,))
        yield from self.iris(this, DCTERMS.source, (publication,))
        yield from self.texts(this, REALIST.locator, locator)

    def iris(self, this: str, predicate: str, values: Sequence[str] | Iterator[str]) -> Iterator[str]:
        """A line a value; none for an empty one."""
        for value in values:
            if value:
                yield triple(this, f"<{predicate}>", iri(value))

    def texts(self, this: str, predicate: str, *values: str) -> Iterator[str]:
        """A line a text; none for an empty one."""
        for value in values:
            if value:
                yield triple(this, f"<{predicate}>", literal(value))
