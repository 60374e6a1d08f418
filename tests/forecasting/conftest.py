"""The sample that the papers print their numbers for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from forecasting.histories import Histories

# The papers count weeks from the first purchase to this day, a purchase being at its beginning.
_END = date(1997, 9, 30)


@pytest.fixture(scope="session")
def cdnow(shared_data: Path) -> Histories:
    """Return the CDNOW sample of Fader, Hardie and Lee (2005); values are those of the repeats."""
    file = shared_data / "cdnow" / "cdnow_sample_2357.csv.gz"
    if not file.is_file():
        pytest.skip(f"the CDNOW sample is not at {file}")
    rows = pyarrow.csv.read_csv(
        file, convert_options=pyarrow.csv.ConvertOptions(column_types={"sample_id": pa.string()})
    )
    spent: dict[str, dict[date, float]] = {}
    for row in rows.to_pylist():
        if row["date"] <= _END:
            days = spent.setdefault(row["sample_id"], {})
            days[row["date"]] = days.get(row["date"], 0.0) + row["amount"]
    histories = []
    for bought in spent.values():
        first, *repeats = sorted(bought)
        last = repeats[-1] if repeats else first
        value = np.mean([bought[day] for day in repeats]) if repeats else 0.0
        histories.append(
            (len(repeats), (last - first).days / 7, (_END - first).days / 7, float(value))
        )
    return Histories(*np.array(histories, dtype=np.float64).T)
