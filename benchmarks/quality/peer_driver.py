"""Lets one peer of the bench predict at any cut. A peer's own Python runs this file by its path.

`python peer_driver.py SCRIPT DATA EVENTS CUT DAYS PEER OUT`: SCRIPT is the bench's clv_quality.py,
DATA a made data set or a name, EVENTS Parquet with customer_id, ordered_at and amount.
"""

from __future__ import annotations

import importlib.util
import sys

import duckdb

script_file, data, events, cut, days, peer, out = sys.argv[1:]
spec = importlib.util.spec_from_file_location("clv_quality", script_file)
assert spec is not None, script_file
assert spec.loader is not None, script_file
script = importlib.util.module_from_spec(spec)
spec.loader.exec_module(script)


def setup(_data: str) -> tuple[duckdb.DuckDBPyConnection, str, int]:
    """Return purchases, cut and horizon where the script asks for those of its own two sets."""
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    connection.execute(
        "CREATE TABLE ev AS SELECT customer_id AS cid, ordered_at::DATE AS day, sum(amount) AS v "
        f"FROM '{events}' GROUP BY ALL"
    )
    return connection, cut, int(days)


vars(script)["setup"] = setup
script.run_peer(peer, data, out)
