"""Which engine, and what it may use of the machine."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

# Of events; building features from so many takes less than half of that memory.
_ROWS_PER_GB = 2_500_000


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
    rows_at_once: Annotated[int, Field(ge=1)] | None = Field(
        None,
        description="How many events features are computed from at a time, by customer buckets; "
        "absent means 2.5 million for each GB.",
    )
    spark: dict[str, str] = Field(
        default_factory=dict,
        description="Settings of Spark by their own names, in quotes, as in "
        '`"spark.master" = "spark://host:7077"`; this machine alone where absent.',
    )

    @property
    def slice_rows(self) -> int | None:
        """How many rows features are computed from at a time; None where Spark sees to that."""
        if self.name == "spark":
            return None
        return self.rows_at_once or int(self.memory_gb * _ROWS_PER_GB)
