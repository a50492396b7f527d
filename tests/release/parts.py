"""Small stores for the tests: studies as dictionaries of graphs, published as a build does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO

from pyoxigraph import Literal, NamedNode, Quad, Store

from cmograph.release import (
    Draft,
    Part,
    Patch,
    Release,
    StoreFolder,
    add_part,
    lock,
    publish,
    revise,
    write_nquads,
)

__all__ = ["GRAPH", "STUDY", "nquads", "publish_studies", "quads", "release", "study", "write"]

STUDY = "https://w3id.org/cmograph/id/study/"
GRAPH = "https://w3id.org/cmograph/graph/"
INFERRED = f"{GRAPH}inferred"
SHARED = "<http://example.org/shared> <http://example.org/is> <http://example.org/shared> .\n"


def study(name: str, size: int = 3, word: str = "said") -> dict[str, list[str]]:
    """A study's open, restricted and inferred lines; every study infers one line that others infer too."""
    thing = f"<{STUDY}{name}/thing/%d>"
    return {
        "open": [f'{thing % n} <http://example.org/{word}> "{n}" .\n' for n in range(size)],
        "evidence": [f'{thing % n} <http://example.org/secret> "{word} {n}" .\n' for n in range(size)],
        # The first line is in the open graph as well: the default graph must keep it while either does.
        "inferred": [
            SHARED,
            f"{thing % 0} <http://example.org/likes> {thing % 1} .\n",
            f'{thing % 0} <http://example.org/{word}> "0" .\n',
        ],
    }


def publish_studies(store: StoreFolder, studies: Mapping[str, Mapping[str, Sequence[str]]]) -> Release:
    """Publishes studies: open and inferred lines in both editions, evidence in the restricted one."""
    with lock(store, "test"):
        editions: dict[str, list[Part]] = {"open": [], "restricted": []}
        for name, lines in studies.items():
            graphs = {
                "open": f"{GRAPH}study/{name}",
                "evidence": f"{GRAPH}study/{name}/evidence",
                "inferred": INFERRED,
            }
            for kind, graph in graphs.items():
                with store.building() as folder:
                    file = folder / "part.nt"
                    file.write_text("".join(lines[kind]), encoding="utf-8")
                    part = add_part(store, file, graph, f"{STUDY}{name}")
                editions["restricted"].append(part)
                if kind != "evidence":
                    editions["open"].append(part)
        return publish(store, editions, {"cmograph": "test"}, [{"id": name} for name in studies])


def quads(release: Release, edition: str) -> set[Quad]:
    """All quads in an edition's store."""
    return set(Store.read_only(str(release.store(edition))))


def nquads(store: StoreFolder, release: Release, edition: str) -> bytes:
    """An edition's N-Quads."""
    out = BytesIO()
    write_nquads(store, release, edition, out)
    return out.getvalue()


def release(store: StoreFolder, studies: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
    """Publish studies as a build does, their titles in the manifest."""
    with lock(store, "test"):
        editions: dict[str, list[Part]] = {"open": [], "restricted": []}
        for name, lines in studies.items():
            for kind, graph in (("open", f"study/{name}"), ("evidence", f"study/{name}/evidence")):
                with store.building() as folder:
                    (folder / "part.nt").write_text("".join(lines[kind]), encoding="utf-8")
                    part = add_part(store, folder / "part.nt", GRAPH + graph, STUDY + name)
                editions["restricted"].append(part)
                if kind == "open":
                    editions["open"].append(part)
        told = [{"id": name, "title": f"Study {name}", "synthetic": True} for name in studies]
        publish(store, editions, {}, told)


def write(store: StoreFolder, subject: str) -> None:
    """Have a client write a statement over the open edition."""
    added = Quad(NamedNode(subject), NamedNode("e:p"), Literal("new"), NamedNode("e:clients"))

    def change(_: Draft) -> Patch:
        return Patch(added=frozenset({added}))

    with lock(store, "test"):
        revise(store, "open", change, lambda _store, _patch: Patch())
