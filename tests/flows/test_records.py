"""Records of finished stages, fingerprints of stages, and what a retry is for."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from prefect.states import exception_to_failed_state

from contracts.errors import EmptyTable, Transient
from flows.project import code_version, open_project
from flows.records import find_record, keep_record
from flows.retrying import a_retry_can_help
from flows.summary import METRICS
from training.metrics import of_all
from training.models import KINDS


def test_a_record_is_found_by_its_fingerprint_only(tmp_path: Path) -> None:
    kept = keep_record(tmp_path, "train", "f1", {"b": 1, "a": [2, 3]})
    assert find_record(tmp_path, "train", "f1") == kept == {"b": 1, "a": [2, 3]}
    assert find_record(tmp_path, "train", "f2") is None
    assert find_record(tmp_path, "score", "f1") is None
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["f1.json"]


def test_code_version_names_release_and_code() -> None:
    release, _, digest = code_version().partition("+")
    assert release == "0.1.0"
    assert len(digest) == 8


def test_results_stand_below_the_root_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    file = tmp_path / "inner" / "stammkunde.toml"
    file.write_text(
        '[project]\nname = "x"\ncurrency = "EUR"\nroot = ".."\n[sources.orders]\npath = "o.csv"\n'
    )
    project = open_project(file)
    assert project.outbox == tmp_path / "outbox"
    assert project.mlruns == tmp_path / "mlruns"
    assert project.tables == tmp_path / "data" / "tables"


@pytest.mark.parametrize(
    ("failure", "helps"),
    [
        (Transient("database is locked"), True),
        (ConnectionResetError(), True),
        (EmptyTable("orders", "x.csv"), False),
        (ValueError(), False),
    ],
)
def test_only_what_may_pass_is_tried_again(failure: Exception, helps: bool) -> None:
    state = asyncio.run(exception_to_failed_state(failure))
    assert a_retry_can_help(None, None, state) is helps


def test_every_metric_has_a_name_for_people() -> None:
    truth, score = np.array([0.0, 1, 0, 1]), np.array([0.1, 0.8, 0.3, 0.6])
    for kind in KINDS.values():
        for judge in (kind.rank, kind.level):
            assert of_all(judge(truth, score), truth).keys() <= METRICS.keys()
