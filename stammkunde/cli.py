"""The commands. Each loads the flow it runs when it is called, so that help costs nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stammkunde import (
    alert_commands,
    audit_commands,
    backtest_commands,
    check_commands,
    database_commands,
    feature_commands,
    models_commands,
    power_commands,
    publish_commands,
    simulate_commands,
    uplift_commands,
)
from stammkunde.options import SETTINGS_FILE, AsOf, Config, KnownAt, Quiet, Verbose, day_of, utc
from stammkunde.screen import Screen
from stammkunde.stages import run_stage

app = typer.Typer(
    name="stammkunde",
    help="From CRM tables to campaign files that marketing can trust.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(feature_commands.app, name="features")
app.add_typer(audit_commands.app, name="audit")
app.add_typer(models_commands.app, name="models")
app.add_typer(database_commands.app, name="database")

Full = Annotated[
    list[str] | None,
    typer.Option(
        "--full",
        metavar="TABLE",
        help="Read this table whole; what no longer comes is recorded as deleted. May be repeated.",
        show_default=False,
    ),
]
AcceptVolume = Annotated[
    list[str] | None,
    typer.Option(
        "--accept-volume",
        metavar="TABLE",
        help="Let this table shrink or grow more than usual, this once. May be repeated.",
        show_default=False,
    ),
]


@app.command()
def run(
    config: Config = SETTINGS_FILE,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Do the whole job: ingest, validate, train, score, publish segment files."""
    with Screen(quiet=quiet, verbose=verbose).working() as screen:
        from stammkunde.work import whole_job

        screen.show_markdown(whole_job(config, as_of=day_of(as_of), known_at=utc(known_at)))


@app.command()
def init(
    config: Config = SETTINGS_FILE,
    files: Annotated[
        list[Path] | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Draft the settings from this export of a source system; may be repeated.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write a commented settings file to start from."""
    with Screen().working() as screen:
        if files:
            from stammkunde.draft import draft

            screen.show_lines(draft(files, settings_file=config))
            return
        from stammkunde.template import write_settings

        write_settings(config)
        told = f"{config} is written. Point [sources.orders] at your orders; then: stammkunde run"
        screen.show_lines([told])


@app.command()
def profile(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file nobody has configured yet.")],
) -> None:
    """Say what a file holds, column by column, without showing any of its values."""
    with Screen().working() as screen:
        from flows.onboarding import look_into
        from stammkunde.report import file_report

        screen.show_lines(file_report(look_into(file)))


@app.command()
def presets() -> None:
    """List the exports of other systems whose columns are known."""
    with Screen().working() as screen:
        from stammkunde.report import preset_report

        screen.show_lines(preset_report())


@app.command()
def ingest(
    config: Config = SETTINGS_FILE,
    full: Full = None,
    accept_volume: AcceptVolume = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Accept what is new of every source, if validation lets it."""
    with Screen(quiet=quiet, verbose=verbose).working() as screen:
        from stammkunde.work import one_stage

        screen.show_lines(
            one_stage(
                "ingest", config, full=tuple(full or ()),
                accept_volume=tuple(accept_volume or ()),
            )
        )  # fmt: skip


@app.command()
def validate(
    config: Config = SETTINGS_FILE,
    explain: Annotated[
        bool, typer.Option("--explain", help="Name three rows by their key for every fault.")
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Ingest, and say what validation found in the newest deliveries."""
    with Screen(quiet=quiet, verbose=verbose).working() as screen:
        from stammkunde.work import one_stage

        screen.show_lines(one_stage("validate", config, explain=explain))


@app.command()
def train(  # noqa: PLR0913, PLR0917 - the options that all stages share, and one
    config: Config = SETTINGS_FILE,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare",
            help="Do not train: show how the models of the last training did beside simple rules "
            "and other models.",
        ),
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Fit, judge and register the churn and the CLV model on what was known before the day."""
    if compare:
        with Screen(quiet=quiet, verbose=verbose).working() as screen:
            from flows.models import compare_last
            from stammkunde.models_report import leaderboard_report

            screen.show_lines(leaderboard_report(compare_last(str(config))))
        return
    run_stage("train", config, as_of, known_at, quiet=quiet, verbose=verbose)


@app.command()
def score(
    config: Config = SETTINGS_FILE,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Score every customer by the champion models; publish nothing."""
    run_stage("score", config, as_of, known_at, quiet=quiet, verbose=verbose)


@app.command()
def segment(
    config: Config = SETTINGS_FILE,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Score by the champion models and publish the segment files, without training."""
    run_stage("segment", config, as_of, known_at, quiet=quiet, verbose=verbose)


app.command("check-file", epilog=check_commands.EPILOG)(check_commands.check_file)
app.command(epilog=backtest_commands.EPILOG)(backtest_commands.backtest)
app.command(epilog=alert_commands.EPILOG)(alert_commands.alerts)
publish_commands.add_to(app)
app.command(epilog=uplift_commands.EPILOG)(uplift_commands.uplift)
app.command(epilog=power_commands.EPILOG)(power_commands.power)
app.command(epilog=simulate_commands.EPILOG)(simulate_commands.simulate)


@app.command()
def ui(
    config: Config = SETTINGS_FILE,
    mlflow_port: Annotated[int, typer.Option(help="Port of MLflow; 0 takes a free one.")] = 5000,
    prefect_port: Annotated[int, typer.Option(help="Port of Prefect; 0 takes a free one.")] = 4200,
) -> None:
    """Serve the MLflow and the Prefect UI on loopback until Ctrl-C."""
    with Screen().working() as screen:
        from stammkunde.ui import serve

        serve(config, mlflow_port=mlflow_port, prefect_port=prefect_port, say=screen.show_lines)
