"""IBM Telco through the product: who leaves a contract, told as well as that can be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.quality.places import Places
from benchmarks.quality.telco import parts


@pytest.mark.slow
def test_who_leaves_is_told_and_calibrated(shared_data: Path, tmp_path: Path) -> None:
    if not (shared_data / "telco").is_dir():
        pytest.skip("the data set is not there")
    places = Places(tmp_path, public=shared_data, peers=None, work=tmp_path, customers=0, seed=1)
    (part,) = parts(places)
    assert part.ours["auc"] >= 0.848
    assert part.ours["calibration_error"] <= 0.015
