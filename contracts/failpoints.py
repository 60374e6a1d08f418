"""Places where a run may be killed on purpose, so that tests can show that nothing is lost.

STAMMKUNDE_FAILPOINT=<name> kills the process at that place as `kill -9` would.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "STAMMKUNDE_FAILPOINT"

FAILPOINTS = (
    "before_staging",
    "after_staging",
    "after_validation",
    "after_quarantine",
    "after_batch",
    "before_commit",
    "after_commit",
)
PROMOTION_FAILPOINTS = ("before_alias", "after_alias", "before_entry", "after_entry")


def reach(name: str) -> None:
    """End this process here if the environment asks for it; otherwise do nothing."""
    if name not in FAILPOINTS + PROMOTION_FAILPOINTS:
        raise ValueError(f"`{name}` is no failpoint; add it to `contracts.failpoints`")
    if os.environ.get(VARIABLE) == name:
        os.kill(os.getpid(), signal.SIGKILL)
