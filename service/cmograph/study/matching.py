"""A study's tables beside the coded files: does every code and source that they name exist?"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cmograph.corpus import Corpus
from cmograph.errors import Problem, StudyError, nearest
from cmograph.study.model import Stance, Study
from cmograph.study.tables import Problems

__all__ = ["match_evidence", "match_study", "unmapped_codes"]


def match_study(study: Study, corpora: Sequence[Corpus]) -> None:
    """Check every name that a study's tables take from its coded files.

    Raises:
        StudyError: a table names a code or a source that no coded file has; each with row and nearest name.
    """
    problems = Problems()
    codes = {code.path for corpus in corpora for code in corpus.codes}
    sources = {name for corpus in corpora for name in corpus.source_names}
    code_names = sorted(" > ".join(path) for path in codes)

    def check_code(path: tuple[str, ...], file: str, row: int | None) -> None:
        if path not in codes:
            name = " > ".join(path)
            remedy = nearest(name, code_names) or "See the codes with: cmograph inspect FILE"
            problems.add(file, row, f"No coded file has the code {name!r}.", remedy)

    def check_source(name: str, file: str, row: int | None) -> None:
        if name not in sources:
            remedy = nearest(name, sorted(sources), 1) or "See the sources with: cmograph inspect FILE"
            problems.add(file, row, "No coded file has the source that is named here.", remedy)

    for mapping in study.codes:
        check_code(mapping.path, mapping.place.file, mapping.place.row)
    for configuration in study.configurations:
        stances: dict[tuple[tuple[str, ...], str], Stance] = {}
        # Those for all sources come first, as they hold in each.
        for reference in sorted(configuration.evidence, key=lambda one: bool(one.source)):
            if not reference.code:
                continue
            everywhere = stances.get((reference.code, ""), reference.stance)
            before = stances.setdefault((reference.code, reference.source), everywhere)
            if before != reference.stance:
                what = f"{configuration.id}: the code {' > '.join(reference.code)!r} both {before} and {reference.stance} it."
                remedy = "Give what speaks against it a code of its own, or name every source of it with @."
                problems.add(configuration.place.file, configuration.place.row, what, remedy)
            check_code(reference.code, configuration.place.file, configuration.place.row)
            if reference.source:
                check_source(reference.source, configuration.place.file, configuration.place.row)
    for participant in study.participants:
        check_source(participant.source, participant.place.file, participant.place.row)
    for name in sorted(study.withdrawn):
        check_source(name, "study.toml", None)
    known: dict[str, str] = {}
    for corpus in corpora:
        for name in corpus.source_names:
            if name in known:
                what = f"Two coded files ({known[name]}, {corpus.file}) have a source of the same name."
                problems.add(
                    "study.toml", None, what, "Name one of them otherwise in the tool that coded it."
                )
            known[name] = corpus.file
    if problems:
        raise StudyError(*problems)


def match_evidence(
    study: Study, corpora: Sequence[Corpus], unmet: Collection[tuple[tuple[str, ...], str]]
) -> tuple[Problem, ...]:
    """Check that there is a coding for everything that a study's tables name as evidence.

    A code that nobody gave may be right: coding goes on, or it stands ready for what nobody said. A folder of codes
    that nobody gave, or a code in a source where nobody gave it, can't be.

    Args:
        study: the study.
        corpora: its coded files.
        unmet: the codes that no coding was of, each with the source where it was looked for, or "" for all of them.

    Returns:
        A warning for each entry of a table that rests on a code that nobody gave.

    Raises:
        StudyError: an entry names what can't be evidence.
    """
    problems, warnings = Problems(), Problems()
    folders = {code.path for corpus in corpora for code in corpus.codes if not code.codable}
    for configuration in study.configurations:
        file, row = configuration.place.file, configuration.place.row
        for reference in dict.fromkeys(configuration.evidence):
            if (reference.code, reference.source) not in unmet:
                continue
            what = f"{configuration.id}: the code {' > '.join(reference.code)!r}"
            if reference.source:
                what += " is given nowhere in the source that is named with it."
                remedy = "Name a source that it is given in: cmograph inspect FILE --format csv lists them."
                problems.add(file, row, what, remedy)
            elif reference.code in folders:
                what += " is a folder of codes: nobody can give it, and so it is no evidence."
                problems.add(file, row, what, "Name the codes in it, each as an entry of its own.")
            else:
                what += " is given nowhere: it is no evidence yet."
                remedy = "Name a code that is given: cmograph inspect FILE --format csv lists them."
                warnings.add(file, row, what, remedy)
    for mapping in study.codes:
        if mapping.component and (mapping.path, "") in unmet:
            what = f"The code {' > '.join(mapping.path)!r} is given nowhere: it is no evidence of {mapping.component!r} yet."
            remedy = "Code with it, or say ignore in the column role if it stands for nothing."
            warnings.add(mapping.place.file, mapping.place.row, what, remedy)
    if problems:
        raise StudyError(*problems)
    return tuple(warnings)


def unmapped_codes(study: Study, corpora: Sequence[Corpus]) -> list[tuple[str, ...]]:
    """The codes that the code map does not name, in the codebook's order, each once."""
    mapped = {mapping.path for mapping in study.codes}
    codes = (code for corpus in corpora for code in corpus.codes)
    return list(dict.fromkeys(code.path for code in codes if code.codable and code.path not in mapped))
