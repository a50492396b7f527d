"""What an edition is asked for a casebook: SELECT queries, of which `%(studies)s` binds some studies at a time.

They go from these studies outward, whatever else the edition holds. Oxigraph would join a class, or a list of
properties in VALUES, with everything that has it: so both are filters.
"""

from __future__ import annotations

from cmograph.vocabulary import BIBO, DCTERMS, OA, RDF, RDFS, REALIST, SKOS

__all__ = [
    "ASSESSMENTS",
    "INTERVIEWED",
    "KINDS",
    "MECHANISMS",
    "MITIGATIONS",
    "OF_ANNOTATIONS",
    "OF_COMPONENTS",
    "OF_CONFIGURATIONS",
    "OF_THEORIES",
    "PREFIXES",
    "ROLES",
    "STATEMENTS",
    "STUDIES",
    "SUBSTANTIVE",
    "SUMMARIES",
    "TERMS",
    "THINGS",
]

KINDS = """
SELECT ?kind ?label ?definition ?above WHERE {
  ?kind rdfs:subClassOf+ realist:Component ; rdfs:label ?label .
  OPTIONAL { ?kind skos:definition ?definition }
  OPTIONAL { ?kind rdfs:subClassOf+ ?above . ?above rdfs:subClassOf+ realist:Component }
  FILTER(ISIRI(?kind))
}"""
TERMS = """
SELECT ?term ?label ?of WHERE {
  VALUES ?of { realist:ActorRole realist:DeliveryMode realist:Polarity realist:Level realist:TheoryStage
    realist:WordingStatus realist:DetailLevel realist:ConfidenceLevel realist:ConcernLevel
    realist:VerificationStatus realist:DisclosureClass realist:ReviewStance }
  ?term a ?of ; rdfs:label ?label
}"""
STUDIES = """
SELECT ?study ?property ?value WHERE {
  { ?study a realist:Evaluation ; ?property ?value
    FILTER(?property IN (dcterms:identifier, dcterms:title, dcterms:description, dcterms:issued, dcterms:license,
      dcterms:language, dcterms:creator, dcterms:source, realist:synthetic, realist:detailLevel)) }
  UNION { ?study a realist:Evaluation ; realist:evaluates/rdfs:label ?value BIND(realist:evaluates AS ?property) }
  UNION { ?study a realist:Evaluation ; bibo:authorList ?authors . ?authors ?property ?value
    FILTER(STRSTARTS(STR(?property), CONCAT(STR(rdf:), "_"))) }
  UNION { ?study a realist:Evaluation ; realist:evaluates/dcterms:spatial ?value BIND(dcterms:spatial AS ?property) }
  UNION { ?study a realist:Evaluation BIND(rdf:type AS ?property) BIND(realist:Evaluation AS ?value) }
  FILTER(ISIRI(?study))
}"""
INTERVIEWED = """
SELECT ?study ?role ?count WHERE {
  ?study realist:interviewed [ realist:ofRole ?role ; realist:participantCount ?count ]
}"""
THINGS = """
SELECT ?thing ?property ?value WHERE {
  %(studies)s
  ?thing realist:inEvaluation ?study ; ?property ?value .
  FILTER(?property IN (%(properties)s))
  FILTER EXISTS { ?thing a realist:%(class)s }
}"""
MECHANISMS = """
SELECT ?configuration ?how ?mechanism ?part ?component WHERE {
  %(studies)s
  ?configuration realist:inEvaluation ?study ; ?how ?mechanism .
  FILTER(?how IN (realist:triggersMechanism, realist:lacksMechanism))
  ?mechanism ?part ?component .
  FILTER(?part IN (realist:offersResource, realist:changesReasoning))
}"""
MITIGATIONS = """
SELECT ?configuration ?label WHERE {
  %(studies)s
  ?configuration realist:inEvaluation ?study ; realist:mitigatedBy/rdfs:label ?label
}"""
SUBSTANTIVE = """
SELECT ?theory ?label WHERE {
  %(studies)s
  ?theory realist:inEvaluation ?study ; realist:drawsOn/rdfs:label ?label
}"""
ASSESSMENTS = """
SELECT ?assessment ?property ?value WHERE {
  %(studies)s
  ?finding realist:inEvaluation ?study .
  ?assessment realist:assesses ?finding ; ?property ?value
}"""
SUMMARIES = """
SELECT ?claim ?stance ?people ?exact ?codings ?exactCodings ?withheld WHERE {
  %(studies)s
  ?claim realist:inEvaluation ?study .
  ?summary ?stance ?claim .
  FILTER(?stance IN (realist:supports, realist:refutes, realist:refines))
  FILTER EXISTS { ?summary a realist:EvidenceSummary }
  OPTIONAL { ?summary realist:participantsAtLeast ?people }
  OPTIONAL { ?summary realist:participantCount ?exact }
  OPTIONAL { ?summary realist:codingsAtLeast ?codings }
  OPTIONAL { ?summary realist:codingCount ?exactCodings }
  OPTIONAL { ?summary realist:participantsWithheld ?withheld }
}"""
ROLES = """
SELECT ?claim ?stance ?role ?people ?exact WHERE {
  %(studies)s
  ?claim realist:inEvaluation ?study .
  ?summary ?stance ?claim .
  FILTER(?stance IN (realist:supports, realist:refutes, realist:refines))
  ?summary realist:hasRoleCount ?part .
  ?part realist:ofRole ?role .
  OPTIONAL { ?part realist:participantsAtLeast ?people }
  OPTIONAL { ?part realist:participantCount ?exact }
}"""
STATEMENTS = """
SELECT ?claim ?stance (COUNT(DISTINCT ?statement) AS ?count) WHERE {
  %(studies)s
  ?claim realist:inEvaluation ?study .
  ?statement ?stance ?claim .
  FILTER(?stance IN (realist:supports, realist:refutes, realist:refines))
  FILTER EXISTS { ?statement a realist:PublishedStatement }
} GROUP BY ?claim ?stance"""
PREFIXES = "".join(
    f"PREFIX {name}: <{iri}>\n"
    for name, iri in {
        "bibo": BIBO.NS,
        "dcterms": DCTERMS.NS,
        "oa": OA.NS,
        "rdf": RDF.NS,
        "rdfs": RDFS.NS,
        "realist": REALIST.NS,
        "skos": SKOS.NS,
    }.items()
)


def _listed(names: str) -> str:
    return ", ".join(names.split())


_ORIGIN = "realist:wordingStatus realist:detailLevel realist:locator"
_NAMED = "rdf:type dcterms:identifier rdfs:label realist:inEvaluation"
OF_COMPONENTS = _listed(f"{_NAMED} {_ORIGIN}")
OF_CONFIGURATIONS = _listed(
    f"{_NAMED} {_ORIGIN} realist:ifClause realist:thenClause realist:becauseClause realist:hasContext "
    "realist:hasOutcome realist:polarity realist:level realist:deliveredThrough realist:notReportedThrough "
    "realist:concernsRole dcterms:source realist:extractedBy skos:note"
)
OF_ANNOTATIONS = _listed(
    "oa:hasTarget oa:bodyValue realist:reviewStance realist:suggestsClass dcterms:creator dcterms:created"
)
OF_THEORIES = _listed(
    f"{_NAMED} dcterms:description realist:version realist:stage realist:revises realist:rationale "
    "realist:hasConfiguration"
)
