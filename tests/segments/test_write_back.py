"""Publishes in a real PostgreSQL: all or nothing, once, and only what differs."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from contracts.errors import WriteBackRefused, WriteBackUnreachable
from contracts.scores import SCORE_COLUMNS
from segments.destinations.database import SCORES, Written, write_publish
from segments.destinations.migrating import migrate
from segments.destinations.roles import roles_sql
from tests.made_publishes import published
from tests.postgres import Server
from tests.proxy import proxy_to

LATER = date(2024, 7, 8)
SCHEMA = "stammkunde"
WRITER, READER = '"the writer"', '"the ""reader"""'

Rows = list[tuple[Any, ...]]


@pytest.fixture
def crm(postgres: Server, tmp_path: Path) -> str:
    """Return the address of a new database with tables of the CRM and ours."""
    url = postgres.create(
        "written_back",
        "CREATE TABLE customer_scores (customer_id text)",  # the CRM's own, of the same name
        "INSERT INTO customer_scores VALUES ('of the CRM')",
    )
    migrate(url, SCHEMA)
    return url


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


def again(url: str, folder: Path) -> Written:
    return write_publish(url, folder, schema=SCHEMA)


def ask(url: str, query: str) -> Rows:
    with psycopg.connect(url, options=f"-c search_path={SCHEMA} -c timezone=UTC") as connection:
        return connection.execute(query.encode()).fetchall()


def everything(url: str) -> dict[str, Rows]:
    """Return all rows of all our tables, with the transaction that wrote each."""
    tables = ("customer_scores", "score_history", "segment_membership", "contacts", "publishes")
    query = "SELECT xmin::text, * FROM {} ORDER BY 2, 3"
    return {name: ask(url, query.format(name)) for name in tables}


def test_a_publish_is_in_the_tables_as_it_is_in_the_files(crm: str, outbox: Path) -> None:
    folder = published(
        outbox, "run1", {"c1": 9.5, "c2": None, "c3": 1.0},
        segments={"at_risk": ["c1"], "lost": []}, held_out=("c3",),
    )  # fmt: skip
    assert not again(crm, folder).is_repeated
    scores = ask(
        crm,
        "SELECT customer_id, as_of, run_id, churn_model, clv_model, is_cold_start,"
        " churn_probability, clv, next_order_p50, segment FROM customer_scores ORDER BY 1",
    )
    same = (date(2024, 7, 1), "run1", "churn v3", None, False, 0.1 + 0.2)
    assert scores == [
        ("c1", *same, 9.5, date(2024, 8, 1), "at_risk"),
        ("c2", *same, None, date(2024, 8, 1), None),
        ("c3", *same, 1.0, date(2024, 8, 1), None),
    ]
    assert ask(crm, "SELECT * FROM segment_membership") == [
        ("c1", "at_risk", "SK-03", date(2024, 7, 1))
    ]
    assert ask(crm, "SELECT contacted_at::text, customer_id, channel, arm FROM contacts") == [
        ("2024-07-01 00:00:00+00", "c1", None, "treated"),
        ("2024-07-01 00:00:00+00", "c3", None, "holdout"),
    ]
    recorded = ask(crm, "SELECT run_id, project, as_of, manifest -> 'rows' FROM publishes")
    assert [row[:3] for row in recorded] == [("run1", "shop", date(2024, 7, 1))]
    assert recorded[0][3]["scores.parquet"] == 3


def test_every_score_column_has_one_in_the_table(crm: str) -> None:
    found = ask(
        crm,
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema ="
        " 'stammkunde' AND table_name = 'customer_scores' ORDER BY ordinal_position",
    )
    types = {
        "string": "text", "date": "date", "boolean": "boolean", "float64": "double precision",
    }  # fmt: skip
    expected = [(name, types[type_]) for name, type_ in SCORE_COLUMNS.items()]
    assert found == [*expected, ("segment", "text")]


