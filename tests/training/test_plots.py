"""Charts show what the metrics say, hold no row of a customer, and need no network."""

from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from tests.panels import small_models
from training import metrics
from training.metrics import of_all
from training.models import JudgedModel
from training.plots import plots
from training.plots.charts import page, svg
from training.plots.curves import gains, groups, lift, precision_recall, roc
from training.plots.explaining import effects_of
from training.plots.risk_and_value import draw_risk_and_value

RANDOM = np.random.default_rng(7)
CHURNED = (RANDOM.random(3000) < 0.3).astype(float)
SCORE = 0.4 * CHURNED + RANDOM.random(3000)
MEASURED = of_all(metrics.churn_ranking(CHURNED, SCORE), CHURNED)


def judged(name: str) -> JudgedModel:
    return small_models()[name].judged


def test_the_area_below_the_roc_is_the_auc() -> None:
    curve = roc(CHURNED, SCORE)
    assert (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1]) == (0, 0, 1, 1)
    assert np.trapezoid(curve.y, curve.x) == pytest.approx(MEASURED["auc"], abs=0.005)
    assert len(curve.x) <= 200


def test_the_area_below_precision_and_recall_is_the_average_precision() -> None:
    curve = precision_recall(CHURNED, SCORE)
    area = np.trapezoid(curve.y, curve.x)
    assert area == pytest.approx(MEASURED["average_precision"], abs=0.01)
    assert curve.y[-1] == pytest.approx(CHURNED.mean())


def test_ties_are_alarmed_together() -> None:
    tied = np.ones(3000)
    np.testing.assert_array_equal(roc(CHURNED, tied).x, [0, 1])
    np.testing.assert_array_equal(roc(CHURNED, tied).y, [0, 1])


def test_lift_of_a_tenth_is_the_metric_and_gains_are_its_multiple() -> None:
    of_lift, found = lift(CHURNED, SCORE), gains(CHURNED, SCORE)
    tenth = int(np.argmin(np.abs(of_lift.x - 0.1)))
    assert of_lift.y[tenth] == pytest.approx(MEASURED["lift_top_decile"])
    assert found.y[tenth + 1] == pytest.approx(0.1 * of_lift.y[tenth])
    assert (found.y[0], found.y[-1]) == (0, 1)


def test_tenths_are_of_all_customers_and_hold_their_intervals() -> None:
    probability = np.clip(SCORE / 1.4, 0, 1)
    found = groups(CHURNED, probability, are_shares=True)
    assert [each.place for each in found] == list(range(1, 11))
    assert np.mean([each.predicted for each in found]) == pytest.approx(probability.mean())
    assert np.mean([each.happened for each in found]) == pytest.approx(CHURNED.mean())
    for each in found:
        assert each.low is not None
        assert each.high is not None
        assert 0 <= each.low <= each.happened <= each.high <= 1


def test_effects_are_against_the_mean_customer_and_ordered_by_value() -> None:
    effects = list(effects_of(judged("churn")))
    history = [each for each in effects if each.feature == "order history, before trees"]
    assert [each.part for each in history] == list(range(1, 11))
    assert [each.effect for each in history] == sorted(each.effect for each in history)
    assert np.mean([each.effect for each in history]) == pytest.approx(0, abs=0.05)
    opens = {each.part: each.effect for each in effects if each.feature == "opens"}
    assert opens[1] > opens[10]  # who left opens fewer messages


def test_a_sample_is_explained_where_there_are_many() -> None:
    model = judged("clv")
    times = -(-4500 // len(model.holdout))
    rows = np.tile(np.arange(len(model.holdout)), times)
    many = replace(model.holdout, X=model.holdout.X[rows])
    of_many = {(e.feature, e.part): e.effect for e in effects_of(replace(model, holdout=many))}
    few = {(e.feature, e.part): e.effect for e in effects_of(model)}
    part = ("order history, before trees", 10)
    assert of_many[part] == pytest.approx(few[part], rel=0.3)


ALL = {"gains", "lift", "deciles", "feature_gain", "effects"}


def test_every_model_has_its_charts_as_pictures_and_on_one_page() -> None:
    for name, more in (
        ("churn", {"calibration", "roc", "precision_recall", "profit"}),
        ("clv", set()),
    ):
        charts = plots(judged(name))
        assert set(charts) == ALL | more
        for chart in charts.values():
            picture = svg(chart)
            assert picture.startswith("<svg")
            assert len(picture) < 200_000
        told = page(charts, title=name)
        assert len(told) < 500_000
        assert all(f'<div id="{chart}">' in told for chart in charts)


def test_a_page_loads_nothing_and_names_no_customer() -> None:
    told = page(plots(judged("churn")), title="<churn> & others")
    assert "<title>&lt;churn&gt; &amp; others</title>" in told
    assert re.search(r"(src|href)=|https?:|@import|url\(", told) is None
    packed = re.search(r'id="specs">([^<]+)<', told)
    assert packed is not None
    specs = gzip.decompress(base64.b64decode(packed[1])).decode()
    assert set(json.loads(specs)) == set(plots(judged("churn")))
    assert re.search(r'"c\d{5}"', specs) is None


def test_risk_and_value_counts_each_customer_once_and_takes_one_holdout_only() -> None:
    churn, clv = judged("churn"), judged("clv")
    chart = draw_risk_and_value(churn, clv)
    assert chart is not None
    (counted,) = chart.to_dict()["datasets"].values()
    assert 0.97 * len(churn.truth) <= sum(cell["customers"] for cell in counted) <= len(churn.truth)
    other = replace(clv, split=replace(clv.split, judged=clv.split.final))
    assert draw_risk_and_value(churn, other) is None
