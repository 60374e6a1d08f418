"""How served models answer: rows are stated date by date, all customers of a date together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from forecasting.customers import Customers
from forecasting.season import Floats


def state_by_date(
    asked: pd.DataFrame,
    names: tuple[str, ...],
    state: Callable[[Customers], Sequence[Floats]],
    *,
    columns: Sequence[str],
) -> pd.DataFrame:
    """Return one row per row asked, in their order, with these columns.

    `asked` has the features `names` and `snapshot_date`; `state` returns of the customers of one
    date an array for each column.
    """
    dates = asked["snapshot_date"].to_numpy().astype("datetime64[D]")
    stated = np.empty((len(asked), len(columns)))
    for day in np.unique(dates):
        rows = dates == day
        X = asked.loc[rows, list(names)].to_numpy(np.float32)
        stated[rows] = np.column_stack(state(Customers(X, names, int(day.astype(int)))))
    return pd.DataFrame(stated, columns=list(columns))
