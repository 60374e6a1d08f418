"""How large the holdout of each campaign must be, from what was published last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from contracts.errors import NotEnoughData, UsageError
from flows.project import open_project
from flows.publishes import publishes_of
from segments.campaign_members import CampaignMembers, count_members
from segments.destinations.published_rows import PublishedFolder
from training.power import Asked, Plan, plan

__all__ = ["Asked", "CampaignMembers", "Plan", "PowerReport", "SegmentPower", "find_power"]


@dataclass(frozen=True)
class SegmentPower:
    """What a holdout can show of one segment; no plan where no risk of its members is known."""

    found: CampaignMembers
    plan: Plan | None
    is_advice: bool


@dataclass(frozen=True)
class PowerReport:
    """All segments that were asked for, the largest first; `share` is left alone."""

    as_of: date
    horizon_days: int
    share: float
    asked: Asked
    segments: tuple[SegmentPower, ...]


def find_power(
    project_file: str, asked: Asked, *, segment: str | None = None, share: float | None = None
) -> PowerReport:
    """Return how large holdouts must be, for the members and risks of the current publish.

    Without `share` it is the one that the publish drew by. Nothing is decided and nothing kept.

    Raises
    ------
    NotEnoughData
        Nothing has been published yet, or nobody was chosen.
    UsageError
        No segment of that name has a campaign, or `share` is none that can be left alone.
    """
    current = [each for each in publishes_of(project_file) if each.is_current]
    if not current:
        raise NotEnoughData(
            "Nothing has been published yet, so nobody knows how large the segments are, and how "
            "likely their members are to leave. Publish first: stammkunde run."
        )
    folder, rules = current[0].folder, open_project(project_file).settings.segments.rules
    counted = count_members(folder)
    if segment is not None and segment not in {each.segment for each in counted}:
        raise UsageError(
            f"No campaign of a segment `{segment}` was published as of {current[0].as_of}. "
            f"There is: {', '.join(sorted(each.segment for each in counted))}."
        )
    facts = PublishedFolder(folder).manifest
    share = facts["holdout_share"] if share is None else share
    found = []
    for each in counted:
        if segment not in {None, each.segment}:
            continue
        is_advice = each.segment in rules and rules[each.segment].is_advice
        reckoned = None
        if each.leaving is not None:
            drawn = 0 if is_advice else share
            reckoned = plan(each.members, each.leaving, share=drawn, asked=asked)
        found.append(SegmentPower(each, reckoned, is_advice=is_advice))
    return PowerReport(current[0].as_of, facts["horizon_days"], share, asked, tuple(found))
