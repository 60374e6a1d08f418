"""The churn model of contracts on customers of whom it is known what makes them leave."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from contracts.errors import NotEnoughData
from contracts.leaving import Cause
from forecasting.contracts import Leaver, LeavingForecast
from tests.contract_panels import contract_lessons, contract_model, model_of
from tests.panels import HOLDOUT, HORIZON_DAYS, QUICK, SPLIT
from training.by_group import by_group
from training.card_facts import card_facts
from training.grades import Grade, grade
from training.judgement import LOGISTIC
from training.kinds import CHURN, CLV, CONTRACT_CHURN, kind_of
from training.leakage import weigh_features
from training.lessons import Lessons
from training.models import judge_out_of_time
from training.panel import Outcomes, Panel
from training.plots import plots
from training.search import Trial, search
from training.shuffling import check_shuffled


def test_kind_of_business_says_what_churn_is() -> None:
    lessons = contract_lessons()
    assert kind_of("churn", lessons.business) is CONTRACT_CHURN
    assert kind_of("clv", lessons.business) is CLV
    assert kind_of("churn", lessons.business.model_copy(update={"kind": "shop"})) is CHURN


def test_the_model_is_clearly_better_than_every_rule() -> None:
    judged = contract_model().judged.judgement
    assert judged.metrics["auc"] > 0.72
    by_chance = CONTRACT_CHURN.by_chance(judged.base)
    assert judged.is_better
    assert grade(judged, by_chance, over_champion=None).grade in {Grade.A, Grade.B}


def test_a_logistic_regression_counts_in_the_grade() -> None:
    judged = contract_model().judged.judgement
    assert set(judged.peers) == {LOGISTIC, "plain trees"}
    assert set(judged.over_peers) == {LOGISTIC}


def test_all_whose_contract_runs_are_judged_however_long_they_were_silent() -> None:
    judged = contract_model().judged
    assert judged.lost_after_days is None
    assert judged.judgement.rows == len(contract_lessons().panel.at([HOLDOUT]))


def test_probabilities_are_those_that_come_true() -> None:
    judged = contract_model().judged
    assert judged.predicted.mean() == pytest.approx(judged.truth.mean(), abs=0.03)
    assert judged.judgement.metrics["calibration_error"] < 0.06


def test_each_cause_is_judged_beside_leaving_at_all() -> None:
    judged = contract_model().judged.judgement
    for cause in Cause:
        assert f"{cause}_calibration_error" in judged.intervals
        for metric in ("auc", "average_precision", "brier"):
            low, high = judged.intervals[f"{cause}_{metric}"]
            assert low <= judged.metrics[f"{cause}_{metric}"] <= high
    seen = contract_lessons().panel.customers_at(HOLDOUT)
    stated = contract_model().judged.model.forecast(seen)
    assert isinstance(stated, LeavingForecast)
    followed = contract_lessons().panel.at([HOLDOUT]).outcomes[HORIZON_DAYS]
    for cause in Cause:
        expected = roc_auc_score(followed.causes[cause], stated.of(cause))
        assert judged.metrics[f"{cause}_auc"] == pytest.approx(expected)


def test_what_makes_customers_leave_by_one_cause_is_not_told_of_the_other() -> None:
    """A high price makes leave, and small contracts are not paid."""
    model = model_of(contract_model())
    weights = {}
    for cause in Cause:
        line = model.causes[cause].line
        assert line is not None
        X = contract_lessons().panel.X
        place = line.names.index("contract_price")
        weights[cause] = np.corrcoef(X[:, place], line.parts(X)[:, place])[0, 1]
    assert weights[Cause.VOLUNTARY] > 0.9
    assert weights[Cause.PAYMENT] < -0.9


def test_rules_are_those_for_which_there_are_features() -> None:
    lessons = contract_lessons()
    assert set(contract_model().judged.rules) == {
        "newest contract", "highest price", "anniversary near", "tickets",
    }  # fmt: skip
    names = lessons.panel.contract.features
    kept = [place for place, each in enumerate(names) if each.name != "ticket_count_90d"]
    few = replace(
        lessons.panel, X=lessons.panel.X[:, kept],
        contract=replace(lessons.panel.contract, features=tuple(names[n] for n in kept)),
    )  # fmt: skip
    judged = judge_out_of_time(CONTRACT_CHURN, hasty(lessons).of(few, CONTRACT_CHURN))
    assert "tickets" not in judged.rules


def test_a_cause_by_which_nobody_left_is_nearly_impossible_and_not_judged() -> None:
    judged = judge_out_of_time(CONTRACT_CHURN, hasty(contract_lessons(unpaid=False)))
    assert not any(name.startswith("payment") for name in judged.judgement.metrics)
    stated = judged.model.forecast(contract_lessons().panel.customers_at(HOLDOUT))
    assert isinstance(stated, LeavingForecast)
    assert 0 < stated.payment.max() < 0.001 < stated.voluntary.min()


def test_of_a_rare_cause_only_its_share_is_stated() -> None:
    lessons = contract_lessons()
    rare = with_causes(lessons.panel, payment_every=400)
    model = hasty(lessons).of(rare, CONTRACT_CHURN).model(CONTRACT_CHURN, SPLIT.judged)
    leaver = model_of(replace(contract_model(), model=model)).causes[Cause.PAYMENT]
    taught = rare.at(SPLIT.judged.cutoffs).outcomes[HORIZON_DAYS]
    assert leaver == Leaver(leaver.intercept)
    assert leaver.intercept == pytest.approx(np.log(taught.causes[Cause.PAYMENT].mean()), abs=0.3)


def test_nothing_after_the_holdout_is_learnt_from() -> None:
    lessons = hasty(contract_lessons())
    later = lessons.panel.snapshot_dates >= np.datetime64(HOLDOUT)
    panel = lessons.panel
    followed = panel.outcomes[HORIZON_DAYS]
    turned = {
        Cause.VOLUNTARY: np.where(later, followed.churned == 0, followed.causes[Cause.VOLUNTARY]),
        Cause.PAYMENT: np.where(later, 0.0, followed.causes[Cause.PAYMENT]),
    }
    other = replace(panel, outcomes={HORIZON_DAYS: replace(followed, causes=turned)})
    found = judge_out_of_time(CONTRACT_CHURN, lessons.of(other, CONTRACT_CHURN))
    expected = judge_out_of_time(CONTRACT_CHURN, lessons)
    np.testing.assert_array_equal(found.predicted, expected.predicted)
    assert not np.array_equal(found.truth, expected.truth)


def test_causes_are_judged_on_the_customers_of_whom_it_is_known() -> None:
    """As where campaigns contacted every third customer after the holdout."""
    lessons = hasty(contract_lessons())
    panel, followed = lessons.panel, lessons.panel.outcomes[HORIZON_DAYS]
    hidden = (panel.snapshot_dates == np.datetime64(HOLDOUT)) & (np.arange(len(panel)) % 3 == 0)
    causes = {cause: np.where(hidden, np.nan, left) for cause, left in followed.causes.items()}
    known = replace(followed, causes=causes, orders=np.where(hidden, np.nan, followed.orders))
    less = replace(panel, outcomes={HORIZON_DAYS: known})
    judged = judge_out_of_time(CONTRACT_CHURN, lessons.of(less, CONTRACT_CHURN))
    here = (panel.snapshot_dates == np.datetime64(HOLDOUT)) & ~hidden
    stated = judged.model.forecast(panel.customers_at(HOLDOUT))
    assert isinstance(stated, LeavingForecast)
    of_known = stated.rows(~hidden[panel.snapshot_dates == np.datetime64(HOLDOUT)])
    for cause in Cause:
        expected = roc_auc_score(followed.causes[cause][here], of_known.of(cause))
        assert judged.judgement.metrics[f"{cause}_auc"] == pytest.approx(expected, abs=1e-9)


def test_too_few_who_leave_are_refused_by_name() -> None:
    lessons = hasty(contract_lessons())
    nobody = with_causes(lessons.panel, payment_every=10_000)
    with pytest.raises(NotEnoughData, match="churners at the past cutoffs"):
        judge_out_of_time(CONTRACT_CHURN, lessons.of(nobody, CONTRACT_CHURN))
    strict = lessons.settings.model_copy(update={"min_customers": 1000})
    with pytest.raises(NotEnoughData, match="1000 customers under contract"):
        judge_out_of_time(CONTRACT_CHURN, replace(lessons, settings=strict))


def test_shuffled_outcomes_of_contracts_cannot_be_learnt() -> None:
    lessons = hasty(contract_lessons())

    def dealt(number: int) -> Panel:
        random, panel = np.random.default_rng(number), lessons.panel
        order = np.arange(len(panel))
        for day in SPLIT.dates:
            rows = np.flatnonzero(panel.snapshot_dates == np.datetime64(day))
            order[rows] = random.permutation(rows)
        return replace(panel, outcomes={HORIZON_DAYS: in_order(panel, order)})

    assert check_shuffled(CONTRACT_CHURN, lessons, dealt).leaks == ()


def test_search_tries_other_settings_of_the_trees() -> None:
    lessons = hasty(contract_lessons())
    settings = lessons.settings.model_copy(update={"search_trials": 2, "rounds": 40})
    told: list[Trial] = []
    best, trials = search(replace(lessons, settings=settings), SPLIT, tell=told.append)
    assert told == list(trials)
    assert trials[0].log_loss != trials[1].log_loss
    assert best == min(trials, key=lambda trial: trial.log_loss).settings


def test_cards_charts_and_audits_know_models_of_contracts() -> None:
    fitted = contract_model()
    facts = card_facts(fitted, families={"ticket_count_90d": "service"})
    assert facts["customers"] == 600
    assert {each["family"] for each in facts["families"]} == {"service", "others"}
    assert sum(each["gain"] for each in facts["families"]) == pytest.approx(1.0)
    assert {"calibration", "feature_gain", "effects", "profit"} <= set(plots(fitted.judged))
    weighed = {each.name: each for each in weigh_features(fitted.judged)}
    assert weighed["ticket_count_90d"].auc > weighed["noise"].auc
    groups, _ = by_group(fitted.judged)
    assert {group.attribute for group in groups} == {"days since the contract began"}


def hasty(lessons: Lessons) -> Lessons:
    """Return lessons that are learnt in a moment."""
    quick = QUICK.model_copy(update={"rounds": 15, "bootstrap_rounds": 20})
    return replace(lessons, settings=quick, splits={"churn": replace(SPLIT, earlier=None)})


def in_order(panel: Panel, order: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Outcomes:
    followed = panel.outcomes[HORIZON_DAYS]
    causes = {cause: has_left[order] for cause, has_left in followed.causes.items()}
    return Outcomes(
        followed.orders[order], followed.value[order], followed.wait_days[order], causes
    )


def with_causes(panel: Panel, *, payment_every: int) -> Panel:
    """Return the panel in which every so many rows left unpaid, and with 400 others voluntarily."""
    followed = panel.outcomes[HORIZON_DAYS]
    unpaid = (np.arange(len(panel)) % payment_every == 0).astype(float)
    of_own_will = followed.causes[Cause.VOLUNTARY] * (1 - unpaid) * (payment_every < 1000)
    causes = {Cause.VOLUNTARY: of_own_will, Cause.PAYMENT: unpaid}
    return replace(panel, outcomes={HORIZON_DAYS: replace(followed, causes=causes)})
