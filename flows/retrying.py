"""Which failures a retry can help: the world's, never the data's or the settings'."""

from __future__ import annotations

from typing import Any, TypedDict

from contracts.errors import Transient


def a_retry_can_help(task: Any, task_run: Any, state: Any) -> bool:
    """Return whether the task failed for a reason that may be gone in a moment."""
    del task, task_run
    failure = state.result(raise_on_failure=False)
    return isinstance(failure, Transient | OSError)


class _Retries(TypedDict):
    retries: int
    retry_delay_seconds: list[float]
    retry_condition_fn: Any


RETRIES: _Retries = {
    "retries": 2,
    "retry_delay_seconds": [1.0, 5.0],
    "retry_condition_fn": a_retry_can_help,
}
