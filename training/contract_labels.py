"""Who left their contract within a horizon, and by what: voluntarily, or because nobody paid."""

from __future__ import annotations

from collections.abc import Collection

import ibis.expr.types as ir
from ibis import _

from contracts.leaving import contracts_at, outcome, standing
from contracts.schema import SNAPSHOT_KEY
from training.labels import LABEL_KEY


def under_contract(spine: ir.Table, subscriptions: ir.Table, *, words: Collection[str]) -> ir.Table:
    """Return the rows of a spine, SNAPSHOT_KEY only, whose contract runs to no known end then.

    An end counts as known from the day after it was ingested.
    """
    found = standing(contracts_at(spine, subscriptions, words))
    return found.filter((_.running > 0) & ~_.is_leaving).select(*SNAPSHOT_KEY)


def label_leaving(
    labels: ir.Table, who: ir.Table, subscriptions: ir.Table, *, words: Collection[str]
) -> ir.Table:
    """Return those of `labels` whose contract runs at the cutoff, with how it went on.

    `labels` are those of `training.labels.label_horizons`, `who` are the customers of
    `under_contract` at their dates or more. Added are `voluntary` and `payment`, 1
    where a customer has no contract at the end of `[cutoff, cutoff + horizon)` and the last of them
    ended by that cause, else 0. Whoever changes plans without a gap, or is back by then, has not
    left.
    """
    asked = labels.semi_join(who, SNAPSHOT_KEY)
    contracts = contracts_at(asked.select(*SNAPSHOT_KEY).distinct(), subscriptions, words)
    until = _.snapshot_date.cast("timestamp") + _.horizon_days.as_interval("D")
    horizons = asked.select(*LABEL_KEY).join(contracts, SNAPSHOT_KEY)
    followed = outcome(horizons, LABEL_KEY, until)
    has_left = ~followed.stays
    causes = followed.select(
        *LABEL_KEY,
        voluntary=(has_left & ~followed.is_unpaid).cast("float64"),
        payment=(has_left & followed.is_unpaid).cast("float64"),
    )
    return asked.join(causes, LABEL_KEY)
