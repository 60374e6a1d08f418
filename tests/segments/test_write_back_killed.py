"""PostgreSQL is killed while a publish is written back: nothing of it is there, or all."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from contracts.errors import WriteBackUnreachable
from segments.destinations.database import write_publish
from segments.destinations.migrating import migrate
from tests.made_publishes import published
from tests.postgres import find_binaries, new_server, running
from tests.proxy import proxy_to

pytestmark = pytest.mark.slow

PLACES = (b"COPY", b"DELETE FROM", b"score_history", b"clock_timestamp", b"COMMIT\0")


def test_a_killed_server_has_nothing_of_a_publish_or_all_and_the_next_attempt_ends_well(
    tmp_path: Path,
) -> None:
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server is installed: initdb is not on the PATH")
    query = (
        "SELECT (SELECT array_agg(run_id) FROM stammkunde.customer_scores), "
        "(SELECT array_agg(customer_id ORDER BY customer_id) FROM stammkunde.score_history), "
        "(SELECT array_agg(customer_id) FROM stammkunde.segment_membership), "
        "(SELECT array_agg(run_id ORDER BY published_at) FROM stammkunde.publishes)"
    )
    with new_server(binaries) as server:
        url = server.url("postgres")
        with running(server):
            migrate(url, "stammkunde")
        before: tuple[object, ...] = (None, None, None, None)
        runs: list[str] = []
        for number, place in enumerate(PLACES):
            run_id, customer = f"run{number}", f"c{number}"
            folder = published(tmp_path, run_id, {customer: 1.0}, segments={"at_risk": [customer]})
            runs = [*runs, run_id]
            customers = [f"c{each}" for each in range(number + 1)]
            after = ([run_id], customers, [customer], runs)
            with (
                running(server),
                proxy_to(server.port, watched=place, happens=server.kill, answered=False) as port,
                pytest.raises(WriteBackUnreachable),
            ):
                write_publish(url.replace(str(server.port), str(port)), folder, schema="stammkunde")
            with pytest.raises(WriteBackUnreachable, match="nothing listens there"):
                write_publish(url, folder, schema="stammkunde")
            with running(server):
                with psycopg.connect(url) as connection:
                    found = connection.execute(query).fetchone()
                assert found in ([before, after] if place == b"COMMIT\0" else [before])
                write_publish(url, folder, schema="stammkunde")
                with psycopg.connect(url) as connection:
                    assert connection.execute(query).fetchone() == after
            before = after
