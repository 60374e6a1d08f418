"""What `benchmarks.features` asks for: 41 features at one date, declared as every family is."""

from __future__ import annotations

from ibis import _
from ibis.common.deferred import Deferred

from benchmarks.feature_windows import EMAIL_WINDOWS, KINDS, TICKET_WINDOWS, WINDOWS, window_name
from features.family import Feature, FeatureFamily, ratio, within
from features.stream import Stream

_DAYS = "days"


def _counted(days: int | None, also: Deferred | None = None) -> Deferred:
    """Return the number of events of a window that are so as well."""
    seen = None if days is None else within(days)
    return _.count(where=also if seen is None else seen if also is None else also & seen)


def _order_window(days: int | None) -> tuple[Feature, ...]:
    seen, name = None if days is None else within(days), window_name(days)
    return (
        Feature(f"n_{name}", _counted(days), "orders", "orders", 0),
        Feature(f"amount_{name}", _.amount.sum(where=seen), "money", "amounts", 0),
        Feature(f"mean_{name}", _.amount.mean(where=seen), "money", "mean amount"),
        Feature(f"discount_{name}", _.discount.sum(where=seen), "money", "discounts", 0),
    )


def _ticket_window(days: int | None) -> tuple[Feature, ...]:
    name, bad = window_name(days), _counted(days, _.outcome == "unresolved")
    return (
        Feature(f"tickets_{name}", _counted(days), "tickets", "tickets", 0),
        Feature(f"bad_{name}", bad, "tickets", "unresolved", 0),
    )


ORDERS = FeatureFamily(
    name="orders",
    stream=Stream(
        "orders", ("orders",),
        lambda tables: tables["orders"].select(
            "customer_id", "amount", "discount", occurred_at=_.ordered_at
        ),
    ),
    description="Orders.",
    absence="no order",
    features=(
        *(feature for days in WINDOWS for feature in _order_window(days)),
        Feature("largest", _.amount.max(), "money", "largest"),
        Feature("smallest", _.amount.min(), "money", "smallest"),
        Feature("spread", _.amount.std(how="sample"), "money", "spread"),
        Feature("since_last", _.age_days.min(), _DAYS, "since the last"),
        Feature("since_first", _.age_days.max(), _DAYS, "since the first"),
        Feature("gap", ratio(_.age_days.max() - _.age_days.min(), _.count() - 1), _DAYS, "gap"),
    ),
)  # fmt: skip

EMAIL = FeatureFamily(
    name="email",
    stream=Stream(
        "email", ("email_events",),
        lambda tables: tables["email_events"].select(
            "customer_id", "event_type", occurred_at=_.event_at
        ),
        observation_days=365,
    ),
    description="E-mail.",
    absence="no e-mail",
    features=tuple(
        Feature(f"{kind}_{days}", _counted(days, _.event_type == kind), kind, kind, 0)
        for days in EMAIL_WINDOWS
        for kind in KINDS
    ),
)  # fmt: skip

TICKETS = FeatureFamily(
    name="tickets",
    stream=Stream(
        "tickets", ("tickets",),
        lambda tables: tables["tickets"].select(
            "customer_id", "resolved_at", "outcome", occurred_at=_.opened_at
        ),
        known_later={"resolved_at": ("outcome",)},
    ),
    description="Tickets.",
    absence="no ticket",
    features=tuple(feature for days in TICKET_WINDOWS for feature in _ticket_window(days)),
)  # fmt: skip
