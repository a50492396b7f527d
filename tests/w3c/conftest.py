"""The endpoint under test, the list of known failures, and the table of counts."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.w3c.manifests import Tested
from tests.w3c.server import ELSEWHERE, Endpoint, endpoint

_HERE = Path(__file__).parent
KNOWN: dict[str, str] = {
    iri: f"{whose}: {group['reason']}"
    for whose, groups in tomllib.loads((_HERE / "known_failures.toml").read_text(encoding="utf-8")).items()
    for group in groups
    for iri in group["tests"]
}
"""The IRIs of tests that our server fails, whose doing it is, and why: `known_failures.toml`."""

_SUITE = "suite"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """One endpoint for the tests of a module."""
    with endpoint(tmp_path_factory.mktemp("conformance")) as running:
        yield running


def pytest_itemcollected(item: pytest.Item) -> None:
    """Note what a test counts under, skip what is out of scope, expect what is known to fail."""
    case = item.callspec.params.get("case") if hasattr(item, "callspec") else None
    if not isinstance(case, Tested):
        return
    item.user_properties.append((_SUITE, case.suite))
    if case.out_of_scope:
        item.add_marker(pytest.mark.skip(reason=case.out_of_scope))
    elif case.iri in KNOWN and not ELSEWHERE:
        item.add_marker(pytest.mark.xfail(reason=KNOWN[case.iri], raises=AssertionError, strict=True))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many tests of each suite passed."""
    counts: dict[str, Counter[str]] = {}
    for outcome in ("passed", "failed", "error", "xfailed", "xpassed", "skipped"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, suite in getattr(report, "user_properties", ()):
                if name == _SUITE:
                    counts.setdefault(suite, Counter())[outcome] += 1
    if not counts:
        return
    terminalreporter.section("W3C conformance")
    line = "{:<28} {:>9} {:>7} {:>15} {:>13}"
    terminalreporter.write_line(line.format("suite", "passed", "failed", "known failures", "out of scope"))
    for suite, count in sorted(counts.items()):
        out = count["skipped"]
        failed = count["failed"] + count["error"] + count["xpassed"]
        passed = f"{count['passed']}/{count.total() - out}"
        terminalreporter.write_line(line.format(suite, passed, failed, count["xfailed"], out))
