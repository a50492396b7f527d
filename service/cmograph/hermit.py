"""HermiT, the OWL 2 DL reasoner that the owlready2 package carries: is it consistent, what is a kind of what.

HermiT runs as a Java process of its own on a temporary file of N-Triples. It is started here, not through
`owlready2.sync_reasoner`, because owlready2 would first copy every statement into a quad store that is
global to the process, and rewrite them; the answers are the same. It takes a third of a second.
Nothing is ever fetched: no statement with owl:imports reaches it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from .errors import InputError, Problem, StoreError
from .vocabulary import OWL

__all__ = ["Hierarchy", "classify", "is_consistent", "minimal_conflict"]

_IMPORTS = f"<{OWL.imports}>"
_MEMORY = "512M"
_DEADLINE = 120.0
"""Seconds for one run."""
_RELATION = re.compile(r"^(SubClassOf|EquivalentClasses)\( (.+) \)$", re.MULTILINE)
_NOTHING = "http://www.w3.org/2002/07/owl#Nothing"


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """What HermiT found of the named classes.

    Attributes:
        parents: pairs of a class and a direct superclass.
        unsatisfiable: classes that can have no member.
    """

    parents: frozenset[tuple[str, str]]
    unsatisfiable: tuple[str, ...]


def classify(statements: Iterable[str]) -> Hierarchy | None:
    """Arranges the named classes; None where the statements are inconsistent.

    Args:
        statements: lines of N-Triples, each with its line break; class expressions as blank nodes.

    Raises:
        StoreError: there is no Java, or HermiT took too long.
        InputError: HermiT refuses the statements, as not being OWL 2 DL.
    """
    answer = _run(statements, "-c")
    if answer is None:
        return None
    parents: set[tuple[str, str]] = set()
    unsatisfiable: set[str] = set()
    for relation, names in _RELATION.findall(answer):
        iris = [name.strip("<>") for name in names.split()]
        if relation == "SubClassOf":
            parents.add((iris[0], iris[1]))
        elif _NOTHING in iris:
            unsatisfiable.update(iris)
    return Hierarchy(frozenset(parents), tuple(sorted(unsatisfiable - {_NOTHING})))


def is_consistent(statements: Iterable[str]) -> bool:
    """Whether all the statements can be true together. Arguments and errors as of `classify`."""
    return _run(statements, "-k") is not None


def minimal_conflict(
    background: Sequence[str],
    suspects: Sequence[str],
    seconds: float = 30.0,
    consistent: Callable[[Iterable[str]], bool] = is_consistent,
) -> tuple[list[str], bool]:
    """The fewest suspects that contradict the background: without any one of them, all would be well.

    QuickXplain (Junker, AAAI 2004): halves the suspects again and again, so that a conflict of `k` among
    `n` costs about `k log(n / k)` runs.

    Args:
        background: statements that are taken to be right, consistent by themselves.
        suspects: statements that are inconsistent with the background.
        seconds: when to stop halving.
        consistent: the test.

    Returns:
        The conflict, and whether it is minimal (false where time ran out, and then it may hold too many).
    """
    deadline = time.monotonic() + seconds
    minimal = True

    def reduce(kept: Sequence[str], grew: bool, rest: Sequence[str]) -> list[str]:
        nonlocal minimal
        if time.monotonic() > deadline:
            minimal = False
            return list(rest)
        if grew and not consistent([*background, *kept]):
            return []
        if len(rest) == 1:
            return list(rest)
        middle = len(rest) // 2
        first, second = rest[:middle], rest[middle:]
        of_second = reduce([*kept, *first], bool(first), second)
        of_first = reduce([*kept, *of_second], bool(of_second), first)
        return of_first + of_second

    return (reduce([], False, suspects) if suspects else []), minimal


def _run(statements: Iterable[str], *action: str) -> str | None:
    """HermiT's answer; None where the statements are inconsistent."""
    java = shutil.which("java")
    if java is None:
        raise StoreError(
            Problem("There is no Java, which HermiT needs.", "Install a Java runtime (11 or newer).")
        )
    package = find_spec("owlready2")
    if package is None or not package.submodule_search_locations:
        raise StoreError(Problem("The package owlready2 is missing.", "Install it: pip install owlready2."))
    hermit = Path(package.submodule_search_locations[0]) / "hermit"
    with tempfile.TemporaryDirectory(prefix="cmograph-hermit-") as folder:
        file = Path(folder) / "statements.nt"
        with file.open("w", encoding="utf-8") as out:
            out.writelines(line for line in statements if _IMPORTS not in line)
        command = [java, f"-Xmx{_MEMORY}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        command += [
            "-cp",
            f"{hermit}{os.pathsep}{hermit / 'HermiT.jar'}",
            "org.semanticweb.HermiT.cli.CommandLine",
        ]
        command += ["--ignoreUnsupportedDatatypes", *action, file.as_uri()]
        try:
            done = subprocess.run(  # noqa: S603 - fixed words and a path of our own making
                command,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=_DEADLINE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            remedy = "Give it fewer statements, or none of the evidence."
            raise StoreError(Problem(f"HermiT took longer than {_DEADLINE:.0f} seconds.", remedy)) from None
    if "InconsistentOntologyException" in done.stderr:
        return None
    if done.returncode != 0 or "Exception" in done.stderr:
        raise InputError(
            Problem(f"HermiT refuses the statements: {_reason(done.stderr)}", "Keep to OWL 2 DL.")
        )
    return done.stdout


def _reason(text: str) -> str:
    """The first line of a Java exception, without the name of its class."""
    line = next((line for line in text.splitlines() if "Exception" in line or "Error" in line), text[:200])
    return re.sub(r"^.*?(?:Exception|Error):?\s*", "", line).strip() or line.strip()
