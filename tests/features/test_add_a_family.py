"""What docs/add-a-family.md says works: one file, and the family is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "add-a-family.md"

SCRIPT = """
import sys
import ibis
import features.families
features.families.__path__.append(sys.argv[1])
from datetime import date
from features.catalogue import FAMILIES, build_families, by_stream, switched_on
from features.definitions import definitions
from features.spine import spine
from tests.made import canonical, order

rows = [order("o1", "c", "2024-01-01", "150.00"), order("o2", "c", "2024-06-01", "50.00")]
tables = {"orders": canonical("orders", rows), "customers": canonical("customers", [{"customer_id": "c"}])}
assert "large_orders" in switched_on(tables) and "large_orders" in by_stream(FAMILIES)["orders"]
assert "large_order_share" in definitions()
built = build_families(["large_orders"], spine(tables["customers"], tables["orders"], [date(2024, 7, 1)]), tables)
[row] = ibis.duckdb.connect().to_pyarrow(built).to_pylist()
assert (row["large_order_count_365d"], row["large_order_share"]) == (1, 0.5)
print("found")
"""  # noqa: E501 - a script


def test_the_family_of_the_page_needs_one_file(tmp_path: Path) -> None:
    [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (tmp_path / "large_orders.py").write_text(code)
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, text=True,
        cwd=PAGE.parents[1], check=False,
    )  # fmt: skip
    assert ran.stdout.strip() == "found", ran.stderr
