"""How large a fit of early warning is: of all that is known, or such that a run hardly notices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from forecasting.warning_settings import WarningSettings

# The order history, and what came after the last order: nearly all of what warns. Every feature
# costs a run its time.
_FAMILIES = ("rfm", "rhythm", "since_order", "service_since_order")
# Rows (customers at weeks) that a run judges on, about.
_JUDGED_ROWS = 100_000
_FURTHEST_DAYS = 63
# With so many customers more, snapshots are once more as far apart, up to three times.
_CUSTOMERS_A_STEP = 3_000


@dataclass(frozen=True)
class FitSize:
    """What a fit learns by, and from.

    `families` are the feature families that it may look at, `customers` how many are drawn; all
    for None.
    """

    settings: WarningSettings
    families: tuple[str, ...] | None = None
    customers: int | None = None

    @classmethod
    def of_run(cls, settings: WarningSettings, *, customers: int) -> Self:
        """Return the size of a fit within a run, of a shop with so many customers.

        Fewer and shallower trees, and in larger bases snapshots further apart: many customers at
        few dates say more than few at many. How little that loses: docs/modelling.md.
        """
        drawn = settings.drawn_customers if customers > settings.drawn_customers else None
        steps = min(max(customers // _CUSTOMERS_A_STEP, 1), 3)
        smaller = settings.model_copy(
            update={
                "step_days": max(
                    settings.step_days, min(steps * settings.step_days, _FURTHEST_DAYS)
                ),
                "panel_rows": min(settings.panel_rows, 2 * settings.drawn_customers),
                "judged_rows": min(settings.judged_rows, _JUDGED_ROWS),
                "rounds": min(settings.rounds, 60),
                "depth": min(settings.depth, 4),
                "learning_rate": min(2 * settings.learning_rate, 1.0),
            }
        )
        return cls(smaller, _FAMILIES, drawn)

    def to_json(self) -> dict[str, Any]:
        """Return what makes a fit another one."""
        meaning = self.settings.model_dump(exclude={"with_training", "drawn_customers"})
        return {**meaning, "families": self.families, "customers": self.customers}
