"""A study: what a researcher edits by hand and keeps in git.

model      what a study is
reading    a folder → a study, or every problem of every file
rows       each table's rows as what they stand for
judgements the rows that judge the others: confidence, annotations, decisions
checking   a value at a time, problems collected
tables     CSV with row numbers
matching   a study beside the coded files it names
template   a new folder that builds as it is
"""

from cmograph.study.matching import match_study
from cmograph.study.model import (
    Annotation,
    CodeMapping,
    Component,
    ConfidenceRating,
    Configuration,
    Decision,
    EvidenceReference,
    Participant,
    Stance,
    Study,
    Theory,
)
from cmograph.study.reading import read_study
from cmograph.study.template import write_template

__all__ = [
    "Annotation",
    "CodeMapping",
    "Component",
    "ConfidenceRating",
    "Configuration",
    "Decision",
    "EvidenceReference",
    "Participant",
    "Stance",
    "Study",
    "Theory",
    "match_study",
    "read_study",
    "write_template",
]
