"""Which engine, and what it may use of the machine."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class EngineSettings(BaseModel):
    """[engine]: what computes, and its limits."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Literal["duckdb", "spark"] = Field(
        "duckdb",
        description="What computes features: `duckdb` in the process, or `spark` (extra `spark`, "
        "Java 17) where data outgrow one machine. All else is `duckdb`.",
    )
    memory_gb: Annotated[float, Field(gt=0)] = Field(
        2.0, description="Memory the engine may use, in GB; it spills to disk beyond."
    )
    threads: Annotated[int, Field(ge=1)] = Field(
        2, description="Threads for the engine and for training."
    )
    spark: dict[str, str] = Field(
        default_factory=dict,
        description="Settings of Spark by their own names, in quotes, as in "
        '`"spark.master" = "spark://host:7077"`; this machine alone where absent.',
    )
