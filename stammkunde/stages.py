"""The body of every command that runs one stage as of a day."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from stammkunde.options import day_of, utc
from stammkunde.screen import Screen


def run_stage(  # noqa: PLR0913 - the options that all stages share
    stage: str,
    config: Path,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    *,
    quiet: bool,
    verbose: bool,
) -> None:
    """Run everything up to `stage` and show where the result is."""
    with Screen(quiet=quiet, verbose=verbose).working() as screen:
        from stammkunde.work import one_stage

        screen.show_lines(one_stage(stage, config, as_of=day_of(as_of), known_at=utc(known_at)))
