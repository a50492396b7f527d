"""A tiny study in which every defined class has a member, as Turtle."""

from __future__ import annotations

from pyoxigraph import RdfFormat, parse, serialize

__all__ = ["MEMBERS", "THINGS", "ntriples"]

_PREFIXES = """
@prefix : <http://example.org/> .
@prefix pps: <https://w3id.org/cmograph/perinatal-peer-support#> .
@prefix realist: <https://w3id.org/cmograph/realist#> .
"""

_TEXT = """

:alone a realist:Component , pps:LackOfSocialSupport .
:heard a realist:Component , pps:FeelingHeard .
:hopeful a realist:Component , pps:HopeFromComparison .
:worse-than-they a realist:Component , pps:NegativeComparison .
:her-story a realist:Component , pps:NonDirectiveSharing .
:trusted a realist:Component , pps:Trust .
:one-of-them a realist:Component , pps:Belonging .
:watched a realist:Component , pps:FearOfSurveillance .
:listening a realist:Component , pps:EmpatheticListening .
:confident a realist:Component , pps:MoreConfidence .
:withdrawn a realist:Component , pps:Withdrawal .
:lonely a realist:Component , pps:MoreIsolation .
:at-ease a realist:Component , pps:Relief .

# A chain of goods, well supported.
:C1 a realist:Configuration ; realist:hasContext :alone ; realist:triggersMechanism :understanding ;
    realist:hasOutcome :confident ; realist:deliveredThrough pps:Group , pps:OneToOne .
:C2 a realist:Configuration ; realist:hasContext :confident ; realist:triggersMechanism :hoping ;
    realist:hasOutcome :at-ease ;
    realist:deliveredThrough pps:Group ; realist:notReportedThrough pps:OneToOne .
:understanding a realist:Mechanism ; realist:offersResource :listening ; realist:changesReasoning :heard .
:hoping a realist:Mechanism ; realist:changesReasoning :hopeful .
:telling a realist:Mechanism ; realist:offersResource :her-story .
:trusting a realist:Mechanism ; realist:changesReasoning :trusted .
:belonging a realist:Mechanism ; realist:changesReasoning :one-of-them .
:fearing a realist:Mechanism ; realist:changesReasoning :watched .

# A chain of harms, contested and mitigated.
:H1 a realist:Configuration ; realist:hasContext :alone ; realist:triggersMechanism :comparing ;
    realist:hasOutcome :withdrawn ;
    realist:mitigatedBy :matching ; realist:deliveredThrough pps:OneToOne ;
    realist:notReportedThrough pps:Group .
:H2 a realist:Configuration ; realist:hasContext :withdrawn ; realist:lacksMechanism :missing ;
    realist:hasOutcome :lonely .
:H3 a realist:Configuration ; realist:hasContext :alone ; realist:polarity realist:Negative .
:M1 a realist:Configuration ; realist:hasContext :alone ; realist:polarity realist:Mixed .
:M2 a realist:Configuration ; realist:hasContext :alone ; realist:hasOutcome :at-ease , :lonely .
:comparing a realist:Mechanism ; realist:changesReasoning :worse-than-they .
:missing a realist:Mechanism ; realist:offersResource :listening ; realist:changesReasoning :heard .
:matching a realist:Mitigation .

:for a realist:Coding ; realist:supports :H1 , :heard ; realist:inSource :talk-1 .
:against a realist:EvidenceSummary ; realist:refutes :H1 ; realist:hasRoleCount :count-1 .
:doubt a realist:Coding ; realist:refutes :heard ; realist:inSource :talk-2 .
:but a realist:Coding ; realist:refines :C1 ; realist:inSource :talk-3 .
:said a realist:PublishedStatement ; realist:supports :C1 .
:count-1 a realist:RoleCount ; realist:ofRole pps:StaffRole .
:talk-1 a realist:Source ; realist:contributedBy :p1 .
:p1 a realist:Participant ; realist:hasRole pps:MotherRole .
:talk-2 a realist:Source ; realist:contributedBy :p2 .
:p2 a realist:Participant ; realist:hasRole pps:VolunteerRole .
:talk-3 a realist:Source ; realist:contributedBy :p3 .
:p3 a realist:Participant ; realist:hasRole pps:StaffRole .

:T1 a realist:ProgrammeTheory ; realist:hasConfiguration :H1 .
:T2 a realist:ProgrammeTheory ; realist:revises :T1 ; realist:hasConfiguration :C1 .
:sure a realist:ConfidenceAssessment ; realist:assesses :C1 ;
    realist:overallConfidence realist:HighConfidence .
:unsure a realist:ConfidenceAssessment ; realist:assesses :H2 ;
    realist:overallConfidence realist:VeryLowConfidence .
"""

MEMBERS: dict[str, str] = {
    "realist:Context": "alone confident withdrawn",
    "realist:Outcome": "confident at-ease withdrawn lonely",
    "realist:IntermediateOutcome": "confident withdrawn",
    "realist:CompleteMechanism": "understanding missing",
    "realist:HarmfulConfiguration": "H1 H2 H3 M2",
    "realist:BeneficialConfiguration": "C1 C2 M2",
    "realist:MixedConfiguration": "M1 M2",
    "realist:AbsenceConfiguration": "H2",
    "realist:HarmByAbsence": "H2",
    "realist:SupportedConfiguration": "H1 C1",
    "realist:RefutedConfiguration": "H1",
    "realist:ContestedConfiguration": "H1",
    "realist:ContestedHarm": "H1",
    "realist:ContestedComponent": "heard",
    "realist:RefinedConfiguration": "C1",
    "realist:PublishedConfiguration": "C1",
    "realist:LeadingConfiguration": "C1 H1",
    "realist:FollowingConfiguration": "C2 H2",
    "realist:CompoundingHarm": "H1",
    "realist:MitigatedHarm": "H1",
    "realist:RevisedTheory": "T2",
    "realist:ChallengedTheory": "T1",
    "realist:LowConfidenceConfiguration": "H2",
    "pps:UnderstandingMechanism": "understanding missing",
    "pps:SocialComparisonMechanism": "hoping comparing",
    "pps:HelpfulComparisonMechanism": "hoping",
    "pps:NegativeComparisonMechanism": "comparing",
    "pps:ExperientialKnowledgeMechanism": "telling",
    "pps:TrustMechanism": "trusting",
    "pps:BelongingMechanism": "belonging",
    "pps:FearMechanism": "fearing",
    "pps:KeyMechanism": "understanding missing hoping telling",
    "pps:HarmByComparison": "H1",
    "pps:HarmByMissingKeyMechanism": "H2",
    "pps:BenefitByKeyMechanism": "C1 C2",
    "pps:GroupOnlyConfiguration": "C2",
    "pps:OneToOneOnlyConfiguration": "H1",
    "pps:SharedConfiguration": "C1",
    "pps:Mother": "p1",
    "pps:Volunteer": "p2",
    "pps:Staff": "p3",
    "pps:EvidenceFromMothers": "for",
    "pps:EvidenceFromVolunteers": "doubt",
    "pps:EvidenceFromStaff": "but against",
}
"""Each defined class and all its members; nothing else may be one."""

THINGS = "http://example.org/"
"""The namespace of the study's things."""


def ntriples(more: str = "", alone: bool = False) -> str:
    """The study and more Turtle, or that alone, as N-Triples."""
    text = _PREFIXES + ("" if alone else _TEXT) + more
    triples = (quad.triple for quad in parse(text, format=RdfFormat.TURTLE))
    return (serialize(triples, format=RdfFormat.N_TRIPLES) or b"").decode()
