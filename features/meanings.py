"""What reasons say of each feature: what it is about, how it is told, against which normal."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from contracts.reasons import TELLINGS, FeatureMeaning
from features.catalogue import FAMILIES
from features.family import Feature, FeatureFamily


@cache
def meanings() -> Mapping[str, FeatureMeaning]:
    """Return feature -> meaning, of all features."""
    return {
        feature.name: _of(feature, family)
        for family in FAMILIES.values()
        for feature in family.features
    }


def _of(feature: Feature, family: FeatureFamily) -> FeatureMeaning:
    if feature.told_as:
        meaning = TELLINGS[feature.told_as].meaning
    else:
        meaning = feature.meaning or family.meaning
    return FeatureMeaning(meaning, feature.told_as, feature.own_normal)
