"""Hands what is still queued over to Prefect, before a server of our own goes away."""

from __future__ import annotations

from prefect.events.worker import EventsWorker

_PATIENCE_SECONDS = 15.0


def hand_over() -> None:
    """Wait until Prefect's server has every event of this process.

    Left to the end of the process, Prefect would look for a server that is no longer there.
    """
    EventsWorker.drain_all(timeout=_PATIENCE_SECONDS, at_exit=False)
