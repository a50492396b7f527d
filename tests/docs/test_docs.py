"""What the documents tell people to run, runs: as it stands, in a new directory."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cmograph import resources
from tests.api.conftest import serving

DOCS = Path(__file__).resolve().parents[2] / "docs"
WALK = DOCS / "from-papers-to-a-synthesis.md"


def shell(tmp_path: Path) -> dict[str, str]:
    """An environment in which `cmograph` is this one."""
    program = tmp_path / "bin" / "cmograph"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cmograph "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path, "XDG_CACHE_HOME": str(tmp_path / "cache")}


@pytest.mark.slow
def test_a_reviewer_gets_from_papers_to_a_synthesis(tmp_path: Path) -> None:
    commands = "\n".join(re.findall(r"^```sh\n(.*?)^```$", WALK.read_text(encoding="utf-8"), re.M | re.S))
    here = tmp_path / "review"
    here.mkdir()
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=here,
        env=shell(tmp_path),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    with (here / "comparison.csv").open(encoding="utf-8", newline="") as file:
        compared = list(csv.DictReader(file))
    # CM2: confidence in the midwife leads to disclosure. S2: where trust is lacking, disclosure is unlikely.
    assert [
        row["relation"]
        for row in compared
        if {row["configuration_id"][-3:], row["other_id"][-3:]} == {"CM2", "/S2"}
    ] == ["mirrors"]
    eppi = json.loads((here / "for-eppi.json").read_text(encoding="utf-8"))
    assert len(eppi["References"]) == 4
    assert {one["DOI"] for one in eppi["References"]} >= {
        "10.1186/s12913-022-08743-3",
        "10.1016/j.midw.2020.102654",
    }
    with (here / "summary-of-findings.csv").open(encoding="utf-8", newline="") as file:
        findings = list(csv.DictReader(file))
    assert {row["overall"] for row in findings} > {"not rated"}
    for name in ("evidence-profile.csv", "references.ris", "synthesis.xlsx", "change-model.svg"):
        assert (here / name).stat().st_size > 100


@pytest.mark.slow
def test_the_notebook_runs_from_top_to_bottom(demonstration: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = json.loads((DOCS / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    with serving(resources.QUERIES, demonstration) as served:
        monkeypatch.setenv("CMOGRAPH_URL", served.address)
        names: dict[str, object] = {}
        for cell in cells:
            if cell["cell_type"] == "code":
                assert cell["outputs"] == [], "a notebook is kept without its answers"
                exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
    for name in ("studies", "fitting", "changes", "chains", "compared"):
        assert names[name], name
