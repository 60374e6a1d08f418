"""All meanings and tellings."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.reasons.of_contact import CONTACT_TELLINGS
from contracts.reasons.of_orders import ORDER_TELLINGS
from contracts.reasons.telling import Telling

TELLINGS: Mapping[str, Telling] = {
    telling.code: telling for telling in (*ORDER_TELLINGS, *CONTACT_TELLINGS)
}

# What a customer is, such as country or age, moves the risk and is never told: nobody can act on
# it, and a campaign that follows it may discriminate. The time of year explains nobody.
NEVER_TOLD = ("profile", "occasion")

MEANINGS: tuple[str, ...] = (
    *dict.fromkeys(telling.meaning for telling in TELLINGS.values()),
    *NEVER_TOLD,
)

# The meaning of what models of order histories state: recency against the own pace.
ORDER_HISTORY = "silence"
