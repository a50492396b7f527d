"""A corpus and a study → quads: two N-Triples files, one open, one restricted, the same bytes every time.

names      the IRI of everything
people     who speaks in which source
evidence   the restricted file, written a source at a time
support    what is counted while it is written
study      the open file
judgements its part on confidence, annotations and decisions
"""

from cmograph.graph.writing import StudyGraphs, write_study

__all__ = ["StudyGraphs", "write_study"]
