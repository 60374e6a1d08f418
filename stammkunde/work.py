"""Runs flows in this process, beside a Prefect server of its own where there is no other."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from flows.environment import keep_prefect_at
from flows.project import Project, open_project
from stammkunde.servers import free_port, prefect_server, started, wait_until_ready

if TYPE_CHECKING:
    from flows.alerts import Alerts
    from flows.audit_leakage import LeakageAudit
    from flows.audit_time_travel import TimeTravelAudit
    from flows.backtest import Backtest

# They take seconds to load, which pass while the server starts.
_HEAVY_ROOMS = ("validation.checkpoint", "training.tracking", "scoring.registry")


def whole_job(config: Path, *, as_of: date | None, known_at: datetime | None) -> str:
    """Run the flow `retention`; return its summary as Markdown."""
    project = open_project(config)
    with _prefect(project, meanwhile=("flows.retention", *_HEAVY_ROOMS)):
        from flows.retention import retention

        summary = retention(str(project.file), as_of=as_of, known_at=known_at)
    return summary.to_markdown()


def one_stage(
    stage: str,
    config: Path,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    **options: tuple[str, ...] | bool,
) -> list[str]:
    """Run everything up to `stage`; return the lines that say where the result is.

    `options` are those of `flows.stages.Options`.
    """
    project = open_project(config)
    with _prefect(project, meanwhile=("flows.stages",)):
        from flows.stages import Options, Stage, run_stage

        return run_stage(
            Stage(stage), str(project.file), as_of=as_of, known_at=known_at,
            options=Options(**options),  # type: ignore[arg-type] # the command line checks them
        )  # fmt: skip


def leakage_audit(
    config: Path, *, as_of: date | None, known_at: datetime | None, accepted: tuple[str, ...]
) -> LeakageAudit:
    """Run the flow `audit leakage`.

    Raises
    ------
    UsageError
        There is no feature of a name that is accepted.
    """
    if accepted:
        from flows.catalogue import feature_named

        for name in accepted:
            feature_named(name)
    project = open_project(config)
    with _prefect(project, meanwhile=("flows.audit_leakage", "training.tracking")):
        from flows.audit_leakage import audit_leakage

        return audit_leakage(str(project.file), as_of=as_of, known_at=known_at, accepted=accepted)


def time_travel_audit(
    config: Path, *, as_of: date | None, known_at: datetime | None
) -> TimeTravelAudit:
    """Run the flow `audit time travel`."""
    project = open_project(config)
    with _prefect(project, meanwhile=("flows.audit_time_travel",)):
        from flows.audit_time_travel import audit_time_travel

        return audit_time_travel(str(project.file), as_of=as_of, known_at=known_at)


def weekly_alerts(
    config: Path, *, budget: str | None, as_of: date | None, known_at: datetime | None
) -> Alerts:
    """Run the flow `alerts`.

    Raises
    ------
    UsageError
        The budget is neither a share nor a count.
    """
    project = open_project(config)
    with _prefect(project, meanwhile=("flows.alerts", "training.tracking")):
        from flows.alerts import alerts

        return alerts(str(project.file), as_of=as_of, budget=budget, known_at=known_at)


def rolling_backtest(
    config: Path, *, first: date, last: date | None, every_days: int, known_at: datetime | None
) -> Backtest:
    """Run the flow `backtest`."""
    project = open_project(config)
    with _prefect(project, meanwhile=("flows.backtest", "training.tracking")):
        from flows.backtest import backtest

        return backtest(
            str(project.file), first=first, last=last, every_days=every_days, known_at=known_at
        )


@contextmanager
def _prefect(project: Project, *, meanwhile: tuple[str, ...]) -> Iterator[None]:
    """Let flows find a Prefect server: the one of PREFECT_API_URL, else one for this block.

    Prefect would start one by itself, but only after loading it whole into this process too.
    """
    keep_prefect_at(project.prefect_home)
    if "PREFECT_API_URL" in os.environ:
        yield
        return
    server = prefect_server(free_port(), with_pages=False)
    with ExitStack() as running:
        with _nobody_else_starts(Path(os.environ["PREFECT_HOME"]).expanduser()):
            process = running.enter_context(started(server))
            os.environ["PREFECT_API_URL"] = f"{server.address}/api"
            running.callback(_hand_over)
            for name in meanwhile:
                import_module(name)
            wait_until_ready(server, process)
        yield


@contextmanager
def _nobody_else_starts(home: Path) -> Iterator[None]:
    """Wait for other runs that start a server on the same database: the first start makes it."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "starting").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _hand_over() -> None:
    import_module("flows.handover").hand_over()
    del os.environ["PREFECT_API_URL"]
