"""The command line as a process of its own, and what it left on record."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

__all__ = ["audited", "cmograph"]


def cmograph(
    *arguments: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    return subprocess.run(
        [sys.executable, "-m", "cmograph", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env=os.environ | {"COLUMNS": "200"} | dict(env or {}),
        timeout=120,
    )


def audited(store: Path) -> list[dict[str, str]]:
    """The lines of the audit."""
    return [json.loads(line) for line in (store / "audit.jsonl").read_text(encoding="utf-8").splitlines()]
