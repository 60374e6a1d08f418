"""What a hybrid model adds up, booster by booster, so that its statements can be explained."""

from __future__ import annotations

import numpy as np
from scipy.special import logit

from forecasting.contributions import Member
from forecasting.customers import EXPECTATION_COLUMNS, Customers, beside_expectations
from forecasting.hybrid import HybridModel
from forecasting.trees import Target

_LEAST = 1e-9


def members_of_risk(model: HybridModel, seen: Customers) -> list[Member]:
    """Return both sets of trees of churn as the model weighs them, in log odds."""
    trees = model.trees[Target.NO_ORDER]
    shares = model.shares
    expected = model.expect(seen)
    weeks = model.base.season.weeks_ahead(seen.day, model.horizon_days)
    corrected = Member(
        trees.corrections,
        beside_expectations(seen, expected, weeks),
        (*seen.names, *EXPECTATION_COLUMNS),
        base_margin=logit(expected.no_order),
        weight=(1 - shares.plain) * shares.correction_of_churn,
        margin_weight=1 - shares.plain,
    )
    plain = Member(
        trees.plain, seen.X, seen.names, base_margin=np.full(len(seen), trees.intercept),
        weight=shares.plain, margin_weight=shares.plain,
    )  # fmt: skip
    return [corrected, plain] if shares.plain else [corrected]


def members_of_value(model: HybridModel, seen: Customers) -> list[Member]:
    """Return the trees of value and of orders as the model weighs them, in logarithms of value.

    They add up to the logarithm of the value but for what is the same for all customers of a
    snapshot.
    """
    shares = model.shares
    expected = model.expect(seen)
    weeks = model.base.season.weeks_ahead(seen.day, model.horizon_days)
    wide = beside_expectations(seen, expected, weeks)
    names = (*seen.names, *EXPECTATION_COLUMNS)
    margin = np.log(np.maximum(expected.value, _LEAST))
    of_value = model.shares.plain_value
    half = (1 - of_value) / 2
    corrected = [
        Member(
            model.trees[target].corrections, wide, names, base_margin=margin,
            weight=half * shares.correction_of_counts, margin_weight=half,
        )
        for target in (Target.VALUE, Target.ORDERS)
    ]  # fmt: skip
    trees = model.trees[Target.VALUE]
    plain = Member(
        trees.plain, seen.X, seen.names, base_margin=np.full(len(seen), trees.intercept),
        weight=of_value, margin_weight=of_value,
    )  # fmt: skip
    return [*corrected, plain] if of_value else corrected
