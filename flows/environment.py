"""What libraries read from the environment when they load: quiet, local, and calling nobody."""

from __future__ import annotations

import os
from pathlib import Path

_DEFAULTS = {
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MPLBACKEND": "agg",
    "OMP_WAIT_POLICY": "PASSIVE",
    # A failure is told once, by whoever started the flow, not as a trace per task and flow.
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    # Blocks are not used; registering them costs seconds at every first start.
    "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # The first start on a busy machine migrates a database; 20 s, the default, is not enough.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
}


def set_defaults() -> None:
    """Set what is not set yet; must run before Prefect, MLflow or XGBoost is imported."""
    for name, value in _DEFAULTS.items():
        os.environ.setdefault(name, value)


def keep_prefect_at(home: Path) -> None:
    """Keep Prefect's own database in the project, unless the caller has a place for it."""
    if "PREFECT_HOME" not in os.environ:
        home.mkdir(parents=True, exist_ok=True)
        os.environ["PREFECT_HOME"] = str(home)
