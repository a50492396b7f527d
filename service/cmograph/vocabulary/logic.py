"""What the ontology and its shapes are written in: RDF, its schemas and datatypes, OWL, SKOS and SHACL."""

from __future__ import annotations

__all__ = ["OWL", "RDF", "RDFS", "SH", "SKOS", "XSD"]


class RDF:
    """Terms of https://www.w3.org/TR/rdf11-concepts/."""

    NS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

    first = NS + "first"
    nil = NS + "nil"
    rest = NS + "rest"
    type = NS + "type"


class RDFS:
    """Terms of https://www.w3.org/TR/rdf-schema/."""

    NS = "http://www.w3.org/2000/01/rdf-schema#"

    comment = NS + "comment"
    domain = NS + "domain"
    isDefinedBy = NS + "isDefinedBy"
    label = NS + "label"
    range = NS + "range"
    seeAlso = NS + "seeAlso"
    subClassOf = NS + "subClassOf"
    subPropertyOf = NS + "subPropertyOf"


class OWL:
    """Terms of https://www.w3.org/TR/owl2-syntax/."""

    NS = "http://www.w3.org/2002/07/owl#"

    AllDifferent = NS + "AllDifferent"
    AllDisjointClasses = NS + "AllDisjointClasses"
    AnnotationProperty = NS + "AnnotationProperty"
    Class = NS + "Class"
    DatatypeProperty = NS + "DatatypeProperty"
    NamedIndividual = NS + "NamedIndividual"
    ObjectProperty = NS + "ObjectProperty"
    Ontology = NS + "Ontology"
    Restriction = NS + "Restriction"
    disjointWith = NS + "disjointWith"
    equivalentClass = NS + "equivalentClass"
    imports = NS + "imports"
    intersectionOf = NS + "intersectionOf"
    inverseOf = NS + "inverseOf"
    members = NS + "members"
    propertyChainAxiom = NS + "propertyChainAxiom"
    propertyDisjointWith = NS + "propertyDisjointWith"
    sameAs = NS + "sameAs"
    unionOf = NS + "unionOf"
    versionIRI = NS + "versionIRI"
    versionInfo = NS + "versionInfo"


class SKOS:
    """Terms of https://www.w3.org/TR/skos-reference/."""

    NS = "http://www.w3.org/2004/02/skos/core#"

    Concept = NS + "Concept"
    ConceptScheme = NS + "ConceptScheme"
    altLabel = NS + "altLabel"
    broadMatch = NS + "broadMatch"
    broader = NS + "broader"
    closeMatch = NS + "closeMatch"
    definition = NS + "definition"
    editorialNote = NS + "editorialNote"
    exactMatch = NS + "exactMatch"
    example = NS + "example"
    hasTopConcept = NS + "hasTopConcept"
    inScheme = NS + "inScheme"
    narrowMatch = NS + "narrowMatch"
    note = NS + "note"
    prefLabel = NS + "prefLabel"
    relatedMatch = NS + "relatedMatch"
    topConceptOf = NS + "topConceptOf"


class SH:
    """Terms of https://www.w3.org/TR/shacl/."""

    NS = "http://www.w3.org/ns/shacl#"

    Info = NS + "Info"
    ValidationReport = NS + "ValidationReport"
    ValidationResult = NS + "ValidationResult"
    Violation = NS + "Violation"
    Warning = NS + "Warning"
    conforms = NS + "conforms"
    focusNode = NS + "focusNode"
    message = NS + "message"
    resultMessage = NS + "resultMessage"
    resultPath = NS + "resultPath"
    resultSeverity = NS + "resultSeverity"
    severity = NS + "severity"
    sourceConstraintComponent = NS + "sourceConstraintComponent"
    sourceShape = NS + "sourceShape"
    value = NS + "value"


class XSD:
    """Terms of https://www.w3.org/TR/xmlschema11-2/."""

    NS = "http://www.w3.org/2001/XMLSchema#"

    boolean = NS + "boolean"
    date = NS + "date"
    dateTime = NS + "dateTime"
    decimal = NS + "decimal"
    double = NS + "double"
    integer = NS + "integer"
    string = NS + "string"
