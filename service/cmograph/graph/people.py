"""Who speaks in which source: the participants' table, the coded file's cases, or the sources themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cmograph.corpus import Corpus
from cmograph.errors import StudyError, UnknownName, nearest
from cmograph.ontology import Ontology
from cmograph.study import Study
from cmograph.study.tables import Problems
from cmograph.vocabulary import REALIST

__all__ = ["Person", "find_people"]


@dataclass(frozen=True, slots=True)
class Person:
    """A participant.

    Attributes:
        id: by which the study knows the person; restricted, like everything here.
        role: the role's IRI, or "" where nobody says.
        deliveries: IRIs of modes of delivery.
        attributes: what else is known.
    """

    id: str
    role: str
    deliveries: tuple[str, ...]
    attributes: Mapping[str, str]


def find_people(study: Study, corpora: Sequence[Corpus], ontology: Ontology) -> dict[str, Person]:
    """The participant of each source, by the source's name.

    A source that nobody names is its own participant: one interview, one person.

    Raises:
        StudyError: a case's role is not one of the ontology's, no case has the variable of roles, or a source
            that the participants' table does not name belongs to two cases.
    """
    people = {name: Person(name, "", (), {}) for corpus in corpora for name in corpus.source_names}
    problems = Problems()
    named = {one.source for one in study.participants}
    if study.cases_are_participants:
        variables = sorted({name for corpus in corpora for case in corpus.cases for name in case.variables})
        if study.role_variable and study.role_variable not in variables:
            remedy = nearest(study.role_variable, variables) or f"There is {', '.join(variables) or 'none'}."
            problems.add("study.toml", None, f"No case has the variable {study.role_variable!r}.", remedy)
        of_case: dict[str, str] = {}
        for corpus in corpora:
            for case in corpus.cases:
                role = ""
                said = case.variables.get(study.role_variable, "")
                if said:
                    try:
                        role = ontology.resolve(said, "individual", REALIST.ActorRole)
                    except UnknownName as error:
                        problems += [type(one)(one.what, one.remedy, corpus.file) for one in error.problems]
                rest = {key: value for key, value in case.variables.items() if key != study.role_variable}
                people |= {source: Person(case.name, role, (), rest) for source in case.sources}
                for source in case.sources:
                    other = of_case.setdefault(source, case.name)
                    if other != case.name and source not in named:
                        what = f"The source {source!r} belongs to the cases {other!r} and {case.name!r}."
                        remedy = "A source has one participant: say in the participants' table who it is."
                        problems.add(corpus.file, None, what, remedy)
    if problems:
        raise StudyError(*problems)
    for one in study.participants:
        people[one.source] = Person(one.id, one.role, one.deliveries, one.attributes)
    return people