def test_a_second_publish_touches_only_rows_that_differ(crm: str, outbox: Path) -> None:
    at_risk = {"at_risk": ["same", "other"], "lost": ["leaves"]}
    clvs = {"same": 1.0, "other": 2.0, "leaves": 3.0, "gone": 4.0}
    again(crm, published(outbox, "run1", clvs, segments=at_risk))
    before = everything(crm)
    second = published(
        outbox, "run2", {"same": 1.0, "other": 2.5, "leaves": 3.0, "new": 5.0}, as_of=LATER,
        segments={"at_risk": ["same", "other"], "lost": ["new"]},
    )  # fmt: skip
    assert again(crm, second).rows == {
        "customer_scores": 3, "customer_scores deleted": 1, "score_history": 3,
        "segment_membership": 1, "segment_membership deleted": 1, "contacts": 3,
    }  # fmt: skip
    after = everything(crm)
    for table in ("customer_scores", "segment_membership"):
        kept = [row for row in after[table] if row in before[table]]
        assert [row[1] for row in kept] == {
            "customer_scores": ["same"], "segment_membership": ["other", "same"]
        }[table]  # fmt: skip
    assert [row for row in after["contacts"] if row in before["contacts"]] == before["contacts"]
    assert ask(crm, "SELECT customer_id, run_id, clv FROM score_history ORDER BY 2, 1") == [
        ("gone", "run1", 4.0), ("leaves", "run1", 3.0), ("other", "run1", 2.0),
        ("same", "run1", 1.0), ("leaves", "run2", 3.0), ("new", "run2", 5.0),
        ("other", "run2", 2.5),
    ]  # fmt: skip


def test_who_changes_the_segment_is_in_it_since_then_and_a_new_label_changes_no_date(
    crm: str, outbox: Path
) -> None:
    clvs = {"stays": 1.0, "moves": 1.0}
    again(crm, published(outbox, "run1", clvs, segments={"at_risk": ["stays", "moves"]}))
    moved = {"at_risk": ["stays"], "lost": ["moves"]}
    again(crm, published(outbox, "run2", clvs, segments=moved, as_of=LATER, label="R-1"))
    assert ask(crm, "SELECT * FROM segment_membership ORDER BY 1") == [
        ("moves", "lost", "R-1", LATER), ("stays", "at_risk", "R-1", date(2024, 7, 1)),
    ]  # fmt: skip


def test_the_same_run_twice_is_no_second_write(crm: str, outbox: Path) -> None:
    folder = published(outbox, "run1", {"c1": 1.0}, segments={"at_risk": ["c1"]})
    again(crm, folder)
    before = everything(crm)
    assert again(crm, folder) == Written(is_repeated=True)
    assert everything(crm) == before


def test_an_older_run_published_again_counts_again(crm: str, outbox: Path) -> None:
    first = published(outbox, "run1", {"c1": 1.0})
    again(crm, first)
    again(crm, published(outbox, "run2", {"c1": 2.0}, as_of=LATER))
    again(crm, first)
    assert ask(crm, "SELECT run_id, clv FROM customer_scores") == [("run1", 1.0)]
    newest = "SELECT run_id FROM publishes ORDER BY published_at DESC"
    assert ask(crm, newest) == [("run1",), ("run2",)]


def test_a_failure_in_the_middle_leaves_nothing_of_it(
    crm: str, outbox: Path, postgres: Server
) -> None:
    again(crm, published(outbox, "run1", {"c1": 1.0}, segments={"at_risk": ["c1"]}))
    before = everything(crm)
    postgres.execute(
        "written_back",
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'canary of %', NEW.customer_id; END $$",
        "CREATE TRIGGER refuse BEFORE INSERT ON stammkunde.contacts FOR EACH ROW"
        " EXECUTE FUNCTION refuse()",
    )
    second = published(outbox, "run2", {"c2": 2.0}, segments={"lost": ["c2"]}, as_of=LATER)
    with pytest.raises(WriteBackRefused) as refused:
        again(crm, second)
    assert "canary" not in repr(refused.value)
    assert refused.value.__context__ is None
    assert everything(crm) == before
    postgres.execute("written_back", "DROP TRIGGER refuse ON stammkunde.contacts")
    again(crm, second)
    assert ask(crm, "SELECT customer_id FROM customer_scores") == [("c2",)]


