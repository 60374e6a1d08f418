"""The command `uplift`: what campaigns changed, beside whom they left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stammkunde.options import SETTINGS_FILE, AsOf, Config, KnownAt, day_of, utc
from stammkunde.screen import Screen

EPILOG = (
    "Example: stammkunde uplift --campaign spring --csv spring.csv. It takes customers whom the "
    "campaign left alone (arm holdout in `contacts`), and a whole horizon after the last contact."
)


def uplift(
    *,
    campaign: Annotated[
        str | None,
        typer.Option(
            "--campaign",
            metavar="ID",
            help="Only this campaign, by its campaign_id. Default: all.",
            show_default=False,
        ),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(
            "--csv", metavar="FILE", help="Write the figures as CSV, too.", show_default=False
        ),
    ] = None,
    config: Config = SETTINGS_FILE,
    as_of: AsOf = None,
    known_at: KnownAt = None,
) -> None:
    """Tell what campaigns changed, by risk: who left, contacted and left alone."""
    with Screen(quiet=True).working() as screen:
        from flows.uplift import find_uplift
        from stammkunde.uplift_report import uplift_report, write_uplift

        report = find_uplift(
            str(config), campaign=campaign, as_of=day_of(as_of), known_at=utc(known_at)
        )
        if csv is not None:
            write_uplift(report, csv)
        screen.show_lines(uplift_report(report))
