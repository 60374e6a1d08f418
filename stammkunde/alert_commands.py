"""The command `alerts`: who has silently left."""

from __future__ import annotations

from typing import Annotated

import typer

from stammkunde.options import SETTINGS_FILE, AsOf, Config, KnownAt, Quiet, Verbose, day_of, utc
from stammkunde.screen import Screen

EPILOG = (
    "Example: stammkunde alerts --budget 1%, every Monday. Nobody is told of twice before the next "
    "order."
)


def alerts(  # noqa: PLR0913 - the options that all stages share, and a budget
    *,
    budget: Annotated[
        str | None,
        typer.Option(
            "--budget",
            metavar="SHARE|COUNT",
            help="How many customers to tell of: a share of those watched, as in 1%, or a count. "
            "Default: `budget_share` under [warning].",
            show_default=False,
        ),
    ] = None,
    config: Config = SETTINGS_FILE,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Tell who has silently left, most likely first, within a budget; publish the list."""
    with Screen(quiet=quiet, verbose=verbose).working() as screen:
        from stammkunde.alert_report import alert_report
        from stammkunde.work import weekly_alerts

        told = weekly_alerts(config, budget=budget, as_of=day_of(as_of), known_at=utc(known_at))
        screen.show_lines(alert_report(told))
