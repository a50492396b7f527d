"""Two questions for the tests."""

from __future__ import annotations

__all__ = ["CONFIGURATIONS", "PLAIN"]

CONFIGURATIONS = """\
#+ id: configurations
#+ title: Which configurations are there?
#+ description: >-
#+   Every configuration, by its delivery,
#+   its weight and its name.
#+ realist: To see what there is.
#+ edition: open
#+ parameters:
#+   delivery: {type: iri, class: realist:DeliveryMode, description: How it is delivered., example: pps:Group}
#+   study: {type: iri, class: realist:Evaluation, description: Of which study.}
#+   least: {type: integer, description: The least weight., example: 4}
#+   named: {type: string, description: Its whole name.}
#+   known: {type: boolean, description: Whether it has a name.}
#+ columns:
#+   study: {type: iri, description: The evaluation.}
#+   configuration: {type: iri, description: The configuration.}
#+   name: {type: string, description: Its name.}
#+   weight: {type: integer, description: Its weight.}
#+   heavy: {type: boolean, description: Whether it weighs more than 4.}
#+   half: {type: decimal, description: Half of its weight.}
PREFIX realist: <https://w3id.org/cmograph/realist#>
PREFIX pps: <https://w3id.org/cmograph/perinatal-peer-support#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?study ?configuration ?name ?weight (?weight > 4 AS ?heavy) (?weight / 2 AS ?half) WHERE {
  VALUES ?delivery { UNDEF }   # param delivery
  VALUES ?study { UNDEF }   # param study
  VALUES ?least { UNDEF }   # param least
  VALUES ?named { UNDEF }   # param named
  VALUES ?known { true }   # param known
  ?configuration a realist:Configuration ; realist:inEvaluation ?study ; realist:deliveredThrough ?delivery ;
    rdfs:label ?name ; realist:weight ?weight .
  FILTER(!BOUND(?least) || ?weight >= ?least)
  FILTER(!BOUND(?named) || STR(?name) = ?named)
  FILTER(BOUND(?name) = ?known)
}
ORDER BY ?configuration
"""

PLAIN = """\
#+ id: plain
#+ title: How many configurations are there?
#+ description: Their number. No study is named, for it counts over all.
#+ realist: To see how much there is.
#+ columns:
#+   configurations: {type: integer, description: Their number.}
PREFIX realist: <https://w3id.org/cmograph/realist#>
SELECT (COUNT(?configuration) AS ?configurations) WHERE { ?configuration a realist:Configuration }
"""
