"""The API's description is committed, so that a change of the API is seen as one.

After a change that is meant: `CMOGRAPH_REGENERATE=1 pytest tests/api/test_openapi.py`, and commit the file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cmograph.api import create_app
from cmograph.questions import Library
from cmograph.settings import Settings
from tests.api.conftest import serving
from tests.engine.small import publish

GOLDEN = Path(__file__).with_name("openapi.json")


@pytest.mark.skipif(not Library.load(), reason="needs the questions, which are described there one by one")
def test_the_committed_description_is_what_the_application_says() -> None:
    document = create_app(Settings()).openapi()
    text = json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("CMOGRAPH_REGENERATE"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert GOLDEN.is_file(), "CMOGRAPH_REGENERATE=1 pytest tests/api/test_openapi.py writes it"
    assert GOLDEN.read_text(encoding="utf-8") == text, "the API changed: look at it, then regenerate"


def test_every_operation_has_a_readable_id_and_a_summary() -> None:
    document = create_app(Settings()).openapi()
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
    for operation in operations:
        assert operation["operationId"].isidentifier()
        assert operation["summary"]


def parameters() -> Iterator[tuple[str, dict[str, Any]]]:
    document = create_app(Settings()).openapi()
    for path, item in document["paths"].items():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                yield f"{path}: {parameter['name']}", parameter


def test_an_example_is_one_of_what_its_parameter_takes() -> None:
    """A client that fills in the examples must be answered: none is a list in a list."""
    types: dict[str, Any] = {"string": str, "integer": int, "number": (int, float), "boolean": bool}
    wrong = []
    for name, parameter in parameters():
        if "example" not in parameter:
            continue
        schema, example = parameter["schema"], parameter["example"]
        values = example if schema.get("type") == "array" else [example]
        kinds = schema.get("items", schema)
        kind = types[kinds.get("type") or kinds["anyOf"][0]["type"]]
        wrong += [name for value in values if not isinstance(value, kind)]
    assert wrong == []


def test_what_is_sent_is_what_is_described(queries: Path, tmp_path: Path) -> None:
    """The media types of whatever is answered without more being asked: by itself, and by `format`."""
    wrong = []
    with serving(queries, publish(tmp_path / "store")) as served:
        for path, item in served.client.get("/openapi.json").json()["paths"].items():
            if "{" in path or path in ("/sparql", "/graphs"):
                continue
            named = [one for one in item["get"].get("parameters", ()) if one["name"] == "format"]
            asked = [{}, *({"format": name} for one in named for name in one["schema"]["enum"])]
            answers = [served.client.get(path, params=parameters) for parameters in asked]
            sent = {one.headers["content-type"].partition(";")[0] for one in answers if one.is_success}
            if sent and sent != (described := set(item["get"]["responses"]["200"]["content"])):
                wrong.append((path, sent, described))
    assert wrong == []


def test_every_operation_takes_a_token(library: Library) -> None:
    """A client made of the description sends one where it says so alone: the restricted edition is read with one."""
    document = create_app(Settings(), library).openapi()
    assert document["security"] == [{}, {"bearer": []}]
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    assert all({"bearer": []} in one.get("security", document["security"]) for one in operations)
