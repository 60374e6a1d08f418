"""A project whose deliveries a test writes one by one, and what its store then holds."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from flows.ingest import Ingested, ingest
from flows.project import open_project

HEADER = "id,customer,date,amount\n"
SETTINGS = """\
[project]
name = "made shop"
currency = "EUR"
{project}
[sources.orders]
path = "orders/*.csv"
columns = {{ order_id = "id", customer_id = "customer", ordered_at = "date", amount = "amount" }}
{orders}
{more}
"""


class Shop:
    """A project on disk: settings, a folder of deliveries, and what its tables hold."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.configure()
        (folder / "orders").mkdir()

    def configure(self, *, project: str = "", orders: str = "", more: str = "") -> None:
        text = SETTINGS.format(project=project, orders=orders, more=more)
        (self.folder / "stammkunde.toml").write_text(text)

    def deliver(self, name: str, content: str | bytes | pa.Table) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        if isinstance(content, pa.Table):
            pq.write_table(content, path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def ingest(self, **options: Any) -> Ingested:
        found: Ingested = ingest(str(self.folder / "stammkunde.toml"), **options)
        return found

    def rows(self, table: str, found: Ingested, *columns: str) -> list[tuple[Any, ...]]:
        """Return the rows of a canonical table, sorted."""
        with open_project(self.folder / "stammkunde.toml").open_lake() as lake:
            rows = lake.table(found.tables[table]).select(*columns).to_pyarrow().to_pylist()
            assert lake.row_count(found.tables[table]) == len(rows)
        return sorted((tuple(row.values()) for row in rows), key=str)

    def orders(self, found: Ingested) -> dict[str, Decimal]:
        rows = self.rows("orders", found, "order_id", "amount")
        assert len({row[0] for row in rows}) == len(rows)
        return dict(rows)

    def batches(self, table: str = "orders") -> list[dict[str, int]]:
        history = open_project(self.folder / "stammkunde.toml").store.history()
        return [each.batch.counts for each in history.get(table, [])]

    def quarantined(self, table: str = "orders") -> list[dict[str, Any]]:
        folder = self.folder / "data" / "quarantine" / table
        return [
            row for path in sorted(folder.glob("*/rows.parquet"))
            for row in pq.read_table(path).to_pylist()
        ]  # fmt: skip


def lines(numbers: range, *, amount: str = "10.00", day: str = "2024-03-01") -> str:
    return "".join(f"o{number:04},c{number % 50:02},{day},{amount}\n" for number in numbers)
