"""Every setting, with its help text: the environment's `CMOGRAPH_*`, or what the command line passes.

There is no settings object to import: the command line makes one and hands it on.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["Settings"]


class Settings(BaseSettings):
    """The settings of a service."""

    model_config = SettingsConfigDict(env_prefix="CMOGRAPH_", env_ignore_empty=True, extra="ignore")

    store: Path | None = Field(
        default=None, description="The store's directory. Without one, an empty dataset is served."
    )
    host: str = Field(default="127.0.0.1", description="The address that the service listens on.")
    port: int = Field(
        default=8000, ge=0, le=65535, description="The port that it listens on; 0 takes any free one."
    )
    query_timeout: float = Field(
        default=30.0,
        gt=0,
        allow_inf_nan=False,
        description="Seconds that a query may take, from its arrival to the end of its answer.",
    )
    workers: int = Field(
        default=2, ge=1, le=256, description="Queries that run at once, each in a process of its own."
    )
    memory_limit: int = Field(
        default=2048, ge=256, description="Megabytes of address space that the process of one query may take."
    )
    answer_limit: int = Field(
        default=64,
        ge=1,
        description="Megabytes that one answer may have; a longer one is an error, never cut.",
    )
    rate_limit: float = Field(
        default=0.0,
        ge=0,
        allow_inf_nan=False,
        description="Requests a second that one client may send, in bursts of ten seconds; 0 for any number.",
    )
    minimum_cell: int = Field(
        default=5,
        ge=1,
        description="The smallest number of people that the open edition shows when a store is built; 1 shows all.",
    )

    @field_validator("minimum_cell")
    @classmethod
    def _tells_nobody(cls, cell: int) -> int:
        if cell == 2:
            raise ValueError("2 would tell every 1 that it withholds; take 3 or more")
        return cell
