"""DESTINY's own parser takes our EPPI JSON. It needs Python 3.12: it runs there, in an environment made for it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.exports.conftest import Exporting

_ENVIRONMENT = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cmograph" / "destiny-sdk"
_PARSE = """
import json, sys, warnings
warnings.simplefilter("ignore")
from destiny_sdk.parsers.eppi_parser import EPPIParser
references, failed = EPPIParser().parse_references(json.load(open(sys.argv[1], encoding="utf-8")))
print(json.dumps({"read": [json.loads(one.model_dump_json()) for one in references], "failed": failed}))
"""


def newer_python() -> str | None:
    """An interpreter of Python 3.12 or later that runs, if there is one."""
    known = [shutil.which(f"python3.{minor}") for minor in (12, 13, 14)]
    pyenv = sorted((Path.home() / ".pyenv" / "versions").glob("3.1[2-9]*/bin/python"))
    for python in [*(path for path in known if path), *map(str, pyenv)]:
        if subprocess.run([python, "-c", "import venv"], capture_output=True).returncode == 0:
            return python
    return None


@pytest.fixture(scope="module")
def parser() -> Path:
    """The Python that has destiny-sdk."""
    python = _ENVIRONMENT / "bin" / "python"
    if not python.exists():
        newer = newer_python()
        if newer is None:
            pytest.skip("destiny-sdk needs Python 3.12, and there is none on this machine")
        subprocess.run([newer, "-m", "venv", str(_ENVIRONMENT)], check=True, capture_output=True)
    if subprocess.run([str(python), "-c", "import destiny_sdk"], capture_output=True).returncode:
        install = [str(python), "-m", "pip", "install", "-q", "destiny-sdk"]
        if subprocess.run(install, capture_output=True).returncode:
            pytest.skip("destiny-sdk cannot be installed here")
    return python


@pytest.mark.slow
def test_destiny_reads_every_study_that_has_a_doi(
    export_open: Exporting, parser: Path, tmp_path: Path
) -> None:
    body = export_open("eppi")
    file = tmp_path / "eppi.json"
    file.write_bytes(body)
    parsed = subprocess.run([str(parser), "-c", _PARSE, str(file)], capture_output=True, text=True)
    assert parsed.returncode == 0, parsed.stderr
    found = json.loads(parsed.stdout)
    dois = {one["DOI"] for one in json.loads(body)["References"] if one["DOI"]}
    read = {
        id["identifier"]
        for one in found["read"]
        for id in one["identifiers"]
        if id["identifier_type"] == "doi"
    }
    assert read == dois
    assert len(found["failed"]) == sum(not one["DOI"] for one in json.loads(body)["References"])
