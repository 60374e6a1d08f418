"""What a model was fitted on is encoded alike for ever, or refused."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from contracts.errors import FeaturesChanged
from contracts.feature_contract import ContractedFeature, FeatureContract

DEFINITIONS = {"frequency": "d1", "country": "d2"}
SEEN = pa.table(
    {
        "customer_id": ["a", "b", "c", "d"],
        "frequency": pa.array([1.0, None, 3.0, 4.0]),
        "country": pa.array(["DE", "AT", "DE", None]),
    }
)
CONTRACT = FeatureContract.learn(SEEN, DEFINITIONS)


def test_categories_are_places_in_the_list_the_commonest_first() -> None:
    assert CONTRACT.names == ("frequency", "country")
    nan = np.nan
    expected = [[1, 0], [nan, 1], [3, 0], [4, nan]]
    np.testing.assert_array_equal(CONTRACT.matrix(SEEN), np.array(expected, np.float32))


def test_an_unseen_category_is_another_one_and_counted_and_others_keep_their_code() -> None:
    later = pa.table(
        {"country": ["FR", "AT", "CH", "DE"], "frequency": pa.array([1.0, 2.0, 3.0, 4.0])}
    )
    codes = CONTRACT.matrix(later)[:, 1].tolist()
    assert codes == [2, 1, 2, 0]
    assert CONTRACT.unseen(CONTRACT.matrix(later)) == {"country": 0.5}
    assert CONTRACT.unseen(CONTRACT.matrix(SEEN)) == {"country": 0.0}


def test_of_many_categories_the_rare_ones_are_one_and_no_news() -> None:
    rows = pa.table({"country": [*["DE"] * 5, *(f"x{number:02}" for number in range(30))]})
    contract = FeatureContract.learn(rows, {"country": "d"})
    codes = contract.matrix(rows)[:, 0]
    assert codes.max() == 20
    assert (codes == 20).sum() == 11
    assert contract.unseen(contract.matrix(rows)) == {"country": 0.0}


def test_a_column_of_nothing_but_null_is_not_known() -> None:
    rows = pa.table({"country": pa.array([None, None], pa.string())})
    contract = FeatureContract.learn(rows, {})
    assert np.isnan(contract.matrix(rows)).all()
    assert contract.unseen(contract.matrix(rows)) == {"country": 0.0}


def test_what_is_not_finite_is_not_known() -> None:
    rows = pa.table({"frequency": [np.inf, -np.inf, np.nan, 1e39, 2.0], "country": ["DE"] * 5})
    assert np.isnan(CONTRACT.matrix(rows)[:, 0]).tolist() == [True] * 4 + [False]


def test_a_contract_comes_back_from_json_as_it_was() -> None:
    again = FeatureContract.from_json(CONTRACT.to_json())
    assert again == CONTRACT
    assert again.digest == CONTRACT.digest


def test_a_feature_that_is_defined_otherwise_is_refused_and_both_digests_are_named() -> None:
    CONTRACT.check({**DEFINITIONS, "more": "d3"}, model="churn/1")
    with pytest.raises(FeaturesChanged, match=r"`churn/1`.*`country` changed or gone") as raised:
        CONTRACT.check({**DEFINITIONS, "country": "d9"}, model="churn/1")
    assert raised.value.then in str(raised.value)
    assert raised.value.now in str(raised.value)
    assert raised.value.then != raised.value.now
    with pytest.raises(FeaturesChanged, match="`frequency`"):
        CONTRACT.check({"country": "d2"}, model="churn/1")


def test_a_matrix_is_recoded_to_another_contract_as_if_made_by_it() -> None:
    then = pa.table(
        {
            "country": ["AT", "AT", "CH", "DE"],
            "customer_id": ["a", "b", "c", "d"],
            "frequency": pa.array([1.0, 2.0, 3.0, 4.0]),
        }
    )
    older = FeatureContract.learn(then, DEFINITIONS)
    assert older.names == ("country", "frequency")
    recoded = CONTRACT.recode(CONTRACT.matrix(SEEN), older, model="churn/1")
    np.testing.assert_array_equal(recoded, older.matrix(SEEN))
    assert recoded.dtype == np.float32


def test_what_is_other_in_one_contract_is_other_in_the_next() -> None:
    known = FeatureContract((ContractedFeature("country", "d2", ("AT", "CH")),))
    of_others = np.array([[2], [0], [np.nan]], np.float32)  # the number after the last of DE, AT
    recoded = CONTRACT.recode(np.column_stack([of_others, of_others]), known, model="churn/1")
    np.testing.assert_array_equal(recoded, np.array([[2], [2], [np.nan]], np.float32))
    first = np.array([[1.0, 1.0]], np.float32)
    np.testing.assert_array_equal(CONTRACT.recode(first, known, model="churn/1"), [[0.0]])


@pytest.mark.parametrize(
    "wanted",
    [
        ContractedFeature("country", "d9", ("DE",)),
        ContractedFeature("country", "d2"),
        ContractedFeature("tenure", "d3"),
    ],
    ids=["defined otherwise", "a number there", "missing here"],
)
def test_a_matrix_is_not_recoded_to_features_that_are_not_the_same(
    wanted: ContractedFeature,
) -> None:
    with pytest.raises(FeaturesChanged, match=f"`{wanted.name}`"):
        CONTRACT.recode(CONTRACT.matrix(SEEN), FeatureContract((wanted,)), model="churn/1")
