"""A run whose publish goes to a database too: files, then the database, then `current`."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
import pytest
from prefect.client.orchestration import get_client
from typer.testing import CliRunner

from contracts.errors import SettingsError, StammkundeError, WriteBackUnreachable
from flows.publishes import roll_back
from flows.retention import retention
from flows.settings import load_settings
from flows.stages import Stage, run_stage
from flows.write_back import migrate, write_back
from segments.destinations.outbox import make_current
from stammkunde.cli import app
from tests.made_publishes import published
from tests.postgres import Server

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_server")]

AS_OF = date(2024, 10, 25)
PASSWORD = "canary-of-the-password"  # noqa: S105 - of a server that lives as long as the test
WRITE_BACK = """\
[databases.crm]
url_env = "CRM_WRITING_URL"
[write_back]
database = "crm"
schema = "scores_of_ours"
"""


@pytest.fixture
def url(postgres: Server) -> str:
    """Return the address of a new database for a role that may make a schema there."""
    postgres.create("crm_writing", "DROP ROLE IF EXISTS writing")
    postgres.execute(
        "crm_writing",
        f"CREATE ROLE writing LOGIN PASSWORD '{PASSWORD}'",
        "GRANT CREATE ON DATABASE crm_writing TO writing",
    )
    return postgres.url("crm_writing", "writing", PASSWORD)


def ask(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def test_files_come_first_then_the_database_then_current_and_the_next_run_heals(
    shop: Path, url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    shop.write_text(shop.read_text() + WRITE_BACK)
    outbox = shop.parent / "outbox"
    monkeypatch.setenv("CRM_WRITING_URL", f"postgresql://writing:{PASSWORD}@127.0.0.1:1/crm")
    with pytest.raises(WriteBackUnreachable, match="nothing listens there"):
        retention(str(shop), as_of=AS_OF)
    assert caplog.messages.count("write back") == 3  # it was tried again
    written = [path.parent for path in outbox.glob("*/*/manifest.json")]
    assert len(written) == 1
    assert not (outbox / "current").is_symlink()

    monkeypatch.setenv("CRM_WRITING_URL", url)
    migrate(str(shop))
    run_stage(Stage.SEGMENT, str(shop), as_of=AS_OF, known_at=None)
    assert (outbox / "current").resolve() == written[0]
    scores = pq.read_table(outbox / "current" / "scores.parquet", columns=["customer_id", "clv"])
    query = "SELECT customer_id, clv FROM scores_of_ours.customer_scores ORDER BY 1"
    assert ask(url, query) == sorted((row["customer_id"], row["clv"]) for row in scores.to_pylist())

    # As a run leaves it that dies after the commit.
    (outbox / "current").unlink()
    before = ask(url, "SELECT xmin::text, * FROM scores_of_ours.publishes")
    run_stage(Stage.SEGMENT, str(shop), as_of=AS_OF, known_at=None)
    assert (outbox / "current").resolve() == written[0]
    assert ask(url, "SELECT xmin::text, * FROM scores_of_ours.publishes") == before

    with get_client(sync_client=True) as client:
        runs = [*client.read_flow_runs(), *client.read_task_runs()]
    said = "\n".join([caplog.text, *(run.model_dump_json() for run in runs)])
    assert "write back" in said
    assert PASSWORD not in said


@pytest.fixture
def project(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CRM_WRITING_URL", url)
    file = tmp_path / "stammkunde.toml"
    sources = '[project]\nname = "shop"\ncurrency = "EUR"\n[sources.orders]\npath = "o.csv"\n'
    file.write_text(sources + WRITE_BACK)
    return file


def test_the_tables_are_made_by_a_command_and_filled_by_the_task(project: Path, url: str) -> None:
    done = CliRunner().invoke(app, ["database", "migrate", "--config", str(project)])
    assert (done.exit_code, done.stdout) == (0, "The tables are of version 0001.\n")
    folder = published(project.parent / "outbox", "run1", {"c1": 1.0, "c2": 2.0})
    assert write_back(str(project), str(folder))["customer_scores"] == 2
    assert write_back(str(project), str(folder)) == {}
    assert ask(url, "SELECT count(*) FROM scores_of_ours.customer_scores") == [(2,)]


def test_a_refusal_is_told_with_what_to_do(
    project: Path, capfd: pytest.CaptureFixture[str], postgres: Server
) -> None:
    postgres.execute("crm_writing", "REVOKE CREATE ON DATABASE crm_writing FROM writing")
    failed = CliRunner().invoke(app, ["database", "migrate", "--config", str(project)])
    assert failed.exit_code == 2
    assert "may not write schema `scores_of_ours`" in failed.stderr
    assert "`stammkunde database roles` prints" in failed.stderr
    assert PASSWORD not in failed.output


def test_roles_are_printed_as_sql(project: Path) -> None:
    printed = CliRunner().invoke(
        app, ["database", "roles", "--config", str(project), "--reader", "crm"]
    )
    assert printed.exit_code == 0
    assert 'CREATE SCHEMA "scores_of_ours" AUTHORIZATION "stammkunde_writer";' in printed.stdout
    assert 'GRANT USAGE ON SCHEMA "scores_of_ours" TO "crm";' in printed.stdout


def test_a_database_that_is_not_declared_is_refused(project: Path) -> None:
    project.write_text(project.read_text().replace("[databases.crm]", "[databases.crn]"))
    with pytest.raises(SettingsError, match=r"\[write_back\] writes to `crm`.*did you mean `crn`"):
        load_settings(project)
    project.write_text(project.read_text().partition("[databases")[0])
    with pytest.raises(SettingsError, match=r"Set `database` under \[write_back\]"):
        migrate(str(project))


def test_going_back_brings_the_tables_back_first(project: Path, url: str) -> None:
    migrate(str(project))
    outbox = project.parent / "outbox"
    for run, clvs in (("run1", {"c1": 1.0, "c2": 2.0}), ("run2", {"c1": 5.0})):
        folder = published(outbox, run, clvs)
        write_back(str(project), str(folder))
        make_current(outbox, folder)
    scores = "SELECT customer_id, clv FROM scores_of_ours.customer_scores ORDER BY 1"
    assert roll_back(str(project), None).run_id == "run1"
    assert (outbox / "current").resolve().name == "run1"
    assert ask(url, scores) == [("c1", 1.0), ("c2", 2.0)]
    rename = "ALTER TABLE scores_of_ours.customer_scores RENAME TO gone"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(rename.encode())
    with pytest.raises(StammkundeError):
        roll_back(str(project), "run2")
    assert (outbox / "current").resolve().name == "run1"
