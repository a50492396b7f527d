"""Chains as the ids of their configurations, for tests to compare with what was worked out by hand."""

from __future__ import annotations

from cmograph.analysis.casebook import Casebook
from cmograph.analysis.chains import Chain, ChainParameters, find_chains

__all__ = ["ask", "names"]


def names(chain: Chain) -> list[str]:
    return [step.configuration.id.rpartition("/")[2] for step in chain.steps]


def ask(casebook: Casebook, **asked: object) -> list[list[str]]:
    """The chains that are asked for, as the ids of their configurations."""
    return [names(chain) for chain in find_chains(casebook, ChainParameters.model_validate(asked))]
