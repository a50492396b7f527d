"""Every inquiry there is, in the order in which they are listed: add yours here, and it has a route and a command."""

from __future__ import annotations

from collections.abc import Mapping

from cmograph.analysis.candidates import CANDIDATES
from cmograph.analysis.chains import CHAINS
from cmograph.analysis.comparison import COMPARE
from cmograph.analysis.confidence import CONFIDENCE
from cmograph.analysis.evidence import EVIDENCE
from cmograph.analysis.inquiry import Inquiry
from cmograph.analysis.listing import COMPONENTS, CONFIGURATIONS, STUDIES
from cmograph.analysis.profile import COUNTERFACTUAL, PROFILE
from cmograph.analysis.regularities import REGULARITIES
from cmograph.analysis.reporting import REPORTING
from cmograph.analysis.saturation import SATURATION
from cmograph.analysis.separators import SEPARATORS
from cmograph.analysis.support import SUPPORT
from cmograph.analysis.theories import THEORIES, THEORY_CHANGES
from cmograph.analysis.transfer import TRANSFER
from cmograph.analysis.truth_table import TRUTH_TABLE
from cmograph.analysis.why import WHY

__all__ = ["INQUIRIES"]

_ALL = (
    STUDIES,
    CONFIGURATIONS,
    COMPONENTS,
    EVIDENCE,
    SUPPORT,
    PROFILE,
    COUNTERFACTUAL,
    CHAINS,
    COMPARE,
    TRANSFER,
    THEORIES,
    THEORY_CHANGES,
    REPORTING,
    CONFIDENCE,
    REGULARITIES,
    SEPARATORS,
    TRUTH_TABLE,
    SATURATION,
    CANDIDATES,
    WHY,
)

INQUIRIES: Mapping[str, Inquiry] = {inquiry.id: inquiry for inquiry in _ALL}
