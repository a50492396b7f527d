"""A study's tables beside the coded files: does every code and source that they name exist?"""

from __future__ import annotations

from collections.abc import Sequence

from cmograph.corpus import Corpus
from cmograph.errors import StudyError, nearest
from cmograph.study.model import Stance, Study
from cmograph.study.tables import Problems

__all__ = ["match_study", "unmapped_codes"]


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
        for reference in configuration.evidence:
            if not reference.code:
                continue
            before = stances.setdefault((reference.code, reference.source), reference.stance)
            if before != reference.stance:
                what = f"{configuration.id}: the code {' > '.join(reference.code)!r} both {before} and {reference.stance} it."
                remedy = "Give what speaks against it a code of its own, or name single sources with @."
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


def unmapped_codes(study: Study, corpora: Sequence[Corpus]) -> list[tuple[str, ...]]:
    """The codes that the code map does not name, in the codebook's order."""
    mapped = {mapping.path for mapping in study.codes}
    return [
        code.path for corpus in corpora for code in corpus.codes if code.codable and code.path not in mapped
    ]
