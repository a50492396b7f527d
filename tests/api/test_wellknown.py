"""What the service says of itself: VoID and DCAT, its examples, its description; against a server of the bundled studies."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pyshacl
import pytest
from pyoxigraph import RdfFormat, parse
from rdflib import DCAT, DCTERMS, RDF, RDFS, SH, VOID, Graph, Literal, Namespace, URIRef

from cmograph import resources
from cmograph.access import Scope, TokenBook
from cmograph.analysts.office import Analysts
from cmograph.api.description import describe_service, service_statements, well_known, write_graph
from cmograph.api.excerpts import Excerpts
from cmograph.api.service import Service
from cmograph.api.wellknown import Counter
from cmograph.engine.backend import Answer
from cmograph.engine.editions import Snapshot
from cmograph.engine.formats import GRAPHS, TURTLE, Format
from cmograph.engine.guard import Query
from cmograph.engine.spool import Spool
from cmograph.errors import StoreError
from cmograph.questions import Desk, Library
from cmograph.questions.examples import PREFIXES, prefixes_of
from cmograph.release.catalogue import CATALOGUE
from tests.api.conftest import Served, serving

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
SCHEMA = Namespace("https://schema.org/")
ACCESS = Namespace("http://publications.europa.eu/resource/authority/access-right/")
SHAPES = Path(__file__).parents[1] / "w3c" / "service_description.ttl"
LIBRARY = Library.load()
OPEN = [id for id, question in LIBRARY.items() if question.header.edition == "open"]


@pytest.fixture(scope="module")
def bundled(demonstration: Path) -> Iterator[Served]:
    with serving(resources.QUERIES, demonstration) as running:
        yield running


@pytest.fixture(scope="module")
def void(bundled: Served) -> Graph:
    return Graph().parse(data=bundled.client.get("/.well-known/void").content, format="turtle")


@pytest.fixture(scope="module")
def examples(bundled: Served) -> Graph:
    return Graph().parse(data=bundled.client.get("/.well-known/sparql-examples").content, format="turtle")


@pytest.fixture(scope="module")
def dataset(bundled: Served) -> URIRef:
    return URIRef(f"{bundled.address}/sparql#dataset")


def ask(bundled: Served, query: str) -> list[list[str]]:
    reply = bundled.client.post(
        "/sparql", content=query, headers={"Content-Type": "application/sparql-query", "Accept": "text/csv"}
    )
    assert reply.status_code == 200, reply.text
    return [line.split(",") for line in reply.text.splitlines()[1:]]


@pytest.mark.parametrize("path", ["void", "sparql-examples"])
@pytest.mark.parametrize("format", GRAPHS, ids=lambda format: format.name)
def test_every_format_says_the_same(bundled: Served, path: str, format: Format) -> None:
    address = f"{bundled.address}/.well-known/{path}"
    reply = bundled.client.get(address, headers={"Accept": format.media_type})
    assert reply.headers["content-type"].partition(";")[0] == format.media_type
    assert reply.headers["vary"] == "Accept"
    usual = bundled.client.get(address)
    assert usual.headers["content-type"].partition(";")[0] == "text/turtle"
    here = parse(reply.content, format=RdfFormat.from_media_type(format.media_type))
    assert len(set(here)) == len(set(parse(usual.content, format=RdfFormat.TURTLE))) > 100
    assert bundled.client.get(address, params={"format": format.name}).content == reply.content


@pytest.mark.parametrize("path", ["void", "sparql-examples"])
def test_it_is_asked_about_by_its_tag_and_by_head(bundled: Served, path: str) -> None:
    whole = bundled.client.get(f"/.well-known/{path}")
    again = bundled.client.get(f"/.well-known/{path}", headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = bundled.client.head(f"/.well-known/{path}")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "content-type", "content-length"):
        assert head.headers[name] == whole.headers[name]
    other = bundled.client.get(f"/.well-known/{path}", headers={"Accept": "application/n-triples"})
    assert other.headers["etag"] != whole.headers["etag"]


@pytest.mark.parametrize("path", ["void", "sparql-examples"])
def test_what_is_no_graph_is_not_offered(bundled: Served, path: str) -> None:
    reply = bundled.client.get(f"/.well-known/{path}", headers={"Accept": "image/png"})
    assert reply.status_code == 406
    assert reply.headers["content-type"] == "application/problem+json"


def test_the_catalogue_leads_to_the_endpoint_and_to_each_study(
    bundled: Served, void: Graph, dataset: URIRef
) -> None:
    catalogue, service = URIRef(CATALOGUE), URIRef(f"{bundled.address}/sparql")
    assert (catalogue, RDF.type, DCAT.Catalog) in void
    assert (catalogue, DCAT.service, service) in void
    assert (service, RDF.type, DCAT.DataService) in void
    assert (service, DCAT.endpointURL, service) in void
    assert (service, DCAT.servesDataset, dataset) in void
    assert (dataset, VOID.sparqlEndpoint, service) in void
    assert len(list(void.objects(catalogue, DCAT.dataset))) > 1
    for study in void.objects(dataset, VOID.exampleResource):
        assert str(study).startswith(str(void.value(dataset, VOID.uriSpace)))
        assert ask(bundled, f"SELECT ?p {{ {study.n3()} ?p ?o }}")


def test_access_is_told_and_only_our_own_is_licensed_by_us(void: Graph, dataset: URIRef) -> None:
    assert void.value(dataset, DCTERMS.accessRights) == ACCESS.PUBLIC
    assert (None, DCTERMS.accessRights, ACCESS.RESTRICTED) in void  # the evidence, by the catalogue
    assert (dataset, DCTERMS.license, None) not in void
    licensed = {
        str(thing)
        for thing in void.subjects(DCTERMS.license, URIRef("https://creativecommons.org/licenses/by/4.0/"))
    }
    assert {
        "https://w3id.org/cmograph/realist",
        "https://w3id.org/cmograph/perinatal-peer-support",
    } <= licensed


def test_the_counts_are_those_of_the_edition_that_is_served(
    bundled: Served, void: Graph, dataset: URIRef
) -> None:
    [[triples]] = ask(bundled, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert void.value(dataset, VOID.triples) == Literal(int(triples))
    classes = ask(bundled, "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c FILTER(ISIRI(?c)) } GROUP BY ?c")
    assert void.value(dataset, VOID.classes) == Literal(len(classes))
    assert partitions(void, dataset, VOID.classPartition, VOID["class"], VOID.entities) == {
        name: int(count) for name, count in classes
    }
    properties = ask(bundled, "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p")
    assert void.value(dataset, VOID.properties) == Literal(len(properties))
    assert partitions(void, dataset, VOID.propertyPartition, VOID.property, VOID.triples) == {
        name: int(count) for name, count in properties
    }
    graphs = {
        str(void.value(named, SD.name)): str(void.value(void.value(named, SD.graph), VOID.triples))
        for named in void.objects(dataset, SD.namedGraph)
    }
    assert graphs == dict(ask(bundled, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"))


def partitions(graph: Graph, dataset: URIRef, by: URIRef, name: URIRef, count: URIRef) -> dict[str, int]:
    return {
        str(graph.value(part, name)): int(str(graph.value(part, count)))
        for part in graph.objects(dataset, by)
    }


def test_nothing_of_the_restricted_edition_is_told(void: Graph, dataset: URIRef) -> None:
    told = {str(term) for term in void.objects(None, VOID["class"])}
    assert "https://w3id.org/cmograph/realist#Configuration" in told
    assert "https://w3id.org/cmograph/realist#Participant" not in told
    graphs = {str(name) for name in void.objects(None, SD.name)}
    assert graphs
    assert not [name for name in graphs if name.endswith("/evidence")]


def test_who_may_see_more_is_told_more(demonstration: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(demonstration, store, symlinks=True)
    token = TokenBook(store).add({Scope.RESTRICTED}, None)
    with serving(resources.QUERIES, store) as running:
        running.client.headers["Authorization"] = f"Bearer {token}"
        void = Graph().parse(data=running.client.get("/.well-known/void").content, format="turtle")
        dataset = URIRef(f"{running.address}/sparql#dataset")
        assert void.value(dataset, DCTERMS.accessRights) == ACCESS.RESTRICTED
        assert "https://w3id.org/cmograph/realist#Participant" in set(
            map(str, void.objects(None, VOID["class"]))
        )
        told = Graph().parse(data=running.client.get("/.well-known/sparql-examples").content, format="turtle")
        assert {str(id) for id in told.objects(None, DCTERMS.identifier)} == set(LIBRARY)
        for query in told.objects(None, SH.select):
            assert len(ask(running, str(query))) > 0
        # What was counted for one is not told to another.
        del running.client.headers["Authorization"]
        again = Graph().parse(data=running.client.get("/.well-known/void").content, format="turtle")
        assert again.value(dataset, DCTERMS.accessRights) == ACCESS.PUBLIC
        assert int(str(again.value(dataset, VOID.triples))) < int(str(void.value(dataset, VOID.triples)))


def test_an_empty_store_is_described_as_one(queries: Path) -> None:
    with serving(queries, None) as running:
        told = Graph().parse(data=running.client.get("/.well-known/void").content, format="turtle")
        assert told.value(URIRef(f"{running.address}/sparql#dataset"), VOID.triples) == Literal(0)
        assert (URIRef(CATALOGUE), None, None) not in told


def test_each_open_question_is_an_example(bundled: Served, examples: Graph) -> None:
    found = list(examples.subjects(RDF.type, SH.SPARQLExecutable))
    assert {str(examples.value(example, DCTERMS.identifier)) for example in found} == set(OPEN)
    assert len(OPEN) < len(LIBRARY)  # there are others, which the anonymous are not shown
    for example in found:
        assert (example, RDF.type, SH.SPARQLSelectExecutable) in examples
        assert examples.value(example, SCHEMA.target) == URIRef(f"{bundled.address}/sparql")
        assert len(list(examples.objects(example, RDFS.comment))) == 1
        assert list(examples.objects(example, SCHEMA.keywords))
        prefixes = examples.value(example, SH.prefixes)
        assert list(examples.objects(prefixes, SH.declare))


@pytest.mark.parametrize("id", OPEN)
def test_an_example_answers_as_it_stands(bundled: Served, examples: Graph, id: str) -> None:
    example = examples.value(predicate=DCTERMS.identifier, object=Literal(id))
    golden = Path(__file__).parents[1] / "questions" / "golden" / f"{id}.csv"
    reply = bundled.client.get(
        str(examples.value(example, SCHEMA.target)),
        params={"query": str(examples.value(example, SH.select))},
        headers={"Accept": "text/csv"},
    )
    assert reply.status_code == 200
    assert reply.text.replace("\r\n", "\n") == golden.read_text(encoding="utf-8")


def test_prefixes_are_all_that_the_ontology_and_the_questions_use(examples: Graph) -> None:
    used: dict[str, str] = {}
    for path in [*resources.QUERIES.glob("*.rq"), *resources.ONTOLOGY.glob("*.ttl")]:
        text = path.read_text(encoding="utf-8")
        used |= dict(re.findall(r"^@?prefix\s+([\w-]*):\s*<([^>]*)>", text, re.I | re.M))
    declared = {
        str(examples.value(node, SH.prefix)): str(examples.value(node, SH.namespace))
        for node in examples.objects(None, SH.declare)
    }
    assert used.items() <= declared.items()
    assert declared == prefixes_of(LIBRARY.values()) == dict(sorted(PREFIXES.items()))


def test_the_description_keeps_to_the_vocabulary(bundled: Served, void: Graph) -> None:
    shapes = Graph().parse(SHAPES, format="turtle")
    reply = bundled.client.get("/sparql", headers={"Accept": "text/turtle"})
    told = Graph().parse(data=reply.content, format="turtle")
    for graph in (told, void):
        conforms, _, report = pyshacl.validate(graph, shacl_graph=shapes, inplace=False)
        assert conforms, report
    service = URIRef(f"{bundled.address}/sparql")
    assert (service, SD.endpoint, service) in told
    assert (service, SD.feature, SD.UnionDefaultGraph) not in told
    assert (service, RDFS.seeAlso, URIRef(f"{bundled.address}/.well-known/void")) in told
    assert {str(name) for name in told.objects(None, SH.prefix)} == set(PREFIXES)
    for linked in told.objects(service, RDFS.seeAlso):
        assert httpx2.get(str(linked)).status_code == 200


def test_the_shapes_see_what_is_wrong() -> None:
    told = Graph().parse(data=describe_service("http://h/sparql", TURTLE), format="turtle")
    shapes = Graph().parse(SHAPES, format="turtle")
    told.remove((None, SD.endpoint, None))
    assert not pyshacl.validate(told, shacl_graph=shapes)[0]


def test_the_description_says_what_the_service_can_do() -> None:
    service = URIRef("http://h/sparql")

    def told(**options: bool) -> Graph:
        return Graph().parse(data=describe_service(str(service), TURTLE, **options), format="turtle")

    assert (service, SD.supportedLanguage, SD.SPARQL11Update) in told()
    assert list(told().objects(service, SD.inputFormat))
    assert (service, SD.supportedLanguage, SD.SPARQL11Update) not in told(updates=False)
    assert not list(told(updates=False).objects(service, SD.inputFormat))
    assert not list(told().objects(service, SD.feature))
    assert list(told(federated=True).objects(service, SD.feature)) == [SD.BasicFederatedQuery]


def test_named_graphs_are_described_where_they_are_given() -> None:
    statements = service_statements("http://h/sparql", named_graphs={"urn:b": 2, "urn:a": 1})
    told = Graph().parse(data=write_graph(statements, TURTLE), format="turtle")
    sizes = {
        str(told.value(named, SD.name)): told.value(told.value(named, SD.graph), VOID.triples)
        for named in told.objects(URIRef("http://h/sparql#dataset"), SD.namedGraph)
    }
    assert sizes == {"urn:a": Literal(1), "urn:b": Literal(2)}
    assert pyshacl.validate(told, shacl_graph=Graph().parse(SHAPES, format="turtle"))[0]


@pytest.mark.parametrize(
    ("endpoint", "void"),
    [
        ("http://h/sparql", "http://h/.well-known/void"),
        ("http://h/sparql/", "http://h/.well-known/void"),
        ("https://h:8/below/sparql", "https://h:8/below/.well-known/void"),
    ],
)
def test_the_well_known_is_beside_the_endpoint(endpoint: str, void: str) -> None:
    assert well_known(endpoint, "void") == void


class Changing:
    """A backend that answers everything with nothing, and whose release may change as it does."""

    def __init__(self, changes: int = 0) -> None:
        self.snapshot = Snapshot(None, "0001", "open", "0" * 12)
        self.asked = 0
        self._changes = changes

    def release(self) -> None:
        self.snapshot = replace(self.snapshot, release=f"{int(self.snapshot.release) + 1:04}")

    async def query(self, query: Query, format: Format | None = None, timeout: float | None = None) -> Answer:
        self.asked += 1
        before = self.snapshot
        await asyncio.sleep(0)
        if self._changes:
            self._changes -= 1
            self.release()
        assert format
        body = (
            b""
            if query.form == "CONSTRUCT"
            else b'{"head": {"vars": ["name", "n"]}, "results": {"bindings": []}}'
        )
        spool = Spool()
        spool.write(body)
        return Answer(spool, format, query.form, before)

    async def close(self) -> None: ...


def test_a_release_is_counted_once_whoever_asks() -> None:
    async def run() -> None:
        backend, counter = Changing(), Counter()
        service = Service(
            backend, Desk(backend, LIBRARY), (analysts := Analysts(backend)), Excerpts(backend, analysts)
        )
        first, *others = await asyncio.gather(*(counter.count(service) for _ in range(5)))
        once = backend.asked
        assert all(other is first for other in others)
        backend.release()
        assert (await counter.count(service)).snapshot.release == "0002"
        assert backend.asked == 2 * once

    asyncio.run(run())


def test_what_was_counted_across_two_releases_is_counted_again() -> None:
    async def run() -> None:
        backend = Changing(changes=1)
        counts = await Counter().count(
            Service(
                backend, Desk(backend, LIBRARY), (analysts := Analysts(backend)), Excerpts(backend, analysts)
            )
        )
        assert counts.snapshot.release == backend.snapshot.release == "0002"
        restless = Changing(changes=1000)
        with pytest.raises(StoreError, match="faster"):
            await Counter().count(
                Service(
                    restless,
                    Desk(restless, LIBRARY),
                    (analysts := Analysts(restless)),
                    Excerpts(restless, analysts),
                )
            )

    asyncio.run(run())
