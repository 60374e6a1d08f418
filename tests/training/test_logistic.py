"""The logistic regression is an honest rival: fitted before the holdout, no worse than a rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import log_loss

from tests.panels import CUSTOMERS, HOLDOUT, HORIZON_DAYS, SPLIT, lessons_of, turned, with_outcomes
from training.logistic import Logistic
from training.models import FittedModel


def test_it_knows_more_than_recency_and_states_probabilities(
    fitted: dict[str, FittedModel],
) -> None:
    judgement = fitted["churn"].judged.judgement
    logistic = judgement.peers["logistic regression"]
    assert logistic["auc"] > judgement.rules["recency"]["auc"] - 0.01
    assert logistic["calibration_error"] < 0.15
    truth = fitted["churn"].judged.truth
    stated = fitted["churn"].judged.peers["logistic regression"]
    assert log_loss(truth, stated) < log_loss(truth, np.full(len(truth), truth.mean()))


def test_nothing_from_the_holdout_on_is_learnt_from() -> None:
    panel = lessons_of(CUSTOMERS).panel
    changed = with_outcomes(panel, turned, at=[HOLDOUT])
    seen = panel.customers_at(HOLDOUT)
    np.testing.assert_array_equal(
        Logistic.fit(changed, SPLIT.judged, lost_after_days=90).no_order(seen),
        Logistic.fit(panel, SPLIT.judged, lost_after_days=90).no_order(seen),
    )


def test_who_was_lost_teaches_nothing() -> None:
    panel = lessons_of(CUSTOMERS).panel
    seen = panel.customers_at(HOLDOUT)
    at_risk = panel.rows(panel.feature("days_since_last_order") <= 90)
    np.testing.assert_array_equal(
        Logistic.fit(at_risk, SPLIT.judged, lost_after_days=900).no_order(seen),
        Logistic.fit(panel, SPLIT.judged, lost_after_days=90).no_order(seen),
    )


def test_a_shorter_horizon_that_was_learnt_from_is_stretched() -> None:
    panel = lessons_of(CUSTOMERS).panel
    seen = panel.customers_at(HOLDOUT)
    whole = Logistic.fit(panel, SPLIT.judged, lost_after_days=90)
    longer = replace(SPLIT.judged, horizon_days=2 * HORIZON_DAYS)
    twice = Logistic.fit(panel, longer, lost_after_days=90)
    assert twice.no_order(seen) == pytest.approx(whole.no_order(seen) ** 2)
