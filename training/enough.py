"""Whether a panel holds enough to learn from, and a holdout enough to judge by."""

from __future__ import annotations

from contracts.errors import NotEnoughData
from training.panel import Outcomes, Panel
from training.settings import TrainingSettings
from training.splits import FitPlan, Split
from training.treated_rows import treated_remark


def check_enough(panel: Panel, horizon_days: int, settings: TrainingSettings) -> None:
    """Refuse to learn from too little.

    Raises
    ------
    NotEnoughData
        Too few customers, churners or customers who stayed at the cutoffs of the panel.
    """
    are_contracts = bool(panel.outcomes[horizon_days].causes)
    remark = treated_remark(panel.treated, panel.cutoffs, horizon_days)
    panel = panel.rows(panel.outcomes[horizon_days].is_known)
    newest = int((panel.snapshot_dates == panel.snapshot_dates.max()).sum()) if len(panel) else 0
    churners = int(panel.outcomes[horizon_days].churned.sum())
    found = {
        "customers under contract" if are_contracts else "customers with orders": (
            newest,
            settings.min_customers,
            "min_customers",
        ),
        "churners": (churners, settings.min_churners, "min_churners"),
        "customers who stayed": (len(panel) - churners, settings.min_churners, "min_churners"),
    }
    for what, (has, needs, setting) in found.items():
        if has < needs:
            raise NotEnoughData(
                f"Training needs {needs} {what} at the past cutoffs and has {has}. Deliver more "
                f"history or customers, change `horizon_days` under [business], or lower "
                f"`{setting}` under [training] if you accept a weaker model.{remark}"
            )


def check_left_enough(panel: Panel, plan: FitPlan, settings: TrainingSettings) -> None:
    """Refuse a plan of whose rows campaigns left too few; where nobody was treated none is.

    Raises
    ------
    NotEnoughData
        As `check_enough` does.
    """
    if panel.treated:
        check_enough(panel.at(plan.cutoffs), plan.learnt_days, settings)


def check_value(followed: Outcomes) -> None:
    """Refuse to learn value where there is none.

    Raises
    ------
    NotEnoughData
        No order after the past cutoffs has a value.
    """
    if not followed.spent[followed.is_known].any():
        raise NotEnoughData(
            "No order of the past cutoffs has a value, so there is no customer value to learn. "
            "Deliver amounts (or `margin`, if that is the `value_basis` under [business])."
        )


def check_both_outcomes(holdout: Panel, split: Split) -> None:
    """Refuse to judge by the customers at risk at a holdout where all of them did the same.

    Raises
    ------
    NotEnoughData
        Of the customers at risk nobody churned, or all did.
    """
    followed = holdout.outcomes[split.judged.horizon_days]
    churners, customers = int(followed.churned.sum()), len(followed.orders)
    if 0 < churners < customers:
        return
    who = "no churner" if churners == 0 else "nobody who stayed"
    raise NotEnoughData(
        f"Of {customers} customers at risk on {split.holdout}, the following "
        f"{split.judged.horizon_days} days show {who}: nothing can be judged. "
        "Choose another horizon under [business], or deliver more customers."
        + treated_remark(holdout.treated, [split.holdout], split.judged.horizon_days)
    )
