"""Every feature counts for something among the reasons, and few are told with their value."""

from __future__ import annotations

from collections import Counter

from contracts.reasons import MEANINGS, NEVER_TOLD, TELLINGS, Direction
from contracts.tables import TABLES
from features.catalogue import FEATURES
from features.meanings import meanings


def test_every_feature_has_a_meaning() -> None:
    assert set(meanings()) == set(FEATURES)
    for name, of_feature in meanings().items():
        assert of_feature.meaning in MEANINGS, name


def test_every_sentence_tells_one_feature() -> None:
    told = Counter(each.told_as for each in meanings().values() if each.told_as)
    assert told == Counter(dict.fromkeys(TELLINGS, 1))


def test_what_is_told_against_an_own_normal_has_one() -> None:
    for name, of_feature in meanings().items():
        if of_feature.told_as:
            german = TELLINGS[of_feature.told_as].german
            is_compared = bool(german.pick(Direction.RAISES, alone=False))
            assert is_compared <= (of_feature.own_normal in FEATURES), name


def test_what_a_customer_is_is_never_told() -> None:
    personal = {column.name for column in TABLES["customers"].columns} & set(FEATURES)
    categories = {name for name, feature in FEATURES.items() if feature.is_category}
    assert {"country", "loyalty_tier", "acquisition_channel"} <= personal | categories
    for name in personal | categories:
        assert meanings()[name].meaning in NEVER_TOLD, name
        assert not meanings()[name].told_as, name
