"""An outcome unlike those before it is told once it is known."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from tests.panels import HOLDOUT, small_models
from training.outcome_drift import MeanOutcome, expected_before, outcome_alarm


def rates(*shares: float, customers: int = 2000) -> list[MeanOutcome]:
    return [
        MeanOutcome(
            date(2024, 1, 1) + timedelta(days=30 * place), customers, share,
            float(np.sqrt(share * (1 - share) / customers)),
        )
        for place, share in enumerate(shares)
    ]  # fmt: skip


def test_a_newest_outcome_far_from_those_before_it_is_told() -> None:
    told = outcome_alarm(rates(0.30, 0.31, 0.29, 0.30, 0.45))
    assert told is not None
    assert told.startswith(
        "what followed 2024-04-30 (0.45 on average) is unlike what followed the 4"
    )


@pytest.mark.parametrize(
    "outcomes",
    [
        rates(0.30, 0.31, 0.29, 0.30, 0.32),
        # Those before it differ as much among themselves.
        rates(0.20, 0.45, 0.30, 0.40, 0.46),
        # Of forty customers it may be chance.
        rates(0.30, 0.30, 0.30, 0.30, 0.40, customers=40),
        # Two do not say how much is usual.
        rates(0.30, 0.30, 0.60),
        [],
    ],
    ids=["usual", "varied", "few customers", "few cutoffs", "none"],
)
def test_what_is_usual_or_may_be_chance_is_not_told(outcomes: list[MeanOutcome]) -> None:
    assert outcome_alarm(outcomes) is None


def test_rates_that_only_vary_by_chance_are_told_in_one_of_twenty_at_most() -> None:
    random = np.random.default_rng(8)
    alarms = sum(
        outcome_alarm(rates(*random.binomial(800, 0.3, 6) / 800, customers=800)) is not None
        for _ in range(400)
    )
    assert alarms <= 400 * 0.05


def test_what_is_expected_lies_around_the_mean_of_those_before() -> None:
    expected = expected_before(rates(0.3, 0.2, 0.4, 0.9))
    assert expected is not None
    assert np.mean(expected) == pytest.approx(0.3)


def test_a_model_knows_what_followed_its_cutoffs_up_to_the_holdout() -> None:
    for name, fitted in small_models().items():
        assert [each.cutoff for each in fitted.outcomes] == list(fitted.judged.split.final.cutoffs)
        newest = fitted.outcomes[-1]
        assert newest.cutoff == HOLDOUT, name
        assert newest.mean == pytest.approx(fitted.judged.judgement.base)
        assert newest.customers == fitted.judged.judgement.rows
