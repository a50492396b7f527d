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
        default=None, description="The store's directory; without one, the bundled demonstration."
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
    query_timeout_cap: float = Field(
        default=300.0,
        gt=0,
        allow_inf_nan=False,
        description="Seconds to which whoever has a token may raise a query's time with `timeout=`.",
    )
    update_timeout: float = Field(
        default=60.0,
        gt=0,
        allow_inf_nan=False,
        description="Seconds that one update may take, from its turn to the new release.",
    )
    workers: int = Field(
        default=2,
        ge=1,
        le=256,
        description="Queries that run at once, each in a process of its own; twice as many may be long.",
    )
    memory_limit: int = Field(
        default=2048,
        ge=64,
        description="Megabytes of address space that a query or an analysis may take beyond what holds the data.",
    )
    memory_edition: int = Field(
        default=2048,
        ge=0,
        description="Megabytes up to which an edition is served from memory; a larger one is served from its "
        "snapshot on disk. About 0.5 kB a quad.",
    )
    cache: int = Field(
        default=64, ge=0, description="Megabytes of answers that are kept and given again; 0 for none."
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
    concurrency_limit: int = Field(
        default=0, ge=0, description="Requests that one client may have under way at once; 0 for any number."
    )
    body_limit: int = Field(
        default=64, ge=1, description="Megabytes that the body of an update or of a graph may have."
    )
    cors_origins: list[str] = Field(
        default=[],
        description="Origins whose pages may ask, as a JSON list; `*` for any page, which may then only read "
        "what anyone may.",
    )
    log_requests: bool = Field(
        default=False,
        description="Note every request on standard error, not only those that failed, wrote or took long.",
    )
    federation: list[str] = Field(
        default=[],
        description="The endpoints that a query may call by SERVICE, as a JSON list of their exact URLs; none "
        "by default.",
    )
    federation_private: list[str] = Field(
        default=[],
        description="Hosts among these that may have an address that is not public, as a JSON list.",
    )
    oidc_issuer: str = Field(default="", description="The OpenID Connect issuer whose bearer tokens count.")
    oidc_audience: str = Field(default="", description="The audience that such a token must name.")
    oidc_jwks: str = Field(default="", description="The issuer's keys: the file or the URL of its JWKS.")
    oidc_claim: str = Field(
        default="scope", description="The claim that holds scopes: a string with spaces, or a list."
    )
    oidc_scopes: dict[str, str] = Field(
        default={"cmograph:restricted": "restricted", "cmograph:write": "write"},
        description="Which value of that claim gives which scope of ours, as a JSON object.",
    )
    keep_releases: int = Field(
        default=100,
        ge=2,
        description="Releases made by updates that are kept to roll back to; those made by `build` stay.",
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
