"""Says what a run is doing, as log records that a terminal, a file or Prefect can show."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

logger = logging.getLogger("stammkunde")


@dataclass
class Step:
    """A step under way; `outcome` is what its last line will say, as in "155,848 rows"."""

    name: str
    outcome: str = ""


@contextmanager
def step(name: str) -> Iterator[Step]:
    """Log that a step begins, and that it is done with its outcome and seconds."""
    under_way = Step(name)
    logger.info(name, extra={"step": name, "state": "begun"})
    started = time.monotonic()
    yield under_way
    seconds = time.monotonic() - started
    logger.info(
        "%s: %s (%.1f s)", name, under_way.outcome or "done", seconds,
        extra={"step": name, "state": "done", "outcome": under_way.outcome, "seconds": seconds},
    )  # fmt: skip
