"""Which snapshots early warning learns from, and which weeks judge it."""

from __future__ import annotations

from datetime import date, timedelta

from forecasting.warning_settings import WarningSettings
from training.warning_plan import plan_warning

AS_OF = date(2024, 12, 30)
SETTINGS = WarningSettings()


def test_snapshots_lie_in_the_year_before_the_fit() -> None:
    plan = plan_warning(AS_OF, date(2021, 1, 1), SETTINGS)
    snapshots = plan.snapshots(AS_OF)
    assert len(snapshots) == 17
    assert snapshots[-1] == AS_OF - timedelta(days=21)
    assert AS_OF - snapshots[0] <= timedelta(days=365)


def test_every_judged_alert_is_known_to_be_right_or_wrong_by_the_end() -> None:
    plan = plan_warning(AS_OF, date(2021, 1, 1), SETTINGS)
    assert AS_OF - plan.weeks[-1] >= timedelta(days=90)
    assert plan.fits == (plan.weeks[0], AS_OF)
    assert max(plan.snapshots(plan.weeks[0])) < plan.weeks[0]


def test_short_history_learns_but_is_not_judged() -> None:
    plan = plan_warning(AS_OF, AS_OF - timedelta(days=300), SETTINGS)
    assert plan.weeks == ()
    assert plan.fits == (AS_OF,)
    assert min(plan.snapshots(AS_OF)) > AS_OF - timedelta(days=300)


def test_twin_keeps_twice_the_silence_to_learn_from() -> None:
    first = AS_OF - timedelta(days=500)
    plan = plan_warning(AS_OF, first, SETTINGS)
    assert plan.weeks
    assert plan.weeks[0] - first >= timedelta(days=180)
