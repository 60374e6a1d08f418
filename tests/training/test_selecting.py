"""Of many features those that tell most are learnt from, and all that is read by name stays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import training.selecting
from contracts.reasons import TELLINGS
from features.meanings import meanings
from tests.panels import FEW, SPLIT, anew, lessons_of
from training.kinds import KINDS
from training.lessons import Lessons
from training.models import fit
from training.selecting import READ_BY_NAME, best_features, with_best_features

_FEWEST = 10


@pytest.fixture(scope="module")
def few() -> Lessons:
    """Return lessons that are to keep few features."""
    lessons = lessons_of(FEW)
    return anew(lessons, settings=lessons.settings.model_copy(update={"most_features": _FEWEST}))


def chosen(lessons: Lessons) -> frozenset[str]:
    assert SPLIT.earlier is not None
    return best_features(lessons, SPLIT.earlier, meanings())


def test_what_tells_who_left_is_kept_and_noise_is_not(few: Lessons) -> None:
    kept = chosen(few)
    assert "opens" in kept
    assert "noise" not in kept
    assert kept >= READ_BY_NAME
    assert len(kept) < len(few.panel.feature_names) / 2


def test_models_can_be_fitted_and_judged_by_what_was_kept(few: Lessons) -> None:
    hasty = few.settings.model_copy(update={"rounds": 5, "bootstrap_rounds": 20})
    lessons = anew(few.of(few.panel.having(chosen(few))), settings=hasty)
    for kind in KINDS.values():
        fitted = fit(kind, lessons)
        assert set(fitted.model.contract.names) == chosen(few)
        assert np.isfinite(fitted.judged.predicted).all()


def test_every_meaning_that_is_learnt_from_can_be_told(few: Lessons) -> None:
    kept, about = chosen(few), meanings()
    for name in kept & about.keys():
        meaning = about[name].meaning
        can_be_told = {each for each in about if about[each].meaning == meaning} & {
            each for each in few.panel.feature_names if each in about and about[each].told_as
        }
        assert not can_be_told or kept & can_be_told, meaning
    assert {about[name].told_as for name in kept if name in about} - {""} <= set(TELLINGS)


def test_columns_follow_the_features_that_are_kept(few: Lessons) -> None:
    panel = few.panel.having({"opens", "recency"})
    assert set(panel.feature_names) == {"opens", "recency"}
    for name in panel.feature_names:
        assert np.array_equal(panel.feature(name), few.panel.feature(name), equal_nan=True)


def test_a_small_base_learns_from_all_features(few: Lessons) -> None:
    assert with_best_features(few, meanings()) is few


def test_a_large_base_learns_from_few(few: Lessons, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training.selecting, "_FEWEST_ROWS", 100)
    assert set(with_best_features(few, meanings()).panel.feature_names) == chosen(few)
    short = replace(SPLIT, earlier=None)
    unknown = anew(few, splits=dict.fromkeys(KINDS, short))
    assert with_best_features(unknown, meanings()) is unknown


def test_the_choice_knows_nothing_of_what_models_are_judged_by(few: Lessons) -> None:
    """Outcomes from the first trial cutoff on change nothing."""
    panel, first = few.panel, np.datetime64(min(SPLIT.trial_cutoffs))
    later = panel.snapshot_dates >= first
    turned = {
        days: replace(each, orders=np.where(later, 1.0 - np.sign(each.orders), each.orders))
        for days, each in panel.outcomes.items()
    }
    assert chosen(few.of(replace(panel, outcomes=turned))) == chosen(few)
