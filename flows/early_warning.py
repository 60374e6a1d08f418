"""Who has silently left: the list that alerts publish for themselves, and runs as a segment."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Self

import ibis
from prefect import task

from contracts.errors import NotEnoughData, WarningTooWeak
from contracts.names import fingerprint
from features.definitions import definitions
from features.stream import known_by
from flows.alert_lists import flags_before
from flows.feature_tables import feature_tables
from flows.names import TableRefs
from flows.progress import step
from flows.project import code_version, open_project
from flows.records import find_record, keep_record
from flows.train_warning import WarningRecord, check_strength
from flows.warning_models import warning_for
from forecasting.alerts import Budget


@dataclass(frozen=True)
class Warned:
    """A stored list of who has probably left, the surest first.

    `watched` had a standing consent to marketing, where there is a ledger of consents; `withheld`
    had not. `fit` is the key of the model's fit.
    """

    ref: str
    told: int
    watched: int
    withheld: int
    budget: str
    model: str
    fit: str

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Return the list that `to_json` described."""
        return cls(**stored)

    def __str__(self) -> str:
        return f"{self.told:,} of {self.watched:,} watched customers"


def model_in_run(
    project_file: str, tables: TableRefs, as_of: date, *, known_at: datetime | None
) -> WarningRecord | str:
    """Return the model that says who is in the segment of early warning, or why there is none."""
    settings = open_project(project_file).settings
    if settings.business.is_contract:
        return "who leaves a contract is seen by its end"
    if not settings.segments.early_warning:
        return "`early_warning` under [segments] is false"
    try:
        model = warning_for(project_file, tables, as_of, in_run=True, known_at=known_at)
        check_strength(model)
    except (NotEnoughData, WarningTooWeak) as reason:
        with step("tell who left") as done:
            done.outcome = f"nobody: {reason}"
        return str(reason)
    return model


def named(model: WarningRecord) -> tuple[str, str]:
    """Return the name of a model's version, and the digest of its file."""
    return f"{model['name']}/{model['version']}", model["digest"]


def warn_in_run(  # noqa: PLR0913 - as the list
    project_file: str,
    as_of: date,
    model: WarningRecord | str,
    *,
    snapshot: TableRefs,
    consents: str | None,
    known_at: datetime | None,
) -> Warned | str:
    """Return who is to be in the segment of early warning, or why nobody is."""
    if isinstance(model, str):
        return model
    return list_who_left(
        project_file, as_of, snapshot=snapshot, consents=consents, model=model,
        budget=Budget(share=open_project(project_file).settings.warning.budget_share),
        known_at=known_at,
    )  # fmt: skip


@task(task_run_name="tell who left")
def list_who_left(  # noqa: PLR0913 - a list states all it came from
    project_file: str,
    as_of: date,
    *,
    snapshot: TableRefs,
    consents: str | None,
    model: WarningRecord,
    budget: Budget,
    known_at: datetime | None,
) -> Warned:
    """Write who of the watched customers has left, within the budget, nobody who was told before.

    `snapshot` has their features, and may have those of others. The same list is found.
    """
    from scoring.alert_list import list_alerts
    from scoring.registry import load_warning_model
    from scoring.snapshot import SnapshotTables
    from scoring.watching import score_watched
    from segments.permission import may_be_contacted

    project = open_project(project_file)
    settings = project.settings.warning
    label, digest = named(model)
    flagged = flags_before(project, as_of, days=settings.silent_days)
    key = fingerprint(
        code_version(), settings.model_dump(mode="json"), as_of, snapshot, consents,
        digest, str(budget), sorted(flagged), known_at,
    )  # fmt: skip
    with project.open_lake() as lake, step("tell who left") as done:
        known = find_record(project.records, "who left", key)
        if known is None or lake.find("alerts", key) is None:
            fitted = load_warning_model(project.mlruns, label, digest)
            fitted.contract.check(definitions(), model=label)
            features = SnapshotTables(feature_tables(lake, snapshot))
            scored = score_watched(fitted, features, as_of, label=label)
            ledger = None if consents is None else known_by(lake.table(consents), known_at)
            rows = ibis.memtable(scored)
            contactable = rows if ledger is None else may_be_contacted(rows, ledger)
            watched = contactable.order_by("customer_id").to_pyarrow()
            told = list_alerts(
                watched, flagged, as_of=as_of, budget=budget, settings=settings, model=label
            )
            warned = Warned(
                ref=lake.write("alerts", key, ibis.memtable(told)), told=told.num_rows,
                watched=watched.num_rows, withheld=scored.num_rows - watched.num_rows,
                budget=str(budget), model=label, fit=model["fit"],
            )  # fmt: skip
            known = keep_record(project.records, "who left", key, warned.to_json())
        done.outcome = str(Warned.from_json(known))
    return Warned.from_json(known)
