"""Campaigns stop some whom the model called risky from leaving; what is learnt after that."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date
from functools import cache, partial

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from contracts.economics import EconomicsSettings
from contracts.errors import NotEnoughData
from contracts.leaving import Cause
from forecasting.calibration import NO_CALIBRATION
from forecasting.churn import Model
from forecasting.season import DailyOrders
from tests.contract_panels import COMPANY
from tests.made import canonical
from tests.panels import AS_OF, HOLDOUT, HORIZON_DAYS, QUICK, SPLIT, anew, small_lessons
from training.kinds import CONTRACT_CHURN, KINDS
from training.lessons import Lessons
from training.models import fit, judge_out_of_time
from training.panel import Outcomes, Panel, read_contract_panel
from training.treated_rows import TreatedRows, read_treated, told_treated, treated_facts
from training.treatment import count_treated, find_treated, without_treated
from warehouse.engine import open_engine
from warehouse.settings import EngineSettings

CUSTOMERS = 2500
# The campaign keeps half of those who would have left, and leaves one in ten alone.
KEPT, HELD = 0.5, 0.1
EARLIER = SPLIT.earlier
assert EARLIER is not None
# The riskiest tenth stands out, and the fifth after it leaves more often than half of that.
TENTHS = np.array([0.8, 0.55, 0.55, *[0.06] * 7])


class Company:
    """Customers under contract, others at every date, how likely each is to leave, and who left.

    After each date a campaign contacts the riskiest tenth.
    """

    def __init__(self) -> None:
        random = np.random.default_rng(11)
        rows = CUSTOMERS * len(SPLIT.dates)
        self.names = [f"c{row:06}" for row in range(rows)]
        self.dates = np.repeat(np.array(SPLIT.dates, "datetime64[D]"), CUSTOMERS)
        place = np.concatenate([random.permutation(CUSTOMERS) for _ in SPLIT.dates])
        tenth = place * 10 // CUSTOMERS
        self.chance = TENTHS[tenth]
        self.features = {
            # What tells the risk says it on a scale that no line follows to the end.
            "contract_price": place + random.normal(0, 20, rows),
            "noise": random.normal(size=rows),
        }
        self.would_leave = random.random(rows) < self.chance
        self.is_chosen = tenth == 0
        self.is_held = self.is_chosen & (random.random(rows) < HELD)
        is_kept = self.is_chosen & ~self.is_held & (random.random(rows) < KEPT)
        self.left = self.would_leave & ~is_kept

    def panel(self, engine: Backend, *, way: str) -> Panel:
        """Return what a model learns from; in the way "no campaigns" there were none."""
        left = (self.would_leave if way == "no campaigns" else self.left).astype(float)
        labels = self._keyed({
            "horizon_days": np.full(len(left), HORIZON_DAYS), "orders": 1 - left,
            "value": 1 - left, "wait_days": np.ones(len(left)),
            Cause.VOLUNTARY: left, Cause.PAYMENT: np.zeros(len(left)),
        })  # fmt: skip
        features = engine.create_table(f"features {way}", self._keyed(self.features))
        stored = known = engine.create_table(f"labels {way}", labels)
        counts: tuple[TreatedRows, ...] = ()
        if way in {"weight", "exclude"}:
            found = find_treated(stored, self._contacts(), are_weighted=way == "weight")
            treatment = engine.create_table(f"treatment {way}", found)
            known = without_treated(stored, treatment)
            counts = read_treated(count_treated(stored, treatment, features))
        panel = read_contract_panel(features, known, features, definitions={})
        return replace(panel, treated=counts)

    def _contacts(self) -> ir.Table:
        return canonical("contacts", [
            {
                "campaign_id": str(self.dates[row]), "customer_id": self.names[row],
                "contacted_at": self.dates[row].astype("datetime64[us]").item(),
                "arm": "holdout" if self.is_held[row] else "treated",
            }
            for row in np.flatnonzero(self.is_chosen).tolist()
        ])  # fmt: skip

    def _keyed(self, columns: dict[str, npt.NDArray[np.float64]]) -> pa.Table:
        return pa.table({"customer_id": self.names, "snapshot_date": self.dates, **columns})


@cache
def company() -> Company:
    return Company()


@pytest.fixture(scope="module")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Lessons]:
    """Return what is learnt in every way that `treated` has, and without campaigns."""
    spill, nothing = tmp_path_factory.mktemp("spill"), DailyOrders(0, np.zeros(1), np.zeros(1))
    with open_engine(EngineSettings(), spill=spill) as engine:
        panels = {
            way: company().panel(engine, way=way)
            for way in ("no campaigns", "keep", "exclude", "weight")
        }
    return {
        way: Lessons(
            panel, nothing, {"churn": SPLIT}, COMPANY, EconomicsSettings(), QUICK, threads=1,
            contracts=panel,
        )
        for way, panel in panels.items()
    }  # fmt: skip


def lift(model: Model, panel: Panel) -> float:
    """Return how much likelier than all the tenth called riskiest is to leave if left alone."""
    risk = model.forecast(panel.customers_at(AS_OF)).churn
    chance = company().chance[company().dates == np.datetime64(AS_OF)]
    riskiest = np.argsort(-risk)[: len(risk) // 10]
    return float(chance[riskiest].mean() / chance.mean())


def test_ours_keeps_the_lift_that_campaigns_take_from_a_naive_retraining(
    lessons: dict[str, Lessons],
) -> None:
    """Campaigns halved churn in the riskiest tenth; judged is what happens without them."""
    models = {way: each.model(CONTRACT_CHURN, SPLIT.final) for way, each in lessons.items()}
    lifts = {way: lift(model, lessons[way].panel) for way, model in models.items()}
    assert lifts["keep"] < lifts["no campaigns"] - 0.5
    for way in ("weight", "exclude"):
        assert lifts[way] == pytest.approx(lifts["no campaigns"], abs=0.1)


def test_probabilities_are_those_of_customers_who_are_left_alone(
    lessons: dict[str, Lessons],
) -> None:
    stated = {}
    for way in ("no campaigns", "keep", "weight"):
        model, panel = lessons[way].model(CONTRACT_CHURN, SPLIT.final), lessons[way].panel
        riskiest = company().is_chosen[company().dates == np.datetime64(AS_OF)]
        stated[way] = model.forecast(panel.customers_at(AS_OF)).churn[riskiest].mean()
    assert stated["keep"] < stated["no campaigns"] - 0.2
    assert stated["weight"] == pytest.approx(stated["no campaigns"], abs=0.06), stated


def test_controls_count_in_the_judgement_for_those_who_are_left_out(
    lessons: dict[str, Lessons],
) -> None:
    judged = {way: judge_out_of_time(CONTRACT_CHURN, lessons[way]) for way in ("exclude", "weight")}
    rows = {each.judgement.rows for each in judged.values()}
    treated = company().is_chosen & ~company().is_held
    assert rows == {CUSTOMERS - int(treated[company().dates == np.datetime64(HOLDOUT)].sum())}
    assert judged["weight"].judgement.base == pytest.approx(TENTHS.mean(), abs=0.03)
    assert judged["exclude"].judgement.base < TENTHS.mean() - 0.04
    metrics, intervals = judged["weight"].judgement.metrics, judged["weight"].judgement.intervals
    assert metrics["lift_top_decile"] > judged["exclude"].judgement.metrics["lift_top_decile"] - 1
    for name in ("auc", "lift_top_decile", "brier", "empc"):
        low, high = intervals[name]
        assert low <= metrics[name] <= high


def test_a_run_says_how_many_rows_are_left_out_and_where_most_churners_are(
    lessons: dict[str, Lessons],
) -> None:
    facts = treated_facts(lessons["weight"].panel.treated, SPLIT)
    assert facts is not None
    treated = company().is_chosen & ~company().is_held
    learnt = np.isin(company().dates, np.array(SPLIT.final.cutoffs, "datetime64[D]"))
    assert facts["excluded"] == (treated & learnt).sum()
    assert facts["weighted"] == (company().is_held & learnt).sum()
    assert facts["excluded_churners"] == (treated & learnt & company().left).sum()
    assert facts["scarce"] == []
    first, second = told_treated(facts)
    assert first.startswith(f"{facts['excluded']:,} of 7,500 rows left out, because a campaign")
    assert second == f"{facts['weighted']:,} controls count for them"
    assert treated_facts(lessons["keep"].panel.treated, SPLIT) is None


def test_cutoffs_that_lost_most_churners_and_campaigns_without_a_holdout_are_named() -> None:
    [cutoff, *_] = SPLIT.final.cutoffs
    lost = TreatedRows(
        cutoff, HORIZON_DAYS, rows=100, excluded=30, weighted=0, churners=20,
        excluded_churners=11, without_control=30,
    )  # fmt: skip
    facts = treated_facts([lost], SPLIT)
    assert facts is not None
    told = told_treated(facts)
    assert told[1].startswith("30 of them have no control: ")
    assert told[2] == f"more than half of the churners are left out at {cutoff}"


def test_too_few_who_are_left_say_what_took_the_others(lessons: dict[str, Lessons]) -> None:
    settings = QUICK.model_copy(update={"min_churners": 1500})
    with pytest.raises(NotEnoughData, match=r"and has \d+\. Deliver .* rows were left out") as told:
        judge_out_of_time(CONTRACT_CHURN, replace(lessons["weight"], settings=settings))
    assert 'treated = "keep"' in str(told.value)
    with pytest.raises(NotEnoughData) as other:
        judge_out_of_time(CONTRACT_CHURN, replace(lessons["keep"], settings=settings))
    assert "left out" not in str(other.value)


def all_treated(lessons: Lessons, cutoffs: Collection[date]) -> Lessons:
    """Return the lessons with nobody left alone at these cutoffs."""
    panel = lessons.panel
    is_gone = np.isin(panel.snapshot_dates, np.array(list(cutoffs), "datetime64[D]"))
    followed = panel.outcomes[HORIZON_DAYS]
    causes = {cause: np.where(is_gone, np.nan, left) for cause, left in followed.causes.items()}
    orders = np.where(is_gone, np.nan, followed.orders)
    outcomes = {HORIZON_DAYS: replace(followed, orders=orders, causes=causes)}
    return lessons.of(replace(panel, outcomes=outcomes), CONTRACT_CHURN)


def test_where_campaigns_left_too_few_of_the_newest_cutoffs_no_model_is_fitted(
    lessons: dict[str, Lessons],
) -> None:
    """Its twin learns from older ones, and can be judged."""
    settings = QUICK.model_copy(update={"min_churners": 500})
    gone = replace(
        all_treated(lessons["weight"], SPLIT.final.cutoffs[:-1]), settings=settings, _fitted={}
    )
    judge_out_of_time(CONTRACT_CHURN, gone)
    with pytest.raises(NotEnoughData, match="rows were left out"):
        fit(CONTRACT_CHURN, gone)


@pytest.mark.parametrize("cutoffs", [EARLIER.cutoffs, SPLIT.trial_cutoffs[:1]])
def test_where_campaigns_left_nobody_to_try_a_calibration_by_there_is_none(
    lessons: dict[str, Lessons], cutoffs: tuple[date, ...]
) -> None:
    gone = all_treated(lessons["weight"], cutoffs)
    assert judge_out_of_time(CONTRACT_CHURN, gone).model.calibration == NO_CALIBRATION


def test_a_fit_counts_as_of_fewer_customers_where_rows_are_left_out(
    lessons: dict[str, Lessons],
) -> None:
    customers = {
        way: lessons[way].model(CONTRACT_CHURN, SPLIT.final).customers for way in ("keep", "weight")
    }
    facts = treated_facts(lessons["weight"].panel.treated, SPLIT)
    assert facts is not None
    assert customers["keep"] == CUSTOMERS
    left = 1 - facts["excluded"] / facts["rows"]
    assert customers["weight"] == pytest.approx(CUSTOMERS * left, abs=1)


def changed(lessons: Lessons, change: Callable[[Outcomes], Outcomes]) -> Lessons:
    outcomes = {days: change(each) for days, each in lessons.panel.outcomes.items()}
    return anew(lessons, panel=replace(lessons.panel, outcomes=outcomes))


def stated(lessons: Lessons, name: str) -> npt.NDArray[np.float64]:
    """Return what the twin of a shop's model states of the holdout."""
    model = judge_out_of_time(KINDS[name], lessons).model
    return KINDS[name].stated(model.forecast(lessons.panel.customers_at(HOLDOUT)))


@pytest.mark.parametrize("name", ["churn", "clv"])
def test_models_of_a_shop_learn_nothing_from_treated_rows_and_more_from_controls(name: str) -> None:
    lessons = small_lessons()
    every = np.arange(len(lessons.panel))
    is_treated, is_control = every % 7 == 0, every % 7 == 1

    def untreated(followed: Outcomes, *, weight: float = 1.0) -> Outcomes:
        orders, value, wait_days = (
            np.where(is_treated, np.nan, each)
            for each in (followed.orders, followed.value, followed.wait_days)
        )
        weights = np.where(is_treated, 0.0, 1 + (weight - 1) * is_control)
        return Outcomes(orders, value, wait_days, weight=weights)

    left_out, weighted = (
        stated(changed(lessons, partial(untreated, weight=weight)), name) for weight in (1.0, 7.0)
    )
    as_it_is = stated(lessons, name)
    alike = stated(changed(lessons, lambda each: replace(each, weight=np.ones(len(every)))), name)
    assert np.array_equal(alike, as_it_is)
    assert np.isfinite(left_out).all()
    for one, other in ((as_it_is, left_out), (left_out, weighted)):
        assert np.abs(one - other).max() > 0.01
