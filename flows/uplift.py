"""What campaigns changed, by the risk that was published when they began."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import ibis
import ibis.expr.types as ir
from ibis import _

from contracts.errors import NotEnoughData, UsageError
from features.stream import known_by
from flows.canonical import canonical_tables, subscriptions_of
from flows.dates import settle_as_of
from flows.names import TableRefs
from flows.project import Project, open_project
from segments.published import Published, published_by
from training.campaign_uplift import Campaign, CampaignUplift, measure_uplift
from training.contacted import campaign_times, chosen_by_campaigns, who_left, who_left_contracts
from training.uplift import Arms, RiskGroup
from warehouse.lake import Lake

__all__ = ["Arms", "Campaign", "CampaignUplift", "RiskGroup", "UpliftReport", "find_uplift"]

_REMEDY = (
    "Leave one in ten of the customers of every campaign alone, drawn at random before it begins, "
    'and deliver them in `contacts` too, with arm "holdout" and the day on which they would have '
    "been contacted."
)


@dataclass(frozen=True)
class UpliftReport:
    """All campaigns that were asked for, the first to begin first."""

    as_of: date
    horizon_days: int
    is_contract: bool
    campaigns: tuple[CampaignUplift, ...]


def find_uplift(
    project_file: str,
    *,
    campaign: str | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> UpliftReport:
    """Return what each campaign changed by a day: who left, contacted and left alone.

    Nothing is ingested and nothing is kept: the tables are those of the last ingest.

    Raises
    ------
    NotEnoughData
        No contacts have come, or no campaign has both arms.
    UsageError
        There is no campaign of that id.
    """
    project = open_project(project_file)
    business = project.settings.business
    refs = canonical_tables.fn(project_file, known_at)
    if "contacts" not in refs:
        raise NotEnoughData(
            "No table `contacts` has come, so nobody knows whom campaigns contacted. Deliver "
            f"campaign_id, customer_id, contacted_at, channel and arm. {_REMEDY}"
        )
    day = settle_as_of.fn(project_file, refs["orders"], as_of)
    with project.open_lake() as lake:
        logged = known_by(lake.table(refs["contacts"]), known_at)
        chosen = chosen_by_campaigns(logged.filter(_.contacted_at.date() < day))
        named = known_by(lake.table(refs["campaigns"]), known_at) if "campaigns" in refs else None
        times = campaign_times(named, chosen).to_pyarrow().to_pylist()
        found = []
        for asked in _asked([Campaign(**each) for each in times], campaign, day):
            missing = asked.missing(
                day,
                horizon_days=business.horizon_days,
                lag_days=project.settings.training.label_lag_days,
            )
            if missing is not None:
                found.append(CampaignUplift(asked, missing=missing))
                continue
            followed = _followed(project, lake, refs, chosen, asked, known_at)
            published = published_by(project.outbox, asked.starts_on)
            rows = followed.left_join(_risk(lake, published), "customer_id")
            found.append(
                measure_uplift(
                    asked, rows.select("is_treated", "has_left", "risk").to_pyarrow(),
                    scored_as_of=None if published is None else published.as_of,
                )
            )  # fmt: skip
    return UpliftReport(day, business.horizon_days, business.is_contract, tuple(found))


def _asked(campaigns: list[Campaign], campaign: str | None, day: date) -> list[Campaign]:
    """Return the campaigns to report of: the one that is named, or all."""
    ids = [each.campaign_id for each in campaigns]
    if campaign is not None and campaign not in ids:
        raise UsageError(
            f"No campaign `{campaign}` has contacts before {day}. "
            f"There is: {', '.join(ids) or 'none'}."
        )
    asked = [each for each in campaigns if campaign in {None, each.campaign_id}]
    if not any(each.has_both_arms for each in asked):
        arms = "; ".join(
            f"{each.campaign_id}: {each.treated:,} contacted, {each.holdout:,} left alone"
            for each in asked
        )
        raise NotEnoughData(
            "What a campaign changed shows only beside customers whom it left alone, and none has "
            f"both ({arms or f'no contacts before {day}'}). {_REMEDY}"
        )
    return asked


def _followed(  # noqa: PLR0913, PLR0917 - whom a campaign chose, in what was known when
    project: Project,
    lake: Lake,
    refs: TableRefs,
    chosen: ir.Table,
    campaign: Campaign,
    known_at: datetime | None,
) -> ir.Table:
    """Return the customers of a campaign with whether they left."""
    business = project.settings.business
    members = chosen.filter(_.campaign_id == campaign.campaign_id)
    orders = known_by(lake.table(refs["orders"]), known_at)
    if not business.is_contract:
        return who_left(members, orders, horizon_days=business.horizon_days)
    subscriptions = known_by(lake.table(subscriptions_of(refs)), known_at)
    return who_left_contracts(
        members, orders, subscriptions, horizon_days=business.horizon_days,
        words=business.payment_failure_reasons,
    )  # fmt: skip


def _risk(lake: Lake, published: Published | None) -> ir.Table:
    """Return customer_id and risk of published scores; nobody's where there are none."""
    if published is None:
        return ibis.memtable([], schema={"customer_id": "string", "risk": "float64"})
    rows = lake.engine.read_parquet(str(published.scores))
    return rows.select("customer_id", risk=_.churn_probability)
