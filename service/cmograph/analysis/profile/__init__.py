"""For whom: which configurations apply to a profile, ranked, and what would change if it were another.

A profile says what holds, what does not, and leaves the rest unknown. What is unknown excludes nothing: it only makes a
configuration possible where what is known would make it apply.

    given.py           what a profile says: its names read, its contradictions refused
    fit.py             how one configuration fits it, the score that places it, and the sentences that say why
    ranking.py         the configurations that apply, the best fit first
    counterfactual.py  what changes if something were otherwise
"""

from __future__ import annotations

from .counterfactual import COUNTERFACTUAL, CounterfactualParameters, Difference, compare_profiles
from .fit import FitScore
from .given import ProfileParameters
from .ranking import PROFILE, Fitting, fit_profile

__all__ = [
    "COUNTERFACTUAL",
    "PROFILE",
    "CounterfactualParameters",
    "Difference",
    "FitScore",
    "Fitting",
    "ProfileParameters",
    "compare_profiles",
    "fit_profile",
]
