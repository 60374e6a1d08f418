"""Contributions add up to what the ensemble predicts, whatever its members were fitted on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
import xgboost as xgb

from forecasting.contributions import PARAMETRIC, Contributions, Member, contributions, reference

Floats = npt.NDArray[np.float64]

ROWS = 500
HYBRID, PLAIN = ("silence", "gap", "logit_no_order"), ("silence", "gap", "opens")


def fitted(X: npt.NDArray[np.float32], names: tuple[str, ...], margin: Floats | None) -> Member:
    random = np.random.default_rng(1)
    chance = 1 / (1 + np.exp(-(X[:, 0] * X[:, 1] + X[:, 2] - 1)))
    matrix = xgb.DMatrix(
        X, label=random.random(ROWS) < chance, base_margin=margin, feature_names=list(names)
    )
    settings = {"objective": "binary:logistic", "max_depth": 3, "nthread": 1, "seed": 1}
    booster = xgb.train(settings, matrix, 20)
    return Member(booster, X, names, margin, weight=0.5, margin_weight=0.5)


@pytest.fixture(scope="module")
def members() -> list[Member]:
    """Return a booster on a base margin and one without, of other features, half each."""
    random = np.random.default_rng(0)
    X = random.normal(size=(ROWS, 3)).astype(np.float32)
    X[::7, 1] = np.nan
    margin = 0.5 * X[:, 0].astype(np.float64) - 1
    hybrid = np.column_stack([X[:, :2], margin]).astype(np.float32)
    return [fitted(np.nan_to_num(hybrid), HYBRID, margin), fitted(X, PLAIN, None)]


def log_odds(member: Member) -> Floats:
    matrix = xgb.DMatrix(
        member.X, base_margin=member.base_margin, feature_names=list(member.feature_names)
    )
    return np.asarray(member.booster.predict(matrix, output_margin=True), dtype=np.float64)


def whole(members: list[Member]) -> Contributions:
    [found] = contributions(members)
    return found


def test_contributions_add_up_to_the_mean_log_odds(members: list[Member]) -> None:
    expected = np.mean([log_odds(member) for member in members], axis=0)
    np.testing.assert_allclose(whole(members).log_odds, expected, atol=1e-5)


def test_trees_and_margin_may_weigh_differently(members: list[Member]) -> None:
    """As where corrections of few customers are followed by halves, and the margin wholly."""
    [first, _] = members
    assert first.base_margin is not None
    trees = log_odds(first) - first.base_margin
    found = whole([replace(first, weight=0.3, margin_weight=1.0)])
    np.testing.assert_allclose(found.log_odds, first.base_margin + 0.3 * trees, atol=1e-5)


def test_each_booster_alone_adds_up(members: list[Member]) -> None:
    for member in members:
        alone = whole([replace(member, weight=1.0, margin_weight=1.0)])
        np.testing.assert_allclose(alone.log_odds, log_odds(member), atol=1e-5)


def test_the_base_margin_is_a_column_of_its_own(members: list[Member]) -> None:
    found = whole(members)
    margin = members[0].base_margin
    assert margin is not None
    np.testing.assert_allclose(found.values[:, found.names.index(PARAMETRIC)], margin / 2)


def test_features_that_one_booster_lacks_count_half(members: list[Member]) -> None:
    found, alone = whole(members), whole([replace(members[1], weight=1.0)])
    np.testing.assert_allclose(
        found.values[:, found.names.index("opens")],
        alone.values[:, alone.names.index("opens")] / 2,
    )


def test_chunks_are_the_whole_in_order(members: list[Member]) -> None:
    chunks = list(contributions(members, chunk_rows=128))
    assert [len(chunk.values) for chunk in chunks] == [128, 128, 128, 116]
    np.testing.assert_allclose(
        np.concatenate([chunk.values for chunk in chunks]), whole(members).values, atol=1e-6
    )


def test_customers_differ_from_their_own_reference_by_nothing_in_total(
    members: list[Member],
) -> None:
    mean = reference(contributions(members, chunk_rows=128))
    np.testing.assert_allclose((whole(members).values - mean).sum(axis=0), 0, atol=1e-3)


def test_no_customers_are_no_reference(members: list[Member]) -> None:
    with pytest.raises(ValueError, match="at least one customer"):
        reference(contributions([Member(members[1].booster, members[1].X[:0], PLAIN)]))
