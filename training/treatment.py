"""Who was treated while a label was watched, and whose word counts for them.

Campaigns contact the customers of highest risk and keep some of them. Whoever learns from that as
if nobody had been contacted learns that high risk stays.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from contracts.leaving import Cause
from contracts.schema import SNAPSHOT_KEY
from training.labels import LABEL_KEY

# A control never counts for more: a handful must not speak for thousands.
MOST_WEIGHT = 20.0


def with_control(contacts: ir.Table) -> ir.Table:
    """Return the contacts of those campaigns that left somebody alone.

    What customers would do without the others nobody can tell: they belong to business as usual.
    """
    controlled = contacts.filter(_.arm == "holdout").select("campaign_id").distinct()
    return contacts.semi_join(controlled, "campaign_id")


def find_treated(labels: ir.Table, contacts: ir.Table, *, are_weighted: bool) -> ir.Table:
    """Return the rows of `labels` with a contact in `[cutoff, cutoff + horizon)`, keyed like them.

    Contacts of an earlier day are features. `is_treated` says that some contact was made; without
    an arm one was. The others are controls: of all the campaigns in that time in the holdout.
    `weight` is 0 of the treated, and 1 of controls; where these `are_weighted`, 1 / (share of
    controls), at most `MOST_WEIGHT`: inverse probability weighting (Horvitz and Thompson 1952, "A
    generalization of sampling without replacement from a finite universe"). `has_control` says
    whether anybody was left alone beside the customer.

    The share is that among the customers of the cutoff and horizon whom the same campaign chose and
    no other had treated before, apart for those whom an earlier one had left alone: in a holdout
    that is the same for all campaigns they are left alone again. Shares of several campaigns are
    multiplied.
    """
    return (
        _choices(labels, contacts)
        .group_by(*LABEL_KEY)
        .agg(
            is_treated=_.is_treated.any(),
            log_weight=-_.share.nullif(0.0).ln().sum(),
            has_control=_.share.min() > 0,
        )
        .select(
            *LABEL_KEY, "is_treated", "has_control",
            weight=ibis.ifelse(
                _.is_treated, 0.0,
                ibis.least(_.log_weight.exp().round(9), MOST_WEIGHT) if are_weighted else 1.0,
            ),
        )
    )  # fmt: skip


def _choices(labels: ir.Table, contacts: ir.Table) -> ir.Table:
    """Return one row per label and campaign that chose the customer, none after the first contact.

    Columns: is_treated, and share, that of controls among the customers alike.
    """
    asked = labels.select(*LABEL_KEY)
    logged = contacts.select(
        "customer_id", "campaign_id", "contacted_at", contacted_on=_.contacted_at.date(),
        is_treated=_.arm.fill_null("treated") != "holdout",
    )  # fmt: skip
    chosen = (
        asked.join(
            logged,
            [
                asked.customer_id == logged.customer_id,
                logged.contacted_on >= asked.snapshot_date,
            ],
        )
        .filter(_.contacted_on.delta(_.snapshot_date, unit="day") < _.horizon_days)
        .group_by(*LABEL_KEY, "campaign_id")
        .agg(is_treated=_.is_treated.any(), began=_.contacted_at.min())
    )
    before = ibis.window(group_by=LABEL_KEY, order_by=["began", "campaign_id"], preceding=(None, 1))
    untreated = chosen.mutate(
        earlier=_.campaign_id.count().over(before),
        treated_before=_.is_treated.cast("int64").sum().over(before).fill_null(0),
    ).filter(_.treated_before == 0)
    alike = ibis.window(group_by=["snapshot_date", "horizon_days", "campaign_id", "was_left_alone"])
    return untreated.mutate(was_left_alone=_.earlier > 0).mutate(
        share=(~_.is_treated).cast("float64").mean().over(alike)
    )


def without_treated(labels: ir.Table, treatment: ir.Table) -> ir.Table:
    """Return the labels with NULL for what followed treated rows, and how much each `weight` is.

    What they would have done untreated nobody knows. `treatment` is that of `find_treated`.
    """
    outcomes = [name for name in labels.columns if name not in LABEL_KEY]
    beside = labels.left_join(treatment, LABEL_KEY)
    is_treated = beside.is_treated.fill_null(False)
    return beside.select(
        *LABEL_KEY,
        **{name: ibis.ifelse(is_treated, None, beside[name]) for name in outcomes},
        weight=beside.weight.fill_null(1.0),
    )


def count_treated(labels: ir.Table, treatment: ir.Table, members: ir.Table) -> ir.Table:
    """Return what treatment takes from the labels of `members`, keyed by cutoff and horizon_days.

    `members` are the customers at dates that a model is about. Columns, all counts of rows: rows,
    excluded (treated), weighted (controls that count for more than one), churners,
    excluded_churners, and without_control (excluded, with nobody to count for them).
    """
    causes = [labels[cause] for cause in Cause if cause in labels.columns]
    left = sum(causes[1:], causes[0]) > 0 if causes else labels.orders == 0
    rows = labels.mutate(has_left=left).semi_join(members, SNAPSHOT_KEY)
    beside = rows.left_join(treatment, LABEL_KEY).mutate(
        is_treated=_.is_treated.fill_null(False), weight=_.weight.fill_null(1.0),
    )  # fmt: skip
    return beside.group_by("snapshot_date", "horizon_days").agg(
        rows=_.count(),
        excluded=_.count(where=_.is_treated),
        weighted=_.count(where=_.weight > 1),
        churners=_.count(where=_.has_left),
        excluded_churners=_.count(where=_.has_left & _.is_treated),
        without_control=_.count(where=_.is_treated & ~_.has_control),
    )
