"""What studies, sources and releases are described with: who made what of what, what it holds, and what is said of it."""

from __future__ import annotations

__all__ = ["BIBO", "DCAT", "DCTERMS", "OA", "PROV", "SSSOM", "VOID"]


class BIBO:
    """Terms of the Bibliographic Ontology, http://purl.org/ontology/bibo/."""

    NS = "http://purl.org/ontology/bibo/"

    authorList = NS + "authorList"


class DCAT:
    """Terms of https://www.w3.org/TR/vocab-dcat-3/."""

    NS = "http://www.w3.org/ns/dcat#"

    Catalog = NS + "Catalog"
    DataService = NS + "DataService"
    Dataset = NS + "Dataset"
    Distribution = NS + "Distribution"
    accessURL = NS + "accessURL"
    dataset = NS + "dataset"
    distribution = NS + "distribution"
    downloadURL = NS + "downloadURL"
    endpointDescription = NS + "endpointDescription"
    endpointURL = NS + "endpointURL"
    keyword = NS + "keyword"
    mediaType = NS + "mediaType"
    servesDataset = NS + "servesDataset"
    service = NS + "service"
    version = NS + "version"


class DCTERMS:
    """Terms of https://www.dublincore.org/specifications/dublin-core/dcmi-terms/."""

    NS = "http://purl.org/dc/terms/"

    accessRights = NS + "accessRights"
    created = NS + "created"
    creator = NS + "creator"
    description = NS + "description"
    hasPart = NS + "hasPart"
    identifier = NS + "identifier"
    isPartOf = NS + "isPartOf"
    issued = NS + "issued"
    language = NS + "language"
    license = NS + "license"
    modified = NS + "modified"
    publisher = NS + "publisher"
    source = NS + "source"
    spatial = NS + "spatial"
    title = NS + "title"


class OA:
    """Terms of https://www.w3.org/TR/annotation-vocab/."""

    NS = "http://www.w3.org/ns/oa#"

    Annotation = NS + "Annotation"
    SpecificResource = NS + "SpecificResource"
    TextPositionSelector = NS + "TextPositionSelector"
    TextQuoteSelector = NS + "TextQuoteSelector"
    assessing = NS + "assessing"
    bodyValue = NS + "bodyValue"
    classifying = NS + "classifying"
    commenting = NS + "commenting"
    end = NS + "end"
    exact = NS + "exact"
    hasBody = NS + "hasBody"
    hasSelector = NS + "hasSelector"
    hasSource = NS + "hasSource"
    hasTarget = NS + "hasTarget"
    motivatedBy = NS + "motivatedBy"
    prefix = NS + "prefix"
    start = NS + "start"
    suffix = NS + "suffix"


class PROV:
    """Terms of https://www.w3.org/TR/prov-o/."""

    NS = "http://www.w3.org/ns/prov#"

    Activity = NS + "Activity"
    Agent = NS + "Agent"
    Entity = NS + "Entity"
    Person = NS + "Person"
    SoftwareAgent = NS + "SoftwareAgent"
    endedAtTime = NS + "endedAtTime"
    generated = NS + "generated"
    startedAtTime = NS + "startedAtTime"
    used = NS + "used"
    wasAssociatedWith = NS + "wasAssociatedWith"
    wasAttributedTo = NS + "wasAttributedTo"
    wasDerivedFrom = NS + "wasDerivedFrom"
    wasGeneratedBy = NS + "wasGeneratedBy"


class SSSOM:
    """Terms of https://mapping-commons.github.io/sssom/."""

    NS = "https://w3id.org/sssom/"

    Mapping = NS + "Mapping"
    subject_id = NS + "subject_id"
    predicate_id = NS + "predicate_id"
    predicate_modifier = NS + "predicate_modifier"
    object_id = NS + "object_id"
    object_label = NS + "object_label"
    mapping_justification = NS + "mapping_justification"
    confidence = NS + "confidence"
    author_id = NS + "author_id"
    author_label = NS + "author_label"
    reviewer_id = NS + "reviewer_id"
    reviewer_label = NS + "reviewer_label"


class VOID:
    """Terms of https://www.w3.org/TR/void/."""

    NS = "http://rdfs.org/ns/void#"

    Dataset = NS + "Dataset"
    Linkset = NS + "Linkset"
    classPartition = NS + "classPartition"
    classes = NS + "classes"
    dataDump = NS + "dataDump"
    distinctObjects = NS + "distinctObjects"
    distinctSubjects = NS + "distinctSubjects"
    entities = NS + "entities"
    exampleResource = NS + "exampleResource"
    feature = NS + "feature"
    linkPredicate = NS + "linkPredicate"
    properties = NS + "properties"
    property = NS + "property"
    propertyPartition = NS + "propertyPartition"
    sparqlEndpoint = NS + "sparqlEndpoint"
    subset = NS + "subset"
    target = NS + "target"
    triples = NS + "triples"
    uriSpace = NS + "uriSpace"
    vocabulary = NS + "vocabulary"
