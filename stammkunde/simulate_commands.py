"""The command `simulate`: a made company, to try everything on."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from stammkunde.options import Quiet
from stammkunde.screen import Screen

EPILOG = (
    "Example: stammkunde simulate made --customers 5000. At the end it says what to run next. "
    "Equal options give equal files."
)


class _Format(StrEnum):
    CSV = "csv"
    PARQUET = "parquet"


class _Kind(StrEnum):
    SHOP = "shop"
    CONTRACT = "contract"


def simulate(  # noqa: PLR0913 - what the company is like
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new or empty folder.")],
    *,
    customers: Annotated[int, typer.Option(help="How many people: 100 to 1000000.")] = 2000,
    seed: Annotated[int, typer.Option(help="Another seed, another company.")] = 1,
    start: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="The first day with orders.",
            show_default="2023-01-01",
        ),
    ] = datetime(2023, 1, 1),  # noqa: DTZ001 - a day
    days: Annotated[int, typer.Option(help="Days that the files hold, 365 or more.")] = 730,
    format_: Annotated[
        _Format, typer.Option("--format", help="What the files of the tables are.")
    ] = _Format.CSV,
    kind: Annotated[
        _Kind,
        typer.Option(help="A shop, whose customers stop ordering, or one with contracts that end."),
    ] = _Kind.SHOP,
    quiet: Quiet = False,
) -> None:
    """Write a made company, every table of it, with settings to run on, and the truth."""
    with Screen(quiet=quiet).working() as screen:
        from contracts.errors import UsageError
        from flows.simulating import SETTINGS_FILE, Company, simulate

        company = Company(customers, seed, start.date(), days, kind.value)
        if company.end > datetime.now(UTC).date():
            raise UsageError(
                f"{days} days from {start:%Y-%m-%d} on end after today, and what has not happened "
                "yet is not ingested. Name an earlier --start or fewer --days."
            )
        command = shlex.join([
            "stammkunde", "simulate", folder.name, "--customers", str(customers), "--seed",
            str(seed), "--start", f"{start:%Y-%m-%d}", "--days", str(days), "--format",
            format_.value, "--kind", kind.value,
        ])  # fmt: skip
        rows = simulate(folder, company, format_=format_.value, command=command)
        told = ", ".join(f"{count:,} {name}" for name, count in rows.items())
        screen.show_lines([
            f"{folder} is written: {told}. README.md there says what they are.",
            f"Next: stammkunde run --config {shlex.quote(str(folder / SETTINGS_FILE))}",
        ])  # fmt: skip
