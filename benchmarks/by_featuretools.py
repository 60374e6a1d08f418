"""The features of `benchmarks.feature_set` by featuretools, in an environment of its own.

It does not run on pandas 3. Elsewhere `pip install featuretools 'pandas<3' pyarrow
'setuptools<81'`, and give that Python to `benchmarks.features --featuretools`.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from pathlib import Path
from typing import Any

from benchmarks.feature_windows import (
    AS_OF,
    EMAIL_WINDOWS,
    KINDS,
    TICKET_WINDOWS,
    WINDOWS,
    window_name,
)
from benchmarks.processes import measure, say

_DAY_SECONDS = 86_400
_ORDERS = {
    "COUNT(orders)": "n", "SUM(orders.amount)": "amount", "MEAN(orders.amount)": "mean",
    "SUM(orders.discount)": "discount",
}  # fmt: skip
_ALL_TIME = {
    "MAX(orders.amount)": "largest", "MIN(orders.amount)": "smallest",
    "STD(orders.amount)": "spread", "TIME_SINCE_LAST(orders.day)": "since_last",
    "TIME_SINCE_FIRST(orders.day)": "since_first", "AVG_TIME_BETWEEN(orders.day)": "gap",
}  # fmt: skip
_EMAIL = {f"COUNT(emails WHERE event_type = {kind})": kind for kind in KINDS}
_TICKETS = {"COUNT(tickets)": "tickets", "COUNT(tickets WHERE outcome = unresolved)": "bad"}


def by_featuretools(data: Path, out: Path) -> None:
    """Compute them by one `dfs` a window, since a window belongs to a call there."""
    import featuretools as ft  # noqa: PLC0415 - a peer, which may be absent
    import pandas as pd  # noqa: PLC0415

    entities = _entities(data, ft, pd)
    parts = []

    def ask(frame: str, primitives: list[str], days: int | None, names: dict[str, str]) -> None:
        others = [name for name in ("orders", "emails", "tickets") if name != frame]
        found, _ = ft.dfs(
            entityset=entities, target_dataframe_name="customers", agg_primitives=primitives,
            trans_primitives=[], where_primitives=["count"], ignore_dataframes=others,
            cutoff_time=pd.Timestamp(AS_OF), include_cutoff_time=False,
            training_window=None if days is None else f"{days} days",
        )  # fmt: skip
        suffix = f"_{window_name(days)}"
        parts.append(found[list(names)].rename(columns=names).add_suffix(suffix))

    for days in WINDOWS:
        ask("orders", ["count", "sum", "mean"], days, _ORDERS)
    since = ["time_since_last", "time_since_first", "avg_time_between"]
    ask("orders", ["max", "min", "std", *since], None, _ALL_TIME)
    for days in EMAIL_WINDOWS:
        ask("emails", ["count"], days, _EMAIL)
    for days in TICKET_WINDOWS:
        ask("tickets", ["count"], days, _TICKETS)
    found = pd.concat(parts, axis=1).astype(float)
    found = found.rename(columns={f"{name}_all": name for name in _ALL_TIME.values()})
    days_apart = ["since_last", "since_first", "gap"]
    found[days_apart] = found[days_apart] / _DAY_SECONDS
    counts = [name for name in found if name.startswith(("n_", "amount_", "discount_"))]
    counts += [name for name in found if name.startswith((*KINDS, "tickets_", "bad_"))]
    found[counts] = found[counts].fillna(0)
    found.reset_index().to_parquet(out, index=False)


def _entities(data: Path, ft: Any, pd: Any) -> Any:
    now, year = pd.Timestamp(AS_OF), pd.Timestamp(AS_OF) - pd.Timedelta(days=365)
    who = pd.read_parquet(data / "customers", columns=["customer_id", "signup_date"])
    who = who[pd.to_datetime(who.signup_date) < now][["customer_id"]]
    orders = _read(data, "orders", ["customer_id", "ordered_at", "amount", "discount"], pd)
    orders = orders[orders.day < now]
    emails = _read(data, "email_events", ["customer_id", "event_at", "event_type"], pd)
    emails = emails[(emails.day < now) & (emails.day >= year)]
    columns = ["customer_id", "opened_at", "resolved_at", "outcome"]
    tickets = _read(data, "tickets", columns, pd)
    tickets = tickets[tickets.day < now]
    tickets["outcome"] = tickets.outcome.where(tickets.resolved_at < now, "open")
    frames = {"orders": orders, "emails": emails, "tickets": tickets.drop(columns="resolved_at")}
    entities = ft.EntitySet("crm")
    entities.add_dataframe(dataframe_name="customers", dataframe=who, index="customer_id")
    for name, frame in frames.items():
        kinds = {kind: "Categorical" for kind in ("event_type", "outcome") if kind in frame}
        entities.add_dataframe(
            dataframe_name=name, dataframe=frame, index="row", make_index=True, time_index="day",
            logical_types=kinds,
        )  # fmt: skip
        entities.add_relationship("customers", "customer_id", name, "customer_id")
    for name, kind, values in (
        ("emails", "event_type", list(KINDS)), ("tickets", "outcome", ["unresolved"])
    ):  # fmt: skip
        entities.add_interesting_values(dataframe_name=name, values={kind: values})
    return entities


def _read(data: Path, name: str, columns: list[str], pd: Any) -> Any:
    """Return rows of known customers with `day`, the midnight before their time."""
    rows = pd.read_parquet(data / name, columns=columns)
    return rows.assign(day=rows[columns[1]].dt.normalize()).drop(columns=columns[1])


if __name__ == "__main__":
    # Imports are not what is measured.
    importlib.import_module("pandas")
    importlib.import_module("featuretools")
    warnings.simplefilter("ignore")
    say(measure(lambda: by_featuretools(Path(sys.argv[1]), Path(sys.argv[2]))))
