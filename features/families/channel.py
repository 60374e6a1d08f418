"""Where the customer orders, and whether that shifts."""

from __future__ import annotations

from ibis import _

from features.family import Feature, FeatureFamily, ratio, within
from features.streams import ORDERS

CHANNELS = ("store", "web", "app")
_LATELY = within(180)
_IS_KNOWN = _.channel.notnull()


def _shares(channel: str) -> tuple[Feature, Feature]:
    here = _.channel.lower() == channel
    return (
        Feature(
            f"{channel}_share", ratio(_.count(where=here), _.count(where=_IS_KNOWN)), "share",
            f"orders in the channel `{channel}`",
        ),
        Feature(
            f"{channel}_share_180d",
            ratio(_.count(where=here & _LATELY), _.count(where=_IS_KNOWN & _LATELY)), "share",
            f"orders of the last 180 days in the channel `{channel}`",
            absence="no order with a channel in the last 180 days", own_normal=f"{channel}_share",
            told_as=f"{channel}_orders",
        ),
    )  # fmt: skip


CHANNEL = FeatureFamily(
    name="channel",
    stream=ORDERS,
    description="Share of store, web and app in the orders, lately and altogether.",
    absence="no order with a channel yet",
    meaning="channel",
    features=(
        *(feature for channel in CHANNELS for feature in _shares(channel)),
        Feature("channel_count", _.channel.nunique(), "channels", "different channels so far", 0),
    ),
)
