"""Models and what they learn from, made once for all tests of this room."""

from __future__ import annotations

import pytest

from tests.panels import CUSTOMERS, fitted_models, lessons_of
from training.lessons import Lessons
from training.models import FittedModel


@pytest.fixture(scope="session")
def lessons() -> Lessons:
    """Return a base large enough for a model to show what it can."""
    return lessons_of(CUSTOMERS)


@pytest.fixture(scope="session")
def fitted() -> dict[str, FittedModel]:
    """Return the models of that base."""
    return fitted_models()
