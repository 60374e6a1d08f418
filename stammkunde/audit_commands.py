"""The commands under `stammkunde audit`: whether what models learn from can be trusted."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from stammkunde.options import SETTINGS_FILE, AsOf, Config, KnownAt, Quiet, Verbose, day_of, utc
from stammkunde.screen import Screen

app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Look for leaks: features that know what they are to predict, or their future.",
)

Day = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        formats=["%Y-%m-%d"],
        metavar="YYYY-MM-DD",
        help="Compare the features of all customers as of this day. Default: those of the panel "
        "that models learn from, at all its cutoffs.",
        show_default=False,
    ),
]
Top = Annotated[
    int, typer.Option("--top", min=0, help="Show so many features beside the flagged ones.")
]
Accept = Annotated[
    list[str] | None,
    typer.Option(
        "--accept",
        metavar="FEATURE",
        help="Let this feature be flagged: you have seen that it is no leak. May be repeated.",
        show_default=False,
    ),
]


@app.command(
    epilog="Example: stammkunde audit leakage --as-of 2026-11-01 --top 20. Exit codes: 0 clean, "
    "3 something is flagged, 1 and 2 as of all commands."
)
def leakage(  # noqa: PLR0913 - the options that all stages share, and two
    *,
    config: Config = SETTINGS_FILE,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    top: Top = 10,
    accept: Accept = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Weigh every feature alone, and fit the models to shuffled outcomes, on the training panel."""
    with Screen(quiet=quiet, verbose=verbose).working() as screen:
        from stammkunde.work import leakage_audit

        audit = leakage_audit(
            config, as_of=day_of(as_of), known_at=utc(known_at), accepted=tuple(accept or ())
        )
        from stammkunde.audit_report import leakage_report

        screen.show_lines(leakage_report(audit, top=top))
        audit.check()


@app.command(
    epilog="Example: stammkunde audit time-travel --as-of 2026-08-01. Exit codes: 0 clean, 3 "
    "something differs, 1 and 2 as of all commands."
)
def time_travel(
    *,
    config: Config = SETTINGS_FILE,
    as_of: Day = None,
    known_at: KnownAt = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Make features again of what lay before their date, and compare them with the stored ones."""
    with Screen(quiet=quiet, verbose=verbose).working() as screen:
        from stammkunde.work import time_travel_audit

        audit = time_travel_audit(config, as_of=day_of(as_of), known_at=utc(known_at))
        from stammkunde.audit_report import time_travel_report

        screen.show_lines(time_travel_report(audit))
        audit.check()
