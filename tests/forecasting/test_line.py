"""A line on the log odds: what it reads, what it adds up, and that it survives being stored."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest

from contracts.feature_contract import FeatureContract
from forecasting.line import Line
from training.lines import fit_line

RANDOM = np.random.default_rng(5)
ROWS = 2000
PRICE = RANDOM.normal(50, 10, ROWS)
PLAN = RANDOM.choice(["monthly", "yearly"], ROWS)
# Nobody says the age of those who leave most.
AGE = np.where(RANDOM.random(ROWS) < 0.2, np.nan, RANDOM.normal(40, 5, ROWS))
LOG_ODDS = (PRICE - 50) / 10 + 2 * (PLAN == "monthly") + 1.5 * np.isnan(AGE) - 2
LEFT = (RANDOM.random(ROWS) < 1 / (1 + np.exp(-LOG_ODDS))).astype(float)
TABLE = pa.table({"price": PRICE, "plan": PLAN, "age": AGE, "same": np.full(ROWS, 3.0)})
CONTRACT = FeatureContract.learn(TABLE, {})


@pytest.fixture(scope="module")
def line() -> Line:
    return fit_line(CONTRACT.matrix(TABLE), LEFT, CONTRACT)


def log_odds(line: Line, **customer: object) -> float:
    known = {"price": 50.0, "plan": "yearly", "age": 40.0, "same": 3.0, **customer}
    types = {"price": pa.float64(), "plan": pa.string(), "age": pa.float64(), "same": pa.float64()}
    row = pa.table({name: pa.array([known[name]], types[name]) for name in types})
    return float(line.log_odds(CONTRACT.matrix(row))[0])


def test_a_line_finds_what_numbers_categories_and_gaps_add(line: Line) -> None:
    usual = log_odds(line)
    assert log_odds(line, price=60.0) - usual == pytest.approx(1.0, abs=0.2)
    assert log_odds(line, plan="monthly") - usual == pytest.approx(2.0, abs=0.3)
    assert log_odds(line, age=None) - usual == pytest.approx(1.5, abs=0.35)


def test_what_training_never_saw_adds_nothing(line: Line) -> None:
    """Between the two plans: neither the weight of the one nor that of the other."""
    low, high = log_odds(line), log_odds(line, plan="monthly")
    assert low + 0.3 < log_odds(line, plan="for ever") < high - 0.3
    assert log_odds(line, plan=None) == log_odds(line, plan="for ever")


def test_what_was_always_known_and_is_not_counts_as_usual(line: Line) -> None:
    assert log_odds(line, price=None) == pytest.approx(log_odds(line, price=PRICE.mean()), abs=1e-3)


def test_a_feature_that_is_the_same_for_all_adds_nothing(line: Line) -> None:
    assert log_odds(line, same=None) == pytest.approx(log_odds(line), abs=1e-6)


def test_a_slipped_decimal_sign_does_not_decide_alone(line: Line) -> None:
    assert log_odds(line, price=1e6) - log_odds(line) < 6.5


def test_what_features_add_is_the_whole(line: Line) -> None:
    X = CONTRACT.matrix(TABLE)
    assert line.names == CONTRACT.names
    parts = line.parts(X)
    assert parts.shape == (ROWS, len(CONTRACT.names))
    np.testing.assert_allclose(parts.sum(axis=1) + line.intercept, line.log_odds(X))


def test_a_stored_line_states_the_same_to_the_bit(line: Line) -> None:
    again = Line.from_json(json.loads(json.dumps(line.to_json())))
    X = CONTRACT.matrix(TABLE)
    assert again == line
    np.testing.assert_array_equal(again.log_odds(X), line.log_odds(X))


def test_a_line_of_few_customers_is_more_careful() -> None:
    X = CONTRACT.matrix(TABLE)
    few = fit_line(X[:60], LEFT[:60], CONTRACT)
    many = fit_line(X, LEFT, CONTRACT)
    price = CONTRACT.names.index("price")
    assert np.ptp(few.parts(X)[:, price]) < np.ptp(many.parts(X)[:, price])
