"""The features of `benchmarks.feature_set` as somebody writes them by hand: SQL, pandas, Polars."""

from __future__ import annotations

from pathlib import Path

import duckdb

from benchmarks.feature_windows import (
    AS_OF,
    EMAIL_WINDOWS,
    KINDS,
    MEMORY_GB,
    TICKET_WINDOWS,
    WINDOWS,
    window_name,
)


def by_sql(data: Path, out: Path) -> None:
    """Compute them as somebody would who writes the query for the engine by hand."""
    connection = duckdb.connect()
    connection.execute(
        f"SET threads = 2; SET memory_limit = '{MEMORY_GB}GB'; "
        f"SET temp_directory = '{data}/.spill'; SET preserve_insertion_order = false"
    )
    connection.execute(f"COPY ({_sql(data)}) TO '{out}' (FORMAT parquet)")


def by_pandas(data: Path, out: Path) -> None:
    """Compute them as somebody would who has pandas."""
    import pandas as pd  # noqa: PLC0415 - a peer, which may be absent

    now = pd.Timestamp(AS_OF)

    def lately(rows: pd.DataFrame, time: str, days: int | None) -> pd.DataFrame:
        return rows if days is None else rows[rows[time] >= now - pd.Timedelta(days=days)]

    def read(name: str, columns: list[str], time: str, days: int | None = None) -> pd.DataFrame:
        rows = pd.read_parquet(data / name, columns=columns)
        return lately(rows[rows[time] < now], time, days)

    orders = read("orders", ["customer_id", "ordered_at", "amount", "discount"], "ordered_at")
    parts = []
    for days in WINDOWS:
        name, grouped = window_name(days), lately(orders, "ordered_at", days).groupby("customer_id")
        columns = {
            f"n_{name}": ("amount", "size"), f"amount_{name}": ("amount", "sum"),
            f"mean_{name}": ("amount", "mean"), f"discount_{name}": ("discount", "sum"),
        }  # fmt: skip
        parts.append(grouped.agg(**columns))
    grouped = orders.groupby("customer_id")
    base = grouped.agg(
        largest=("amount", "max"), smallest=("amount", "min"), spread=("amount", "std"),
        first=("ordered_at", "min"), last=("ordered_at", "max"), n=("amount", "size"),
    )  # fmt: skip
    base["since_last"] = (now - base["last"].dt.normalize()).dt.days
    base["since_first"] = (now - base["first"].dt.normalize()).dt.days
    base["gap"] = (base.since_first - base.since_last) / (base.n - 1).where(base.n > 1)
    parts.append(base.drop(columns=["first", "last", "n"]))
    del orders
    mail = read("email_events", ["customer_id", "event_type", "event_at"], "event_at", 365)
    for days in EMAIL_WINDOWS:
        rows = lately(mail, "event_at", days)
        counted = rows.groupby(["customer_id", "event_type"], observed=True).size().unstack()
        parts.append(counted.reindex(columns=list(KINDS)).add_suffix(f"_{days}"))
    del mail
    tickets = read("tickets", ["customer_id", "opened_at", "resolved_at", "outcome"], "opened_at")
    tickets["bad"] = (tickets.outcome == "unresolved") & (tickets.resolved_at < now)
    for days in TICKET_WINDOWS:
        name, grouped = window_name(days), lately(tickets, "opened_at", days).groupby("customer_id")
        columns = {f"tickets_{name}": ("bad", "size"), f"bad_{name}": ("bad", "sum")}
        parts.append(grouped.agg(**columns))
    who = pd.read_parquet(data / "customers", columns=["customer_id", "signup_date"])
    who = who[pd.to_datetime(who.signup_date) < now].set_index("customer_id")
    found = who[[]].join(parts, how="left")
    counts = [name for name in found if name.startswith(("n_", "amount_", "discount_"))]
    counts += [name for name in found if name.startswith((*KINDS, "tickets_", "bad_"))]
    found[counts] = found[counts].fillna(0)
    found.reset_index().to_parquet(out, index=False)


