"""A published alert list as lines to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.alerts import Alerts


def alert_report(alerts: Alerts) -> list[str]:
    """Return how many are told of, by which model, how early it warns, and where the list is."""
    withheld = (
        "no table `consents`: nobody was withheld; check consent before anybody is contacted"
        if alerts.withheld is None
        else f"{alerts.withheld:,} more are watched without a standing consent to marketing"
    )
    return [
        f"{alerts.told:,} alerts as of {alerts.as_of}, budget {alerts.budget} of "
        f"{alerts.watched:,} watched customers",
        withheld,
        f"model: {alerts.model}",
        f"warning time: {alerts.warning_time}",
        f"files: {alerts.folder}",
    ]
