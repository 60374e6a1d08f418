"""What the engine may use of the machine."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class EngineSettings(BaseModel):
    """[engine]: the embedded engine and its limits."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    memory_gb: Annotated[float, Field(gt=0)] = Field(
        2.0, description="Memory the engine may use, in GB; it spills to disk beyond."
    )
    threads: Annotated[int, Field(ge=1)] = Field(
        2, description="Threads for the engine and for training."
    )
