"""A study's versions over HTTP: what is served by its version's IRI, what was served as its manifest tells, and no more."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, parse
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, OWL, XSD

from cmograph import resources
from cmograph.access import Scope, TokenBook
from cmograph.build import build
from tests.api.conftest import Served, serving

ID = "https://w3id.org/cmograph/id/"
NAME = "mcleish-2024"
STUDY = f"{ID}study/{NAME}"
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
WITHDRAWN = "These invented words were withdrawn since"
TITLE = 'A title with </script><script>alert("x")</script>'
DCAT = Namespace("http://www.w3.org/ns/dcat#")  # rdflib knows version 2 of it
ISSUED, INFO, VERSION = DCTERMS.issued, OWL.versionInfo, DCAT.version


@dataclass(frozen=True)
class Kept:
    """A server of the second release of two; whose token reads the restricted edition."""

    served: Served
    folder: Path
    token: dict[str, str]

    def get(self, path: str, accept: str = "*/*", **headers: str) -> httpx2.Response:
        return self.served.client.get(path.replace(ID, "/about/"), headers={"Accept": accept, **headers})

    def follow(self, iri: str, accept: str) -> httpx2.Response:
        """What comes of following an IRI, one redirection later."""
        sent = self.served.client.get(iri.replace(ID, "/id/"), headers={"Accept": accept})
        assert sent.status_code == 303 and sent.headers["vary"] == "Accept"
        return self.served.client.get(sent.headers["location"], headers={"Accept": accept})

    def versions(self) -> list[str]:
        """The IRIs of both versions, the first one first."""
        graph = Graph().parse(data=self.get(STUDY, "text/turtle").text, format="turtle")
        return sorted(str(one) for one in graph.objects(URIRef(STUDY), DCAT.hasVersion))


def edit(study: Path, old: str, new: str) -> None:
    file = study / "study.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("versions")
    study = folder / NAME
    shutil.copytree(resources.DATA / NAME, study)
    edit(study, "What the abstract", f"{WITHDRAWN}. What the abstract")
    build([study], folder / "store")
    edit(study, f"{WITHDRAWN}. ", "")
    title = (
        "A realist change model for community-based perinatal mental health peer support from peer volunteers"
    )
    edit(study, f'"{title}"', f"'{TITLE}'")
    # ORCID's own example of a person, who is invented (https://orcid.org/0000-0002-1825-0097).
    edit(study, '"McLeish J"', '"Carberry J <https://orcid.org/0000-0002-1825-0097>"')
    build([study], folder / "store")
    token = TokenBook(folder / "store").add([Scope.RESTRICTED], None)
    with serving(resources.QUERIES, folder / "store") as served:
        yield Kept(served, folder, {"Authorization": f"Bearer {token}"})


def relations(response: httpx2.Response) -> dict[str, str]:
    """The last target of each relation in the header."""
    return {
        found[2]: found[1] for found in re.finditer(r'<([^>]+)>; rel="([^"]+)"', response.headers["link"])
    }


def test_a_study_says_its_version_and_where_that_is(kept: Kept) -> None:
    graph = Graph().parse(data=kept.get(STUDY, "text/turtle").text, format="turtle")
    this = URIRef(STUDY)
    (current,) = graph.objects(this, DCAT.hasCurrentVersion)
    name = str(graph.value(this, VERSION))
    assert str(current) == f"{STUDY}/version/{name}" and re.fullmatch(r"0002-[0-9a-f]{20}", name)
    assert graph.value(this, INFO) == Literal("Release 0002, open edition: the version that is served.", "en")
    assert graph.value(current, DCAT.isVersionOf) == this
    first, second = kept.versions()
    assert graph.value(current, DCAT.previousVersion) == URIRef(first) and str(current) == second
    assert name in kept.get(STUDY, BROWSER).text
    assert kept.get(STUDY, "application/vnd.datacite.datacite+json").json()["version"].endswith(name[5:])
    assert f'<{second}>; rel="latest-version"' in kept.get(f"/studies/{NAME}").headers["link"]
    assert f"value: {second}" in kept.get(f"{STUDY}?format=cff").text


@pytest.mark.parametrize(
    ("accept", "format"), [("text/turtle", RdfFormat.TURTLE), ("application/ld+json", RdfFormat.JSON_LD)]
)
def test_the_version_that_is_served_has_what_the_study_has(
    kept: Kept, accept: str, format: RdfFormat
) -> None:
    version = kept.follow(kept.versions()[1], accept)
    assert version.status_code == 200 and version.headers["content-type"].startswith(accept)
    said = set(parse(version.content, format=format))
    assert said == set(parse(kept.get(STUDY, accept).content, format=format))
    evaluation = NamedNode("https://w3id.org/cmograph/realist#Evaluation")
    assert Quad(NamedNode(STUDY), NamedNode(str(RDF.type)), evaluation) in said


@pytest.mark.parametrize(
    ("accept", "format"),
    [
        ("application/vnd.datacite.datacite+json", "datacite"),
        ('application/ld+json; profile="https://schema.org"', "schema-org"),
    ],
)
def test_the_iri_by_which_a_version_is_cited_leads_to_its_metadata(
    kept: Kept, accept: str, format: str
) -> None:
    first, second = kept.versions()
    sent = kept.served.client.get(second.replace(ID, "/id/"), headers={"Accept": accept})
    there = f"{second.replace(ID, '/about/')}?format={format}"
    assert (sent.status_code, sent.headers.get("location")) == (303, there)
    assert kept.get(there).text == kept.get(f"{STUDY}?format={format}").text
    if format == "datacite":  # what was served has none; by its profile alone JSON-LD is another form
        assert (
            kept.served.client.get(first.replace(ID, "/id/"), headers={"Accept": accept}).status_code == 406
        )


def test_the_page_of_the_version_that_is_served(kept: Kept) -> None:
    first, second = kept.versions()
    shown = kept.follow(second, BROWSER)
    assert (
        shown.headers["content-type"].startswith("text/html")
        and f"/id/study/{NAME}/configuration/A1" in shown.text
    )
    said = relations(shown)
    assert said["cite-as"] == said["latest-version"] == second and said["predecessor-version"] == first
    assert "successor-version" not in said
    held = kept.get(second, BROWSER, **{"If-None-Match": shown.headers["etag"]})
    assert held.status_code == 304
    assert relations(kept.get(STUDY, BROWSER))["cite-as"] == STUDY


@pytest.mark.parametrize("accept", [BROWSER, "text/turtle", "application/ld+json", "application/rdf+xml"])
def test_of_a_version_that_was_served_there_is_what_its_manifest_says(kept: Kept, accept: str) -> None:
    first, second = kept.versions()
    answer = kept.follow(first, accept)
    assert answer.status_code == 200 and answer.headers["content-type"].split(";")[0] == accept.split(",")[0]
    assert WITHDRAWN not in answer.text and "configuration/A1" not in answer.text
    assert "superseded by release 0002" in answer.text and "A realist change model" in answer.text
    manifest = json.loads((kept.folder / "store/releases/0001/manifest.json").read_text(encoding="utf-8"))
    assert manifest["created"] in answer.text and first.rpartition("-")[2] in answer.text
    held = kept.get(first, accept, **{"If-None-Match": answer.headers["etag"]})
    assert held.status_code == 304
    assert answer.headers["etag"] != kept.get(second, accept).headers["etag"]


def test_a_version_that_was_served_leads_to_the_others(kept: Kept) -> None:
    first, second = kept.versions()
    shown = kept.get(first, BROWSER)
    said = relations(shown)
    assert said["cite-as"] == first and "predecessor-version" not in said
    assert said["latest-version"] == said["successor-version"] == second
    history = kept.get(said["version-history"], "text/turtle")
    graph = Graph().parse(data=history.text, format="turtle")
    assert {str(one) for one in graph.subjects(DCAT.isVersionOf)} == {first, second}
    assert graph.value(URIRef(first), DCTERMS.isReplacedBy) == URIRef(second)
    issued = graph.value(URIRef(first), ISSUED)
    assert isinstance(issued, Literal) and issued.datatype == XSD.dateTime
    listed = kept.follow(f"{STUDY}/version", BROWSER).text
    assert all(iri.replace(ID, "/id/") in listed for iri in (first, second))
    (page,) = kept.get(f"{first}?format=linkset").json()["linkset"][:1]
    assert [target["href"] for target in page["latest-version"]] == [second]


@pytest.mark.parametrize(
    "name", ["0003-{digest}", "0001-{digest}", "0002", "0002-", "latest", "..", "0002-{digest}x"]
)
def test_a_version_that_never_was_is_a_problem(kept: Kept, name: str) -> None:
    """Release 1 was, and so was this content, but not together."""
    digest = kept.versions()[1].rpartition("-")[2]
    for start in ("/id/", "/about/"):
        answer = kept.get(f"{start}study/{NAME}/version%2F{name.format(digest=digest)}", BROWSER)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
    assert kept.get(f"{ID}study/nobody/version").status_code == 404


def test_nobody_learns_of_a_version_of_an_edition_that_they_may_not_see(kept: Kept) -> None:
    graph = Graph().parse(data=kept.get(STUDY, "text/turtle", **kept.token).text, format="turtle")
    restricted = str(graph.value(URIRef(STUDY), DCAT.hasCurrentVersion))
    assert restricted not in kept.versions() and "restricted edition" in str(graph.value(URIRef(STUDY), INFO))
    assert kept.get(restricted, BROWSER, **kept.token).status_code == 200
    assert kept.get(restricted, BROWSER).status_code == 404
    of_the_open_one = kept.get(kept.versions()[1], "text/turtle", **kept.token)
    assert of_the_open_one.status_code == 200 and "open edition" in of_the_open_one.text


def test_whatever_a_study_says_is_data_in_its_page_and_no_markup(kept: Kept) -> None:
    shown = kept.get(STUDY, BROWSER).text
    assert re.findall("<script[^>]*>", shown) == ['<script type="application/ld+json">']
    embedded = json.loads(shown.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
    assert embedded["name"] == TITLE
    assert embedded == kept.get(STUDY, 'application/ld+json; profile="https://schema.org/"').json()


def test_an_orcid_leads_to_its_person(kept: Kept) -> None:
    orcid = "https://orcid.org/0000-0002-1825-0097"
    assert relations(kept.get(STUDY))["author"] == orcid
    creator = kept.get(f"{STUDY}?format=schema-org").json()["creator"][0]
    assert creator == {"@type": "Person", "name": "Carberry J", "@id": orcid}
    (named,) = kept.get(f"{STUDY}?format=datacite").json()["creators"][0]["nameIdentifiers"]
    assert named["nameIdentifier"] == orcid and named["nameIdentifierScheme"] == "ORCID"
    assert f"orcid: {orcid}" in kept.get(f"{STUDY}?format=cff").text
    graph = Graph().parse(data=kept.get(f"{STUDY}?format=dcat").text, format="turtle")
    assert URIRef(orcid) in graph.objects(URIRef(STUDY), DCTERMS.creator)


def test_a_host_that_is_no_part_of_an_iri_is_refused(kept: Kept) -> None:
    for format in ("dcat", "linkset", "schema-org", "html"):
        assert kept.get(f"{STUDY}?format={format}", Host="a<b>{c}").status_code == 400


def test_a_version_is_superseded_when_the_next_release_is_served(tmp_path: Path) -> None:
    """And where the study stays as it was while another comes, what superseded it is told to say the same."""
    study, other, store = tmp_path / NAME, resources.DATA / "midwife-continuity-2020", tmp_path / "store"
    shutil.copytree(resources.DATA / NAME, study)
    build([study], store)
    with serving(resources.QUERIES, store) as served:
        kept = Kept(served, tmp_path, {})
        (first,) = kept.versions()
        before = kept.get(first, "text/turtle")
        build([study, other], store)
        while served.client.get("/version").json()["release"] == "0001":  # it looks four times a second
            pass
        after = kept.get(first, "text/turtle", **{"If-None-Match": before.headers["etag"]})
        assert after.status_code == 200 and "superseded by release 0002, which says the same" in after.text
        assert "successor-version" not in relations(after)