HOSTILE = [
    "007", "", "NULL", "\\.", "\\N", "'); DROP TABLE publishes; --", 'a"b', "a\nb\r\nc", " x ",
    "größer", "{}", "%s", "a,b;c\t",
]  # fmt: skip


def test_any_text_is_a_value_and_never_a_statement(crm: str, outbox: Path) -> None:
    label = "'; DELETE FROM stammkunde.contacts; --"
    clvs = dict.fromkeys(HOSTILE, 1.0)
    again(crm, published(outbox, "run'1", clvs, segments={"at_risk": HOSTILE}, label=label))
    scores = ask(crm, "SELECT customer_id, run_id, segment FROM customer_scores")
    assert sorted(scores) == sorted((name, "run'1", "at_risk") for name in HOSTILE)
    members = ask(crm, "SELECT customer_id, label FROM segment_membership")
    assert sorted(members) == sorted((name, label) for name in HOSTILE)
    assert {row[0] for row in ask(crm, "SELECT customer_id FROM contacts")} == set(HOSTILE)


def test_a_schema_of_any_name_is_written_and_nothing_else(crm: str, outbox: Path) -> None:
    odd = 'o"dd; schema'
    migrate(crm, odd)
    write_publish(crm, published(outbox, "run1", {"c1": 1.0}), schema=odd)
    assert ask(crm, 'SELECT customer_id FROM "o""dd; schema".customer_scores') == [("c1",)]
    assert ask(crm, "SELECT * FROM customer_scores") == []
    assert ask(crm, "SELECT * FROM public.customer_scores") == [("of the CRM",)]


def test_a_schema_holds_one_project(crm: str, outbox: Path) -> None:
    again(crm, published(outbox, "run1", {"c1": 1.0}))
    other = published(outbox, "run2", {"x1": 1.0}, project="other shop")
    with pytest.raises(WriteBackRefused, match=r"holds those of project `shop`.*another `schema`"):
        again(crm, other)
    assert ask(crm, "SELECT customer_id FROM customer_scores") == [("c1",)]


def test_tables_that_are_not_migrated_are_told(postgres: Server, outbox: Path) -> None:
    url = postgres.create("not_migrated")
    folder = published(outbox, "run1", {"c1": 1.0})
    with pytest.raises(WriteBackRefused, match=r"no tables of ours\. Run `stammkunde database mig"):
        again(url, folder)
    assert migrate(url, SCHEMA) == migrate(url, SCHEMA) == "0001"
    postgres.execute("not_migrated", "UPDATE stammkunde.alembic_version SET version_num = '0000'")
    with pytest.raises(WriteBackRefused, match="of version 0000, not 0001"):
        again(url, folder)


def test_a_commit_whose_answer_is_lost_is_found_done(
    crm: str, outbox: Path, postgres: Server
) -> None:
    folder = published(outbox, "run1", {"c1": 1.0}, segments={"at_risk": ["c1"]})
    with (
        proxy_to(postgres.port, watched=b"COMMIT\0", happens=bool, answered=True) as port,
        pytest.raises(WriteBackUnreachable, match="whole or not at all"),
    ):
        again(crm.replace(str(postgres.port), str(port)), folder)
    before = everything(crm)
    assert [row[1] for row in before["publishes"]] == ["run1"]
    assert again(crm, folder) == Written(is_repeated=True)
    assert everything(crm) == before


@pytest.mark.parametrize("watched", [b"COPY", b"score_history", b"clock_timestamp"])
def test_a_lost_connection_leaves_nothing_and_the_next_attempt_all(
    crm: str, outbox: Path, postgres: Server, watched: bytes
) -> None:
    folder = published(outbox, "run1", {"c1": 1.0}, segments={"at_risk": ["c1"]})
    with (
        proxy_to(postgres.port, watched=watched, happens=bool, answered=False) as port,
        pytest.raises(WriteBackUnreachable),
    ):
        again(crm.replace(str(postgres.port), str(port)), folder)
    assert not any(everything(crm).values())
    assert not again(crm, folder).is_repeated
    assert ask(crm, "SELECT customer_id FROM segment_membership") == [("c1",)]


