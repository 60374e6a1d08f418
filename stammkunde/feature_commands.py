"""The commands under `stammkunde features`: build them, or look at their catalogue."""

from __future__ import annotations

from typing import Annotated

import typer

from stammkunde.options import SETTINGS_FILE, AsOf, Config, KnownAt, Quiet, Verbose, day_of, utc
from stammkunde.screen import Screen
from stammkunde.stages import run_stage

app = typer.Typer(rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def features(  # noqa: PLR0913 - the options that all stages share
    context: typer.Context,
    *,
    config: Config = SETTINGS_FILE,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Build the features of every customer as of the day, or look at their catalogue."""
    if context.invoked_subcommand is not None:
        return
    run_stage("features", config, as_of, known_at, quiet=quiet, verbose=verbose)


@app.command("list")
def features_list() -> None:
    """List all features: family, name, unit, meaning."""
    with Screen().working() as screen:
        from flows.catalogue import list_features
        from stammkunde.feature_report import feature_list

        screen.show_lines(feature_list(list_features()))


@app.command("describe")
def features_describe(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A feature of `features list`.")],
) -> None:
    """Say what one feature means and how it is defined."""
    with Screen().working() as screen:
        from flows.catalogue import describe
        from stammkunde.feature_report import feature_description

        screen.show_lines(feature_description(*describe(name)))


@app.command("preview")
def features_preview(
    customer: Annotated[
        str, typer.Option("--customer", metavar="ID", help="The customer's id.", show_default=False)
    ],
    config: Config = SETTINGS_FILE,
    as_of: AsOf = None,
    known_at: KnownAt = None,
) -> None:
    """Show the features of one customer, from what was ingested last."""
    with Screen(quiet=True).working() as screen:
        from flows.catalogue import preview
        from stammkunde.feature_report import feature_preview

        found = preview(str(config), customer, as_of=day_of(as_of), known_at=utc(known_at))
        screen.show_lines(feature_preview(*found))
