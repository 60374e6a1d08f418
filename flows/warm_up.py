"""Loads the rooms that need seconds to load, while Prefect's server starts beside us."""

from __future__ import annotations

from importlib import import_module
from threading import Thread

_HEAVY = (
    "validation.checkpoint",  # Great Expectations
    "training.tracking",  # MLflow, matplotlib
    "training.models",  # XGBoost, scikit-learn
    "scoring.registry",
    "segments.destinations.outbox",
)


def load_meanwhile() -> None:
    """Start loading in a thread; whoever needs a room sooner waits for it as for any import."""
    Thread(target=lambda: [import_module(name) for name in _HEAVY], name="warm-up").start()
