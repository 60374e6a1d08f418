"""Counts whom the campaigns of a publish chose, and how likely they were to leave."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from contracts.errors import NotEnoughData
from segments.destinations.layout import CONTACTS
from segments.destinations.published_rows import PublishedFolder
from segments.holdout import HOLDOUT


@dataclass(frozen=True)
class CampaignMembers:
    """The campaign of one segment: its members, contacted or left alone.

    `leaving` is their mean churn probability, of those `with_risk`; None where nobody has one.
    """

    segment: str
    members: int
    held_out: int
    with_risk: int
    leaving: float | None


def count_members(folder: Path) -> list[CampaignMembers]:
    """Return the campaigns of a published folder, the largest first.

    Raises
    ------
    NotEnoughData
        It was published without a treatment log, or its campaigns chose nobody.
    """
    published = PublishedFolder(folder)
    rows = published.contacts if (folder / CONTACTS).is_file() else None
    if not rows:
        raise NotEnoughData(
            f"The publish as of {published.as_of} chose nobody: its {CONTACTS} "
            f"{'has no rows' if rows is not None else 'is missing'}. "
            "Publish again: stammkunde segment."
        )
    scores = pq.read_table(folder / "scores.parquet", columns=["customer_id", "churn_probability"])
    place = pc.index_in(rows["customer_id"], value_set=scores["customer_id"])
    # The id of a campaign is that of its segment and the date.
    name = pc.utf8_slice_codeunits(rows["campaign_id"], 0, -len(f" {published.as_of}"))
    rows = (
        rows.append_column("segment", name)
        .append_column("risk", scores["churn_probability"].take(place))
        .append_column("is_held", pc.cast(pc.equal(rows["arm"], HOLDOUT), "int64"))
    )
    found = rows.group_by("segment").aggregate([
        ("customer_id", "count"), ("is_held", "sum"), ("risk", "count"), ("risk", "mean"),
    ])  # fmt: skip
    counted = [
        CampaignMembers(
            row["segment"], row["customer_id_count"], row["is_held_sum"], row["risk_count"],
            row["risk_mean"],
        )
        for row in found.to_pylist()
    ]  # fmt: skip
    return sorted(counted, key=lambda each: (-each.members, each.segment))
