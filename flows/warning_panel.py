"""What warning models learn from: watched customers at past snapshots, and order histories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from prefect import task

from features.definitions import definitions
from features.pool import Pool
from features.stream import known_by
from flows.feature_tables import build_features, build_spine, build_stream_table, joined_features
from flows.names import TableRefs
from flows.panel import count_order_days
from flows.progress import step
from flows.project import Project, open_project
from forecasting.warning_settings import WarningSettings
from training.warning_plan import WarningPlan, plan_warning
from validation.enough import order_history
from warehouse.lake import Lake

if TYPE_CHECKING:
    from contracts.feature_contract import FeatureContract
    from training.silences import Silences
    from training.warning import WarningLessons

# Order histories of so many customers say what those of millions say.
_BASE_CUSTOMERS = 30_000


@dataclass(frozen=True)
class SilenceRefs:
    """The stored tables of silences: features of watched customers, and which order followed."""

    features: TableRefs
    followed: str


@dataclass(frozen=True)
class WarningRefs:
    """The stored tables that fits need; `bases` are by the day of the fit, as ISO text."""

    silences: SilenceRefs
    bases: dict[str, str]
    daily: str


@task(task_run_name="plan early warning")
def plan(
    project_file: str,
    orders: str,
    as_of: date,
    known_at: datetime | None,
    settings: WarningSettings,
) -> WarningPlan:
    """Return which snapshots to learn from, and which weeks to judge, as far as orders allow."""
    project = open_project(project_file)
    with project.open_lake() as lake:
        history = order_history(known_by(lake.table(orders), known_at), as_of)
    return plan_warning(as_of, history.first_order_on or as_of, settings)


def build_warning_panel(  # noqa: PLR0913 - which fits, learning from when, as of what knowledge
    project_file: str,
    tables: TableRefs,
    *,
    fits: tuple[date, ...],
    dates: list[date],
    max_rows: int,
    known_at: datetime | None,
    families: tuple[str, ...] | None = None,
) -> WarningRefs:
    """Build what fits learn from: snapshots at `dates`, and the base at the day of each fit."""
    before = max(fits)
    silences = build_silences(
        project_file, tables, dates, before=before, max_rows=max_rows, known_at=known_at,
        families=families,
    )  # fmt: skip
    bases = {
        str(day): build_base(project_file, tables, day, known_at=known_at) for day in fits
    }  # fmt: skip
    daily = count_order_days(project_file, tables["orders"], before, known_at)
    return WarningRefs(silences, bases, daily)


def build_silences(  # noqa: PLR0913 - who is watched when, and until when
    project_file: str,
    tables: TableRefs,
    dates: list[date],
    *,
    before: date,
    max_rows: int | None,
    known_at: datetime | None,
    families: tuple[str, ...] | None = None,
) -> SilenceRefs:
    """Build the features of watched customers at dates, and which order followed before a day."""
    pool = pool_of(open_project(project_file).settings.warning)
    features = build_features(
        project_file, tables, dates, known_at=known_at, max_rows=max_rows, pool=pool,
        families=families,
    )  # fmt: skip
    followed = follow(project_file, features["spine"], tables["orders"], before, known_at)
    return SilenceRefs(features, followed)


def build_base(
    project_file: str, tables: TableRefs, day: date, *, known_at: datetime | None
) -> str:
    """Build the order histories of a sample of all customers at a day; return the reference."""
    spine = build_spine(project_file, tables, [day], known_at, _BASE_CUSTOMERS)
    return build_stream_table(
        project_file, "order_days", ("rfm",), tables=tables, spine_ref=spine, dates=[day],
        known_at=known_at, is_sample=True,
    )  # fmt: skip


@task(task_run_name="follow silences")
def follow(
    project_file: str, spine: str, orders: str, before: date, known_at: datetime | None
) -> str:
    """Write which order ended each silence before a day; return the reference."""
    from training.silences import follow_silences

    project = open_project(project_file)
    with project.open_lake() as lake, step("follow silences") as done:
        key = project.key("silences", spine, orders, before, known_at)
        known = known_by(lake.table(orders), known_at)
        rows = lake.table(spine)
        ref = lake.keep("silences", key, lambda: follow_silences(rows, known, before=before))
        done.outcome = f"{lake.row_count(ref):,} rows"
    return ref


def read_warning_lessons(
    project: Project, lake: Lake, panel: WarningRefs, settings: WarningSettings
) -> WarningLessons:
    """Return what fits by these settings learn from, in memory."""
    from training.panel import read_daily
    from training.silences import read_base
    from training.warning import WarningLessons

    bases = {day: date.fromisoformat(day) for day in panel.bases}
    customers = [read_base(lake.table(panel.bases[day]), on) for day, on in bases.items()]
    return WarningLessons(
        silences=read_silences_of(lake, panel.silences),
        bases={each.day: each for each in customers},
        daily=read_daily(lake.table(panel.daily)),
        settings=settings,
        seed=project.settings.training.seed,
        threads=project.settings.engine.threads,
    )


def read_silences_of(
    lake: Lake, refs: SilenceRefs, *, contract: FeatureContract | None = None
) -> Silences:
    """Return stored silences, in memory; as a model of a contract reads them, if given."""
    from training.silences import read_silences

    return read_silences(
        joined_features(lake, refs.features), lake.table(refs.followed), definitions=definitions(),
        contract=contract,
    )  # fmt: skip


def pool_of(settings: WarningSettings) -> Pool:
    """Return who is watched, by the settings."""
    return Pool(min_order_days=settings.min_order_days, silent_days=settings.silent_days)
