"""What a model of contracts adds up, so that its statements can be explained, cause by cause."""

from __future__ import annotations

import numpy as np

from contracts.leaving import Cause
from forecasting.contracts import ContractModel, share_of_trees
from forecasting.contributions import Member, Part, StraightMember
from forecasting.customers import Customers


def members_of_leaving(model: ContractModel, seen: Customers, cause: Cause) -> list[Part]:
    """Return the line and the trees of a cause as the model weighs them, in log odds.

    Empty where nothing is known of who leaves by it: all then have the same chance.
    """
    leaver, share = model.causes[cause], share_of_trees(model.customers)
    parts: list[Part] = []
    if leaver.line is not None:
        parts.append(StraightMember(leaver.line, seen.X, 1 - share))
    if leaver.trees is not None:
        start = np.full(len(seen), leaver.intercept)
        parts.append(Member(leaver.trees, seen.X, seen.names, start, share, share))
    return parts
