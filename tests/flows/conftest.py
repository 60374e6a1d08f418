"""A made shop on disk, and one Prefect server for all flows of these tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from prefect.testing.utilities import prefect_test_harness

from tests.made import write_shop

SETTINGS = """\
[project]
name = "made shop"
currency = "EUR"
[sources.orders]
path = "orders.csv"
columns = { customer_id = "customer", ordered_at = "date", amount = "amount" }
[business]
horizon_days = 30
[training]
cutoffs = 2
rounds = 40
bootstrap_rounds = 40
"""


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    """Run a real Prefect server with a database of its own."""
    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the settings file of a made shop of 400 customers and 300 days, new for a module."""
    folder = tmp_path_factory.mktemp("shop")
    write_shop(folder / "orders.csv", customers=400, days=300, first=date(2024, 1, 1))
    (folder / "stammkunde.toml").write_text(SETTINGS)
    return folder / "stammkunde.toml"