def by_polars(data: Path, out: Path) -> None:
    """Compute them as somebody would who has Polars, in its streaming engine."""
    import polars as pl  # noqa: PLC0415 - a peer, which may be absent

    column = pl.col
    now = pl.lit(AS_OF).cast(pl.Datetime)

    def within(time: str, days: int | None) -> pl.Expr:
        return pl.lit(True) if days is None else column(time) >= now - pl.duration(days=days)

    def read(name: str, time: str) -> pl.LazyFrame:
        return pl.scan_parquet(f"{data}/{name}/*.parquet").filter(column(time) < now)

    money: list[pl.Expr] = []
    for days in WINDOWS:
        seen = within("ordered_at", days)
        money += [
            (pl.len() if days is None else seen.sum()).alias(f"n_{window_name(days)}"),
            column("amount").filter(seen).sum().alias(f"amount_{window_name(days)}"),
            column("amount").filter(seen).mean().alias(f"mean_{window_name(days)}"),
            column("discount").filter(seen).sum().alias(f"discount_{window_name(days)}"),
        ]
    first, last = column("ordered_at").min().dt.date(), column("ordered_at").max().dt.date()
    gaps = pl.when(pl.len() > 1).then(pl.len().cast(pl.Float64) - 1)
    orders = read("orders", "ordered_at").group_by("customer_id").agg(
        *money, column("amount").max().alias("largest"), column("amount").min().alias("smallest"),
        column("amount").std().alias("spread"),
        (pl.lit(AS_OF) - last).dt.total_days().alias("since_last"),
        (pl.lit(AS_OF) - first).dt.total_days().alias("since_first"),
        ((last - first).dt.total_days() / gaps).alias("gap"),
    )  # fmt: skip
    mail = read("email_events", "event_at").filter(within("event_at", 365))
    mail = mail.group_by("customer_id").agg(
        ((column("event_type") == kind) & within("event_at", days)).sum().alias(f"{kind}_{days}")
        for days in EMAIL_WINDOWS
        for kind in KINDS
    )
    bad = (column("outcome") == "unresolved") & (column("resolved_at") < now)
    tickets = (
        read("tickets", "opened_at")
        .group_by("customer_id")
        .agg(
            expression
            for days in TICKET_WINDOWS
            for expression in (
                (pl.len() if days is None else within("opened_at", days).sum()).alias(
                    f"tickets_{window_name(days)}"
                ),
                (bad & within("opened_at", days)).sum().alias(f"bad_{window_name(days)}"),
            )
        )
    )
    who = pl.scan_parquet(f"{data}/customers/*.parquet").filter(column("signup_date") < AS_OF)
    joined = who.select("customer_id").join(orders, on="customer_id", how="left")
    joined = joined.join(mail, on="customer_id", how="left")
    joined = joined.join(tickets, on="customer_id", how="left")
    counts = pl.col(f"^({'|'.join(KINDS)}|n|amount|discount|tickets|bad)_.*$")
    joined.with_columns(counts.fill_null(0)).collect(engine="streaming").write_parquet(out)


def _sql(data: Path) -> str:
    cut = f"timestamp '{AS_OF}'"

    def when(time: str, days: int | None, *also: str) -> str:
        said = [*also, *([f"{time} >= {cut} - to_days({days})"] if days else [])]
        return f" FILTER (WHERE {' AND '.join(said)})" if said else ""

    def windows(days: int | None) -> str:
        seen, name = when("ordered_at", days), window_name(days)
        return (
            f"count(*){seen} AS n_{name}, sum(amount){seen} AS amount_{name}, "
            f"avg(amount){seen} AS mean_{name}, sum(discount){seen} AS discount_{name}"
        )

    money = ", ".join(windows(days) for days in WINDOWS)
    kinds = [(kind, days) for days in EMAIL_WINDOWS for kind in KINDS]
    mail = ", ".join(
        "count(*)" + when("event_at", days, f"event_type = '{kind}'") + f" AS {kind}_{days}"
        for kind, days in kinds
    )
    is_bad = f"outcome = 'unresolved' AND resolved_at < {cut}"
    service = ", ".join(
        f"count(*){when('opened_at', days)} AS tickets_{window_name(days)}, "
        f"count(*){when('opened_at', days, is_bad)} AS bad_{window_name(days)}"
        for days in TICKET_WINDOWS
    )
    counts = [
        f"{what}_{window_name(days)}" for days in WINDOWS for what in ("n", "amount", "discount")
    ]
    counts += [f"{kind}_{days}" for kind, days in kinds]
    counts += [
        f"{what}_{window_name(days)}" for days in TICKET_WINDOWS for what in ("tickets", "bad")
    ]
    others = [f"mean_{window_name(days)}" for days in WINDOWS]
    others += ["largest", "smallest", "spread", "since_last", "since_first", "gap"]
    return f"""
        WITH o AS (
            SELECT customer_id, {money}, max(amount) AS largest, min(amount) AS smallest,
                stddev_samp(amount) AS spread,
                date_diff('day', max(ordered_at)::date, date '{AS_OF}') AS since_last,
                date_diff('day', min(ordered_at)::date, date '{AS_OF}') AS since_first,
                date_diff('day', min(ordered_at)::date, max(ordered_at)::date)
                    / nullif(count(*) - 1, 0) AS gap
            FROM '{data}/orders/*.parquet' WHERE ordered_at < {cut} GROUP BY 1
        ), e AS (
            SELECT customer_id, {mail} FROM '{data}/email_events/*.parquet'
            WHERE event_at < {cut} AND event_at >= {cut} - to_days(365) GROUP BY 1
        ), t AS (
            SELECT customer_id, {service} FROM '{data}/tickets/*.parquet'
            WHERE opened_at < {cut} GROUP BY 1
        )
        SELECT customer_id, {", ".join(f"coalesce({name}, 0) AS {name}" for name in counts)},
            {", ".join(others)}
        FROM (
            SELECT customer_id FROM '{data}/customers/*.parquet' WHERE signup_date < date '{AS_OF}'
        ) LEFT JOIN o USING (customer_id) LEFT JOIN e USING (customer_id)
        LEFT JOIN t USING (customer_id)
    """
