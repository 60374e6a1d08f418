"""The tasks that stage what is new: of files table by table, of a database in one snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prefect import task

from contracts.errors import SourceMissing
from contracts.names import fingerprint
from flows.names import Ingestion
from flows.plans import plan_files, plan_query
from flows.progress import step
from flows.project import Project, open_project
from flows.retrying import RETRIES
from flows.staged import Staged
from flows.staging import Reading, read_files, settings_key, stage_reading
from ingestion.conversion import TextForm
from ingestion.sources.deliveries import unchanged
from ingestion.sources.files import find_deliveries, has_inbox
from ingestion.staging import Delivered
from warehouse.batches import Batch
from warehouse.history import count_live
from warehouse.lake import Lake
from warehouse.reading import readable

if TYPE_CHECKING:
    from ingestion.sources.databases import Extract


@task(task_run_name="stage {table}", **RETRIES)
def stage_files(project_file: str, table: str, ingestion: Ingestion) -> list[str]:
    """Stage the new files of one table; return the folders, none where nothing is new."""
    project = open_project(project_file)
    source = project.settings.sources[table]
    with (
        project.workspace("files", table) as workspace,
        project.open_lake() as lake,
        readable(table, source.address),
        step(f"read {table}") as done,
    ):
        earlier = _earlier(project, table)
        folder = project.file.parent
        try:
            found = find_deliveries(table, source, folder=folder, workspace=workspace)
        except SourceMissing:
            came_from_there = bool(earlier) and earlier[-1].source == source.address
            if table in ingestion.full or not (
                came_from_there and has_inbox(source, folder=folder)
            ):
                raise
            found = []  # a mover has taken them away
        plan = plan_files(
            table, found, earlier, source=source, settings=settings_key(project, source),
            full=table in ingestion.full,
        )  # fmt: skip
        if plan is None:
            done.outcome = "nothing new"
            return []
        last = earlier[-1] if earlier and table not in ingestion.full else None
        with unchanged(table, plan.deliveries):
            reading = read_files(lake, table, plan, source=source, last=last, workspace=workspace)
            staged = stage_reading(
                lake, project, reading, ingestion=ingestion, is_complete=plan.is_complete
            )
        done.outcome = _outcome(staged)
    # An empty file counts, so that it is not read again.
    return [each.save() for each in staged if each.table == table or _says(project, each)]


@task(task_run_name="stage database {database}", **RETRIES)
def stage_database(project_file: str, database: str, ingestion: Ingestion) -> list[str]:
    """Stage all tables of one database, read in one snapshot; return the folders."""
    from ingestion.sources.databases import TableRequest, extract

    project = open_project(project_file)
    sources = {
        table: source
        for table, source in project.sources_of(database).items()
        if ingestion.looks_at(table)
    }
    plans = {
        table: plan_query(
            _earlier(project, table), source=source, settings=settings_key(project, source),
            full=table in ingestion.full,
        )
        for table, source in sources.items()
    }  # fmt: skip
    requests = [
        TableRequest(
            table=table, relation=source.relation, query=source.query, cursor=source.cursor,
            since=plans[table].since, overlap_hours=source.overlap_hours,
        )
        for table, source in sources.items()
    ]  # fmt: skip
    staged: list[Staged] = []
    with project.workspace("databases", database) as folder:
        with step(f"read database {database}") as done:
            extracts = extract(project.database_url(database), requests, folder=folder)
            read = (f"{name} {each.rows:,} rows" for name, each in extracts.items())
            done.outcome = ", ".join(read)
        for table, found in extracts.items():
            if not found.rows and not plans[table].is_complete:
                continue  # nothing has changed since the last cursor
            with project.open_lake() as lake, step(f"read {table}") as done:
                fresh = stage_reading(
                    lake, project, _reading(project, lake, found, ingestion), ingestion=ingestion,
                    is_complete=plans[table].is_complete,
                )  # fmt: skip
                done.outcome = _outcome(fresh)
            staged += fresh
    return [each.save() for each in staged if _says(project, each)]


def _earlier(project: Project, table: str) -> list[Batch]:
    return [each.batch for each in project.store.history().get(table, [])]


def _says(project: Project, staged: Staged) -> bool:
    """Return whether a staged table has a row, or lacks all that are known."""
    if staged.counts["staged"]:
        return True
    return staged.is_complete and count_live(project.store.history().get(staged.table, [])) > 0


def _reading(project: Project, lake: Lake, found: Extract, ingestion: Ingestion) -> Reading:
    from ingestion.sources.databases import read_extract

    source = project.settings.sources[found.table]
    rows = read_extract(lake.engine, found)
    form = TextForm(time_zone=source.time_zone)
    delivered = Delivered(source.address, rows, form, has_types=found.rows > 0)
    record = {"name": source.address, "digest": fingerprint(ingestion.number, found.newest)}
    size = found.path.stat().st_size
    earlier = [] if found.table in ingestion.full else _earlier(project, found.table)
    before = earlier[-1].source_columns if earlier else {}
    return Reading(found.table, source, [delivered], [record], size, before, found.newest)


def _outcome(staged: list[Staged]) -> str:
    return ", ".join(f"{each.table} {each.counts['staged']:,} rows" for each in staged)
