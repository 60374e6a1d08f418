"""What is asked of the product by its functions, because no command does it: the seams.

A seam is None as long as the product has no such function; its rows then say "-".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from benchmarks.quality.calibration import Floats
from contracts.feature_contract import FeatureContract
from training.boosting import Objective, fit_booster, predict
from training.panel import Panel
from training.settings import TrainingSettings

# (settings file, Mondays) -> customer_id (a number), t (the Monday), score: higher is told first.
# Deliveries go to the last Monday. What is fitted sees nothing from the first Monday on, and the
# score of a Monday nothing from that Monday on.
WeeklyScores = Callable[[Path, Sequence[date]], pd.DataFrame]
WEEKLY_SCORES: WeeklyScores | None = None

# (settings file, samples of customer ids, as of) -> for each sample: model -> chance of no order in
# the horizon, by customer id (a number), of all customers. Models see those of the sample alone.
# `OURS` is what the product predicts with so few, the others the single models it is made of.
Sample = npt.NDArray[np.int64]
SampleChances = Callable[[Path, Sequence[Sample], date], Iterable[Mapping[str, pd.Series]]]
SAMPLE_CHANCES: SampleChances | None = None
OURS = "ours"


def churn_without_time(known: pa.Table, churned: Floats, asked: pa.Table) -> Floats:
    """Return the chance of churn of the rows of `asked`, learnt from those of `known`."""
    contract = FeatureContract.learn(known, {})

    def panel(rows: pa.Table, label: Floats) -> Panel:
        no_dates = np.full(len(label), np.datetime64("NaT", "D"))
        return Panel(contract.matrix(rows), contract, no_dates, label, np.zeros(len(label)))

    booster = fit_booster(
        panel(known, churned), churned, Objective.CHURN, settings=TrainingSettings(), threads=2
    )
    return predict(booster, panel(asked, np.zeros(len(asked))))
