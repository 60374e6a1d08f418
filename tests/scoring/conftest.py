"""Champions in a real MLflow store, as training registers them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import ibis.expr.types as ir
import mlflow
import pytest
from ibis.backends.duckdb import Backend

from contracts.names import CHAMPION
from tests.panels import AS_OF, FEW, made_tables, small_lessons, small_models
from training.tracking import Tracking


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an MLflow store with the small models as champions."""
    tracking = Tracking(tmp_path_factory.mktemp("mlruns"), "a made shop")
    with tracking.training_run(as_of=AS_OF, tags={}) as parent:
        for model in small_models().values():
            record = tracking.log_model(
                model, parent_run_id=parent, parameters=small_lessons().settings.model_dump(),
                dataset_digest="d1", tags={},
            )  # fmt: skip
            client = mlflow.MlflowClient()
            client.set_registered_model_alias(record["name"], CHAMPION, record["version"])
    return tracking.root


@pytest.fixture(scope="module")
def made() -> Iterator[tuple[Backend, dict[str, ir.Table]]]:
    """Yield an engine with the tables that those models learnt from."""
    with made_tables(FEW) as opened:
        yield opened
