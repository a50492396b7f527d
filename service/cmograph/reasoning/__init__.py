"""What follows from a study's statements and the ontology: OWL 2 RL, materialised, and its clashes.

The rules are those of OWL 2 Profiles, section 4.3 (https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL).
`reasonable` applies most of them; `reasoner` adds the ones it lacks, `clashes` those that end in false.
"""

from __future__ import annotations

from .axioms import Axioms
from .clashes import Clash
from .reasoner import Closure, Reasoner

__all__ = ["Axioms", "Clash", "Closure", "Reasoner"]
