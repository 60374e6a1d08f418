"""The command `backtest`: both models judged at many past dates."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from stammkunde.options import SETTINGS_FILE, Config, KnownAt, Quiet, Verbose, day_of, utc
from stammkunde.screen import Screen

EPILOG = (
    "Example: stammkunde backtest --from 2026-01-01 --every 30. Origins need twice the horizon of "
    "orders before them and one horizon after them."
)


def backtest(  # noqa: PLR0913 - the options that all stages share, and a range
    *,
    first: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The oldest date to judge at.")
    ],
    last: Annotated[
        datetime | None,
        typer.Option(
            "--to",
            formats=["%Y-%m-%d"],
            help="The newest. Default: the last date whose whole horizon has passed.",
            show_default=False,
        ),
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="Days from one date to the next.")] = 30,
    config: Config = SETTINGS_FILE,
    known_at: KnownAt = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Fit and judge both models as of many past dates, as if it were then; write one table."""
    with Screen(quiet=quiet, verbose=verbose).working() as screen:
        from stammkunde.work import rolling_backtest

        found = rolling_backtest(
            config, first=first.date(), last=day_of(last), every_days=every,
            known_at=utc(known_at),
        )  # fmt: skip
        from stammkunde.backtest_report import backtest_report

        screen.show_markdown("\n".join([*backtest_report(found), f"All metrics: {found.table}"]))
