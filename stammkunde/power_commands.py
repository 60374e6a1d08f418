"""The command `power`: how large a holdout must be to see what a campaign changes."""

from __future__ import annotations

from typing import Annotated

import typer

from stammkunde.options import SETTINGS_FILE, Config
from stammkunde.screen import Screen

EPILOG = (
    "Example: stammkunde power --segment at_risk --lift 0.1. Sizes and risks are those of what is "
    "published now; nothing is changed."
)


def power(  # noqa: PLR0913 - one number each
    *,
    segment: Annotated[
        str | None,
        typer.Option(
            "--segment",
            metavar="NAME",
            help="Only the campaign of this segment. Default: all.",
            show_default=False,
        ),
    ] = None,
    lift: Annotated[
        float, typer.Option(help="Share of those who would leave whom a contact keeps.")
    ] = 0.2,
    share: Annotated[
        float | None,
        typer.Option(
            help="Share of the members who are left alone. Default: that of the last publish.",
            show_default=False,
        ),
    ] = None,
    power: Annotated[float, typer.Option(help="Chance of seeing the lift, if there is one.")] = 0.8,
    alpha: Annotated[
        float, typer.Option(help="Chance of seeing one, or its contrary, if there is none.")
    ] = 0.05,
    config: Config = SETTINGS_FILE,
) -> None:
    """Tell how large a holdout must be to see what campaigns change."""
    with Screen(quiet=True).working() as screen:
        from flows.power import Asked, find_power
        from stammkunde.power_report import power_report

        asked = Asked(lift=lift, power=power, alpha=alpha)
        screen.show_lines(
            power_report(find_power(str(config), asked, segment=segment, share=share))
        )
