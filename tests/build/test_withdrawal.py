"""A participant withdraws: the next release is made without their words, and still says that they were coded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyoxigraph import QuerySolutions, Store

from cmograph.build import build
from cmograph.questions import Library
from cmograph.release import EMPTY, lock, open_store, prune, revise
from cmograph.study import write_template
from cmograph.vocabulary import DCTERMS, OA, REALIST
from cmograph.writing.changes import update

from .studies import select

_WITHDRAWN = "Interview 1 (synthetic)"


def built(folder: Path, *, withdrawn: bool, name: str = _WITHDRAWN) -> Path:
    """A store of a new study, one of whose two interviews may be withdrawn."""
    study, store = folder / "study", folder / f"store-{withdrawn}"
    write_template(study)
    settings = study / "study.toml"
    text = settings.read_text(encoding="utf-8")
    assert "withdrawn = []" in text
    if withdrawn:
        text = text.replace("withdrawn = []", f'withdrawn = ["{name}"]')
    settings.write_text(text, encoding="utf-8")
    build([study], store)
    return store


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """With all that was said, and without what was withdrawn."""
    before, after = (
        built(tmp_path_factory.mktemp("study"), withdrawn=withdrawn) for withdrawn in (False, True)
    )
    return before, after


def test_a_withdrawn_source_is_built_without_its_words(stores: tuple[Path, Path]) -> None:
    _, store = stores
    codings = "?coding realist:inSource ?source . ?source dcterms:title ?title"
    words = (
        f"SELECT DISTINCT ?title WHERE {{ {codings} . ?coding oa:hasTarget/oa:hasSelector/oa:exact ?words }}"
    )
    tombstones = (
        f"SELECT DISTINCT ?title WHERE {{ {codings} ; a realist:Source . "
        "?coding realist:disclosureClass realist:WithdrawnQuotation }"
    )
    assert select(store, "restricted", words) == [("Interview 2 (synthetic)",)]
    assert select(store, "restricted", tombstones) == [(_WITHDRAWN,)]


@pytest.mark.parametrize("at_once", [False, True])
def test_no_file_of_the_store_keeps_the_words_once_older_releases_are_pruned(
    tmp_path: Path, at_once: bool
) -> None:
    """Neither the next release's, which a backup would hold, nor the writer's own, nor what says that a client had
    deleted them before the study said that they are withdrawn.
    """
    study, store = tmp_path / "study", tmp_path / "store"
    words = f"SELECT ?words WHERE {{ ?quote <{OA.exact}> ?words }}"
    write_template(study)
    settings = study / "study.toml"
    build([study], store)
    before = set(select(store, "restricted", words))
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("withdrawn = []", f'withdrawn = ["{_WITHDRAWN}"]'), encoding="utf-8")
    if at_once:
        deletion = update(f"DELETE WHERE {{ GRAPH ?g {{ ?quote <{OA.exact}> ?words }} }}")
        with lock(open_store(store), "test"):
            revise(open_store(store), "restricted", deletion, lambda _, __: EMPTY)
    build([study], store)
    gone = [said.encode() for (said,) in before.difference(select(store, "restricted", words))]
    if at_once:
        file = study / "sources" / "7d7f0001-0000-4000-8000-000000000001.txt"
        withdrawn = file.read_text(encoding="utf-8")
        gone = [
            one for one in gone if one.decode() in withdrawn
        ]  # of the rest, a part and a patch still tell
    assert gone

    def files() -> set[Path]:
        found = (file for file in store.rglob("*") if file.is_file())
        return {file.relative_to(store) for file in found if any(one in file.read_bytes() for one in gone)}

    assert any(file.match("releases/0001/restricted/*.sst") for file in files()), "they can be found"
    with lock(open_store(store), "test"):
        prune(open_store(store), 1)
    assert not files()


def test_the_words_go_from_a_store_of_a_version_that_kept_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, store = tmp_path / "study", tmp_path / "store"
    write_template(study)
    settings = study / "study.toml"

    def build_with(old: str, new: str) -> None:
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace(old, new), encoding="utf-8")
        build([study], store)

    build([study], store)
    monkeypatch.setattr("cmograph.release.primary._loses_words", lambda *_: False)
    build_with("withdrawn = []", f'withdrawn = ["{_WITHDRAWN}"]')
    for edition in ("open", "restricted"):
        state = store / "primary" / f"{edition}.json"
        held = json.loads(state.read_text(encoding="utf-8"))
        state.write_text(json.dumps({name: held[name] for name in ("parts", "patches")}), encoding="utf-8")

    def files() -> bool:
        with lock(open_store(store), "test"):
            prune(open_store(store), 1)
        found = (file for file in store.rglob("*") if file.is_file())
        return any(b"nobody to talk to all day" in file.read_bytes() for file in found)

    assert files()
    build_with('title = "The programme', 'title = "A programme')
    assert not files()


@pytest.mark.parametrize(
    "question", ["agreement-by-code", "coders-by-code", "coverage-by-interview", "how-sure-positions-are"]
)
def test_no_question_counts_what_was_withdrawn(question: str, stores: tuple[Path, Path]) -> None:
    """The two interviews of a new study were coded alike often enough: fewer are counted, and some are."""
    text = Library.load()[question].text
    column = "passages" if question == "agreement-by-code" else "codings"

    def counted(store: Path) -> int:
        found = Store.read_only(str(store / "current" / "restricted")).query(text)
        assert isinstance(found, QuerySolutions)
        return sum(int(row[column].value) for row in found)

    of_it = f"?coding a <{REALIST.Coding}> ; <{REALIST.inSource}>/<{DCTERMS.title}> '{_WITHDRAWN}'"
    gone = len(select(stores[0], "restricted", f"SELECT ?coding {{ {of_it} }}"))
    everything, without = map(counted, stores)
    assert 0 < without < everything
    assert gone and (column == "passages" or without == everything - gone)


def test_what_was_withdrawn_contests_nothing(tmp_path: Path) -> None:
    """The second interview alone speaks against C01, in a coding of "No different"."""
    contested = "SELECT ?claim { ?claim a realist:ContestedConfiguration }"
    against = "SELECT ?claim { ?claim a realist:RefutedConfiguration }"
    for withdrawn, found in ((False, 1), (True, 0)):
        store = built(tmp_path / str(withdrawn), withdrawn=withdrawn, name="Interview 2 (synthetic)")
        for edition in ("open", "restricted"):
            assert len(select(store, edition, contested)) == len(select(store, edition, against)) == found
