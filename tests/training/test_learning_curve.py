"""A learning curve is of twins that learnt from fewer customers, judged on the same holdout."""

from __future__ import annotations

import pytest

from tests.panels import CUSTOMERS, anew, fitted_models, lessons_of, small_lessons, small_models
from training.kinds import CHURN, CLV
from training.learning_curve import learning_curve
from training.model_kind import ModelKind


@pytest.mark.parametrize("kind", [CHURN, CLV], ids=lambda kind: kind.name)
def test_the_curve_ends_at_the_model_itself(kind: ModelKind) -> None:
    judged = small_models()[kind.name].judged
    curve = learning_curve(judged, small_lessons())
    assert [point.customers for point in curve] == [100, 200, judged.model.customers]
    assert curve[-1].value == judged.judgement.metrics[kind.headline]
    assert len({point.value for point in curve}) == 3


def test_more_customers_teach_more() -> None:
    quick = lessons_of(CUSTOMERS).settings.model_copy(update={"rounds": 40})
    lessons = anew(lessons_of(CUSTOMERS), settings=quick)
    curve = learning_curve(fitted_models()["churn"].judged, lessons)
    assert curve[0].customers == 100
    assert curve[-1].value > curve[0].value + 0.05


def test_draws_in_which_too_few_churned_are_left_out() -> None:
    lessons = small_lessons()
    many = lessons.settings.model_copy(update={"min_churners": 150})
    curve = learning_curve(small_models()["churn"].judged, anew(lessons, settings=many))
    assert 100 not in {point.customers for point in curve}
    assert curve[-1].customers > 200
