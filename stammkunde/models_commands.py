"""The commands under `stammkunde models`: which versions there are, and which of them scores."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from stammkunde.options import SETTINGS_FILE, Config, day_of
from stammkunde.screen import Screen

app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Look at the registered models, and say which version scores.",
)

Model = Annotated[str, typer.Argument(metavar="NAME", help="churn or clv.")]
AnyModel = Annotated[
    str | None, typer.Argument(metavar="[NAME]", help="churn or clv; both if left out.")
]
On = Annotated[
    datetime | None,
    typer.Option(
        "--on",
        formats=["%Y-%m-%d"],
        metavar="YYYY-MM-DD",
        help="Say only which version was champion at the end of this day (UTC).",
        show_default=False,
    ),
]
Approver = Annotated[
    str, typer.Option("--approver", metavar="NAME", help="Who says so.", show_default=False)
]
Reason = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why, for whoever asks later.")
]
Force = Annotated[
    bool,
    typer.Option("--force", help="Also with grade C, or none; the ledger keeps that it was."),
]


@app.command("list")
def models_list(config: Config = SETTINGS_FILE) -> None:
    """List all versions: alias, grade, headline metric, why."""
    with Screen().working() as screen:
        from flows.models import list_models
        from stammkunde.models_report import version_list

        screen.show_lines(version_list(list_models(str(config))))


@app.command("history")
def models_history(model: AnyModel = None, on: On = None, config: Config = SETTINGS_FILE) -> None:
    """Show every decision: which version scored from when on, who said so, and why."""
    with Screen().working() as screen:
        from flows.models import model_histories
        from stammkunde.models_report import champion_report, history_report

        histories = model_histories(str(config), model)
        day = day_of(on)
        if day is None:
            screen.show_lines(history_report(histories))
        else:
            screen.show_lines(champion_report(histories, day))


@app.command("promote")
def models_promote(  # noqa: PLR0913 - what is promoted, by whom and why
    model: Model,
    version: Annotated[int, typer.Argument(metavar="VERSION", min=1)],
    *,
    approver: Approver,
    reason: Reason = "approved by a person",
    force: Force = False,
    config: Config = SETTINGS_FILE,
) -> None:
    """Let this version score from the next run on, whatever the rules decided."""
    with Screen().working() as screen:
        from flows.models import promote_model
        from stammkunde.models_report import promotion_report

        entry = promote_model(
            str(config), model, str(version), approver=approver, reason=reason, force=force
        )
        screen.show_lines(promotion_report(model, entry))
