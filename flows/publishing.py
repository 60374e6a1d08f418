"""The last step of scoring: consent is asked once more, and all is published at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect import task

from contracts.names import fingerprint
from flows.alert_lists import Told, keep_flags
from flows.early_warning import Warned
from flows.names import TableRefs
from flows.panel import refunds_to_net
from flows.progress import step
from flows.project import Project, code_version, open_project
from flows.scoring_tasks import drift_of_run
from flows.write_back import write_back

if TYPE_CHECKING:
    import pyarrow as pa

    from segments.changes import Changes
    from segments.contents import Contents
    from segments.destinations.outbox import WriteMore
    from segments.settings import SegmentSettings
    from warehouse.lake import Lake

# What scoring leaves for the summary: run_id, folder, rows.
ScoringRecord = dict[str, Any]


@dataclass(frozen=True)
class ToPublish:
    """What a publish is made of: stored scores and tables, and the models behind them.

    `consents` is the ledger as it is by now, `warned` the list of early warning, or why there is
    none.
    """

    run_id: str
    scores: str
    tables: TableRefs
    consents: str | None
    champions: dict[str, dict[str, Any]]
    warned: Warned | str

    @property
    def publish_id(self) -> str:
        """The id of the publish: that of the run, unless consents changed while it ran."""
        if self.consents == self.tables.get("consents"):
            return self.run_id
        return fingerprint(self.run_id, self.consents)

    @property
    def ledgers(self) -> TableRefs:
        """The tables of the run, with the consents of now."""
        return self.tables if self.consents is None else {**self.tables, "consents": self.consents}


@task(task_run_name="publish segments")
def publish_segments(project_file: str, as_of: date, content: ToPublish) -> ScoringRecord:
    """Write scores, a file per segment and the manifest, then switch `current` to them.

    Where a database is to be written to, that comes between: it is written, or `current` stays.

    Only then do later dates know who was told of early, and who is in the holdout.
    """
    from scoring.alert_list import no_alerts
    from segments.destinations.outbox import Publish, publish

    project = open_project(project_file)
    warned = content.warned
    with project.open_lake() as lake, step("publish segments") as done:
        told = no_alerts() if isinstance(warned, str) else lake.table(warned.ref).to_pyarrow()
        gathered, changes = _gather(project, lake, as_of, content, told=told)
        facts = {
            **_facts(project, content, lake),
            "lifecycle_stages": gathered.stages,
            "withheld": gathered.withheld,
            "changes": changes.facts,
        }
        writes_back = project.settings.write_back.database is not None
        folder = publish(
            project.outbox,
            Publish(
                as_of, content.publish_id, scores=gathered.scores, segments=gathered.segments,
                contacts=gathered.contacts, arms=gathered.arms, facts=facts,
                members=gathered.members, changes=changes.rows,
                write_more=_exports(lake, project.settings.segments, gathered, content.ledgers),
            ),
            before_current=lambda folder: writes_back and write_back(project_file, str(folder)),
        )  # fmt: skip
        fit = "" if isinstance(warned, str) else warned.fit
        keep_flags(project, as_of, Told.SEGMENT, rows=told, fit=fit)
        customers = sum(table.num_rows for table in gathered.segments.values())
        done.outcome = f"{customers:,} customers in {len(gathered.segments)} segments"
    return {"run_id": content.publish_id, "scores": content.scores, "folder": str(folder)}


def _gather(
    project: Project, lake: Lake, as_of: date, content: ToPublish, *, told: pa.Table
) -> tuple[Contents, Changes]:
    """Return what is to be published, and what changed since the publish of an earlier date."""
    from segments.arms import arms_before
    from segments.changes import changes_since
    from segments.contents import Draw, gather
    from segments.published import members_before

    settings = project.settings
    before, share = members_before(project.outbox, as_of), settings.scoring.at_risk_share
    gathered = gather(
        lake.table(content.scores),
        None if content.consents is None else lake.table(content.consents),
        told=told["customer_id"], settings=settings.segments, economics=settings.economics,
        draw=Draw(
            key=settings.segments.holdout_key or settings.project.name,
            before=arms_before(project.outbox, besides=content.publish_id),
        ),
        kept=None if before is None else before.kept(as_of, at_risk_share=share),
    )  # fmt: skip
    changes = changes_since(before, gathered.scores, gathered.members, settings=settings.segments)
    return gathered, changes


def _exports(
    lake: Lake, settings: SegmentSettings, gathered: Contents, tables: TableRefs
) -> WriteMore:
    """Return what writes the files of the marketing tools that the settings name."""
    from segments.exporting import Ledgers, export
    from segments.vendors.targets import TARGETS

    def write(folder: Path) -> dict[str, Any]:
        if not settings.targets:
            return {}
        found = export(
            folder, gathered.scores, gathered.segments, rules=settings.rules,
            targets=[TARGETS[name] for name in settings.targets],
            ledgers=Ledgers(lake.table(tables["identities"]), lake.table(tables["consents"])),
        )  # fmt: skip
        return {
            "targets": {
                segment: {
                    each.target: {
                        "rules": each.rules, "rows": each.rows, "withheld": each.withheld,
                        "left_out": each.left_out, "files": [path.name for path in each.files],
                    }
                    for each in written
                }
                for segment, written in found.items()
            }
        }  # fmt: skip

    return write


def _early(warned: Warned | str) -> dict[str, Any]:
    """Return what the manifest says of early warning: of which list it is, or why there is none."""
    if isinstance(warned, str):
        return {"none": warned}
    facts = warned.to_json()
    return {name: facts[name] for name in ("model", "budget", "told", "watched")}


def _facts(project: Project, content: ToPublish, lake: Lake) -> dict[str, Any]:
    """Return what the manifest says of settings, code, models and tables."""
    settings, tables = project.settings, content.ledgers
    return {
        "project": settings.project.name,
        "currency": settings.project.currency,
        "value_basis": settings.business.value_basis,
        "horizon_days": settings.business.horizon_days,
        "clv_horizon_days": settings.business.value_horizon_days,
        "settings_fingerprint": fingerprint(settings.model_dump(mode="json")),
        "code_version": code_version(),
        "models": {
            name: {part: champion[part] for part in ("version", "digest", "lost_after_days")}
            for name, champion in content.champions.items()
        },
        "net_of_refunds": refunds_to_net(str(project.file), tables) is not None,
        "drift": drift_of_run(project, content.run_id),
        "tables": {
            name: {"ref": ref, "rows": lake.row_count(ref)} for name, ref in tables.items()
        },
        "segments": {
            name: {"label": rule.label, "purpose": rule.purpose, "channel": rule.channel}
            for name, rule in settings.segments.rules.items()
        },
        "holdout_share": settings.segments.holdout_share,
        "early_warning": _early(content.warned),
    }  # fmt: skip
