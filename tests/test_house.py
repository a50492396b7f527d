"""The rules of the house: who may import what, how long a file may be, what no file may hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "service" / "cmograph"
MODULES = sorted(PACKAGE.rglob("*.py"))


def imports(module: Path) -> Iterator[str]:
    """The dotted names a module imports, `from a import b` as `a.b`."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.relative_to(PACKAGE.parent).with_suffix("").parts
                base = ".".join((*package[: len(package) - node.level], *filter(None, [node.module])))
            yield from (f"{base}.{alias.name}" for alias in node.names)


def room(module: Path) -> str:
    return module.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("module", MODULES, ids=room)
def test_only_the_api_imports_fastapi(module: Path) -> None:
    if not room(module).startswith(("api/", "cli")):
        web = [name for name in imports(module) if name.split(".")[0] in {"fastapi", "starlette", "uvicorn"}]
        assert not web, f"{room(module)} imports {web}: move what needs the web to api/"


@pytest.mark.parametrize("module", MODULES, ids=room)
def test_only_the_doors_read_settings(module: Path) -> None:
    if not room(module).startswith(("api/", "cli", "settings")):
        found = [name for name in imports(module) if name.startswith("cmograph.settings")]
        assert not found, f"{room(module)} reads settings: pass the value as a parameter instead"


@pytest.mark.parametrize("module", MODULES, ids=room)
def test_only_the_engine_and_the_release_touch_a_store(module: Path) -> None:
    if room(module).startswith(("engine/", "release", "writing/")) or room(module) == "reasoning.py":
        return  # reasoning keeps a private store in memory, that nothing else sees
    used = re.findall(r"\bStore\(|\bStore\.|import .*\bStore\b", module.read_text(encoding="utf-8"))
    assert not used, f"{room(module)} touches pyoxigraph.Store: only engine/, release and writing do"


@pytest.mark.parametrize("module", MODULES, ids=room)
def test_a_module_says_what_it_is_and_what_it_offers(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{room(module)} has no docstring: say in a sentence what it is"
    if module.name not in {"__init__.py", "__main__.py"}:
        names = {
            t.id
            for node in tree.body
            if isinstance(node, ast.Assign)
            for t in node.targets
            if isinstance(t, ast.Name)
        }
        names |= {
            n.target.id for n in tree.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)
        }
        assert "__all__" in names, f"{room(module)} has no __all__: name what it offers"


def test_the_data_flows_one_way() -> None:
    """Nothing early in the way of the data knows what comes later (DESIGN: one direction)."""
    later = {
        "readers": {
            "study",
            "graph",
            "validation",
            "reasoning",
            "release",
            "build",
            "engine",
            "questions",
            "api",
            "cli",
        },
        "study": {
            "graph",
            "validation",
            "reasoning",
            "release",
            "build",
            "engine",
            "questions",
            "api",
            "cli",
        },
        "graph": {"validation", "reasoning", "release", "build", "engine", "questions", "api", "cli"},
        "ontology": {"readers", "study", "graph", "release", "build", "engine", "questions", "api", "cli"},
        "access": {
            "readers",
            "study",
            "graph",
            "release",
            "build",
            "engine",
            "questions",
            "writing",
            "api",
            "cli",
            "keeping",
        },
        "release": {"access", "build", "engine", "questions", "writing", "api", "cli", "keeping"},
        "engine": {"access", "build", "questions", "writing", "api", "cli", "keeping", "readers", "study"},
        "writing": {"access", "build", "questions", "api", "cli", "keeping", "readers"},
        "exports": {"build", "api", "cli", "readers", "study", "graph", "validation", "writing"},
        "mapping": {"build", "api", "cli", "readers", "study", "graph", "release", "engine", "analysis"},
        "analysis": {"exports", "build", "api", "cli", "readers", "study", "graph", "release"},
        "questions": {"build", "api", "cli", "readers", "study", "graph"},
    }
    wrong = []
    for module in MODULES:
        here = room(module).split("/")[0].removesuffix(".py")
        for name in imports(module):
            parts = name.split(".")
            if parts[0] == "cmograph" and len(parts) > 1 and parts[1] in later.get(here, set()):
                wrong.append(f"{room(module)} imports {name}")
    assert not wrong, "\n".join(wrong)
