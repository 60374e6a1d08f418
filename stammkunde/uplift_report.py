"""What campaigns changed, as lines to read and as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from stammkunde.report import aligned

if TYPE_CHECKING:
    from flows.uplift import Arms, CampaignUplift, UpliftReport

_HEAD = (
    "risk", "contacted", "of them left", "left alone", "of them left", "difference",
    "90 % interval",
)  # fmt: skip
_COLUMNS = (
    "campaign_id", "scores_as_of", "risk_from", "risk_to", "contacted", "contacted_left",
    "left_alone", "left_alone_left", "difference", "low", "high",
)  # fmt: skip
_RISK_IS_NOT_UPLIFT = (
    "Risk is not uplift: a high risk says who may leave, not who stays because of a contact. Only "
    "the difference between both arms says what contacts changed: below 0 fewer left, above 0 "
    "more. An interval with 0 in it shows neither."
)


def uplift_report(report: UpliftReport) -> list[str]:
    """Return a table per campaign, or what is missing, and what must not be read into it."""
    left = "no contract at the end of" if report.is_contract else "no order in"
    head = [
        f"as of {report.as_of}; left: {left} the {report.horizon_days} days from the contact on",
        "",
    ]
    parts = [line for each in report.campaigns for line in (*_of_campaign(each), "")]
    return [*head, *parts, _RISK_IS_NOT_UPLIFT]


def write_uplift(report: UpliftReport, file: Path) -> None:
    """Write a row per campaign, without a risk, and one per group by risk."""
    with file.open("w", newline="", encoding="utf-8") as opened:
        rows = csv.writer(opened)
        rows.writerow(_COLUMNS)
        for each in report.campaigns:
            if each.whole is not None:
                rows.writerow([each.campaign.campaign_id, "", "", "", *_figures(each.whole)])
            for group in each.groups:
                risk = (f"{group.least:.4f}", f"{group.greatest:.4f}")
                rows.writerow(
                    [each.campaign.campaign_id, each.scored_as_of, *risk, *_figures(group.arms)]
                )


def _of_campaign(found: CampaignUplift) -> Iterator[str]:
    campaign = found.campaign
    called = f" ({campaign.name})" if campaign.name else ""
    yield (
        f"campaign {campaign.campaign_id}{called}, begun on {campaign.starts_on}: "
        f"{campaign.treated:,} contacted, {campaign.holdout:,} left alone"
    )
    if found.whole is None:
        yield f"nothing to tell: {found.missing}"
        return
    groups = [
        (f"{each.least:.3f} to {each.greatest:.3f}", *_cells(each.arms)) for each in found.groups
    ]
    yield from aligned([_HEAD, ("all", *_cells(found.whole)), *groups], right=set(range(1, 6)))
    if found.scored_as_of is None:
        yield "by risk nothing can be told: no scores had been published when it began"
        return
    told = f"risk as published as of {found.scored_as_of}"
    if found.mean_risk is not None:
        told += "; on average {:.3f} of the contacted and {:.3f} of those left alone".format(
            *found.mean_risk
        )
    yield told
    if not found.groups:
        yield "by risk nothing can be told: too few customers with a risk in an arm"
    if found.unscored:
        yield f"no risk was published of {found.unscored:,}: they count in the first line only"


def _cells(arms: Arms) -> tuple[str, ...]:
    low, high = arms.interval
    return (
        f"{arms.treated:,}", f"{arms.treated_share:.1%}", f"{arms.holdout:,}",
        f"{arms.holdout_share:.1%}", f"{100 * arms.difference:+.1f} points",
        f"{100 * low:+.1f} to {100 * high:+.1f}",
    )  # fmt: skip


def _figures(arms: Arms) -> tuple[str | int, ...]:
    return (
        arms.treated, arms.treated_left, arms.holdout, arms.holdout_left,
        *(f"{value:.4f}" for value in (arms.difference, *arms.interval)),
    )  # fmt: skip
