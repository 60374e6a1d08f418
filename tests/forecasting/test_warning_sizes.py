"""A fit within a run is smaller than that of alerts, and never larger than the settings allow."""

from __future__ import annotations

from forecasting.warning_settings import WarningSettings
from forecasting.warning_sizes import FitSize

SETTINGS = WarningSettings(drawn_customers=5_000)


def test_customers_are_drawn_of_a_larger_base_only() -> None:
    small = FitSize.of_run(SETTINGS, customers=5_000)
    large = FitSize.of_run(SETTINGS, customers=5_001)
    assert (small.customers, large.customers) == (None, 5_000)


def test_snapshots_lie_further_apart_the_more_customers_there_are() -> None:
    steps = [
        FitSize.of_run(SETTINGS, customers=count).settings.step_days
        for count in (10, 5_999, 6_000, 9_000, 10**6)
    ]
    assert steps == [21, 21, 42, 63, 63]


def test_no_setting_is_exceeded() -> None:
    few = WarningSettings(rounds=7, depth=2, judged_rows=1_000, panel_rows=1_000)
    of_run = FitSize.of_run(few, customers=10**6).settings
    assert (of_run.rounds, of_run.depth) == (7, 2)
    assert (of_run.judged_rows, of_run.panel_rows) == (1_000, 1_000)


def test_what_is_only_of_runs_makes_no_other_fit_of_alerts() -> None:
    whole = FitSize(SETTINGS).to_json()
    assert whole == FitSize(WarningSettings(with_training=False)).to_json()
    assert whole != FitSize(WarningSettings(rounds=7)).to_json()
    assert whole != FitSize.of_run(SETTINGS, customers=100).to_json()
    drawn = [FitSize.of_run(SETTINGS, customers=count).to_json() for count in (100, 10**6)]
    assert drawn[0] != drawn[1]
