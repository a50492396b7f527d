"""Every IRI that the code writes or asks for, once.

A test holds `REALIST` against `ontology/realist.ttl` both ways. A domain module's terms have no place here:
the code works with any domain, so it meets their IRIs only in studies and in `ontology.Ontology`.
"""

from __future__ import annotations

__all__ = [
    "DCAT",
    "DCTERMS",
    "GRAPH",
    "ID",
    "OA",
    "OWL",
    "PPS",
    "PROV",
    "RDF",
    "RDFS",
    "REALIST",
    "SH",
    "SKOS",
    "VOID",
    "XSD",
]

BASE = "https://w3id.org/cmograph/"

ID = BASE + "id/"
"""Everything we name hangs below this."""

GRAPH = BASE + "graph/"
"""Every named graph hangs below this."""


class PPS:
    """Perinatal peer support, the domain module that comes with cmograph: looked up, not listed."""

    NS = "https://w3id.org/cmograph/perinatal-peer-support#"


class REALIST:
    """The realist core: classes and individuals, then properties, in the order of the module."""

    NS = "https://w3id.org/cmograph/realist#"

    Evaluation = NS + "Evaluation"
    Programme = NS + "Programme"
    SubstantiveTheory = NS + "SubstantiveTheory"
    InterviewCount = NS + "InterviewCount"
    Claim = NS + "Claim"
    ProgrammeTheory = NS + "ProgrammeTheory"
    TheoryStage = NS + "TheoryStage"
    InitialTheory = NS + "InitialTheory"
    RefinedTheory = NS + "RefinedTheory"
    Configuration = NS + "Configuration"
    Polarity = NS + "Polarity"
    Positive = NS + "Positive"
    Negative = NS + "Negative"
    Mixed = NS + "Mixed"
    Level = NS + "Level"
    MicroLevel = NS + "MicroLevel"
    MesoLevel = NS + "MesoLevel"
    MacroLevel = NS + "MacroLevel"
    DeliveryMode = NS + "DeliveryMode"
    Mitigation = NS + "Mitigation"
    Component = NS + "Component"
    ContextFactor = NS + "ContextFactor"
    Resource = NS + "Resource"
    Reasoning = NS + "Reasoning"
    OutcomeFactor = NS + "OutcomeFactor"
    PositiveOutcome = NS + "PositiveOutcome"
    NegativeOutcome = NS + "NegativeOutcome"
    ProximalOutcome = NS + "ProximalOutcome"
    DistalOutcome = NS + "DistalOutcome"
    Mechanism = NS + "Mechanism"
    ActorRole = NS + "ActorRole"
    Participant = NS + "Participant"
    Evidence = NS + "Evidence"
    Coding = NS + "Coding"
    PublishedStatement = NS + "PublishedStatement"
    EvidenceSummary = NS + "EvidenceSummary"
    RoleCount = NS + "RoleCount"
    Code = NS + "Code"
    Codebook = NS + "Codebook"
    Coder = NS + "Coder"
    Source = NS + "Source"
    Import = NS + "Import"
    VerificationStatus = NS + "VerificationStatus"
    Exact = NS + "Exact"
    ExactByConstruction = NS + "ExactByConstruction"
    Relocated = NS + "Relocated"
    Inferred = NS + "Inferred"
    Unverifiable = NS + "Unverifiable"
    Failed = NS + "Failed"
    DisclosureClass = NS + "DisclosureClass"
    PublicQuotation = NS + "PublicQuotation"
    ProjectQuotation = NS + "ProjectQuotation"
    RestrictedQuotation = NS + "RestrictedQuotation"
    WithdrawnQuotation = NS + "WithdrawnQuotation"
    WordingStatus = NS + "WordingStatus"
    AuthorsWording = NS + "AuthorsWording"
    OwnWords = NS + "OwnWords"
    AnalystsWording = NS + "AnalystsWording"
    DetailLevel = NS + "DetailLevel"
    AbstractLevel = NS + "AbstractLevel"
    TableLevel = NS + "TableLevel"
    FullTextLevel = NS + "FullTextLevel"
    PrimaryData = NS + "PrimaryData"
    ConfidenceAssessment = NS + "ConfidenceAssessment"
    ConfidenceLevel = NS + "ConfidenceLevel"
    HighConfidence = NS + "HighConfidence"
    ModerateConfidence = NS + "ModerateConfidence"
    LowConfidence = NS + "LowConfidence"
    VeryLowConfidence = NS + "VeryLowConfidence"
    ConcernLevel = NS + "ConcernLevel"
    NoConcerns = NS + "NoConcerns"
    MinorConcerns = NS + "MinorConcerns"
    ModerateConcerns = NS + "ModerateConcerns"
    SubstantialConcerns = NS + "SubstantialConcerns"
    Context = NS + "Context"
    Outcome = NS + "Outcome"
    IntermediateOutcome = NS + "IntermediateOutcome"
    CompleteMechanism = NS + "CompleteMechanism"
    HarmfulConfiguration = NS + "HarmfulConfiguration"
    BeneficialConfiguration = NS + "BeneficialConfiguration"
    MixedConfiguration = NS + "MixedConfiguration"
    AbsenceConfiguration = NS + "AbsenceConfiguration"
    HarmByAbsence = NS + "HarmByAbsence"
    SupportedConfiguration = NS + "SupportedConfiguration"
    RefutedConfiguration = NS + "RefutedConfiguration"
    ContestedConfiguration = NS + "ContestedConfiguration"
    ContestedHarm = NS + "ContestedHarm"
    ContestedComponent = NS + "ContestedComponent"
    RefinedConfiguration = NS + "RefinedConfiguration"
    PublishedConfiguration = NS + "PublishedConfiguration"
    LeadingConfiguration = NS + "LeadingConfiguration"
    FollowingConfiguration = NS + "FollowingConfiguration"
    CompoundingHarm = NS + "CompoundingHarm"
    MitigatedHarm = NS + "MitigatedHarm"
    RevisedTheory = NS + "RevisedTheory"
    ChallengedTheory = NS + "ChallengedTheory"
    LowConfidenceConfiguration = NS + "LowConfidenceConfiguration"
    evaluates = NS + "evaluates"
    inEvaluation = NS + "inEvaluation"
    interviewed = NS + "interviewed"
    stage = NS + "stage"
    revises = NS + "revises"
    drawsOn = NS + "drawsOn"
    hasConfiguration = NS + "hasConfiguration"
    version = NS + "version"
    rationale = NS + "rationale"
    polarity = NS + "polarity"
    level = NS + "level"
    deliveredThrough = NS + "deliveredThrough"
    notReportedThrough = NS + "notReportedThrough"
    mitigatedBy = NS + "mitigatedBy"
    ifClause = NS + "ifClause"
    thenClause = NS + "thenClause"
    becauseClause = NS + "becauseClause"
    leadsTo = NS + "leadsTo"
    ripplesTo = NS + "ripplesTo"
    hasContext = NS + "hasContext"
    isContextOf = NS + "isContextOf"
    hasOutcome = NS + "hasOutcome"
    isOutcomeOf = NS + "isOutcomeOf"
    triggersMechanism = NS + "triggersMechanism"
    lacksMechanism = NS + "lacksMechanism"
    offersResource = NS + "offersResource"
    changesReasoning = NS + "changesReasoning"
    concernsRole = NS + "concernsRole"
    hasRole = NS + "hasRole"
    ofRole = NS + "ofRole"
    receivedThrough = NS + "receivedThrough"
    attribute = NS + "attribute"
    supports = NS + "supports"
    refutes = NS + "refutes"
    refines = NS + "refines"
    supportedBy = NS + "supportedBy"
    refutedBy = NS + "refutedBy"
    refinedBy = NS + "refinedBy"
    hasRoleCount = NS + "hasRoleCount"
    participantsAtLeast = NS + "participantsAtLeast"
    participantsWithheld = NS + "participantsWithheld"
    codingsAtLeast = NS + "codingsAtLeast"
    participantCount = NS + "participantCount"
    codingCount = NS + "codingCount"
    codesFor = NS + "codesFor"
    inSource = NS + "inSource"
    codedBy = NS + "codedBy"
    contributedBy = NS + "contributedBy"
    codePath = NS + "codePath"
    codeRole = NS + "codeRole"
    unmapped = NS + "unmapped"
    textSha256 = NS + "textSha256"
    characterCount = NS + "characterCount"
    fileFormat = NS + "fileFormat"
    toolOrigin = NS + "toolOrigin"
    verification = NS + "verification"
    disclosureClass = NS + "disclosureClass"
    wordingStatus = NS + "wordingStatus"
    detailLevel = NS + "detailLevel"
    locator = NS + "locator"
    extractedBy = NS + "extractedBy"
    synthetic = NS + "synthetic"
    assesses = NS + "assesses"
    assessedIn = NS + "assessedIn"
    overallConfidence = NS + "overallConfidence"
    methodologicalLimitations = NS + "methodologicalLimitations"
    coherence = NS + "coherence"
    adequacy = NS + "adequacy"
    relevance = NS + "relevance"


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


class OA:
    """Terms of https://www.w3.org/TR/annotation-vocab/."""

    NS = "http://www.w3.org/ns/oa#"

    Annotation = NS + "Annotation"
    SpecificResource = NS + "SpecificResource"
    TextPositionSelector = NS + "TextPositionSelector"
    TextQuoteSelector = NS + "TextQuoteSelector"
    classifying = NS + "classifying"
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
