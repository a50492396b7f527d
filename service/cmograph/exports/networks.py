"""The change model as a network: GraphML, Cytoscape JSON and Mermaid.

Nodes are components and configurations; an edge goes from each context to the configuration, and from it to each outcome,
so that a chain can be followed through the outcome that is the next one's context.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from cmograph.analysis.things import Configuration
from cmograph.exports.markup import xml_text
from cmograph.exports.material import Material

__all__ = ["Edge", "Node", "network", "write_cytoscape", "write_graphml", "write_mermaid"]

_GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_NODE_KEYS = (
    "label",
    "type",
    "study",
    "kinds",
    "polarity",
    "presence",
    "contested",
    "people",
    "statements",
    "synthetic",
)
_EDGE_KEYS = ("type",)


@dataclass(frozen=True, slots=True)
class Node:
    """A component or a configuration.

    Attributes:
        id: its IRI.
        label: its words.
        type: `configuration`, or the parts that a component plays, joined by "+".
        data: what else is told of it.
    """

    id: str
    label: str
    type: str
    data: dict[str, str | int | bool]


@dataclass(frozen=True, slots=True)
class Edge:
    """From one node to another: `context`, `resource` or `reasoning` into a configuration, `outcome` out of it."""

    source: str
    target: str
    type: str


def network(material: Material) -> tuple[list[Node], list[Edge]]:
    """The studies' change models, nodes first by component, then by configuration."""
    book = material.casebook
    edges = [edge for one in material.configurations for edge in _edges(one)]
    parts: dict[str, dict[str, None]] = {}
    for edge in edges:
        component = edge.target if edge.type == "outcome" else edge.source
        parts.setdefault(component, {})[edge.type] = None
    nodes = [
        Node(
            one.id,
            one.wording,
            "+".join(sorted(parts[one.id])),
            {
                "study": one.study,
                "kinds": "; ".join(ref.label for ref in book.refs(book.most_specific(one.kinds))),
                "synthetic": book.studies[one.study].synthetic,
            },
        )
        for one in material.components
        if one.id in parts
    ]
    for configuration in material.configurations:
        support = configuration.tally("supports")
        nodes.append(
            Node(
                configuration.id,
                configuration.title,
                "configuration",
                {
                    "study": configuration.study,
                    "polarity": book.ref(configuration.polarity).label if configuration.polarity else "",
                    "presence": "absent" if configuration.absent else "present",
                    "contested": configuration.contested,
                    "people": support.people,
                    "statements": support.statements,
                    "synthetic": book.studies[configuration.study].synthetic,
                },
            )
        )
    return nodes, edges


def _edges(one: Configuration) -> Iterator[Edge]:
    into = {"context": one.contexts, "resource": one.resources, "reasoning": one.reasonings}
    for part, components in into.items():
        yield from (Edge(component, one.id, part) for component in components)
    yield from (Edge(one.id, component, "outcome") for component in one.outcomes)


async def write_graphml(material: Material) -> bytes:
    """GraphML (http://graphml.graphdrawing.org/specification.html), a directed graph."""
    nodes, edges = network(material)
    root = etree.Element(f"{{{_GRAPHML}}}graphml", nsmap={None: _GRAPHML})  # type: ignore[dict-item]
    if material.synthetic:
        etree.SubElement(root, f"{{{_GRAPHML}}}desc").text = material.synthetic
    for of, keys in (("node", _NODE_KEYS), ("edge", _EDGE_KEYS)):
        for key in keys:
            kind = {"people": "int", "statements": "int", "contested": "boolean", "synthetic": "boolean"}
            attributes = {
                "id": f"{of}-{key}",
                "for": of,
                "attr.name": key,
                "attr.type": kind.get(key, "string"),
            }
            etree.SubElement(root, f"{{{_GRAPHML}}}key", attributes)
    graph = etree.SubElement(root, f"{{{_GRAPHML}}}graph", {"id": "change-model", "edgedefault": "directed"})
    for node in nodes:
        element = etree.SubElement(graph, f"{{{_GRAPHML}}}node", {"id": node.id})
        _data(element, "node", {"label": node.label, "type": node.type, **node.data})
    for number, edge in enumerate(edges):
        ends = {"id": f"e{number}", "source": edge.source, "target": edge.target}
        _data(etree.SubElement(graph, f"{{{_GRAPHML}}}edge", ends), "edge", {"type": edge.type})
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _data(element: etree._Element, of: str, values: dict[str, str | int | bool]) -> None:
    for key, value in values.items():
        if value != "":
            text = str(value).lower() if isinstance(value, bool) else xml_text(str(value))
            etree.SubElement(element, f"{{{_GRAPHML}}}data", {"key": f"{of}-{key}"}).text = text


async def write_cytoscape(material: Material) -> bytes:
    """Cytoscape.js JSON (https://js.cytoscape.org/#notation/elements-json).

    Cytoscape reads it too, and shows each node's `name`; NetworkX's `cytoscape_graph` knows a node by its `value`.
    """
    nodes, edges = network(material)
    content = {
        "data": {"name": "cmograph", "comment": material.synthetic},
        "directed": True,
        "multigraph": True,
        "elements": {
            "nodes": [
                {
                    "data": {
                        "id": node.id,
                        "value": node.id,
                        "name": node.label,
                        "label": node.label,
                        "type": node.type,
                        **node.data,
                    }
                }
                for node in nodes
            ],
            "edges": [
                {
                    "data": {
                        "id": f"e{number}",
                        "source": edge.source,
                        "target": edge.target,
                        "type": edge.type,
                    }
                }
                for number, edge in enumerate(edges)
            ],
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8")


async def write_mermaid(material: Material) -> bytes:
    """A Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html), each study in a frame of its own."""
    nodes, edges = network(material)
    names = {node.id: f"n{number}" for number, node in enumerate(nodes)}
    lines = ["flowchart LR"]
    if material.synthetic:
        lines.append(f"  %% {material.synthetic}")
    for number, study in enumerate(material.studies):
        title = (
            f"{study.title} (synthetic)" if study.synthetic and "ynthetic" not in study.title else study.title
        )
        lines.append(f"  subgraph s{number}[{_quoted(title)}]")
        for node in nodes:
            if node.data["study"] == study.id:
                begin, end = ("[", "]") if node.type == "configuration" else ("([", "])")
                lines.append(f"    {names[node.id]}{begin}{_quoted(node.label)}{end}")
        lines.append("  end")
    for edge in edges:
        arrow = "-->" if edge.type in ("context", "outcome") else "-.->"
        lines.append(f"  {names[edge.source]} {arrow}|{edge.type}| {names[edge.target]}")
    lacking = [names[node.id] for node in nodes if node.data.get("presence") == "absent"]
    if lacking:
        lines += ["  classDef absent stroke-dasharray: 5 5", f"  class {','.join(lacking)} absent"]
    return ("\n".join(lines) + "\n").encode("utf-8")


def _quoted(text: str) -> str:
    """A label in quotes; what would end it, or is markup, as an entity code."""
    text = " ".join(text.split())
    for letter, code in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;"), ("`", "#96;")):
        text = text.replace(letter, code)
    return f'"{text}"'