def test_a_role_may_write_these_tables_and_another_only_read_them(
    postgres: Server, outbox: Path
) -> None:
    drop = tuple(f"DROP ROLE IF EXISTS {role}" for role in (WRITER, READER))
    postgres.create("with_roles", "CREATE TABLE public.orders (amount int)")
    made = roles_sql(SCHEMA, writer="the writer", reader='the "reader"')
    postgres.execute("with_roles", *drop, made, f"ALTER ROLE {WRITER} PASSWORD 'w-1'")
    postgres.execute("with_roles", f"ALTER ROLE {READER} PASSWORD 'r-1'")
    writing = postgres.url("with_roles", "the%20writer", "w-1")
    reading = postgres.url("with_roles", "the%20%22reader%22", "r-1")
    folder = published(outbox, "run1", {"c1": 1.0}, segments={"at_risk": ["c1"]})
    try:
        migrate(writing, SCHEMA)
        write_publish(writing, folder, schema=SCHEMA)
        assert ask(reading, "SELECT customer_id FROM customer_scores") == [("c1",)]
        assert len(ask(reading, "SELECT * FROM score_history, contacts, publishes")) == 1
        for url, statement in (
            (writing, "SELECT * FROM public.orders"),
            (writing, "INSERT INTO public.orders VALUES (1)"),
            (writing, "CREATE TABLE public.mine (x int)"),
            (writing, "CREATE SCHEMA mine"),
            (reading, "UPDATE customer_scores SET clv = 0"),
            (reading, "DELETE FROM contacts"),
            (reading, "CREATE TABLE stammkunde.mine (x int)"),
            (reading, "SELECT * FROM public.orders"),
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                ask(url, statement)
        with pytest.raises(WriteBackRefused, match=r"may not write schema.*database roles"):
            write_publish(reading, published(outbox, "run2", {"c1": 2.0}), schema=SCHEMA)
    finally:
        postgres.create("with_roles")
        postgres.execute("with_roles", f"DROP OWNED BY {WRITER}, {READER}", *drop)


def test_a_publish_waits_till_another_is_done_or_lost(
    crm: str, outbox: Path, postgres: Server
) -> None:
    first, second = (published(outbox, f"run{each}", {f"c{each}": 1.0}) for each in (1, 2))
    done_meanwhile: list[int] = []
    with ThreadPoolExecutor(1) as others:
        waiting: list[Future[Written]] = []

        def begin_another() -> None:
            waiting.append(others.submit(again, crm, second))
            done_meanwhile.append(len(wait(waiting, timeout=2).done))

        with (
            proxy_to(
                postgres.port, watched=b"score_history", happens=begin_another, answered=False
            ) as port,
            pytest.raises(WriteBackUnreachable),
        ):
            again(crm.replace(str(postgres.port), str(port)), first)
        assert not waiting[0].result().is_repeated
    assert done_meanwhile == [0]
    assert ask(crm, "SELECT customer_id FROM customer_scores") == [("c2",)]


def test_a_value_that_the_database_cannot_hold_is_refused_and_not_told(
    crm: str, outbox: Path
) -> None:
    with pytest.raises(WriteBackRefused, match="NotInRepertoire") as told:
        again(crm, published(outbox, "run1", {"canary\0": 1.0}))
    assert "canary" not in repr(told.value)


def test_another_kind_of_database_is_refused(outbox: Path) -> None:
    folder = published(outbox, "run1", {"c1": 1.0})
    with pytest.raises(WriteBackRefused, match="it is no PostgreSQL"):
        write_publish("mysql://crm:secret@db.example.com/crm", folder, schema=SCHEMA)


def test_columns_that_say_when_change_no_row() -> None:
    assert SCORES.stamps == ("as_of", "run_id")
    assert not {"customer_id", "as_of", "run_id"} & set(SCORES.values)
