"""Fits a hybrid model to a plan: the customer base anew at every cutoff, then the trees."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from scipy.special import logit

from contracts.feature_contract import FeatureContract
from forecasting.customer_base import CustomerBase, Expectations, season_of
from forecasting.customers import Customers, Matrix, beside_expectations
from forecasting.hybrid import ColdStart, HybridModel
from forecasting.season import DailyOrders
from forecasting.trees import Target
from training.boosting import Lesson, fit_trees
from training.panel import Floats, Outcomes, Panel
from training.settings import TrainingSettings
from training.splits import FitPlan

_LEAST = 1e-9


@dataclass(frozen=True)
class Course:
    """All that a plan teaches, whatever the settings of the trees.

    `X` is (rows with a label at all cutoffs, features and expectations), `lessons` are by target;
    `base` is the customer base at the date of the plan, `customers` how many the newest cutoff has,
    times the share of all rows that have a label.
    """

    plan: FitPlan
    contract: FeatureContract
    base: CustomerBase
    X: Matrix
    lessons: Mapping[Target, Lesson]
    customers: int
    cold_start: ColdStart | None


def prepare(
    panel: Panel,
    plan: FitPlan,
    targets: Collection[Target],
    *,
    daily: DailyOrders,
    is_net: bool,
) -> Course:
    """Return what a plan teaches; nothing that happened from `plan.as_of` on is looked at.

    At every cutoff the customer base is fitted to what was known then: with later parameters its
    expectations would be too good, and the trees would learn to trust them. `daily` are the order
    days of the whole base, `is_net` whether value is less than the amounts of orders: their margin,
    or what is left of them after refunds.
    """
    base = fit_base(panel.customers_at(plan.as_of), plan.horizon_days, daily=daily)
    taught = [_teach(panel, cutoff, plan, base) for cutoff in plan.cutoffs]
    if is_net:
        base = replace(base, value_share=_value_share(taught))
    return Course(
        plan=plan,
        contract=panel.contract,
        base=base,
        X=np.concatenate([each.X for each in taught]),
        lessons={target: _lesson(target, taught, base.value_share) for target in targets},
        customers=learnt_from(
            taught[-1].customers,
            rows=sum(each.customers for each in taught),
            labelled=sum(len(each.X) for each in taught),
        ),
        cold_start=panel.newcomers.get((plan.cutoffs[-1], plan.learnt_days)),
    )


def fit_hybrid(course: Course, *, settings: TrainingSettings, threads: int) -> HybridModel:
    """Return the model that a course teaches."""
    trees = fit_trees(
        course.lessons, course.X,
        feature_names=course.contract.names, settings=settings, threads=threads,
    )  # fmt: skip
    return HybridModel(
        horizon_days=course.plan.horizon_days,
        contract=course.contract,
        base=course.base,
        trees=trees,
        customers=course.customers,
        stretch=course.plan.stretch,
        cold_start=course.cold_start,
    )


@dataclass(frozen=True)
class _Taught:
    """The labelled rows of one cutoff: matrix, what was expected of them, and what followed.

    `customers` counts the others as well.
    """

    X: Matrix
    expected: Expectations
    followed: Outcomes
    customers: int


def learnt_from(customers: int, *, rows: int, labelled: int) -> int:
    """Return how many customers a fit counts as, of whose rows so many have a label."""
    return round(customers * labelled / rows) if rows else 0


def fit_base(seen: Customers, horizon_days: int, *, daily: DailyOrders) -> CustomerBase:
    """Return the base of customers at a date, in the season learnt from the days before it."""
    season = season_of(daily.before(seen.day), seen.seen_in)
    weeks = season.weeks_ahead(seen.day, horizon_days)
    return CustomerBase.fit(seen.seen_in(season), season=season, weeks=weeks)


def _teach(panel: Panel, cutoff: date, plan: FitPlan, near: CustomerBase) -> _Taught:
    """Return what one cutoff teaches; `near` is the base at the date of the plan.

    Bases know all customers: who is treated later had the same past.
    """
    customers = panel.customers_at(cutoff)
    season, seen = near.season, customers.seen_in(near.season)
    weeks = season.weeks_ahead(customers.day, plan.learnt_days)
    expected = CustomerBase.fit(seen, season=season, weeks=weeks, start=near).expect(seen, weeks)
    followed = panel.at([cutoff]).outcomes[plan.learnt_days]
    X, is_known = beside_expectations(customers, expected, weeks), followed.is_known
    if is_known.all():
        return _Taught(X, expected, followed, len(X))
    return _Taught(X[is_known], expected.rows(is_known), followed.rows(is_known), len(X))


def _value_share(taught: list[_Taught]) -> float:
    """Return what the value of the horizons was, over what as many orders are worth."""
    value = sum((each.followed.spent * each.followed.weights).sum() for each in taught)
    worth = sum(
        (each.followed.orders * each.expected.order_value * each.followed.weights).sum()
        for each in taught
    )
    return float(value / worth) if worth > 0 else 1.0


def _lesson(target: Target, taught: list[_Taught], value_share: float) -> Lesson:
    def all_of(part: Callable[[_Taught], Floats]) -> Floats:
        return np.concatenate([part(each) for each in taught])

    are_alike = all(each.followed.weight is None for each in taught)
    weight = None if are_alike else all_of(lambda each: each.followed.weights)
    if target is Target.NO_ORDER:
        return Lesson(
            all_of(lambda each: each.followed.churned),
            all_of(lambda each: logit(each.expected.no_order)),
            weight,
        )
    if target is Target.ORDERS:
        return Lesson(
            all_of(lambda each: each.followed.orders),
            all_of(lambda each: np.log(each.expected.orders)),
            weight,
        )
    return Lesson(
        all_of(lambda each: each.followed.spent),
        all_of(lambda each: np.log(np.maximum(value_share * each.expected.value, _LEAST))),
        weight,
    )
